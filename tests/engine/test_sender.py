"""Replies leave in order, each through the one gate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from igbot import clock
from igbot.store.tables import Event
from tests.conftest import NOON
from tests.fakes.desk import Desk


@pytest.fixture
def desk(db, now) -> Desk:
    return Desk(db)


# ------------------------------------------------------------------ sending


def test_replies_leave_in_order_and_are_settled_with_their_mids(desk):
    desk.bot_says("1")
    desk.bot_says("2")
    desk.flush()
    assert desk.graph.texts == ["1", "2"]
    assert [(reply.status, reply.mid) for reply in desk.replies] == [("sent", "mid-1"), ("sent", "mid-2")]
    assert desk.replies[0].sent_at == clock.now()
    assert desk.talk.changed_at == clock.now()


def test_a_second_flush_sends_nothing_again(desk):
    desk.bot_says()
    desk.flush()
    desk.flush()
    assert desk.graph.texts == ["Hello"]


def test_1000_characters_are_one_call_and_400_emoji_two(desk):
    desk.bot_says("a" * 1000)
    desk.bot_says("😀" * 400)
    desk.flush()
    assert [len(words.encode()) for words in desk.graph.texts] == [1000, 1000, 600]


def test_a_picture_and_words_are_two_calls(desk):
    desk.bot_says("Your quote", image_url="https://shop.example.com/q.jpg")
    desk.flush()
    first, second = desk.graph.arrived
    assert first.body["message"]["attachment"]["payload"]["url"] == "https://shop.example.com/q.jpg"
    assert second.text == "Your quote"


def test_one_reply_costs_two_commits_and_six_statements(desk):
    desk.bot_says("1")
    desk.pass_time(seconds=1)
    desk.graph.on_arrival = lambda _call: desk.pass_time(seconds=1)
    counts = {"statements": 0, "commits": 0}

    def statement(*_args):
        counts["statements"] += 1

    def commit(*_args):
        counts["commits"] += 1

    event.listen(desk.db.engine, "before_cursor_execute", statement)
    event.listen(desk.db.engine, "commit", commit)
    desk.flush()
    event.remove(desk.db.engine, "before_cursor_execute", statement)
    event.remove(desk.db.engine, "commit", commit)
    begins = 2 if desk.db.is_sqlite else 0
    assert counts == {"statements": 6 + begins, "commits": 2}


def test_the_customer_sees_that_we_read_and_type_before_the_first_reply_only(desk):
    desk.sender._courteous = True
    desk.bot_says("1")
    desk.bot_says("2")
    desk.flush()
    assert desk.graph.acts == ["mark_seen", "typing_on"]


def test_a_courtesy_that_fails_is_counted_and_nothing_else(desk):
    desk.sender._courteous = desk.graph.acts_fail = True
    desk.bot_says("1")
    desk.flush()
    assert desk.graph.texts == ["1"]
    assert desk.sender.discourtesies == {"MessageRefused": 1}


# ------------------------------------------------------------------ the gate: control


def test_nothing_automatic_leaves_while_a_person_has_the_conversation(desk):
    desk.bot_says("robot")
    desk.set_talk(control="owner")
    desk.owner_says("Anna here")
    desk.flush()
    assert desk.graph.texts == ["Anna here"]
    assert desk.statuses == ["cancelled", "sent"]


@pytest.mark.parametrize("kind", ["took_over", "owner_wrote", "echo", "handover"])
def test_the_bot_waits_for_a_turn_to_find_out_whether_a_person_has_written(desk, kind):
    desk.bot_says("robot")
    desk.add(_unhandled(desk, kind))
    desk.flush()
    assert desk.graph.texts == []
    assert desk.statuses == ["queued"]


@pytest.mark.parametrize(
    "state",
    [{"kind": "message"}, {"handled_at": NOON}, {"set_aside": True}, {"not_before": NOON + timedelta(seconds=10)}],
    ids=["a customer's message", "handled", "set aside", "waiting for its time"],
)
def test_other_events_do_not_stop_the_bot(desk, state):
    desk.bot_says("robot")
    desk.add(_unhandled(desk, **{"kind": "echo", **state}))
    desk.flush()
    assert desk.graph.texts == ["robot"]


def test_the_bot_falls_silent_between_two_parts_of_one_answer(desk):
    desk.bot_says("가" * 400)
    desk.graph.on_arrival = lambda _call: desk.add(_unhandled(desk, "took_over"))
    desk.flush()
    assert len(desk.graph.texts) == 1
    assert desk.statuses == ["sent", "queued"]


def _unhandled(desk, kind, **more):
    return Event(
        account_id=desk.account_id,
        conversation_id=desk.talk_id,
        dedupe_key=f"{kind}:1",
        kind=kind,
        body={},
        happened_at=clock.now(),
        received_at=clock.now(),
        **more,
    )


# ------------------------------------------------------------------ the gate: window


DAY, WEEK, SECOND = timedelta(hours=24), timedelta(days=7), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("ago", "sender", "approved", "tag"),
    [
        (timedelta(hours=23, minutes=54, seconds=59), "bot", False, None),
        (DAY - SECOND, "person", False, None),
        (DAY, "person", True, "HUMAN_AGENT"),
        (DAY + timedelta(minutes=1), "person", True, "HUMAN_AGENT"),
        (WEEK - SECOND, "person", True, "HUMAN_AGENT"),
    ],
    ids=str,
)
def test_an_open_lane_lets_a_reply_leave_with_the_tag_it_needs(desk, ago, sender, approved, tag):
    desk.set_account(human_agent=approved)
    desk.set_talk(last_customer_action_at=clock.now() - ago)
    desk.says(sender, "Hello")
    desk.flush()
    assert [(reply.status, reply.tag) for reply in desk.replies] == [("sent", tag)]
    assert [call.body.get("tag") for call in desk.graph.arrived] == [tag]
    assert desk.talk.needs_owner is None


@pytest.mark.parametrize(
    ("ago", "sender", "approved", "reason"),
    [
        (timedelta(hours=23, minutes=55), "bot", True, "hold_for_person"),
        (DAY, "person", False, "owner_writes_in_app"),
        (DAY + timedelta(minutes=1), "bot", True, "hold_for_person"),
        (WEEK, "person", True, "hold_until_customer_writes"),
        (WEEK, "bot", True, "hold_until_customer_writes"),
    ],
    ids=str,
)
def test_a_shut_lane_holds_a_reply_and_calls_the_owner(desk, ago, sender, approved, reason):
    desk.set_account(human_agent=approved)
    desk.set_talk(last_customer_action_at=clock.now() - ago)
    desk.says(sender, "Hello")
    desk.flush()
    assert [(reply.status, reply.reason) for reply in desk.replies] == [("held", reason)]
    assert desk.graph.calls == []
    assert desk.talk.needs_owner == "window_shut"


def test_what_was_held_leaves_when_the_customer_writes_again(desk):
    desk.set_talk(last_customer_action_at=clock.now() - timedelta(days=8))
    desk.bot_says("Your ring is ready")
    desk.flush()
    assert desk.statuses == ["held"]
    desk.customer_writes()
    desk.flush()
    assert desk.graph.texts == ["Your ring is ready"]


def test_a_reason_the_owner_was_called_for_is_not_overwritten(desk):
    desk.set_talk(last_customer_action_at=None, needs_owner="verdict", needs_owner_since=NOON)
    desk.bot_says()
    desk.flush()
    assert desk.talk.needs_owner == "verdict"


# ------------------------------------------------------------------ the gate: account


@pytest.mark.parametrize(
    "account",
    [{"trouble": "token"}, {"access_token": None}, {"paused_until": NOON + timedelta(seconds=1)}],
    ids=["in trouble", "no token", "paused"],
)
def test_an_account_that_may_not_send_keeps_its_replies_in_line(desk, account):
    desk.set_account(**account)
    desk.bot_says()
    desk.owner_says()
    desk.flush()
    assert desk.graph.calls == []
    assert desk.statuses == ["queued", "queued"]


def test_more_sends_a_second_than_set_wait_their_turn_without_a_thread_waiting(db, now):
    desk = Desk(db, options={"send_rate": 2})
    for number in range(5):
        desk.bot_says(str(number))
    desk.flush()
    assert desk.graph.texts == ["0", "1"]
    assert desk.replies[2].not_before == clock.now() + timedelta(seconds=0.5)
    desk.pass_time(seconds=0.5)
    desk.flush()
    assert desk.graph.texts == ["0", "1", "2"]
    desk.pass_time(seconds=60)
    desk.flush()
    assert desk.graph.texts == ["0", "1", "2", "3", "4"]


def test_we_pause_of_our_own_accord_at_80_percent_of_metas_limit(desk):
    desk.graph.headers = {"X-App-Usage": '{"call_count":81}'}
    desk.bot_says("1")
    desk.bot_says("2")
    desk.flush()
    assert desk.graph.texts == ["1"]
    assert desk.account.paused_until == clock.now() + timedelta(minutes=1)
    assert desk.statuses == ["sent", "queued"]
