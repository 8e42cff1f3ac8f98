"""Rules as a table: every condition a set of values, every set of rules an integer with one bit a rule.

Which rules a state of knowledge can still reach is then a handful of ANDs. The tables are UNIQUE
(DECISION-TABLE 1.1): for definite facts exactly one rule applies, and the order of rules means nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rule:
    """When these facts hold, this is the outcome. A fact that `when` does not name may have any value."""

    id: str
    when: Mapping[str, frozenset[str]]
    outcome: str
    fee: str = "none"
    remedies: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    say: str | None = None


@dataclass(frozen=True)
class Table:
    """Rules over facts with a complete list of values each."""

    facts: Mapping[str, Sequence[str]]
    rules: Sequence[Rule]
    allowing: Mapping[str, Mapping[str, int]] = field(init=False, repr=False)
    """By fact and value: the rules that this value does not rule out."""

    def __post_init__(self) -> None:
        allowing = {
            name: {
                value: sum(1 << n for n, rule in enumerate(self.rules) if value in rule.when.get(name, values))
                for value in values
            }
            for name, values in self.facts.items()
        }
        object.__setattr__(self, "allowing", allowing)

    @property
    def all_rows(self) -> int:
        """The set of all rules."""
        return (1 << len(self.rules)) - 1

    def reachable(self, candidates: Mapping[str, Iterable[str]]) -> int:
        """The rules that some combination of the candidates would meet; a fact left out may be anything."""
        rows = self.all_rows
        for name, values in candidates.items():
            rows &= union(self.allowing[name][value] for value in values)
        return rows

    def rules_of(self, rows: int) -> Iterator[Rule]:
        """The rules of a set, in the order they are written."""
        while rows:
            lowest = rows & -rows
            yield self.rules[lowest.bit_length() - 1]
            rows ^= lowest


def union(sets: Iterable[int]) -> int:
    """The rules that are in any of the sets."""
    rows = 0
    for one in sets:
        rows |= one
    return rows
