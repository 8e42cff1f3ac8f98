"""A line as the evaluator sees it: the age from its clock, the order's record only if it is theirs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from igbot.claims.cases import Case
from igbot.claims.deciding import decide_case, situation, zone_of
from igbot.claims.facts import UNSURE
from igbot.store.tables import Order
from tests.claims.conftest import fact

AGES = {
    "in the last second of 24 hours": ({"at": "2026-11-11T10:00:00+09:00"}, {"h24"}),
    "one second late": ({"at": "2026-11-11T09:59:59+09:00"}, {"m1"}),
    "a day across the 24 hours": ({"on": "2026-11-11"}, {"h24", "m1"}),
    "the last day of the month": ({"on": "2026-10-12"}, {"m1"}),
    "the day before that": ({"on": "2026-10-11"}, {"past"}),
}


@pytest.mark.parametrize(("received", "classes"), AGES.values(), ids=AGES)
def test_the_age_is_read_from_the_clock(pack, a_case, received, classes):
    seen = situation(a_case(fact("received", received)), pack)
    assert seen.facts["age"].candidates == classes
    assert seen.facts["age"].askable
    assert "received" not in seen.facts


def test_a_day_that_is_not_to_be_had_is_not_asked_for(pack, a_case):
    known = [fact("issue", "discoloured"), fact("cause", "as_received")]
    asked = decide_case(a_case(*known), pack)
    given_up = decide_case(a_case(*known, fact("age", UNSURE)), pack)
    assert (asked.ask, given_up.ask, given_up.outcome, given_up.reason) == ("age", None, "owner", "undetermined")


def test_an_hour_that_is_not_to_be_had_leaves_the_day_open_and_unasked(pack, a_case):
    case = a_case(fact("received", {"on": "2026-11-11"}, "record"), fact("age", UNSURE))
    age = situation(case, pack).facts["age"]
    assert (age.candidates, age.askable) == ({"h24", "m1"}, False)


def test_the_owner_knows_better_than_the_clock(pack, a_case):
    case = a_case(fact("received", {"on": "2026-08-01"}, "record"), fact("age", "h24", "owner"))
    seen = situation(case, pack)
    assert seen.facts["age"].value == "h24"
    assert (seen.age.conflict, seen.age.received) == (False, None)


def test_a_customer_cannot_set_the_age(pack, a_case):
    case = a_case(fact("received", {"on": "2026-08-01"}, "record"), fact("age", "h24"))
    assert situation(case, pack).facts["age"].value == "past"


@pytest.mark.parametrize(("state", "zone"), [("matched", "America/New_York"), ("other_buyer", "Asia/Seoul")])
def test_the_zone_is_that_of_their_order_only(pack, a_case, state, zone):
    case: Case = a_case(order=state)
    case.order = Order(account_id=1, number="A-1", ordered_on=datetime.now(UTC).date(), zone="America/New_York")
    assert str(zone_of(case, pack)) == zone


def test_without_a_case_the_zone_is_the_shops(pack):
    assert zone_of(None, pack) == pack.shop.time_zone
