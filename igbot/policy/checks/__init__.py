"""What is wrong with a pack whose shape is right: each check reads the file and names what it finds.

A new check is a function from PackFile to problems, added to one of the lists below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from igbot.policy.checks import cases, names, values, warnings, words
from igbot.policy.problems import Problem
from igbot.policy.shape import PackFile

Check = Callable[[PackFile], Iterator[Problem]]

FIRST: tuple[Check, ...] = (
    values.periods,
    values.clock_classes,
    values.places_and_languages,
    values.money,
    names.ids,
    names.fact_values,
    names.conditions,
    names.codes,
    names.citations,
    names.side_tables,
    names.remedies,
    names.parts,
    names.ask_order,
    names.owner_always,
    words.languages,
    words.placeholders,
    words.lengths,
    words.buttons,
)
"""Every one of these runs on any file of the right shape."""

THEN: tuple[Check, ...] = (
    cases.exactly_one_rule,
    warnings.idle_clauses,
    warnings.idle_values,
    warnings.hasty_refusals,
    warnings.old_policy,
    warnings.consumer_law,
)
"""These compare the rules with each other, which needs every name in them to be known."""


def problems_of(file: PackFile) -> list[Problem]:
    """Everything that is to be said about a pack file, all at once, errors first."""
    found = [problem for check in FIRST for problem in check(file)]
    if not any(problem.code in {"P06", "P07", "P13", "P14", "P15", "P16"} for problem in found):
        found += [problem for check in THEN for problem in check(file)]
    return sorted(found, key=lambda problem: not problem.is_error)
