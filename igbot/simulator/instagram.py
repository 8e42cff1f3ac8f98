"""The pretend Instagram: one shop's account, the people who write to it, their chats, and what Meta would do.

Written from CONTRACT.md; it shares no code with `igbot.graph`, so that the two cannot share a mistake.
Thread-safe. Webhooks leave through `deliver` when the change that caused them is complete: those of a customer's
or the owner's act at once, in the caller's thread; the echo of a message sent through the API once the call has been
answered (or with `deliver_waiting`). `postman.start` moves deliveries to a background thread with retries.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from igbot import clock as process_clock
from igbot.simulator import state as states
from igbot.simulator import tokens, webhooks
from igbot.simulator.faults import Faults
from igbot.simulator.ids import digits, new_asset_id, new_igsid, new_mid, new_signature
from igbot.simulator.person import Person
from igbot.simulator.postman import Postman
from igbot.simulator.refusals import BAD_MESSAGE, NO_SUCH_PERSON, PERSON_UNAVAILABLE, TOO_FAST, Refused, outside_window
from igbot.simulator.sending import refused_by_window
from igbot.simulator.state import Asset, Attached, Contact, Login, Message, Sender, Shelf, Story, Token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from igbot.simulator.sending import Sending
    from igbot.simulator.webhooks import Json

PRETEND_TOKENS: dict[Login, str] = {"instagram": "IGAA_PRETEND_TOKEN", "facebook": "EAA_PRETEND_TOKEN"}
TYPING_SHOWS_FOR = timedelta(seconds=20)


class Instagram:
    """The whole state and its verbs. What is plain data may be read and set freely; see the attributes."""

    def __init__(
        self,
        account_ig_id: str = "17841400000000123",
        app_id: str = "1999999999999901",
        app_secret: str = "pretend_app_secret",  # noqa: S107 - it guards nothing but a pretend account
        clock: Callable[[], datetime] = process_clock.now,
        deliver: Callable[[bytes, dict[str, str]], int] | None = None,
        *,
        login: Login = "instagram",
        media_url: str = "http://127.0.0.1:8001",
        token: str | None = None,
        path: Path | None = None,
    ) -> None:
        """`deliver` takes a webhook's raw body and headers and answers the HTTP status; it may be set later.

        `media_url` is where the media app runs. `token` is the account's access token, one without an end.
        With `path` the state is kept in that file; BrokenShop if what stands there cannot be read.
        """
        self.account_ig_id, self.app_id, self.app_secret = account_ig_id, app_id, app_secret
        self.now, self.login, self.media_url = clock, login, media_url.rstrip("/")
        self.app_scoped_id, self.page_id = "28900000000000118", "104400000000777"
        self.username, self.name = "shop_demo", "Shop Demo"
        self.human_agent = False
        """Has Meta granted the Human Agent feature?"""
        self.sends_per_second: int | None = None
        """Meta's limit is 100 (CONTRACT 5.3); None: no limit."""
        self.on_move: Callable[[], object] = _nothing
        """Called after the clock was moved."""
        self.faults = Faults()
        self.revision = 0
        """Grows with every change; a page that knows the newest need not ask for more."""
        self.postman = Postman(self._seal, deliver)
        self._lock = threading.RLock()
        self._path = path
        self._shelf = Shelf(path.with_suffix(".media") if path else None)
        self._state = states.load(path)
        self._recent_sends: deque[datetime] = deque()
        first = token or ("" if self._state.tokens else PRETEND_TOKENS[login])
        if first and first not in self._state.tokens:
            tokens.keep(self._state, first, self.now())

    # -------------------------------------------------------------- people and chats

    def person(self, name: str | None, username: str, igsid: str | None = None, language: str = "ko") -> Person:
        """Someone with an Instagram account; the same person if the igsid is known already."""
        igsid = igsid or new_igsid()
        with self.change():
            contact = Contact(igsid=igsid, username=username, name=name, language=language)
            return Person(self, self._state.contacts.setdefault(igsid, contact))

    def find(self, igsid: str) -> Person:
        """The person with this id. Raises LookupError."""
        return Person(self, self._state.contacts[igsid])

    @property
    def people(self) -> list[Person]:
        """Everyone, in the order they came."""
        return [Person(self, contact) for contact in list(self._state.contacts.values())]

    def message(self, mid: str) -> Message:
        """The message with this id. Raises LookupError."""
        return self._state.messages[mid]

    def chat(self, person: Person) -> list[Message]:
        """Every message of one chat, oldest first, unsent ones included."""
        with self._lock:
            return [message for message in self._state.messages.values() if message.igsid == person.igsid]

    def sent_to(self, person: Person) -> list[Message]:
        """What the shop's account sent this person, by whatever means, and did not take back."""
        return [message for message in self.chat(person) if message.from_shop and not message.unsent]

    # -------------------------------------------------------------- the owner's phone

    def owner_types(self, person: Person, text: str, app_id: str | None = None) -> str:
        """The owner answers in the Instagram app; with `app_id` another tool does. Answers the mid."""
        with self.change():
            message = self.new_message(person.igsid, "owner", text=text)
            self.announce(person.igsid, message=self.as_webhook(message, app_id))
        return message.mid

    def owner_unsends(self, mid: str) -> None:
        """The owner takes a message of the shop back in the Instagram app. Raises LookupError."""
        message = self.message(mid)
        if not message.from_shop or message.unsent:
            raise LookupError("That is no message of the shop's that could be taken back.")
        with self.change():
            self.forget(message)
            self.announce(message.igsid, from_shop=True, message={"mid": mid, "is_deleted": True, "is_echo": True})

    # -------------------------------------------------------------- the Graph API's side

    def send(self, sending: Sending) -> Message | None:
        """Carry out a call to `/messages`; the message made, or None for a sender action. Raises Refused."""
        with self.change(deliver=self.faults.echo_first):
            contact = self._recipient(sending)
            if sending.action:
                self._act(sending, contact)
                return None
            self._count_send()
            message = self.new_message(
                contact.igsid,
                "app",
                text=sending.text,
                attachments=[self._rehost(each) for each in sending.attachments],
                quick_replies=list(sending.quick_replies),
                reply_to=sending.reply_to,
                tag=sending.tag,
            )
            contact.typing_until = None
            app_id = self.app_id if self.faults.echo_names_app else None
            self.announce(contact.igsid, message=self.as_webhook(message, app_id))
        return message

    def _recipient(self, sending: Sending) -> Contact:
        contact = self._state.contacts.get(sending.recipient)
        if not contact:
            raise Refused(NO_SUCH_PERSON)
        if contact.has_blocked:
            raise Refused(PERSON_UNAVAILABLE)
        if refused_by_window(sending, contact.last_acted_at, self.now(), human_agent=self.human_agent):
            raise Refused(outside_window(self.login))
        for mid in (sending.reply_to, sending.about):
            if mid and (mid not in self._state.messages or self.message(mid).igsid != contact.igsid):
                raise Refused(BAD_MESSAGE)
        return contact

    def _act(self, sending: Sending, contact: Contact) -> None:
        if sending.action == "mark_seen":
            for message in self._state.messages.values():
                if message.igsid == contact.igsid and not message.from_shop:
                    message.seen = True
        elif sending.about:
            self.message(sending.about).shop_reaction = sending.reaction
        else:
            contact.typing_until = self.now() + TYPING_SHOWS_FOR if sending.action == "typing_on" else None

    def _count_send(self) -> None:
        """Refuse more sends a second than Meta allows."""
        now = self.now()
        while self._recent_sends and now - self._recent_sends[0] >= timedelta(seconds=1):
            self._recent_sends.popleft()
        if self.sends_per_second is not None and len(self._recent_sends) >= self.sends_per_second:
            raise Refused(TOO_FAST)
        self._recent_sends.append(now)

    def _rehost(self, attached: Attached) -> Attached:
        """Meta copies what we link to; our bytes are not fetched here, the echo's address leads nowhere."""
        return attached.model_copy(update={"asset_id": self._new_asset("application/octet-stream").id})

    @property
    def token(self) -> str:
        """The newest long-lived access token of the account."""
        return [token.value for token in self._state.tokens.values() if not token.is_short][-1]

    def short_token(self) -> str:
        """A token as the log-in hands it out: one hour long, to be exchanged."""
        with self.change():
            return tokens.issue(self._state, self.login, self.now(), is_short=True).value

    def expiring_token(self) -> str:
        """A long-lived token that ends after 60 days, as Meta's do; `token` is this one from now on."""
        with self.change():
            return tokens.issue(self._state, self.login, self.now()).value

    def check_token(self, value: str | None) -> Token:
        """The token, if it is good. Raises Refused with Meta's 190."""
        return tokens.check(self._state, value, self.now())

    def refresh_token(self, value: str | None) -> Token:
        """What `refresh_access_token` gives. Raises Refused."""
        with self.change():
            return tokens.refresh(self._state, value, self.now())

    def exchange_token(self, value: str | None) -> Token:
        """What `access_token` gives for a short token. Raises Refused."""
        with self.change():
            return tokens.exchange(self._state, value, self.login, self.now())

    @property
    def subscribed_fields(self) -> list[str]:
        """The webhook fields the app gets; empty: nothing is delivered."""
        return list(self._state.subscribed_fields)

    def subscribe(self, fields: Sequence[str]) -> None:
        """From now on the app gets webhooks, if any field is named (CONTRACT 1.6)."""
        with self.change():
            self._state.subscribed_fields = list(fields)

    # -------------------------------------------------------------- webhooks

    def deliver_waiting(self) -> None:
        """Deliver every webhook that is ready and not held back."""
        self.postman.run()

    def hold(self) -> None:
        """Keep webhooks back until `release`."""
        self.postman.hold()

    def release(self, *, newest_first: bool = False, in_one_body: bool = False) -> None:
        """Deliver what was held back; on request in the wrong order, or all in one POST."""
        self.postman.release(newest_first=newest_first, in_one_body=in_one_body)

    def redeliver(self) -> int:
        """Try failed webhooks once more; answers how many still fail."""
        return self.postman.redeliver()

    def _seal(self, items: Sequence[Json]) -> tuple[bytes, dict[str, str]]:
        raw = webhooks.envelope(self.account_ig_id, items, self.now(), standby=self.faults.standby)
        return raw, webhooks.headers(raw, self.app_secret)

    # -------------------------------------------------------------- media

    def upload(self, data: bytes, content_type: str) -> str:
        """Put a file on the media host; answers its asset id."""
        with self.change():
            asset = self._new_asset(content_type)
            self._shelf.put(asset.id, data)
        return asset.id

    def file(self, asset_id: str, signature: str) -> tuple[bytes, str] | None:
        """Bytes and content type of a file, for whoever knows its signature; None if it is gone."""
        asset = self._state.assets.get(asset_id)
        return self.file_on_phone(asset_id) if asset and asset.signature == signature else None

    def file_on_phone(self, asset_id: str) -> tuple[bytes, str] | None:
        """Bytes and content type of a file, as the phones of both sides show it."""
        asset, data = self._state.assets.get(asset_id), self._shelf.get(asset_id)
        return (data, asset.content_type) if asset and data is not None else None

    def media_address(self, asset_id: str) -> str:
        """Where a file is, as webhooks say it (CONTRACT 6.1)."""
        signature = self._state.assets[asset_id].signature
        return f"{self.media_url}/ig_messaging_cdn/?asset_id={asset_id}&signature={signature}"

    def _new_asset(self, content_type: str) -> Asset:
        asset = Asset(id=new_asset_id(), signature=new_signature(), content_type=content_type)
        self._state.assets[asset.id] = asset
        return asset

    # -------------------------------------------------------------- the clock

    def move_clock(self, by: timedelta) -> datetime:
        """Move this process's clock forward, then call `on_move`; answers the new present. ValueError if backward."""
        now = process_clock.move(by)
        with self.change():
            self._state.ahead_seconds = process_clock.offset().total_seconds()
        self.on_move()
        return now

    def resume_clock(self) -> None:
        """After a restart: bring this process's clock to where it was moved to, so that nothing lies in the future."""
        behind = timedelta(seconds=self._state.ahead_seconds) - process_clock.offset()
        if behind > timedelta():
            process_clock.move(behind)

    # -------------------------------------------------------------- for the verbs of people

    @contextmanager
    def change(self, *, deliver: bool = True) -> Iterator[None]:
        """Everything inside happens at once for others; afterwards it is saved, and webhooks leave."""
        with self._lock:
            yield
            self.revision += 1
            if self._path:
                states.save(self._state, self._path)
        if deliver:
            self.postman.run()

    def new_message(self, igsid: str, by: Sender, **content: Any) -> Message:  # noqa: ANN401 - fields of Message
        """A message of this chat, dated now. To be called inside `change`."""
        message = Message(mid=new_mid(self.account_ig_id), igsid=igsid, by=by, at=self.now(), **content)
        self._state.messages[message.mid] = message
        return message

    def new_story(self) -> Story:
        """A story of the shop that someone answers; its picture is not there to be fetched."""
        with self.change():
            return Story(id=f"179{digits(14)}", asset_id=self._new_asset("image/jpeg").id)

    def as_webhook(self, message: Message, app_id: str | None = None) -> Json:
        """The `message` object that tells of it."""
        attachments = [self._attachment(each) for each in message.attachments]
        story_url = self.media_address(message.story.asset_id) if message.story else ""
        body = webhooks.message_body(message, attachments, story_url)
        return body | {"app_id": int(app_id)} if app_id else body

    def announce(self, igsid: str, *, opens_window: bool = False, from_shop: bool = False, **body: Json) -> None:
        """Queue the webhook of something that happened just now in this chat. To be called inside `change`."""
        now = self.now()
        if opens_window:
            self._state.contacts[igsid].last_acted_at = now
        ends = (igsid, self.account_ig_id)
        if from_shop or body.get("message", {}).get("is_echo"):
            ends = ends[::-1]
        if self._state.subscribed_fields:
            self.postman.take(webhooks.item(*ends, now, body))

    def forget(self, message: Message) -> None:
        """Empty an unsent message and take its files off the media host. To be called inside `change`."""
        for attached in message.attachments:
            if attached.asset_id:
                self._shelf.remove(attached.asset_id)
                self._state.assets.pop(attached.asset_id)
        message.text, message.attachments, message.quick_replies, message.unsent = "", [], [], True

    def _attachment(self, attached: Attached) -> Json:
        if not attached.asset_id:
            return {"type": attached.type}
        payload = {"url": self.media_address(attached.asset_id)}
        if attached.type == "ig_post":
            payload = {"ig_post_media_id": attached.asset_id, "title": attached.title or "", **payload}
        return {"type": attached.type, "payload": payload}


def _nothing() -> None:
    """What happens when nobody asked to be told."""
