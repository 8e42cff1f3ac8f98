"""Which language is a message in? By its script; short signs of agreement never switch a conversation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from igbot.understand.normal import is_hangul, is_jamo

HANGUL_WEIGHT = 4
"""A Korean syllable says about as much as four Latin letters: Korean endings on English words are Korean."""

_LATIN_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Languages:
    """Latin-script words that say nothing about the language, English ones, and ones that are clearly neither."""

    neutral: frozenset[str]
    common: frozenset[str]
    other: frozenset[str]

    @classmethod
    def of(cls, languages: Iterable[Mapping[str, Any]]) -> Languages:
        """Gather the `[language]` tables."""
        tables = [words.get("language", {}) for words in languages]
        return cls(*(frozenset(word for table in tables for word in table.get(key, ())) for key in cls.__slots__))

    def of_text(self, text: str, given: str | None) -> str | None:
        """`ko`, `en`, `ja` or `other` of a plain text; what was given where the text does not tell."""
        hangul = sum(map(is_hangul, text))
        kana = sum("\N{HIRAGANA LETTER SMALL A}" <= char <= "\N{KATAKANA LETTER VO}" for char in text)
        words = [word for word in _LATIN_WORD.findall(text) if word.isascii() or _is_latin(word)]
        latin = sum(map(len, words))
        letters = sum(char.isalpha() and not is_jamo(char) for char in text)
        if kana and kana >= hangul and kana * 2 >= latin:
            return "ja"
        if hangul and hangul * HANGUL_WEIGHT >= latin:
            return "ko"
        if letters - hangul - latin > latin:
            return "other"
        return self._latin(words, given)

    def _latin(self, words: list[str], given: str | None) -> str | None:
        telling = [word for word in words if word not in self.neutral and len(word) > 1]
        if not telling:
            return given or ("en" if words else None)
        foreign = sum(word in self.other or not word.isascii() for word in telling)
        english = sum(word in self.common for word in words)
        return "other" if foreign > english and foreign * 3 >= len(telling) else "en"


def _is_latin(word: str) -> bool:
    return all(unicodedata.name(char, "").startswith("LATIN") for char in word)
