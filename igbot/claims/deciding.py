"""From what is known about a line to a verdict: the policy's question, asked of the database's rows.

Pure but for `give_verdict`. The clock's fact `age` is made here from the contact instant and the
receipt (DECISION-TABLE 4); everything else is handed to the evaluator as it was learnt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from igbot.claims import jobs
from igbot.claims.cases import Case
from igbot.claims.facts import RECEIVED, UNSURE, counting, told_before, values
from igbot.errors import BadRequest
from igbot.policy import Age, Decision, Pack, age, decide
from igbot.store.tables import Verdict

AGE = "age"
"""The one fact that is made from a clock."""

_STATUS = {"ask": "collecting", "offer": "collecting", "refuse": "refused", "advise": "advised"}
"""Where an outcome leaves its line; every other outcome waits for the owner."""


@dataclass(frozen=True)
class Situation:
    """A line as the evaluator sees it."""

    facts: Mapping[str, Any]
    order: str
    age: Age


def situation(case: Case, pack: Pack, news: Mapping[str, Any] | None = None) -> Situation:
    """What is known about a line, with `news` told just now on top."""
    known = values(case.rows) | dict(news or {})
    received = known.pop(RECEIVED, None)
    clock = age(
        pack,
        case.line.contact_at,
        None if received == UNSURE else _receipt(received),
        zone_of(case, pack),
        closed=known.pop(AGE, None) == UNSURE or received == UNSURE,
    )
    facts = {name: value for name, value in known.items() if name in pack.facts}
    if clock.known is not None:
        facts[AGE] = clock.known
    elif received == UNSURE:
        facts[AGE] = UNSURE
    return Situation(facts, case.claim.order_state, clock)


def zone_of(case: Case, pack: Pack) -> ZoneInfo:
    """Zone Z: that of the delivery address, else the shop's (DECISION-TABLE 4)."""
    return ZoneInfo(case.order.zone) if case.order and case.order.zone else pack.shop.time_zone


def _receipt(received: Mapping[str, str] | None) -> datetime | date | tuple[datetime, datetime] | None:
    match received:
        case {"at": instant}:
            return datetime.fromisoformat(instant)
        case {"on": day}:
            return date.fromisoformat(day)
        case {"earliest": earliest, "latest": latest}:
            return datetime.fromisoformat(earliest), datetime.fromisoformat(latest)
    return None


def decide_case(
    case: Case, pack: Pack, *, guard: Mapping[str, str] | None = None, news: Mapping[str, Any] | None = None
) -> Decision:
    """The verdict on a line as things stand, or the question to ask."""
    seen = situation(case, pack, news)
    return decide(pack, seen.facts, order=seen.order, guard=guard)


def conflict(case: Case, pack: Pack) -> str:
    """Do the record and the customer's words differ so that the outcome would? (fact `conflict` of GUARD, B-04)

    `open`: put it to the customer; `persists`: it was put and stayed, or the record says the piece
    came after it was complained about and the customer agrees; `none` otherwise.
    """
    if case.claim.conflict == "persists":
        return "persists"
    seen = situation(case, pack)
    if seen.age.conflict:
        return "persists" if case.claim.conflict == "cleared" else "open"
    if case.claim.conflict == "cleared":
        return "none"
    words = _words_against_record(case, pack)
    if not words:
        return "none"
    by_words = situation(case, pack, words)
    on_record, on_words = (decide(pack, side.facts, order=side.order) for side in (seen, by_words))
    same = (on_record.outcome, on_record.fee, on_record.remedies) == (on_words.outcome, on_words.fee, on_words.remedies)
    return "none" if same else "open"


def _words_against_record(case: Case, pack: Pack) -> dict[str, Any]:
    """What the customer told otherwise than the record has it; a receipt only if it falls into other windows."""
    recorded = {row.name: row.value for row in case.rows if row.source == "record"}
    told = {row.name: row.value for row in case.rows if row.source == "customer" and row.taken and not row.withdrawn_at}
    against = {name: told[name] for name in recorded.keys() & told.keys() if told[name] not in (recorded[name], UNSURE)}
    if RECEIVED in against:
        by_record, by_words = (situation(case, pack, {RECEIVED: side[RECEIVED]}).age.known for side in (recorded, told))
        if by_record and by_words and by_record.candidates & by_words.candidates:
            del against[RECEIVED]
    return against


def is_retold(case: Case, pack: Pack, news: Mapping[str, Any]) -> bool:
    """Is something told differently after a verdict, so that the verdict would change? (GUARD, B-03)

    A fact that was withdrawn and is told anew counts if the standing verdict could not be reached
    any more (DESIGN promise 9). Choosing among remedies that were offered is an answer, not a retelling.
    """
    standing = case.verdict
    if standing is None or standing.by_owner_id is not None:
        return False
    changed = {name: value for name, value in news.items() if _told_differently(case, name, value)}
    if standing.outcome == "offer":
        changed.pop("want", None)
    if not changed:
        return False
    seen = situation(case, pack, changed)
    anew = decide(pack, seen.facts, order=seen.order)
    if _same(anew, standing):
        return False
    only_withdrawn = all(row.withdrawn_at for name in changed for row in told_before(case.rows, name))
    if only_withdrawn and anew.outcome == "ask":
        return not _can_reach(pack, seen, standing)
    return True


def _told_differently(case: Case, name: str, value: object) -> bool:
    if value == UNSURE:
        return False
    before = counting(case.rows).get(name)
    if before is not None:
        return bool(before.value not in (value, UNSURE))
    return bool(told_before(case.rows, name))


def _same(decision: Decision, verdict: Verdict) -> bool:
    return (decision.outcome, decision.fee, list(decision.remedies)) == (
        verdict.outcome,
        verdict.fee,
        list(verdict.remedies),
    )


def _can_reach(pack: Pack, seen: Situation, standing: Verdict) -> bool:
    """Could answers to what is still to be asked lead to the standing verdict?"""
    decision = decide(pack, seen.facts, order=seen.order)
    if decision.outcome != "ask":
        return _same(decision, standing)
    asked = decision.ask or ""
    if asked == "order":
        return _can_reach(pack, Situation(seen.facts, "matched", seen.age), standing)
    if asked not in pack.facts:
        return True
    return any(
        _can_reach(pack, Situation({**seen.facts, asked: value}, seen.order, seen.age), standing)
        for value in pack.facts[asked].values
    )


def history(case: Case, news: Mapping[str, Any]) -> str:
    """Was this issue decided before, is it being asked about, or is it new? (fact `history` of GUARD)"""
    if case.verdict is not None and not case.is_open and not any(_is_news(case, *told) for told in news.items()):
        return "decided"
    return "new"


def _is_news(case: Case, name: str, value: object) -> bool:
    before = counting(case.rows).get(name)
    return before is None or before.value != value


def give_verdict(session: Session, case: Case, pack: Pack, decision: Decision, now: datetime) -> Verdict | None:
    """Store a decision as the line's verdict and set the line's status; None where nothing was decided.

    A verdict that says what the standing one says is not given again.
    """
    if decision.outcome in ("ask", "silent", "repeat", "merge"):
        return None
    if case.verdict is not None and _same(decision, case.verdict) and list(decision.cites) == list(case.verdict.cites):
        return None
    verdict = Verdict(
        line_id=case.line.id,
        outcome=decision.outcome,
        fee=decision.fee,
        remedies=list(decision.remedies),
        cites=list(decision.cites),
        rules=list(decision.rules),
        facts_used=facts_used(case),
        clocks=clocks(case, pack),
        reason=decision.reason,
        needs=list(decision.needs),
        said_key=decision.say or f"outcome_{decision.outcome}",
        pack_id=decision.pack,
        pack_version=decision.version,
        decided_at=now,
        replaces_id=case.verdict.id if case.verdict else None,
    )
    session.add(verdict)
    session.flush()
    case.verdict = verdict
    case.line.status = status_after(decision.outcome, pack)
    if decision.outcome == "paid_quote":
        jobs.open_job(session, case, decision.fee)
    return verdict


def status_after(outcome: str, pack: Pack) -> str:
    """Where an outcome leaves its line. A remedy that the shop lets the bot grant is approved at once."""
    if outcome in _STATUS:
        return _STATUS[outcome]
    needs_no_tap = outcome in ("free_repair", "exchange", "refund") and outcome not in pack.owner.confirms
    return "approved" if needs_no_tap else "awaiting_owner"


def facts_used(case: Case) -> dict[str, Any]:
    """The facts that count, with source and instant, as a verdict keeps them."""
    return {
        name: {"value": row.value, "source": row.source, "learnt_at": row.learnt_at.isoformat()}
        for name, row in counting(case.rows).items()
    }


def clocks(case: Case, pack: Pack) -> dict[str, Any]:
    """Contact, receipt and last instants as a verdict keeps them: ISO texts, UTC, beside the zone they are told in."""
    seen = situation(case, pack).age
    return {
        "contact": seen.contact.isoformat(),
        "received": [instant.isoformat() for instant in (seen.received.first, seen.received.last)]
        if seen.received
        else None,
        "zone": str(zone_of(case, pack)),
        "last_instants": {name: instant.isoformat() for name, instant in seen.last_instants.items()},
        "classes": sorted(seen.known.candidates) if seen.known else [],
    }


def give_owners_verdict(
    session: Session,
    case: Case,
    pack: Pack,
    *,
    outcome: str,
    cites: tuple[str, ...],
    reason: str,
    owner_id: int,
    now: datetime,
) -> Verdict:
    """Store what the owner decided by hand, replacing what stood; the clauses are those she picked.

    Raises BadRequest without a clause: every decision must show one (DECISION-TABLE 1.3).
    """
    if not cites:
        raise BadRequest("Please choose at least one clause for this decision.")
    verdict = Verdict(
        line_id=case.line.id,
        outcome=outcome,
        fee="shipping_owner_decides" if outcome in ("free_repair", "exchange", "refund", "offer") else "none",
        remedies=["exchange", "refund"] if outcome == "offer" else [],
        cites=list(cites),
        facts_used=facts_used(case),
        clocks=clocks(case, pack),
        said_key=f"outcome_{outcome}",
        pack_id=pack.id,
        pack_version=pack.version,
        decided_at=now,
        replaces_id=case.verdict.id if case.verdict else None,
        by_owner_id=owner_id,
        owner_reason=reason,
    )
    session.add(verdict)
    session.flush()
    case.verdict = verdict
    if outcome == "paid_quote":
        jobs.open_job(session, case, "repair_charge_possible")
    return verdict
