"""A case: one line with everything that bears on it, loaded at once.

`Case` is what deciding and telling work on. A claim may hold several items and an item several
lines; the line a conversation is about is its newest one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select
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
    def record(self) -> Order | None:
        """The order whose record counts: one that is theirs. Another buyer's is for the owner to look at (B-06)."""
        return self.order if self.claim.order_state == "matched" else None

    @property
    def is_with_owner(self) -> bool:
        """Is what follows a person's business: she has to decide, or has decided?"""
        decided_by_hand = self.verdict is not None and self.verdict.by_owner_id is not None
        return self.line.status in ("awaiting_owner", "approved") or decided_by_hand

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
    return _first(session, _lines(conversation).where(Line.status != "closed"))


def case_at_hand(session: Session, conversation: Conversation) -> Case | None:
    """The case whose question was asked last, while it is open; else the newest."""
    line_id = conversation.asking.get("line")
    asked = _lines(conversation).where(Line.id == line_id, Line.status == "collecting") if line_id else None
    return (_first(session, asked) if asked is not None else None) or newest_case(session, conversation)


def case_by_line(session: Session, conversation: Conversation, line_id: int) -> Case | None:
    """The case of a line, if it belongs to this conversation."""
    return _first(session, _lines(conversation).where(Line.id == line_id))


def case_of_quote(session: Session, conversation: Conversation, number: int) -> Case | None:
    """The case that a quote of this number was written for, if it is one of this conversation."""
    written = select(Job.line_id).join(Quote, Quote.job_id == Job.id)
    numbered = written.where(Quote.account_id == conversation.account_id, Quote.number == number)
    return _first(session, _lines(conversation).where(Line.id.in_(numbered)))


def open_quote(session: Session, conversation: Conversation) -> Case | None:
    """The newest case of this conversation whose quote waits for the customer's answer."""
    return _first(session, _lines(conversation).join(Job, Job.line_id == Line.id).where(Job.state == "await_answer"))


def cases_to_judge(session: Session, conversation: Conversation) -> list[Case]:
    """The cases of a conversation that a person has to judge."""
    waiting = session.scalars(_lines(conversation).where(Line.status == "awaiting_owner")).all()
    return [case for line in waiting if (case := case_of(session, line)).verdict and case.verdict.outcome == "owner"]


def _lines(conversation: Conversation) -> Select[Line]:
    """The lines of a conversation, newest first."""
    of_conversation = select(Line).join(Item).join(Claim).where(Claim.conversation_id == conversation.id)
    return of_conversation.order_by(Line.id.desc())


def _first(session: Session, lines: Select[Line]) -> Case | None:
    line = session.scalars(lines.limit(1)).first()
    return case_of(session, line) if line else None


def case_of(session: Session, line: Line) -> Case:
    """Load everything that bears on a line: four statements, six with an order."""
    item, claim = session.execute(
        select(Item, Claim).join(Claim, Item.claim_id == Claim.id).where(Item.id == line.item_id)
    ).one()
    order = session.get(Order, claim.order_id) if claim.order_id else None
    rows = session.scalars(select(Fact).where(Fact.line_id == line.id).order_by(Fact.id)).all()
    verdict = session.scalars(
        select(Verdict).where(Verdict.line_id == line.id).order_by(Verdict.id.desc()).limit(1)
    ).first()
    articles = session.scalars(select(Article).where(Article.order_id == order.id)).all() if order else ()
    job, quote = _repair(session, line)
    return Case(claim, item, line, list(rows), order, articles, verdict, job, quote)


def _repair(session: Session, line: Line) -> tuple[Job | None, Quote | None]:
    """The repair that follows from a line, and the newest version of its newest quote."""
    found = session.execute(
        select(Job, Quote)
        .outerjoin(Quote, Quote.job_id == Job.id)
        .where(Job.line_id == line.id)
        .order_by(Quote.number.desc(), Quote.version.desc())
        .limit(1)
    ).first()
    return (found[0], found[1]) if found else (None, None)


def same_person(order: Order, customer: Customer) -> bool:
    """Was the order placed by this customer, as far as the record says? An order without a link is nobody else's."""
    if order.igsid:
        return order.igsid == customer.igsid
    if order.handle and customer.username:
        return order.handle == customer.username.lower()
    return True
