"""How long is a period? ISO 8601 durations, kept apart by kind, because a day is not always 24 hours.

`PT24H` is elapsed time: so many seconds between two instants, whatever the clocks on the wall do.
`P1M` or `P7D` is calendar time: it counts local dates of a zone, and its last day is inside as a whole.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_CALENDAR = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_ELAPSED = re.compile(r"PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Period:
    """A duration: `elapsed` if it counts seconds, otherwise `months` and `days` of a calendar."""

    text: str
    elapsed: timedelta | None = None
    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period an ISO 8601 duration names.

        Raises ValueError with a sentence when it is none, mixes both kinds, or is not above zero.
        """
        if match := _ELAPSED.fullmatch(text):
            hours, minutes, seconds = _numbers(match)
            period = cls(text, elapsed=timedelta(hours=hours, minutes=minutes, seconds=seconds))
        elif match := _CALENDAR.fullmatch(text):
            years, months, weeks, days = _numbers(match)
            period = cls(text, months=12 * years + months, days=7 * weeks + days)
        elif re.fullmatch(r"P[\dYMWD]+T[\dHMS]+", text):
            raise ValueError(f"{text} mixes calendar days with hours")
        else:
            raise ValueError(f"{text!r} is not an ISO 8601 duration of whole units")
        if not (period.elapsed or period.months or period.days):
            raise ValueError(f"{text} is no time at all")
        return period

    def last_day(self, first: date) -> date:
        """The last date inside a calendar period that starts on `first` (which is day 0).

        31 January and one month is the last day of February. Raises ValueError for elapsed time.
        """
        if self.elapsed is not None:
            raise ValueError(f"{self.text} counts seconds, not days")
        month = first.year * 12 + first.month - 1 + self.months
        year, month = month // 12, month % 12 + 1
        return first.replace(year=year, month=month, day=min(first.day, monthrange(year, month)[1])) + timedelta(
            days=self.days
        )

    def end(self, after: datetime, zone: tzinfo) -> datetime:
        """The last second (UTC) that is inside when the period starts at an aware instant, read in `zone`."""
        if self.elapsed is not None:
            return after.astimezone(UTC) + self.elapsed
        return last_instant(self.last_day(after.astimezone(zone).date()), zone)


def _numbers(match: re.Match[str]) -> list[int]:
    return [int(number or 0) for number in match.groups()]


def first_instant(day: date, zone: tzinfo) -> datetime:
    """When a date begins in a zone (UTC), also where the clocks change at midnight."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def last_instant(day: date, zone: tzinfo) -> datetime:
    """The last whole second of a date in a zone (UTC); the day has 23, 24 or 25 hours."""
    return first_instant(day + timedelta(days=1), zone) - _SECOND
