"""How `igbot serve` begins and ends: one engine a file, a successor that waits, an end in peace."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from igbot.store import owners
from igbot.store.tables import Account
from igbot.store.unit import Database
from tests.crash.books import Books
from tests.crash.processes import Program, ended_for_certain, until
from tests.crash.shop import Instagram, Shop

FEW_SECONDS = 8
SLOW_SECONDS = 0.8
"""So long Meta takes to answer where a send is to be caught under way."""
CUSTOMERS = [str(7_400_000_000_000_000 + number) for number in range(6)]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with ended_for_certain() as programs:
        yield Shop(tmp_path, programs)


@pytest.fixture
def instagram(shop: Shop) -> Iterator[Instagram]:
    opened = shop.open_instagram()
    for igsid in CUSTOMERS:
        opened.introduce(igsid, "en")
    yield opened
    opened.close()


def served(shop: Shop) -> Program:
    program = shop.serve()
    shop.until_ready(program)
    return program


def all_write(instagram: Instagram) -> None:
    for igsid in CUSTOMERS:
        instagram.act(igsid, "messages", {"text": "hello"})


def are_answered(instagram: Instagram) -> bool:
    return all(len(instagram.chat(igsid)) >= 2 for igsid in CUSTOMERS)


def answers(instagram: Instagram) -> list[int]:
    """How many answers each customer has got."""
    return [sum(message["by"] == "app" for message in instagram.chat(igsid)) for igsid in CUSTOMERS]


def test_a_second_serve_on_the_same_file_is_refused_in_one_sentence(shop: Shop) -> None:
    first = served(shop)
    second = shop.run("serve", "--port", str(shop.port + 1))
    assert second.exit_code() == 1
    said = [line for line in second.last_words().splitlines() if "serve.starting" not in line]
    assert len(said) == 1
    assert said[0].startswith(f"Error: Another igbot already works on {shop.data / 'igbot.db'}. Stop that one first")
    assert first.is_running()
    assert shop.is_ready()


def test_a_new_serve_waits_until_the_worker_of_a_killed_master_has_finished(shop: Shop, instagram: Instagram) -> None:
    first = served(shop)
    books = Books(shop.data)
    instagram.trouble(slow_seconds=SLOW_SECONDS)
    all_write(instagram)
    until(lambda: bool(books.under_way()), FEW_SECONDS, "a reply is being sent")
    first.kill_master()
    second = shop.serve()
    until(lambda: second.worker() is not None, 2 * FEW_SECONDS, "the new shop works")
    until(first.is_gone, FEW_SECONDS, "the old worker has ended")
    until(lambda: are_answered(instagram), 2 * FEW_SECONDS, "all are answered")
    assert {said.tries for said in books.said()} == {0}, "a send was cut off"
    assert answers(instagram) == [1] * len(CUSTOMERS)


def test_sigterm_ends_within_seconds_and_leaves_nothing_half_done(shop: Shop, instagram: Instagram) -> None:
    first = served(shop)
    books = Books(shop.data)
    instagram.trouble(slow_seconds=SLOW_SECONDS)
    all_write(instagram)
    until(lambda: bool(books.under_way()), FEW_SECONDS, "a reply is being sent")
    first.ask_to_end()
    assert first.exit_code(FEW_SECONDS) == 0
    assert first.is_gone()
    assert books.under_way() == frozenset()
    instagram.trouble(slow_seconds=0)
    served(shop)
    until(lambda: are_answered(instagram), 2 * FEW_SECONDS, "all are answered")
    assert answers(instagram) == [1] * len(CUSTOMERS)
    assert books.troubles() == []


@pytest.mark.parametrize("how", ["sigterm", "kill of the master"])
def test_an_owner_s_open_page_keeps_nothing_from_ending(shop: Shop, how: str) -> None:
    first = served(shop)
    with requests.Session() as browser:
        sign_in(browser, shop)
        page = browser.get(f"{shop.url}/console/live", stream=True, timeout=60)
        assert page.ok
        reader = threading.Thread(target=lambda: list(page.iter_lines()), daemon=True)
        reader.start()
        if how == "sigterm":
            first.ask_to_end()
            assert first.exit_code(FEW_SECONDS) == 0
        else:
            first.kill_master()
            until(first.is_gone, FEW_SECONDS, "the worker ends")
        reader.join()
        page.close()


def sign_in(browser: requests.Session, shop: Shop) -> None:
    database = Database(f"sqlite:///{shop.data / 'igbot.db'}")
    with database.transaction() as session:
        account = session.scalars(select(Account)).one()
        owners.add(session, account, "sample owner", owners.hashed("open sesame!"), "en")
    database.close()
    form = browser.get(f"{shop.url}/console/sign-in", timeout=10).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    assert token, form
    fields = {"csrf_token": token[1], "name": "sample owner", "password": "open sesame!"}
    assert browser.post(f"{shop.url}/console/sign-in", fields, timeout=10).ok
