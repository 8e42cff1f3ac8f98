"""The stream that says when to look again: it tells once, resumes, ends, and never crowds the server out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Response

from igbot import clock
from igbot.store.tables import Account, Conversation, Customer
from igbot.store.unit import Database
from igbot.web import live
from igbot.web.live import Streams, instant_of, mark
from tests.web.shop import Browser, Shop


class Time:
    """Pauses that take no time; `meanwhile` is what happens in them, one a pause."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.seconds: float = 0
        self.meanwhile: Iterator[Callable[[], object]] = iter(())
        self.held = 0

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.held = max(self.held, self.db.engine.pool.checkedout())  # type: ignore[attr-defined]  # a QueuePool
        next(self.meanwhile, lambda: None)()


@pytest.fixture
def time(db: Database, now: datetime) -> Time:
    return Time(db)


@pytest.fixture
def chats(db: Database, now: datetime) -> list[Conversation]:
    """Three conversations of one account, changed an hour ago."""
    with db.transaction() as session:
        account = Account(ig_id="1", pack="jewelry")
        session.add(account)
        session.flush()
        people = [Customer(account_id=account.id, igsid=str(number)) for number in range(3)]
        session.add_all(people)
        session.flush()
        chats = [
            Conversation(account_id=account.id, customer_id=person.id, changed_at=now - timedelta(hours=1))
            for person in people
        ]
        session.add_all(chats)
    return chats


def change(db: Database, chat: Conversation, at: datetime) -> None:
    with db.transaction() as session:
        session.get_one(Conversation, chat.id).changed_at = at


def told(response: Response) -> list[str]:
    """The names of the events in a stream, in order."""
    text = response.get_data(as_text=True)
    response.close()
    return [line.removeprefix("event: ") for line in text.splitlines() if line.startswith("event: ")]


def test_it_tells_what_changes_while_it_is_open(
    db: Database, time: Time, chats: list[Conversation], now: datetime
) -> None:
    time.meanwhile = iter(
        [
            lambda: change(db, chats[1], now + timedelta(seconds=1)),
            lambda: None,
            lambda: change(db, chats[0], now + timedelta(seconds=3)),
        ]
    )
    response = Streams(wait=time.wait).open(db, chats[0].account_id, now)
    assert response.mimetype == "text/event-stream"
    assert told(response) == [f"thread-{chats[1].id}", "list", f"thread-{chats[0].id}", "list"]


def test_a_change_is_told_once(db: Database, time: Time, chats: list[Conversation], now: datetime) -> None:
    change(db, chats[0], now + timedelta(seconds=1))
    assert told(Streams(wait=time.wait).open(db, chats[0].account_id, now)) == [f"thread-{chats[0].id}", "list"]


def test_the_same_conversation_changing_again_is_told_again(
    db: Database, time: Time, chats: list[Conversation], now: datetime
) -> None:
    time.meanwhile = iter([partial(change, db, chats[0], now + timedelta(seconds=seconds)) for seconds in (1, 2)])
    names = told(Streams(wait=time.wait).open(db, chats[0].account_id, now))
    assert names == [f"thread-{chats[0].id}", "list"] * 2


def test_a_turn_that_commits_late_is_still_told(
    db: Database, time: Time, chats: list[Conversation], now: datetime
) -> None:
    time.meanwhile = iter(
        [
            lambda: change(db, chats[1], now + timedelta(seconds=5)),
            lambda: change(db, chats[0], now + timedelta(seconds=2)),
        ]
    )
    names = told(Streams(wait=time.wait).open(db, chats[0].account_id, now))
    assert f"thread-{chats[0].id}" in names


def test_another_shops_changes_are_not_told(db: Database, time: Time, chats: list[Conversation], now: datetime) -> None:
    change(db, chats[0], now + timedelta(seconds=1))
    assert told(Streams(wait=time.wait).open(db, chats[0].account_id + 1, now)) == []


def test_it_ends_after_a_minute(db: Database, time: Time, chats: list[Conversation], now: datetime) -> None:
    told(Streams(wait=time.wait).open(db, chats[0].account_id, now))
    assert time.seconds == live.LIFETIME_SECONDS


def test_it_holds_no_connection_while_it_waits(
    db: Database, time: Time, chats: list[Conversation], now: datetime
) -> None:
    change(db, chats[0], now)
    told(Streams(wait=time.wait).open(db, chats[0].account_id, now - timedelta(seconds=1)))
    assert time.held == 0


def test_a_quiet_stream_gives_signs_of_life(db: Database, time: Time, chats: list[Conversation], now: datetime) -> None:
    response = Streams(wait=time.wait).open(db, chats[0].account_id, now)
    text = response.get_data(as_text=True)
    response.close()
    assert text.startswith("retry: 2000\n\n")
    assert text.count(": here") == live.LIFETIME_SECONDS // live.SIGN_OF_LIFE_SECONDS


def test_the_seventeenth_page_is_asked_to_poll_until_a_place_is_free(
    db: Database, time: Time, chats: list[Conversation], now: datetime
) -> None:
    streams = Streams(wait=time.wait)
    opened = [streams.open(db, chats[0].account_id, now) for _ in range(live.MOST_STREAMS)]
    assert {response.status_code for response in opened} == {200}
    assert streams.open(db, chats[0].account_id, now).status_code == 503
    opened[0].close()  # also one that was never read gives its place back
    assert streams.open(db, chats[0].account_id, now).status_code == 200
    assert streams.open(db, chats[0].account_id, now).status_code == 503


@pytest.mark.parametrize("instant", ["2026-11-21T03:00:00.123456+00:00", "1970-01-01T00:00:00+00:00"])
def test_a_mark_keeps_the_instant(instant: str) -> None:
    at = datetime.fromisoformat(instant)
    assert instant_of(mark(at), at + timedelta(days=1)) == at


@pytest.mark.parametrize("text", [None, "", "x", "9" * 40, "-1.5"])
def test_anything_else_is_no_mark(text: str | None, now: datetime) -> None:
    assert instant_of(text, now) == now


# ------------------------------------------------------------------ through the page

ON_SQLITE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@ON_SQLITE
def test_a_page_resumes_where_its_stream_ended(db: Database, time: Time, tmp_path: Path) -> None:
    shop = Shop(db, tmp_path, streams=Streams(wait=time.wait))
    browser = Browser(shop.app)
    browser.sign_in()
    at = clock.now()
    old, new = shop.chat(changed_at=at - timedelta(minutes=2)), shop.chat(changed_at=at - timedelta(minutes=1))
    last = mark(at - timedelta(seconds=90))
    text = browser.see("/console/live?since=0", Last_Event_ID=last).text
    assert f"event: thread-{new.id}\n" in text
    assert f"event: thread-{old.id}\n" not in text
    assert f"id: {mark(new.changed_at)}\n" in text


@ON_SQLITE
def test_a_new_page_is_told_what_changed_since_it_was_drawn(db: Database, time: Time, tmp_path: Path) -> None:
    shop = Shop(db, tmp_path, streams=Streams(wait=time.wait))
    browser = Browser(shop.app)
    browser.sign_in()
    address = browser.read("/console/").partition('sse-connect="')[2].partition('"')[0]
    clock.move(timedelta(seconds=30))
    chat = shop.chat()
    assert f"event: thread-{chat.id}" in browser.see(address).text
