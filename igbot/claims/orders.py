"""Which order is a claim about, and what does its record know?

An order is found by the customer it is linked to, by its number, or by the button that names it.
What the record knows becomes facts of source `record` (DECISION-TABLE 3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from igbot.claims.cases import Case, same_person
from igbot.claims.facts import RECEIVED, learn, values
from igbot.store.tables import Article, Customer, Order
from igbot.texts import LONGEST_BUTTON

_SIGNS = "-#_/. "
"""What a shop may write between the figures of an order number."""

_FEWEST_FIGURES = 3
"""Fewer could be a count or a size."""


def orders_of(session: Session, customer: Customer) -> Sequence[Order]:
    """The orders linked to a customer by igsid or by handle, newest first."""
    linked = [Order.igsid == customer.igsid]
    if customer.username:
        linked.append(Order.handle == customer.username.lower())
    return session.scalars(
        select(Order)
        .where(Order.account_id == customer.account_id, or_(*linked))
        .order_by(Order.ordered_on.desc(), Order.id.desc())
    ).all()


def named(session: Session, customer: Customer, number: str) -> Order | None:
    """The order of that number, however it was spelt (`#1042`, `a 1007`); of their own the last figures are enough."""
    wanted = _bare(number)
    theirs = [order for order in orders_of(session, customer) if _bare(order.number).endswith(wanted)]
    if len(theirs) == 1 and len(wanted) >= _FEWEST_FIGURES:
        return theirs[0]
    bare_column = func.upper(Order.number)
    for sign in _SIGNS:
        bare_column = func.replace(bare_column, sign, "")
    return session.scalars(
        select(Order).where(Order.account_id == customer.account_id, bare_column == wanted).limit(1)
    ).first()


def of_customer(session: Session, customer: Customer, order_id: int) -> Order | None:
    """The order of this id, if it is one of theirs."""
    return next((order for order in orders_of(session, customer) if order.id == order_id), None)


def titles(session: Session, orders: Sequence[Order]) -> dict[int, str]:
    """What was in each order, by its id: `Silver hoops`, or `Silver hoops +1`."""
    found: dict[int, list[str]] = {}
    articles = select(Article).where(Article.order_id.in_([order.id for order in orders])).order_by(Article.id)
    for article in session.scalars(articles):
        found.setdefault(article.order_id, []).append(article.title)
    return {order_id: _short(pieces) for order_id, pieces in found.items()}


def _short(pieces: Sequence[str]) -> str:
    more = f" +{len(pieces) - 1}" if len(pieces) > 1 else ""
    return f"{pieces[0][: LONGEST_BUTTON - len(more)]}{more}"


def that_fit(session: Session, orders: Sequence[Order], told: Mapping[str, Any]) -> list[Order]:
    """Those of the orders that what was told about the piece (`{"item": "ring"}`) leaves possible.

    An order is out only if none of its pieces can be meant; one whose pieces are not on record never is.
    """
    by_order: dict[int, list[bool]] = {}
    for article in session.scalars(select(Article).where(Article.order_id.in_([order.id for order in orders]))):
        by_order.setdefault(article.order_id, []).append(_may_be_meant(article, told))
    return [order for order in orders if any(by_order.get(order.id, (True,)))]


def _may_be_meant(article: Article, told: Mapping[str, Any]) -> bool:
    return all(
        value in told[name] if isinstance(told[name], list) else value == told[name]
        for name, value in article.facts.items()
        if name in told
    )


def _bare(number: str) -> str:
    return "".join(character for character in number.upper() if character.isalnum())


def settle(session: Session, case: Case, customer: Customer, order: Order | None, at: datetime) -> None:
    """Say what came of looking for the order: matched, another buyer's, or (None) not found (table VERIFY)."""
    if order is None:
        case.claim.order_state = "not_found"
        return
    case.order, case.claim.order_id = order, order.id
    case.claim.order_state = "matched" if same_person(order, customer) else "other_buyer"
    case.articles = session.scalars(select(Article).where(Article.order_id == order.id)).all()
    learn_from_record(session, case, at)


def learn_from_record(session: Session, case: Case, at: datetime) -> None:
    """Take over what the order's record knows: when it was delivered, and the piece if there is but one it can be.

    Of another buyer's order nothing is learnt, let alone told: the owner looks at it (B-06).
    """
    if case.record is None:
        return
    known: dict[str, Any] = dict(_delivered(case.record))
    article = _article(case)
    if article:
        case.item.article_id = article.id
        known |= article.facts
    learn(session, case.line, case.rows, known, source="record", at=at)


def _delivered(order: Order) -> dict[str, Any]:
    if order.delivered_at:
        return {RECEIVED: {"at": order.delivered_at.isoformat()}}
    if order.delivered_on:
        return {RECEIVED: {"on": order.delivered_on.isoformat()}}
    return {}


def _article(case: Case) -> Article | None:
    if len(case.articles) == 1:
        return case.articles[0]
    told = values(case.rows).get("item")
    wanted = told if isinstance(told, list) else [told]
    fitting = [article for article in case.articles if article.facts.get("item") in wanted]
    return fitting[0] if len(fitting) == 1 else None
