"""Words as data: the notation, and what a shop is told when its words do not fit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from igbot.errors import BrokenShop
from igbot.policy import load_pack
from igbot.understand import Words
from igbot.understand.lexicon import Lexicon, expand
from igbot.understand.normal import fold, plain
from tests.understand.conftest import FLOWS

JEWELRY = FLOWS / "packs" / "jewelry"


@pytest.mark.parametrize(
    ("pattern", "spellings"),
    [
        ("stone", ["stone"]),
        ("fell (off|out)", ["fell off", "fell out"]),
        ("colou?r", ["color", "colour"]),
        ("size [6-8]", ["size 6", "size 7", "size 8"]),
        ("the (old |)(box|bag)", ["the bag", "the box", "the old bag", "the old box"]),
        ("안 열", ["안 열", "안열"]),
        ("a (b (c|d)|e)", ["a b c", "a b d", "a e"]),
    ],
)
def test_a_pattern_stands_for_its_spellings(pattern, spellings):
    assert expand(pattern) == sorted(fold(spelling) for spelling in spellings)


@pytest.mark.parametrize("pattern", ["(a|b", "a*b", "", "_", "[ab"])
def test_a_pattern_that_cannot_be_read_is_refused(pattern):
    with pytest.raises(ValueError, match="cannot be read"):
        expand(pattern)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ring", ["ring"]),
        ("earring", []),
        ("rings", []),
        ("ring가", ["ring"]),
        ("scratching", ["scratch"]),
        ("알이 없", ["stone"]),
        ("알겠어", []),
    ],
)
def test_words_have_edges(text, found):
    lexicon = Lexicon.of({"ring": ["ring"], "scratch": ["scratch*"], "stone": ["_알(이|은)_"]})
    assert [hit.concept for hit in lexicon.find(plain(text).text)] == found


def test_the_longer_mention_wins_but_what_must_be_seen_is_seen():
    lexicon = Lexicon.of(
        {"about": ["about to fall"], "fell": ["fall"], "ring": ["ring"], "size": ["ring size"]}, ["ring"]
    )
    assert [hit.concept for hit in lexicon.find("about to fall ring size")] == ["about", "size", "ring"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("빠졋어요", "빠졌어요"),
        ("되요", "돼요"),
        ("ＨＥＬＬＯ", "hello"),
        ("sooooo", "so"),
        ("ㅠㅠㅠㅠㅠ", "ㅠㅠ"),
        ("can’t", "cant"),
        ("하\u1102\u1161", "하나"),
        ("a\u200bb", "ab"),
        ("10000", "10000"),
    ],
)
def test_spelling_habits_do_not_matter(written, read):
    assert plain(written).text == fold(read)


@pytest.mark.parametrize("kept", ["ㅇㅇ", "ㄴㄴ", "ㅠㅠ", "ㄱㅅ"])
def test_bare_letters_of_a_korean_chat_stay(kept):
    assert plain(kept).text == kept


def test_every_value_the_words_give_is_one_the_pack_knows(words):
    pack = load_pack(JEWELRY)
    for table in (words.facts, words.doubtful, words.answers):
        for fact, rules in table.items():
            told = {value for rule in rules for value in rule.values}
            assert told <= set(pack.facts[fact].values), fact
    assert set(words.products.values()) <= set(pack.facts["item"].values)
    assert set(words.issue_intents) <= set(pack.facts["issue"].values)


def test_every_issue_that_can_be_asked_can_be_said(words):
    pack = load_pack(JEWELRY)
    told = {value for rule in words.facts["issue"] for value in rule.values}
    assert set(pack.facts["issue"].values) - told == {"other", "cleared_repair"}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A copy of the shop's words that a test may spoil."""
    shutil.copytree(FLOWS / "words", tmp_path / "words")
    shutil.copy(JEWELRY / "words.toml", tmp_path / "words.toml")
    return tmp_path


def test_a_sound_copy_is_read(shop):
    assert Words.load(shop, shop).products["ring"] == "ring"


def test_a_pack_without_words_is_read(shop):
    (shop / "words.toml").unlink()
    assert Words.load(shop, shop).products == {}


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda text: text.replace('"bent -> deformed"', '"bnet -> deformed"'), "speaks of bnet"),
        (lambda text: text.replace('en = ["stud", "studs"]', 'en = ["stud", "(studs"]'), "cannot be read"),
        (lambda text: text + "\n[concepts.ring]\n", "cannot be read"),
    ],
    ids=["a rule without words", "a pattern with an open bracket", "not TOML"],
)
def test_words_that_do_not_fit_are_refused_with_the_place(shop, spoil, sentence):
    path = shop / "words.toml"
    path.write_text(spoil(path.read_text()))
    with pytest.raises(BrokenShop, match=sentence):
        Words.load(shop, shop)


def test_words_without_meanings_are_refused(shop):
    (shop / "words" / "rules.toml").unlink()
    with pytest.raises(BrokenShop, match=r"rules\.toml is missing"):
        Words.load(shop, shop)
