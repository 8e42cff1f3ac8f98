"""Is a table whole? Every combination of definite facts must meet exactly one rule.

A box is a set of values for every fact, held as one integer of bits each. What the rules leave of the
box of everything are the gaps; two rules whose boxes meet overlap. No combination is counted one by
one, so a table of millions is proved in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import TypeAlias

from igbot.policy.rules import Rule, Table

Box: TypeAlias = tuple[int, ...]
"""By fact, in the table's order: the values inside, one bit each."""


@dataclass(frozen=True)
class Overlap:
    """Two rules that apply together, and where: the values left of each fact, whole facts left out."""

    first: Rule
    second: Rule
    where: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Proof:
    """What a table was found to be; `gaps` are described shortest first, `missing` counts combinations."""

    combinations: int
    gaps: Sequence[Mapping[str, Sequence[str]]]
    missing: int
    overlaps: Sequence[Overlap]

    @property
    def is_whole(self) -> bool:
        """Does every combination meet exactly one rule?"""
        return not self.missing and not self.overlaps


def prove(table: Table) -> Proof:
    """Find every gap and every overlap of a table."""
    boxes = [_box(table, rule) for rule in table.rules]
    everything = _box(table, None)
    left = [everything]
    for box in boxes:
        left = [piece for one in left for piece in _without(one, box)]
    widest = dict.fromkeys(_widened(one, everything, boxes) for one in left)
    gaps = sorted((_in_words(table, box, everything) for box in widest), key=_length)
    return Proof(_size(everything), gaps, sum(map(_size, left)), list(_overlaps(table, boxes, everything)))


def _overlaps(table: Table, boxes: Sequence[Box], everything: Box) -> Iterator[Overlap]:
    for (first, one), (second, other) in combinations(zip(table.rules, boxes, strict=True), 2):
        if all(a & b for a, b in zip(one, other, strict=True)):
            both = tuple(a & b for a, b in zip(one, other, strict=True))
            yield Overlap(first, second, _in_words(table, both, everything))


def _box(table: Table, rule: Rule | None) -> Box:
    """The box of a rule; of everything without one."""
    return tuple(
        sum(1 << n for n, value in enumerate(values) if rule is None or value in rule.when.get(name, values))
        for name, values in table.facts.items()
    )


def _without(box: Box, hole: Box) -> Iterator[Box]:
    """What is left of a box outside a hole, in boxes that do not overlap."""
    if not all(a & b for a, b in zip(box, hole, strict=True)):
        yield box
        return
    inside: Box = ()
    for n, (values, cut) in enumerate(zip(box, hole, strict=True)):
        if outside := values & ~cut:
            yield (*inside, outside, *box[n + 1 :])
        inside = (*inside, values & cut)


def _widened(box: Box, everything: Box, rules: Sequence[Box]) -> Box:
    """A box around this one, as wide as it gets without touching a rule: the shortest words for a gap."""
    for n, values in enumerate(everything):
        for bit in (values, *(1 << k for k in range(values.bit_length()))):
            wider = (*box[:n], box[n] | bit, *box[n + 1 :])
            if not any(all(a & b for a, b in zip(wider, rule, strict=True)) for rule in rules):
                box = wider
    return box


def _size(box: Box) -> int:
    return prod(values.bit_count() for values in box)


def _in_words(table: Table, box: Box, everything: Box) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(value for n, value in enumerate(values) if inside >> n & 1)
        for (name, values), inside, whole in zip(table.facts.items(), box, everything, strict=True)
        if inside != whole
    }


def _length(gap: Mapping[str, Sequence[str]]) -> tuple[int, int]:
    return len(gap), sum(map(len, gap.values()))
