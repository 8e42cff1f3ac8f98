"""A customer's name is asked for at most once a day, and nothing depends on the answer (CONTRACT 1.7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from igbot import clock
from igbot.engine.profiles import Profiles
from tests.fakes.desk import CUSTOMER, Desk


@pytest.fixture
def desk(db, now) -> Desk:
    return Desk(db)


@pytest.fixture
def profiles(desk) -> Profiles:
    return Profiles(desk.db, desk.settings, desk.graph.session())


def test_name_and_handle_are_learnt_once_a_day(desk, profiles):
    desk.graph.answers[CUSTOMER] = {"name": "Mara Demo", "username": "customer_demo"}
    profiles.look_up(desk.talk_id)
    profiles.look_up(desk.talk_id)
    assert (desk.customer.name, desk.customer.username) == ("Mara Demo", "customer_demo")
    assert len(desk.graph.calls) == 1
    desk.graph.answers[CUSTOMER] = {"name": None, "username": "renamed"}
    desk.pass_time(hours=24)
    profiles.look_up(desk.talk_id)
    assert (desk.customer.name, desk.customer.username) == (None, "renamed")


def test_a_refusal_counts_as_asked_and_keeps_what_we_knew(desk, profiles):
    desk.graph.answers[CUSTOMER] = {"name": "Mara Demo", "username": "customer_demo"}
    profiles.look_up(desk.talk_id)
    del desk.graph.answers[CUSTOMER]
    desk.pass_time(hours=24)
    profiles.look_up(desk.talk_id)
    profiles.look_up(desk.talk_id)
    assert desk.customer.name == "Mara Demo"
    assert desk.customer.profile_checked_at == clock.now()
    assert len(desk.graph.calls) == 2


def test_an_account_that_may_not_call_does_not(desk, profiles):
    for account in ({"trouble": "token"}, {"trouble": None, "access_token": None}):
        desk.set_account(**account)
        profiles.look_up(desk.talk_id)
    desk.set_account(access_token="IGAA", paused_until=clock.now() + timedelta(minutes=1))
    profiles.look_up(desk.talk_id)
    assert desk.graph.calls == []
    assert desk.customer.profile_checked_at is None


def test_a_conversation_that_is_gone_is_no_error(profiles):
    profiles.look_up(4711)
