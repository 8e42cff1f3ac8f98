"""Who gets in, who does not, and what a cookie is worth."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from igbot import clock, settings
from igbot.store import owners
from igbot.store.unit import Database
from igbot.web.console.sign_in import entry_path
from tests.web.shop import KEY, PASSWORD, Browser, Shop

pytestmark = [pytest.mark.parametrize("db_url", ["sqlite"], indirect=True), pytest.mark.usefixtures("now")]


@pytest.fixture
def shop(db: Database, tmp_path: Path) -> Shop:
    return Shop(db, tmp_path, with_entry=True)


@pytest.fixture
def browser(shop: Shop) -> Browser:
    return Browser(shop.app)


def test_the_right_password_opens_the_list(browser: Browser) -> None:
    answer = browser.sign_in()
    assert (answer.status_code, answer.location) == (302, "/console/")
    assert browser.see("/console/").status_code == 200


@pytest.mark.parametrize(("name", "password"), [("jiwoo", "a wrong password"), ("nobody", PASSWORD), ("jiwoo", "")])
def test_anything_else_does_not_and_says_the_same_for_all(browser: Browser, name: str, password: str) -> None:
    answer = browser.sign_in(name, password)
    assert answer.status_code == 401
    assert "이름이나 비밀번호가 맞지 않아요" in answer.text
    assert browser.see("/console/").status_code == 302


def test_a_form_from_elsewhere_is_refused(shop: Shop) -> None:
    answer = Browser(shop.app).client.post("/console/sign-in", data={"name": "jiwoo", "password": PASSWORD})
    assert answer.status_code == 400
    assert "아무것도 보내지 않았어요" in answer.text


def test_the_bare_address_leads_to_the_console(browser: Browser) -> None:
    assert browser.see("/").location == "/console/"


def test_signing_out_ends_it(browser: Browser) -> None:
    browser.sign_in()
    assert browser.send("/console/sign-out").location == "/console/sign-in"
    assert browser.see("/console/").status_code == 302


def test_signing_out_needs_a_form_of_ours(browser: Browser) -> None:
    browser.sign_in()
    assert browser.client.post("/console/sign-out").status_code == 400
    assert browser.see("/console/").status_code == 200


def test_a_new_password_signs_out_who_used_the_old_one(shop: Shop, browser: Browser) -> None:
    browser.sign_in()
    with shop.db.transaction() as session:
        owners.reset(session, "jiwoo", owners.hashed("another long password"))
    assert browser.see("/console/").status_code == 302


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        pytest.param("/console/c/7", "/console/c/7", id="a page of ours"),
        pytest.param("/console/?only=needs", "/console/?only=needs", id="with a question"),
        pytest.param("https://elsewhere.example/", "/console/", id="another site"),
        pytest.param("//elsewhere.example", "/console/", id="another site in disguise"),
        pytest.param("/console//elsewhere.example", "/console/", id="two slashes"),
        pytest.param("/\\elsewhere.example", "/console/", id="backslash"),
        pytest.param("/console/\\..", "/console/", id="backslash behind ours"),
        pytest.param("/simulator/", "/console/", id="not the console"),
    ],
)
def test_after_signing_in_only_our_own_pages_follow(browser: Browser, wanted: str, leads_to: str) -> None:
    assert browser.sign_in(wanted=wanted).location == leads_to


PAGES = ["/console/", "/console/c/1", "/console/photo/1/small", "/console/photo/1/big", "/console/live"]


@pytest.mark.parametrize("page", PAGES)
def test_strangers_see_nothing(shop: Shop, browser: Browser, page: str) -> None:
    message = shop.message(shop.chat("Haneul"), "a secret")
    shop.photo(message)
    answer = browser.see(page)
    assert answer.status_code == (401 if page.endswith("live") else 302)
    assert "secret" not in answer.text
    assert "Haneul" not in answer.text


def test_a_page_that_refreshes_itself_is_led_to_sign_in(browser: Browser) -> None:
    answer = browser.see("/console/c/1", HX_Request="true")
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/console/sign-in"


def test_guessing_is_slowed_down_and_signing_in_is_not_counted(shop: Shop, browser: Browser) -> None:
    for _ in range(12):
        assert Browser(shop.app).sign_in().status_code == 302
    answers = [browser.sign_in(password="a wrong password").status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]
    assert browser.sign_in().status_code == 429


@pytest.mark.parametrize(("public_url", "is_secure"), [("https://shop.example", True), (None, False)])
def test_the_cookie_is_for_this_site_alone(shop: Shop, tmp_path: Path, public_url: str, is_secure: bool) -> None:  # noqa: FBT001 - a row of the table
    app = shop.console(settings.read(_env_file=None, data_dir=tmp_path, public_url=public_url))
    cookie = Browser(app).see("/console/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is is_secure


def test_every_page_forbids_what_it_does_not_need(browser: Browser) -> None:
    headers = browser.see("/console/sign-in").headers
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_no_page_needs_scripts_or_styles_of_its_own(shop: Shop, browser: Browser) -> None:
    browser.sign_in()
    chat = shop.chat(needs_owner="verdict")
    shop.case(chat, outcome="exchange")
    for page in ("/console/", f"/console/c/{chat.id}"):
        text = browser.read(page)
        assert "<script>" not in text
        assert " style=" not in text
        assert " onclick=" not in text


# ------------------------------------------------------------------ the demo's link


def test_an_entry_link_signs_in_whoever_opens_it(shop: Shop, browser: Browser) -> None:
    link = entry_path(KEY, shop.owner)
    for reader in (browser, browser, Browser(shop.app)):
        assert reader.see(link).location == "/console/"
        assert reader.see("/console/").status_code == 200


@pytest.mark.parametrize("key", ["another key", ""])
def test_a_forged_link_leads_to_sign_in(shop: Shop, browser: Browser, key: str) -> None:
    assert browser.see(entry_path(key, shop.owner)).location == "/console/sign-in"
    assert browser.see("/console/").status_code == 302


def test_a_shop_has_no_entry_links(shop: Shop, tmp_path: Path) -> None:
    app = shop.console(settings.read(_env_file=None, data_dir=tmp_path))
    assert Browser(app).see(entry_path(KEY, shop.owner)).status_code == 404


# ------------------------------------------------------------------ languages


def test_korean_comes_first_and_the_browser_may_ask_for_english(browser: Browser) -> None:
    assert "로그인" in browser.see("/console/sign-in").text
    assert "Sign in" in browser.see("/console/sign-in", Accept_Language="en-GB,en;q=0.9").text


def test_a_chosen_language_stays_with_the_person(shop: Shop, browser: Browser) -> None:
    browser.sign_in()
    browser.send("/console/language", language="en")
    assert "Needs you" in browser.read("/console/")
    again = Browser(shop.app)
    again.sign_in()
    assert "Needs you" in again.read("/console/")


@pytest.mark.parametrize(
    ("asked", "spoken"), [("en-GB,en;q=0.9", "Needs you"), ("ko-KR", "확인할 일"), ("fr", "확인할 일")]
)
def test_who_has_not_chosen_reads_the_browsers_language(shop: Shop, browser: Browser, asked: str, spoken: str) -> None:
    with shop.db.transaction() as session:
        session.merge(shop.owner).language = ""
    browser.sign_in()
    assert spoken in browser.see("/console/", Accept_Language=asked).text
    browser.send("/console/language", language="en")
    assert "Needs you" in browser.see("/console/", Accept_Language=asked).text


def test_an_unknown_language_changes_nothing(browser: Browser) -> None:
    browser.sign_in()
    browser.send("/console/language", language="xx")
    assert "확인할 일" in browser.read("/console/")


def test_a_month_without_signing_in_does_not_pass_the_clock_of_the_demo_over(shop: Shop, browser: Browser) -> None:
    browser.sign_in()
    clock.move(timedelta(days=100))
    assert browser.see("/console/").status_code == 200
