"""The pretend Graph API sends what Meta would send and refuses what Meta refuses."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from igbot import clock
from igbot.simulator import Instagram, RefuseNext, sending
from igbot.simulator.refusals import Refused
from tests.simulator.conftest import refusal

MESSAGE = {"text": "Thank you!"}
IMAGE = {"type": "image", "payload": {"url": "https://shop.example.com/m/quote-77.jpg"}}
DAY, WEEK, SECOND = timedelta(hours=24), timedelta(days=7), timedelta(seconds=1)


def chip(**changes: Any) -> dict[str, Any]:
    return {"content_type": "text", "title": "Exchange", "payload": "want:exchange"} | changes


def chips(*each: dict[str, Any], text: str = "Which?") -> dict[str, Any]:
    return {"text": text, "quick_replies": list(each)}


# ------------------------------------------------------------------ what is sent


def test_a_text_arrives_and_its_echo_has_the_answered_id(instagram, jiwoo, caller, callback):
    jiwoo.writes("hi")
    answer = caller.sends(jiwoo.igsid, MESSAGE, messaging_type="RESPONSE")

    mid = answer.json["message_id"]
    assert (answer.status_code, answer.json) == (200, {"recipient_id": jiwoo.igsid, "message_id": mid})
    assert [(message.mid, message.text, message.by) for message in instagram.sent_to(jiwoo)] == [
        (mid, "Thank you!", "app")
    ]
    assert callback.items[-1]["sender"] == {"id": instagram.account_ig_id}
    assert callback.items[-1]["message"] == {"mid": mid, "text": "Thank you!", "is_echo": True}


def test_an_echo_may_name_our_app_and_come_before_the_answer(instagram, jiwoo, caller, callback):
    jiwoo.writes("hi")
    instagram.faults.echo_names_app = instagram.faults.echo_first = True
    sent = sending.Sending(jiwoo.igsid, text="hello")
    instagram.send(sent)

    assert callback.items[-1]["message"]["app_id"] == 1999999999999901


def test_titles_of_quick_replies_are_cut_after_20_characters(instagram, jiwoo, caller):
    jiwoo.writes("hi")
    caller.sends(jiwoo.igsid, chips(chip(title="가" * 30), chip(title="short")))

    assert [reply.title for reply in instagram.sent_to(jiwoo)[0].quick_replies] == ["가" * 20, "short"]


ACCEPTED = {
    "1000 bytes": {"text": "x" * 1000},
    "13 quick replies": chips(*[chip()] * 13),
    "an image": {"attachment": IMAGE},
    "an image on this machine": {"attachment": {"type": "image", "payload": {"url": "http://127.0.0.1:8000/m/a.jpg"}}},
    "ten images": {"attachments": [IMAGE] * 10},
    "a video": {"attachment": {"type": "video", "payload": {"url": "https://shop.example.com/m/a.mp4"}}},
}


@pytest.mark.parametrize("message", ACCEPTED.values(), ids=ACCEPTED)
def test_a_message_within_the_limits_is_sent(instagram, jiwoo, caller, message):
    jiwoo.writes("hi")

    assert caller.sends(jiwoo.igsid, message).status_code == 200
    assert len(instagram.sent_to(jiwoo)) == 1


def test_an_answer_to_a_message_names_it(instagram, jiwoo, caller, callback):
    mid = jiwoo.writes("which one?")
    caller.sends(jiwoo.igsid, MESSAGE, reply_to={"mid": mid})

    assert instagram.sent_to(jiwoo)[0].reply_to == mid
    assert callback.items[-1]["message"]["reply_to"] == {"mid": mid}


def test_an_echo_of_an_image_has_an_address_of_metas_own(jiwoo, caller, callback):
    jiwoo.writes("hi")
    caller.sends(jiwoo.igsid, {"attachment": IMAGE})

    attachment = callback.items[-1]["message"]["attachments"][0]
    assert attachment["type"] == "image"
    assert "/ig_messaging_cdn/?asset_id=" in attachment["payload"]["url"]


def test_typing_shows_until_the_next_message(instagram, jiwoo, caller, callback):
    jiwoo.writes("hi")
    answer = caller.sends(jiwoo.igsid, sender_action="typing_on")
    assert answer.json == {"recipient_id": jiwoo.igsid}
    assert jiwoo.contact.typing_until > clock.now()

    caller.sends(jiwoo.igsid, MESSAGE)
    assert jiwoo.contact.typing_until is None
    assert len(callback.items) == 2, "sender actions have no echo"


def test_seen_and_reactions_show_on_the_customers_messages(instagram, jiwoo, caller):
    mid = jiwoo.writes("hi")
    caller.sends(jiwoo.igsid, sender_action="mark_seen")
    caller.sends(jiwoo.igsid, sender_action="react", payload={"message_id": mid, "reaction": "love"})
    assert (instagram.message(mid).seen, instagram.message(mid).shop_reaction) == (True, "love")

    caller.sends(jiwoo.igsid, sender_action="unreact", payload={"message_id": mid})
    assert instagram.message(mid).shop_reaction is None


# ------------------------------------------------------------------ what is refused

REFUSED: dict[str, tuple[dict[str, Any], tuple[int, int, int | None]]] = {
    "no recipient": ({"message": MESSAGE, "recipient": {}}, (400, 100, None)),
    "a stranger": ({"message": MESSAGE, "recipient": {"id": "99"}}, (400, 100, 2534014)),
    "message and action": ({"message": MESSAGE, "sender_action": "typing_on"}, (400, 100, 2018014)),
    "an unknown action": ({"sender_action": "dance"}, (400, 100, None)),
    "a reaction to nothing": ({"sender_action": "react"}, (400, 100, 2534015)),
    "neither text nor attachment": ({"message": {}}, (400, 100, 2534015)),
    "no message at all": ({}, (400, 100, 2534015)),
    "text and attachment": ({"message": MESSAGE | {"attachment": IMAGE}}, (400, 100, 2534015)),
    "blank text": ({"message": {"text": " \n"}}, (400, 100, 2534015)),
    "1001 bytes": ({"message": {"text": "x" * 1001}}, (400, 100, None)),
    "334 Korean syllables": ({"message": {"text": "가" * 334}}, (400, 100, None)),
    "14 quick replies": ({"message": chips(*[chip()] * 14)}, (400, 100, None)),
    "a phone quick reply": ({"message": chips({"content_type": "user_phone_number"})}, (400, 100, 2534015)),
    "a chip without title": ({"message": chips(chip(title=" "))}, (400, 100, None)),
    "a chip without payload": ({"message": chips(chip(payload=""))}, (400, 100, None)),
    "a payload of 1001": ({"message": chips(chip(payload="x" * 1001))}, (400, 100, None)),
    "chips below a picture": ({"message": {"attachment": IMAGE, "quick_replies": [chip()]}}, (400, 100, 2534015)),
    "eleven images": ({"message": {"attachments": [IMAGE] * 11}}, (400, 100, 2534015)),
    "an address that is no https": (
        {"message": {"attachment": {"type": "image", "payload": {"url": "http://shop.example.com/a.jpg"}}}},
        (400, 100, 2018008),
    ),
    "an attachment of someone else": (
        {"message": {"attachment": {"type": "image", "payload": {"attachment_id": "9"}}}},
        (400, 100, 2018074),
    ),
    "an unknown kind": ({"message": {"attachment": {"type": "hologram"}}}, (400, 100, 2534015)),
    "an unknown tag": ({"message": MESSAGE, "tag": "ACCOUNT_UPDATE"}, (400, 100, None)),
    "a tag that is missing": ({"message": MESSAGE, "messaging_type": "MESSAGE_TAG"}, (400, 100, None)),
    "an unknown type": ({"message": MESSAGE, "messaging_type": "SHOUT"}, (400, 100, None)),
    "an answer to nothing": ({"message": MESSAGE, "reply_to": {"mid": "m"}}, (400, 100, 2534015)),
}


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_faulty_message_is_refused_and_nothing_arrives(instagram, jiwoo, caller, callback, body, expected):
    jiwoo.writes("hi")

    assert refusal(caller.posts({"recipient": {"id": jiwoo.igsid}} | body)) == expected
    assert instagram.sent_to(jiwoo) == []
    assert len(callback.posts) == 1


def test_a_refusal_is_metas_envelope_with_a_trace(jiwoo, caller):
    error = caller.sends("99", MESSAGE).json["error"]

    assert error["message"] == "No matching Instagram user"
    assert error["type"] == "OAuthException"
    assert error["fbtrace_id"].startswith("A")


def test_a_customer_who_blocked_the_shop_cannot_be_reached(jiwoo, caller):
    jiwoo.writes("bye")
    jiwoo.blocks()

    assert refusal(caller.sends(jiwoo.igsid, MESSAGE)) == (400, 551, 1545041)
    assert refusal(caller.gets(f"/v25.0/{jiwoo.igsid}")) == (400, 100, 33)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda part: st.lists(part) | part)
)
def test_no_body_breaks_the_reader(part):
    for key in ("message", "sender_action", "reply_to", "payload", "tag", "messaging_type"):
        body = {
            "recipient": {"id": "1"},
            "message": {"text": "x", "quick_replies": part, "attachments": part},
            key: part,
        }
        with suppress(Refused):
            assert sending.read(body).recipient == "1"


# ------------------------------------------------------------------ the window

TAGGED = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
WINDOW = [
    ("just written", timedelta(), {}, False, 200),
    ("23:59:59", DAY - SECOND, {}, False, 200),
    ("24:00:00", DAY, {}, False, 403),
    ("24:00:00 tagged, not granted", DAY, TAGGED, False, 403),
    ("24:00:00 tagged, granted", DAY, TAGGED, True, 200),
    ("24:00:00 granted, not tagged", DAY, {}, True, 403),
    ("a second before 7 days", WEEK - SECOND, TAGGED, True, 200),
    ("7 days", WEEK, TAGGED, True, 403),
]


@pytest.mark.parametrize(
    ("since", "tag", "granted", "status"), [case[1:] for case in WINDOW], ids=[case[0] for case in WINDOW]
)
def test_the_window_is_open_for_a_day_and_for_a_person_a_week(caller_of, now, *, since, tag, granted, status):
    instagram = Instagram()
    instagram.human_agent = granted
    jiwoo, caller = instagram.person("Jiwoo", "jiwoo.k"), caller_of(instagram)
    jiwoo.writes("hi")
    clock.move(since)

    answer = caller.sends(jiwoo.igsid, MESSAGE, **tag)

    assert answer.status_code == status
    if status != 200:
        assert refusal(answer) == (403, 10, 2534022)
        assert answer.json["error"]["type"] == "IGApiException"


def test_the_page_host_words_the_shut_window_its_own_way(callback, caller_of, now):
    instagram = Instagram(deliver=callback, login="facebook")
    person = instagram.person("Emma", "emma")

    answer = caller_of(instagram).sends(person.igsid, MESSAGE)

    assert refusal(answer) == (400, 10, 2534022)
    assert answer.json["error"]["message"] == "(#10) This message is sent outside of allowed window."


def test_nobody_is_written_to_who_never_wrote(jiwoo, caller):
    assert refusal(caller.sends(jiwoo.igsid, MESSAGE)) == (403, 10, 2534022)


OPENING = {
    "a tap on a button": (lambda person: person.presses("Menu", "M"), True),
    "an ig.me visit": (lambda person: person.follows_link("r"), True),
    "a reaction": (lambda person: person.reacts(person.chat[0].mid), False),
    "an edit": (lambda person: person.edits(person.chat[0].mid, "x"), False),
    "an unsend": (lambda person: person.unsends(person.chat[0].mid), False),
    "a look at the chat": (lambda person: person.sees(), False),
}


@pytest.mark.parametrize(("act", "opens"), OPENING.values(), ids=OPENING)
def test_acts_of_a_customer_open_the_window_or_do_not(jiwoo, caller, act, opens):
    jiwoo.writes("hi")
    clock.move(timedelta(days=2))

    act(jiwoo)

    assert (caller.sends(jiwoo.igsid, MESSAGE).status_code == 200) is opens


# ------------------------------------------------------------------ tokens and accounts


@pytest.mark.parametrize("token", ["", "IGAA_SOMEONE_ELSES"], ids=["none", "unknown"])
def test_a_call_needs_a_token(jiwoo, caller, token):
    caller.token = token

    assert refusal(caller.sends(jiwoo.igsid, MESSAGE)) == (400, 190, None)


def test_a_token_of_60_days_dies_unless_it_is_refreshed(instagram, caller):
    old = caller.token = instagram.expiring_token()
    refresh = f"/refresh_access_token?grant_type=ig_refresh_token&access_token={old}"
    assert refusal(caller.gets(refresh)) == (400, 10, None)

    clock.move(DAY)
    fresh = caller.gets(refresh).json
    assert (fresh["token_type"], fresh["expires_in"]) == ("bearer", 5183944)

    clock.move(timedelta(days=59, seconds=1))
    assert refusal(caller.gets("/v25.0/me")) == (400, 190, 463)
    caller.token = fresh["access_token"]
    assert caller.gets("/v25.0/me").status_code == 200


def test_a_short_token_is_exchanged_for_a_long_one_by_who_knows_the_secret(instagram, caller):
    short = instagram.short_token()
    path = f"/access_token?grant_type=ig_exchange_token&access_token={short}&client_secret="
    assert refusal(caller.gets(path + "guess")) == (400, 100, None)

    long = caller.gets(path + instagram.app_secret).json
    assert long["expires_in"] == 5183944
    caller.token = long["access_token"]
    assert caller.gets("/v25.0/me").status_code == 200


def test_a_page_token_has_no_end(callback, caller_of, now):
    instagram = Instagram(deliver=callback, login="facebook")
    answer = caller_of(instagram).gets(
        "/v25.0/oauth/access_token?grant_type=fb_exchange_token&client_id=1"
        f"&client_secret={instagram.app_secret}&fb_exchange_token={instagram.short_token()}"
    )

    assert answer.json["access_token"].startswith("EAA")
    assert "expires_in" not in answer.json


def test_me_is_the_account_or_the_page(instagram, caller, caller_of, callback):
    fields = "?fields=id,user_id,username,name,account_type"
    assert caller.gets(f"/v25.0/me{fields}").json == {
        "id": "28900000000000118",
        "user_id": "17841400000000123",
        "username": "shop_demo",
        "name": "Shop Demo",
        "account_type": "Business",
    }
    page = caller_of(Instagram(login="facebook")).gets("/v25.0/me?fields=id,instagram_business_account{id}").json
    assert (page["id"], page["instagram_business_account"]["id"]) == ("104400000000777", "17841400000000123")


@pytest.mark.parametrize(
    ("login", "node", "status"),
    [
        ("instagram", "me", 200),
        ("instagram", "17841400000000123", 200),
        ("instagram", "104400000000777", 400),
        ("facebook", "104400000000777", 200),
        ("facebook", "17841400000000123", 400),
    ],
)
def test_messages_are_posted_to_the_node_of_the_log_in(caller_of, callback, now, login, node, status):
    instagram = Instagram(deliver=callback, login=login)
    person = instagram.person("Emma", "emma")
    person.writes("hi")
    caller = caller_of(instagram)
    caller.node = node

    assert caller.sends(person.igsid, MESSAGE).status_code == status


def test_a_profile_is_shown_once_the_person_has_written(instagram, jiwoo, caller):
    path = f"/v25.0/{jiwoo.igsid}?fields=name,username,profile_pic"
    assert refusal(caller.gets(path)) == (400, 230, None)

    jiwoo.writes("hi")
    assert caller.gets(path).json == {
        "id": jiwoo.igsid,
        "name": "김지우",
        "username": "jiwoo.k",
        "profile_pic": None,
    }


def test_webhooks_are_subscribed_listed_and_ended(instagram, caller):
    path = "/v25.0/me/subscribed_apps"
    ask = f"{path}?subscribed_fields=messages,messaging_postbacks"
    assert caller.http.post(ask, headers=caller.headers).json == {"success": True}
    fields = [{"id": instagram.app_id, "subscribed_fields": ["messages", "messaging_postbacks"]}]
    assert caller.gets(path).json == {"data": fields}

    assert caller.http.delete(path, headers=caller.headers).json == {"success": True}
    assert caller.gets(path).json == {"data": []}


@pytest.mark.parametrize(
    ("login", "field", "answer"),
    [
        ("instagram", "messaging_seen", {"success": True}),
        ("instagram", "messages_seen", None),
        ("facebook", "messaging_referrals", {"success": "true"}),
        ("facebook", "messaging_seen", None),
    ],
)
def test_fields_have_different_names_on_the_two_hosts(caller_of, login, field, answer):
    caller = caller_of(Instagram(login=login))
    got = caller.http.post(f"/v25.0/me/subscribed_apps?subscribed_fields=messages,{field}", headers=caller.headers)

    if answer:
        assert got.json == answer
    else:
        assert refusal(got) == (400, 100, None)
        assert "subscribed_fields[1]" in got.json["error"]["message"]


def test_an_unknown_path_is_answered_in_metas_envelope(caller):
    assert refusal(caller.gets("/v25.0/me/insights/reach")) == (400, 2500, None)


# ------------------------------------------------------------------ trouble on demand


def test_a_refusal_can_be_ordered_for_the_next_messages(instagram, jiwoo, caller):
    jiwoo.writes("hi")
    instagram.faults.refuse.append(RefuseNext(code=613, subcode=2534040, times=2))

    caller.sends(jiwoo.igsid, sender_action="typing_on")
    answers = [caller.sends(jiwoo.igsid, MESSAGE) for _ in range(3)]

    assert [refusal(answer) for answer in answers[:2]] == [(400, 613, 2534040)] * 2
    assert answers[2].status_code == 200


def test_a_refusal_can_be_ordered_for_profiles_and_with_a_status(instagram, jiwoo, caller):
    jiwoo.writes("hi")
    instagram.faults.refuse.append(RefuseNext(code=9010, call="profile", status=500))

    assert refusal(caller.gets(f"/v25.0/{jiwoo.igsid}")) == (500, 9010, None)
    assert caller.gets(f"/v25.0/{jiwoo.igsid}").status_code == 200


def test_a_lost_answer_still_sends(instagram, jiwoo, caller, callback):
    jiwoo.writes("hi")
    instagram.faults.answers_lost = 1

    assert refusal(caller.sends(jiwoo.igsid, MESSAGE)) == (500, 1, None)
    assert [message.text for message in instagram.sent_to(jiwoo)] == ["Thank you!"]
    assert callback.items[-1]["message"]["is_echo"]
    assert caller.sends(jiwoo.igsid, MESSAGE).status_code == 200


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("meta_down", (503, 2, None)), ("token_dead", (400, 190, 463)), ("standby", (400, 100, 2534037))],
)
def test_while_a_fault_lasts_nothing_is_sent(instagram, jiwoo, caller, fault, expected):
    jiwoo.writes("hi")
    setattr(instagram.faults, fault, True)
    assert refusal(caller.sends(jiwoo.igsid, MESSAGE)) == expected
    assert instagram.sent_to(jiwoo) == []

    setattr(instagram.faults, fault, False)
    assert caller.sends(jiwoo.igsid, MESSAGE).status_code == 200


def test_too_many_sends_a_second_are_refused(instagram, jiwoo, caller):
    instagram.sends_per_second = 2
    jiwoo.writes("hi")
    assert [caller.sends(jiwoo.igsid, MESSAGE).status_code for _ in range(3)] == [200, 200, 400]
    assert refusal(caller.sends(jiwoo.igsid, MESSAGE)) == (400, 613, 2534040)

    clock.move(SECOND)
    assert caller.sends(jiwoo.igsid, MESSAGE).status_code == 200


def test_usage_is_told_in_headers_on_demand(instagram, caller):
    assert "X-App-Usage" not in caller.gets("/v25.0/me").headers

    instagram.faults.usage_percent, instagram.faults.regain_minutes = 97, 19
    headers = caller.gets("/v25.0/me").headers
    assert '"call_count": 97' in headers["X-App-Usage"]
    assert '"estimated_time_to_regain_access": 19' in headers["X-Business-Use-Case-Usage"]
