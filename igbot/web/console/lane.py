"""May the owner's words go out now, until when, and if not, why?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from igbot import policy, window
from igbot.store.tables import Account, Conversation


@dataclass(frozen=True)
class PersonsLane:
    """`reason` is a code of `words.REASONS`, empty while open; `until` is when an open lane shuts."""

    is_open: bool
    reason: str = ""
    until: datetime | None = None
    is_tagged: bool = False
    """The 24 hours are over and the human-agent tag carries her words."""
    is_blocked: bool = False
    """Not Meta's hours but trouble of the account, or the customer's absence, stands in the way."""


def of_person(account: Account, conversation: Conversation, now: datetime) -> PersonsLane:
    """The lane of what the owner types (DECISION-TABLE 8.2), shut as well by trouble of the account or customer."""
    if trouble := account.trouble or ("unreachable" if conversation.unreachable else None):
        return PersonsLane(is_open=False, reason=trouble, is_blocked=True)
    since = conversation.last_customer_action_at
    row = policy.lookup(
        "SEND",
        {
            "elapsed": window.elapsed(since, now, window_shut=conversation.window_shut),
            "sender": "person",
            "tag": "approved" if account.human_agent else "not_approved",
        },
    )
    lane = window.lane(row.outcome)
    if lane.name == "shut" or since is None:
        return PersonsLane(is_open=False, reason=lane.reason)
    is_tagged = lane.name == "human_agent"
    length = window.HUMAN_WINDOW if is_tagged else window.WINDOW
    return PersonsLane(is_open=True, until=since + length, is_tagged=is_tagged)
