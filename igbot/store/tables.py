"""The tables: one class each, in the words of DESIGN 2.

Everything belongs to one account. Ids from Meta are text (CONTRACT 0.3). Instants are UTC and
aware on both databases; days are days; money is whole minor units beside an ISO 4217 code.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

Id = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite, which knows no zones, stores it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant; hand over UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give back UTC, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    """What all tables share. No `repr`: a row may hold a customer's words, and reprs end up in logs."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - read by SQLAlchemy, never changed
        str: Text,
        datetime: Instant,
        dict[str, Any]: Json,
        list[Any]: Json,
        list[str]: Json,
    }


def _key() -> Mapped[int]:
    return mapped_column(Id, primary_key=True, init=False)


def _to(column: str, *, index: bool = False) -> Any:  # noqa: ANN401 - as mapped_column
    return mapped_column(Id, ForeignKey(column), index=index)


def _to_maybe(column: str, *, index: bool = False) -> Any:  # noqa: ANN401 - as mapped_column
    return mapped_column(Id, ForeignKey(column), index=index, default=None)


# ------------------------------------------------------------------ who


class Account(Table, kw_only=True):
    """One Instagram professional account: one shop."""

    __tablename__ = "account"

    id: Mapped[int] = _key()
    ig_id: Mapped[str] = mapped_column(unique=True)
    """What webhooks call the account (`entry[].id`), never the app-scoped id (CONTRACT 1.5)."""
    login: Mapped[str] = mapped_column(default="instagram")
    username: Mapped[str | None] = mapped_column(default=None)
    access_token: Mapped[str | None] = mapped_column(default=None)
    token_expires_at: Mapped[datetime | None] = mapped_column(default=None)
    trouble: Mapped[str | None] = mapped_column(default=None)
    """Why nothing may be sent: `token`, `access` or `restricted`; None while all is well."""
    paused_until: Mapped[datetime | None] = mapped_column(default=None)
    """Meta asked us to slow down until then."""
    pack: Mapped[str]
    """The shop's policy: the name of a shipped pack, or a folder."""
    human_agent: Mapped[bool] = mapped_column(default=False)
    """Meta approved the Human Agent feature for this shop's app."""


class Owner(Table, kw_only=True):
    """A person who may sign in to the console."""

    __tablename__ = "owner"

    id: Mapped[int] = _key()
    account_id: Mapped[int] = _to("account.id", index=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(default="ko")


class Customer(Table, kw_only=True):
    """A person who writes to the account."""

    __tablename__ = "customer"
    __table_args__ = (UniqueConstraint("account_id", "igsid"),)

    id: Mapped[int] = _key()
    account_id: Mapped[int] = _to("account.id")
    igsid: Mapped[str]
    name: Mapped[str | None] = mapped_column(default=None)
    username: Mapped[str | None] = mapped_column(default=None)
    profile_checked_at: Mapped[datetime | None] = mapped_column(default=None)


class Conversation(Table, kw_only=True):
    """The one lasting thread of a customer: who has it, and where it stands in a flow."""

    __tablename__ = "conversation"
    __table_args__ = (
        Index(
            "ix_conversation_attention",
            "account_id",
            "needs_owner_since",
            sqlite_where=text("needs_owner IS NOT NULL"),
            postgresql_where=text("needs_owner IS NOT NULL"),
        ),
        Index("ix_conversation_changed", "account_id", "changed_at"),
    )

    id: Mapped[int] = _key()
    account_id: Mapped[int] = _to("account.id")
    customer_id: Mapped[int] = mapped_column(Id, ForeignKey("customer.id"), unique=True)
    control: Mapped[str] = mapped_column(default="bot")
    """`bot` or `owner`."""
    flow: Mapped[str] = mapped_column(default="greeting")
    state: Mapped[str] = mapped_column(default="new")
    asking: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """What was asked last: `{"line": 3, "facts": ["cause", "photo"], "times": 1}`; empty when nothing is."""
    language: Mapped[str | None] = mapped_column(default=None)
    changed_at: Mapped[datetime]
    """Anything the console shows has changed since: set by every turn, send and fetch; live pages follow it."""
    last_customer_action_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the customer last did what opens Meta's 24 hours (CONTRACT 3.4)."""
    window_shut: Mapped[bool] = mapped_column(default=False)
    """Meta itself said the window is shut; the customer's next act clears it."""
    unreachable: Mapped[bool] = mapped_column(default=False)
    """This person cannot be written to (blocked, gone); their next message clears it."""
    disclosed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When we last said that this is an automatic assistant; None makes the next reply say so."""
    needs_owner: Mapped[str | None] = mapped_column(default=None)
    """Why a person must look, as a short code; None when nobody has to."""
    needs_owner_since: Mapped[datetime | None] = mapped_column(default=None)


# ------------------------------------------------------------------ what happens


class Event(Table, kw_only=True):
    """One thing that happened; kept once, handled once, in order."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index(
            "ix_event_todo",
            "conversation_id",
            "happened_at",
            "id",
            sqlite_where=text("handled_at IS NULL AND NOT set_aside"),
            postgresql_where=text("handled_at IS NULL AND NOT set_aside"),
        ),
        Index("ix_event_conversation", "conversation_id", "id"),
    )

    id: Mapped[int] = _key()
    account_id: Mapped[int | None] = _to_maybe("account.id")
    """None for an account we do not know: kept, never handled."""
    conversation_id: Mapped[int | None] = _to_maybe("conversation.id")
    dedupe_key: Mapped[str]
    """The account's ig id and what makes this event itself (CONTRACT 2.4)."""
    kind: Mapped[str]
    body: Mapped[dict[str, Any]]
    """What `messages.dump` wrote; for kinds we do not know, the item as it came."""
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]
    not_before: Mapped[datetime | None] = mapped_column(default=None)
    """Look again then: an echo that may turn out to be our own, a turn that failed."""
    handled_at: Mapped[datetime | None] = mapped_column(default=None)
    tries: Mapped[int] = mapped_column(default=0)
    set_aside: Mapped[bool] = mapped_column(default=False)
    """Failed too often; the owner sees it, the conversation goes on."""
    trouble: Mapped[str | None] = mapped_column(default=None)
    """The class of the last failure, never its words."""


class Message(Table, kw_only=True):
    """What a customer sent. An unsent message keeps its row and its instant, nothing else."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("account_id", "mid"),
        Index("ix_message_thread", "conversation_id", "sent_at", "id"),
    )

    id: Mapped[int] = _key()
    account_id: Mapped[int] = _to("account.id")
    conversation_id: Mapped[int] = _to("conversation.id")
    event_id: Mapped[int] = _to("event.id", index=True)
    mid: Mapped[str]
    sent_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(default="")
    attachments: Mapped[list[Any]] = mapped_column(default_factory=list)
    reply_to: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    payload: Mapped[str | None] = mapped_column(default=None)
    edited_at: Mapped[datetime | None] = mapped_column(default=None)
    unsent_at: Mapped[datetime | None] = mapped_column(default=None)
    seen_reaction: Mapped[str | None] = mapped_column(default=None)


class Reply(Table, kw_only=True):
    """One call to Meta's Send API: what we say, by the bot or a person. Sent in order of id."""

    __tablename__ = "reply"
    __table_args__ = (
        Index(
            "ix_reply_todo",
            "conversation_id",
            "id",
            sqlite_where=text("status IN ('queued', 'sending', 'unknown')"),
            postgresql_where=text("status IN ('queued', 'sending', 'unknown')"),
        ),
        Index("ix_reply_thread", "conversation_id", "created_at", "id"),
        Index(
            "ix_reply_held",
            "account_id",
            "conversation_id",
            sqlite_where=text("status = 'held'"),
            postgresql_where=text("status = 'held'"),
        ),
        UniqueConstraint("account_id", "mid"),
    )

    id: Mapped[int] = _key()
    account_id: Mapped[int] = _to("account.id")
    conversation_id: Mapped[int] = _to("conversation.id")
    event_id: Mapped[int | None] = _to_maybe("event.id")
    """The event whose turn said it; None for words typed in the Instagram app."""
    sender: Mapped[str]
    """`bot` or `person` (DESIGN 3)."""
    key: Mapped[str] = mapped_column(default="")
    """Which words these are (`claim.photo`); empty for typed ones."""
    text: Mapped[str] = mapped_column(default="")
    quick_replies: Mapped[list[Any]] = mapped_column(default_factory=list)
    """`[{"title": ..., "payload": ...}]`, at most 13."""
    image_url: Mapped[str | None] = mapped_column(default=None)
    attachments: Mapped[list[Any]] = mapped_column(default_factory=list)
    """Only of words typed in the Instagram app."""
    status: Mapped[str] = mapped_column(default="queued")
    """queued, sending, unknown, sent, held, failed, cancelled."""
    reason: Mapped[str | None] = mapped_column(default=None)
    """Why held, failed or cancelled: a SEND outcome or an error class."""
    created_at: Mapped[datetime]
    not_before: Mapped[datetime | None] = mapped_column(default=None)
    tries: Mapped[int] = mapped_column(default=0)
    tag: Mapped[str | None] = mapped_column(default=None)
    mid: Mapped[str | None] = mapped_column(default=None)
    sending_since: Mapped[datetime | None] = mapped_column(default=None)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the echo came."""
    seen_at: Mapped[datetime | None] = mapped_column(default=None)
    error_code: Mapped[int | None] = mapped_column(default=None)
    error_subcode: Mapped[int | None] = mapped_column(default=None)
    fbtrace_id: Mapped[str | None] = mapped_column(default=None)


class Timer(Table, kw_only=True):
    """What should happen if nothing happens. One of a kind per conversation; becomes an event when due."""

    __tablename__ = "timer"
    __table_args__ = (
        UniqueConstraint("conversation_id", "kind"),
        Index("ix_timer_due", "due_at"),
        {"sqlite_autoincrement": True},  # an id is never used again: it tells one ringing from the next
    )

    id: Mapped[int] = _key()
    account_id: Mapped[int] = _to("account.id")
    conversation_id: Mapped[int] = _to("conversation.id")
    kind: Mapped[str]
    due_at: Mapped[datetime]


# ------------------------------------------------------------------ what it is about


class Order(Table, kw_only=True):
    """A sale, from the shop's record. Linked to a customer by igsid, or by the handle it was placed with."""

    __tablename__ = "order"
    __table_args__ = (
        UniqueConstraint("account_id", "number"),
        Index("ix_order_igsid", "account_id", "igsid"),
        Index("ix_order_handle", "account_id", "handle"),
    )

    id: Mapped[int] = _key()
    account_id: Mapped[int] = _to("account.id")
    number: Mapped[str]
    ordered_on: Mapped[date]
    igsid: Mapped[str | None] = mapped_column(default=None)
    handle: Mapped[str | None] = mapped_column(default=None)
    """Instagram user name, lower case, without @."""
    buyer: Mapped[str | None] = mapped_column(default=None)
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
    delivered_on: Mapped[date | None] = mapped_column(default=None)
    """The day, where the carrier names no hour; read in `zone`."""
    zone: Mapped[str | None] = mapped_column(default=None)
    """IANA zone of the delivery address; None means the shop's."""


class Article(Table, kw_only=True):
    """One piece of an order."""

    __tablename__ = "article"

    id: Mapped[int] = _key()
    order_id: Mapped[int] = _to("order.id", index=True)
    title: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """What the record knows in the pack's words: `{"item": "earring", "substitution": "recorded"}`."""


class Claim(Table, kw_only=True):
    """What a customer wants settled; it has items, an item has lines."""

    __tablename__ = "claim"

    id: Mapped[int] = _key()
    account_id: Mapped[int] = _to("account.id")
    conversation_id: Mapped[int] = _to("conversation.id", index=True)
    order_id: Mapped[int | None] = _to_maybe("order.id")
    order_state: Mapped[str] = mapped_column(default="unasked")
    """`unasked`, `matched`, `not_found`, `other_buyer` (table VERIFY)."""
    conflict: Mapped[str] = mapped_column(default="none")
    """The record against the customer's words: `none`, `cleared` (the record is right), `persists` (GUARD)."""
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class Item(Table, kw_only=True):
    """One piece a claim is about."""

    __tablename__ = "item"

    id: Mapped[int] = _key()
    claim_id: Mapped[int] = _to("claim.id", index=True)
    article_id: Mapped[int | None] = _to_maybe("article.id")


class Line(Table, kw_only=True):
    """One issue of an item. Its facts are rows of `fact`, its decisions rows of `verdict`."""

    __tablename__ = "line"

    id: Mapped[int] = _key()
    item_id: Mapped[int] = _to("item.id", index=True)
    contact_at: Mapped[datetime]
    """The contact instant C: the first message that raised this issue. Never moves."""
    status: Mapped[str] = mapped_column(default="collecting")
    """collecting, awaiting_owner, refused, advised, approved, closed."""


class Fact(Table, kw_only=True):
    """One thing learnt about a line, once. Never changed: a later row of the same name overrides."""

    __tablename__ = "fact"
    __table_args__ = (Index("ix_fact_line", "line_id", "id"), Index("ix_fact_message", "message_id"))

    id: Mapped[int] = _key()
    line_id: Mapped[int] = _to("line.id")
    name: Mapped[str]
    value: Mapped[Any] = mapped_column(Json, nullable=True)
    """A value, a list of values left, `"unsure"`, or for `received` its span; None once withdrawn."""
    source: Mapped[str]
    """customer, photo, record, owner, clock."""
    learnt_at: Mapped[datetime]
    message_id: Mapped[int | None] = mapped_column(Id, ForeignKey("message.id"), default=None)
    taken: Mapped[bool] = mapped_column(default=True)
    """False: told differently after a verdict; stands beside the first account, decides nothing (B-03)."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)


class Verdict(Table, kw_only=True):
    """A decided line. Never changed, only replaced by a newer row that names it."""

    __tablename__ = "verdict"

    id: Mapped[int] = _key()
    line_id: Mapped[int] = _to("line.id", index=True)
    outcome: Mapped[str]
    fee: Mapped[str]
    remedies: Mapped[list[str]] = mapped_column(default_factory=list)
    cites: Mapped[list[str]] = mapped_column(default_factory=list)
    rules: Mapped[list[str]] = mapped_column(default_factory=list)
    facts_used: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """`{name: {"value", "source", "learnt_at"}}`; a withdrawn value reads `"withdrawn"`."""
    clocks: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """Contact, receipt and the last instants of the windows, as ISO texts with their zone."""
    reason: Mapped[str | None] = mapped_column(default=None)
    needs: Mapped[list[str]] = mapped_column(default_factory=list)
    said_key: Mapped[str] = mapped_column(default="")
    pack_id: Mapped[str]
    pack_version: Mapped[str]
    decided_at: Mapped[datetime]
    replaces_id: Mapped[int | None] = _to_maybe("verdict.id")
    by_owner_id: Mapped[int | None] = _to_maybe("owner.id")
    owner_reason: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    shipping: Mapped[str | None] = mapped_column(default=None)
    """Who pays, once the owner has said: shop, customer, each_one_way."""


class Evidence(Table, kw_only=True):
    """A photo or video kept for a claim. The file's name is random; its address at Meta is forgotten once fetched."""

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_message", "message_id"),
        Index(
            "ix_evidence_wanted",
            "conversation_id",
            "id",
            sqlite_where=text("status = 'wanted'"),
            postgresql_where=text("status = 'wanted'"),
        ),
        Index("ix_evidence_line", "line_id"),
    )

    id: Mapped[int] = _key()
    account_id: Mapped[int] = _to("account.id")
    conversation_id: Mapped[int] = _to("conversation.id")
    message_id: Mapped[int] = _to("message.id")
    line_id: Mapped[int | None] = _to_maybe("line.id")
    media: Mapped[str]
    """image, video, voice, file (table PHOTO)."""
    source_url: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[str] = mapped_column(default="wanted")
    """wanted, kept, refused, failed, over_limit, deleted."""
    fault: Mapped[str | None] = mapped_column(default=None)
    """Why it is no usable photo: too_small, too_dark, blurred, unreadable, seen_before; None if it is one."""
    file: Mapped[str | None] = mapped_column(default=None)
    thumbnail: Mapped[str | None] = mapped_column(default=None)
    content_type: Mapped[str | None] = mapped_column(default=None)
    width: Mapped[int | None] = mapped_column(default=None)
    height: Mapped[int | None] = mapped_column(default=None)
    looks: Mapped[str | None] = mapped_column(default=None)
    """A difference hash, hexadecimal: close numbers are the same picture again."""
    tries: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None] = mapped_column(default=None)
    fetched_at: Mapped[datetime | None] = mapped_column(default=None)


class Job(Table, kw_only=True):
    """A repair: a quote and the piece it is about, in a state of DECISION-TABLE 6.10."""

    __tablename__ = "job"

    id: Mapped[int] = _key()
    line_id: Mapped[int] = mapped_column(Id, ForeignKey("line.id"), unique=True)
    state: Mapped[str] = mapped_column(default="await_quote")
    charge: Mapped[str]
    """`certain` or `possible` (facts of J-QUOTE)."""


class Quote(Table, kw_only=True):
    """A numbered, versioned price. Only the newest version of a number can be accepted."""

    __tablename__ = "quote"
    __table_args__ = (UniqueConstraint("account_id", "number", "version"),)

    id: Mapped[int] = _key()
    account_id: Mapped[int] = _to("account.id")
    job_id: Mapped[int] = _to("job.id", index=True)
    number: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    lines: Mapped[list[Any]] = mapped_column(default_factory=list)
    """`[{"what", "label", "amount"}]` in minor units of `currency`."""
    currency: Mapped[str]
    valid_until: Mapped[date]
    """Last day, whole, in the shop's zone."""
    waived: Mapped[bool] = mapped_column(default=False)
    written_at: Mapped[datetime]
    owner_id: Mapped[int | None] = _to_maybe("owner.id")
    answer: Mapped[str] = mapped_column(default="none")
    """none, accepted, declined, haggles."""
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    stopped_at: Mapped[datetime | None] = mapped_column(default=None)
    """Withdrawn, or replaced by a newer version."""


class Audit(Table, kw_only=True):
    """Who did what, when; written beside what it changed."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_account", "account_id", "id"),)

    id: Mapped[int] = _key()
    account_id: Mapped[int] = _to("account.id")
    owner_id: Mapped[int | None] = _to_maybe("owner.id")
    at: Mapped[datetime]
    what: Mapped[str]
    """A short code such as `verdict.overruled`."""
    conversation_id: Mapped[int | None] = _to_maybe("conversation.id")
    detail: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """Ids and codes; never a customer's words."""
