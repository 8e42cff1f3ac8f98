"""What are we about to say, and what became of it?

A reply is one call to Meta, sent in order of id within its conversation; `line` is what has not been
settled yet. `tries` counts the tries whose outcome we were never told; from the first of them on,
`sending_since` stays, and an echo may still turn out to belong to the reply.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, case, exists, or_, select, text, update
from sqlalchemy.orm import Session

from igbot.errors import IgbotError
from igbot.store import splitting
from igbot.store.tables import Account, Conversation, Customer, Event, Reply

MOST_QUICK_REPLIES = 13
LONGEST_TITLE = 20
LONGEST_PAYLOAD = 200

_UNSETTLED = ("queued", "sending", "unknown")
_UNHANDLED = text("event.handled_at IS NULL AND NOT event.set_aside")
"""In the words of the partial index, or SQLite does not use it."""
_SHOWS_A_PERSON = ("echo", "took_over", "owner_wrote", "handover")
"""Kinds of event after which a person may have the conversation."""


@dataclass(frozen=True)
class Line:
    """The unsettled replies of a conversation in order, and all that decides whether they may leave."""

    conversation: Conversation
    account: Account
    igsid: str
    person_may_have_acted: bool
    """Something has arrived that may mean a person has the conversation, and no turn has handled it yet."""
    replies: Sequence[Reply]


# ------------------------------------------------------------------ putting in


def queue(
    session: Session,
    conversation: Conversation,
    *,
    sender: str,
    text: str = "",
    key: str = "",
    quick_replies: Sequence[Mapping[str, str]] = (),
    image_url: str | None = None,
    event_id: int | None = None,
    now: datetime,
) -> list[Reply]:
    """Put words and a picture at the end of the line; one row for each call to Meta they need.

    The picture goes first and quick replies ride on the last part of the text, because a later message
    would take them off the customer's screen. Titles are cut to 20 characters, as Meta would.
    Raises ValueError for more than 13 quick replies, for quick replies without text, and for a payload
    that is not at most 200 ASCII characters (CONTRACT 3.2).
    """
    offered = _checked(quick_replies)
    parts = splitting.split(text)
    if offered and not parts:
        raise ValueError("quick replies need a text to ride on")
    shared: dict[str, Any] = {
        "account_id": conversation.account_id,
        "conversation_id": conversation.id,
        "event_id": event_id,
        "sender": sender,
        "key": key,
        "created_at": now,
    }
    replies = [Reply(**shared, image_url=image_url)] if image_url else []
    replies += [Reply(**shared, text=part) for part in parts]
    if offered:
        replies[-1].quick_replies = offered
    session.add_all(replies)
    conversation.changed_at = now
    return replies


def _checked(quick_replies: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    if len(quick_replies) > MOST_QUICK_REPLIES:
        raise ValueError(f"{len(quick_replies)} quick replies; Instagram shows at most {MOST_QUICK_REPLIES}")
    for payload in (reply["payload"] for reply in quick_replies):
        if not payload.isascii() or not 0 < len(payload) <= LONGEST_PAYLOAD:
            raise ValueError(f"a quick reply's payload must be 1 to {LONGEST_PAYLOAD} ASCII characters")
    return [{"title": reply["title"][:LONGEST_TITLE], "payload": reply["payload"]} for reply in quick_replies]


# ------------------------------------------------------------------ taking out


def line(session: Session, conversation_id: int, now: datetime) -> Line | None:
    """What stands in a conversation's line, head first; None if nothing does. One statement."""
    rows = session.execute(
        select(Reply, Conversation, Account, Customer.igsid, _person_may_have_acted(now))
        .join(Conversation, Conversation.id == Reply.conversation_id)
        .join(Customer, Customer.id == Conversation.customer_id)
        .join(Account, Account.id == Reply.account_id)
        .where(Reply.conversation_id == conversation_id, _unsettled())
        .order_by(Reply.id)
    ).all()
    if not rows:
        return None
    _, conversation, account, igsid, person_may_have_acted = rows[0]
    return Line(conversation, account, igsid, person_may_have_acted, [row[0] for row in rows])


def waiting(session: Session, now: datetime) -> set[int]:
    """Conversations whose line can move now: something in it is due, and the account may send."""
    return set(
        session.scalars(
            select(Reply.conversation_id)
            .join(Account, Account.id == Reply.account_id)
            .where(
                _unsettled(),
                or_(Reply.not_before.is_(None), Reply.not_before <= now),
                Account.trouble.is_(None),
                or_(Account.paused_until.is_(None), Account.paused_until <= now),
            )
        )
    )


def _unsettled() -> ColumnElement[bool]:
    # Written out, not bound: only then do both databases see that the partial index answers this.
    return Reply.status.in_(bindparam("unsettled", _UNSETTLED, expanding=True, literal_execute=True))


def _person_may_have_acted(now: datetime) -> ScalarSelect[bool]:
    return (
        select(
            exists()
            .where(Event.conversation_id == Reply.conversation_id, _UNHANDLED)
            .where(Event.kind.in_(_SHOWS_A_PERSON), or_(Event.not_before.is_(None), Event.not_before <= now))
        )
        .correlate(Reply)
        .scalar_subquery()
    )


# ------------------------------------------------------------------ what became of it


def mark_sending(reply: Reply, now: datetime, lease: timedelta, tag: str | None) -> None:
    """A try begins. If nobody settles it within `lease`, we died meanwhile and the sweep finds it."""
    reply.status, reply.reason = "sending", None
    reply.sending_since, reply.not_before, reply.tag = now, now + lease, tag


def mark_sent(reply: Reply, mid: str | None, at: datetime) -> None:
    """Meta has it. `mid` is None only where Meta delivered it without saying its name."""
    reply.status, reply.reason, reply.not_before = "sent", None, None
    reply.mid, reply.sent_at = mid or reply.mid, reply.sent_at or at


def mark_delivered(reply: Reply, mid: str, at: datetime) -> None:
    """Its echo came: it arrived, whatever we believed."""
    if reply.status != "sent":
        mark_sent(reply, mid, at)
    reply.mid, reply.delivered_at = reply.mid or mid, reply.delivered_at or at


def mark_unknown(reply: Reply, until: datetime, error: IgbotError | None = None) -> None:
    """It may have arrived; its echo is waited for until then. `error` is None after a crash."""
    reply.status, reply.not_before = "unknown", until
    reply.tries += 1
    if error is not None:
        _note(reply, error)


def put_back(reply: Reply, until: datetime | None, error: IgbotError) -> None:
    """It surely did not arrive, and the same words may be tried again from then on."""
    reply.status, reply.not_before = "queued", until
    _note(reply, error)


def hold(reply: Reply, reason: str, error: IgbotError | None = None) -> None:
    """It cannot leave now: kept and listed, until the customer acts. `reason` is a SEND outcome or an error class."""
    _close(reply, "held", reason, error)


def fail(reply: Reply, error: IgbotError) -> None:
    """Meta refuses these words for good."""
    _close(reply, "failed", type(error).__name__, error)


def cancel(reply: Reply, reason: str, error: IgbotError | None = None) -> None:
    """It is no longer to be said."""
    _close(reply, "cancelled", reason, error)


def _close(reply: Reply, status: str, reason: str, error: IgbotError | None) -> None:
    reply.status, reply.reason, reply.not_before = status, reason, None
    if error is not None:
        _note(reply, error)


def _note(reply: Reply, error: IgbotError) -> None:
    reply.error_code = getattr(error, "code", None)
    reply.error_subcode = getattr(error, "subcode", None)
    reply.fbtrace_id = getattr(error, "fbtrace_id", None)
    if reply.tries == 0:  # this try surely did not arrive, and there was no other
        reply.sending_since = None


# ------------------------------------------------------------------ whole conversations


def cancel_queued(session: Session, conversation_id: int, *, sender: str = "bot", reason: str) -> None:
    """Take everything of this sender out of the line that no try has begun for."""
    session.flush()
    session.execute(
        update(Reply)
        .where(Reply.conversation_id == conversation_id, Reply.status == "queued", Reply.sender == sender)
        .values(status="cancelled", reason=reason, not_before=None)
    )


def release_held(session: Session, conversation_id: int) -> None:
    """The customer has acted: what was held stands in line again, with tries to spare."""
    session.flush()
    session.execute(
        update(Reply)
        .where(Reply.conversation_id == conversation_id, Reply.status == "held")
        .values(status="queued", reason=None, not_before=None, tries=case((Reply.tries > 0, 1), else_=0))
    )


def anything_said(session: Session, conversation: Conversation) -> bool:
    """Has the bot ever spoken in this conversation, or is it about to?"""
    session.flush()
    spoken = exists().where(Reply.conversation_id == conversation.id, Reply.sender == "bot")
    return bool(session.scalar(select(spoken)))


# ------------------------------------------------------------------ is this echo ours?


def by_mid(session: Session, account_id: int, mid: str) -> Reply | None:
    """The reply that Meta calls `mid`."""
    return session.scalar(select(Reply).where(Reply.account_id == account_id, Reply.mid == mid))


def perhaps_arrived(session: Session, conversation_id: int, at: datetime) -> Sequence[Reply]:
    """Replies that something which arrived at that instant, and whose mid nobody knows, may be a try of."""
    return session.scalars(
        select(Reply)
        .where(Reply.conversation_id == conversation_id, Reply.sending_since.is_not(None))
        .where(or_(Reply.mid.is_(None), Reply.sent_at >= at))
        .order_by(Reply.id)
    ).all()


def held_by(session: Session, conversation_id: int, sender: str) -> Sequence[Reply]:
    """What is held of one sender, oldest first."""
    return session.scalars(
        select(Reply)
        .where(Reply.conversation_id == conversation_id, Reply.status == "held", Reply.sender == sender)
        .order_by(Reply.id)
    ).all()


def same_words(one: str, other: str) -> bool:
    """Would a person call these two texts the same? Blanks and the way accents are stored do not count."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
