"""The life of a repair, from the price to the customer's answer: the second machine, for the goods.

States are those of DECISION-TABLE 6.10; what follows from a quote and its answer is decided by the
table QUOTE, whose outcomes are this machine's events.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from igbot.claims.cases import Case
from igbot.errors import BadRequest
from igbot.machine import Move, StateMachine
from igbot.store.tables import Job

_CLOSED = ("closed_no_parts", "closed_not_repairable", "closed_declined", "closed_expired")

REPAIR = StateMachine(
    "repair",
    states=["await_quote", "await_answer", "await_item", *_CLOSED],
    moves=[
        Move("await_answer", "await_quote", "await_answer"),
        Move("closed_no_parts", "await_quote", "closed_no_parts"),
        Move("closed_not_repairable", "await_quote", "closed_not_repairable"),
        Move("await_answer", "await_answer", "await_answer"),
        Move("await_quote", "await_answer", "await_quote"),
        Move("await_item", "await_answer", "await_item"),
        Move("closed_declined", "await_answer", "closed_declined"),
        Move("closed_expired", "await_answer", "closed_expired"),
        Move("closed_no_parts", "await_answer", "closed_no_parts"),
        Move("closed_not_repairable", "await_answer", "closed_not_repairable"),
        Move("await_answer", "closed_declined", "await_answer"),
        Move("await_answer", "closed_expired", "await_answer"),
    ],
)
"""How a repair moves. A closed one opens again only with a new quote."""


def open_job(session: Session, case: Case, fee: str) -> Job:
    """The repair that a `paid_quote` verdict leads to; a line has one, however often it is decided.

    `fee` is the verdict's: it says whether the repair must cost something.
    """
    charge = "certain" if fee == "repair_charge_certain" else "possible"
    if case.job is None:
        case.job = Job(line_id=case.line.id, charge=charge)
        session.add(case.job)
        session.flush()
    case.job.charge = charge
    return case.job


def move(job: Job, outcome: str) -> None:
    """Move a repair to where the table QUOTE says. Raises BadRequest where it cannot go from its state."""
    if not REPAIR.step(job, outcome):
        raise BadRequest(f"A repair in state {job.state} cannot become {outcome}.")
