"""What Meta says no to, or never answers, has the consequence that CONTRACT 5.2 names; nothing in line is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from igbot import clock
from igbot.store.tables import Reply
from tests.fakes.desk import Desk


@pytest.fixture
def desk(db, now) -> Desk:
    return Desk(db)


# ------------------------------------------------------------------ what Meta says no to


@pytest.mark.parametrize(
    ("code", "subcode", "trouble"),
    [(190, 463, "token"), (10, None, "access"), (200, 2534041, "access"), (368, None, "restricted")],
)
def test_trouble_of_the_account_stops_all_sends_and_keeps_them_in_line(desk, code, subcode, trouble):
    desk.graph.say_no(code, subcode)
    desk.bot_says("1")
    desk.owner_says("2")
    desk.flush()
    assert len(desk.graph.calls) == 1
    assert desk.account.trouble == trouble
    assert desk.statuses == ["queued", "queued"]
    assert desk.waiting == set()
    desk.set_account(trouble=None)
    desk.flush()
    assert desk.graph.texts == ["1", "2"]


def test_a_rate_limit_pauses_the_account_for_1_5_15_and_60_minutes(desk):
    desk.bot_says("1")
    for minutes in (1, 5, 15, 60, 60):
        desk.graph.say_no(613, 2534040)
        desk.flush()
        assert desk.account.paused_until == clock.now() + timedelta(minutes=minutes)
        assert desk.statuses == ["queued"]
        desk.pass_time(minutes=minutes)
    desk.flush()
    assert desk.graph.texts == ["1"]
    desk.bot_says("2")
    desk.graph.say_no(4)
    desk.flush()
    assert desk.account.paused_until == clock.now() + timedelta(minutes=1)


def test_a_rate_limit_pauses_for_as_long_as_meta_names(desk):
    desk.graph.headers = {
        "X-Business-Use-Case-Usage": '{"1":[{"call_count":100,"estimated_time_to_regain_access":19}]}'
    }
    desk.graph.say_no(80002)
    desk.bot_says()
    desk.flush()
    assert desk.account.paused_until == clock.now() + timedelta(minutes=19)


def test_a_window_meta_calls_shut_is_shut_and_the_owner_is_asked(desk):
    desk.graph.say_no(10, 2534022, status=403)
    desk.bot_says("1")
    desk.bot_says("2")
    desk.flush()
    assert len(desk.graph.calls) == 1
    assert desk.talk.window_shut
    assert desk.talk.needs_owner == "window_shut"
    assert [(reply.status, reply.reason) for reply in desk.replies] == [("held", "hold_for_person")] * 2
    assert (desk.replies[0].error_code, desk.replies[0].error_subcode) == (10, 2534022)
    assert desk.replies[0].fbtrace_id == "AInventedTrace"


def test_the_owners_words_then_take_the_human_lane_if_she_has_it(desk):
    desk.set_account(human_agent=True)
    desk.graph.say_no(10, 2534022)
    desk.owner_says("Anna here")
    desk.flush()
    assert [call.body.get("tag") for call in desk.graph.calls] == [None, "HUMAN_AGENT"]
    assert desk.statuses == ["sent"]


def test_if_the_human_lane_is_refused_too_she_writes_in_the_app(desk):
    desk.set_account(human_agent=True)
    desk.graph.say_no(10, 2534022, times=2)
    desk.owner_says("Anna here")
    desk.flush()
    assert len(desk.graph.calls) == 2
    assert [(reply.status, reply.reason) for reply in desk.replies] == [("held", "owner_writes_in_app")]


def test_a_person_who_is_gone_parks_the_conversation_until_they_write(desk):
    desk.graph.say_no(551, 1545041)
    desk.bot_says("1")
    desk.owner_says("2")
    desk.flush()
    assert len(desk.graph.calls) == 1
    assert desk.talk.unreachable
    assert desk.talk.needs_owner == "customer_gone"
    assert [(reply.status, reply.reason) for reply in desk.replies] == [("held", "CustomerGone")] * 2
    desk.customer_writes()
    desk.flush()
    assert desk.graph.texts == ["1", "2"]


def test_another_apps_conversation_is_left_to_it(desk):
    desk.graph.say_no(100, 2534037)
    desk.bot_says("1")
    desk.bot_says("2")
    desk.flush()
    assert len(desk.graph.calls) == 1
    assert desk.talk.control == "owner"
    assert desk.statuses == ["cancelled", "cancelled"]
    assert desk.timers == {"takeover": clock.now() + timedelta(hours=12)}


def test_the_owners_words_wait_while_another_app_has_the_conversation(desk):
    desk.graph.say_no(2018300)
    desk.owner_says()
    desk.flush()
    assert [(reply.status, reply.reason) for reply in desk.replies] == [("held", "NotThreadOwner")]
    assert desk.talk.needs_owner == "standby"


def test_words_meta_refuses_fail_once_and_the_rest_goes_on(desk):
    desk.graph.say_no(100, 2534015)
    desk.bot_says("1")
    desk.bot_says("2")
    desk.flush()
    assert desk.graph.texts == ["2"]
    assert [(reply.status, reply.reason) for reply in desk.replies] == [("failed", "MessageRefused"), ("sent", None)]
    assert desk.talk.needs_owner == "send_failed"


def test_a_picture_meta_could_not_fetch_is_tried_once_more(desk):
    desk.graph.say_no(100, 2018008, times=2)
    desk.bot_says("", image_url="https://shop.example.com/q.jpg")
    desk.flush()
    desk.flush()
    assert (len(desk.graph.calls), desk.statuses) == (1, ["queued"])
    desk.pass_time(minutes=1)
    desk.flush()
    assert (len(desk.graph.calls), desk.statuses) == (2, ["failed"])


def test_an_unreachable_meta_is_tried_again_and_again_with_longer_waits(desk):
    desk.graph.be_unreachable(times=12)
    desk.bot_says()
    waits = []
    for _ in range(12):
        desk.flush()
        [reply] = desk.replies
        assert reply.status == "queued"
        waits.append((reply.not_before - clock.now()).total_seconds())
        clock.move(reply.not_before - clock.now())
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (2, 60)
    desk.flush()
    assert desk.graph.texts == ["Hello"]


# ------------------------------------------------------------------ outcomes nobody told us


@pytest.mark.parametrize("fault", ["time-out", "5xx", "garbage", "code 1", "code 2"])
def test_an_unknown_outcome_waits_for_its_echo_before_another_try(desk, fault):
    match fault:
        case "time-out":
            desk.graph.lose_message()
        case "5xx":
            desk.graph.answer("<html>", status=502)
        case "garbage":
            desk.graph.answer("not JSON")
        case "code 1":
            desk.graph.say_no(1, status=500)
        case "code 2":
            desk.graph.say_no(2)
    desk.bot_says("1")
    desk.bot_says("2")
    desk.flush()
    assert desk.statuses == ["unknown", "queued"]
    desk.pass_time(seconds=29)
    desk.flush()
    assert len(desk.graph.calls) == 1
    desk.pass_time(seconds=1)
    desk.flush()
    assert desk.graph.texts == ["1", "2"]


def test_after_three_unknown_outcomes_it_is_held_and_the_owner_looks(desk):
    desk.graph.lose_message(times=3)
    desk.bot_says("1")
    for _ in range(5):
        desk.flush()
        desk.pass_time(seconds=30)
    assert len(desk.graph.calls) == 3
    assert [(reply.status, reply.reason) for reply in desk.replies] == [("held", "OutcomeUnknown")]
    assert desk.talk.needs_owner == "send_failed"
    assert not desk.talk.unreachable


def test_three_times_code_2_is_how_meta_says_blocked(desk):
    desk.graph.say_no(2, times=3)
    desk.bot_says("1")
    for _ in range(4):
        desk.flush()
        desk.pass_time(seconds=30)
    assert desk.talk.unreachable
    assert desk.talk.needs_owner == "customer_gone"
    assert desk.statuses == ["held"]


def test_an_error_that_comes_after_delivery_is_never_sent_again(desk):
    desk.graph.say_no(1, 1357046)
    desk.bot_says("1")
    desk.flush()
    assert desk.statuses == ["unknown"]
    desk.pass_time(seconds=30)
    desk.flush()
    assert len(desk.graph.calls) == 1
    assert desk.statuses == ["sent"]


def test_what_a_crash_left_in_the_middle_waits_for_its_echo_first(desk):
    [head] = desk.bot_says("1")
    desk.set_reply(head, status="sending", sending_since=clock.now() - timedelta(hours=1))
    assert desk.waiting == {desk.talk_id}
    desk.flush()
    assert (desk.graph.calls, desk.statuses) == ([], ["unknown"])
    assert desk.waiting == set()
    desk.pass_time(seconds=30)
    assert desk.waiting == {desk.talk_id}
    desk.flush()
    assert desk.graph.texts == ["1"]


def test_the_bot_does_not_repeat_itself_after_a_person_has_taken_over(desk):
    desk.graph.lose_message()
    desk.bot_says("1")
    desk.flush()
    desk.owner_takes_over()
    desk.pass_time(seconds=30)
    desk.flush()
    assert len(desk.graph.calls) == 1
    assert desk.statuses == ["cancelled"]


def test_an_echo_that_is_quicker_than_the_answer_is_not_undone_by_it(desk):
    [head] = desk.bot_says("1")
    desk.graph.lose_answer()
    desk.graph.on_arrival = lambda _call: desk.set_reply(head, status="sent", mid="mid-1", delivered_at=clock.now())
    desk.flush()
    assert [(reply.status, reply.mid) for reply in desk.replies] == [("sent", "mid-1")]


def test_a_reply_erased_on_its_way_leaves_no_trace(desk):
    [head] = desk.bot_says("1")

    def erase(_call):
        with desk.db.transaction() as session:
            session.delete(session.get_one(Reply, head))

    desk.graph.on_arrival = erase
    desk.flush()
    assert desk.replies == []
