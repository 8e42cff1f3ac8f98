"""The wire to Meta's Graph API: the only module that opens a connection to it.

One class for both set-ups; what differs between them is a row of `_SET_UPS`. Every call has
time-outs and none is retried here: retries are rows of the outbox. What went wrong is one of our
errors, carrying `code`, `subcode` and `fbtrace_id`, never Meta's words and never the token.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import requests
import urllib3
from requests import Session
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from igbot.errors import (
    AccessRefused,
    CustomerGone,
    IgbotError,
    MessageRefused,
    MetaBusy,
    MetaUnreachable,
    OutcomeUnknown,
    ProfileHidden,
    TokenRefused,
)
from igbot.graph import codes
from igbot.graph.usage import Usage

__all__ = ["GraphClient", "Me", "Profile", "Session", "open_session"]

_TIMEOUT = (5, 20)
_COURTESY_TIMEOUT = (2, 3)
"""Seconds to connect, and to wait for the next byte. Nobody waits long for a typing indicator."""
_CONNECTIONS = 32

_NEVER_CONNECTED = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.NameResolutionError,
    urllib3.exceptions.ConnectTimeoutError,
)
_NOT_EVEN_TRIED = (
    requests.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)


@dataclass(frozen=True)
class _SetUp:
    """What differs between the two log-ins (CONTRACT 1.1, 1.6, 3.1)."""

    node: str
    """The node of messaging calls; `{ig_id}` is the account."""
    always_typed: bool
    """Is `messaging_type` part of every message, or only where quick replies need it? (send/text*.json)"""
    me_fields: str
    webhook_fields: tuple[tuple[str, ...], ...]
    """Webhook fields we want, each with the spellings to try."""


_SET_UPS = {
    "instagram": _SetUp(
        node="{ig_id}",
        always_typed=False,
        me_fields="user_id,username,name,account_type",
        webhook_fields=(
            ("messages",),
            ("message_echoes",),
            ("message_edit", "message_edits"),
            ("message_reactions", "messaging_reactions"),
            ("messaging_postbacks",),
            ("messaging_referral", "messaging_referrals"),
            ("messaging_seen",),
            ("messaging_handover", "messaging_handovers"),
            ("standby",),
        ),
    ),
    "facebook": _SetUp(
        node="me",
        always_typed=True,
        me_fields="name,instagram_business_account{id,username}",
        webhook_fields=(
            ("messages",),
            ("message_reactions", "messaging_reactions"),
            ("messaging_postbacks",),
            ("messaging_referrals", "messaging_referral"),
            ("messaging_handovers", "messaging_handover"),
            ("standby",),
        ),
    ),
}


@dataclass(frozen=True)
class Me:
    """The account a token belongs to. `ig_id` is the number webhooks use (CONTRACT 1.5)."""

    ig_id: str
    username: str | None


@dataclass(frozen=True)
class Profile:
    """What Instagram tells about a customer; either may be missing."""

    name: str | None
    username: str | None


def open_session() -> Session:
    """A session for many threads: pooled connections, no retries, no cookies kept."""
    session = Session()
    session.mount("https://", HTTPAdapter(pool_maxsize=_CONNECTIONS, max_retries=0))
    session.mount("http://", HTTPAdapter(pool_maxsize=_CONNECTIONS, max_retries=0))
    return session


class _Bearer(AuthBase):
    """The token as a header; given as `auth`, so that no netrc file can put another in its place."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class GraphClient:
    """Calls of one account. Methods raise the errors of CONTRACT 5.2 as classes of `igbot.errors`."""

    def __init__(self, login: str, base_url: str, version: str, ig_id: str, token: str, http: Session) -> None:
        """`login` is `instagram` or `facebook`; `base_url` has no version; `ig_id` is the account as webhooks call it.

        Raises TokenRefused for a token with characters no token has: as a header it would end up in an error.
        """
        if not (token.isascii() and token.isprintable()):
            raise TokenRefused("The access token holds characters that no token has; copy and paste it again.")
        self._set_up = _SET_UPS[login]
        self._base = f"{base_url}/{version}"
        self._node = self._set_up.node.format(ig_id=ig_id)
        self._auth = _Bearer(token)
        self._http = http
        self.usage = Usage()
        """How much of Meta's limits is used up, as of the last answer."""

    # -------------------------------------------------------------- sending

    def send_text(
        self, igsid: str, text: str, *, quick_replies: Sequence[Mapping[str, str]] = (), tag: str | None = None
    ) -> str:
        """Send at most 1000 bytes of text, with quick replies of `title` and `payload`; the new message's mid.

        Raises OutcomeUnknown when it may have arrived, MetaUnreachable when it surely has not.
        """
        message: dict[str, Any] = {"text": text}
        if quick_replies:
            message["quick_replies"] = [{"content_type": "text", **reply} for reply in quick_replies]
        return self._send(igsid, message, tag)

    def send_image(self, igsid: str, url: str, *, tag: str | None = None) -> str:
        """Send the picture Meta finds at a public https address; the new message's mid. Raises as `send_text`."""
        return self._send(igsid, {"attachment": {"type": "image", "payload": {"url": url}}}, tag)

    def act(self, igsid: str, action: Literal["typing_on", "mark_seen"]) -> None:
        """Show the customer that we type, or have read. Best effort: expect it to raise."""
        body = {"recipient": {"id": igsid}, "sender_action": action}
        self._call("POST", f"{self._node}/messages", json=body, timeout=_COURTESY_TIMEOUT)

    def _send(self, igsid: str, message: dict[str, Any], tag: str | None) -> str:
        body: dict[str, Any] = {"recipient": {"id": igsid}, "message": message}
        if tag:
            body |= {"messaging_type": "MESSAGE_TAG", "tag": tag}
        elif self._set_up.always_typed or "quick_replies" in message:
            body |= {"messaging_type": "RESPONSE"}
        answer = self._call("POST", f"{self._node}/messages", json=body)
        mid = answer.get("message_id") or answer.get("id")
        if not mid:
            raise OutcomeUnknown
        return str(mid)

    # -------------------------------------------------------------- asking

    def profile(self, igsid: str) -> Profile:
        """A customer's name and handle. Raises ProfileHidden where Instagram does not tell (CONTRACT 1.7)."""
        try:
            answer = self._call("GET", igsid, params={"fields": "name,username"})
        except (MessageRefused, CustomerGone) as error:
            raise ProfileHidden(**error.facts) from None
        return Profile(name=answer.get("name") or None, username=answer.get("username") or None)

    def me(self) -> Me:
        """The account this token belongs to. Raises AccessRefused if Meta does not name it."""
        answer = _unwrapped(self._call("GET", "me", params={"fields": self._set_up.me_fields}))
        linked = answer.get("instagram_business_account") or {}
        ig_id = linked.get("id") or answer.get("user_id")
        if not ig_id:
            # Never `id`: in this answer it is another number for the same account (CONTRACT 1.5).
            raise AccessRefused("This token does not say which Instagram account it is for; connect the account again.")
        return Me(ig_id=str(ig_id), username=linked.get("username") or answer.get("username"))

    # -------------------------------------------------------------- webhooks

    def subscriptions(self) -> frozenset[str]:
        """The webhook fields this account sends us; empty when Meta has unsubscribed us (CONTRACT 1.6)."""
        apps = self._call("GET", f"{self._node}/subscribed_apps").get("data", [])
        return frozenset(field for app in apps for field in app.get("subscribed_fields", []))

    def subscribe(self) -> tuple[str, ...]:
        """Ask for every webhook field we read; the fields Meta accepted.

        Names differ between hosts: if the list is refused, each field is tried alone, in each of its
        spellings, and those accepted are asked for together. Raises MessageRefused if none is.
        """
        fields = tuple(spellings[0] for spellings in self._set_up.webhook_fields)
        if self._accepts(fields):
            return fields
        found = (
            next((name for name in spellings if self._accepts((name,))), None)
            for spellings in self._set_up.webhook_fields
        )
        fields = tuple(name for name in found if name)
        if not fields or not self._accepts(fields):
            raise MessageRefused(
                "Meta refuses to send this account's messages to us; see its permissions in the Meta dashboard."
            )
        return fields

    def _accepts(self, fields: Sequence[str]) -> bool:
        try:
            answer = self._call("POST", f"{self._node}/subscribed_apps", params={"subscribed_fields": ",".join(fields)})
        except MessageRefused:
            return False
        return str(answer.get("success")).lower() == "true"

    # -------------------------------------------------------------- the wire

    def _call(
        self,
        method: Literal["GET", "POST"],
        path: str,
        *,
        json: dict[str, Any] | None = None,
        params: dict[str, str] | None = None,
        timeout: tuple[float, float] = _TIMEOUT,
    ) -> dict[str, Any]:
        unclear = OutcomeUnknown if method == "POST" else MetaUnreachable
        try:
            answer = self._http.request(
                method,
                f"{self._base}/{path}",
                json=json,
                params=params,
                auth=self._auth,
                timeout=timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            # `from None`: the cause holds the request, and with it the token and the customer's words.
            raise (MetaUnreachable if _never_connected(error) else unclear) from None
        self.usage = Usage.of(answer.headers)
        body = _json_object(answer)
        if body is None:
            raise unclear
        if "error" in body:
            raise self._refusal(body["error"], unclear)
        if not answer.ok:
            raise unclear
        return body

    def _refusal(self, error: object, unclear: type[IgbotError]) -> IgbotError:
        """Meta's error object as one of ours (CONTRACT 5.1)."""
        fields = error if isinstance(error, dict) else {}
        code, subcode = _number(fields.get("code")), _number(fields.get("error_subcode"))
        if code is None:
            return unclear()
        meaning = codes.meaning(code, subcode, transient=fields.get("is_transient") is True)
        kind = unclear if meaning.error is OutcomeUnknown else meaning.error
        facts = {"code": code, "subcode": subcode, "fbtrace_id": fields.get("fbtrace_id"), "tries": meaning.tries}
        if kind is MetaBusy:
            return MetaBusy(wait_seconds=self.usage.regain_minutes * 60, **facts)
        return kind(**facts)


def _never_connected(error: requests.RequestException) -> bool:
    """Did this fail before a byte of the message was sent?"""
    if isinstance(error, _NOT_EVEN_TRIED):
        return True
    cause = _first(error)
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, _NEVER_CONNECTED) or isinstance(_first(reason), ssl.SSLCertVerificationError)


def _first(error: object) -> object:
    return error.args[0] if isinstance(error, Exception) and error.args else None


def _json_object(answer: requests.Response) -> dict[str, Any] | None:
    try:
        body = answer.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _unwrapped(body: dict[str, Any]) -> dict[str, Any]:
    """`/me` is documented inside `data: [ ... ]` and seen flat (CONTRACT 1.5)."""
    data = body.get("data")
    return data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else body


def _number(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
