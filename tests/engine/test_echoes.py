"""An echo is ours or a person's by the seven rules of CONTRACT 4.2, and a person is never talked over."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from igbot import clock
from igbot.engine import control, echoes
from igbot.graph import wire
from igbot.messages import EchoUnsent
from igbot.store.tables import Conversation
from tests.fakes.desk import APP, CUSTOMER, SHOP, Desk

PAYLOADS = Path(__file__).parents[1] / "payloads"


@pytest.fixture
def desk(db, now) -> Desk:
    return Desk(db)


def payload(name: str):
    [echo] = wire.read(json.loads((PAYLOADS / f"{name}.json").read_text()), clock.now()).events
    return echo


def take(desk: Desk, echo, **more) -> str:
    with desk.db.transaction() as session:
        talk = session.get_one(Conversation, desk.talk_id)
        return echoes.take(session, talk, echo, clock.now(), desk.settings, **more)


# ------------------------------------------------------------------ whose is it?


def test_the_echo_of_our_own_send_leaves_the_bot_on(desk):
    echo = payload("echo_by_app")
    [reply] = desk.bot_says("Thanks! Please send one photo of the clasp.")
    desk.set_reply(reply, status="sent", mid=echo.mid, sent_at=clock.now())
    assert take(desk, echo) == "ours"
    assert desk.talk.control == "bot"
    assert desk.replies[0].delivered_at == clock.now()
    assert len(desk.replies) == 1


def test_the_owner_typing_on_her_phone_pauses_the_bot_and_is_shown(desk):
    echo = payload("echo_by_human_phone")
    desk.bot_says("robot")
    assert take(desk, echo) == "person"
    assert desk.talk.control == "owner"
    assert desk.timers == {"takeover": echo.happened_at + timedelta(hours=12)}
    robot, hers = desk.replies
    assert (robot.status, robot.reason) == ("cancelled", "taken_over")
    assert (hers.sender, hers.status, hers.text, hers.mid) == ("person", "sent", echo.text, echo.mid)
    assert (hers.created_at, hers.sent_at) == (echo.happened_at, echo.happened_at)
    desk.flush()
    assert desk.graph.calls == []


@pytest.mark.parametrize("name", ["echo_attachment_no_text", "echo_template", "echo_unsupported_type"])
def test_whatever_she_sends_is_hers(desk, name):
    assert take(desk, payload(name)) == "person"
    [hers] = desk.replies
    assert [attachment["type"] for attachment in hers.attachments]


def test_a_test_to_oneself_pauses_nothing(desk):
    assert take(desk, payload("echo_self")) == "test"
    assert desk.talk.control == "bot"
    assert desk.replies == []


@pytest.mark.parametrize(
    ("app_id", "whose"), [(APP, "ours"), ("263902037430900", "person"), (None, "person")], ids=["ours", "other", "none"]
)
def test_an_app_id_settles_it_and_a_missing_one_proves_nothing(desk, app_id, whose):
    assert desk.echo("mid-x", "Hello", app_id=app_id) == whose
    assert desk.talk.control == ("bot" if whose == "ours" else "owner")


def test_a_known_mid_is_ours_whatever_the_app_id_says(desk):
    desk.bot_says("Hello")
    desk.flush()
    assert desk.echo("mid-1", "Hello", app_id="263902037430900") == "ours"


def test_an_echo_that_comes_twice_changes_nothing_the_second_time(desk):
    assert desk.echo("app-1", "Anna here") == "person"
    desk.owner_hands_back()
    assert desk.echo("app-1", "Anna here") == "ours"
    assert desk.talk.control == "bot"
    assert len(desk.replies) == 1


# ------------------------------------------------------------------ while a try is under way


@pytest.mark.parametrize("status", ["sending", "unknown"])
def test_it_waits_once_while_a_try_is_under_way_then_looks_at_the_words(desk, status):
    [reply] = desk.bot_says("Hello")
    desk.set_reply(reply, status=status, sending_since=clock.now())
    assert desk.echo("mid-x", "Hello") == "wait"
    assert desk.talk.control == "bot"
    desk.pass_time(seconds=10)
    assert desk.echo("mid-x", "Hello", waited=True) == "ours"
    [reply] = desk.replies
    assert (reply.status, reply.mid, reply.delivered_at) == ("sent", "mid-x", clock.now())


def test_other_words_are_a_persons_once_it_has_waited(desk):
    [reply] = desk.bot_says("Hello")
    desk.set_reply(reply, status="unknown", sending_since=clock.now(), not_before=clock.now() + timedelta(seconds=30))
    assert desk.echo("app-1", "Anna here") == "wait"
    desk.pass_time(seconds=10)
    assert desk.echo("app-1", "Anna here", waited=True) == "person"
    assert desk.talk.control == "owner"


def test_a_try_older_than_a_minute_is_not_waited_for_but_its_words_still_count(desk):
    [reply] = desk.bot_says("Hello")
    desk.set_reply(reply, status="unknown", sending_since=clock.now() - timedelta(seconds=60))
    assert desk.echo("app-1", "Anna here") == "person"
    desk.owner_hands_back()
    assert desk.echo("mid-x", "Hello") == "ours"


def test_the_try_is_not_repeated_while_its_echo_waits_to_be_looked_at(desk):
    desk.graph.lose_answer()
    desk.bot_says("Hello")
    desk.flush()
    desk.pass_time(seconds=28)
    assert desk.echo("mid-1", "Hello") == "wait"
    desk.pass_time(seconds=10)
    desk.flush()
    assert desk.echo("mid-1", "Hello", waited=True) == "ours"
    desk.pass_time(minutes=5)
    desk.flush()
    assert desk.graph.texts == ["Hello"]


def test_our_app_id_makes_waiting_needless(desk):
    desk.graph.lose_answer()
    desk.bot_says("Hello")
    desk.flush()
    assert desk.echo("mid-1", "Hello", app_id=APP) == "ours"
    assert desk.statuses == ["sent"]


def test_a_picture_is_matched_by_its_kind(desk):
    [reply] = desk.bot_says("", image_url="https://shop.example.com/q.jpg")
    desk.set_reply(reply, status="unknown", sending_since=clock.now() - timedelta(minutes=2))
    assert desk.echo("mid-v", attached=["video"]) == "person"
    assert desk.echo("mid-i", attached=["image"]) == "ours"


# ------------------------------------------------------------------ echoes that come late


def test_the_late_echo_of_a_try_before_the_one_that_was_taken_is_ours(desk):
    desk.graph.lose_answer()
    desk.bot_says("Hello")
    desk.flush()
    arrived_at = clock.now()
    desk.pass_time(seconds=30)
    desk.flush()
    assert desk.graph.texts == ["Hello", "Hello"]
    desk.pass_time(minutes=1)
    assert desk.echo("mid-1", "Hello", happened_at=arrived_at) == "ours"
    assert desk.replies[0].mid == "mid-2"


def test_the_same_words_typed_by_a_person_later_are_a_persons(desk):
    desk.bot_says("Hello")
    desk.flush()
    desk.pass_time(minutes=1)
    assert desk.echo("app-1", "Hello") == "person"


def test_a_try_that_arrived_is_ours_even_if_a_later_one_was_refused(desk):
    desk.graph.lose_answer()
    desk.graph.say_no(10, 2534022)
    desk.bot_says("Hello")
    desk.flush()
    arrived_at = clock.now()
    desk.pass_time(seconds=30)
    desk.flush()
    assert desk.statuses == ["held"]
    assert desk.echo("mid-1", "Hello", happened_at=arrived_at) == "ours"
    assert desk.statuses == ["sent"]


def test_words_meta_refused_and_she_typed_herself_are_hers(desk):
    desk.graph.say_no(10, 2534022)
    desk.bot_says("Hello")
    desk.flush()
    assert desk.echo("app-1", "Hello") == "person"
    assert desk.talk.control == "owner"


def test_words_held_for_her_to_type_in_the_app_are_not_sent_again_once_she_has(desk):
    desk.set_talk(last_customer_action_at=clock.now() - timedelta(days=2))
    desk.owner_says("It is ready!")
    desk.flush()
    assert desk.replies[0].reason == "owner_writes_in_app"
    assert desk.echo("app-1", "It is  ready!") == "person"
    desk.customer_writes()
    desk.flush()
    assert desk.graph.calls == []
    assert [(reply.status, reply.mid) for reply in desk.replies] == [("sent", "app-1")]


# ------------------------------------------------------------------ who has the conversation


def test_the_takeover_ends_hours_after_her_last_words_and_late_news_does_not_shorten_it(desk):
    start = clock.now()
    desk.echo("app-1", "one")
    desk.pass_time(hours=3)
    desk.echo("app-2", "two")
    desk.echo("app-0", "zero", happened_at=start - timedelta(hours=1))
    assert desk.timers == {"takeover": start + timedelta(hours=15)}


def test_handing_back_ends_the_takeover_and_the_bot_says_again_what_it_is(desk):
    desk.set_talk(disclosed_at=clock.now())
    desk.owner_takes_over()
    desk.owner_hands_back()
    assert (desk.talk.control, desk.talk.disclosed_at, desk.timers) == ("bot", None, {})


def test_what_the_shop_takes_back_in_the_app_is_gone_here(desk):
    desk.echo("app-1", "Anna here", attached=["image"])
    taken_back = EchoUnsent(account=SHOP, igsid=CUSTOMER, mid="app-1", happened_at=clock.now())
    with desk.db.transaction() as session:
        echoes.unsent(session, session.get_one(Conversation, desk.talk_id), taken_back)
    [reply] = desk.replies
    assert (reply.text, reply.attachments, reply.status, reply.reason) == ("", [], "cancelled", "unsent")


def test_taking_back_what_we_never_knew_changes_nothing(desk):
    taken_back = EchoUnsent(account=SHOP, igsid=CUSTOMER, mid="app-9", happened_at=clock.now())
    with desk.db.transaction() as session:
        echoes.unsent(session, session.get_one(Conversation, desk.talk_id), taken_back)
    assert desk.replies == []


def test_a_customers_act_heard_of_late_counts_from_when_it_happened(desk):
    last = clock.now()
    desk.set_talk(window_shut=True, unreachable=True)
    with desk.db.transaction() as session:
        control.customer_acted(session, session.get_one(Conversation, desk.talk_id), last - timedelta(hours=2))
    talk = desk.talk
    assert talk.last_customer_action_at == last
    assert (talk.window_shut, talk.unreachable) == (False, False)
