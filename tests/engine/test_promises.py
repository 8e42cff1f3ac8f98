"""What no chat file shows: rows that must be empty, acts that come twice, lists the owner reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from igbot import clock, messages
from igbot.claims import cases
from igbot.messages import QuoteLine
from igbot.simulator import Person
from igbot.simulator.pictures import photo
from igbot.store.tables import Event, Evidence, Fact, Job, Line, Message, Reply, Verdict
from tests.stage import Stage, last_case, stage

MARKED = "zq-marked-sentence-4412"


@pytest.fixture
def scene(tmp_path: Path, now: object) -> Iterator[Stage]:
    del now
    with stage(tmp_path, send_rate=1000) as built:
        yield built


@pytest.fixture
def mina(scene: Stage) -> Person:
    """A customer with an earring that came three hours ago, and a necklace of last summer's."""
    person = scene.instagram.person("Sample Mina", "sample_mina", language="en")
    scene.order("A-1", person, [("Sample earring", {"item": "earring"})], delivered_at=clock.now() - timedelta(hours=3))
    return person


def rows(scene: Stage, table: Any) -> list[Any]:
    with scene.db.transaction() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def keys(scene: Stage) -> list[str]:
    return [reply.key for reply in rows(scene, Reply)]


def needed_for(scene: Stage, person: Person) -> str | None:
    with scene.conversation(person) as (_, conversation):
        return conversation.needs_owner


def says(scene: Stage, person: Person, *texts: str) -> str:
    mid = ""
    for text in texts:
        mid = person.writes(text)
        scene.settle()
        clock.move(timedelta(seconds=10))
    return mid


def newest(scene: Stage, person: Person) -> cases.Case:
    with scene.conversation(person) as (session, conversation):
        case = last_case(session, conversation)
    assert case is not None
    return case


# ------------------------------------------------------------------ unsent means gone (promise 9)


def everything_kept(scene: Stage) -> str:
    kept = [event.body for event in rows(scene, Event)]
    kept += [[message.text, message.attachments, message.reply_to, message.payload] for message in rows(scene, Message)]
    kept += [fact.value for fact in rows(scene, Fact)]
    return json.dumps(kept, ensure_ascii=False)


def test_what_was_changed_and_then_taken_back_is_gone_in_both_wordings(scene, mina):
    mid = says(scene, mina, f"the post of my earring snapped {MARKED}")
    mina.edits(mid, f"it snapped in half {MARKED}")
    scene.settle()
    assert MARKED in everything_kept(scene)
    mina.unsends(mid)
    scene.settle()
    assert MARKED not in everything_kept(scene)


@pytest.mark.parametrize("newest_first", [True, False])
def test_whatever_arrives_first_nothing_of_it_stays(scene, mina, newest_first):
    scene.instagram.hold()
    mid = mina.writes(MARKED)
    clock.move(timedelta(seconds=1))
    mina.edits(mid, f"{MARKED} twice")
    clock.move(timedelta(seconds=1))
    mina.unsends(mid)
    scene.instagram.release(newest_first=newest_first)
    scene.settle()
    assert MARKED not in everything_kept(scene)


def test_only_the_account_that_was_taken_back_reads_withdrawn(scene, mina):
    """The record's own word for the same fact stays in the verdict."""
    mid = says(scene, mina, "my earring's post snapped, i pulled at it")
    used = rows(scene, Verdict)[-1].facts_used
    assert (used["cause"]["value"], used["item"]["source"]) == ("careless", "record")
    mina.unsends(mid)
    scene.settle()
    used = rows(scene, Verdict)[0].facts_used
    assert (used["cause"]["value"], used["item"]["value"]) == ("withdrawn", "earring")


def test_taking_back_what_an_older_case_rests_on_calls_the_owner(scene, mina):
    mid = says(scene, mina, "my earring's post snapped, i pulled at it")
    says(scene, mina, "the stone of my ring fell out too")
    clock.move(timedelta(minutes=1))
    assert len(rows(scene, Line)) == 2
    before = keys(scene)
    mina.unsends(mid)
    scene.settle()
    assert (needed_for(scene, mina), keys(scene)) == ("taken_back", before)


def test_taking_back_small_talk_moves_nothing(scene, mina):
    mid = says(scene, mina, "hello")
    before = keys(scene)
    mina.unsends(mid)
    scene.settle()
    assert keys(scene) == before


# ------------------------------------------------------------------ the owner's acts


def exchange_waits(scene: Stage, person: Person) -> int:
    """A verdict that waits for the owner's yes; its id."""
    person.sends_pictures([photo("close_up", 1)], "my earring was faulty when it arrived, please exchange it")
    scene.settle()
    [verdict] = rows(scene, Verdict)
    assert verdict.outcome == "exchange"
    return int(verdict.id)


def test_two_taps_on_confirm_are_told_once(scene, mina):
    verdict = exchange_waits(scene, mina)
    for _ in range(2):
        scene.owner(mina, messages.VerdictConfirmed, verdict_id=verdict, shipping="shop")
    assert keys(scene).count("claim.confirmed_exchange") == 1


def test_a_yes_to_a_verdict_that_has_been_replaced_is_shown_to_the_owner(scene, mina):
    verdict = exchange_waits(scene, mina)
    says(scene, mina, "to be honest i dropped it")
    assert rows(scene, Verdict)[-1].outcome == "owner"
    scene.failures_are_meant = True
    scene.owner(mina, messages.VerdictConfirmed, verdict_id=verdict, shipping="shop")
    [refused] = [event for event in rows(scene, Event) if event.set_aside]
    assert (refused.kind, refused.trouble) == ("verdict_confirmed", "BadRequest")
    assert "claim.confirmed_exchange" not in keys(scene)


def test_there_is_nothing_to_confirm_where_a_person_decides(scene, mina):
    says(scene, mina, "my skin is red and itchy from the earring")
    scene.failures_are_meant = True
    scene.owner(mina, messages.VerdictConfirmed, verdict_id=rows(scene, Verdict)[-1].id)
    assert [event.trouble for event in rows(scene, Event) if event.set_aside] == ["BadRequest"]


def test_a_turn_set_aside_is_on_the_list_above_mere_news(scene, mina):
    exchange_waits(scene, mina)
    scene.failures_are_meant = True
    scene.owner(mina, messages.VerdictConfirmed, verdict_id=999)
    assert needed_for(scene, mina) == "set_aside"


def test_a_fact_that_changes_nothing_tells_the_customer_nothing(scene, mina):
    exchange_waits(scene, mina)
    before = keys(scene)
    scene.owner(mina, messages.FactsSet, line_id=newest(scene, mina).line.id, facts={"severity": "major"})
    assert (keys(scene), needed_for(scene, mina)) == (before, "verdict")


def test_a_settled_case_is_not_decided_anew_by_a_fact(scene, mina):
    verdict = exchange_waits(scene, mina)
    scene.owner(mina, messages.VerdictConfirmed, verdict_id=verdict, shipping="shop")
    scene.failures_are_meant = True
    scene.owner(mina, messages.FactsSet, line_id=newest(scene, mina).line.id, facts={"cause": "careless"})
    assert len(rows(scene, Verdict)) == 1


def test_a_promise_about_something_the_bot_never_understood_is_kept(scene, mina):
    says(scene, mina, "hmm, look at this thing")
    scene.instagram.owner_types(mina, "Oh no. I'll repair it for free!")
    scene.settle()
    scene.owner(mina, messages.HandedBack, promise="free_repair")
    assert keys(scene)[-2:] == ["claim.promised", "claim.confirmed_free_repair"]
    case = newest(scene, mina)
    assert case.verdict is not None
    assert (case.line.status, case.verdict.cites) == ("approved", ["B-01"])


def careless(scene: Stage, person: Person) -> int:
    """A repair that waits for a price; its line's id."""
    says(scene, person, "the clasp of my earring is broken off, i pulled at it")
    person.sends_pictures([photo("close_up", 1)])
    scene.settle()
    case = newest(scene, person)
    assert case.verdict is not None
    assert case.verdict.outcome == "paid_quote"
    return case.line.id


def price(scene: Stage, person: Person, line: int) -> None:
    until = date(2026, 12, 1)
    lines = (QuoteLine(what="work", amount=8000),)
    scene.owner(person, messages.QuoteWritten, line_id=line, lines=lines, currency="KRW", valid_until=until)


def test_a_repair_that_went_to_a_person_can_be_priced_again(scene, mina):
    """Careless, then told otherwise, then careless by the owner's word: still one repair."""
    line = careless(scene, mina)
    price(scene, mina, line)
    says(scene, mina, "sorry, in fact it was like that when it arrived")
    assert rows(scene, Verdict)[-1].cites == ["B-03"]
    scene.owner(mina, messages.VerdictOverruled, line_id=line, outcome="paid_quote", cites=("J-20",), reason="seen")
    price(scene, mina, line)
    assert [job.state for job in rows(scene, Job)] == ["await_answer"]
    assert keys(scene)[-1] == "quote.quote"


def test_a_decision_by_hand_ends_the_quote(scene, mina):
    line = careless(scene, mina)
    price(scene, mina, line)
    scene.owner(
        mina,
        messages.VerdictOverruled,
        line_id=line,
        outcome="free_repair",
        cites=("J-20",),
        reason="x",
        shipping="shop",
    )
    mina.taps("quote:1.1:yes")
    scene.settle()
    assert keys(scene)[-1] == "quote.over"
    assert newest(scene, mina).line.status == "approved"


def test_that_it_cannot_be_repaired_is_told_once_with_her_own_words(scene, mina):
    line = careless(scene, mina)
    for _ in range(2):
        scene.owner(mina, messages.RepairDeclined, line_id=line, reason="no_parts", note="So sorry!")
    assert keys(scene).count("quote.not_repairable") == 1
    [told] = [reply.text for reply in rows(scene, Reply) if reply.key == "quote.not_repairable"]
    assert "So sorry!" in told


# ------------------------------------------------------------------ others have the thread


def test_on_standby_nothing_is_learnt_or_said(scene, mina):
    """CONTRACT 4.2 rule 7."""
    scene.instagram.faults.standby = True
    says(scene, mina, "the post of my earring snapped")
    assert (keys(scene), rows(scene, Fact), needed_for(scene, mina)) == ([], [], "standby")
    with scene.conversation(mina) as (_, conversation):
        assert conversation.control == "owner"


def test_pictures_of_a_new_matter_belong_to_its_line(scene, mina):
    says(scene, mina, "my earring's post snapped, i pulled at it")
    mina.sends_pictures([photo("close_up", 2)], "and the clasp of my necklace came broken")
    scene.settle()
    assert [row.line_id for row in rows(scene, Evidence)] == [newest(scene, mina).line.id]
    assert len(rows(scene, Line)) == 2


def test_a_view_once_picture_under_the_owner_moves_nothing(scene, mina):
    says(scene, mina, "my earring was faulty when it arrived")
    scene.instagram.owner_types(mina, "let me see")
    scene.settle()
    with scene.conversation(mina) as (_, conversation):
        before = conversation.flow, conversation.state, dict(conversation.asking)
    for _ in range(4):
        mina.sends_view_once()
        scene.settle()
    with scene.conversation(mina) as (_, conversation):
        assert (conversation.flow, conversation.state, dict(conversation.asking)) == before
    assert [fact for fact in rows(scene, Fact) if fact.name == "photo"] == []
