"""One turn, as a flow sees it: where the conversation stands, what is true now, what to say."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Say:
    """Something to be said. `what` tells how the words are found:

    `words` by `key` in the flow's texts · `question` for the fact that is asked now ·
    `verdict`, `quote`, `confirmation` from what was just decided, written or confirmed.
    """

    what: str
    key: str = ""


@dataclass(eq=False)
class Turn:
    """The model that a flow's machine moves. Flows read `true` and call the methods; nothing else."""

    flow: str
    state: str
    true: frozenset[str] = frozenset()
    """What holds in this turn, by name: `waits_for_owner`, `noted`, ..."""
    said: list[Say] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    """What to remember until the conversation moves on: `noted`."""
    arrived: bool = False
    """Did this turn arrive in a state (again)? Staying put is not arriving."""

    def say(self, what: str, key: str = "") -> None:
        """Say this after what was said before."""
        self.said.append(Say(what, key))

    def alert_owner(self, why: str) -> None:
        """Put this conversation on the owner's list, with the reason as a short code."""
        self.alerts.append(why)

    def remember(self, note: str) -> None:
        """Let later turns know, as long as the conversation stays in this state."""
        self.notes.add(note)
