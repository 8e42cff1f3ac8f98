"""A line as the evaluator sees it, and what the policy makes of it. Pure.

The clock's fact `age` is made here from the contact instant and the receipt (DECISION-TABLE 4);
everything else is handed to the evaluator as it was learnt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from igbot.claims.cases import Case
from igbot.claims.facts import RECEIVED, UNSURE, counting, values
from igbot.claims.receipts import receipt, span_of
from igbot.policy import Age, Decision, Known, Pack, age, decide
from igbot.store.tables import Verdict

AGE = "age"
"""The one fact that is made from a clock."""


@dataclass(frozen=True)
class Situation:
    """What is known about a line: facts of the pack, what came of looking for its order, and its clock."""

    facts: Mapping[str, Any]
    order: str
    age: Age


def situation(case: Case, pack: Pack, news: Mapping[str, Any] | None = None) -> Situation:
    """What is known about a line, with `news` told just now on top."""
    known = values(case.rows) | dict(news or {})
    facts = {name: value for name, value in known.items() if name in pack.facts and name != AGE}
    clock = owners_age(case) or _read_clock(case, pack, news or {}, closed=known.get(AGE) == UNSURE)
    if clock.known is not None:
        facts[AGE] = clock.known
    return Situation(facts, case.claim.order_state, clock)


def owners_age(case: Case) -> Age | None:
    """The age as the owner says it is: then no clock is read. None if she has not said."""
    row = counting(case.rows).get(AGE)
    if row is None or row.source != "owner" or not isinstance(row.value, str) or row.value == UNSURE:
        return None
    return Age(Known(frozenset({row.value})), contact=case.line.contact_at)


def _read_clock(case: Case, pack: Pack, news: Mapping[str, Any], *, closed: bool) -> Age:
    zone = zone_of(case, pack)
    span = span_of(news[RECEIVED], zone) if RECEIVED in news else receipt(case.rows, zone)
    return age(pack, case.line.contact_at, (span.first, span.last) if span else None, zone, closed=closed)


def zone_of(case: Case | None, pack: Pack) -> ZoneInfo:
    """Zone Z: that of the delivery address if the order is theirs, else the shop's (DECISION-TABLE 4)."""
    zone = case.record.zone if case and case.record else None
    return ZoneInfo(zone) if zone else pack.shop.time_zone


def decide_case(case: Case, pack: Pack, *, guard: Mapping[str, str] | None = None) -> Decision:
    """The verdict on a line as things stand, or the question to ask."""
    seen = situation(case, pack)
    return decide(pack, seen.facts, order=seen.order, guard=guard)


def is_same(decision: Decision, verdict: Verdict) -> bool:
    """Do they come to the same: outcome, fee and remedies? (Clauses do not count, DESIGN 5.5 `retold`.)"""
    return (decision.outcome, decision.fee, list(decision.remedies)) == (
        verdict.outcome,
        verdict.fee,
        list(verdict.remedies),
    )


def stands(case: Case, decision: Decision) -> bool:
    """Does the verdict in force say this already, under the same clauses?"""
    verdict = case.verdict
    return verdict is not None and is_same(decision, verdict) and list(decision.cites) == list(verdict.cites)
