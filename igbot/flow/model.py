"""A flow: one conversation as data, from its first question to its end.

There are three kinds of state, because a chat has three situations: we asked (`Ask`), the owner
has it (`HandOver`), it is over (`End`). A flow opens on events of its own; from then on the state
decides. A state is named after what was asked for, and unless it says otherwise its words have
the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from igbot.errors import BrokenShop
from igbot.flow.acts import Act, Question, not_yet, remember, words
from igbot.flow.turn import Turn
from igbot.machine import Move, StateMachine

OPENING = "opening"
"""Where a conversation stands while no state of the flow has been reached yet."""

STAY = None
"""Stay where you are: nothing is asked again."""

SMALL_TALK = ("greeted", "thanked", "agreed", "not_understood")
"""What a customer may say without moving anything; `agreed` is a yes or no to nothing in particular."""


@dataclass(frozen=True)
class On:
    """On *event*, go *there*, only if *question*, do *act*, say *words*."""

    event: str
    to: str | None
    only_if: Question | None = None
    do: Act | tuple[Act, ...] = ()
    say: str | None = None

    @property
    def acts(self) -> tuple[Act, ...]:
        """What is done on the way, words first."""
        done = self.do if isinstance(self.do, tuple) else (self.do,)
        return ((words(self.say),) if self.say else ()) + done


class State:
    """A place in a conversation. `on_arrival` is what is said or done on getting here."""

    kind = ""
    platform_moves: tuple[On, ...] = ()

    def __init__(
        self, name: str, *moves: On, says: Act | tuple[Act, ...] | None = None, patience: str | None = None
    ) -> None:
        """`says`: acts on arrival instead of the words named like the state; `patience`: a period of the pack."""
        self.name = name
        self.own_moves = moves
        self.says = says
        self.patience = patience

    @property
    def moves(self) -> tuple[On, ...]:
        """The moves written in the flow, then those that are the same in every chat, unless the flow has its own."""
        own = {on.event for on in self.own_moves}
        return self.own_moves + tuple(on for on in self.platform_moves if on.event not in own)

    @property
    def on_arrival(self) -> tuple[Act, ...]:
        """What is said on arriving here."""
        if self.says is None:
            return (words(self.name),)
        return self.says if isinstance(self.says, tuple) else (self.says,)


class Ask(State):
    """We asked and wait for an answer, for as long as `patience` allows."""

    kind = "ask"


class HandOver(State):
    """The owner has it. A word from the customer is acknowledged once, then filed for the owner in silence."""

    kind = "hand_over"
    platform_moves = (
        On("thanked", STAY),
        *(
            move
            for event in ("greeted", "agreed", "not_understood", "photo_filed")
            for move in (
                On(event, STAY, only_if=not_yet("noted"), say="every_chat.noted", do=remember("noted")),
                On(event, STAY),
            )
        ),
    )


class End(State):
    """It is over; whatever comes next opens a flow anew."""

    kind = "end"


@dataclass(frozen=True)
class Flow:
    """One conversation: how it opens, its states in the order a customer meets them."""

    name: str
    opens: Sequence[On]
    states: Sequence[State]
    anywhere: Sequence[On] = ()
    """Moves that every state has besides its own, such as a tap on a quote sent earlier."""
    machine: StateMachine = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if problems := [*self._problems()]:
            raise BrokenShop(f"flow {self.name}: {'; '.join(problems)}.")
        object.__setattr__(self, "machine", StateMachine(f"flow {self.name}", self.state_names, [*self._moves()]))

    @property
    def state_names(self) -> list[str]:
        """Every state, where conversations open first."""
        return [OPENING, *(state.name for state in self.states)]

    def state(self, name: str) -> State | None:
        """The state of that name; None before the flow has opened."""
        return next((state for state in self.states if state.name == name), None)

    def opens_on(self, event: str) -> bool:
        """Does this event begin this flow?"""
        return any(on.event == event for on in self.opens)

    def step(self, turn: Turn, event: str) -> bool:
        """Take one move; False means nothing here answers this event now."""
        return self.machine.step(turn, event)

    def keys_said(self) -> Iterator[str]:
        """The full keys of all texts this flow may say by itself."""
        for move in self.machine.moves:
            for act in move.do:
                if key := getattr(act, "key", None):
                    yield key if "." in key else f"{self.name}.{key}"

    def _moves(self) -> Iterator[Move]:
        for source, ons in [(OPENING, self.opens), *((s.name, [*s.moves, *self._elsewhere(s)]) for s in self.states)]:
            for on in ons:
                target = self.state(on.to) if on.to else None
                arrival = (_arrive, *target.on_arrival) if target else ()
                yield Move(on.event, source, on.to, on.only_if, (*on.acts, *arrival))

    def _elsewhere(self, state: State) -> list[On]:
        own = {on.event for on in state.moves}
        return [on for on in self.anywhere if on.event not in own]

    def _problems(self) -> Iterator[str]:
        names = [state.name for state in self.states]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"two states are called {name!r}"
        if OPENING in names:
            yield f"{OPENING!r} is the platform's own state, choose another name"
        for state in self.states:
            events = {on.event for on in state.own_moves}
            if isinstance(state, Ask) and state.patience and "went_silent" not in events:
                yield f"{state.name} has patience but nothing happens on went_silent"
            if isinstance(state, End) and state.own_moves:
                yield f"{state.name} is an end and cannot lead anywhere"
            for event in {on.event for on in state.own_moves if on.only_if}:
                if [on for on in state.own_moves if on.event == event][-1].only_if:
                    yield f"{state.name}: the last line for {event} must not ask, or a customer is left hanging"
        reached = {on.to for on in [*self.opens, *self.anywhere, *(on for state in self.states for on in state.moves)]}
        for name in names:
            if name not in reached:
                yield f"nothing leads to {name}"


def _arrive(turn: Turn) -> None:
    turn.arrived = True
