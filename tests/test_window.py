"""The window's arithmetic is exact to the second (DECISION-TABLE 8.2), and only a send opens a lane."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from igbot import window
from igbot.policy import lookup

ACTED = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(seconds=-90), "open"),
        (timedelta(0), "open"),
        (timedelta(hours=23, minutes=54, seconds=59), "open"),
        (timedelta(hours=23, minutes=55), "closing"),
        (timedelta(hours=23, minutes=59, seconds=59), "closing"),
        (timedelta(hours=24), "h24_to_7d"),
        (timedelta(days=6, hours=23, minutes=59, seconds=59), "h24_to_7d"),
        (timedelta(days=7), "over7d"),
        (timedelta(days=400), "over7d"),
    ],
    ids=str,
)
def test_the_class_of_a_time_is_exact_to_the_second(passed, expected):
    assert window.elapsed(ACTED, ACTED + passed) == expected


def test_who_never_wrote_cannot_be_written_to():
    assert window.elapsed(None, ACTED) == "over7d"


@pytest.mark.parametrize(("days", "expected"), [(0, "h24_to_7d"), (6, "h24_to_7d"), (7, "over7d")])
def test_when_meta_says_the_window_is_shut_the_first_day_is_over(days, expected):
    assert window.elapsed(ACTED, ACTED + timedelta(days=days), window_shut=True) == expected


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9)), st.integers(-14, 14))
def test_the_zone_an_instant_is_written_in_changes_nothing(passed, offset):
    elsewhere = timezone(timedelta(hours=offset))
    here = window.elapsed(ACTED, ACTED + passed)
    assert window.elapsed(ACTED.astimezone(elsewhere), (ACTED + passed).astimezone(UTC)) == here


@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        ("send", "open"),
        ("send_human_agent", "human_agent"),
        ("hold_for_person", "shut"),
        ("owner_writes_in_app", "shut"),
        ("hold_until_customer_writes", "shut"),
    ],
)
def test_only_a_send_opens_a_lane_and_the_reason_stays(outcome, name):
    assert window.lane(outcome) == window.Lane(name, outcome)


@pytest.mark.parametrize("tag", ["approved", "not_approved"])
@pytest.mark.parametrize("elapsed", ["closing", "h24_to_7d", "over7d"])
def test_the_bot_has_no_lane_once_the_window_is_closing(elapsed, tag):
    assert window.lane(lookup("SEND", {"elapsed": elapsed, "sender": "bot", "tag": tag}).outcome).name == "shut"
