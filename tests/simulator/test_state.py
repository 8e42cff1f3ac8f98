"""What people sent is there to be fetched until it is taken back, and chats outlive the process."""

from __future__ import annotations

from contextlib import chdir
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from igbot import clock
from igbot.errors import BrokenShop
from igbot.simulator import Instagram, media_app

JPEG = b"\xff\xd8 a picture"


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


@pytest.fixture
def address(jiwoo, callback) -> str:
    jiwoo.sends_pictures([JPEG])
    return path_of(callback.items[0]["message"]["attachments"][0]["payload"]["url"])


def test_a_picture_is_served_to_who_knows_its_signature(instagram, address):
    media = media_app(instagram).test_client()

    answer = media.get(address)
    assert (answer.status_code, answer.data, answer.content_type) == (200, JPEG, "image/jpeg")
    assert media.get(address[:-1]).status_code == 404


def test_an_unsent_picture_is_gone(instagram, jiwoo, address):
    jiwoo.unsends(jiwoo.chat[0].mid)

    assert media_app(instagram).test_client().get(address).status_code == 404
    assert jiwoo.chat[0].attachments == []


def test_the_media_host_can_be_down(instagram, address):
    instagram.faults.media_down = True

    assert media_app(instagram).test_client().get(address).status_code == 503


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"\x89PNG\r\n", "image/png"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"<script>", "application/octet-stream"),
    ],
)
def test_a_picture_is_served_as_what_its_bytes_say(instagram, jiwoo, callback, data, content_type):
    jiwoo.sends_pictures([data])
    address = path_of(callback.items[0]["message"]["attachments"][0]["payload"]["url"])

    assert media_app(instagram).test_client().get(address).content_type == content_type


def test_a_picture_may_come_from_a_file(instagram, jiwoo, callback, tmp_path):
    (tmp_path / "ring.jpg").write_bytes(JPEG)
    jiwoo.sends_pictures([tmp_path / "ring.jpg"])

    address = path_of(callback.items[0]["message"]["attachments"][0]["payload"]["url"])
    assert media_app(instagram).test_client().get(address).data == JPEG


# ------------------------------------------------------------------ after a restart


def test_chats_pictures_tokens_and_windows_survive_a_restart(now, callback, caller_of, tmp_path):
    path = tmp_path / "instagram.json"
    before = Instagram(deliver=callback, path=path)
    person = before.person("김지우", "jiwoo.k", "7310000000000456")
    person.sends_pictures([JPEG], "큐빅 😢")
    token = before.expiring_token()
    caller_of(before).sends(person.igsid, {"text": "고마워요"})

    after = Instagram(deliver=callback, path=path)
    again = after.find(person.igsid)

    assert again.chat == person.chat
    assert again.contact == person.contact
    assert after.token == token
    address = path_of(callback.items[0]["message"]["attachments"][0]["payload"]["url"])
    assert media_app(after).test_client().get(address).data == JPEG
    assert caller_of(after).sends(again.igsid, {"text": "still open"}).status_code == 200


def test_an_unsend_leaves_nothing_on_disk(now, callback, tmp_path):
    instagram = Instagram(deliver=callback, path=tmp_path / "instagram.json")
    person = instagram.person("Jiwoo", "jiwoo.k")
    person.unsends(person.sends_pictures([JPEG], "private words"))

    kept = b"".join(path.read_bytes() for path in Path(tmp_path).rglob("*") if path.is_file())
    assert b"private words" not in kept
    assert JPEG not in kept


def test_an_unsubscribed_account_stays_so(now, callback, tmp_path):
    Instagram(path=tmp_path / "instagram.json").subscribe([])

    assert Instagram(path=tmp_path / "instagram.json").subscribed_fields == []


def test_a_spoilt_file_is_refused_with_its_name(tmp_path):
    (tmp_path / "instagram.json").write_text('{"messages": 7}')

    with pytest.raises(BrokenShop, match=r"instagram\.json"):
        Instagram(path=tmp_path / "instagram.json")


def test_a_token_given_later_is_good_beside_the_kept_ones(now, caller_of, tmp_path):
    Instagram(path=tmp_path / "instagram.json", token="IGAA_FIRST").person("Emma", "emma")
    instagram = Instagram(path=tmp_path / "instagram.json", token="IGAA_SECOND")

    for token in ("IGAA_FIRST", "IGAA_SECOND"):
        caller = caller_of(instagram)
        caller.token = token
        assert caller.gets("/v25.0/me").status_code == 200


def test_moving_the_clock_tells_the_app_and_is_taken_up_again(now, tmp_path):
    told = []
    instagram = Instagram(path=tmp_path / "instagram.json")
    instagram.on_move = lambda: told.append(clock.now())
    instagram.move_clock(timedelta(hours=24))
    assert told == [now + timedelta(hours=24)]

    clock.stop_at(now)
    after = Instagram(path=tmp_path / "instagram.json")
    after.resume_clock()
    after.resume_clock()
    assert clock.now() == now + timedelta(hours=24)


def test_without_a_path_nothing_is_written(now, tmp_path):
    with chdir(tmp_path):
        Instagram().person("Emma", "emma").writes("hello")

    assert list(tmp_path.iterdir()) == []
