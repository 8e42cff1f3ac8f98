"""How old a claim is, to the second, in the zone of the delivery (DECISION-TABLE 4)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from igbot.errors import BadRequest
from igbot.policy import Span, age

SEOUL = ZoneInfo("Asia/Seoul")


def at(text):
    return datetime.fromisoformat(text)


def known(pack, contact, received, zone="Asia/Seoul", **more):
    """The state of the fact that the clock reads."""
    found = age(pack, at(contact) if isinstance(contact, str) else contact, received, zone and ZoneInfo(zone), **more)
    assert found.known is not None
    return found.known


def left(pack, contact, received, zone="Asia/Seoul"):
    """The classes that are left, in the pack's order, as one word."""
    candidates = known(pack, contact, received, zone).candidates
    return " ".join(one for one in ("h24", "m1", "past") if one in candidates)


@pytest.mark.parametrize(
    ("elapsed", "expected"),
    [
        (timedelta(0), "h24"),
        (timedelta(hours=23, minutes=59, seconds=59), "h24"),
        (timedelta(hours=24), "h24"),
        (timedelta(hours=24, microseconds=999_999), "h24"),
        (timedelta(hours=24, seconds=1), "m1"),
    ],
    ids=str,
)
def test_24_hours_include_their_last_second(jewelry, elapsed, expected):
    received = at("2026-11-10T15:20:00+09:00")
    assert left(jewelry, (received + elapsed).isoformat(), received) == expected


@pytest.mark.parametrize(
    ("contact", "received", "zone", "expected"),
    [
        # the whole last day is inside, in the delivery's zone
        ("2026-12-20T23:59:59+09:00", "2026-11-20T00:00:00+09:00", "Asia/Seoul", "m1"),
        ("2026-12-21T00:00:00+09:00", "2026-11-20T23:59:59+09:00", "Asia/Seoul", "past"),
        # 31 January and a month is the last day of February
        ("2026-02-28T23:59:59+09:00", "2026-01-31T10:00:00+09:00", "Asia/Seoul", "m1"),
        ("2026-03-01T00:00:00+09:00", "2026-01-31T10:00:00+09:00", "Asia/Seoul", "past"),
        ("2028-02-29T23:59:59+09:00", "2028-01-31T10:00:00+09:00", "Asia/Seoul", "m1"),
        ("2028-03-01T00:00:00+09:00", "2028-01-31T10:00:00+09:00", "Asia/Seoul", "past"),
        ("2028-03-29T12:00:00+09:00", "2028-02-29T10:00:00+09:00", "Asia/Seoul", "m1"),
        # the same two instants: a day earlier where it was delivered in New York, so the month is over sooner
        ("2026-12-20T15:00:00+09:00", "2026-11-20T08:00:00+09:00", "Asia/Seoul", "m1"),
        ("2026-12-20T15:00:00+09:00", "2026-11-20T08:00:00+09:00", "America/New_York", "past"),
        # and later where it was delivered further east
        ("2026-12-20T23:30:00+09:00", "2026-11-20T20:30:00+09:00", "Pacific/Auckland", "m1"),
        ("2026-12-21T00:30:00+09:00", "2026-11-20T20:30:00+09:00", "Pacific/Auckland", "m1"),
        ("2026-12-21T00:30:00+09:00", "2026-11-20T20:30:00+09:00", "Asia/Seoul", "past"),
        # clocks go forward on 8 March and back on 1 November: elapsed seconds count, not what the wall says
        ("2026-03-08T13:00:00-04:00", "2026-03-07T12:00:00-05:00", "America/New_York", "h24"),
        ("2026-03-08T13:00:01-04:00", "2026-03-07T12:00:00-05:00", "America/New_York", "m1"),
        ("2026-11-01T11:00:00-05:00", "2026-10-31T12:00:00-04:00", "America/New_York", "h24"),
        ("2026-11-01T11:00:01-05:00", "2026-10-31T12:00:00-04:00", "America/New_York", "m1"),
    ],
)
def test_instants_are_classified(jewelry, contact, received, zone, expected):
    assert left(jewelry, contact, at(received), zone) == expected


@pytest.mark.parametrize(
    ("contact", "received", "zone", "expected"),
    [
        # the day it came, cut at the contact
        ("2026-11-20T20:00:00+09:00", "2026-11-20", "Asia/Seoul", "h24"),
        # the day after: wholly inside only at the first second
        ("2026-11-21T00:00:00+09:00", "2026-11-20", "Asia/Seoul", "h24"),
        ("2026-11-21T00:00:01+09:00", "2026-11-20", "Asia/Seoul", "h24 m1"),
        ("2026-11-21T23:59:59+09:00", "2026-11-20", "Asia/Seoul", "h24 m1"),
        # two days later: wholly outside
        ("2026-11-22T00:00:00+09:00", "2026-11-20", "Asia/Seoul", "m1"),
        ("2026-12-20T23:59:59+09:00", "2026-11-20", "Asia/Seoul", "m1"),
        ("2026-12-21T00:00:00+09:00", "2026-11-20", "Asia/Seoul", "past"),
        # a day of 23 hours: its end is an hour sooner
        ("2026-03-08T23:59:59-04:00", "2026-03-07", "America/New_York", "h24 m1"),
        ("2026-03-10T00:00:00-04:00", "2026-03-08", "America/New_York", "m1"),
        ("2026-03-09T01:00:00-04:00", "2026-03-08", "America/New_York", "h24"),
        ("2026-03-09T01:00:01-04:00", "2026-03-08", "America/New_York", "h24 m1"),
        # a day of 25 hours: even on the same day 24 hours may be over
        ("2026-11-01T23:00:00-05:00", "2026-11-01", "America/New_York", "h24"),
        ("2026-11-01T23:00:01-05:00", "2026-11-01", "America/New_York", "h24 m1"),
        # clocks that change at midnight: the day begins at one o'clock
        ("2018-11-05T01:00:00-02:00", "2018-11-04", "America/Sao_Paulo", "h24"),
        ("2018-11-05T01:00:01-02:00", "2018-11-04", "America/Sao_Paulo", "h24 m1"),
        # the same date means other instants elsewhere
        ("2026-11-22T01:00:00+09:00", "2026-11-20", "America/Los_Angeles", "h24 m1"),
    ],
)
def test_a_date_is_a_span_of_its_zone(jewelry, contact, received, zone, expected):
    assert left(jewelry, contact, date.fromisoformat(received), zone) == expected


@pytest.mark.parametrize(
    ("contact", "first", "last", "expected"),
    [
        ("2026-11-21T15:00:00+09:00", "2026-11-20T15:00:00+09:00", "2026-11-20T16:00:00+09:00", "h24"),
        ("2026-11-21T15:00:01+09:00", "2026-11-20T15:00:00+09:00", "2026-11-20T16:00:00+09:00", "h24 m1"),
        ("2026-11-21T16:00:00+09:00", "2026-11-20T15:00:00+09:00", "2026-11-20T16:00:00+09:00", "h24 m1"),
        ("2026-11-21T16:00:01+09:00", "2026-11-20T15:00:00+09:00", "2026-11-20T16:00:00+09:00", "m1"),
        ("2026-11-21T16:00:01+09:00", "2026-10-01T00:00:00+09:00", "2026-11-30T00:00:00+09:00", "h24 m1 past"),
        ("2026-11-21T16:00:01+09:00", "2026-11-20T16:00:00+09:00", "2026-11-20T15:00:00+09:00", "m1"),
    ],
)
def test_every_second_of_a_span_counts(jewelry, contact, first, last, expected):
    assert left(jewelry, contact, (at(first), at(last))) == expected


def test_nothing_is_known_of_an_unknown_receipt(jewelry):
    found = age(jewelry, at("2026-11-21T12:00:00+09:00"), None, None)
    assert (found.known, found.conflict, found.received) == (None, False, None)


def test_a_gap_that_cannot_be_asked_is_closed(jewelry):
    contact = "2026-11-21T12:00:00+09:00"
    nothing = known(jewelry, contact, None, closed=True)
    straddling = known(jewelry, contact, date(2026, 11, 20), closed=True)
    assert (nothing.candidates, nothing.askable) == ({"h24", "m1", "past"}, False)
    assert (straddling.candidates, straddling.askable) == ({"h24", "m1"}, False)


@pytest.mark.parametrize(
    ("received", "conflict"),
    [
        ("2026-11-21T12:00:00+09:00", False),
        ("2026-11-21T12:00:00.900+09:00", False),
        ("2026-11-21T12:00:01+09:00", True),
        ("2026-11-21", False),
        ("2026-11-22", True),
    ],
)
def test_a_receipt_after_the_contact_contradicts_it(jewelry, received, conflict):
    day = date.fromisoformat(received) if len(received) == 10 else at(received)
    found = age(jewelry, at("2026-11-21T12:00:00.200+09:00"), day, SEOUL)
    assert found.conflict is conflict
    assert (found.known is None) is conflict


def test_without_a_delivery_zone_the_shops_counts(jewelry):
    contact, received = at("2026-12-20T15:00:00+09:00"), at("2026-11-20T08:00:00+09:00")
    assert known(jewelry, contact, received, None).value == "m1"
    assert known(jewelry, contact, received, None, shop_zone=ZoneInfo("America/New_York")).value == "past"


def test_it_names_the_last_second_of_each_window(jewelry):
    found = age(jewelry, at("2026-11-10T21:04:00+09:00"), at("2026-11-10T15:20:00+09:00"), SEOUL)
    assert found.contact == at("2026-11-10T21:04:00+09:00")
    assert found.last_instants == {
        "h24": at("2026-11-11T15:20:00+09:00"),
        "m1": at("2026-12-10T23:59:59+09:00"),
    }


def test_nothing_was_received_after_it_was_complained_about(jewelry):
    contact = at("2026-11-20T20:00:00+09:00")
    found = age(jewelry, contact, date(2026, 11, 20), SEOUL)
    assert found.received == Span(at("2026-11-20T00:00:00+09:00"), contact)
    assert found.last_instants["h24"] == at("2026-11-21T20:00:00+09:00")


def test_an_instant_without_a_zone_is_refused(jewelry):
    with pytest.raises(ValueError, match="no time zone"):
        age(jewelry, datetime(2026, 11, 21), None, SEOUL)  # noqa: DTZ001 - what is refused here


def test_a_pack_without_a_clock_says_so(jewelry):
    with pytest.raises(BadRequest, match="measures no age"):
        age(replace(jewelry, clock=None), at("2026-11-21T12:00:00Z"), None, SEOUL)


FROM, TO = at("2025-01-01T00:00:00"), at("2029-01-01T00:00:00")
INSTANTS = st.datetimes(FROM, TO, timezones=st.just(UTC))
ZONES = st.sampled_from(["Asia/Seoul", "America/New_York", "Pacific/Apia", "Europe/London", "Asia/Kathmandu"])


@given(contact=INSTANTS, back=st.integers(0, 60 * 86400), length=st.integers(0, 40 * 86400), zone=ZONES)
def test_a_span_holds_what_its_seconds_hold(jewelry, contact, back, length, zone):
    first = contact - timedelta(seconds=back)
    span = known(jewelry, contact, (first, first + timedelta(seconds=length)), zone).candidates
    inside = [first + timedelta(seconds=length * step / 40) for step in range(41)]
    singles = {known(jewelry, contact, one, zone).value for one in inside if one <= contact}
    assert singles <= span
    assert {"m1"} <= span or span != {"h24", "past"}


@given(contact=INSTANTS, later=st.integers(0, 40 * 86400), back=st.integers(0, 40 * 86400), zone=ZONES)
def test_who_writes_later_is_never_in_time_again(jewelry, contact, later, back, zone):
    received = contact - timedelta(seconds=back)
    classes = ["h24", "m1", "past"]
    first = known(jewelry, contact, received, zone)
    second = known(jewelry, contact + timedelta(seconds=later), received, zone)
    assert classes.index(str(first.value)) <= classes.index(str(second.value))
