"""What happens: events, what customers sent, what we say, and timers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from igbot.store.tables.base import Table, key, link, link_maybe


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
        Index(
            "ix_event_set_aside", "account_id", "id", sqlite_where=text("set_aside"), postgresql_where=text("set_aside")
        ),
    )

    id: Mapped[int] = key()
    account_id: Mapped[int | None] = link_maybe("account.id")
    """None for an account we do not know: kept, never handled."""
    conversation_id: Mapped[int | None] = link_maybe("conversation.id")
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

    id: Mapped[int] = key()
    account_id: Mapped[int] = link("account.id")
    conversation_id: Mapped[int] = link("conversation.id")
    event_id: Mapped[int] = link("event.id", index=True)
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

    id: Mapped[int] = key()
    account_id: Mapped[int] = link("account.id")
    conversation_id: Mapped[int] = link("conversation.id")
    event_id: Mapped[int | None] = link_maybe("event.id")
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

    id: Mapped[int] = key()
    account_id: Mapped[int] = link("account.id")
    conversation_id: Mapped[int] = link("conversation.id")
    kind: Mapped[str]
    due_at: Mapped[datetime]
