"""A case: one line with everything that bears on it, loaded at once.

`Case` is what deciding and telling work on. A claim may hold several items and an item several
lines; the line a conversation is about is its newest one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from igbot.claims.facts import counting
from igbot.store.tables import Article, Claim, Conversation, Customer, Fact, Item, Job, Line, Order, Quote, Verdict


@dataclass
class Case:
    """A line, the claim it belongs to, its facts in the order they were learnt, and what stands."""

    claim: Claim
    item: Item
    line: Line
    rows: list[Fact] = field(default_factory=list)
    order: Order | None = None
    articles: Sequence[Article] = ()
    verdict: Verdict | None = None
    """The newest verdict; older ones are named by it."""
    job: Job | None = None
    quote: Quote | None = None
    """The newest version of the job's newest quote."""

    @property
    def issue(self) -> str | None:
        """What it is about, once that is known for certain."""
        row = counting(self.rows).get("issue")
        return row.value if row and isinstance(row.value, str) else None

    @property
    def is_open(self) -> bool:
        """May facts still be collected for it?"""
        return self.line.status == "collecting"

    @property
    def awaits_owner(self) -> bool:
        """Does a person have to decide, confirm or price it?"""
        return self.line.status == "awaiting_owner"


def open_case(session: Session, conversation: Conversation, contact_at: datetime) -> Case:
    """A new claim with one item and one line, first raised at the contact instant (cut to whole seconds)."""
    claim = Claim(account_id=conversation.account_id, conversation_id=conversation.id, opened_at=contact_at)
    session.add(claim)
    session.flush()
    item = Item(claim_id=claim.id)
    session.add(item)
    session.flush()
    line = Line(item_id=item.id, contact_at=contact_at.replace(microsecond=0))
    session.add(line)
    session.flush()
    return Case(claim=claim, item=item, line=line)


def newest_case(session: Session, conversation: Conversation) -> Case | None:
    """The case the conversation is about: its newest line that is not closed."""
    line = session.scalars(
        select(Line)
        .join(Item)
        .join(Claim)
        .where(Claim.conversation_id == conversation.id, Line.status != "closed")
        .order_by(Line.id.desc())
        .limit(1)
    ).first()
    return case_of(session, line) if line else None


def last_case(session: Session, conversation: Conversation) -> Case | None:
    """The newest case of a conversation, closed ones included."""
    line = session.scalars(
        select(Line)
        .join(Item)
        .join(Claim)
        .where(Claim.conversation_id == conversation.id)
        .order_by(Line.id.desc())
        .limit(1)
    ).first()
    return case_of(session, line) if line else None


def case_by_line(session: Session, conversation: Conversation, line_id: int) -> Case | None:
    """The case of a line, if it belongs to this conversation."""
    line = session.scalars(
        select(Line).join(Item).join(Claim).where(Line.id == line_id, Claim.conversation_id == conversation.id)
    ).first()
    return case_of(session, line) if line else None


def case_of(session: Session, line: Line) -> Case:
    """Load everything that bears on a line: five statements, six with an order."""
    item, claim = session.execute(
        select(Item, Claim).join(Claim, Item.claim_id == Claim.id).where(Item.id == line.item_id)
    ).one()
    order = session.get(Order, claim.order_id) if claim.order_id else None
    rows = session.scalars(select(Fact).where(Fact.line_id == line.id).order_by(Fact.id)).all()
    verdict = session.scalars(
        select(Verdict).where(Verdict.line_id == line.id).order_by(Verdict.id.desc()).limit(1)
    ).first()
    articles = session.scalars(select(Article).where(Article.order_id == order.id)).all() if order else ()
    case = Case(claim, item, line, list(rows), order, articles, verdict)
    if verdict and verdict.outcome == "paid_quote":
        load_job(session, case)
    return case


def load_job(session: Session, case: Case) -> None:
    """Find the repair that follows from a line, and its newest quote."""
    case.job = session.scalars(select(Job).where(Job.line_id == case.line.id)).first()
    if case.job:
        case.quote = session.scalars(
            select(Quote)
            .where(Quote.job_id == case.job.id)
            .order_by(Quote.number.desc(), Quote.version.desc())
            .limit(1)
        ).first()


def open_quote(session: Session, conversation: Conversation) -> Case | None:
    """The newest case of this conversation whose quote waits for the customer's answer."""
    line = session.scalars(
        select(Line)
        .join(Item)
        .join(Claim)
        .join(Job, Job.line_id == Line.id)
        .where(Claim.conversation_id == conversation.id, Job.state == "await_answer")
        .order_by(Line.id.desc())
        .limit(1)
    ).first()
    if line is None:
        return None
    case = case_of(session, line)
    load_job(session, case)
    return case


def same_person(order: Order, customer: Customer) -> bool:
    """Was the order placed by this customer, as far as the record says? An order without a link is nobody else's."""
    if order.igsid:
        return order.igsid == customer.igsid
    if order.handle and customer.username:
        return order.handle == customer.username.lower()
    return True
