"""How a shop speaks in one language: its sentences, and days, money and periods as people write them there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_currency, get_currency_precision
from babel.units import format_unit

from igbot.policy import Pack, Period, Span
from igbot.texts import Texts


@dataclass(frozen=True)
class Tap:
    """A button as it is sent: what comes back when it is tapped, and its label in the language spoken."""

    payload: str
    label: str


@dataclass(frozen=True)
class Words:
    """One thing to say, with the key it is known by and the buttons under it."""

    key: str
    text: str
    taps: tuple[Tap, ...] = ()


@dataclass(frozen=True)
class Voice:
    """Whoever speaks: the shop's pack and texts, in one language."""

    pack: Pack
    texts: Texts
    language: str

    def say(self, key: str, **blanks: object) -> str:
        """A sentence of the flows, or the pack's own instead of it."""
        blanks = {**self.blanks, **blanks}
        override = self.pack.text(key, self.language) if key in self.pack.texts else None
        return override.format(**blanks) if override else self.texts.say(key, self.language, **blanks)

    @property
    def blanks(self) -> dict[str, str]:
        """What any sentence may mention."""
        return {"shop": self.shop_name, "owner_reply": self.period(self.pack.shop.owner_reply)}

    @property
    def shop_name(self) -> str:
        """The shop's name in this language."""
        return self.pack.in_language(self.pack.shop.name, self.language)

    def instant(self, instant: datetime, zone: ZoneInfo) -> str:
        """A moment in a zone, to the minute."""
        there = instant.astimezone(zone)
        day = format_skeleton("MMMEd", there.date(), locale=self.language)
        return f"{day} {format_skeleton('Hm', there, tzinfo=zone, locale=self.language)}"

    def day(self, day: date) -> str:
        """A day, with its year."""
        return format_skeleton("yMMMEd", day, locale=self.language)

    def span(self, span: Span, zone: ZoneInfo) -> str:
        """When something happened, as exactly as it is known: a moment, a day, or from one day to another."""
        first, last = (instant.astimezone(zone) for instant in (span.first, span.last))
        if first == last:
            return self.instant(first, zone)
        days = dict.fromkeys([self.day(first.date()), self.day(last.date())])
        return " ~ ".join(days)

    def money(self, minor: int, currency: str) -> str:
        """An amount of minor units, as people write it."""
        return format_currency(Decimal(minor).scaleb(-get_currency_precision(currency)), currency, locale=self.language)

    def period(self, period: Period) -> str:
        """`24 hours`, `1 month`."""
        hours, seconds = divmod(int(period.elapsed.total_seconds()) if period.elapsed else 0, 3600)
        amounts = {"month": period.months, "day": period.days, "hour": hours, "minute": seconds // 60}
        return format_list(
            [self._amount(count, unit) for unit, count in amounts.items() if count], locale=self.language
        )

    def _amount(self, count: int, unit: str) -> str:
        for length in ("long", "short"):  # where a language has one form for both, CLDR keeps only the short one
            text = format_unit(count, f"duration-{unit}", length=length, locale=self.language)
            if "duration" not in text:
                return text
        return f"{count} {unit}"

    def zone(self, zone: ZoneInfo) -> str:
        """The city a zone is named after."""
        return get_timezone_location(zone, locale=self.language, return_city=True)
