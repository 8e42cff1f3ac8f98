"""When it arrived: the record, narrowed by what the customer adds, never pushed aside by it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from igbot.claims.receipts import kept, receipt, span_of
from tests.claims.conftest import fact

SEOUL = ZoneInfo("Asia/Seoul")
DAY = {"on": "2026-11-10"}
MOMENT = {"at": "2026-11-10T15:20:00+09:00"}
AFTERNOON = {"earliest": "2026-11-10T14:00:00+09:00", "latest": "2026-11-10T16:00:00+09:00"}
NEXT_DAY = {"on": "2026-11-11"}
WEEK = {"earliest": "2026-11-09T00:00:00+09:00", "latest": "2026-11-15T23:59:59+09:00"}

TOLD = {
    "nothing": ([], None),
    "the record's moment": ([(MOMENT, "record")], ("2026-11-10T15:20:00", "2026-11-10T15:20:00")),
    "the record's day": ([(DAY, "record")], ("2026-11-10T00:00:00", "2026-11-10T23:59:59")),
    "the record's day and their hour": (
        [(DAY, "record"), (AFTERNOON, "customer")],
        ("2026-11-10T14:00:00", "2026-11-10T16:00:00"),
    ),
    "the record against their day": (
        [(DAY, "record"), (NEXT_DAY, "customer")],
        ("2026-11-10T00:00:00", "2026-11-10T23:59:59"),
    ),
    "a week, then a day of it": (
        [(WEEK, "customer"), (DAY, "customer")],
        ("2026-11-10T00:00:00", "2026-11-10T23:59:59"),
    ),
    "a day, then its week": ([(DAY, "customer"), (WEEK, "customer")], ("2026-11-10T00:00:00", "2026-11-10T23:59:59")),
    "a day, then another": (
        [(DAY, "customer"), (NEXT_DAY, "customer")],
        ("2026-11-11T00:00:00", "2026-11-11T23:59:59"),
    ),
}


@pytest.mark.parametrize(("told", "span"), TOLD.values(), ids=TOLD)
def test_it_arrived(told, span):
    found = receipt([fact("received", value, source) for value, source in told], SEOUL)
    assert (
        found
        and tuple(moment.astimezone(SEOUL).replace(tzinfo=None).isoformat() for moment in (found.first, found.last))
    ) == span


def test_what_was_taken_back_no_longer_narrows(now):
    rows = [fact("received", DAY, "record"), fact("received", None, withdrawn_at=now)]
    assert receipt(rows, SEOUL) == span_of(DAY, SEOUL)


def test_a_span_is_kept_as_it_is_read():
    span = span_of(AFTERNOON, SEOUL)
    assert span is not None
    assert span_of(kept(span), SEOUL) == span


def test_a_day_is_that_of_the_zone():
    span = span_of(DAY, ZoneInfo("America/New_York"))
    assert span is not None
    assert span.first == datetime.fromisoformat("2026-11-10T00:00:00-05:00")
