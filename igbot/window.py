"""Instagram's messaging window: how long ago did the customer act, and how may a reply travel now?

Pure arithmetic. Which class and sender may do what is table SEND of the policy (DECISION-TABLE 8.2);
`engine.gate` looks the row up and turns its outcome into a lane here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Elapsed = Literal["open", "closing", "h24_to_7d", "over7d"]
"""How long ago the customer last acted, in the classes of table SEND."""

LaneName = Literal["open", "human_agent", "shut"]

WINDOW = timedelta(hours=24)
"""Meta's standard window; its last instant is already outside (CONTRACT 3.4)."""
HUMAN_WINDOW = timedelta(days=7)
"""How long a person may answer under the human-agent tag (CONTRACT 3.4)."""
_STOPS_EARLY = timedelta(minutes=5)
"""The bot stops before Meta does, so that no send is refused on its way."""

_LANES: dict[str, LaneName] = {"send": "open", "send_human_agent": "human_agent"}


@dataclass(frozen=True)
class Lane:
    """How a reply may travel now. `reason` is the outcome of table SEND that says so."""

    name: LaneName
    reason: str


def elapsed(last_customer_action_at: datetime | None, now: datetime, *, window_shut: bool = False) -> Elapsed:
    """The class of the time since the customer's last act; both instants aware.

    Someone who never wrote cannot be written to: that is `over7d`. An act that Meta's clock puts
    into our future is `open`. `window_shut` means that Meta itself has refused us since: the first
    24 hours are then over, whatever our clock says (CONTRACT 3.4 rule 5).
    """
    if last_customer_action_at is None:
        return "over7d"
    passed = now - last_customer_action_at
    if passed >= HUMAN_WINDOW:
        return "over7d"
    if window_shut or passed >= WINDOW:
        return "h24_to_7d"
    return "closing" if passed >= WINDOW - _STOPS_EARLY else "open"


def lane(outcome: str) -> Lane:
    """The lane that an outcome of table SEND opens; every outcome that is not a send shuts it."""
    return Lane(_LANES.get(outcome, "shut"), outcome)
