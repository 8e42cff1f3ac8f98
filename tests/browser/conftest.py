"""The demo as a process, and windows of a browser onto it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect, sync_playwright

from igbot.web import vendor
from tests.browser.demo import Demo

PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1400, height=900)
PATIENCE_MS = 20_000
"""For whatever is awaited; a busy machine is slow, a broken page is slower."""
USUAL_MS = 5_000

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One for all tests: each takes a customer of its own."""
    if not vendor.are_here():
        pytest.skip("The front-end files are missing: `make setup` brings them.")
    with Demo(tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A Chromium; `expect` waits patiently as long as it is open."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        expect.set_options(timeout=PATIENCE_MS)
        yield browser
        expect.set_options(timeout=USUAL_MS)
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browsers of a test complained of."""
    return []


@pytest.fixture
def refusals_are_fine(complaints: list[str]) -> Iterator[None]:
    """In this test the server says no, which Chromium reports as a complaint."""
    yield
    complaints[:] = [text for text in complaints if "the server responded with a status of 4" not in text]


@pytest.fixture
def window(browser: Browser, complaints: list[str]) -> Iterator[Open]:
    """`window(PHONE, "ko")` is somebody's browser, empty; whatever it complains of fails the test."""

    def open_window(size: ViewportSize, language: str = "ko") -> Page:
        context = browser.new_context(viewport=size, has_touch=size is PHONE, locale=language, timezone_id="Asia/Seoul")
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
        return page

    yield open_window
    for context in browser.contexts:
        context.close()
    assert complaints == []


def _is_complaint(said: ConsoleMessage) -> bool:
    """Errors and warnings; but htmx reports a live stream that ends because its page is left, as an Event."""
    return said.type in {"error", "warning"} and said.text != "[object Event]"
