"""The shop's policy, and cases made of rows that nobody has to save."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

import flows
from igbot.claims import cases
from igbot.claims.cases import Case
from igbot.policy import Pack, load_pack
from igbot.store.tables import Account, Article, Claim, Conversation, Customer, Fact, Item, Line, Order, Owner, Table
from igbot.store.unit import Database
from igbot.texts import Texts

FLOWS = Path(flows.__file__).parent
CONTACT = "2026-11-12T10:00:00+09:00"


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack(FLOWS / "packs" / "jewelry")


@pytest.fixture(scope="session")
def texts() -> Texts:
    return Texts.load(FLOWS / "texts")


def fact(name: str, value: Any, source: str = "customer", **more: Any) -> Fact:
    """One account of a fact, learnt at the contact."""
    return Fact(line_id=1, name=name, value=value, source=source, learnt_at=datetime.fromisoformat(CONTACT), **more)


@pytest.fixture
def a_case() -> Callable[..., Case]:
    """`a_case(fact(...), ..., order="matched")`: a line with these facts, first told of at CONTACT."""

    def of(*rows: Fact, order: str = "matched", contact: str = CONTACT, status: str = "collecting") -> Case:
        at = datetime.fromisoformat(contact)
        claim = Claim(account_id=1, conversation_id=1, opened_at=at, order_state=order)
        return Case(claim, Item(claim_id=1), Line(item_id=1, contact_at=at, status=status), list(rows))

    return of


class Shop:
    """An account with one customer, in a database of its own."""

    def __init__(self, session: Session) -> None:
        self.session = session
        account = self.add(Account(ig_id="17841400000000123", access_token="IGAA_INVENTED", pack="jewelry"))
        self.owner = self.add(Owner(account_id=account.id, name="sample owner", password_hash="-"))
        self.customer = self.add(Customer(account_id=account.id, igsid="7310000000000456"))
        self.conversation = self.add(
            Conversation(
                account_id=account.id, customer_id=self.customer.id, changed_at=datetime.fromisoformat(CONTACT)
            )
        )

    def add(self, row: Any) -> Any:
        """Save a row."""
        self.session.add(row)
        self.session.flush()
        return row

    def order(self, number: str, *articles: dict[str, Any], **details: Any) -> Order:
        """An order on record."""
        contact = datetime.fromisoformat(CONTACT)
        order: Order = self.add(
            Order(account_id=self.customer.account_id, number=number, ordered_on=contact.date(), **details)
        )
        for facts in articles:
            self.add(Article(order_id=order.id, title="Sample piece", facts=facts))
        return order

    def case(self, **told: Any) -> Case:
        """A new case with these facts told."""
        case = cases.open_case(self.session, self.conversation, datetime.fromisoformat(CONTACT))
        for name, value in told.items():
            case.rows.append(self.add(_of(case, fact(name, value))))
        return case


def _of(case: Case, row: Fact) -> Fact:
    row.line_id = case.line.id
    return row


@pytest.fixture
def shop() -> Iterator[Shop]:
    database = Database("sqlite:///:memory:")
    Table.metadata.create_all(database.engine)
    with database.transaction() as session:
        yield Shop(session)
    database.close()
