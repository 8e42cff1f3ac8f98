"""What is known about a fact, and what a fact is: its values, where it may come from, how it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from igbot.errors import BadRequest
from igbot.policy.problems import did_you_mean

Source = Literal["asked", "photo", "record", "owner", "clock"]

ASKABLE_SOURCES = frozenset({"asked", "photo", "clock"})
"""Where a customer's answer can come from: words, pictures, the day it arrived."""


@dataclass(frozen=True)
class Known:
    """The state of a fact (DECISION-TABLE 1.2): the values it may still have, and may it still be asked?"""

    candidates: frozenset[str]
    askable: bool = True

    @property
    def is_definite(self) -> bool:
        """Is there only one value left?"""
        return len(self.candidates) == 1

    @property
    def value(self) -> str | None:
        """The one value left, or None while there are several."""
        return next(iter(self.candidates)) if self.is_definite else None


Raw: TypeAlias = str | Sequence[str] | Known | None
"""How callers may write it: a value, `unknown` (or None), `unsure`, a list of the values left, or a Known."""


@dataclass(frozen=True)
class Choice:
    """A button: the fact's value, and its label in one language."""

    value: str
    label: str


@dataclass(frozen=True)
class Group:
    """A first button that opens a few values: `label` by language."""

    label: Mapping[str, str]
    values: tuple[str, ...]


@dataclass(frozen=True)
class FactSpec:
    """A fact of a pack. `ask` is the question by language, `labels` the words for a value by language."""

    name: str
    values: tuple[str, ...]
    source: frozenset[str]
    default: str | None
    ask: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]
    groups: tuple[Group, ...]

    @property
    def is_asked(self) -> bool:
        """Can the customer be asked for it (in words, by photo, by the day of receipt)?"""
        return self.default is None and not ASKABLE_SOURCES.isdisjoint(self.source)

    @property
    def on_record(self) -> bool:
        """May an order record hold it? A clock reads its receipt from there."""
        return not self.source.isdisjoint({"record", "clock"})

    def read(self, raw: Raw) -> Known:
        """The state that a value, `unknown`, `unsure` or a list of values left stands for.

        Raises BadRequest for a word that is no value of this fact.
        """
        if isinstance(raw, Known):
            left, askable = raw.candidates, raw.askable
        elif raw is None or raw == "unknown":
            left, askable = frozenset(self.values), True
        elif raw == "unsure":
            left, askable = frozenset(self.values), False
        elif isinstance(raw, str):
            left, askable = frozenset({raw}), True
        else:
            left, askable = frozenset(raw), True
        if not left:
            raise BadRequest(f"{self.name} has an empty list of values.")
        if wrong := sorted(left.difference(self.values)):
            hint = did_you_mean(wrong[0], self.values, called=f"Values of `{self.name}`")
            raise BadRequest(f"{self.name} = {wrong[0]} is no value this pack knows. {hint}")
        return Known(left, askable)
