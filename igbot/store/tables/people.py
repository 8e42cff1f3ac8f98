"""Who: accounts, owners, customers, and the one conversation each customer has; what owners did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from igbot.store.tables.base import Id, Table, key, link, link_maybe


class Account(Table, kw_only=True):
    """One Instagram professional account: one shop."""

    __tablename__ = "account"

    id: Mapped[int] = key()
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

    id: Mapped[int] = key()
    account_id: Mapped[int] = link("account.id", index=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(default="ko")
    """Of the console; empty until chosen: the browser's."""


class Customer(Table, kw_only=True):
    """A person who writes to the account."""

    __tablename__ = "customer"
    __table_args__ = (UniqueConstraint("account_id", "igsid"),)

    id: Mapped[int] = key()
    account_id: Mapped[int] = link("account.id")
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

    id: Mapped[int] = key()
    account_id: Mapped[int] = link("account.id")
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


class Audit(Table, kw_only=True):
    """Who did what, when; written beside what it changed."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_account", "account_id", "id"),)

    id: Mapped[int] = key()
    account_id: Mapped[int] = link("account.id")
    owner_id: Mapped[int | None] = link_maybe("owner.id")
    at: Mapped[datetime]
    what: Mapped[str]
    """A short code such as `verdict.overruled`."""
    conversation_id: Mapped[int | None] = link_maybe("conversation.id")
    detail: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """Ids and codes; never a customer's words."""
