"""What has happened and waits to be handled: every event kept once, handed out in order.

`keep` takes what a webhook brought, `add` what the clock or the owner did. An event has one row for
ever, under its dedupe key (CONTRACT 2.4), so a second delivery changes nothing (DESIGN promise 2).
The next event of a conversation is the one that happened first among those known (DESIGN 3). While
that one waits to be looked at again, the later ones wait behind it: a customer must not be answered
past an echo that may turn out to be the owner's own word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from igbot import messages
from igbot.messages import FromMeta, Unknown
from igbot.store.tables import Account, Conversation, Customer, Event, Table

_TODO = sa.text("event.handled_at IS NULL AND NOT event.set_aside")
"""In the words of the partial index, or SQLite does not use it."""

_LONGEST_WAIT_SECONDS = 300


# ------------------------------------------------------------------ in


@dataclass(frozen=True)
class Kept:
    """What a webhook brought that was not there yet."""

    new: int
    """How many events."""
    conversations: set[int]
    """Those that have something new to handle."""


def keep(session: Session, events: Iterable[FromMeta | Unknown], now: datetime) -> Kept:
    """Keep what a webhook brought; what of it was new.

    Customers and their conversations are made as needed. What belongs to an account we do not know,
    and what is Unknown, is kept without a conversation. Two statements if all people are known, five if not.
    """
    in_order = sorted(events, key=lambda event: event.happened_at)
    known = _known(session, in_order)
    if strangers := known.strangers(in_order):
        _welcome(session, strangers, now)
        known = _known(session, in_order)
    places = _insert_events(session, [known.row(event, now) for event in in_order])
    return Kept(len(places), {conversation_id for conversation_id in places if conversation_id is not None})


def add(session: Session, conversation: Conversation, event: messages.Event, now: datetime) -> bool:
    """Keep what the clock or the owner did in a conversation; False if it is already there."""
    shop = session.get_one(Account, conversation.account_id).ig_id
    row = _row(event, now) | {
        "account_id": conversation.account_id,
        "conversation_id": conversation.id,
        "dedupe_key": f"{shop}:{conversation.id}:{event.dedupe_key}",
    }
    return bool(_insert_events(session, [row]))


@dataclass(frozen=True)
class _Known:
    """Whom we know among those a webhook speaks of."""

    accounts: dict[str, int] = field(default_factory=dict)
    conversations: dict[tuple[str, str], int] = field(default_factory=dict)

    def strangers(self, events: Iterable[FromMeta | Unknown]) -> list[tuple[int, str]]:
        """The (account id, igsid) of people without a conversation.

        Sorted, so that two webhooks about the same new people queue for them instead of deadlocking.
        """
        people = {(event.account, event.igsid) for event in events if isinstance(event, FromMeta)}
        return sorted(
            (self.accounts[account], igsid)
            for account, igsid in people - self.conversations.keys()
            if account in self.accounts
        )

    def row(self, event: FromMeta | Unknown, now: datetime) -> dict[str, Any]:
        """The event as a row of the table."""
        place = {
            "account_id": self.accounts.get(event.account or ""),
            "dedupe_key": f"{event.account or ''}:{event.dedupe_key}",
        }
        if isinstance(event, Unknown):
            return _row(event, now) | place | {"conversation_id": None, "body": event.item, "handled_at": now}
        return _row(event, now) | place | {"conversation_id": self.conversations.get((event.account, event.igsid))}


def _known(session: Session, events: Sequence[FromMeta | Unknown]) -> _Known:
    query = (
        sa.select(Account.ig_id, Account.id, Customer.igsid, Conversation.id)
        .outerjoin(
            Customer,
            (Customer.account_id == Account.id) & Customer.igsid.in_({event.igsid for event in events if event.igsid}),
        )
        .outerjoin(Conversation, Conversation.customer_id == Customer.id)
        .where(Account.ig_id.in_({event.account for event in events if event.account}))
    )
    known = _Known()
    for ig_id, account_id, igsid, conversation_id in session.execute(query):
        known.accounts[ig_id] = account_id
        if conversation_id is not None:
            known.conversations[ig_id, igsid] = conversation_id
    return known


def _welcome(session: Session, strangers: Sequence[tuple[int, str]], now: datetime) -> None:
    """Make customers and conversations, each unless another webhook has just made it."""
    people = [{"account_id": account_id, "igsid": igsid} for account_id, igsid in strangers]
    session.execute(_insert(session, Customer).on_conflict_do_nothing(), people)
    theirs = sa.select(
        Customer.account_id, Customer.id, sa.literal(now, Conversation.changed_at.type), sa.literal({}, sa.JSON)
    ).where(sa.tuple_(Customer.account_id, Customer.igsid).in_(strangers))
    new = _insert(session, Conversation).from_select(["account_id", "customer_id", "changed_at", "asking"], theirs)
    session.execute(new.on_conflict_do_nothing())


def _row(event: messages.Event, now: datetime) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "body": messages.dump(event),
        "happened_at": event.happened_at,
        "received_at": now,
        "handled_at": None,
    }


def _insert_events(session: Session, rows: Sequence[dict[str, Any]]) -> list[int | None]:
    """Write the rows that are new; for each the conversation it belongs to."""
    if not rows:
        return []
    new = _insert(session, Event).on_conflict_do_nothing().returning(Event.__table__.c.conversation_id)
    return list(session.scalars(new, rows))


def _insert(session: Session, table: type[Table]) -> sqlite.Insert:
    """Both databases know ON CONFLICT, each in its own dialect of SQLAlchemy's."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return cast("sqlite.Insert", dialect.insert(table.__table__))


# ------------------------------------------------------------------ out


def next_unhandled(session: Session, conversation_id: int, now: datetime) -> Event | None:
    """The event of a conversation to be handled now, or None.

    It is the one that happened first; None also while that one waits for its time.
    """
    first = session.scalars(
        sa.select(Event)
        .where(Event.conversation_id == conversation_id, _TODO)
        .order_by(Event.happened_at, Event.id)
        .limit(1)
    ).first()
    return first if first and (first.not_before is None or first.not_before <= now) else None


def claim(session: Session, event: Event, now: datetime) -> bool:
    """Take an event, for this transaction to handle; False if somebody else has handled it."""
    unhandled = (Event.id == event.id, Event.handled_at.is_(None))
    taken = sa.update(Event).where(*unhandled).values(handled_at=now).returning(Event.id)
    return session.scalar(taken) is not None


def postpone(session: Session, event: Event, until: datetime) -> None:
    """Look at an event again at that instant, claimed or not, and at all later ones of its conversation after it."""
    session.execute(sa.update(Event).where(Event.id == event.id).values(not_before=until, handled_at=None))


def fail(session: Session, event_id: int, error: Exception, now: datetime, max_tries: int) -> bool:
    """Note that a turn failed: tried again after 2, 4, 8 ... seconds, at most five minutes.

    True if that was the last of `max_tries`: the event is set aside, for the owner to see, and the
    conversation goes on without it. Of the error only its class is kept: its words may be a customer's.
    """
    event = session.get_one(Event, event_id, with_for_update=True)
    event.tries += 1
    event.trouble = type(error).__name__
    event.not_before = now + timedelta(seconds=min(2**event.tries, _LONGEST_WAIT_SECONDS))
    event.set_aside = event.tries >= max_tries
    session.flush()
    return event.set_aside


def waiting(session: Session, now: datetime) -> set[int]:
    """The conversations with an event to be handled now, for the sweep that finds lost nudges."""
    due = Event.not_before.is_(None) | (Event.not_before <= now)
    todo = sa.select(Event.conversation_id).where(_TODO, Event.conversation_id.is_not(None), due).distinct()
    return {conversation_id for conversation_id in session.scalars(todo) if conversation_id is not None}
