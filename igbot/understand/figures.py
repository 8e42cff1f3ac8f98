"""Order numbers, ring sizes and amounts of money in a message. The patterns are data; here is what they yield."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from igbot.understand.normal import fold, fold_pattern

_SIZE = r"(?:1\d|2[0-6]|\d)(?:\.5|\.25|\.75| ?1/2)?(?![\d/:%])"
_AMOUNT = r"(?P<amount>\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(?P<cents>\d{1,2})(?!\d))?"


class Found(NamedTuple):
    """A value and its place in the plain text."""

    value: Any
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The compiled patterns of all languages."""

    order_numbers: tuple[re.Pattern[str], ...]
    asked_numbers: tuple[re.Pattern[str], ...]
    not_numbers: tuple[re.Pattern[str], ...]
    sizes: tuple[re.Pattern[str], ...]
    asked_sizes: tuple[re.Pattern[str], ...]
    prices: tuple[re.Pattern[str], ...]
    currencies: Mapping[str, tuple[str, int]]
    multiples: Mapping[str, int]

    @classmethod
    def of(cls, rules: Mapping[str, Any], languages: Mapping[str, Mapping[str, Any]]) -> Figures:
        """Compile the data of the rules file and of every language. Raises re.error or KeyError if they do not fit."""
        every = list(languages.values())
        numbers = rules.get("order_no", {})
        names = "|".join(fold_pattern(name) for words in every for name in words.get("order_no", {}).get("names", ()))
        currencies = {
            fold(sign): (code, money["digits"])
            for code, money in rules.get("money", {}).items()
            for sign in money["signs"]
        }
        multiples = {
            fold(word): factor
            for words in every
            for word, factor in words.get("money", {}).get("multiples", {}).items()
        }
        named = re.compile(f"(?:{names or '(?!)'}){fold_pattern(numbers.get('named', '(?!)'))}")
        return cls(
            order_numbers=(named, *_whole(numbers.get("plain", ()))),
            asked_numbers=_whole(numbers.get("asked", ())),
            not_numbers=tuple(re.compile(pattern) for pattern in numbers.get("not_one", ())),
            sizes=_sized(every, "patterns"),
            asked_sizes=_sized(every, "asked"),
            prices=_prices(currencies, multiples),
            currencies=currencies,
            multiples=multiples,
        )

    def order_no(self, text: str, *, asked: bool) -> Found | None:
        """The order number, in capitals; a bare figure only if it was asked for."""
        taken = [match.span() for pattern in self.not_numbers for match in pattern.finditer(text)]
        for match in _first(self.order_numbers + (self.asked_numbers if asked else ()), text):
            start, end = match.span("no")
            if not any(start < last and first < end for first, last in taken):
                return Found(match["no"].upper(), start, end)
        return None

    def ring_size(self, text: str, *, asked: bool) -> Found | None:
        """`{"from"?, "to"}` as text: the size wanted (or the one that came wrongly) and the one it is instead of."""
        for match in _first(self.sizes + (self.asked_sizes if asked else ()), text):
            sizes = {name: size.replace(" 1/2", ".5") for name, size in match.groupdict().items() if size}
            return Found(dict(sorted(sizes.items())), match.start(), match.end())
        return None

    def money(self, text: str) -> Found | None:
        """`{"amount", "currency"}` in minor units."""
        for match in _first(self.prices, text):
            code, digits = self.currencies[match["sign"]]
            whole = int(match["amount"].replace(",", "")) * self.multiples.get(match["times"] or "", 1)
            cents = int((match["cents"] or "").ljust(digits, "0")[:digits] or 0)
            return Found({"amount": whole * 10**digits + cents, "currency": code}, match.start(), match.end())
        return None


def _whole(patterns: list[str]) -> tuple[re.Pattern[str], ...]:
    """Patterns that must not start or stop inside a longer figure."""
    return tuple(re.compile(rf"(?<![\w-])(?<!\d[./:]){pattern}(?![a-z\d]|-\d)") for pattern in patterns)


def _sized(languages: list[Mapping[str, Any]], key: str) -> tuple[re.Pattern[str], ...]:
    patterns = (fold_pattern(pattern) for words in languages for pattern in words.get("ring_size", {}).get(key, ()))
    return tuple(re.compile(rf"(?<![\d.,#-]){pattern.format(size=_SIZE)}") for pattern in patterns)


def _prices(currencies: Mapping[str, Any], multiples: Mapping[str, int]) -> tuple[re.Pattern[str], ...]:
    sign = "|".join(sorted(map(re.escape, currencies), key=len, reverse=True)) or "(?!)"
    times = "|".join(map(re.escape, multiples)) or "(?!)"
    return (
        re.compile(rf"(?<![\w]){_AMOUNT} ?(?P<times>{times})? ?(?P<sign>{sign})(?![a-z])"),
        re.compile(rf"(?<![a-z])(?P<sign>{sign}) ?{_AMOUNT} ?(?P<times>{times})?(?![a-z\d])"),
    )


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> Iterator[re.Match[str]]:
    for pattern in patterns:
        yield from pattern.finditer(text)
