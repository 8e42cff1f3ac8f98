"""The inbox: kept once, handed out in order, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from igbot.messages import Echo, MessageReceived, PhotosChecked, Seen, TookOver, Unknown, load
from igbot.store import inbox
from igbot.store.tables import Account, Conversation, Customer, Event
from igbot.store.unit import Database

SHOP, OTHER_SHOP = "17841400000000123", "17841400000000777"
MINA, JUN = "7310000000000456", "7310000000000457"
NOW = datetime.fromisoformat("2026-11-21T03:00:00+00:00")


@pytest.fixture
def shop(db: Database) -> Database:
    """A shop with an account and no customers yet."""
    with db.transaction() as session:
        session.add_all([Account(ig_id=SHOP, pack="jewelry"), Account(ig_id=OTHER_SHOP, pack="jewelry")])
    return db


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def said(mid: str, seconds: float = 0, igsid: str = MINA, account: str = SHOP) -> MessageReceived:
    return MessageReceived(account=account, igsid=igsid, mid=mid, text=mid, happened_at=at(seconds))


def keep(db: Database, *events: Any) -> set[int]:
    with db.transaction() as session:
        return inbox.keep(session, events, NOW).conversations


def rows(db: Database, table: type[Any] = Event) -> list[Any]:
    with db.transaction() as session:
        return list(session.scalars(sa.select(table).order_by(table.id)))


def handle_all(db: Database, conversation_id: int, now: datetime = NOW) -> list[str]:
    """What the engine does: one event after another, each in its transaction."""
    handled: list[str] = []
    while True:
        with db.transaction() as session:
            event = inbox.next_unhandled(session, conversation_id, now)
            if event is None or not inbox.claim(session, event, now):
                return handled
            handled.append(load(event.body).mid)


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(db.engine, "before_cursor_execute", note)


# ------------------------------------------------------------------ keeping


def test_a_stranger_becomes_a_customer_with_a_conversation(shop: Database) -> None:
    [conversation_id] = keep(shop, said("hi"))
    [customer], [conversation], [event] = rows(shop, Customer), rows(shop, Conversation), rows(shop)
    assert (customer.igsid, conversation.customer_id, conversation.id) == (MINA, customer.id, conversation_id)
    assert (conversation.control, conversation.state, conversation.asking) == ("bot", "new", {})
    assert conversation.changed_at == NOW
    assert (event.conversation_id, event.kind, event.tries, event.set_aside) == (conversation_id, "message", 0, False)
    assert (event.happened_at, event.received_at, event.handled_at) == (NOW, NOW, None)
    assert load(event.body) == said("hi")


def test_a_second_delivery_changes_nothing(shop: Database) -> None:
    keep(shop, said("hi"))
    assert keep(shop, said("hi"), said("hi")) == set()
    assert len(rows(shop)) == len(rows(shop, Customer)) == len(rows(shop, Conversation)) == 1


def test_what_is_new_in_a_mixed_batch_is_kept(shop: Database) -> None:
    keep(shop, said("a"))
    assert len(keep(shop, said("a"), said("b", 1), said("b", 1), said("c", igsid=JUN))) == 2
    assert len(rows(shop)) == 3


def test_two_shops_may_have_the_same_ids(shop: Database) -> None:
    keep(shop, said("hi"), said("hi", account=OTHER_SHOP))
    assert len({event.conversation_id for event in rows(shop)}) == 2


def test_an_account_we_do_not_know_is_kept_and_never_handled(shop: Database) -> None:
    assert keep(shop, said("hi", account="17841499999999999")) == set()
    [event] = rows(shop)
    assert (event.account_id, event.conversation_id, event.handled_at) == (None, None, None)
    assert rows(shop, Customer) == []
    with shop.transaction() as session:
        assert inbox.waiting(session, NOW) == set()


@pytest.mark.parametrize(("account", "known"), [(SHOP, True), ("17841499999999999", False), (None, False)])
def test_an_unknown_item_is_kept_as_it_came_and_done_with(shop: Database, account: str | None, *, known: bool) -> None:
    item = Unknown(account=account, igsid=MINA, item={"new_thing": [1, "둘"]}, happened_at=NOW)
    assert keep(shop, item, item) == set()
    [event] = rows(shop)
    assert (event.kind, event.body, event.handled_at) == ("unknown", {"new_thing": [1, "둘"]}, NOW)
    assert (event.account_id is not None, event.conversation_id) == (known, None)


@pytest.mark.parametrize(
    ("people", "most"), [pytest.param(1, 2, id="one event"), pytest.param(300, 2, id="a batch of 300")]
)
def test_people_we_know_cost_two_statements_however_many_they_are(shop: Database, people: int, most: int) -> None:
    keep(shop, *(said(f"first{n}", igsid=str(1000 + n)) for n in range(people)))
    batch = [said(f"then{n}", igsid=str(1000 + n)) for n in range(people)]
    with counted(shop) as statements:
        assert len(keep(shop, *batch)) == people
    assert len([text for text in statements if not text.startswith("BEGIN")]) == most


def test_a_stranger_costs_five_statements(shop: Database) -> None:
    with counted(shop) as statements:
        keep(shop, said("hi"))
    assert len([text for text in statements if not text.startswith("BEGIN")]) == 5


def test_a_thousand_items_are_one_commit(shop: Database) -> None:
    keep(shop, *(said(f"m{n}", igsid=str(1000 + n % 7)) for n in range(1000)))
    assert len(rows(shop)) == 1000
    assert len(rows(shop, Customer)) == 7


@pytest.mark.parametrize("known", [pytest.param(False, id="of new people"), pytest.param(True, id="of known people")])
def test_webhooks_at_the_same_moment_keep_everything_once(shop: Database, *, known: bool) -> None:
    people = [str(1000 + n) for n in range(200)]
    keep(shop, *(said(f"before-{igsid}", igsid=igsid) for igsid in people if known))
    start = threading.Barrier(6)

    def deliver(number: int) -> set[int]:
        start.wait()
        ways = people if number % 2 else people[::-1]
        shared = [said(f"shared-{igsid}", int(igsid), igsid) for igsid in ways]
        return keep(shop, *shared, said(f"own-{number}", 9000, igsid=people[number]))

    with ThreadPoolExecutor(6) as pool:
        nudged = list(pool.map(deliver, range(6)))
    assert len(set.union(*nudged)) == len(rows(shop, Customer)) == len(rows(shop, Conversation)) == 200
    assert len(rows(shop)) == 200 + 6 + 200 * known


# ------------------------------------------------------------------ the clock and the owner


def test_an_act_of_the_owner_counts_once(shop: Database) -> None:
    keep(shop, said("hi"))
    [conversation] = rows(shop, Conversation)
    act = TookOver(owner_id=1, act_id="form-1", happened_at=at(1))
    with shop.transaction() as session:
        assert inbox.add(session, conversation, act, NOW)
        assert not inbox.add(session, conversation, act.model_copy(update={"happened_at": at(2)}), NOW)
    assert [event.dedupe_key for event in rows(shop)][1:] == [f"{SHOP}:{conversation.id}:act:form-1"]


def test_the_same_internal_event_may_happen_in_two_conversations(shop: Database) -> None:
    keep(shop, said("hi"), said("ho", igsid=JUN))
    with shop.transaction() as session:
        for conversation in session.scalars(sa.select(Conversation)).all():
            assert inbox.add(session, conversation, PhotosChecked(message_id=1, happened_at=NOW), NOW)


# ------------------------------------------------------------------ handing out


def test_events_are_handed_out_as_they_happened_each_once(shop: Database) -> None:
    [conversation_id] = keep(shop, said("third", 2), said("first", 0), said("second", 1))
    assert handle_all(shop, conversation_id) == ["first", "second", "third"]
    assert handle_all(shop, conversation_id) == []


def test_at_the_same_instant_the_order_of_the_webhook_counts(shop: Database) -> None:
    [conversation_id] = keep(shop, said("z"), said("y"), said("x"))
    assert handle_all(shop, conversation_id) == ["z", "y", "x"]


def test_one_that_comes_late_is_handled_on_arrival(shop: Database) -> None:
    [conversation_id] = keep(shop, said("second", 1))
    assert handle_all(shop, conversation_id) == ["second"]
    keep(shop, said("first", 0))
    assert handle_all(shop, conversation_id) == ["first"]


def test_an_event_is_claimed_once(shop: Database) -> None:
    [conversation_id] = keep(shop, said("hi"))
    with shop.transaction() as session:
        event = inbox.next_unhandled(session, conversation_id, NOW)
        assert event is not None
        assert inbox.claim(session, event, NOW)
        assert not inbox.claim(session, event, NOW)


def test_a_claim_that_is_not_committed_was_none(shop: Database) -> None:
    [conversation_id] = keep(shop, said("hi"))
    with shop.transaction() as session:
        event = inbox.next_unhandled(session, conversation_id, NOW)
        assert event is not None
        assert inbox.claim(session, event, NOW)
        session.rollback()
    assert handle_all(shop, conversation_id) == ["hi"]


def test_a_customer_is_not_answered_past_an_echo_that_waits(shop: Database) -> None:
    echo = Echo(account=SHOP, igsid=MINA, mid="echo", happened_at=NOW)
    [conversation_id] = keep(shop, echo, said("after", 1))
    with shop.transaction() as session:
        event = inbox.next_unhandled(session, conversation_id, NOW)
        assert event is not None
        inbox.postpone(session, event, at(10))
    assert handle_all(shop, conversation_id, at(9)) == []
    assert handle_all(shop, conversation_id, at(10)) == ["echo", "after"]


def test_a_turn_that_keeps_failing_is_set_aside_and_the_conversation_goes_on(shop: Database) -> None:
    [conversation_id] = keep(shop, said("bad"), said("good", 1))
    bad = rows(shop)[0]
    waits = []
    for tries in (1, 2, 3):
        with shop.transaction() as session:
            assert inbox.fail(session, bad.id, ValueError("words of a customer"), NOW, max_tries=3) == (tries == 3)
        [event, _] = rows(shop)
        waits.append((event.not_before - NOW).total_seconds())
    assert waits == [2, 4, 8]
    assert (event.tries, event.set_aside, event.trouble) == (3, True, "ValueError")
    assert handle_all(shop, conversation_id) == ["good"]


def test_a_failed_turn_is_tried_again_when_its_wait_is_over(shop: Database) -> None:
    [conversation_id] = keep(shop, said("bad"), said("good", 1))
    with shop.transaction() as session:
        inbox.fail(session, rows_in(session)[0].id, ValueError(), NOW, max_tries=3)
    assert handle_all(shop, conversation_id, at(1.9)) == []
    assert handle_all(shop, conversation_id, at(2)) == ["bad", "good"]


def rows_in(session: Any) -> list[Event]:
    return list(session.scalars(sa.select(Event).order_by(Event.id)))


def test_the_sweep_finds_conversations_with_something_due(shop: Database) -> None:
    keep(shop, said("now"), said("later", igsid=JUN), said("done", igsid="9"), said("aside", igsid="10"))
    with shop.transaction() as session:
        now, later, done, aside = rows_in(session)
        inbox.postpone(session, later, at(60))
        inbox.claim(session, done, NOW)
        inbox.fail(session, aside.id, ValueError(), NOW, max_tries=1)
    with shop.transaction() as session:
        assert inbox.waiting(session, NOW) == {now.conversation_id}
        assert inbox.waiting(session, at(60)) == {now.conversation_id, later.conversation_id}


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "look",
    [
        pytest.param(lambda session: inbox.next_unhandled(session, 1, NOW), id="next"),
        pytest.param(lambda session: inbox.waiting(session, NOW), id="waiting"),
    ],
)
def test_looking_for_work_uses_the_index_of_what_is_to_do(shop: Database, look: Callable[[Any], Any]) -> None:
    with counted(shop) as statements, shop.transaction() as session:
        look(session)
    query = statements[-1]
    with shop.transaction() as session:
        values: tuple[Any, ...] = (0,) * query.count("?")
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all()
    assert "ix_event_todo" in str(plan)
    assert "USE TEMP B-TREE FOR ORDER BY" not in str(plan)


# ------------------------------------------------------------------ any order, any number of times

DELIVERIES = st.lists(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from([MINA, JUN])), max_size=4), max_size=6
)


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(deliveries=DELIVERIES)
def test_whatever_is_delivered_how_often_each_event_is_handled_once(
    shop: Database, deliveries: list[list[tuple[str, str]]]
) -> None:
    handled: list[str] = []
    with shop.transaction() as session:
        session.execute(sa.delete(Event))
    for delivery in deliveries:
        events = [said(f"{mid}-{igsid}", ord(mid), igsid) for mid, igsid in delivery]
        for conversation_id in keep(shop, *events, Seen(account=SHOP, igsid=JUN, mid="s", happened_at=NOW)):
            handled += handle_all(shop, conversation_id)
    assert sorted(set(handled) - {"s"}) == sorted({f"{mid}-{igsid}" for each in deliveries for mid, igsid in each})
    assert len(handled) == len(set(handled))
