"""Words: whole in both languages, short enough to be sent, filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from igbot.errors import BrokenShop
from igbot.texts import Texts


def shop(folder: Path, text: str) -> Texts:
    (folder / "sample.toml").write_text(text, encoding="utf-8")
    return Texts.load(folder)


def test_a_text_is_said_in_its_language_with_its_blanks_filled(tmp_path: Path) -> None:
    texts = shop(tmp_path, '[hello]\nko = "{name}님"\nen = "Hi {name}"\n')
    assert (texts.say("sample.hello", "ko", name="A"), texts.say("sample.hello", "en", name="A")) == ("A님", "Hi A")


def test_a_language_we_lack_falls_back_to_the_first(tmp_path: Path) -> None:
    assert shop(tmp_path, '[hello]\nko = "네"\nen = "Yes"\n').say("sample.hello", "fr") == "네"


def test_buttons_come_with_their_labels(tmp_path: Path) -> None:
    texts = shop(tmp_path, '[q]\nko = "?"\nen = "?"\n[q.buttons]\nyes = { ko = "네", en = "Yes" }\n')
    assert texts.buttons("sample.q", "en") == [("yes", "Yes")]


WRONG = {
    "not TOML": ("[hello", "sample.toml is not TOML"),
    "a language missing": ('[hello]\nko = "a"\n', r"\[hello\] lacks en"),
    "too many bytes": (f'[hello]\nko = "{"가" * 334}"\nen = "a"\n', "1002 bytes long in ko"),
    "other blanks": ('[hello]\nko = "{a}"\nen = "{b}"\n', "blanks in one language only: a, b"),
    "a long button": (
        '[q]\nko = "?"\nen = "?"\n[q.buttons]\nb = { ko = "a", en = "123456789012345678901" }\n',
        "longer",
    ),
    "a button in one language": ('[q]\nko = "?"\nen = "?"\n[q.buttons]\nb = { ko = "a" }\n', "button b lacks en"),
    "too many buttons": (
        '[q]\nko = "?"\nen = "?"\n[q.buttons]\n' + "".join(f'b{n} = {{ ko = "a", en = "a" }}\n' for n in range(14)),
        "14 buttons",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.values(), ids=WRONG)
def test_words_that_do_not_fit_are_refused_with_their_place(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BrokenShop, match=sentence):
        shop(tmp_path, text)


def test_the_longest_text_that_fits_is_taken(tmp_path: Path) -> None:
    assert len(shop(tmp_path, f'[hello]\nko = "{"가" * 333}"\nen = "a"\n').say("sample.hello", "ko")) == 333


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenShop, match="there are no texts"):
        Texts.load(tmp_path)
