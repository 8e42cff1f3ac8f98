"""Turns: one event, one transaction, all or nothing; what a person is promised holds in each."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as sa_event
from sqlalchemy import select

from igbot import clock, logs, messages
from igbot.claims import cases
from igbot.engine.turns import HANDLERS, MOST_TRIES
from igbot.simulator import Person
from igbot.simulator.pictures import photo
from igbot.store.tables import Event, Evidence, Fact, Message, Reply, Verdict
from tests.stage import Stage, stage

PAYLOADS = Path(__file__).parents[1] / "payloads"
SECRET_WORDS = "zq-marked-sentence-7731"


@pytest.fixture
def scene(tmp_path: Path, now: object) -> Iterator[Stage]:
    del now
    with stage(tmp_path) as built:
        yield built


@pytest.fixture
def jiwoo(scene: Stage) -> Person:
    """A customer with an order of an earring that came three hours ago."""
    person = scene.instagram.person("Sample Jiwoo", "sample_jiwoo", language="ko")
    scene.order("A-1", person, [("Sample earring", {"item": "earring"})], delivered_at=clock.now() - timedelta(hours=3))
    return person


def rows(scene: Stage, table: Any) -> list[Any]:
    with scene.db.transaction() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def said(scene: Stage, person: Person) -> list[str]:
    return [message.text or "" for message in scene.instagram.sent_to(person)]


def every_kind_of_event() -> set[type[messages.Event]]:
    def below(kind: type[messages.Event]) -> set[type[messages.Event]]:
        return {kind}.union(*(below(sub) for sub in kind.__subclasses__()))

    return {kind for kind in below(messages.Event) if "kind" in kind.__annotations__ and kind is not messages.Event}


def test_every_kind_of_event_is_handled() -> None:
    assert every_kind_of_event() - set(HANDLERS) <= {messages.Echo, messages.Unknown}


# ------------------------------------------------------------------ all or nothing


def test_a_turn_that_fails_leaves_nothing_behind_and_is_tried_again(scene: Stage, jiwoo: Person) -> None:
    scene.failures_are_meant = True
    broken = _break(scene, messages.MessageReceived, times=1)
    jiwoo.writes("귀걸이 큐빅이 빠졌어요")
    scene.settle()
    assert (rows(scene, Message), rows(scene, Reply), broken.calls) == ([], [], 1)
    scene.pass_time(timedelta(seconds=5))
    assert len(rows(scene, Message)) == 1
    assert len(said(scene, jiwoo)) == 1


def test_a_turn_that_keeps_failing_is_set_aside_and_the_conversation_goes_on(scene: Stage, jiwoo: Person) -> None:
    scene.failures_are_meant = True
    broken = _break(scene, messages.MessageReceived, times=MOST_TRIES)
    jiwoo.writes("이 메시지는 처리되지 않아요")
    for _ in range(MOST_TRIES + 1):
        scene.pass_time(timedelta(minutes=6))
    assert broken.calls == MOST_TRIES
    assert [event.set_aside for event in rows(scene, Event) if event.kind == "message"] == [True]
    with scene.conversation(jiwoo) as (_, conversation):
        assert conversation.needs_owner == "set_aside"
    jiwoo.writes("귀걸이 큐빅이 빠졌어요")
    scene.settle()
    assert len(said(scene, jiwoo)) == 1


class _Broken:
    def __init__(self, handler: Any, times: int) -> None:
        self.handler, self.times, self.calls = handler, times, 0

    def __call__(self, scene: Any, event: Any) -> None:
        self.calls += 1
        self.handler(scene, event)
        if self.calls <= self.times:
            raise RuntimeError("broken on purpose, after everything was written")


def _break(scene: Stage, kind: type[messages.Event], times: int) -> _Broken:
    """Let this kind of event fail, after its work was done, so many times."""
    broken = _Broken(HANDLERS[kind], times)
    scene.product.turns.handlers = {**HANDLERS, kind: broken}
    return broken


# ------------------------------------------------------------------ once, in order


def test_a_webhook_delivered_again_changes_nothing(scene: Stage, jiwoo: Person) -> None:
    scene.instagram.postman.duplicates = 2
    jiwoo.writes("귀걸이 큐빅이 빠졌어요")
    scene.settle()
    assert (len(rows(scene, Message)), len(said(scene, jiwoo))) == (1, 1)


def test_messages_are_handled_in_the_order_they_were_written(scene: Stage, jiwoo: Person) -> None:
    scene.instagram.hold()
    for text in ("안녕하세요", "귀걸이 큐빅이 빠졌어요", "받았을 때부터 그랬어요"):
        jiwoo.writes(text)
        clock.move(timedelta(seconds=1))
    scene.instagram.release(newest_first=True, in_one_body=True)
    scene.settle()
    assert [message.text for message in rows(scene, Message)] == [
        "안녕하세요",
        "귀걸이 큐빅이 빠졌어요",
        "받았을 때부터 그랬어요",
    ]


# ------------------------------------------------------------------ unsent means gone


def test_an_unsent_message_leaves_no_words_no_pictures_and_no_facts(scene: Stage, jiwoo: Person) -> None:
    """CONTRACT 9 item 6, promise 9."""
    mid = jiwoo.sends_pictures([photo("close_up", 1)], f"큐빅이 빠졌어요 제가 떨어뜨렸어요 {SECRET_WORDS}")
    scene.settle()
    kept = [row for row in rows(scene, Evidence) if row.file]
    assert kept
    jiwoo.unsends(mid)
    scene.settle()
    assert all(row.file is None and row.thumbnail is None for row in rows(scene, Evidence))
    assert list((scene.settings.data_dir / "evidence").rglob("*.jpg")) == []
    learnt = [row for row in rows(scene, Fact) if row.message_id and row.name != "issue"]
    assert learnt
    assert all(row.value is None and row.withdrawn_at for row in learnt)
    used = [used for verdict in rows(scene, Verdict) for name, used in verdict.facts_used.items() if name == "cause"]
    assert all(one["value"] == "withdrawn" for one in used)
    with scene.db.transaction() as session:
        everything = json.dumps([row.body for row in session.scalars(select(Event))], ensure_ascii=False)
    assert SECRET_WORDS not in everything + "".join(row.text for row in rows(scene, Message))


def test_an_unsending_that_overtakes_its_message_keeps_it_out(scene: Stage, jiwoo: Person) -> None:
    scene.instagram.hold()
    mid = jiwoo.writes(SECRET_WORDS)
    jiwoo.unsends(mid)
    scene.instagram.release(newest_first=True)
    scene.settle()
    assert [message.text for message in rows(scene, Message)] == [""]


# ------------------------------------------------------------------ a person has it


def test_the_bot_says_nothing_while_a_person_has_the_chat(scene: Stage, jiwoo: Person) -> None:
    jiwoo.writes("안녕하세요")
    scene.settle()
    scene.instagram.owner_types(jiwoo, "제가 볼게요!")
    scene.settle()
    before = len(said(scene, jiwoo))
    for text in ("귀걸이 큐빅이 빠졌어요", "사장님?", "환불해 주세요"):
        jiwoo.writes(text)
        scene.settle()
    assert len(said(scene, jiwoo)) == before


def test_the_take_over_ends_by_itself_and_the_next_word_says_who_speaks(scene: Stage, jiwoo: Person) -> None:
    jiwoo.writes("안녕하세요")
    scene.settle()
    scene.instagram.owner_types(jiwoo, "제가 볼게요!")
    scene.settle()
    scene.pass_time(timedelta(hours=12, seconds=1))
    jiwoo.writes("귀걸이 큐빅이 빠졌어요")
    scene.settle()
    assert said(scene, jiwoo)[-1].startswith("다시")


def test_our_own_echo_is_no_takeover(scene: Stage, jiwoo: Person) -> None:
    """CONTRACT 9 item 5, first half."""
    jiwoo.writes("안녕하세요")
    scene.settle()
    with scene.conversation(jiwoo) as (session, conversation):
        assert conversation.control == "bot"
        assert session.scalars(select(Reply.delivered_at)).one() is not None


# ------------------------------------------------------------------ silence in the logs


def test_no_log_line_holds_a_customers_words_a_photo_address_a_name_or_a_secret(tmp_path: Path, now: object) -> None:
    """Promise 10: a marked sentence goes through every path, at the most talkative level."""
    del now
    written = io.StringIO()
    with redirect_stderr(written):
        logs.set_up("text", "debug")
        with stage(tmp_path, log_level="debug") as scene:
            scene.failures_are_meant = True
            person = scene.instagram.person(f"Name {SECRET_WORDS}", SECRET_WORDS, language="en")
            person.writes(f"my ring is broken {SECRET_WORDS}")
            scene.settle()
            mid = person.sends_pictures([photo("close_up", 1)], SECRET_WORDS)
            scene.settle()
            person.edits(person.writes(SECRET_WORDS), SECRET_WORDS)
            person.unsends(mid)
            scene.instagram.owner_types(person, SECRET_WORDS)
            scene.settle()
            scene.owner(person, messages.OwnerWrote, text=SECRET_WORDS)
            scene.owner(person, messages.HandedBack, note=SECRET_WORDS)
            scene.owner(person, messages.VerdictConfirmed, verdict_id=999, note=SECRET_WORDS)
            with scene.db.transaction() as session:
                addresses = [row.source_url for row in session.scalars(select(Evidence)) if row.source_url]
            secrets = [SECRET_WORDS, scene.instagram.token, "signature=", "sha256=", *addresses]
    logs.set_up()
    lines = written.getvalue()
    assert "turn.done" in lines
    assert [secret for secret in secrets if secret in lines] == []


# ------------------------------------------------------------------ cost


def test_what_one_event_costs(scene: Stage, jiwoo: Person) -> None:
    """Statements and commits of a whole event: taken in, handled, answered, its echo taken in and handled."""
    jiwoo.writes("안녕하세요")
    scene.settle()
    jiwoo.writes("귀걸이 큐빅이 빠졌어요")
    scene.settle()
    counted = {"statements": 0, "commits": 0}

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counted["statements"] += not statement.startswith(("BEGIN", "PRAGMA"))

    def commit(_connection: Any) -> None:
        counted["commits"] += 1

    sa_event.listen(scene.db.engine, "before_cursor_execute", count)
    sa_event.listen(scene.db.engine, "commit", commit)
    jiwoo.writes("받았을 때부터 그랬어요")
    with scene.conversation(jiwoo) as (_, conversation):
        chat = conversation.id
    counted.update(statements=0, commits=0)
    scene.product.turns.run(chat)
    assert counted["commits"] <= 6
    assert counted["statements"] <= 60
    with scene.conversation(jiwoo) as (session, conversation):
        assert cases.newest_case(session, conversation) is not None
