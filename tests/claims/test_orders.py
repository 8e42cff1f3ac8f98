"""Whose order is it, which number is meant, and what its record may be used for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from igbot.claims import orders
from igbot.claims.cases import same_person
from igbot.claims.facts import values
from igbot.store.tables import Customer, Order

DELIVERED = datetime(2026, 11, 10, 6, 20, tzinfo=UTC)
MINE = {"igsid": "7310000000000456"}
ANOTHERS = {"igsid": "7310000000000999"}

SPELT = {
    "as on record": ("A-1042", "A-1042"),
    "small and bare": ("a1042", "A-1042"),
    "with a hash": ("#A-1042", "A-1042"),
    "its last figures": ("1042", "A-1042"),
    "two figures could be anything": ("42", None),
    "last figures of two orders": ("042", None),
    "somebody else's, in full": ("B 77/2026", "B_77-2026"),
    "somebody else's last figures": ("2026", None),
    "unknown": ("A-9999", None),
    "no figures at all": ("-", None),
}


@pytest.mark.parametrize(("spelt", "found"), SPELT.values(), ids=SPELT)
def test_a_number_finds_its_order(shop, spelt, found):
    shop.order("A-1042", **MINE)
    shop.order("C-2042", **MINE)
    shop.order("B_77-2026", **ANOTHERS)
    order = orders.named(shop.session, shop.customer, spelt)
    assert (order and order.number) == found


def test_only_ones_own_orders_can_be_tapped(shop):
    mine, anothers = shop.order("A-1", **MINE), shop.order("A-2", **ANOTHERS)
    assert orders.of_customer(shop.session, shop.customer, mine.id) is mine
    assert orders.of_customer(shop.session, shop.customer, anothers.id) is None


OWNERS = {
    "linked to them": ({"igsid": "1"}, "kim", True),
    "linked to another": ({"igsid": "2"}, "kim", False),
    "their handle": ({"handle": "kim"}, "Kim", True),
    "another's handle": ({"handle": "lee"}, "kim", False),
    "a handle, but we do not know theirs": ({"handle": "lee"}, None, True),
    "linked to nobody": ({}, "kim", True),
}


@pytest.mark.parametrize(("order", "username", "same"), OWNERS.values(), ids=OWNERS)
def test_an_order_is_theirs_as_far_as_the_record_says(order, username, same):
    today = DELIVERED.date()
    of_shop = Order(account_id=1, number="A-1", ordered_on=today, **order)
    assert same_person(of_shop, Customer(account_id=1, igsid="1", username=username)) is same


def test_a_matched_order_tells_what_its_record_knows(shop):
    case = shop.case(issue="defect")
    order = shop.order("A-1", {"item": "earring"}, delivered_at=DELIVERED, **MINE)
    orders.settle(shop.session, case, shop.customer, order, DELIVERED)
    assert case.claim.order_state == "matched"
    assert values(case.rows) == {"issue": "defect", "item": "earring", "received": {"at": DELIVERED.isoformat()}}


def test_another_buyers_order_tells_nothing(shop):
    """Promise 11: whoever guesses a number learns nothing of that order; the owner sees it."""
    case = shop.case(issue="defect")
    order = shop.order("A-1", {"item": "earring"}, delivered_at=DELIVERED, zone="America/New_York", **ANOTHERS)
    orders.settle(shop.session, case, shop.customer, order, DELIVERED)
    assert (case.claim.order_state, case.order, case.record) == ("other_buyer", order, None)
    assert values(case.rows) == {"issue": "defect"}


def test_no_order_is_a_finding_too(shop):
    case = shop.case(issue="defect")
    orders.settle(shop.session, case, shop.customer, None, DELIVERED)
    assert case.claim.order_state == "not_found"


FITTING = {
    "nothing told": ({}, ["A-1", "A-2", "A-3"]),
    "a kind": ({"item": "ring"}, ["A-1", "A-3"]),
    "one of two kinds": ({"item": ["ring", "hair"]}, ["A-1", "A-3"]),
    "a kind in neither": ({"item": "hair"}, ["A-3"]),
    "what no record speaks of": ({"cause": "careless"}, ["A-1", "A-2", "A-3"]),
}


@pytest.mark.parametrize(("told", "left"), FITTING.values(), ids=FITTING)
def test_an_order_is_out_only_if_its_record_rules_it_out(shop, told, left):
    known = [
        shop.order("A-1", {"item": "ring"}, {"item": "earring"}, **MINE),
        shop.order("A-2", {"item": "earring"}, **MINE),
        shop.order("A-3", **MINE),
    ]
    assert [order.number for order in orders.that_fit(shop.session, known, told)] == left


PIECES = {
    "the only one": ([{"item": "ring"}], None, "ring"),
    "the one they speak of": ([{"item": "ring"}, {"item": "earring"}], "earring", "earring"),
    "one of those they may mean": ([{"item": "ring"}, {"item": "earring"}], ["earring", "hair"], "earring"),
    "two of a kind": ([{"item": "ring"}, {"item": "ring"}], "ring", None),
    "nobody said which": ([{"item": "ring"}, {"item": "earring"}], None, None),
}


@pytest.mark.parametrize(("articles", "told", "found"), PIECES.values(), ids=PIECES)
def test_the_record_speaks_of_the_piece_it_can_only_be(shop, articles, told, found):
    case = shop.case(**({"item": told} if told else {}))
    order = shop.order("A-1", *articles, **MINE)
    orders.settle(shop.session, case, shop.customer, order, DELIVERED)
    on_record = [row.value for row in case.rows if row.source == "record" and row.name == "item"]
    assert on_record == ([found] if found else [])
    assert (case.item.article_id is not None) is bool(found)
