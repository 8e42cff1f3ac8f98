"""Everything a person does on the phone page can be done by HTTP."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from igbot import clock
from igbot.simulator import Instagram, beside, create_simulator, load_sample

ONE = "7310000000001001"


@pytest.fixture
def instagram(callback, now) -> Instagram:
    instagram = Instagram(deliver=callback)
    load_sample().introduce(instagram)
    return instagram


@pytest.fixture
def http(instagram):
    return create_simulator(instagram).test_client()


@pytest.fixture
def post(http):
    return lambda path, body=None: http.post(f"/simulator/api{path}", json=body or {})


def chat(http) -> Any:
    return http.get(f"/simulator/api/people/{ONE}").json["messages"]


ACTS = [
    ("messages", {"text": "큐빅이 빠졌어요"}, "message"),
    ("messages", {"text": "still there?", "story": True}, "message"),
    ("samples", {"samples": ["close_up", "tiny"], "text": "here"}, "message"),
    *[("media", {"kind": kind}, "message") for kind in ("voice", "video", "file", "view_once", "unsupported", "post")],
    ("media", {"kind": "story_mention"}, "message"),
    ("postbacks", {"title": "Menu", "payload": "MENU"}, "postback"),
    ("links", {"ref": "order_1042"}, "referral"),
    ("owner", {"text": "I will look"}, "message"),
]


@pytest.mark.parametrize(("act", "body", "key"), ACTS)
def test_an_act_sends_its_webhook(post, callback, act, body, key):
    answer = post(f"/people/{ONE}/{act}", body)

    assert answer.status_code == 200
    assert key in callback.items[-1]
    assert answer.json["mid"] == callback.items[-1][key].get("mid")


def test_a_message_is_answered_edited_reacted_to_and_taken_back(post, http, callback):
    mid = post(f"/people/{ONE}/messages", {"text": "hello"}).json["mid"]
    post(f"/people/{ONE}/messages", {"text": "this one", "reply_to": mid})
    post(f"/people/{ONE}/edits", {"mid": mid, "text": "Hello!"})
    post(f"/people/{ONE}/reactions", {"mid": mid})
    first, second = chat(http)
    assert (first["text"], first["edits"], first["reaction"]) == ("Hello!", 1, "❤️")
    assert second["reply_to"] == mid

    post(f"/people/{ONE}/unsend", {"mid": mid})
    assert [message["text"] for message in chat(http)] == ["this one"]
    assert callback.items[-1]["message"] == {"mid": mid, "is_deleted": True}


def test_several_pictures_come_from_a_picker(http, callback):
    files = [(io.BytesIO(b"\xff\xd8 one"), "1.jpg"), (io.BytesIO(b"\x89PNG two"), "2.png")]
    http.post(f"/simulator/api/people/{ONE}/pictures", data={"pictures": files, "text": "both"})

    assert len(callback.items[0]["message"]["attachments"]) == 2
    shown = [attachment["url"] for attachment in chat(http)[0]["attachments"]]
    assert [http.get(url).data for url in shown] == [b"\xff\xd8 one", b"\x89PNG two"]


def test_samples_are_new_photos_unless_the_same_is_wanted(post, instagram):
    for sample in ("whole", "whole", "again"):
        post(f"/people/{ONE}/samples", {"samples": [sample]})

    sent = [message.attachments[0].asset_id for message in instagram.find(ONE).chat]
    first, second, again = (instagram.file_on_phone(asset_id) for asset_id in sent)
    assert first != second
    assert second == again


def test_a_quick_reply_is_tapped_by_its_label(post, http, instagram, caller_of):
    post(f"/people/{ONE}/messages", {"text": "hello"})
    chips = [{"content_type": "text", "title": "교환", "payload": "want:exchange"}]
    caller_of(instagram).sends(ONE, {"text": "Which?", "quick_replies": chips})

    post(f"/people/{ONE}/taps", {"label": "교환"})

    assert chat(http)[-1]["payload"] == "want:exchange"


def test_the_list_tells_what_is_unread_and_until_when_replies_may_go(post, http):
    post(f"/people/{ONE}/messages", {"text": "hello"})
    post(f"/people/{ONE}/owner", {"text": "hi!"})

    row = http.get("/simulator/api/people").json[0]
    assert (row["unread"], row["last"]["text"], row["last"]["by"]) == (1, "hi!", "owner")
    assert row["window_closes_at"] == "2026-11-22T03:00:00.000+00:00"
    post(f"/people/{ONE}/seen")
    assert http.get("/simulator/api/people").json[0]["unread"] == 0


def test_someone_new_can_come(http, post):
    answer = post("/people", {"username": "newcomer", "language": "en"})

    assert answer.status_code == 201
    assert http.get(f"/simulator/api/people/{answer.json['igsid']}").json["messages"] == []
    assert len(http.get("/simulator/api/transcript").json) == 9


def test_the_clock_moves_forward_only(http, post, now):
    assert post("/clock", {"hours": 24, "minutes": 1}).json["ahead_seconds"] == 86460
    assert clock.now() == now + timedelta(hours=24, minutes=1)
    assert http.get("/simulator/api/clock").json["now"] == "2026-11-22T03:01:00.000+00:00"

    refused = post("/clock", {"hours": -1})
    assert (refused.status_code, "forward" in refused.json["error"]) == (400, True)


def test_faults_are_ordered_one_by_one_and_cleared_together(http, post, instagram, callback):
    post("/faults", {"token_dead": True, "duplicates": 1})
    post("/faults", {"hold": True, "refuse": [{"code": 551, "subcode": 1545041, "times": 2}]})
    trouble = http.get("/simulator/api/faults").json
    assert (trouble["token_dead"], trouble["duplicates"], trouble["hold"]) == (True, 1, True)
    assert instagram.faults.refuse[0].times == 2

    post(f"/people/{ONE}/messages", {"text": "hello"})
    assert http.get("/simulator/api/webhooks").json["waiting"] == 2
    assert callback.posts == []

    assert http.delete("/simulator/api/faults").json["token_dead"] is False
    assert len(callback.posts) == 2


def test_webhooks_are_released_and_tried_again(http, post, callback):
    post("/faults", {"hold": True})
    for text in ("first", "second"):
        post(f"/people/{ONE}/messages", {"text": text})
    callback.status = 500
    assert post("/webhooks/release", {"newest_first": True}).json["failed"] == 2

    callback.status = 200
    assert post("/webhooks/redeliver").json == {
        "delivered": 2,
        "failed": 0,
        "given_up": 0,
        "is_holding": False,
        "last_status": 200,
        "waiting": 0,
    }
    assert [item["message"]["text"] for item in callback.items[:2]] == ["second", "first"]


def test_news_come_only_when_there_are_some(http, post):
    news = http.get(f"/simulator/api/news?person={ONE}").json
    assert set(news) == {"version", "clock", "people", "chat", "webhooks", "faults"}
    query = f"/simulator/api/news?person={ONE}&known={news['version']}"
    assert http.get(query).status_code == 204

    for path, body in (
        (f"/people/{ONE}/messages", {"text": "x"}),
        ("/clock", {"hours": 1}),
        ("/faults", {"hold": True}),
    ):
        post(path, body)
        fresh = http.get(query)
        assert fresh.status_code == 200
        query = f"/simulator/api/news?person={ONE}&known={fresh.json['version']}"


MISTAKES = [
    ("/people/99/messages", {"text": "x"}, 404),
    (f"/people/{ONE}/messages", {"text": ""}, 400),
    (f"/people/{ONE}/messages", {"txt": "x"}, 400),
    (f"/people/{ONE}/dance", {"text": "x"}, 404),
    (f"/people/{ONE}/taps", {"label": "nothing"}, 404),
    (f"/people/{ONE}/unsend", {"mid": "nothing"}, 404),
    (f"/people/{ONE}/samples", {"samples": ["selfie"]}, 404),
    (f"/people/{ONE}/samples", {"samples": ["again"]}, 404),
    (f"/people/{ONE}/pictures", {}, 400),
    ("/faults", {"rain": True}, 400),
    ("/faults", {"refuse": [{"code": "x"}]}, 400),
]


@pytest.mark.parametrize(("path", "body", "status"), MISTAKES)
def test_a_mistake_is_answered_with_a_sentence(post, callback, path, body, status):
    answer = post(path, body)

    assert answer.status_code == status
    assert answer.json["error"].endswith(".")
    assert callback.posts == []


def test_a_body_that_is_no_json_is_refused(http):
    """So that no other page in the browser can act here: a form of another site cannot send JSON."""
    answer = http.post(f"/simulator/api/people/{ONE}/messages", data={"text": "hello"})

    assert answer.status_code == 415


# ------------------------------------------------------------------ the pages


@pytest.mark.parametrize(
    ("query", "asked", "word"),
    [("?lang=ko", "en", "보내기"), ("?lang=en", "ko", "Send"), ("", "en", "Send"), ("", "fr", "보내기")],
)
def test_the_page_speaks_korean_or_english(http, query, asked, word):
    page = http.get(f"/simulator/{query}", headers={"Accept-Language": asked}).text

    assert word in page
    assert "shop_demo" in page


def test_the_page_shows_the_console_beside_the_phone_if_there_is_one(instagram, http):
    assert "<iframe" not in http.get("/simulator/").text

    page = create_simulator(instagram, console_url="/console/").test_client().get("/simulator/").text
    assert 'data-src="/console/"' in page


def test_every_word_of_the_page_stands_in_both_languages(http):
    words = {}
    for language in ("ko", "en"):
        page = http.get(f"/simulator/?lang={language}").text
        words[language] = json.loads(page.split('id="facts">')[1].split("</script>")[0])["words"]

    assert words["ko"].keys() == words["en"].keys()
    assert all(words["ko"].values())
    assert all(words["en"].values())


@pytest.mark.parametrize(
    "name", ["phone.css", "phone.js", "net.js", "bubbles.js", "composer.js", "tools.js", "ring.svg"]
)
def test_what_the_page_loads_is_there(http, name):
    assert http.get(f"/simulator/static/{name}", buffered=True).status_code == 200


def test_samples_can_be_looked_at(http):
    assert http.get("/simulator/samples/close_up.jpg").content_type == "image/jpeg"
    assert http.get("/simulator/samples/selfie.jpg").status_code == 404
    assert http.get("/simulator/picture/1").status_code == 404


def test_the_graph_api_stands_below_the_simulator(http, instagram):
    answer = http.get("/simulator/graph/v25.0/me", headers={"Authorization": f"Bearer {instagram.token}"})

    assert answer.json == {"id": instagram.app_scoped_id}


def test_the_simulator_stands_beside_another_application(instagram):
    shop = Response("the shop")
    both = Client(beside(shop, create_simulator(instagram)), Response)

    assert "phone.js" in both.get("/simulator/").text
    assert both.get("/console/").text == both.get("/simulators").text == "the shop"
