"""Do the parts of a pack know each other? Facts, values, outcomes, clauses and questions by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from igbot.policy import product
from igbot.policy.facts import ASKABLE_SOURCES
from igbot.policy.problems import Problem, did_you_mean
from igbot.policy.shape import FactSection, PackFile

OUTCOMES = ("free_repair", "paid_quote", "exchange", "refund", "offer", "refuse", "advise", "owner")
FEES = (
    "none", "repair_charge_certain", "repair_charge_possible", "round_trip_customer", "return_shipping_customer",
    "return_label_shop", "shipping_owner_decides",
)  # fmt: skip
REMEDIES = ("repair", "exchange", "refund")
ALWAYS_OWNER = ("legal", "payment_dispute", "health", "abuse")
"""Alarms that go to a person whatever a pack says."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CLAUSE = re.compile(r"[A-Z]{1,3}-[0-9]{2,3}")
_REPAIR, _EXCHANGE, _RETURNS = "the repair part", "the exchange part", "returns by post"
_PART_OF = {
    "free_repair": _REPAIR, "paid_quote": _REPAIR, "exchange": _EXCHANGE, "round_trip_customer": _EXCHANGE,
    "return_label_shop": _RETURNS, "return_shipping_customer": _RETURNS, "repair": _REPAIR,
}  # fmt: skip


def ids(file: PackFile) -> Iterator[Problem]:
    """P05 and P14: names are written as names, and nothing has two meanings."""
    for number in file.clauses:
        if number in product.clauses():
            yield Problem("P14", f"clauses.{number}", "The program has a clause of this number.", "Take other letters.")
        elif not _CLAUSE.fullmatch(number):
            yield Problem("P05", f"clauses.{number}", f"{number!r} is no clause number.", "Write it like C-01.")
    for name, fact in file.facts.items():
        yield from _twice(f"facts.{name}.values", fact.values)
        yield from _twice(f"facts.{name}.groups", [value for group in fact.groups for value in group.values])
        for word in (name, *fact.values):
            if not _NAME.fullmatch(word):
                yield Problem("P05", f"facts.{name}", f"{word!r} is no name.", "Small letters, digits and _ only.")
    for name in file.sets:
        if any(name in fact.values for fact in file.facts.values()):
            yield Problem("P14", f"sets.{name}", "A fact has a value of this name too.", "Rename the set.")
    for place, order in _orders(file):
        yield from _twice(place, order)


def _twice(place: str, words: Sequence[str]) -> Iterator[Problem]:
    for word in sorted({word for word in words if words.count(word) > 1}):
        places = " and ".join(str(n) for n, other in enumerate(words, 1) if other == word)
        yield Problem("P14", place, f"`{word}` is there twice (entries {places}).", "Keep one.")


def fact_values(file: PackFile) -> Iterator[Problem]:
    """P07: defaults, labels and groups name values of their fact; P04: there is an issue to ask for."""
    if "issue" not in file.facts:
        yield Problem(
            "P04", "facts.issue", "This is missing.", 'For example: [facts.issue] values = ["broken", "other"]'
        )
    for name, fact in file.facts.items():
        if fact.default is not None:
            yield from _values(f"facts.{name}.default", name, [fact.default], fact.values)
        yield from _values(f"facts.{name}.labels", name, fact.labels, fact.values)
        yield from _values(f"facts.{name}.groups", name, (v for g in fact.groups for v in g.values), fact.values)
    for issue in file.ask.by_issue:
        yield from _values("ask.by_issue", "issue", [issue], file.values_of("issue"))


def _values(place: str, fact: str, words: Iterable[str], known: Sequence[str]) -> Iterator[Problem]:
    for word in words:
        if word not in known:
            hint = did_you_mean(word, known, called=f"Values of `{fact}`")
            yield Problem("P07", place, f"`{word}` is no value of `{fact}`.", hint)


def conditions(file: PackFile) -> Iterator[Problem]:
    """P06, P07 and P13: a rule's conditions name facts and values, and something can meet them."""
    for number, rule in file.rules.items():
        for fact, values in file.conditions(rule).items():
            place = f"rules.{number}.when.{fact}"
            if fact not in file.fact_names:
                hint = did_you_mean(fact, file.fact_names, called="Facts")
                yield Problem("P06", place, f"There is no fact `{fact}`.", hint)
            elif not values:
                yield Problem(
                    "P13", place, "No value is left, so this rule can never apply.", "Name one, or leave it out."
                )
            else:
                known = file.values_of(fact)
                in_sets = [name for name, members in file.sets.items() if set(members) <= set(known)]
                for word in sorted(values.difference(known)):
                    hint = did_you_mean(word, [*known, *in_sets], called=f"Values of `{fact}`")
                    yield Problem("P07", place, f"`{word}` is no value of `{fact}`.", hint)


def codes(file: PackFile) -> Iterator[Problem]:
    """P08: outcomes, fees and remedies are ones this program knows."""
    for number, rule in file.rules.items():
        for key, word, known in (("then", rule.then, OUTCOMES), ("fee", rule.fee, FEES)):
            if word not in known:
                hint = did_you_mean(word, known, called="Possible")
                yield Problem("P08", f"rules.{number}.{key}", f"`{word}` is unknown.", hint)
        for word in rule.remedies:
            if word not in REMEDIES:
                hint = did_you_mean(word, REMEDIES, called="Possible")
                yield Problem("P08", f"rules.{number}.remedies", f"`{word}` is unknown.", hint)
    for word in file.owner.confirms:
        if word not in OUTCOMES:
            yield Problem(
                "P08", "owner.confirms", f"`{word}` is unknown.", did_you_mean(word, OUTCOMES, called="Possible")
            )


def citations(file: PackFile) -> Iterator[Problem]:
    """P09 and P10: every decision cites a clause, and every clause cited exists."""
    known = {*file.clauses, *product.clauses()}
    for place, cited in _citations(file):
        if not cited:
            yield Problem("P10", place, "Nothing is cited.", 'Every decision shows its clause: cites = ["C-01"]')
        for number in cited:
            if number not in known:
                yield Problem("P09", place, f"There is no clause {number}.", did_you_mean(number, file.clauses))
    for name, found in product.tables().items():
        is_used = {"repair": file.parts.repair, "returns": file.returns is not None}.get(found.needs or "", False)
        given = file.cites.get(name.lower(), {})
        for rule in found.table.rules if found.shop_cites and is_used else ():
            if rule.id not in given:
                place = f"cites.{name.lower()}.{rule.id}"
                yield Problem("P10", place, f"Table {name} needs a clause here.", f'{rule.id} = ["C-01"]')


def _citations(file: PackFile) -> Iterator[tuple[str, Sequence[str]]]:
    for number, rule in file.rules.items():
        yield f"rules.{number}.cites", rule.cites
    for name, rows in file.cites.items():
        for row, cited in rows.items():
            yield f"cites.{name}.{row}", cited


def side_tables(file: PackFile) -> Iterator[Problem]:
    """P03: [cites] names tables and rows of the program."""
    tables = {name.lower(): found for name, found in product.tables().items()}
    for name, rows in file.cites.items():
        if name not in tables:
            yield Problem(
                "P03", f"cites.{name}", "There is no such table.", did_you_mean(name, tables, called="Tables")
            )
            continue
        known = [rule.id for rule in tables[name].table.rules]
        for row in rows:
            if row not in known:
                yield Problem("P03", f"cites.{name}.{row}", "There is no such row.", did_you_mean(row, known))


def remedies(file: PackFile) -> Iterator[Problem]:
    """P25: an offer names what is offered, and nothing else does."""
    for number, rule in file.rules.items():
        if rule.then == "offer" and not rule.remedies:
            remedy = 'remedies = ["exchange", "refund"]'
            yield Problem("P25", f"rules.{number}.remedies", "An offer needs remedies to pick from.", remedy)
        if rule.then != "offer" and rule.remedies:
            yield Problem("P25", f"rules.{number}.remedies", f"Only an offer has remedies, not `{rule.then}`.")


def parts(file: PackFile) -> Iterator[Problem]:
    """P26: no rule needs a part that this shop does without."""
    off = {
        part: remedy
        for part, is_on, remedy in (
            (_REPAIR, file.parts.repair, "Set parts.repair = true."),
            (_EXCHANGE, file.parts.exchange, "Set parts.exchange = true."),
            (_RETURNS, file.returns is not None, "Add a [returns] section."),
        )
        if not is_on
    }
    for number, rule in file.rules.items():
        for word in (rule.then, rule.fee, *rule.remedies):
            if (part := _PART_OF.get(word)) in off:
                yield Problem("P26", f"rules.{number}", f"`{word}` needs {part}, which is off.", off[part])


def ask_order(file: PackFile) -> Iterator[Problem]:
    """P23 and P24: what can be asked is asked in some place, and nothing else is."""
    can_be_asked = {name for name in file.fact_names if _can_be_asked(file, name)}
    for place, order in _orders(file):
        for name in order:
            if name not in file.fact_names:
                hint = did_you_mean(name, file.fact_names, called="Facts")
                yield Problem("P23", place, f"There is no fact `{name}`.", hint)
            elif file.facts.get(name) and file.facts[name].default is not None:
                yield Problem("P24", place, f"`{name}` has a default, so it is never asked.", "Choose one of the two.")
            elif name not in can_be_asked:
                yield Problem("P23", place, f"`{name}` cannot be asked of a customer.", "Take it out.")
        needed = can_be_asked if place == "ask.order" else can_be_asked & _that_matter(file, place.rpartition(".")[2])
        for name in sorted(needed.difference(order)):
            yield Problem("P23", place, f"`{name}` can be asked but is not in the order.", "Put it where it belongs.")


def _orders(file: PackFile) -> Iterator[tuple[str, list[str]]]:
    yield "ask.order", file.ask.order
    for issue, order in file.ask.by_issue.items():
        yield f"ask.by_issue.{issue}", order


def _can_be_asked(file: PackFile, name: str) -> bool:
    fact: FactSection | None = file.facts.get(name)
    return fact is None or (fact.default is None and not ASKABLE_SOURCES.isdisjoint(fact.source))


def _that_matter(file: PackFile, issue: str) -> set[str]:
    """The facts that the rules of an issue look at, but for the issue itself."""
    rules = (file.conditions(rule) for rule in file.rules.values())
    return {fact for when in rules if issue in when.get("issue", (issue,)) for fact in when} - {"issue"}


def owner_always(file: PackFile) -> Iterator[Problem]:
    """P27: the alarms that always reach a person are not shortened."""
    if missing := [alarm for alarm in ALWAYS_OWNER if alarm not in file.owner.always]:
        yield Problem("P27", "owner.always", f"{', '.join(missing)} always go to a person.", "Put them back.")
