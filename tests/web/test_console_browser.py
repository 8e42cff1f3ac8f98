"""The console in a real browser: pages that follow what happens and never take away what is being typed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright
from werkzeug.serving import make_server

from igbot import clock
from igbot.store.tables import Conversation
from igbot.store.unit import Database
from igbot.web import vendor
from igbot.web.console.sign_in import entry_path
from tests.web.shop import KEY, Shop

pytestmark = [
    pytest.mark.parametrize("db_url", ["sqlite"], indirect=True),
    pytest.mark.skipif(not vendor.are_here(), reason="The front-end files are missing: `make setup` brings them."),
]

PHONE = ViewportSize(width=390, height=844)


@pytest.fixture
def shop(db: Database, tmp_path: Path) -> Shop:
    return Shop(db, tmp_path, with_entry=True)


@pytest.fixture
def address(shop: Shop) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, shop.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium: str, shop: Shop, address: str) -> Iterator[Page]:
    """A phone whose owner is signed in; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=PHONE, base_url=address)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.goto(entry_path(KEY, shop.owner))
        yield page
        browser.close()
    assert complaints == []


def touch(shop: Shop, chat: Conversation, **columns: object) -> None:
    """Let live pages know, as a turn does."""
    with shop.db.transaction() as session:
        row = session.get_one(Conversation, chat.id)
        row.changed_at = clock.now()
        for name, value in columns.items():
            setattr(row, name, value)


def open_thread(page: Page, chat: Conversation) -> None:
    with page.expect_response(lambda response: "/console/live" in response.url):
        page.goto(f"/console/c/{chat.id}")


def test_new_words_appear_and_half_written_ones_stay(shop: Shop, page: Page) -> None:
    chat = shop.chat()
    shop.message(chat, "hello")
    open_thread(page, chat)
    reply = page.locator("#reply-text")
    reply.fill("I am just wri")
    shop.message(chat, "are you there?", minutes_ago=0)
    touch(shop, chat)
    expect(page.get_by_text("are you there?")).to_be_visible(timeout=10_000)
    expect(reply).to_have_value("I am just wri")
    reply.press_sequentially("ting")
    expect(reply).to_have_value("I am just writing")


def test_a_half_written_quote_stays_and_says_that_something_changed(shop: Shop, page: Page) -> None:
    chat = shop.chat()
    line = shop.repair(chat)
    open_thread(page, chat)
    page.locator(f"#work-quote-{line.id}").fill("8000")
    page.locator(f"#shipping_out-quote-{line.id}").fill("3,500")
    expect(page.locator("[data-sum]")).to_have_text("₩11,500")
    touch(shop, chat, needs_owner="quote_haggled", needs_owner_since=clock.now())
    expect(page.get_by_role("heading", name="고객이 가격을 조정해 달래요")).to_be_visible(timeout=10_000)
    expect(page.locator(f"#work-quote-{line.id}")).to_have_value("8000")
    expect(page.locator(".stale")).to_be_visible()


def test_two_taps_confirm_a_verdict(shop: Shop, page: Page) -> None:
    chat = shop.chat(needs_owner="verdict", needs_owner_since=clock.now())
    shop.case(chat, outcome="exchange", fee="shipping_owner_decides")
    open_thread(page, chat)
    page.get_by_text("왕복 모두 가게 부담").first.click()
    page.get_by_role("button", name="확인: 교환").click()
    expect(page.get_by_text("고객에게 알리고 있어요")).to_be_visible()
    [act] = shop.acts()
    assert (act["kind"], act["shipping"]) == ("verdict_confirmed", "shop")


def test_words_half_written_outlive_another_act(shop: Shop, page: Page) -> None:
    chat = shop.chat()
    open_thread(page, chat)
    page.locator("#reply-text").fill("one moment")
    page.get_by_role("button", name="내가 답할게요").click()
    expect(page.get_by_text("봇은 조용히 있을게요")).to_be_visible()
    expect(page.locator("#reply-text")).to_have_value("one moment")
    page.get_by_role("button", name="보내기").click()
    expect(page.get_by_text("메시지를 보내고 있어요")).to_be_visible()
    expect(page.locator("#reply-text")).to_have_value("")
    assert [act["kind"] for act in shop.acts()] == ["took_over", "owner_wrote"]


def test_an_answer_finds_its_place_although_the_button_was_drawn_anew_meanwhile(shop: Shop, page: Page) -> None:
    open_thread(page, shop.chat())
    page.evaluate("""document.addEventListener("htmx:beforeOnLoad", () => {
        const head = document.getElementById("head");
        head.replaceWith(head.cloneNode(true));
    }, { once: true })""")
    page.get_by_role("button", name="내가 답할게요").click()
    expect(page.get_by_text("봇은 조용히 있을게요")).to_be_visible()
    expect(page.locator("header.top")).to_have_count(1)


def test_the_list_follows_by_itself(shop: Shop, page: Page) -> None:
    with page.expect_response(lambda response: "/console/live" in response.url):
        page.goto("/console/")
    shop.chat("Somebody new", needs_owner="angry", needs_owner_since=clock.now())
    expect(page.get_by_text("Somebody new")).to_be_visible(timeout=10_000)


def test_a_photo_opens_big_and_closes(shop: Shop, page: Page) -> None:
    chat = shop.chat()
    shop.photo(shop.message(chat, ""))
    open_thread(page, chat)
    page.locator(".said a.photo").click()
    expect(page.locator("#photo img")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#photo")).to_be_hidden()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_nothing_is_wider_than_a_small_phone(shop: Shop, page: Page, language: str) -> None:
    chat = shop.chat("A very long name " * 8, needs_owner="verdict", needs_owner_since=clock.now(), control="owner")
    shop.message(chat, "averylongwordwithoutanyspace" * 12)
    line = shop.repair(chat)
    shop.quote(line)
    with shop.db.transaction() as session:
        session.merge(shop.owner).language = language
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/console/", f"/console/c/{chat.id}"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
