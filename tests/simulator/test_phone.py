"""The phone page in a browser: what a customer taps reaches the shop, what the shop sends appears without a reload."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from igbot.simulator import Instagram, Server, create_simulator, load_sample, sending
from igbot.simulator.state import QuickReply

ONE = "7310000000001001"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1400, "height": 900}


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def instagram() -> Instagram:
    instagram = Instagram(deliver=lambda _raw, _headers: 200)
    load_sample().introduce(instagram)
    return instagram


@pytest.fixture
def opened(browser: Any, instagram: Instagram) -> Iterator[Any]:
    """Opens the page in a window of this size; a fault in its scripts fails the test."""
    faults: list[str] = []
    with Server(create_simulator(instagram)) as server:

        def open_page(size: dict[str, int] = PHONE, language: str = "ko") -> Page:
            page: Page = browser.new_context(viewport=size, has_touch=size is PHONE).new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.goto(f"{server.url}/simulator/?lang={language}")
            return page

        yield open_page
        for context in browser.contexts:
            context.close()
    assert faults == []


def answers(instagram: Instagram, text: str, *chips: str) -> None:
    """The shop answers through the Graph API."""
    quick_replies = tuple(QuickReply(title=chip, payload=f"p:{chip}") for chip in chips)
    instagram.send(sending.Sending(ONE, text=text, quick_replies=quick_replies))


def test_a_customer_writes_taps_and_sends_pictures(opened, instagram):
    page = opened()
    page.get_by_role("button", name="김지우").click()
    page.get_by_placeholder("메시지 보내기…").fill("큐빅이 빠졌어요")
    page.get_by_placeholder("메시지 보내기…").press("Enter")
    expect(page.locator(".mine .bubble")).to_have_text("큐빅이 빠졌어요")

    answers(instagram, "언제부터 그랬나요?", "열자마자", "쓰다가")
    expect(page.locator(".theirs .bubble")).to_have_text("언제부터 그랬나요?")
    page.get_by_role("button", name="열자마자").click()
    expect(page.locator(".mine .bubble")).to_have_text(["큐빅이 빠졌어요", "열자마자"])
    expect(page.locator("#chips .chip")).to_have_count(0)

    page.get_by_role("button", name="더 보내기").click()
    page.get_by_role("button", name="가까이 + 전체").click()
    expect(page.locator(".mine .media img")).to_have_count(2)
    page.locator("#files").set_input_files([{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8"}] * 2)
    expect(page.locator(".mine .media")).to_have_count(2)
    chat = instagram.find(ONE).chat
    assert chat[2].payload == "p:열자마자"
    assert [len(message.attachments) for message in chat[3:]] == [2, 2]
    assert chat[1].seen


def test_a_message_is_answered_reacted_to_and_taken_back(opened, instagram):
    person = instagram.find(ONE)
    person.writes("hello")
    answers(instagram, "Hi! I am the assistant.")
    page = opened(language="en")
    page.get_by_role("button", name="김지우").click()

    page.locator(".theirs .dots").click()
    page.get_by_role("button", name="Reply").click()
    page.get_by_placeholder("Message…").fill("thanks")
    page.get_by_role("button", name="Send", exact=True).first.click()
    expect(page.locator(".mine .about")).to_have_text("Replying to · Hi! I am the assistant.")

    page.locator(".theirs .dots").click()
    page.get_by_role("button", name="❤️").click()
    expect(page.locator(".reaction")).to_have_text("❤️")

    page.locator(".mine .dots").first.click()
    page.get_by_role("button", name="Unsend").click()
    expect(page.locator(".mine .bubble")).to_have_text(["thanks"])
    assert person.chat[0].unsent


def test_on_a_desk_the_owner_types_the_clock_moves_and_trouble_is_switched_on(opened, instagram, now):
    page = opened(DESK, "en")
    page.get_by_role("button", name="김지우").click()
    page.get_by_placeholder("Write as the owner…").fill("I will look myself")
    page.get_by_placeholder("Write as the owner…").press("Enter")
    expect(page.locator(".theirs .bubble")).to_have_text("I will look myself")
    expect(page.locator(".theirs .under")).to_have_text("Owner · Instagram app")

    page.get_by_role("button", name="+24 h").click()
    page.get_by_role("switch", name="Token expired").click()
    expect(page.get_by_role("switch", name="Token expired")).to_be_checked()
    page.wait_for_function("() => document.getElementById('now').dateTime.startsWith('2026-11-22T03:00')")
    assert instagram.faults.token_dead
    assert instagram.message(instagram.find(ONE).chat[0].mid).by == "owner"


@pytest.mark.parametrize("width", [360, 390, 768, 1100, 1400])
def test_nothing_sticks_out_at_the_side(opened, instagram, width):
    person = instagram.find(ONE)
    person.writes("w" * 300)
    answers(instagram, "https://shop.example.com/case/" + "x" * 200, *(["thirteen letters"] * 13))
    page = opened({"width": width, "height": 800}, "en")
    page.get_by_role("button", name="김지우").click()
    expect(page.locator("#chips .chip")).to_have_count(13)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in (".log", ".bar"):
        assert page.locator(part).evaluate("part => part.scrollWidth <= part.clientWidth")
