"""What is allowed but perhaps not meant. None of these keeps a pack from being loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from igbot import clock
from igbot.policy.pack import rules
from igbot.policy.periods import Period
from igbot.policy.problems import Problem
from igbot.policy.shape import PackFile

_A_YEAR = timedelta(days=366)
_EU = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
_WITHDRAWAL_DAYS: Mapping[str, int] = {"KR": 7, "GB": 14, "NO": 14, "IS": 14, "LI": 14, **dict.fromkeys(_EU, 14)}
"""How long the law commonly lets consumers send back what they bought at a distance. Not legal advice."""


def idle_clauses(file: PackFile) -> Iterator[Problem]:
    """W01: a clause that nothing cites."""
    cited = {number for rule in file.rules.values() for number in rule.cites}
    cited |= {number for rows in file.cites.values() for numbers in rows.values() for number in numbers}
    for number, clause in file.clauses.items():
        if number not in cited and not clause.info:
            yield Problem("W01", f"clauses.{number}", "No rule cites it.", "Is it for reading only? Then info = true.")


def idle_values(file: PackFile) -> Iterator[Problem]:
    """W02: a value that no rule tells from the other values of its fact."""
    for name in file.fact_names:
        asked_for = [when[name] for rule in file.rules.values() if name in (when := file.conditions(rule))]
        for value in file.values_of(name):
            if not any(value in values for values in asked_for):
                yield Problem("W02", f"facts.{name}", f"No rule speaks of `{value}`.", "Is it needed?")


def hasty_refusals(file: PackFile) -> Iterator[Problem]:
    """W03: a refusal for which nothing but the issue is looked at."""
    for rule in rules(file):
        if rule.outcome == "refuse" and set(rule.when) <= {"issue"}:
            yield Problem("W03", f"rules.{rule.id}", "This refuses without asking anything.", "Is that meant?")


def old_policy(file: PackFile) -> Iterator[Problem]:
    """W06: a policy that nobody has touched for over a year."""
    since = datetime.combine(file.pack.effective_from, datetime.min.time(), UTC)
    if clock.now() - since > _A_YEAR:
        yield Problem("W06", "pack.effective_from", f"In force since {since.date()}.", "Is it still what you do?")


def consumer_law(file: PackFile) -> Iterator[Problem]:
    """W07: refusals while the law of the shop's country commonly still lets consumers withdraw."""
    days = _WITHDRAWAL_DAYS.get(file.shop.country)
    if days is None or file.statutory is not None or file.claim.age is None:
        return
    now, short = datetime(2000, 1, 1, tzinfo=UTC), set[str]()
    for one in file.claim.age.classes:
        short.add(one.value)
        if one.within is None or Period.parse(one.within).end(now, UTC) >= now + timedelta(days=days):
            break
    if any(rule.outcome == "refuse" and short & rule.when.get("age", short) for rule in rules(file)):
        what = (
            f"Some refusals fall within {days} days of receipt, in which consumers in {file.shop.country} may withdraw."
        )
        yield Problem(
            "W07", "statutory", what, "Look it up or ask someone who knows; [statutory] can put them before you."
        )
