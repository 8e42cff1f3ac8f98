"""What hands do to the two pages on a phone: signing in, the keyboard alone, taking words back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.demo import Demo
from tests.browser.pages import Album, Console, Phone

PASSWORD = "freshwater pearls"
MOST_TABS = 60


@pytest.fixture(scope="session")
def mina(demo: Demo) -> str:
    """The name of an owner who reads English."""
    demo.add_owner("Mina", PASSWORD, "en")
    return "Mina"


@pytest.fixture
def console(window: Open, demo: Demo) -> Console:
    """The console on a phone; nobody is signed in."""
    return Console(window(PHONE, "en"), demo.console, "en")


def test_the_printed_link_opens_the_console_signed_in(window: Open, demo: Demo) -> None:
    page = window(PHONE)
    page.goto(demo.way_in)
    expect(page.get_by_role("button", name="로그아웃")).to_be_visible()


def test_only_the_right_password_lets_somebody_in(console: Console, mina: str, refusals_are_fine: None) -> None:
    album = Album("sign-in")
    album.take(console.page, "nobody")
    console.signs_in(mina, "a wrong guess")
    expect(console.page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(console.page.get_by_label("Name")).to_have_value(mina)
    album.take(console.page, "wrong")
    console.signs_in(mina, PASSWORD)
    expect(console.page.get_by_role("button", name="Sign out")).to_be_visible()


def test_the_keyboard_alone_finds_a_chat_takes_it_over_and_answers(
    window: Open, demo: Demo, console: Console, mina: str
) -> None:
    album = Album("keyboard")
    phone = Phone(window(PHONE, "en"), demo.phone, "en", "Grace Lee")
    phone.writes("hello there")
    phone.hears("automatic assistant")
    console.signs_in(mina, PASSWORD)
    expect(console.finds("Grace Lee")).to_be_visible()

    _press_on(console.page, console.finds("Grace Lee").get_by_role("link"))
    expect(console.page.locator("#chat")).to_be_visible()
    _press_on(console.page, console.page.get_by_role("button", name="Take over"))
    expect(console.page.get_by_role("button", name="Hand back").first).to_be_visible()
    _tab_to(console.page, console.page.locator("#reply-text"))
    album.take(console.page, "about-to-write")
    console.page.keyboard.type("Good morning, Grace!")
    _press_on(console.page, console.page.get_by_role("button", name="Send", exact=True))

    phone.hears("Good morning, Grace!")
    expect(console.said.last).to_contain_text("Good morning, Grace!")


def test_what_a_customer_takes_back_disappears_from_the_console(
    window: Open, demo: Demo, console: Console, mina: str, refusals_are_fine: None
) -> None:
    album = Album("taken-back")
    phone = Phone(window(PHONE, "en"), demo.phone, "en", "noah.w")
    phone.writes("the clasp of my bracelet snapped, my own fault")
    phone.hears("automatic assistant")
    phone.sends_sample("Whole piece")
    console.signs_in(mina, PASSWORD)
    console.opens("noah.w")
    expect(console.said.filter(has_text="my own fault")).to_be_visible()
    photo = console.page.locator("#chat .photo img")
    expect(photo).to_be_visible()
    address = str(photo.get_attribute("src"))
    album.take(console.page, "before")

    phone.takes_back(phone.messages.filter(has=phone.page.locator("img")))
    expect(photo).to_have_count(0)
    phone.takes_back(phone.messages.filter(has_text="my own fault"))
    expect(console.page.get_by_text("my own fault")).to_have_count(0)
    expect(console.page.get_by_text("taken back by the customer")).to_have_count(2)
    expect(console.page.locator(".strip img")).to_have_count(0)
    album.take(console.page, "after")
    album.take(phone.page, "phone")
    assert console.was_never_reloaded()
    assert console.page.request.get(f"{console.page.url.partition('/console/')[0]}{address}").status == 404


def _tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until this has the focus."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{MOST_TABS} times Tab do not lead to {wanted}.")


def _press_on(page: Page, wanted: Locator) -> None:
    _tab_to(page, wanted)
    page.keyboard.press("Enter")
