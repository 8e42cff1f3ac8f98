"""Timers: rows that become events when they are due, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from igbot.store import inbox, timers
from igbot.store.tables import Account, Conversation, Customer, Event, Timer
from igbot.store.unit import Database

HOUR = timedelta(hours=1)


def conversation(session: Session, now: datetime) -> Conversation:
    account = Account(ig_id="17841400000000123", pack="jewelry")
    session.add(account)
    session.flush()
    customer = Customer(account_id=account.id, igsid="7310000000000456")
    session.add(customer)
    session.flush()
    new = Conversation(account_id=account.id, customer_id=customer.id, changed_at=now)
    session.add(new)
    session.flush()
    return new


def pending(session: Session, chat: Conversation) -> list[Timer]:
    return list(session.scalars(select(Timer).where(Timer.conversation_id == chat.id)))


def test_a_due_timer_becomes_an_event_of_its_own_time_and_is_gone(db: Database, now: datetime) -> None:
    with db.transaction() as session:
        chat = conversation(session, now)
        timers.set_timer(session, chat, "silence", now - HOUR)
    with db.transaction() as session:
        assert timers.ring(session, now) == {chat.id}
        event = inbox.next_unhandled(session, chat.id, now)
        assert event is not None
        assert (event.kind, event.happened_at, event.body["timer"]) == ("timer", now - HOUR, "silence")
    with db.transaction() as session:
        assert timers.ring(session, now) == set()


def test_a_timer_that_is_not_due_does_not_ring(db: Database, now: datetime) -> None:
    with db.transaction() as session:
        chat = conversation(session, now)
        timers.set_timer(session, chat, "silence", now + HOUR)
        session.flush()
        assert timers.ring(session, now) == set()


def test_setting_a_timer_again_moves_it(db: Database, now: datetime) -> None:
    with db.transaction() as session:
        chat = conversation(session, now)
        for due in (now, now + HOUR):
            timers.set_timer(session, chat, "silence", due)
            session.flush()
        assert [timer.due_at for timer in pending(session, chat)] == [now + HOUR]


def test_a_cleared_timer_is_gone_and_others_stay(db: Database, now: datetime) -> None:
    with db.transaction() as session:
        chat = conversation(session, now)
        timers.set_timer(session, chat, "silence", now)
        timers.set_timer(session, chat, "takeover", now)
        session.flush()
        timers.clear_timer(session, chat, "silence")
        assert [timer.kind for timer in pending(session, chat)] == ["takeover"]


def test_a_timer_set_anew_rings_anew(db: Database, now: datetime) -> None:
    """The same kind for the same moment, after it has rung: another event."""
    with db.transaction() as session:
        chat = conversation(session, now)
        timers.set_timer(session, chat, "silence", now)
    for expected in (1, 2):
        with db.transaction() as session:
            timers.ring(session, now)
            timers.set_timer(session, session.get_one(Conversation, chat.id), "silence", now)
            session.flush()
            assert len(session.scalars(select(Event)).all()) == expected
