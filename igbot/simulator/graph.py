"""The pretend Graph API over HTTP, for both log-in set-ups (CONTRACT 1.3 to 1.7, 3.1, 5)."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, jsonify, request
from werkzeug.routing import BaseConverter

from igbot.simulator import sending
from igbot.simulator.profiles import WEBHOOK_FIELDS, of_account, of_contact
from igbot.simulator.refusals import (
    ANSWER_LOST,
    DOWN,
    NO_CONSENT,
    NO_SUCH_OBJECT,
    NOT_THREAD_OWNER,
    TOKEN_EXPIRED,
    TOKEN_UNKNOWN,
    Refusal,
    Refused,
    bad_parameter,
    told_to,
)

if TYPE_CHECKING:
    from igbot.simulator.faults import Call
    from igbot.simulator.instagram import Instagram
    from igbot.simulator.state import Token


class _Version(BaseConverter):
    """`v25.0` in a path."""

    regex = r"v\d+\.\d+"


def graph_app(instagram: Instagram) -> Flask:
    """The Graph API alone, versions at the root: `POST /v25.0/me/messages`."""
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(graph_blueprint(instagram))
    return app


def graph_blueprint(instagram: Instagram) -> Blueprint:
    """The Graph API under whatever prefix it is registered with."""
    blueprint = Blueprint("simulator_graph", __name__)
    blueprint.record_once(lambda setup: setup.app.url_map.converters.update(graph_version=_Version))
    calls = _Calls(instagram)
    node = "/<graph_version:version>/<node>"
    blueprint.add_url_rule(node, "node", calls.node)
    blueprint.add_url_rule(f"{node}/messages", "messages", calls.messages, methods=["POST"])
    blueprint.add_url_rule(f"{node}/subscribed_apps", "subscribed", calls.subscribed)
    blueprint.add_url_rule(f"{node}/subscribed_apps", "subscribe", calls.subscribe, methods=["POST"])
    blueprint.add_url_rule(f"{node}/subscribed_apps", "unsubscribe", calls.unsubscribe, methods=["DELETE"])
    for name, view in (("refresh_access_token", calls.refresh), ("access_token", calls.exchange)):
        blueprint.add_url_rule(f"/{name}", name, view)
        blueprint.add_url_rule(f"/<graph_version:version>/{name}", f"versioned_{name}", view)
    blueprint.add_url_rule("/<graph_version:version>/oauth/access_token", "page_token", calls.exchange)
    blueprint.add_url_rule("/<path:unknown>", "unknown", _unknown, methods=["GET", "POST", "DELETE"])
    blueprint.register_error_handler(Refused, _refuse)
    blueprint.after_request(calls.finish)
    return blueprint


class _Calls:
    """The views. `version` stands in every path and means nothing here."""

    def __init__(self, instagram: Instagram) -> None:
        """All state is the pretend Instagram's."""
        self.instagram = instagram

    def messages(self, node: str, version: str) -> Response:
        """Send a message, or carry out a sender action."""
        del version
        body = request.get_json(silent=True)
        self._enter("action" if isinstance(body, dict) and "sender_action" in body else "message")
        self._is_ours(node)
        if self.instagram.faults.standby:
            raise Refused(NOT_THREAD_OWNER)
        wanted = sending.read(body)
        message = self.instagram.send(wanted)
        if not message:
            return jsonify(recipient_id=wanted.recipient)
        if self.instagram.faults.take_lost_answer():
            raise Refused(ANSWER_LOST)
        return jsonify(recipient_id=wanted.recipient, message_id=message.mid)

    def node(self, node: str, version: str) -> Response:
        """The account itself, or a customer's profile (CONTRACT 1.5, 1.7)."""
        del version
        fields = [name.strip() for name in request.args.get("fields", "").split(",") if name.strip()]
        if node in self._own_names():
            self._enter("any")
            return jsonify(of_account(self.instagram, fields))
        self._enter("profile")
        try:
            contact = self.instagram.find(node).contact
        except LookupError:
            raise Refused(NO_SUCH_OBJECT) from None
        if contact.has_blocked:
            raise Refused(NO_SUCH_OBJECT)
        if contact.last_acted_at is None:
            raise Refused(NO_CONSENT)
        return jsonify(of_contact(contact, fields))

    def subscribed(self, node: str, version: str) -> Response:
        """The apps that get this account's webhooks: ours, or none."""
        del version
        self._enter("any")
        self._is_ours(node)
        fields = self.instagram.subscribed_fields
        return jsonify(data=[{"id": self.instagram.app_id, "subscribed_fields": fields}] if fields else [])

    def subscribe(self, node: str, version: str) -> Response:
        """Ask for webhooks. An unknown field is refused with its place in the list."""
        del version
        self._enter("any")
        self._is_ours(node)
        fields = [name.strip() for name in request.values.get("subscribed_fields", "").split(",") if name.strip()]
        known = WEBHOOK_FIELDS[self.instagram.login]
        for place, name in enumerate(fields):
            if name not in known:
                raise Refused(bad_parameter(f"Param subscribed_fields[{place}] must be one of {sorted(known)}"))
        if not fields:
            raise Refused(bad_parameter("The parameter subscribed_fields is required."))
        self.instagram.subscribe(fields)
        return self._success()

    def unsubscribe(self, node: str, version: str) -> Response:
        """No more webhooks."""
        del version
        self._enter("any")
        self._is_ours(node)
        self.instagram.subscribe([])
        return self._success()

    def refresh(self, version: str = "") -> Response:
        """Sixty more days for a long-lived token (set-up A)."""
        del version
        self._wants_grant({"ig_refresh_token"})
        return self._token(self.instagram.refresh_token(request.args.get("access_token")))

    def exchange(self, version: str = "") -> Response:
        """A long-lived token for a short one; the caller shows the app secret."""
        del version
        self._wants_grant({"ig_exchange_token", "fb_exchange_token"})
        if request.args.get("client_secret") != self.instagram.app_secret:
            raise Refused(bad_parameter("Error validating client secret."))
        short = request.args.get("access_token") or request.args.get("fb_exchange_token")
        return self._token(self.instagram.exchange_token(short))

    def finish(self, response: Response) -> Response:
        """Usage headers, slowness on demand; echoes leave once the answer is out."""
        faults = self.instagram.faults
        if faults.usage_percent is not None:
            used = {"call_count": faults.usage_percent, "total_time": 25, "total_cputime": 25}
            regain = {"type": "instagram", **used, "estimated_time_to_regain_access": faults.regain_minutes}
            response.headers["X-App-Usage"] = json.dumps(used)
            response.headers["X-Business-Use-Case-Usage"] = json.dumps({self.instagram.account_ig_id: [regain]})
        if faults.slow_seconds:
            threading.Event().wait(faults.slow_seconds)
        response.call_on_close(self.instagram.deliver_waiting)
        return response

    def _enter(self, call: Call) -> None:
        """What every call passes first: is Meta up, is the token good, was a refusal asked for?"""
        faults = self.instagram.faults
        if faults.meta_down:
            raise Refused(DOWN)
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        value = bearer or request.args.get("access_token")
        if faults.token_dead:
            raise Refused(TOKEN_EXPIRED if value else TOKEN_UNKNOWN)
        self.instagram.check_token(value)
        due = faults.take_refusal(call)
        if due:
            refusal = told_to(due.code, due.subcode, self.instagram.login)
            raise Refused(refusal.with_status(due.status))

    def _own_names(self) -> set[str]:
        own_id = self.instagram.account_ig_id if self.instagram.login == "instagram" else self.instagram.page_id
        return {"me", own_id}

    def _is_ours(self, node: str) -> None:
        if node not in self._own_names():
            raise Refused(NO_SUCH_OBJECT)

    def _wants_grant(self, grants: set[str]) -> None:
        if self.instagram.faults.meta_down:
            raise Refused(DOWN)
        if self.instagram.faults.token_dead:
            raise Refused(TOKEN_EXPIRED)
        if request.args.get("grant_type") not in grants:
            raise Refused(bad_parameter(f"Param grant_type must be one of {sorted(grants)}"))

    def _token(self, token: Token) -> Response:
        answer: dict[str, Any] = {"access_token": token.value, "token_type": "bearer"}
        if token.expires_at:
            answer["expires_in"] = int((token.expires_at - token.issued_at).total_seconds())
        return jsonify(answer)

    def _success(self) -> Response:
        """Meta's Page edge prints the word true as a string (send/subscribe_webhooks_page.json)."""
        return jsonify(success=True if self.instagram.login == "instagram" else "true")


def _refuse(refused: Refused) -> tuple[Response, int]:
    return jsonify(refused.refusal.envelope()), refused.refusal.status


def _unknown(unknown: str) -> Response:
    """Any other path or method."""
    raise Refused(Refusal(2500, None, f"Unknown path components: /{unknown} ({request.method})"))
