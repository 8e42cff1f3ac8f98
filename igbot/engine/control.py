"""Who has the conversation: the bot, or a person? (CONTRACT 4.2, DESIGN 2 "takeover", "hand back")"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from igbot.store import outbox, timers
from igbot.store.tables import Conversation, Timer

TAKEOVER_TIMER = "takeover"


def take_over(
    session: Session, conversation: Conversation, now: datetime, hours: float, *, since: datetime | None = None
) -> None:
    """A person has the conversation; what the bot had queued is not said.

    Unless it is handed back earlier, the bot has it again `hours` after the person's last act. `since` is
    when this act happened, if that was not just now; one we hear of late never shortens the time.
    """
    outbox.cancel_queued(session, conversation.id, sender="bot", reason="taken_over")
    until = (since or now) + timedelta(hours=hours)
    set_until = session.scalar(
        select(Timer.due_at).where(Timer.conversation_id == conversation.id, Timer.kind == TAKEOVER_TIMER)
    )
    if set_until is None or set_until < until:
        timers.set_timer(session, conversation, TAKEOVER_TIMER, until)
    conversation.control, conversation.changed_at = "owner", now


def hand_back(session: Session, conversation: Conversation, now: datetime) -> None:
    """The bot has the conversation again; the next thing it says, it says that it is one (CONTRACT 4.3)."""
    timers.clear_timer(session, conversation, TAKEOVER_TIMER)
    conversation.control, conversation.disclosed_at, conversation.changed_at = "bot", None, now


def customer_acted(session: Session, conversation: Conversation, at: datetime) -> None:
    """The customer did what opens Meta's 24 hours: they can be written to, and what was held may go.

    One that we hear of late counts from when it happened (CONTRACT 3.4 rule 1).
    """
    last = conversation.last_customer_action_at
    conversation.last_customer_action_at = max(at, last) if last else at
    conversation.window_shut = conversation.unreachable = False
    outbox.release_held(session, conversation.id)


def needs_owner(conversation: Conversation, why: str, now: datetime) -> None:
    """A person must look; a reason that is already there stays, since it is what they were called for."""
    if conversation.needs_owner is None:
        conversation.needs_owner, conversation.needs_owner_since = why, now
