"""Which row of a product table applies? GUARD, VERIFY, COMBINE, PHOTO, SEND, QUOTE, UNCLAIMED and the rest."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from igbot.errors import BadRequest
from igbot.policy import product
from igbot.policy.pack import Pack
from igbot.policy.problems import did_you_mean
from igbot.policy.product import Row
from igbot.policy.rules import Rule


def lookup(table: str, facts: Mapping[str, str], pack: Pack | None = None) -> Row:
    """The row of `table` that these definite facts meet; a fact may be left out where it makes no difference.

    `pack` gives the citations of the side tables, and may give its own for others ([cites.<table>]).
    Raises BadRequest for an unknown table, fact or value, a fact that is missing, or citations nobody gave.
    """
    found = product.table(table)
    rule = _rule(found.name, frozenset(facts.items()))
    shop_cites = pack.cites.get(found.name.lower(), {}) if pack else {}
    if found.shop_cites and rule.id not in shop_cites:
        whose = f"pack {pack.id}" if pack else "a shop's pack"
        raise BadRequest(f"Table {found.name} cites clauses of {whose}; it names none ([cites.{found.name.lower()}]).")
    return Row(rule.id, rule.outcome, shop_cites.get(rule.id, rule.cites))


@lru_cache(maxsize=1024)
def _rule(name: str, given: frozenset[tuple[str, str]]) -> Rule:
    found = product.table(name)
    facts = {**found.defaults, **dict(given)}
    for fact, value in facts.items():
        _check(name, fact, value)
    rows = found.table.reachable({fact: (value,) for fact, value in facts.items()})
    rules = list(found.table.rules_of(rows))
    if len(rules) == 1:
        return rules[0]
    missing = [fact for fact in found.table.facts if fact not in facts]
    raise BadRequest(f"{name} cannot be read yet: it also needs {' and '.join(missing)}.")


def _check(name: str, fact: str, value: object) -> None:
    known = product.table(name).table.facts
    if fact not in known:
        raise BadRequest(f"{name} has no fact {fact}. {did_you_mean(fact, known, called='Its facts')}")
    if value not in known[fact]:
        hint = did_you_mean(str(value), known[fact], called=f"Values of `{fact}`")
        raise BadRequest(f"{name}: {fact} = {value} is no value. {hint}")
