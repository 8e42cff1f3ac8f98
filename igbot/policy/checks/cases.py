"""Is there exactly one rule for every case?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from igbot.policy.pack import rules
from igbot.policy.problems import Problem
from igbot.policy.proof import Overlap, prove
from igbot.policy.rules import Table
from igbot.policy.shape import PackFile

AT_MOST = 5
"""As many gaps are described; the rest is counted."""


def exactly_one_rule(file: PackFile) -> Iterator[Problem]:
    """P11 and P12: a case without a rule, the shortest descriptions first; two rules for one case."""
    proof = prove(Table({name: tuple(file.values_of(name)) for name in file.fact_names}, rules(file)))
    for gap in proof.gaps[:AT_MOST]:
        yield Problem("P11", "rules", f"There is no rule for {in_words(gap)}.", "Add one, or widen a rule beside it.")
    if len(proof.gaps) > AT_MOST:
        more = f"There are {len(proof.gaps) - AT_MOST} more gaps; {proof.missing} combinations have no rule."
        yield Problem("P11", "rules", more)
    for found in proof.overlaps:
        what = f"{found.first.id} and {found.second.id} both apply when {in_words(found.where)}."
        yield Problem("P12", f"rules.{found.second.id}", what, _how_to_part(found))


def in_words(where: Mapping[str, Sequence[str]]) -> str:
    """`issue = melted, age = d3 / later`; `any case` where nothing is said."""
    return ", ".join(f"{name} = {' / '.join(values)}" for name, values in where.items()) or "any case"


def _how_to_part(found: Overlap) -> str:
    first, second = found.first.when, found.second.when
    names = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    if not names:
        return "Both have the same conditions: keep one."
    return f"They could be told apart by {' or '.join(f'`{name}`' for name in names)}."
