"""What people do in the pretend Instagram leaves it as Meta would send it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from igbot import clock
from igbot.simulator import Instagram, Person

SHOP, CUSTOMER = "17841400000000123", "7310000000000456"
NOON_MS = 1795230000000

MID = "a message id"
ADDRESS = "an address on the media host"


def shape(value: Any) -> Any:
    """A webhook item with message ids, asset numbers and addresses replaced by what they are."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value]
    if isinstance(value, str) and re.fullmatch(r"aWdf[A-Za-z0-9]{130,180}", value):
        return MID
    if isinstance(value, str) and value.startswith("http://127.0.0.1:8001/ig_messaging_cdn/?asset_id=180"):
        return ADDRESS
    return value


def from_customer(**body: Any) -> dict[str, Any]:
    return {"sender": {"id": CUSTOMER}, "recipient": {"id": SHOP}, "timestamp": NOON_MS, **body}


def from_shop(**body: Any) -> dict[str, Any]:
    return {"sender": {"id": SHOP}, "recipient": {"id": CUSTOMER}, "timestamp": NOON_MS, **body}


def media(kind: str) -> dict[str, Any]:
    return {"type": kind, "payload": {"url": ADDRESS}}


def reply_to_own(person: Person, instagram: Instagram) -> None:
    person.writes("yes, this one", reply_to=person.chat[0].mid)


def react_to_shop(person: Person, instagram: Instagram) -> None:
    person.reacts(instagram.owner_types(person, "hi"))


def take_reaction_off(person: Person, instagram: Instagram) -> None:
    person.reacts(person.chat[0].mid, None)


ACTS: dict[str, tuple[Callable[[Person, Instagram], object], dict[str, Any]]] = {
    "text": (lambda p, _: p.writes("hello"), from_customer(message={"mid": MID, "text": "hello"})),
    "text not in ASCII": (lambda p, _: p.writes("큐빅 😢"), from_customer(message={"mid": MID, "text": "큐빅 😢"})),
    "one picture": (
        lambda p, _: p.sends_pictures([b"\xff\xd8"]),
        from_customer(message={"mid": MID, "attachments": [media("image")]}),
    ),
    "several pictures": (
        lambda p, _: p.sends_pictures([b"\xff\xd8", b"\x89PNG"], "열자마자 그랬어요"),
        from_customer(message={"mid": MID, "text": "열자마자 그랬어요", "attachments": [media("image")] * 2}),
    ),
    "video": (lambda p, _: p.sends_video(), from_customer(message={"mid": MID, "attachments": [media("video")]})),
    "voice": (lambda p, _: p.sends_voice(), from_customer(message={"mid": MID, "attachments": [media("audio")]})),
    "file": (lambda p, _: p.sends_file(), from_customer(message={"mid": MID, "attachments": [media("file")]})),
    "view once": (
        lambda p, _: p.sends_view_once(),
        from_customer(message={"mid": MID, "attachments": [{"type": "ephemeral"}]}),
    ),
    "unsupported": (
        lambda p, _: p.sends_unsupported(),
        from_customer(message={"mid": MID, "attachments": [{"type": "unsupported_type"}]}),
    ),
    "story mention": (
        lambda p, _: p.mentions_in_story(),
        from_customer(message={"mid": MID, "attachments": [media("story_mention")]}),
    ),
    "inline reply": (
        reply_to_own,
        from_customer(message={"mid": MID, "text": "yes, this one", "reply_to": {"mid": MID}}),
    ),
    "button": (
        lambda p, _: p.presses("Talk to a person", "MENU:HUMAN"),
        from_customer(postback={"mid": MID, "title": "Talk to a person", "payload": "MENU:HUMAN"}),
    ),
    "unsend": (lambda p, _: p.unsends(p.chat[0].mid), from_customer(message={"mid": MID, "is_deleted": True})),
    "edit": (
        lambda p, _: p.edits(p.chat[0].mid, "better"),
        from_customer(message_edit={"mid": MID, "text": "better", "num_edit": 1}),
    ),
    "reaction": (
        react_to_shop,
        from_customer(reaction={"mid": MID, "action": "react", "reaction": "love", "emoji": "❤️"}),
    ),
    "reaction outside the named set": (
        lambda p, _: p.reacts(p.chat[0].mid, "🥲"),
        from_customer(reaction={"mid": MID, "action": "react", "reaction": "other", "emoji": "🥲"}),
    ),
    "reaction taken off": (take_reaction_off, from_customer(reaction={"mid": MID, "action": "unreact"})),
    "ig.me link": (
        lambda p, _: p.follows_link("order_1042"),
        from_customer(referral={"ref": "order_1042", "source": "SHORTLINKS", "type": "OPEN_THREAD"}),
    ),
    "owner in the app": (
        lambda p, i: i.owner_types(p, "I will look"),
        from_shop(message={"mid": MID, "text": "I will look", "is_echo": True}),
    ),
    "another tool": (
        lambda p, i: i.owner_types(p, "Hi!", app_id="42"),
        from_shop(message={"mid": MID, "text": "Hi!", "is_echo": True, "app_id": 42}),
    ),
    "owner unsends": (
        lambda p, i: i.owner_unsends(i.owner_types(p, "oops")),
        from_shop(message={"mid": MID, "is_deleted": True, "is_echo": True}),
    ),
}


@pytest.mark.parametrize(("act", "expected"), ACTS.values(), ids=ACTS)
def test_an_act_becomes_the_item_meta_sends(instagram, jiwoo, callback, act, expected):
    jiwoo.writes("first")

    act(jiwoo, instagram)

    assert shape(callback.items[-1]) == expected


def test_a_body_is_one_entry_of_the_account_with_the_time_of_sending(jiwoo, callback):
    jiwoo.writes("hello")

    body = callback.bodies[0]
    assert body["object"] == "instagram"
    assert [(entry["id"], entry["time"]) for entry in body["entry"]] == [(SHOP, NOON_MS)]


def test_a_story_reply_names_the_story_and_where_its_picture_was(jiwoo, callback):
    jiwoo.writes("Is this one still available?", story=True)

    story = callback.items[0]["message"]["reply_to"]["story"]
    assert re.fullmatch(r"179\d{14}", story["id"])
    assert shape(story["url"]) == ADDRESS


def test_a_shared_post_carries_its_caption(jiwoo, callback):
    jiwoo.shares_post("Moonstone ring, size 52")

    post = callback.items[0]["message"]["attachments"][0]
    assert (post["type"], post["payload"]["title"]) == ("ig_post", "Moonstone ring, size 52")
    assert set(post["payload"]) == {"ig_post_media_id", "title", "url"}


def test_looking_at_the_chat_tells_the_newest_message_of_the_shop_once(instagram, jiwoo, callback):
    instagram.owner_types(jiwoo, "one")
    newest = instagram.owner_types(jiwoo, "two")

    jiwoo.sees()
    jiwoo.sees()

    assert [item["read"] for item in callback.items if "read" in item] == [{"mid": newest}]


def test_text_travels_as_escapes_with_lower_case_hex(jiwoo, callback):
    jiwoo.writes("Grüße 😢")

    raw, _ = callback.posts[0]
    assert raw.isascii()
    assert rb"Gr\u00fc\u00dfe \ud83d\ude22" in raw


def test_the_signature_is_made_over_the_raw_bytes_with_the_app_secret(instagram, jiwoo, callback):
    instagram.app_secret = "invented_app_secret"
    jiwoo.writes("Grüße")

    raw, headers = callback.posts[0]
    digest = hmac.new(b"invented_app_secret", raw, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={digest}"
    assert headers["Content-Type"] == "application/json"


def test_message_ids_are_never_the_same_twice(jiwoo):
    assert len({jiwoo.writes("again") for _ in range(50)}) == 50


def test_a_tap_is_a_message_with_title_and_payload(instagram, jiwoo, caller, callback):
    jiwoo.writes("hi")
    chips = [{"content_type": "text", "title": "교환", "payload": "want:exchange"}]
    caller.sends(jiwoo.igsid, {"text": "Which?", "quick_replies": chips})

    for label in ("교환", "want:exchange"):
        jiwoo.taps(label)
        expected = {"mid": MID, "text": "교환", "quick_reply": {"payload": "want:exchange"}}
        assert shape(callback.items[-1]["message"]) == expected


def test_nobody_taps_what_was_not_offered(jiwoo):
    with pytest.raises(LookupError):
        jiwoo.taps("환불")


def test_only_an_own_message_can_be_taken_back_and_only_once(instagram, jiwoo):
    stranger = instagram.person("Emma", "emma")
    mid = jiwoo.writes("mine")
    for person, taken in ((stranger, mid), (jiwoo, instagram.owner_types(jiwoo, "theirs"))):
        with pytest.raises(LookupError):
            person.unsends(taken)
    jiwoo.unsends(mid)
    with pytest.raises(LookupError):
        jiwoo.unsends(mid)


def test_an_unsubscribed_app_hears_nothing(instagram, jiwoo, callback):
    instagram.subscribe([])
    jiwoo.writes("hello?")

    assert callback.posts == []


def test_another_apps_threads_come_under_standby(instagram, jiwoo, callback):
    instagram.faults.standby = True
    jiwoo.writes("hello")

    assert [set(entry) - {"id", "time"} for entry in callback.bodies[0]["entry"]] == [{"standby"}]


# ------------------------------------------------------------------ the post


def texts(callback: Any) -> list[str]:
    return [item["message"]["text"] for item in callback.items]


def test_duplicates_differ_in_nothing_but_the_time_of_sending(instagram, jiwoo, callback):
    instagram.postman.duplicates = 2
    jiwoo.writes("hello")

    assert len(callback.posts) == 3
    assert callback.items[0] == callback.items[1] == callback.items[2]


def test_held_webhooks_wait_and_can_come_in_the_wrong_order(instagram, jiwoo, callback):
    instagram.hold()
    for text in ("first", "second", "third"):
        jiwoo.writes(text)
        clock.move(timedelta(seconds=1))
    assert callback.posts == []

    instagram.release(newest_first=True)

    assert texts(callback) == ["third", "second", "first"]
    assert [item["timestamp"] for item in callback.items] == [NOON_MS + 2000, NOON_MS + 1000, NOON_MS]


def test_held_webhooks_can_come_in_one_body(instagram, jiwoo, callback):
    instagram.hold()
    jiwoo.writes("first")
    jiwoo.writes("second")

    instagram.release(in_one_body=True)

    assert len(callback.posts) == 1
    assert texts(callback) == ["first", "second"]


@pytest.mark.parametrize("status", [500, 401, 0], ids=["error", "refused", "nobody there"])
def test_a_failed_webhook_waits_to_be_delivered_again(instagram, jiwoo, callback, status):
    callback.status = status
    jiwoo.writes("hello")
    assert instagram.redeliver() == 1

    callback.status = 200
    assert instagram.redeliver() == 0
    assert texts(callback) == ["hello"] * 3
    assert instagram.postman.tally.delivered == 1


def test_a_webhook_is_given_up_after_many_tries(instagram, jiwoo, callback):
    callback.status = 500
    jiwoo.writes("hello")
    for _ in range(30):
        instagram.redeliver()

    assert len(callback.posts) == 20
    assert instagram.postman.tally.given_up == 1


def test_a_callback_that_acts_at_once_is_not_entered_twice(now):
    """The receiver's own answer makes an echo: it comes after the message, not inside its delivery."""
    heard: list[str] = []
    depth: list[int] = []

    def deliver(raw: bytes, headers: dict[str, str]) -> int:
        depth.append(len(depth))
        heard.append(json.loads(raw)["entry"][0]["messaging"][0]["message"]["text"])
        if heard == ["hello"]:
            instagram.owner_types(person, "hi!")
        assert depth.pop() == 0
        return 200

    instagram = Instagram(deliver=deliver)
    person = instagram.person("Emma", "emma")
    person.writes("hello")

    assert heard == ["hello", "hi!"]
