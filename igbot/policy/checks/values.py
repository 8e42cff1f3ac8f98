"""Periods, clocks, places, languages and money: is each value what it should be?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision, list_currencies

from igbot.policy.periods import Period
from igbot.policy.problems import Problem, did_you_mean
from igbot.policy.shape import PackFile

_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def periods(file: PackFile) -> Iterator[Problem]:
    """P15: every duration is ISO 8601, of one kind, above zero."""
    for place, text in _durations(file):
        try:
            Period.parse(text)
        except ValueError as error:
            remedy = "P1M is one month, PT1M one minute; P14D are 14 days, PT24H 24 hours."
            yield Problem("P15", place, f"{error}.", remedy)


def _durations(file: PackFile) -> Iterator[tuple[str, str]]:
    yield "shop.owner_reply", file.shop.owner_reply
    for name, value in file.periods:
        texts: Sequence[str] = [value] if isinstance(value, str) else value or []
        yield from ((f"periods.{name}", text) for text in texts)
    for one in file.claim.age.classes if file.claim.age else ():
        if one.within:
            yield f"claim.age.classes.{one.value}", one.within
    for review in file.statutory.review_refusals if file.statutory else ():
        yield f"statutory.review_refusals.{review.country}", review.within


def clock_classes(file: PackFile) -> Iterator[Problem]:
    """P16: the classes of a clock grow, only the last one has no limit, and the fact has the same values."""
    if (clock := file.claim.age) is None:
        return
    found = ", ".join(f"{one.value} ({one.within or 'no limit'})" for one in clock.classes)
    without = [n for n, one in enumerate(clock.classes) if one.within is None]
    if without != [len(clock.classes) - 1]:
        yield Problem("P16", "claim.age.classes", f"Only the last class has no limit; found {found}.")
    reach = [_reach(one.within) for one in clock.classes if one.within]
    if any(first and second and second <= first for first, second in pairwise(reach)):
        yield Problem("P16", "claim.age.classes", f"Each class must reach further than the one before; found {found}.")
    if "age" in file.facts and file.facts["age"].values != [one.value for one in clock.classes]:
        yield Problem("P16", "facts.age.values", f"The clock makes other values: {found}.", "Give both the same ones.")


def _reach(text: str) -> datetime | None:
    try:
        return Period.parse(text).end(_SOME_DAY, UTC)
    except ValueError:
        return None  # P15 says so


def places_and_languages(file: PackFile) -> Iterator[Problem]:
    """P17: zone, country, currency and languages exist."""
    known_zones, countries, currencies = available_timezones(), _countries(), list_currencies()
    yield from _exists("shop.time_zone", file.shop.time_zone, known_zones, "a time zone such as Asia/Seoul")
    yield from _exists("shop.country", file.shop.country, countries, "a country such as KR (ISO 3166-1)")
    yield from _exists("shop.currency", file.shop.currency, currencies, "a currency such as KRW (ISO 4217)")
    for name, money_ in file.money.items():
        yield from _exists(f"money.{name}.currency", money_.currency, currencies, "a currency such as KRW (ISO 4217)")
    if file.returns:
        yield from _exists("returns.address.country", file.returns.address.country, countries, "a country such as KR")
    for review in file.statutory.review_refusals if file.statutory else ():
        yield from _exists("statutory.review_refusals", review.country, countries, "a country such as KR")
    for language in file.pack.languages:
        try:
            Locale.parse(language, sep="-")
        except (UnknownLocaleError, ValueError):
            yield Problem(
                "P17", "pack.languages", f"{language!r} is no language tag.", "Known ones are ko, en, ja, ..."
            )
    yield from _exists("owner.language", file.owner.language, file.pack.languages, "one of the pack's languages")


def _exists(place: str, value: str, known: Iterable[str], what: str) -> Iterator[Problem]:
    names = set(known)
    if value not in names:
        near = did_you_mean(value, names) if len(names) > 1 else ""
        yield Problem("P17", place, f"{value!r} is not {what}.", near if near.startswith("Did") else "")


@cache
def _countries() -> frozenset[str]:
    return frozenset(code for code in map(str, Locale("en").territories) if re.fullmatch("[A-Z]{2}", code))


def money(file: PackFile) -> Iterator[Problem]:
    """P18: amounts are whole numbers of minor units, never below zero."""
    for name, one in file.money.items():
        if isinstance(one.amount, float) or one.amount < 0:
            decimals = get_currency_precision(one.currency) if one.currency in list_currencies() else 2
            example = f"{one.currency} 5 is written {5 * 10**decimals}"
            yield Problem(
                "P18", f"money.{name}.amount", f"{one.amount} is no whole number of minor units.", f"{example}."
            )
