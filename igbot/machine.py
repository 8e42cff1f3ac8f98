"""A state machine as data: the rule book that models are moved by. The only home of `transitions`.

One `StateMachine` serves every conversation (or job): it holds no model and no state of its own,
so nothing shared ever changes and threads need no lock. Built at import; a broken one stops the
start-up with every problem named. The traps of the library that this guards against: a missing
state name is accepted, a text callback is looked up only when it runs, a truthy answer that is
not True counts as no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from transitions import Machine

from igbot.errors import BrokenShop


class HasState(Protocol):
    """Whatever a machine moves: a turn of a conversation, a job."""

    state: str


@dataclass(frozen=True)
class Move:
    """On `event`, from `source` to `dest` (None: stay, without arriving anew), if `only_if` says so, doing `do`."""

    event: str
    source: str
    dest: str | None
    only_if: Callable[[Any], bool] | None = None
    do: tuple[Callable[[Any], None], ...] = ()


class StateMachine:
    """Which event leads where."""

    def __init__(self, name: str, states: Sequence[str], moves: Sequence[Move]) -> None:
        """Build the machine; the first state is where models begin.

        Raises BrokenShop naming every move whose states do not exist or that can never be taken.
        """
        self.name = name
        self.states = tuple(states)
        self.moves = tuple(moves)
        if problems := [*self._problems()]:
            raise BrokenShop(f"{name} does not fit together: {'; '.join(problems)}.")
        self._machine = Machine(
            model=None,
            states=list(states),
            initial=states[0],
            transitions=[
                {
                    "trigger": move.event,
                    "source": move.source,
                    "dest": move.dest,
                    "conditions": [move.only_if] if move.only_if else None,
                    "after": list(move.do) or None,
                }
                for move in moves
            ],
            auto_transitions=False,
        )

    def _problems(self) -> Iterator[str]:
        decided: set[tuple[str, str]] = set()
        for move in self.moves:
            where = f"on {move.event} in {move.source}"
            for state in (move.source, move.dest):
                if state is not None and state not in self.states:
                    yield f"{where}: there is no state {state!r}, only {', '.join(self.states)}"
            if (move.source, move.event) in decided:
                yield f"{where}: a second move that can never be taken, since the one before it asks nothing"
            if move.only_if is None:
                decided.add((move.source, move.event))

    def step(self, model: HasState, event: str) -> bool:
        """Take one move; False means nothing here answers this event now.

        Raises BrokenShop if the model is in a state this machine does not know.
        """
        if model.state not in self.states:
            raise BrokenShop(f"{self.name} knows no state {model.state!r}; it was renamed or removed.")
        if not self.answers(model.state, event):
            return False
        return bool(self._machine.events[event].trigger(model, model))

    def answers(self, state: str, event: str) -> bool:
        """May this event move a model in this state? (A question may still say no.)"""
        found = self._machine.events.get(event)
        return found is not None and state in found.transitions
