"""May this reply leave now? The one gate before every send (DESIGN 3); pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from igbot import window
from igbot.policy import lookup
from igbot.store.tables import Account, Conversation, Reply

HUMAN_AGENT = "HUMAN_AGENT"


@dataclass(frozen=True)
class Leave:
    """It may leave, under this tag if any."""

    tag: str | None = None


@dataclass(frozen=True)
class Wait:
    """Not now, and nothing behind it either."""


@dataclass(frozen=True)
class Hold:
    """It is kept until the customer acts. `needs` says why the owner must look."""

    reason: str
    needs: str


@dataclass(frozen=True)
class Drop:
    """It is no longer to be said."""

    reason: str


Passage = Leave | Wait | Hold | Drop


def passage(
    reply: Reply, conversation: Conversation, account: Account, now: datetime, *, person_may_have_acted: bool
) -> Passage:
    """What happens to the head of the line.

    The bot is silent while a person has the conversation, and waits while a turn has yet to find out
    whether one does (DESIGN promise 6).
    """
    if not _may_send(account, now) or _is_future(reply.not_before, now):
        return Wait()
    if reply.sender == "bot" and conversation.control != "bot":
        return Drop("taken_over")
    if reply.sender == "bot" and person_may_have_acted:
        return Wait()
    if conversation.unreachable:
        return Hold("CustomerGone", "customer_gone")
    lane = _lane(reply, conversation, account, now)
    if lane.name == "shut":
        return Hold(lane.reason, "window_shut")
    return Leave(HUMAN_AGENT if lane.name == "human_agent" else None)


def _lane(reply: Reply, conversation: Conversation, account: Account, now: datetime) -> window.Lane:
    facts = {
        "elapsed": window.elapsed(conversation.last_customer_action_at, now, window_shut=conversation.window_shut),
        "sender": reply.sender,
        "tag": "approved" if account.human_agent else "not_approved",
    }
    return window.lane(lookup("SEND", facts).outcome)


def _may_send(account: Account, now: datetime) -> bool:
    return not account.trouble and bool(account.access_token) and not _is_future(account.paused_until, now)


def _is_future(instant: datetime | None, now: datetime) -> bool:
    return instant is not None and instant > now
