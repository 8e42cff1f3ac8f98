"""A price for a repair, and the answer to it.

What follows from a quote and its answer is decided by the table QUOTE of DECISION-TABLE 6.10; an
acceptance counts only for the newest version and until its last day has ended in the shop's zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from igbot.claims import jobs
from igbot.claims.cases import Case
from igbot.errors import BadRequest
from igbot.messages import QuoteLine
from igbot.policy import Pack, Row, lookup
from igbot.store.tables import Job, Quote


def total(quote: Quote) -> int:
    """The sum of a quote's lines, in minor units of its currency."""
    return sum(int(line["amount"]) for line in quote.lines)


def write_quote(
    session: Session,
    case: Case,
    pack: Pack,
    *,
    lines: Sequence[QuoteLine],
    currency: str,
    valid_until: date,
    waived: bool,
    owner_id: int,
    now: datetime,
) -> Quote:
    """A new quote for a line's repair, or the next version of the one it has.

    Raises BadRequest if there is nothing to price, the last day is over, or everything is priced at
    zero without an explicit waiver: a form left empty gives nothing away (and J-26 for careless damage).
    """
    if case.job is None:
        raise BadRequest("There is no repair to price on this line.")
    if valid_until < now.astimezone(pack.shop.time_zone).date():
        raise BadRequest("The last day of a quote cannot lie in the past.")
    if not waived and not sum(line.amount for line in lines):
        raise BadRequest("A quote needs an amount. To repair free of charge this time, say that you waive it.")
    before = case.quote
    if before is not None and before.stopped_at is None:
        before.stopped_at = now
    renewed = before is not None and before.answer in ("none", "haggles")
    quote = Quote(
        account_id=case.claim.account_id,
        job_id=case.job.id,
        number=before.number if renewed and before else _next_number(session, case.claim.account_id),
        version=before.version + 1 if renewed and before else 1,
        lines=[line.model_dump() for line in lines if line.amount or line.what == "work"],
        currency=currency,
        valid_until=valid_until,
        waived=waived,
        written_at=now,
        owner_id=owner_id,
    )
    session.add(quote)
    session.flush()
    case.quote = quote
    jobs.move(case.job, "await_answer")
    case.line.status = "awaiting_owner"
    return quote


def _next_number(session: Session, account_id: int) -> int:
    return (session.scalar(select(func.max(Quote.number)).where(Quote.account_id == account_id)) or 0) + 1


def consequence(job: Job, quote: Quote, answer: str, pack: Pack, at: datetime) -> Row:
    """What the table QUOTE says about an answer (`accepted`, `declined`, `haggles`, `none`) given at an instant."""
    expired = at.astimezone(pack.shop.time_zone).date() > quote.valid_until
    price = "positive" if total(quote) else "zero"
    return lookup(
        "J-QUOTE",
        {
            "parts": "available",
            "quote": price,
            "charge": "possible" if quote.waived else job.charge,
            "answer": answer,
            "validity": "expired" if expired else "open",
        },
        pack,
    )


def take_answer(case: Case, answer: str, pack: Pack, at: datetime) -> str:
    """Note the answer a customer gave to the open quote at an instant; what it means for the conversation.

    One of `quote_accepted`, `quote_declined`, `quote_haggled`, `quote_too_late`. Nothing but an
    acceptance of the newest version in time moves the repair towards the bench.
    Raises BadRequest if no quote waits for an answer.
    """
    if not is_open(case) or case.job is None or case.quote is None:
        raise BadRequest("There is no quote to answer.")
    row = consequence(case.job, case.quote, answer, pack, at)
    if row.outcome == "owner" and answer == "accepted":
        return "quote_too_late"
    case.quote.answer, case.quote.answered_at = answer, at
    if row.outcome == "owner":
        return "quote_haggled"
    jobs.move(case.job, row.outcome)
    case.line.status = "approved" if answer == "accepted" else "closed"
    return f"quote_{answer}"


def is_open(case: Case) -> bool:
    """Does a quote for this line wait for the customer's answer?"""
    return (
        case.job is not None
        and case.quote is not None
        and case.job.state == "await_answer"
        and case.quote.stopped_at is None
    )


def stop_quote(case: Case, now: datetime) -> bool:
    """Withdraw the open quote of a line, such as when what it was based on was taken back; False if there is none."""
    if case.job is None or case.quote is None or not is_open(case):
        return False
    case.quote.stopped_at = now
    jobs.move(case.job, "await_quote")
    return True
