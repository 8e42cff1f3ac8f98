"""How is a long text cut into parts that Meta accepts? At most 1000 bytes each (CONTRACT 3.2).

Cut after a sentence where one ends, else between words, else between characters as people see
them: a family emoji, a flag, or a Korean syllable typed as loose letters is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MOST_BYTES = 1000
"""Of UTF-8, for one text message: about 333 Korean syllables."""

_SENTENCE_ENDS = re.compile(r"""(?<!\s\d)[.!?…]+["')\]”’»]*\s+|[。！？]+[」』）]*\s*|\s*\n\s*""")  # noqa: RUF001 - Chinese and Japanese
"""Not the stop of a list's number, as in ` 2. `."""
_WORD_ENDS = re.compile(r"\s+")

_ZWJ = "\u200d"
_JOINS_LEFT = frozenset(
    {_ZWJ, "\u200c", "\uff9e", "\uff9f"}
    | {chr(point) for point in range(0x1F3FB, 0x1F400)}  # skin tones
    | {chr(point) for point in range(0xE0020, 0xE0080)}  # tags, which spell the flags of regions
)
_FLAG_LETTERS = frozenset(chr(point) for point in range(0x1F1E6, 0x1F200))
_VIRAMA_CLASS = 9


def split(text: str) -> list[str]:
    """The parts of a text in order, each at most MOST_BYTES, without blanks at either end.

    Only blanks are lost, and only where it is cut. A text of nothing but blanks has no parts.
    """
    parts = []
    rest = text.strip()
    while len(rest.encode()) > MOST_BYTES:
        end = _cut(rest)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*parts, rest] if rest else parts


def _cut(text: str) -> int:
    """Where the first part of a text that is too long ends: an index, above zero."""
    room = len(text.encode()[:MOST_BYTES].decode(errors="ignore"))
    ends = set(_character_ends(text[: room + 2]))
    for breaks in (_SENTENCE_ENDS, _WORD_ENDS):
        found = [match.end() for match in breaks.finditer(text, 0, room + 1) if match.end() in ends]
        fitting = [end for end in found if len(text[:end].rstrip()) <= room]
        if fitting:
            return fitting[-1]
    return max((end for end in ends if end <= room), default=room)


def _character_ends(text: str) -> Iterator[int]:
    """The indexes at which one visible character ends and the next begins (Unicode annex 29, on the safe side)."""
    flags = 0
    for index in range(1, len(text)):
        before, after = text[index - 1], text[index]
        flags = flags + 1 if before in _FLAG_LETTERS else 0
        if not _belong_together(before, after) and not (after in _FLAG_LETTERS and flags % 2):
            yield index


def _belong_together(before: str, after: str) -> bool:
    if after in _JOINS_LEFT or unicodedata.category(after).startswith("M"):
        return True
    if before == _ZWJ or unicodedata.combining(before) == _VIRAMA_CLASS or before + after == "\r\n":
        return True
    return _hangul(before) + _hangul(after) in _SYLLABLES


_SYLLABLES = frozenset({"LL", "LV", "LG", "LH", "VV", "VT", "GV", "GT", "TT", "HT"})
"""Kinds of Hangul that make one syllable when they stand together; G is a syllable open at its end, H a closed one."""
_HANGUL = (
    (0x1100, 0x115F, "L"),
    (0x1160, 0x11A7, "V"),
    (0x11A8, 0x11FF, "T"),
    (0xA960, 0xA97C, "L"),
    (0xD7B0, 0xD7C6, "V"),
    (0xD7CB, 0xD7FB, "T"),
)
_SYLLABLE_FIRST, _SYLLABLE_LAST, _CLOSINGS = 0xAC00, 0xD7A3, 28


def _hangul(char: str) -> str:
    point = ord(char)
    if _SYLLABLE_FIRST <= point <= _SYLLABLE_LAST:
        return "H" if (point - _SYLLABLE_FIRST) % _CLOSINGS else "G"
    return next((kind for first, last, kind in _HANGUL if first <= point <= last), "-")
