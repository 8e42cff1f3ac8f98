"""When did it arrive? Days and hours in words, always read as past, in the zone of `now`.

The patterns are data of the languages (`[dates]`); here is what they mean. A day that is exactly meant gives a date; an
hour or a part of a day narrows it to a span of instants; vague words give a span without a date, or nothing; a future
day gives nothing (DECISION-TABLE 4: "yesterday" is that whole day, "around three" is 14:00-16:00).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from igbot.understand.day_words import DayWords, Mention

ABOUT = timedelta(hours=1)
"""How far "around three" reaches either way."""
ON_THE_HOUR = timedelta(minutes=30)
"""How far "at three" reaches either way: people round."""
PLAUSIBLE = timedelta(days=200)
"""A day and month without a year is not taken for one longer ago than this."""
NEAR = 14
"""Characters between a day and the hour that belongs to it."""
_DAY = timedelta(days=1)
_NOON, _EVENING = 12, 7


@dataclass(frozen=True, slots=True)
class Received:
    """When a piece arrived, as told.

    `date` only if exactly one day is meant. `earliest` and `latest` (aware, the latter not included) only if it is not
    that whole day: a part of a day, an hour, or several days. `text` is what the customer wrote.
    `names_day` is False for an hour alone: it is then taken to be today's, or yesterday's.
    """

    date: date | None
    earliest: datetime | None
    latest: datetime | None
    text: str
    part: str | None = None
    time: time | None = None
    names_day: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """A day or span found in plain text, and where."""

    start: int
    end: int
    earliest: datetime
    latest: datetime
    part: str | None = None
    time: time | None = None
    names_day: bool = True

    @property
    def day(self) -> date | None:
        """The one local day that the whole span lies in."""
        first, last = self.earliest.date(), (self.latest - timedelta(microseconds=1)).date()
        return first if first == last else None

    @property
    def is_whole(self) -> bool:
        """Is it meant as a whole day, with no hour named?"""
        return self.part is None and self.time is None and self.earliest.time() == time()


def told_days(text: str, words: DayWords, now: datetime, *, month_first: bool) -> list[Told]:
    """Every past day or span mentioned, in order of place, hours joined to their day.

    `month_first`: figures like 3/4 can only mean March.
    """
    mentions = [replace(mention, month_first=month_first) for mention in words.find(text)]
    days = [told for mention in mentions if (told := _day(mention, now))]
    hours = [mention for mention in mentions if mention.kind in {"part", "clock", "night"}]
    joined = [_narrowed(day, _close(day, hours, mentions), now) for day in days]
    if not days and not any(mention.kind not in {"part", "clock"} for mention in mentions) and hours:
        joined = _latest_occurrence(hours, now)
    return [told for told in joined if told]


def _latest_occurrence(hours: list[Mention], now: datetime) -> list[Told | None]:
    """An hour without a day: today's, or yesterday's if today's is still to come."""
    start, end = hours[0].start, hours[-1].end
    for back in (0, 1):
        midnight = _midnight(now, now.date() - back * _DAY)
        day = Told(start, end, midnight, _midnight(now, midnight.date() + _DAY), names_day=False)
        if told := _narrowed(day, hours, now):
            return [told]
    return []


def _midnight(now: datetime, day: date) -> datetime:
    return datetime.combine(day, time(), now.tzinfo)


def _whole(mention: Mention, now: datetime, first: date, last: date | None = None) -> Told | None:
    """The days from `first` to `last`, unless they are still to come."""
    if first > now.date():
        return None
    last = min(last or first, now.date())
    return Told(mention.start, mention.end, _midnight(now, first), _midnight(now, last + _DAY))


def _day(mention: Mention, now: datetime) -> Told | None:
    meaning = _MEANINGS.get(mention.kind)
    try:
        return meaning(mention, now) if meaning else None
    except (ValueError, OverflowError):
        return None  # no such day: 31 November, or a number of days beyond the calendar


def _days_back(mention: Mention, now: datetime) -> Told | None:
    near, far = mention.days
    return _whole(mention, now, now.date() - far * _DAY, now.date() - near * _DAY)


def _ago_days(mention: Mention, now: datetime) -> Told | None:
    return _about_days(mention, now, mention.number, 1)


def _ago_weeks(mention: Mention, now: datetime) -> Told | None:
    return _about_days(mention, now, mention.number * 7, 2)


def _about_days(mention: Mention, now: datetime, days: int, slack: int) -> Told | None:
    day = now.date() - days * _DAY
    slack = slack if mention.about else 0
    return _whole(mention, now, day - slack * _DAY, day + slack * _DAY)


def _ago_months(mention: Mention, now: datetime) -> Told | None:
    day = now.date() - timedelta(days=round(mention.number * 30.4))
    return _whole(mention, now, day - 4 * _DAY, day + 4 * _DAY)


def _ago_hours(mention: Mention, now: datetime) -> Told | None:
    return _ago(mention, now, timedelta(hours=1))


def _ago_minutes(mention: Mention, now: datetime) -> Told | None:
    return _ago(mention, now, timedelta(minutes=1))


def _ago(mention: Mention, now: datetime, unit: timedelta) -> Told | None:
    instant, slack = now - mention.number * unit, unit * max(0.5, mention.number * 0.2)
    return Told(mention.start, mention.end, instant - slack, min(now, instant + slack))


def _just_now(mention: Mention, now: datetime) -> Told | None:
    return Told(mention.start, mention.end, now - timedelta(hours=3), now)


def _weekday_this_week(mention: Mention, now: datetime) -> Told | None:
    return _whole(mention, now, _monday(now) + mention.weekday * _DAY)


def _weekday_last_week(mention: Mention, now: datetime) -> Told | None:
    return _whole(mention, now, _monday(now) + (mention.weekday - 7) * _DAY)


def _weekday_bare(mention: Mention, now: datetime) -> Told | None:
    """The latest such day; on that very weekday it may be today or a week ago."""
    back = (now.weekday() - mention.weekday) % 7
    if back == 0:
        return _whole(mention, now, now.date() - 7 * _DAY, now.date())
    return _whole(mention, now, now.date() - back * _DAY)


def _weekday_last(mention: Mention, now: datetime) -> Told | None:
    """Last Friday: plain while this week's is still to come, else people mean either of two."""
    back = (now.weekday() - mention.weekday) % 7 or 7
    latest = now.date() - back * _DAY
    if latest < _monday(now):
        return _whole(mention, now, latest)
    return _whole(mention, now, latest - 7 * _DAY, latest)


def _monday(now: datetime) -> date:
    return now.date() - now.weekday() * _DAY


def _last_week(mention: Mention, now: datetime) -> Told | None:
    return _whole(mention, now, _monday(now) - 7 * _DAY, _monday(now) - _DAY)


def _this_week(mention: Mention, now: datetime) -> Told | None:
    return _whole(mention, now, _monday(now), now.date())


def _last_weekend(mention: Mention, now: datetime) -> Told | None:
    saturday = _monday(now) - 2 * _DAY
    return _whole(mention, now, saturday, saturday + _DAY)


def _last_month(mention: Mention, now: datetime) -> Told | None:
    last = now.date().replace(day=1) - _DAY
    return _whole(mention, now, last.replace(day=1), last)


def _full(mention: Mention, now: datetime) -> Told | None:
    return _whole(mention, now, date(mention.year, mention.month, mention.day))


def _month_day(mention: Mention, now: datetime) -> Told | None:
    return _one_of(mention, now, _in_year(now, mention.month, mention.day))


def _numeric(mention: Mention, now: datetime) -> Told | None:
    """Month and day in figures; a Korean writes the month first, others are asked if both orders fit."""
    month_first = _in_year(now, mention.first, mention.second)
    day_first = [] if mention.month_first else _in_year(now, mention.second, mention.first)
    return _one_of(mention, now, [*month_first, *day_first])


def _day_only(mention: Mention, now: datetime) -> Told | None:
    today = now.date()
    for month in (today, today.replace(day=1) - _DAY):
        if _exists(month.year, month.month, mention.day) and (day := month.replace(day=mention.day)) <= today:
            return _whole(mention, now, day)
    return None


def _in_year(now: datetime, month: int, day: int) -> list[date]:
    """That day of this year and the last, where it is past and not too long ago."""
    days = (date(year, month, day) for year in (now.year, now.year - 1) if _exists(year, month, day))
    return [day for day in days if timedelta() <= now.date() - day <= PLAUSIBLE]


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _one_of(mention: Mention, now: datetime, days: Iterable[date]) -> Told | None:
    """The day, if only one fits."""
    distinct = set(days)
    return _whole(mention, now, distinct.pop()) if len(distinct) == 1 else None


_MEANINGS: dict[str, Callable[[Mention, datetime], Told | None]] = {
    "day": _days_back, "night": _days_back, "now": _just_now,
    "ago.days": _ago_days, "ago.weeks": _ago_weeks, "ago.months": _ago_months,
    "ago.hours": _ago_hours, "ago.minutes": _ago_minutes,
    "weekday.this_week": _weekday_this_week, "weekday.last_week": _weekday_last_week,
    "weekday.last": _weekday_last, "weekday.bare": _weekday_bare,
    "spans.last_week": _last_week, "spans.this_week": _this_week,
    "spans.last_weekend": _last_weekend, "spans.last_month": _last_month,
    "calendar.full": _full, "calendar.month_day": _month_day,
    "calendar.numeric": _numeric, "calendar.day_only": _day_only,
}  # fmt: skip


def _close(day: Told, hours: list[Mention], mentions: list[Mention]) -> list[Mention]:
    """The parts of a day and clock times said next to a day and not next to another one."""
    others = [m for m in mentions if m.kind in _MEANINGS and (m.start, m.end) != (day.start, day.end)]
    return [
        hour
        for hour in hours
        if _distance(hour, day) <= NEAR and not any(_distance(hour, other) < _distance(hour, day) for other in others)
    ]


def _distance(one: Mention | Told, other: Mention | Told) -> int:
    return max(one.start - other.end, other.start - one.end, 0)


def _narrowed(day: Told, hours: list[Mention], now: datetime) -> Told | None:
    """The day cut down to the part or hour told with it, and at `now`; None if nothing is left."""
    part = next((hour for hour in hours if hour.part), None)
    clock = next((hour for hour in hours if hour.hour is not None), None)
    told = replace(
        day,
        start=min([day.start, *(hour.start for hour in hours)]),
        end=max([day.end, *(hour.end for hour in hours)]),
        part=part.part if part else None,
    )
    if day.day and clock:
        told = _at_clock(told, clock, part)
    elif day.day and part:
        first, last = part.part_hours
        told = replace(told, earliest=_at(day, first), latest=_at(day, last))
    told = replace(told, latest=min(told.latest, now))
    return told if told.earliest < told.latest else None


def _at(day: Told, minutes: int) -> datetime:
    """So many minutes of wall clock into the day."""
    days, minutes = divmod(minutes, 24 * 60)
    return datetime.combine(day.earliest.date() + days * _DAY, time(minutes // 60, minutes % 60), day.earliest.tzinfo)


def _at_clock(day: Told, clock: Mention, part: Mention | None) -> Told:
    hours = sorted(_hours_meant(clock, part))
    slack = ABOUT if clock.about else timedelta(minutes=1) if clock.minute is not None else ON_THE_HOUR
    minute = clock.minute or 0
    before = timedelta() if clock.minute is not None and not clock.about else slack
    earliest = _at(day, hours[0] * 60 + minute) - before
    latest = _at(day, hours[-1] * 60 + minute) + slack
    exact = time(hours[0], minute) if len(hours) == 1 else None
    midnight, next_midnight = _at(day, 0), _at(day, 24 * 60)
    return replace(day, earliest=max(earliest, midnight), latest=min(latest, next_midnight), time=exact)


def _same_half(both: set[int], first: int, last: int) -> set[int]:
    """The hour that lies with a part of the day before or after noon: eight in the afternoon is twenty o'clock."""
    if first >= _NOON * 60 and last < 24 * 60:  # a night goes on past midnight
        return {max(both)}
    return {min(both)} if last <= _NOON * 60 else both


def _hours_meant(clock: Mention, part: Mention | None) -> Iterator[int]:
    """The hours of the day a spoken hour may be: the part of the day decides, else parcels come by day."""
    hour = clock.hour or 0
    if hour > _NOON or hour == 0:
        yield hour % 24
        return
    both = {hour % _NOON, hour % _NOON + _NOON}
    if clock.half_day:
        yield min(both) if clock.half_day == "am" else max(both)
        return
    fitting = both
    if part:
        first, last = part.part_hours
        fitting = {h for h in both if first <= h * 60 < last} or _same_half(both, first, last)
    elif hour < _EVENING or hour == _NOON:
        fitting = {max(both)}
    yield from fitting
