"""The tables answer what is asked of them all day by looking up, never by reading everything.

Each question runs as it is written in `igbot.store`, and the database itself says how it would
answer every statement of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from igbot import messages
from igbot.store import inbox, outbox, threads, timers
from igbot.store.tables import Account, Conversation, Customer, Event, Table
from igbot.store.unit import Database

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
SMALL = {"account", "owner"}
"""A handful of rows for ever: reading them all is no work."""

PARTIAL = {
    index.name
    for table in Table.metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}
"""Indexes that hold only what is still to be done: reading all of one is the point of it."""


def a_message() -> messages.FromMeta:
    return messages.MessageReceived(account="178", igsid="900", happened_at=NOW, mid="m_1", text="hello")


QUESTIONS: dict[str, Callable[[Session, Conversation], object]] = {
    "what a webhook brought": lambda session, _: inbox.keep(session, [a_message()], NOW),
    "the next event of a conversation": lambda session, chat: inbox.next_unhandled(session, chat.id, NOW),
    "taking an event": lambda session, _: inbox.claim(session, session.get_one(Event, 1), NOW),
    "the conversations with events to handle": lambda session, _: inbox.waiting(session, NOW),
    "the replies of a conversation in line": lambda session, chat: outbox.line(session, chat.id, NOW),
    "the conversations with replies to send": lambda session, _: outbox.waiting(session, NOW),
    "the reply an echo names": lambda session, _: outbox.by_mid(session, 1, "m_2"),
    "replies that may have arrived": lambda session, chat: outbox.perhaps_arrived(session, chat.id, NOW),
    "replies held until the customer acts": lambda session, chat: outbox.release_held(session, chat.id),
    "replies to take back": lambda session, chat: outbox.cancel_queued(session, chat.id, reason="owner"),
    "timers that are due": lambda session, _: timers.ring(session, NOW),
    "the list of conversations": lambda session, _: threads.listed(session, 1),
    "how many need the owner": lambda session, _: threads.waiting_count(session, 1),
    "one conversation with all that was said": lambda session, chat: threads.read(session, 1, chat.id),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_is_looked_up(shop: Database, question: str) -> None:
    with shop.transaction() as session:
        chat = session.get_one(Conversation, 1)
        with explained(session) as plans:
            QUESTIONS[question](session, chat)
    assert plans, "no statement ran: the question asks nothing"
    read_whole = {statement: scans for statement, scans in plans.items() if scans}
    assert read_whole == {}, json.dumps(read_whole, indent=2)


def test_a_question_without_an_index_would_be_noticed(shop: Database) -> None:
    with shop.transaction() as session, explained(session) as plans:
        session.scalars(sa.select(Event).where(Event.kind == "text_sent")).all()
    assert list(plans.values()) != [[]]


def test_every_reference_to_a_conversation_or_claim_has_an_index() -> None:
    """What hangs on a row must be found from it, or showing and erasing a customer would read whole tables."""
    unfound = [
        f"{table.name}.{column.name}"
        for table in Table.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in {"conversation", "message", "claim", "item", "line", "job", "order"}
        and not column.nullable
        and not _leads_an_index(table, column)
    ]
    assert unfound == []


def test_a_naive_instant_is_refused(shop: Database) -> None:
    with pytest.raises(sa.exc.StatementError, match="an instant without a time zone"), shop.transaction() as session:
        session.get_one(Conversation, 1).changed_at = datetime(2026, 11, 21, 3)  # noqa: DTZ001 - what is refused


def test_instants_come_back_as_they_went_in_whatever_their_zone(shop: Database) -> None:
    seoul = datetime.fromisoformat("2026-11-21T23:59:59.123456+09:00")
    with shop.transaction() as session:
        session.get_one(Conversation, 1).changed_at = seoul
    with shop.transaction() as session:
        found = session.get_one(Conversation, 1).changed_at
    assert (found, found.tzinfo) == (seoul, UTC)


def test_every_instant_is_of_our_aware_kind() -> None:
    naive = [
        f"{table.name}.{column.name}"
        for table in Table.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.DateTime)
    ]
    assert naive == []


def test_a_row_shows_nothing_of_its_content() -> None:
    """Reprs end up in logs, and rows hold customers' words."""
    assert "secret" not in repr(Customer(account_id=1, igsid="secret", name="secret"))


# ------------------------------------------------------------------ how


@pytest.fixture
def shop(db: Database) -> Database:
    """One account with one conversation and one event."""
    with db.transaction() as session:
        session.add(Account(ig_id="178", pack="jewelry"))
        session.flush()
        session.add(Customer(account_id=1, igsid="900"))
        session.flush()
        session.add(Conversation(account_id=1, customer_id=1, changed_at=NOW))
        session.flush()
        session.add(
            Event(
                account_id=1,
                conversation_id=1,
                dedupe_key="178:m_0",
                kind="text_sent",
                body={},
                happened_at=NOW,
                received_at=NOW,
            )
        )
    return db


@contextmanager
def explained(session: Session) -> Iterator[dict[str, list[str]]]:
    """Each statement run inside, with the whole tables it would read."""
    plans: dict[str, list[str]] = {}
    engine = session.get_bind()
    ask = _sqlite_scans if engine.dialect.name == "sqlite" else _postgres_scans
    if ask is _postgres_scans:
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:  # noqa: FBT001 - SQLAlchemy's interface
        if not many and statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            plans[statement] = ask(connection.connection.cursor(), statement, parameters)

    sa.event.listen(engine, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        sa.event.remove(engine, "before_cursor_execute", explain)


def _sqlite_scans(cursor: Any, statement: str, parameters: Any) -> list[str]:
    steps = [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    return [step for step in steps if step.startswith("SCAN") and not _is_harmless(step)]


def _is_harmless(step: str) -> bool:
    _, what, *how = step.split()
    return what in SMALL or what == "CONSTANT" or what.startswith("(") or bool(PARTIAL & set(how))


def _postgres_scans(cursor: Any, statement: str, parameters: Any) -> list[str]:
    [[[answer]]] = cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters).fetchall()
    return [
        f"{node['Node Type']} on {node.get('Relation Name')} {node.get('Index Name', '')}"
        for node in _nodes(answer["Plan"])
        if _reads_everything(node)
    ]


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", []):
        yield from _nodes(below)


def _reads_everything(node: dict[str, Any]) -> bool:
    if node.get("Relation Name") in SMALL:
        return False
    by_index = "Index Name" in node and ("Index Cond" in node or node["Index Name"] in PARTIAL)
    return node["Node Type"] == "Seq Scan" or ("Index Name" in node and not by_index)


def _leads_an_index(table: sa.Table, column: sa.Column[Any]) -> bool:
    led = [next(iter(index.columns)) for index in table.indexes]
    led += [next(iter(key.columns)) for key in table.constraints if isinstance(key, sa.UniqueConstraint)]
    return column in led
