"""Words are cut where a reader would cut them, stand in line in order, and nothing in line is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from igbot import clock
from igbot.store import outbox
from igbot.store.splitting import MOST_BYTES, split
from igbot.store.tables import Conversation
from tests.fakes.desk import Desk

# ------------------------------------------------------------------ cutting

CHARACTERS = [
    "a", "ß", "한", "語", " ", ". ", "! ", "\n", "。", "…",
    "👍", "👍🏽", "👩‍👩‍👧‍👦", "❤️", "🏳️‍🌈", "🇰🇷", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣",
    "e\u0301", "a\u0323\u0302", "\u1112\u1161\u11ab", "가\u11a8", "क्ष", "\u0e01\u0e33",
]  # fmt: skip
"""Each is one character to a reader, however many code points it has."""

WRITTEN = st.lists(st.sampled_from(CHARACTERS), max_size=900)
SENTENCES = st.lists(st.text(st.sampled_from("abc 한글.!?\n"), max_size=300), max_size=12).map(" ".join)


def _without_blanks(written: str) -> str:
    return "".join(written.split())


@given(st.one_of(WRITTEN.map("".join), SENTENCES, st.text(max_size=2500)))
def test_the_parts_are_the_text_again_and_each_fits(written):
    parts = split(written)
    assert _without_blanks("".join(parts)) == _without_blanks(written)
    assert all(0 < len(part.encode()) <= MOST_BYTES for part in parts)
    assert all(part == part.strip() for part in parts)


@given(WRITTEN)
def test_a_character_as_people_see_it_is_never_cut(characters):
    ends, end = {0}, 0
    for character in characters:
        end += len(_without_blanks(character))
        ends.add(end)
    cuts, cut = [], 0
    for part in split("".join(characters)):
        cut += len(_without_blanks(part))
        cuts.append(cut)
    assert set(cuts) <= ends


def test_1000_ascii_characters_are_one_part_and_one_more_makes_two():
    assert split("a" * 1000) == ["a" * 1000]
    assert [len(part) for part in split("a" * 1001)] == [1000, 1]


def test_333_korean_syllables_fit_and_334_do_not():
    assert [len(part) for part in split("가" * 334)] == [333, 1]


def test_400_emoji_are_split_so_that_every_part_fits():
    parts = split("😀" * 400)
    assert [len(part) for part in parts] == [250, 150]


def test_it_cuts_after_a_sentence_rather_than_between_words():
    first, second = "It is broken. " * 50, "Please look at the photo " * 20
    parts = split(first + second)
    assert parts[0].endswith("broken.")
    assert parts[1].startswith("Please")


def test_it_cuts_between_words_rather_than_inside_one():
    parts = split("gemstone " * 200)
    assert all(re.fullmatch(r"(gemstone ?)+", part) for part in parts)


def test_it_does_not_leave_the_number_of_a_list_at_the_end_of_a_part():
    steps = "Rinse it. " * 95 + "3. " + "Dry it well with a very soft cloth and wait " * 3
    assert not split(steps)[0].endswith("3.")


def test_what_people_see_as_one_character_is_cut_only_if_it_alone_is_too_long():
    parts = split("e" + "\u0301" * 800)
    assert [len(part.encode()) for part in parts] == [999, 602]


@pytest.mark.parametrize("blank", ["", " ", "\n \t"])
def test_nothing_but_blanks_is_nothing(blank):
    assert split(blank) == []


# ------------------------------------------------------------------ putting in


@pytest.fixture
def desk(db, now) -> Desk:
    return Desk(db)


def test_a_picture_goes_before_the_words_and_quick_replies_ride_on_the_last_part(desk):
    taps = [{"title": "Yes", "payload": "YES"}]
    desk.bot_says("가" * 400, key="quote", image_url="https://shop.example.com/q.jpg", quick_replies=taps)
    picture, first, last = desk.replies
    assert (picture.image_url, picture.text) == ("https://shop.example.com/q.jpg", "")
    assert (len(first.text), first.quick_replies) == (333, [])
    assert (len(last.text), last.quick_replies) == (67, taps)
    assert {reply.key for reply in desk.replies} == {"quote"}


def test_a_long_title_is_cut_as_meta_would(desk):
    desk.bot_says("Which?", quick_replies=[{"title": "The stone of the earring fell out", "payload": "STONE"}])
    assert desk.replies[0].quick_replies[0]["title"] == "The stone of the ear"


@pytest.mark.parametrize(
    ("words", "taps"),
    [
        ("Which?", [{"title": str(n), "payload": str(n)} for n in range(14)]),
        ("Which?", [{"title": "A", "payload": "A" * 201}]),
        ("Which?", [{"title": "A", "payload": "가"}]),
        ("Which?", [{"title": "A", "payload": ""}]),
        ("", [{"title": "A", "payload": "A"}]),
    ],
    ids=["14 of them", "payload too long", "payload not ASCII", "no payload", "no text"],
)
def test_quick_replies_meta_would_refuse_never_get_in_line(desk, words, taps):
    with pytest.raises(ValueError, match=r"quick repl"):
        desk.bot_says(words, quick_replies=taps)
    assert desk.replies == []


def test_13_quick_replies_are_fine(desk):
    desk.bot_says("Which?", quick_replies=[{"title": str(n), "payload": "P" * 200} for n in range(13)])
    assert len(desk.replies[0].quick_replies) == 13


# ------------------------------------------------------------------ the line


def test_the_line_is_in_order_and_only_what_is_unsettled_stands_in_it(desk):
    first, second, third, fourth = desk.bot_says("1") + desk.owner_says("2") + desk.bot_says("3") + desk.bot_says("4")
    desk.set_reply(second, status="held")
    desk.set_reply(third, status="unknown")
    with desk.db.transaction() as session:
        line = outbox.line(session, desk.talk_id, clock.now())
    assert line is not None
    assert [reply.id for reply in line.replies] == [first, third, fourth]
    assert (line.igsid, line.account.id) == ("7310000000000456", desk.account_id)


def test_an_empty_line_is_none(desk):
    with desk.db.transaction() as session:
        assert outbox.line(session, desk.talk_id, clock.now()) is None


@pytest.mark.parametrize(
    ("account", "reply", "waits"),
    [
        ({}, {}, True),
        ({}, {"status": "unknown"}, True),
        ({}, {"status": "sending"}, True),
        ({}, {"status": "held"}, False),
        ({}, {"status": "sent"}, False),
        ({"trouble": "token"}, {}, False),
    ],
    ids=["queued", "unknown", "left behind by a crash", "held", "sent", "account in trouble"],
)
def test_the_sweep_finds_lines_that_can_move(desk, account, reply, waits):
    [head] = desk.bot_says()
    desk.set_account(**account)
    desk.set_reply(head, **reply)
    assert desk.waiting == ({desk.talk_id} if waits else set())


def test_the_sweep_leaves_alone_what_is_not_due(desk):
    [head] = desk.bot_says()
    desk.set_reply(head, not_before=clock.now())
    assert desk.waiting == {desk.talk_id}
    desk.set_account(paused_until=clock.now())
    assert desk.waiting == {desk.talk_id}
    later = clock.now().replace(year=2027)
    desk.set_reply(head, not_before=later)
    assert desk.waiting == set()
    desk.set_reply(head, not_before=None)
    desk.set_account(paused_until=later)
    assert desk.waiting == set()


def test_taking_the_bots_words_out_of_the_line_leaves_the_owners_and_what_is_on_its_way(desk):
    sending, queued, owners = desk.bot_says("1") + desk.bot_says("2") + desk.owner_says("3")
    desk.set_reply(sending, status="sending")
    with desk.db.transaction() as session:
        outbox.queue(session, session.get_one(Conversation, desk.talk_id), sender="bot", text="4", now=clock.now())
        outbox.cancel_queued(session, desk.talk_id, reason="taken_over")
    assert desk.statuses == ["sending", "cancelled", "queued", "cancelled"]
    assert [reply.reason for reply in desk.replies if reply.id in {queued, owners}] == ["taken_over", None]


@pytest.mark.parametrize(("tries", "left"), [(0, 0), (3, 1)], ids=["never tried", "may have arrived"])
def test_what_was_held_stands_in_line_again_when_the_customer_acts(desk, tries, left):
    [head] = desk.bot_says()
    desk.set_reply(head, status="held", reason="hold_for_person", tries=tries)
    desk.customer_writes()
    [reply] = desk.replies
    assert (reply.status, reply.reason, reply.tries) == ("queued", None, left)


def test_no_query_of_the_line_reads_through_all_replies(desk):
    asked: list[tuple[str, object]] = []

    @event.listens_for(desk.db.engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, parameters, *_rest):
        asked.append((statement, parameters))

    with desk.db.transaction() as session:
        outbox.line(session, desk.talk_id, clock.now())
        outbox.waiting(session, clock.now())
    event.remove(desk.db.engine, "before_cursor_execute", note)
    if not desk.db.is_sqlite:
        return  # PostgreSQL plans by what the tables hold; the indexes are the same
    plans = []
    with desk.db.transaction() as session:
        for statement, parameters in asked:
            rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            plans += [str(row[3]) for row in rows]
    assert any("ix_reply_todo" in plan for plan in plans)
    assert any("ix_event_todo" in plan for plan in plans)
    assert not [plan for plan in plans if re.search(r"SCAN (reply|event)(?! USING)", plan)]


def test_blanks_and_the_way_accents_are_stored_do_not_make_words_different():
    assert outbox.same_words("Caf\u00e9  ok\n", "Cafe\u0301 ok")
    assert not outbox.same_words("ok", "ok!")
