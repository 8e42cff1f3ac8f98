"""What the console shows: the list of conversations, and one conversation with all that belongs to it.

Only reading; every question names the account, so nobody sees another shop's customers. The number
of statements does not grow with the number of rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, select, text
from sqlalchemy.orm import Session

from igbot.store.tables import (
    Article,
    Claim,
    Conversation,
    Customer,
    Event,
    Evidence,
    Fact,
    Item,
    Job,
    Line,
    Message,
    Order,
    Owner,
    Quote,
    Reply,
    Table,
    Timer,
    Verdict,
)

MOST_LISTED = 60
MOST_SPOKEN = 80
"""Messages and replies on one page of a thread; older ones by link."""
TROUBLE_SHOWN = timedelta(days=7)
PRICED_NOW = ("await_quote", "await_answer")
"""States of a repair whose price is not settled; its line waits for the owner as long."""

_TODO = text("event.handled_at IS NULL AND NOT event.set_aside")
_SET_ASIDE = text("event.set_aside")
"""In the words of the partial indexes, or SQLite does not use them."""

T = TypeVar("T", bound=Table)


@dataclass(frozen=True)
class Listed:
    """One conversation in the list. `held` counts replies that could not go out."""

    conversation: Conversation
    customer: Customer
    held: int
    message: Message | None = None
    reply: Reply | None = None
    line: Line | None = None
    job: Job | None = None

    @property
    def repair(self) -> str | None:
        """Where the repair of the newest line stands, while there is something to do about it."""
        if self.line is None or self.job is None or self.line.status not in {"awaiting_owner", "approved"}:
            return None
        return self.job.state if (self.job.state in PRICED_NOW) is (self.line.status == "awaiting_owner") else None


@dataclass(frozen=True)
class Case:
    """One line of a claim. `verdicts` and `quotes` newest first; `facts` as they were learnt."""

    claim: Claim
    line: Line
    article: Article | None
    order: Order | None
    job: Job | None
    facts: Sequence[Fact] = ()
    verdicts: Sequence[Verdict] = ()
    quotes: Sequence[Quote] = ()

    @property
    def verdict(self) -> Verdict | None:
        """The verdict in force."""
        return self.verdicts[0] if self.verdicts else None


@dataclass(frozen=True)
class Thread:
    """One conversation: what was said in time, the newest case first, what is still to happen."""

    conversation: Conversation
    customer: Customer
    spoken: Sequence[Message | Reply]
    earlier_than: datetime | None
    """There is more before this instant; None at the beginning of the thread."""
    photos: dict[int, list[Evidence]]
    cases: Sequence[Case]
    unhandled: frozenset[str]
    """Kinds of events whose turn has not come yet."""
    given_back_at: datetime | None
    """When the bot takes over again by itself."""
    people: dict[int, str] = field(default_factory=dict)
    """Names of those who may sign in, by id."""


FILTERS: dict[str, ColumnElement[bool]] = {
    "needs": Conversation.needs_owner.is_not(None),
    "mine": Conversation.control == "owner",
    "quotes": exists()
    .where(Claim.conversation_id == Conversation.id, Item.claim_id == Claim.id)
    .where(Line.item_id == Item.id, Job.line_id == Line.id)
    .where(Line.status == "awaiting_owner", Job.state.in_(PRICED_NOW)),
    "held": exists().where(
        Reply.account_id == Conversation.account_id, Reply.conversation_id == Conversation.id, Reply.status == "held"
    ),
}
"""What the list can be narrowed to."""


def listed(session: Session, account_id: int, only: str | None = None, most: int = MOST_LISTED) -> list[Listed]:
    """Conversations that need the owner, longest waiting first, then the others, latest first; `most` of each."""
    waiting = Conversation.needs_owner.is_not(None)
    found = []
    for part, order in ((waiting, Conversation.needs_owner_since.asc()), (~waiting, Conversation.changed_at.desc())):
        query = _list_query().where(Conversation.account_id == account_id, part).order_by(order).limit(most)
        if only:
            query = query.where(FILTERS[only])
        found += list(session.execute(query))
    messages = _by_id(session, Message, (row.message_id for row in found))
    replies = _by_id(session, Reply, (row.reply_id for row in found))
    lines = _by_id(session, Line, (row.line_id for row in found))
    jobs = {job.line_id: job for job in session.scalars(select(Job).where(Job.line_id.in_(lines)))}
    return [
        Listed(
            conversation=row.Conversation,
            customer=row.Customer,
            held=row.held,
            message=messages.get(row.message_id),
            reply=replies.get(row.reply_id),
            line=lines.get(row.line_id),
            job=jobs.get(row.line_id),
        )
        for row in found
    ]


def waiting_count(session: Session, account_id: int) -> int:
    """How many conversations need the owner."""
    return (
        session.scalar(
            select(func.count()).where(Conversation.account_id == account_id, Conversation.needs_owner.is_not(None))
        )
        or 0
    )


def set_aside(session: Session, account_id: int, now: datetime) -> list[Event]:
    """Events of the last days that could not be handled, latest first."""
    return list(
        session.scalars(
            select(Event)
            .where(Event.account_id == account_id, _SET_ASIDE, Event.received_at > now - TROUBLE_SHOWN)
            .order_by(Event.id.desc())
            .limit(20)
        )
    )


def find(session: Session, account_id: int, conversation_id: int) -> Conversation | None:
    """The account's conversation of this id, or None."""
    return session.scalar(
        select(Conversation).where(Conversation.id == conversation_id, Conversation.account_id == account_id)
    )


def photo(session: Session, account_id: int, evidence_id: int) -> Evidence | None:
    """A kept file of this account's customers, or None."""
    return session.scalar(
        select(Evidence).where(Evidence.id == evidence_id, Evidence.account_id == account_id, Evidence.status == "kept")
    )


def read(session: Session, account_id: int, conversation_id: int, before: datetime | None = None) -> Thread | None:
    """One conversation with what was said (before an instant, if given); None if the account has no such one."""
    row = session.execute(
        select(Conversation, Customer)
        .join(Customer, Customer.id == Conversation.customer_id)
        .where(Conversation.id == conversation_id, Conversation.account_id == account_id)
    ).first()
    if row is None:
        return None
    spoken, earlier_than = _spoken(session, conversation_id, before)
    return Thread(
        conversation=row[0],
        customer=row[1],
        spoken=spoken,
        earlier_than=earlier_than,
        photos=_photos(session, [said.id for said in spoken if isinstance(said, Message)]),
        cases=_cases(session, conversation_id),
        unhandled=_unhandled(session, conversation_id),
        given_back_at=session.scalar(
            select(Timer.due_at).where(Timer.conversation_id == conversation_id, Timer.kind == "takeover")
        ),
        people=_people(session, account_id),
    )


def spoken_at(said: Message | Reply) -> datetime:
    """Where something stands in the thread."""
    return said.sent_at if isinstance(said, Message) else said.created_at


def _list_query() -> Select[Any]:
    """A conversation with the ids of what was said and opened last; each found by an index."""
    last_message = (
        select(Message.id)
        .where(Message.conversation_id == Conversation.id)
        .order_by(Message.sent_at.desc(), Message.id.desc())
    )
    last_reply = (
        select(Reply.id)
        .where(Reply.conversation_id == Conversation.id, Reply.status != "cancelled")
        .order_by(Reply.created_at.desc(), Reply.id.desc())
    )
    last_line = (
        select(Line.id)
        .join(Item, Item.id == Line.item_id)
        .join(Claim, Claim.id == Item.claim_id)
        .where(Claim.conversation_id == Conversation.id)
        .order_by(Line.id.desc())
    )
    held = select(func.count()).where(
        Reply.account_id == Conversation.account_id, Reply.conversation_id == Conversation.id, Reply.status == "held"
    )
    return select(
        Conversation,
        Customer,
        last_message.limit(1).correlate(Conversation).scalar_subquery().label("message_id"),
        last_reply.limit(1).correlate(Conversation).scalar_subquery().label("reply_id"),
        last_line.limit(1).correlate(Conversation).scalar_subquery().label("line_id"),
        held.correlate(Conversation).scalar_subquery().label("held"),
    ).join(Customer, Customer.id == Conversation.customer_id)


def _by_id(session: Session, table: type[T], ids: Iterable[int | None]) -> dict[int, T]:
    key = table.__table__.c.id
    return {row.id: row for row in session.scalars(select(table).where(key.in_({i for i in ids if i})))}  # type: ignore[attr-defined]  # every table here has an id


def _spoken(
    session: Session, conversation_id: int, before: datetime | None
) -> tuple[list[Message | Reply], datetime | None]:
    messages = select(Message).where(Message.conversation_id == conversation_id)
    replies = select(Reply).where(Reply.conversation_id == conversation_id)
    if before:
        messages, replies = messages.where(Message.sent_at < before), replies.where(Reply.created_at < before)
    found: list[Message | Reply] = [
        *session.scalars(messages.order_by(Message.sent_at.desc(), Message.id.desc()).limit(MOST_SPOKEN)),
        *session.scalars(replies.order_by(Reply.created_at.desc(), Reply.id.desc()).limit(MOST_SPOKEN)),
    ]
    # At the same instant the message comes first: the reply answers it.
    found.sort(key=lambda said: (spoken_at(said), isinstance(said, Reply), said.id))
    shown = found[-MOST_SPOKEN:]
    return shown, spoken_at(shown[0]) if len(found) > len(shown) or len(shown) == MOST_SPOKEN else None


def _photos(session: Session, message_ids: list[int]) -> dict[int, list[Evidence]]:
    photos = defaultdict(list)
    for row in session.scalars(select(Evidence).where(Evidence.message_id.in_(message_ids)).order_by(Evidence.id)):
        photos[row.message_id].append(row)
    return dict(photos)


def _people(session: Session, account_id: int) -> dict[int, str]:
    return {owner.id: owner.name for owner in session.scalars(select(Owner).where(Owner.account_id == account_id))}


def _unhandled(session: Session, conversation_id: int) -> frozenset[str]:
    return frozenset(session.scalars(select(Event.kind).where(Event.conversation_id == conversation_id, _TODO)))


def _cases(session: Session, conversation_id: int) -> list[Case]:
    rows = session.execute(
        select(Claim, Line, Article, Order, Job)
        .join(Item, Item.claim_id == Claim.id)
        .join(Line, Line.item_id == Item.id)
        .outerjoin(Article, Article.id == Item.article_id)
        .outerjoin(Order, Order.id == Claim.order_id)
        .outerjoin(Job, Job.line_id == Line.id)
        .where(Claim.conversation_id == conversation_id)
        .order_by(Line.id.desc())
    ).all()
    lines = [row.Line.id for row in rows]
    jobs = [row.Job.id for row in rows if row.Job]
    facts, verdicts, quotes = defaultdict(list), defaultdict(list), defaultdict(list)
    for fact in session.scalars(select(Fact).where(Fact.line_id.in_(lines)).order_by(Fact.id)):
        facts[fact.line_id].append(fact)
    for verdict in session.scalars(select(Verdict).where(Verdict.line_id.in_(lines)).order_by(Verdict.id.desc())):
        verdicts[verdict.line_id].append(verdict)
    for quote in session.scalars(select(Quote).where(Quote.job_id.in_(jobs)).order_by(Quote.id.desc())):
        quotes[quote.job_id].append(quote)
    return [
        Case(
            claim=row.Claim,
            line=row.Line,
            article=row.Article,
            order=row.Order,
            job=row.Job,
            facts=facts[row.Line.id],
            verdicts=verdicts[row.Line.id],
            quotes=quotes[row.Job.id] if row.Job else (),
        )
        for row in rows
    ]
