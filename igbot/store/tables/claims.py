"""What it is about: orders, claims with items and lines, facts, verdicts, evidence, repairs and their quotes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from igbot.store.tables.base import Id, Json, Table, key, link, link_maybe


class Order(Table, kw_only=True):
    """A sale, from the shop's record. Linked to a customer by igsid, or by the handle it was placed with."""

    __tablename__ = "order"
    __table_args__ = (
        UniqueConstraint("account_id", "number"),
        Index("ix_order_igsid", "account_id", "igsid"),
        Index("ix_order_handle", "account_id", "handle"),
    )

    id: Mapped[int] = key()
    account_id: Mapped[int] = link("account.id")
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

    id: Mapped[int] = key()
    order_id: Mapped[int] = link("order.id", index=True)
    title: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """What the record knows in the pack's words: `{"item": "earring", "substitution": "recorded"}`."""


class Claim(Table, kw_only=True):
    """What a customer wants settled; it has items, an item has lines."""

    __tablename__ = "claim"

    id: Mapped[int] = key()
    account_id: Mapped[int] = link("account.id")
    conversation_id: Mapped[int] = link("conversation.id", index=True)
    order_id: Mapped[int | None] = link_maybe("order.id")
    order_state: Mapped[str] = mapped_column(default="unasked")
    """`unasked`, `matched`, `not_found`, `other_buyer` (table VERIFY)."""
    conflict: Mapped[str] = mapped_column(default="none")
    """The record against the customer's words: `none`, `cleared` (the record is right), `persists` (GUARD)."""
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class Item(Table, kw_only=True):
    """One piece a claim is about."""

    __tablename__ = "item"

    id: Mapped[int] = key()
    claim_id: Mapped[int] = link("claim.id", index=True)
    article_id: Mapped[int | None] = link_maybe("article.id")


class Line(Table, kw_only=True):
    """One issue of an item. Its facts are rows of `fact`, its decisions rows of `verdict`."""

    __tablename__ = "line"

    id: Mapped[int] = key()
    item_id: Mapped[int] = link("item.id", index=True)
    contact_at: Mapped[datetime]
    """The contact instant C: the first message that raised this issue. Never moves."""
    status: Mapped[str] = mapped_column(default="collecting")
    """collecting, awaiting_owner, refused, advised, approved, closed."""


class Fact(Table, kw_only=True):
    """One thing learnt about a line, once. Never changed: a later row of the same name overrides."""

    __tablename__ = "fact"
    __table_args__ = (Index("ix_fact_line", "line_id", "id"), Index("ix_fact_message", "message_id"))

    id: Mapped[int] = key()
    line_id: Mapped[int] = link("line.id")
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

    id: Mapped[int] = key()
    line_id: Mapped[int] = link("line.id", index=True)
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
    replaces_id: Mapped[int | None] = link_maybe("verdict.id")
    by_owner_id: Mapped[int | None] = link_maybe("owner.id")
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

    id: Mapped[int] = key()
    account_id: Mapped[int] = link("account.id")
    conversation_id: Mapped[int] = link("conversation.id")
    message_id: Mapped[int] = link("message.id")
    line_id: Mapped[int | None] = link_maybe("line.id")
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

    id: Mapped[int] = key()
    line_id: Mapped[int] = mapped_column(Id, ForeignKey("line.id"), unique=True)
    state: Mapped[str] = mapped_column(default="await_quote")
    charge: Mapped[str]
    """`certain` or `possible` (facts of J-QUOTE)."""


class Quote(Table, kw_only=True):
    """A numbered, versioned price. Only the newest version of a number can be accepted."""

    __tablename__ = "quote"
    __table_args__ = (UniqueConstraint("account_id", "number", "version"),)

    id: Mapped[int] = key()
    account_id: Mapped[int] = link("account.id")
    job_id: Mapped[int] = link("job.id", index=True)
    number: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    lines: Mapped[list[Any]] = mapped_column(default_factory=list)
    """`[{"what", "label", "amount"}]` in minor units of `currency`."""
    currency: Mapped[str]
    valid_until: Mapped[date]
    """Last day, whole, in the shop's zone."""
    waived: Mapped[bool] = mapped_column(default=False)
    written_at: Mapped[datetime]
    owner_id: Mapped[int | None] = link_maybe("owner.id")
    answer: Mapped[str] = mapped_column(default="none")
    """none, accepted, declined, haggles."""
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    stopped_at: Mapped[datetime | None] = mapped_column(default=None)
    """Withdrawn, or replaced by a newer version."""
