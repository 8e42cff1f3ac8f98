"""What a chat message looks like once spelling habits no longer matter.

Korean chat survives: composed (NFC, never NFKC, which would turn a bare consonant into something else), full-width
forms become ASCII, invisible and direction characters go, stretched letters shrink. Two spelling slips that nearly
every Korean chat has are folded away as well, in messages and in the words they are compared with.
Every character remembers where it stood in the original.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

LONGEST = 1_000
"""Characters read of a message: as many as Instagram lets a message have."""

_FIRST, _LAST = 0xAC00, 0xD7A3
_VOWELS, _FINALS = 21, 28
_SS_FINAL, _S_FINAL = 20, 19
_OE_LIKE, _OE = frozenset((10, 15)), 11
_APOSTROPHES = frozenset("'`\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}")
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_COMPATIBILITY_JAMO = range(0x3131, 0x3190)
_JOINING_JAMO = range(0x1160, 0x1200)
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)
_LINKS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w.-]+")
_REPEATS = re.compile(r"(.)\1\1|([\W_])\2")
_MARK_WINDOW = 8
"""Combining marks kept on one letter; more is decoration that would make composing slow."""


class Mark(NamedTuple):
    """One character as it is compared, and the part of the original it stands for."""

    char: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Plain:
    """A message ready to be compared: `text`, and for each character its place in the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of `text[start:end]`, which must not be empty."""
        return self.starts[start], self.ends[end - 1]


def plain(text: str) -> Plain:
    """The message made comparable; never raises, whatever the text."""
    marks = _squashed(_without_links([mark for mark in _folded_marks(text[:LONGEST]) if mark.char]))
    return Plain(
        "".join(mark.char for mark in marks), tuple(mark.start for mark in marks), tuple(mark.end for mark in marks)
    )


def fold(text: str) -> str:
    """Words and patterns in the same spelling as `plain` gives messages."""
    return "".join(_fold_char(char) for char in unicodedata.normalize("NFC", text))


def fold_pattern(expression: str) -> str:
    """The same for a regular expression, whose Latin letters have meanings of their own and stay as they are."""
    return "".join(_fold_char(char) if is_hangul(char) else char for char in unicodedata.normalize("NFC", expression))


def is_hangul(char: str) -> bool:
    """Is it a whole Korean syllable?"""
    return _FIRST <= ord(char) <= _LAST


def is_jamo(char: str) -> bool:
    """Is it a bare Korean letter, as in laughing, crying or a quick yes?"""
    return ord(char) in _COMPATIBILITY_JAMO


def _folded_marks(text: str) -> list[Mark]:
    marks: list[Mark] = []
    for start, end in _clusters(text):
        composed = unicodedata.normalize("NFC", text[start : min(end, start + _MARK_WINDOW)])
        marks += [Mark(_comparable(char), start, end) for char in composed]
    return marks


def _clusters(text: str) -> list[tuple[int, int]]:
    """The text cut before every character that cannot melt into the one before it."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return [(i, i + 1) for i in range(len(text))]
    cuts = [i for i, char in enumerate(text) if not (unicodedata.combining(char) or ord(char) in _JOINING_JAMO)]
    cuts = cuts if cuts[:1] == [0] else [0, *cuts]
    return list(zip(cuts, [*cuts[1:], len(text)], strict=True))


@cache
def _comparable(char: str) -> str:
    code = ord(char)
    if code in _FULL_WIDTH:
        char = chr(code - 0xFEE0)
    if char == "\n":
        return char
    if char.isspace():
        return " "
    if char in _APOSTROPHES or code in _VARIATION_SELECTORS or unicodedata.category(char) in {"Cf", "Cc", "Cs", "Cn"}:
        return ""
    return _fold_char(char)


def _fold_char(char: str) -> str:
    """Lower case; a final double s becomes a single one, three vowels that sound alike become one."""
    code = ord(char)
    if not _FIRST <= code <= _LAST:
        lower = char.lower()
        return lower if len(lower) == 1 else char
    lead, rest = divmod(code - _FIRST, _VOWELS * _FINALS)
    vowel, final = divmod(rest, _FINALS)
    vowel = _OE if vowel in _OE_LIKE else vowel
    final = _S_FINAL if final == _SS_FINAL else final
    return chr(_FIRST + (lead * _VOWELS + vowel) * _FINALS + final)


def _without_links(marks: list[Mark]) -> list[Mark]:
    """Blanks where an address of a page or a mailbox stands: words inside it say nothing."""
    for link in _LINKS.finditer("".join(mark.char for mark in marks)):
        marks[slice(*link.span())] = [mark._replace(char=" ") for mark in marks[slice(*link.span())]]
    return marks


def _squashed(marks: list[Mark]) -> list[Mark]:
    if not _REPEATS.search("".join(mark.char for mark in marks)):
        return marks
    kept: list[Mark] = []
    for char, run in groupby(marks, key=itemgetter(0)):
        same = list(run)
        most = _longest_run(char, len(same))
        kept += same[: most - 1]
        kept.append(Mark(char, same[most - 1].start, same[-1].end))
    return kept


def _longest_run(char: str, length: int) -> int:
    """How many of `length` equal characters in a row still mean something."""
    if char.isdigit():
        return length
    if is_jamo(char):
        return min(length, 2)
    if char.isalpha():
        return 1 if length > 2 else length  # noqa: PLR2004 - a doubled letter is spelling, a tripled one is feeling
    return 1
