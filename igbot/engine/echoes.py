"""An echo came: was it us, or did a person write in the Instagram app? (CONTRACT 4.2)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from igbot.engine import control
from igbot.messages import Echo, EchoUnsent
from igbot.settings import Settings
from igbot.store import outbox
from igbot.store.tables import Conversation, Reply

Whose = Literal["ours", "wait", "person", "test"]

LOOK_AGAIN_AFTER = timedelta(seconds=10)
_IN_FLIGHT = timedelta(seconds=60)
_MARGIN = timedelta(seconds=5)
"""A try whose echo is being looked at is not repeated before the second look is surely over."""


def take(
    session: Session, conversation: Conversation, echo: Echo, now: datetime, settings: Settings, *, waited: bool = False
) -> Whose:
    """Whose words an echo carries; done with what follows from it unless the answer is `wait`.

    `ours`: the reply is marked as delivered. `person`: the words are in the thread and the bot is silent
    (control.take_over). `test`: the account wrote to itself. `wait`: a try of ours is under way, so look
    again after LOOK_AGAIN_AFTER, then with `waited`; the try is not repeated before.
    """
    if echo.is_self:
        return "test"
    if known := outbox.by_mid(session, conversation.account_id, echo.mid):
        outbox.mark_delivered(known, echo.mid, now)
        conversation.changed_at = now
        return "ours"
    if settings.app_id and echo.app_id and echo.app_id != settings.app_id:
        return _take_as_person(session, conversation, echo, now, settings)
    tried = outbox.perhaps_arrived(session, conversation.id, echo.happened_at)
    is_ours = bool(settings.app_id) and echo.app_id == settings.app_id
    if not (is_ours or waited) and any(_in_flight(reply, now) for reply in tried):
        _give_time(tried, now)
        return "wait"
    if match := next((reply for reply in tried if _says(reply, echo)), None):
        outbox.mark_delivered(match, echo.mid, now)
        conversation.changed_at = now
        return "ours"
    return "ours" if is_ours else _take_as_person(session, conversation, echo, now, settings)


def unsent(session: Session, conversation: Conversation, taken_back: EchoUnsent) -> None:
    """Something the shop sent was taken back in the Instagram app: its words and pictures are gone here too."""
    if reply := outbox.by_mid(session, conversation.account_id, taken_back.mid):
        reply.text, reply.quick_replies, reply.image_url, reply.attachments = "", [], None, []
        outbox.cancel(reply, "unsent")


def _in_flight(reply: Reply, now: datetime) -> bool:
    since = reply.sending_since
    return reply.status in {"sending", "unknown"} and since is not None and now - since < _IN_FLIGHT


def _give_time(tried: Sequence[Reply], now: datetime) -> None:
    for reply in tried:
        if reply.status == "unknown" and reply.not_before is not None:
            reply.not_before = max(reply.not_before, now + LOOK_AGAIN_AFTER + _MARGIN)


def _says(reply: Reply, echo: Echo) -> bool:
    """Does a reply say what the echo says: the same text, or for a picture the same kind of attachment?"""
    if reply.image_url:
        return any(attachment.type == "image" for attachment in echo.attachments)
    return bool(echo.text) and outbox.same_words(reply.text, echo.text)


def _take_as_person(
    session: Session, conversation: Conversation, echo: Echo, now: datetime, settings: Settings
) -> Whose:
    control.take_over(session, conversation, now, settings.takeover_hours, since=echo.happened_at)
    held = outbox.held_by(session, conversation.id, sender="person")
    # Told to write in the Instagram app, she did: what was held for that is said.
    reply = next((reply for reply in held if _says(reply, echo)), None) or _spoken(session, conversation, echo)
    outbox.mark_sent(reply, echo.mid, echo.happened_at)
    outbox.mark_delivered(reply, echo.mid, now)
    return "person"


def _spoken(session: Session, conversation: Conversation, echo: Echo) -> Reply:
    reply = Reply(
        account_id=conversation.account_id,
        conversation_id=conversation.id,
        sender="person",
        text=echo.text,
        attachments=[attachment.model_dump(exclude_none=True) for attachment in echo.attachments],
        created_at=echo.happened_at,
    )
    session.add(reply)
    return reply
