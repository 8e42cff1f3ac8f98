"""A decision becomes a verdict: stored once, never changed, only replaced by a newer one that names it (promise 8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from igbot.claims import jobs
from igbot.claims.cases import Case
from igbot.claims.deciding import situation, zone_of
from igbot.claims.facts import counting
from igbot.errors import BadRequest
from igbot.policy import Decision, Pack
from igbot.store.tables import Verdict

_STATUS = {"offer": "collecting", "refuse": "refused", "advise": "advised"}
"""Where an outcome leaves its line; every other outcome waits for the owner."""

_STATUS_BY_HAND = {"refuse": "refused", "advise": "advised", "paid_quote": "awaiting_owner"}
"""The same where the owner decided; every other outcome is a promise of hers."""

_GRANTS = ("free_repair", "exchange", "refund")
"""What a shop may let the bot grant without a tap."""


def give_verdict(session: Session, case: Case, pack: Pack, decision: Decision, now: datetime) -> Verdict:
    """Store a decision as the verdict of a line and set the line's status.

    Raises ValueError for a decision that settles nothing (`ask`, `silent`, ...).
    """
    if decision.outcome in ("ask", "silent", "repeat", "merge"):
        raise ValueError(f"{decision.outcome} is no verdict")
    verdict = _replace(
        session,
        case,
        pack,
        now,
        outcome=decision.outcome,
        fee=decision.fee,
        remedies=list(decision.remedies),
        cites=list(decision.cites),
        rules=list(decision.rules),
        reason=decision.reason,
        needs=list(decision.needs),
        said_key=decision.say or f"outcome_{decision.outcome}",
        pack_version=decision.version,
    )
    case.line.status = status_after(decision.outcome, pack)
    if decision.outcome == "paid_quote":
        jobs.open_job(session, case, decision.fee)
    return verdict


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
    verdict = _replace(
        session,
        case,
        pack,
        now,
        outcome=outcome,
        fee="shipping_owner_decides" if outcome in (*_GRANTS, "offer") else "none",
        remedies=["exchange", "refund"] if outcome == "offer" else [],
        cites=list(cites),
        said_key=f"outcome_{outcome}",
        pack_version=pack.version,
        by_owner_id=owner_id,
        owner_reason=reason,
    )
    case.line.status = _STATUS_BY_HAND.get(outcome, "approved")
    if outcome == "paid_quote":
        jobs.open_job(session, case, "repair_charge_possible")
    return verdict


def _replace(session: Session, case: Case, pack: Pack, now: datetime, **decided: Any) -> Verdict:  # noqa: ANN401 - columns of Verdict
    verdict = Verdict(
        line_id=case.line.id,
        facts_used=facts_used(case),
        clocks=clocks(case, pack),
        pack_id=pack.id,
        decided_at=now,
        replaces_id=case.verdict.id if case.verdict else None,
        **decided,
    )
    session.add(verdict)
    session.flush()
    case.verdict = verdict
    return verdict


def status_after(outcome: str, pack: Pack) -> str:
    """Where an outcome leaves its line. A remedy that the shop lets the bot grant is approved at once."""
    if outcome in _STATUS:
        return _STATUS[outcome]
    needs_no_tap = outcome in _GRANTS and outcome not in pack.owner.confirms
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
