"""The shop's flows together: found by the name of their package, checked as a whole, asked in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from igbot.errors import BrokenShop
from igbot.flow.model import OPENING, Flow
from igbot.flow.turn import Turn
from igbot.texts import Texts


@dataclass(frozen=True)
class Flows:
    """All flows of the shop, and the folder their texts and packs stand in."""

    by_name: Mapping[str, Flow]
    folder: Path

    @classmethod
    def load(cls, package: str) -> Flows:
        """The flows of an importable package, from its `FLOWS`.

        Raises BrokenShop when there is no such package, it names no flows, or two share a name.
        """
        try:
            module = import_module(package)
        except ModuleNotFoundError:
            raise BrokenShop(f"IGBOT_FLOWS names {package!r}, but there is no such Python package.") from None
        flows: Sequence[Flow] = getattr(module, "FLOWS", ())
        if not flows or module.__file__ is None:
            raise BrokenShop(f"{package}/__init__.py lists no flows; it needs FLOWS = (...).")
        names = [flow.name for flow in flows]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise BrokenShop(f"{package}: two flows are called {', '.join(twice)}.")
        return cls({flow.name: flow for flow in flows}, Path(module.__file__).parent)

    def check(self, texts: Texts) -> None:
        """Are there words for all that the flows say, and is every text of a flow's file said or filled in somewhere?

        Raises BrokenShop naming every text that is missing.
        """
        missing = [
            f"flows/texts/{key.replace('.', '.toml lacks [', 1)}]"
            for flow in self
            for key in dict.fromkeys(flow.keys_said())
            if key not in texts
        ]
        if missing:
            raise BrokenShop(f"Words are missing: {'; '.join(missing)}.")

    def step(self, turn: Turn, event: str) -> bool:
        """Let the conversation's own flow answer the event, else the first flow that opens on it.

        A flow that opens only to say something leaves the conversation where it was. One in a flow or
        state that no longer exists starts over. False: nothing answers this event.
        """
        here = self.by_name.get(turn.flow)
        if here and turn.state in here.state_names and here.step(turn, event):
            return True
        for flow in self.by_name.values():
            if flow.opens_on(event):
                before = turn.flow, turn.state
                turn.flow, turn.state = flow.name, OPENING
                answered = flow.step(turn, event)
                if turn.state == OPENING:
                    turn.flow, turn.state = before
                if answered:
                    return True
        return False

    def __iter__(self) -> Iterator[Flow]:
        return iter(self.by_name.values())
