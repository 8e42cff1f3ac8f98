"""Every error of CONTRACT 5.2 and of the catalogue means what the contract says."""

from __future__ import annotations

import pytest

from igbot.errors import (
    AccessRefused,
    AccountRestricted,
    CustomerGone,
    MessageRefused,
    MetaBusy,
    NotThreadOwner,
    OutcomeUnknown,
    ProfileHidden,
    TokenRefused,
    WindowClosed,
)
from igbot.graph import codes

BY_CLASS = {
    MetaBusy: "4 17 32 341 613 613/1996 613/2534040 80001 80002 80006",
    OutcomeUnknown: "1 2 -1 -2 1/1357046",
    WindowClosed: "10/2534022 10/2018278",
    TokenRefused: "190 190/458 190/459 190/460 190/463 190/464 190/467 190/492 102 10/2534077",
    AccessRefused: "1/99 3 10 200 210 299 36103 200/2018028 200/2534041 200/2534048",
    AccountRestricted: "368 10/1893063 100/2534029 2022",
    CustomerGone: "551 551/1545041 200/1545041 10/2018108 10/1893015 10/2018336 613/2018338",
    NotThreadOwner: "100/2534037 2018300",
    MessageRefused: "100 100/33 100/2018001 100/2018008 100/2018014 100/2018047 100/2018074 100/2018109 100/2018164"
    " 100/2018294 100/2018320 100/2534013 100/2534014 100/2534015 100/2534025 613/1893016 9000001",
    ProfileHidden: "230 9010",
}


def _pair(written: str) -> tuple[int, int | None]:
    code, _, subcode = written.partition("/")
    return int(code), int(subcode) if subcode else None


EVERY = [pytest.param(*_pair(pair), error, id=pair) for error, pairs in BY_CLASS.items() for pair in pairs.split()]


@pytest.mark.parametrize(("code", "subcode", "error"), EVERY)
def test_a_code_means_what_the_contract_says(code, subcode, error):
    assert codes.meaning(code, subcode).error is error


@pytest.mark.parametrize(
    ("code", "subcode", "error"),
    [(190, 999, TokenRefused), (613, 999, MetaBusy), (100, 999, MessageRefused), (10, 999, AccessRefused)],
)
def test_a_subcode_nobody_has_met_means_what_its_code_means(code, subcode, error):
    assert codes.meaning(code, subcode).error is error


def test_a_code_nobody_has_met_is_our_bug_unless_meta_calls_it_transient():
    assert codes.meaning(4711, None).error is MessageRefused
    assert codes.meaning(4711, None, transient=True).error is OutcomeUnknown


@pytest.mark.parametrize(
    ("code", "subcode", "tries"),
    [(1, None, 3), (2, None, 3), (100, 2018008, 2), (100, 2018294, 2), (100, None, 1), (551, None, 1)],
)
def test_a_passing_fault_gets_three_tries_and_a_picture_two(code, subcode, tries):
    assert codes.meaning(code, subcode).tries == tries


def test_one_error_comes_after_delivery_and_one_may_mean_blocked():
    assert codes.surely_delivered(1, 1357046)
    assert not codes.surely_delivered(1, None)
    assert codes.often_blocked(2)
    assert not codes.often_blocked(1)


def test_we_are_quiet_for_1_5_15_and_60_minutes():
    assert codes.WAIT_MINUTES == (1, 5, 15, 60)
