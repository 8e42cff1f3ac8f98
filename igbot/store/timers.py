"""What should happen if nothing happens: one row a kind and conversation, set and cleared with the state it belongs to.

A due timer is stored as an event first, so it is handled in its conversation's order, once.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from igbot.messages import TimerRang
from igbot.store import inbox
from igbot.store.tables import Conversation, Timer


def set_timer(session: Session, conversation: Conversation, kind: str, due_at: datetime) -> None:
    """Let the timer of this kind ring at an instant; one set before is moved."""
    timer = session.scalars(select(Timer).where(Timer.conversation_id == conversation.id, Timer.kind == kind)).first()
    if timer:
        timer.due_at = due_at
    else:
        session.add(
            Timer(account_id=conversation.account_id, conversation_id=conversation.id, kind=kind, due_at=due_at)
        )


def clear_timer(session: Session, conversation: Conversation, kind: str) -> None:
    """Let no timer of this kind ring."""
    session.execute(delete(Timer).where(Timer.conversation_id == conversation.id, Timer.kind == kind))


def ring(session: Session, now: datetime, most: int = 100) -> set[int]:
    """Turn due timers into events, oldest first; the conversations they belong to."""
    due = session.execute(
        select(Timer, Conversation)
        .join(Conversation, Timer.conversation_id == Conversation.id)
        .where(Timer.due_at <= now)
        .order_by(Timer.due_at)
        .limit(most)
    ).all()
    for timer, conversation in due:
        rang = TimerRang(happened_at=timer.due_at, timer=timer.kind, timer_id=timer.id)
        inbox.add(session, conversation, rang, now)
        session.delete(timer)
    session.flush()
    return {conversation.id for _, conversation in due}
