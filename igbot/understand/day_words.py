"""Where does a message speak of days and hours? The patterns of all languages, compiled once.

A pattern is a regular expression with {number} {counted} {weekday} {monthname} {year} {month} {day} {first} {second}
{hour} {minute} {ampm} in it. What a mention means for a calendar stands in `dates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from igbot.understand.normal import fold, fold_pattern

_DIGITS = {
    "year": r"(?P<year>20\d\d)", "month": r"(?P<month>1[0-2]|0?[1-9])", "day": r"(?P<day>3[01]|[12]\d|0?[1-9])",
    "first": r"(?P<first>3[01]|[12]\d|0?[1-9])", "second": r"(?P<second>3[01]|[12]\d|0?[1-9])",
    "minute": r"(?P<minute>[0-5]\d)", "ampm": r"(?P<ampm>a\.?m\.?|p\.?m\.?)",
}  # fmt: skip
_LEFT = r"(?<![\w#-])(?<!\d[./:])"
_RIGHT = r"(?![-/]?\d)"
MOST_MENTIONS = 12
"""Days and hours looked at in one message."""
_ABOUT_WITHIN = 16
"""Characters before and after a figure in which a word like "about" may stand."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention: its kind, its place in the plain text, and the figures in it."""

    kind: str
    start: int
    end: int
    about: bool = False
    days: tuple[int, int] = (0, 0)
    number: int = 1
    weekday: int = 0
    year: int = 0
    month: int = 0
    day: int = 0
    first: int = 0
    second: int = 0
    month_first: bool = False
    part: str | None = None
    part_hours: tuple[int, int] = (0, 0)
    hour: int | None = None
    minute: int | None = None
    half_day: str | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """One compiled pattern, with the tables that turn its words into figures."""

    kind: str
    expression: re.Pattern[str]
    tables: Tables
    fixed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tables:
    """The words of one language for numbers, weekdays and months."""

    numbers: Mapping[str, int]
    counted: Mapping[str, int]
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    about: re.Pattern[str]
    about_before: re.Pattern[str]
    about_after: re.Pattern[str]

    @classmethod
    def of(cls, dates: Mapping[str, Any]) -> Tables:
        """Read a language's `[dates]`."""
        named = {
            name: {fold(word): value for word, value in dates.get(name, {}).items()}
            for name in ("numbers", "counted", "weekdays", "months")
        }
        about = fold_pattern(dates.get("about", r"(?!)"))
        return cls(
            **named,
            about=re.compile(about),
            about_before=re.compile(rf"{about}\W*$"),
            about_after=re.compile(rf"\W*{about}"),
        )

    def is_about(self, match: re.Match[str]) -> bool:
        """Does a word like "about" stand in the mention or next to it?"""
        before = match.string[max(0, match.start() - _ABOUT_WITHIN) : match.start()]
        after = match.string[match.end() : match.end() + _ABOUT_WITHIN]
        return bool(self.about.search(match[0]) or self.about_before.search(before) or self.about_after.match(after))

    def compile(self, pattern: str) -> re.Pattern[str]:
        """Fill in the placeholders; a number is not taken out of a longer figure. Raises re.error, KeyError."""
        words = {
            "number": rf"(?P<number>\d{{1,3}}|{_any(self.numbers)})",
            "counted": rf"(?P<counted>{_any(self.counted)})",
            "weekday": rf"(?P<weekday>{_any(self.weekdays)})",
            "monthname": rf"(?P<monthname>{_any(self.months)})",
            "hour": rf"(?P<hour>2[0-4]|1\d|0?\d|{_any(self.numbers)})",
        }
        filled = re.sub(r"\{([a-z]+)\}", lambda name: (_DIGITS | words)[name[1]], fold_pattern(pattern))
        latin = r"(?![a-z])" if re.search("[a-z]", pattern.replace("(?", "")[-12:]) or pattern.isascii() else ""
        return re.compile(f"{_left(pattern)}(?:{filled}){latin}{_RIGHT}")


def _left(pattern: str) -> str:
    """Korean day words may hang on the word before them; figures and Latin words may not."""
    return _LEFT if pattern.isascii() or pattern.lstrip("(?:").startswith("{") else r"(?<!\d)"


def _any(words: Mapping[str, int]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True)) or r"(?!)"


@dataclass(frozen=True, slots=True)
class DayWords:
    """All patterns of all languages."""

    patterns: tuple[Pattern, ...]

    @classmethod
    def of(cls, tables: Iterable[Mapping[str, Any]]) -> DayWords:
        """Compile every `[dates]` table. Raises re.error or KeyError naming what does not fit."""
        return cls(tuple(pattern for dates in tables for pattern in _patterns(dates)))

    def find(self, text: str) -> list[Mention]:
        """Every mention by place; one inside a longer one does not count."""
        found = [_mention(pattern, match) for pattern in self.patterns for match in pattern.expression.finditer(text)]
        kept: list[Mention] = []
        for mention in sorted(found, key=lambda mention: (mention.start, -mention.end, mention.kind)):
            if not kept or mention.end > kept[-1].end:
                kept.append(mention)
        return kept[:MOST_MENTIONS]


def _patterns(dates: Mapping[str, Any]) -> Iterator[Pattern]:
    tables = Tables.of(dates)
    for kind in ("future", "vague", "now"):
        for text in dates.get(kind, ()):
            yield Pattern(kind, tables.compile(text), tables)
    for kind in ("ago", "weekday", "spans", "calendar"):
        for name, texts in dates.get(kind, {}).items():
            for text in texts:
                yield Pattern(f"{kind}.{name}", tables.compile(text), tables)
    parts = {name: tuple(map(_minutes, hours)) for name, hours in dates.get("parts", {}).items()}
    for text, days in dates.get("days", {}).items():
        yield Pattern("day", tables.compile(text), tables, {"days": tuple(days)})
    for text, (back, part) in dates.get("nights", {}).items():
        hours = parts[next(name for name in parts if part in name.split("|"))]
        yield Pattern("night", tables.compile(text), tables, {"days": (back, back), "part": part, "part_hours": hours})
    for text, hours in parts.items():
        yield Pattern("part", tables.compile(text), tables, {"part": text.split("|")[0], "part_hours": hours})
    for text in dates.get("clock", {}).get("patterns", ()):
        yield Pattern("clock", tables.compile(text), tables)


def _minutes(clock: str) -> int:
    hours, minutes = map(int, clock.split(":"))
    return hours * 60 + minutes


def _mention(pattern: Pattern, match: re.Match[str]) -> Mention:
    tables, said = pattern.tables, {name: value for name, value in match.groupdict().items() if value}
    figures: dict[str, Any] = dict(pattern.fixed)
    figures |= {name: int(said[name]) for name in ("year", "month", "day", "first", "second", "minute") if name in said}
    figures |= {name: table[said[key]] for name, key, table in _lookups(tables) if key in said}
    figures |= {name: _figure(said[name], tables) for name in ("number", "hour") if name in said}
    if "half" in said:
        figures["minute"] = 30
    if "ampm" in said:
        figures["half_day"] = said["ampm"][0] + "m"
    return Mention(pattern.kind, match.start(), match.end(), about=tables.is_about(match), **figures)


def _lookups(tables: Tables) -> tuple[tuple[str, str, Mapping[str, int]], ...]:
    return (
        ("number", "counted", tables.counted),
        ("weekday", "weekday", tables.weekdays),
        ("month", "monthname", tables.months),
    )


def _figure(said: str, tables: Tables) -> int:
    return int(said) if said.isdecimal() else tables.numbers[said]
