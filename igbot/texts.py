"""Words in every language the shop speaks: loaded, checked and filled in.

One file per flow in `flows/texts/`, one table per text: `[photo]` with `ko = "..."`, `en = "..."`,
and `[photo.buttons]` for what may be tapped. A text's full key is `file.key`; a pack may override
any of them. Blanks are written `{like_this}`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from igbot.errors import BrokenShop

MOST_BYTES = 1000
"""What one Instagram message may hold, in bytes of UTF-8 (CONTRACT 3.2)."""
MOST_BUTTONS = 13
LONGEST_BUTTON = 20
"""Quick replies: how many, and how many characters each (CONTRACT 3.2)."""

LANGUAGES = ("ko", "en")


@dataclass(frozen=True)
class Button:
    """Something to tap: its key, and its label by language."""

    key: str
    label: Mapping[str, str]


@dataclass(frozen=True)
class Text:
    """One text: its words and buttons by language."""

    words: Mapping[str, str]
    buttons: tuple[Button, ...] = ()

    def blanks(self, language: str) -> set[str]:
        """The names of the blanks in one language."""
        return {name for _, name, _, _ in Formatter().parse(self.words[language]) if name}


class Texts:
    """All sentences that are the same for every shop."""

    def __init__(self, texts: Mapping[str, Text], languages: tuple[str, ...] = LANGUAGES) -> None:
        """`texts` by full key; use `load`, which checks them."""
        self._texts = texts
        self.languages = languages

    @classmethod
    def load(cls, folder: Path) -> Texts:
        """The texts of a folder of TOML files.

        Raises BrokenShop naming every file, key and language that does not fit, all at once.
        """
        texts: dict[str, Text] = {}
        problems: list[str] = []
        for path in sorted(folder.glob("*.toml")):
            try:
                tables = tomllib.loads(path.read_text("utf-8"))
            except tomllib.TOMLDecodeError as error:
                problems.append(f"{path.name} is not TOML: {error}")
                continue
            for key, table in tables.items():
                text = _text(table)
                problems += [f"{path.name} [{key}] {problem}" for problem in _problems(text)]
                texts[f"{path.stem}.{key}"] = text
        if not texts and not problems:
            problems.append(f"there are no texts in {folder}")
        if problems:
            raise BrokenShop("The texts do not fit: " + "; ".join(problems) + ".")
        return cls(texts)

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def text(self, key: str) -> Text:
        """The text with this full key. Raises KeyError."""
        return self._texts[key]

    def say(self, key: str, language: str, **blanks: object) -> str:
        """The words of a text, filled in. A language we lack falls back to the first one."""
        words = self._texts[key].words
        return words.get(language, words[self.languages[0]]).format(**blanks)

    def buttons(self, key: str, language: str) -> list[tuple[str, str]]:
        """What may be tapped under a text: (button key, label)."""
        return [
            (button.key, button.label.get(language, button.label[self.languages[0]]))
            for button in self._texts[key].buttons
        ]


def _text(table: Mapping[str, object]) -> Text:
    buttons = table.get("buttons", {})
    return Text(
        words={language: str(words) for language, words in table.items() if language != "buttons"},
        buttons=tuple(Button(key, labels) for key, labels in buttons.items()) if isinstance(buttons, dict) else (),
    )


def _problems(text: Text) -> Iterator[str]:
    yield from _problems_of_words(text)
    if len(text.buttons) > MOST_BUTTONS:
        yield f"has {len(text.buttons)} buttons; Instagram shows at most {MOST_BUTTONS}"
    for button in text.buttons:
        for language in LANGUAGES:
            if language not in button.label:
                yield f"button {button.key} lacks {language}"
            elif len(button.label[language]) > LONGEST_BUTTON:
                yield f"button {button.key} is longer than {LONGEST_BUTTON} characters in {language}"


def _problems_of_words(text: Text) -> Iterator[str]:
    if missing := [language for language in LANGUAGES if language not in text.words]:
        yield f"lacks {', '.join(missing)}"
        return
    for language in LANGUAGES:
        if (size := len(text.words[language].encode())) > MOST_BYTES:
            yield f"is {size} bytes long in {language}; one message holds {MOST_BYTES}, so cut it"
    first, *others = LANGUAGES
    for other in others:
        if odd := text.blanks(first) ^ text.blanks(other):
            yield f"has blanks in one language only: {', '.join(sorted(odd))}"
