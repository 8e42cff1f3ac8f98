"""Durations are read exactly, and calendar ones count dates."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from igbot.policy import Period

SEOUL, NEW_YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT24H", 86400), ("PT20H", 72000), ("PT1M", 60), ("PT1H30M", 5400), ("PT90S", 90), ("PT0H5M", 300)],
)
def test_elapsed_time_is_seconds(text, seconds):
    assert Period.parse(text).elapsed == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "months", "days"),
    [("P1M", 1, 0), ("P14D", 0, 14), ("P2W", 0, 14), ("P1Y2M", 14, 0), ("P1M7D", 1, 7), ("P1Y", 12, 0)],
)
def test_calendar_time_is_months_and_days(text, months, days):
    period = Period.parse(text)
    assert (period.elapsed, period.months, period.days) == (None, months, days)


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "24H", "P1DT12H", "P0D", "PT0S", "-P1D", "P-1D", "P1.5M", "P1,5D", "p1m", "P1M ", "1 month", "P1H"],
)
def test_anything_else_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r".{10}"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("P1M", "2026-11-20", "2026-12-20"),
        ("P1M", "2026-01-31", "2026-02-28"),
        ("P1M", "2028-01-31", "2028-02-29"),
        ("P1M", "2028-02-29", "2028-03-29"),
        ("P1M", "2026-12-31", "2027-01-31"),
        ("P1Y", "2028-02-29", "2029-02-28"),
        ("P13M", "2026-12-31", "2028-01-31"),
        ("P3W", "2026-09-12", "2026-10-03"),
        ("P27D", "2026-09-12", "2026-10-09"),
        ("P14D", "2026-12-25", "2027-01-08"),
    ],
)
def test_it_counts_dates_of_the_calendar(text, first, last):
    assert Period.parse(text).last_day(date.fromisoformat(first)) == date.fromisoformat(last)


def test_seconds_have_no_last_day():
    with pytest.raises(ValueError, match="seconds"):
        Period.parse("PT24H").last_day(date(2026, 11, 21))


@pytest.mark.parametrize(
    ("text", "after", "zone", "end"),
    [
        ("PT24H", "2026-11-20T15:00:00+09:00", SEOUL, "2026-11-21T15:00:00+09:00"),
        # elapsed time does not care that the clocks went back on 1 November
        ("PT24H", "2026-10-31T12:00:00-04:00", NEW_YORK, "2026-11-01T11:00:00-05:00"),
        ("P1D", "2026-10-31T12:00:00-04:00", NEW_YORK, "2026-11-01T23:59:59-05:00"),
        ("P1M", "2026-11-20T00:00:00+09:00", SEOUL, "2026-12-20T23:59:59+09:00"),
        # still the 19th in New York
        ("P1M", "2026-11-20T00:00:00+09:00", NEW_YORK, "2026-12-19T23:59:59-05:00"),
    ],
)
def test_its_last_second_is_inside(text, after, zone, end):
    assert Period.parse(text).end(datetime.fromisoformat(after), zone) == datetime.fromisoformat(end)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 40))
def test_a_later_start_never_ends_earlier(day, months):
    period = Period.parse(f"P{months}M")
    assert period.last_day(day) <= period.last_day(date.fromordinal(day.toordinal() + 1))
