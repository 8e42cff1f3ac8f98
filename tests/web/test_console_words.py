"""The console's words: whole in Korean, nothing stale, and a sentence for every reason the engine gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from igbot.web import console
from igbot.web.console import words

CONSOLE = Path(console.__file__).parent
PRODUCT = CONSOLE.parents[1]
FLOWS = PRODUCT.parent / "flows"
KINDS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}

Id = str | tuple[str, ...]


@pytest.fixture(scope="module")
def korean() -> Catalog:
    with (CONSOLE / "translations" / "ko.po").open("rb") as file:
        return read_po(file, locale="ko")


def spoken() -> Iterator[Id]:
    """Every sentence in the templates and the code."""
    for _, _, found, _, _ in extract_from_dir(CONSOLE, method_map=KINDS, options_map={}, keywords=KEYWORDS):
        yield found if isinstance(found, str) else tuple(found)


def key(message: Message) -> Id:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def korean_of(message: Message) -> str:
    return message.string if isinstance(message.string, str) else (message.string or ("",))[0]


def test_every_sentence_is_there_in_korean(korean: Catalog) -> None:
    known = {key(message) for message in korean if message.id and korean_of(message)}
    assert sorted(map(str, set(spoken()) - known)) == []


def test_no_sentence_is_left_that_nobody_says(korean: Catalog) -> None:
    assert sorted(map(str, {key(message) for message in korean if message.id} - set(spoken()))) == []


def test_blanks_are_the_same_in_both_languages(korean: Catalog) -> None:
    for message in korean:
        if message.id:
            english = message.id if isinstance(message.id, str) else message.id[1]
            assert sorted(re.findall(r"%\(\w+\)s", english)) == sorted(re.findall(r"%\(\w+\)s", korean_of(message)))


REASONS_GIVEN = re.compile(r"(?:alert_owner|needs_owner|to_owner)\([^)\n]*\"(\w+)\"")


def test_every_reason_to_call_the_owner_has_words() -> None:
    sources = [*(PRODUCT / "engine").glob("*.py"), *FLOWS.glob("*.py")]
    given = {code for source in sources for code in REASONS_GIVEN.findall(source.read_text(encoding="utf-8"))}
    assert given, "the pattern no longer finds how the owner is called"
    assert sorted(given - words.NEEDS.keys() - {"alarm", "yes", "persists"}) == []


@pytest.mark.parametrize("alarm", ["asks_human", "angry", "legal", "health", "payment_dispute", "abuse"])
def test_every_alarm_has_words(alarm: str) -> None:
    assert alarm in words.NEEDS


def test_a_code_without_words_is_made_readable() -> None:
    assert words.word(words.NEEDS, "some_new_reason") == "some new reason"
    assert words.word(words.NEEDS, None) == ""
