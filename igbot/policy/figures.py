"""What can be said about a pack in numbers: is it whole, how often does it decide, how much does it ask?

The figures of DECISION-TABLE 12. They take a second or so, which is why loading a pack does without.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from typing import Literal

from igbot.policy.facts import FactSpec, Raw
from igbot.policy.pack import Pack
from igbot.policy.problems import Problem
from igbot.policy.proof import prove
from igbot.policy.reasoning import reasoner
from igbot.policy.rules import Rule

MANY_QUESTIONS = 6


@dataclass(frozen=True)
class Figures:
    """A pack in numbers. `states` count what may be known and not known of the facts that matter to an issue.

    `rash` counts refusals and remedies given while another rule was possible, `miscited` citations of
    a clause that might not apply; both are 0 unless the reasoning is wrong.
    """

    rules: int
    combinations: int
    gaps: int
    overlaps: int
    states: int
    decided: int
    owner: int
    undetermined: int
    ask: int
    rash: int
    miscited: int


def figures(pack: Pack) -> Figures:
    """Go through every case and every state of knowledge of a pack whose order, if there is one, is known."""
    proof, counted = prove(pack.table), Counter[str]()
    for facts in states(pack):
        decision = reasoner(pack).decide(facts)
        outcome = decision.outcome if decision.outcome in {"ask", "owner"} else "decided"
        counted.update(["states", outcome])
        if decision.reason:
            counted["undetermined"] += 1
        elif outcome != "ask":
            possible = list(pack.table.rules_of(_reachable(pack, facts)))
            counted["rash"] += any(rule.outcome != decision.outcome for rule in possible)
            counted["miscited"] += any(not set(decision.cites) <= set(rule.cites) for rule in possible)
    names = ("states", "decided", "owner", "undetermined", "ask", "rash", "miscited")
    return Figures(
        rules=len(pack.rules),
        combinations=proof.combinations,
        gaps=proof.missing,
        overlaps=len(proof.overlaps),
        **{name: counted[name] for name in names},
    )


def states(pack: Pack) -> Iterator[dict[str, Raw]]:
    """Every state of knowledge, issue by issue, of the facts that matter to the issue.

    A fact is definite, unknown or unsure; one made by a clock may also lie between two neighbours.
    """
    for issue in pack.facts["issue"].values:
        names = that_matter(pack, issue)
        for words in product(*(_words(pack.facts[name]) for name in names)):
            yield {"issue": issue, **dict(zip(names, words, strict=True))}


def that_matter(pack: Pack, issue: str) -> list[str]:
    """The facts that the rules of an issue look at, but for the issue itself."""
    rules = [rule for rule in pack.rules if _speaks_of(rule, issue)]
    return [name for name in pack.facts if name != "issue" and any(name in rule.when for rule in rules)]


def _speaks_of(rule: Rule, issue: str) -> bool:
    return issue in rule.when.get("issue", {issue})


def _words(spec: FactSpec) -> list[Raw]:
    between = [list(pair) for pair in pairwise(spec.values)] if "clock" in spec.source else []
    return [*spec.values, "unknown", "unsure", *between]


def _reachable(pack: Pack, facts: Mapping[str, Raw]) -> int:
    known = zip(pack.facts, reasoner(pack).state(facts), strict=True)
    return pack.table.reachable({name: one.candidates for name, one in known})


# ------------------------------------------------------------------ how many questions


@dataclass(frozen=True)
class Questions:
    """How many questions follow, at worst and on average if every answer were equally likely."""

    worst: int
    mean: float


def questions(
    pack: Pack, issue: str, given: Sequence[str] = (), *, order: Literal["fixed", "best"] = "fixed"
) -> Questions:
    """The questions after the issue is known, in the pack's ask order or in the best possible one.

    `given` facts are known from the start, each of their values equally likely.
    """
    names = [name for name in that_matter(pack, issue) if pack.facts[name].is_asked]

    @cache
    def ahead(known: frozenset[tuple[str, str]]) -> Questions:
        facts = {"issue": issue, **dict(known)}
        decision = reasoner(pack).decide(facts)
        if decision.outcome != "ask":
            return Questions(0, 0)
        choices = [decision.ask or ""] if order == "fixed" else [name for name in names if name not in facts]
        ways = [answered(name, known) for name in choices]
        return Questions(1 + min(way.worst for way in ways), 1 + min(way.mean for way in ways))

    def answered(name: str, known: frozenset[tuple[str, str]]) -> Questions:
        return _equally_likely([ahead(known | {(name, value)}) for value in pack.facts[name].values])

    starts = product(*(pack.facts[name].values for name in given))
    return _equally_likely([ahead(frozenset(zip(given, values, strict=True))) for values in starts])


def _equally_likely(ways: Sequence[Questions]) -> Questions:
    return Questions(max(way.worst for way in ways), sum(way.mean for way in ways) / len(ways))


def question_warnings(pack: Pack) -> Iterator[Problem]:
    """W04 and W05: issues that may need very many questions, or more than another order of them would."""
    for issue in pack.facts["issue"].values:
        fixed = questions(pack, issue)
        if fixed.worst > MANY_QUESTIONS:
            what = f"{issue} may need {fixed.worst} questions."
            yield Problem(
                "W04", f"ask.by_issue.{issue}", what, f"More than {MANY_QUESTIONS} are hard to answer in a chat."
            )
        if fixed.worst > (best := questions(pack, issue, order="best")).worst:
            what = f"{issue} may need {fixed.worst} questions; in the best order {best.worst} would do."
            yield Problem("W05", f"ask.by_issue.{issue}", what, "Ask first what settles most.")
