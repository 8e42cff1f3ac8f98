"""Everything that can happen in a conversation, as small frozen classes.

Three families, told apart by `kind`:
what Meta tells us (CONTRACT 2.7), what the clock tells us, and what the owner does.
All are stored as rows of `event` and handled by one turn each; `dump` and `load` are the
way into and out of the database. No event here knows JSON of Meta's: that is `graph.wire`.
"""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter


class Event(BaseModel):
    """What all events share. `happened_at` is when it happened (Meta's item timestamp), UTC."""

    model_config = ConfigDict(frozen=True)

    by_customer: ClassVar[bool] = False
    """Is this an act of the customer that opens Meta's 24 hours? (CONTRACT 3.4 rule 1)"""

    kind: str
    happened_at: AwareDatetime

    @property
    def dedupe_key(self) -> str:
        """The same for two deliveries of one event, different for any two events of one account."""
        return f"{self.kind}:{sha256(self.model_dump_json().encode()).hexdigest()}"


# ------------------------------------------------------------------ what Meta tells us


class FromMeta(Event):
    """An item of a webhook. `account` is the shop's ig id, `igsid` the customer's, both text."""

    account: str
    igsid: str
    standby: bool = False
    """We are not the thread owner: read it, never answer it."""
    is_self: bool = False
    """The account wrote to itself while testing: never answer, never pause."""


class Attachment(BaseModel):
    """One attachment as Meta named it; a shared post listed twice stands here once."""

    model_config = ConfigDict(frozen=True)

    type: str
    url: str | None = None
    title: str | None = None
    media_id: str | None = None


class ReplyTo(BaseModel):
    """What a message answers: an earlier message (`mid`) or a story of the shop."""

    model_config = ConfigDict(frozen=True)

    mid: str | None = None
    story_id: str | None = None
    story_url: str | None = None


class Referred(BaseModel):
    """Where a customer came from: an ad, a product page, or an ig.me link with `ref`."""

    model_config = ConfigDict(frozen=True)

    source: str | None = None
    ref: str | None = None
    ad_id: str | None = None
    product_id: str | None = None


class MessageReceived(FromMeta):
    """A customer wrote. `payload` is that of a tapped quick reply."""

    by_customer: ClassVar[bool] = True
    kind: Literal["message"] = "message"
    mid: str
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    payload: str | None = None
    reply_to: ReplyTo | None = None
    referral: Referred | None = None
    is_unsupported: bool = False

    @property
    def dedupe_key(self) -> str:
        return f"mid:{self.mid}"


class ButtonTapped(FromMeta):
    """An ice breaker, menu entry or template button. On standby it comes without payload."""

    by_customer: ClassVar[bool] = True
    kind: Literal["postback"] = "postback"
    mid: str | None = None
    title: str = ""
    payload: str | None = None
    referral: Referred | None = None

    @property
    def dedupe_key(self) -> str:
        if self.mid:
            return f"mid:{self.mid}"
        stamp = int(self.happened_at.timestamp() * 1000)
        return f"postback:{sha256(f'{self.igsid}|{stamp}|{self.payload}'.encode()).hexdigest()}"


class LinkFollowed(FromMeta):
    """A customer opened an ig.me link in an existing thread."""

    by_customer: ClassVar[bool] = True
    kind: Literal["referral"] = "referral"
    referral: Referred


class MessageUnsent(FromMeta):
    """A customer took a message back; nothing of it may stay."""

    kind: Literal["unsend"] = "unsend"
    mid: str

    @property
    def dedupe_key(self) -> str:
        return f"unsend:{self.mid}"


class MessageEdited(FromMeta):
    """A customer changed the text of a message."""

    kind: Literal["edit"] = "edit"
    mid: str
    text: str
    num_edit: int

    @property
    def dedupe_key(self) -> str:
        return f"edit:{self.mid}:{self.num_edit}"


class Echo(FromMeta):
    """The shop's account sent something: we, the owner in the Instagram app, or another tool."""

    kind: Literal["echo"] = "echo"
    mid: str
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    app_id: str | None = None

    @property
    def dedupe_key(self) -> str:
        return f"echo:{self.mid}"


class EchoUnsent(FromMeta):
    """The shop's account took back something it had sent."""

    kind: Literal["echo_unsend"] = "echo_unsend"
    mid: str

    @property
    def dedupe_key(self) -> str:
        return f"echo_unsend:{self.mid}"


class Reacted(FromMeta):
    """A customer put a reaction on a message, or took it off (`emoji` None)."""

    kind: Literal["reaction"] = "reaction"
    mid: str
    action: str
    reaction: str | None = None
    emoji: str | None = None

    @property
    def dedupe_key(self) -> str:
        stamp = int(self.happened_at.timestamp() * 1000)
        return f"reaction:{self.mid}:{self.igsid}:{self.action}:{self.emoji or ''}:{stamp}"


class Seen(FromMeta):
    """A customer has read our messages up to `mid`."""

    kind: Literal["seen"] = "seen"
    mid: str

    @property
    def dedupe_key(self) -> str:
        return f"seen:{self.mid}:{self.igsid}"


class OptedIn(FromMeta):
    """Documented, its body unverified: kept, not built on."""

    kind: Literal["optin"] = "optin"
    payload: str | None = None


class ControlChanged(FromMeta):
    """Conversation Routing moved the thread: `act` is pass, take or request (CONTRACT 4.1)."""

    kind: Literal["handover"] = "handover"
    act: Literal["pass", "take", "request"]
    new_owner_app_id: str | None = None
    previous_owner_app_id: str | None = None
    requested_owner_app_id: str | None = None


class Unknown(Event):
    """An item we know of and do not serve (a comment), or cannot read at all: kept as it came, never handled."""

    kind: Literal["unsupported", "unknown"] = "unknown"
    account: str | None = None
    igsid: str | None = None
    item: dict[str, Any]

    @property
    def dedupe_key(self) -> str:
        item = json.dumps(self.item, sort_keys=True)
        return f"{self.kind}:{sha256(item.encode()).hexdigest()}"


# ------------------------------------------------------------------ what the clock tells us


class TimerRang(Event):
    """A timer of this conversation is due. `timer` is its kind, such as `silence` or `takeover`."""

    kind: Literal["timer"] = "timer"
    timer: str
    timer_id: int

    @property
    def dedupe_key(self) -> str:
        return f"timer:{self.timer_id}:{int(self.happened_at.timestamp())}"


class PhotosChecked(Event):
    """Every file of a message has been fetched and looked at, or given up."""

    kind: Literal["photos_checked"] = "photos_checked"
    message_id: int

    @property
    def dedupe_key(self) -> str:
        return f"photos_checked:{self.message_id}"


# ------------------------------------------------------------------ what the owner does


class OwnerAct(Event):
    """An act of the person `owner_id` in the console. `act_id` is made by the form, so a double click counts once."""

    owner_id: int
    act_id: str

    @property
    def dedupe_key(self) -> str:
        return f"act:{self.act_id}"


class TookOver(OwnerAct):
    """The owner pressed "take over"."""

    kind: Literal["took_over"] = "took_over"


class HandedBack(OwnerAct):
    """The owner gives the conversation back, with facts seen or promised (`{"cause": "as_received"}`)."""

    kind: Literal["handed_back"] = "handed_back"
    line_id: int | None = None
    facts: dict[str, str] = {}
    promise: str | None = None
    """A promised outcome (`free_repair`, `exchange`, `refund`); it binds the verdict (B-01)."""
    note: str = ""


class OwnerWrote(OwnerAct):
    """The owner typed a message in the console and sent it."""

    kind: Literal["owner_wrote"] = "owner_wrote"
    text: str


class FactsSet(OwnerAct):
    """The owner says what a fact of a line is; the line is decided again."""

    kind: Literal["facts_set"] = "facts_set"
    line_id: int
    facts: dict[str, str]


class VerdictConfirmed(OwnerAct):
    """The owner says yes to a verdict that waits for a person. `shipping` says who pays the way here and back."""

    kind: Literal["verdict_confirmed"] = "verdict_confirmed"
    verdict_id: int
    shipping: Literal["shop", "customer", "each_one_way"] | None = None
    note: str = ""
    """Words added to the customer's message, as typed."""


class VerdictOverruled(OwnerAct):
    """The owner decides otherwise: outcome, clauses (at least one) and the reason."""

    kind: Literal["verdict_overruled"] = "verdict_overruled"
    line_id: int
    outcome: str
    cites: tuple[str, ...]
    reason: str
    shipping: Literal["shop", "customer", "each_one_way"] | None = None
    note: str = ""


class QuoteLine(BaseModel):
    """One priced line of a quote, in minor units of the quote's currency."""

    model_config = ConfigDict(frozen=True)

    what: Literal["work", "parts", "shipping_in", "shipping_out"]
    label: str = ""
    amount: int = Field(ge=0)


class QuoteWritten(OwnerAct):
    """The owner priced a repair; the customer is asked. A total of zero needs `waived`."""

    kind: Literal["quote_written"] = "quote_written"
    line_id: int
    lines: tuple[QuoteLine, ...]
    currency: str
    valid_until: date
    waived: bool = False
    """A zero price is meant (J-26 for careless damage)."""
    note: str = ""


class RepairDeclined(OwnerAct):
    """The owner cannot repair this piece: no parts, or not repairable (J-23)."""

    kind: Literal["repair_declined"] = "repair_declined"
    line_id: int
    reason: Literal["no_parts", "not_repairable"]
    note: str = ""


class PhotoRequested(OwnerAct):
    """The owner wants to see a picture of something; `what` is added to the request as typed."""

    kind: Literal["photo_requested"] = "photo_requested"
    what: str = ""


class Resolved(OwnerAct):
    """The owner is done with what this conversation needed."""

    kind: Literal["resolved"] = "resolved"


AnyEvent = Annotated[
    MessageReceived
    | ButtonTapped
    | LinkFollowed
    | MessageUnsent
    | MessageEdited
    | Echo
    | EchoUnsent
    | Reacted
    | Seen
    | OptedIn
    | ControlChanged
    | TimerRang
    | PhotosChecked
    | TookOver
    | HandedBack
    | OwnerWrote
    | FactsSet
    | VerdictConfirmed
    | VerdictOverruled
    | QuoteWritten
    | RepairDeclined
    | PhotoRequested
    | Resolved,
    Field(discriminator="kind"),
]

_EVENTS: TypeAdapter[Any] = TypeAdapter(AnyEvent)


def dump(event: Event) -> dict[str, Any]:
    """An event as plain JSON values, for the database."""
    return event.model_dump(mode="json", exclude_defaults=False)


def load(body: dict[str, Any]) -> Any:  # noqa: ANN401 - one of the classes above; callers match on the class
    """The event that `dump` wrote. Raises pydantic's ValidationError if the body is none."""
    return _EVENTS.validate_python(body)
