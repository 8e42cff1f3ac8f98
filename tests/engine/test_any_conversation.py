"""Whatever customer, owner and clock do, in whatever order: what holds of the whole product afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from igbot import clock, messages
from igbot.claims import cases, jobs, quotes
from igbot.simulator import Person
from igbot.simulator.pictures import photo
from igbot.store.tables import Event, Job, Line, Quote, Reply, Verdict
from tests.conftest import NOON
from tests.stage import Stage, stage

WORDS = [
    "안녕하세요",
    "귀걸이 큐빅이 빠졌어요",
    "the clasp of my necklace is loose",
    "받았을 때부터 그랬어요",
    "i dropped it",
    "평소처럼 쓰다가 그랬어요",
    "어제 오후 3시쯤 받았어요",
    "around 3pm",
    "네, 가지고 있어요",
    "A-1",
    "몰라요",
    "환불해 주세요",
    "exchange please",
    "네",
    "no thanks",
    "5,000원에 해주세요",
    "사장님 나오세요",
    "소비자원에 신고할게요",
    "is this ring available in gold?",
    "감사합니다",
    "???",
]
SEOUL = ZoneInfo("Asia/Seoul")
LINES = {"collecting", "awaiting_owner", "refused", "advised", "approved", "closed"}
WAITS = {"an hour": timedelta(hours=1), "most of a day": timedelta(hours=21), "over a week": timedelta(days=8)}
CUSTOMER = [*[f"writes {words}" for words in WORDS], "taps", "taps an old one", "photo", "video", "unsends", "edits"]
OWNER = ["types", "takes over", "hands back", "promises", "confirms", "overrules", "prices", "cannot repair", "sets"]
OWNER += ["asks for a photo", "is done"]
TO_A_VERDICT = ["writes 귀걸이 큐빅이 빠졌어요", "writes i dropped it", "writes 네, 가지고 있어요", "photo"]
BEGINNINGS = st.sampled_from([[], ["types"], TO_A_VERDICT, [*TO_A_VERDICT, "prices"], ["writes 사장님 나오세요"]])
STEPS = st.lists(st.sampled_from([*CUSTOMER, *["taps"] * 6, *["photo"] * 2, *OWNER, *WAITS]), min_size=3, max_size=10)


class Talk:
    """One customer, one owner, and the promises that are looked at after each step."""

    def __init__(self, scene: Stage) -> None:
        self.scene = scene
        scene.failures_are_meant = True
        self.person: Person = scene.instagram.person("Sample Customer", "sample_customer")
        pieces: list[tuple[str, dict[str, str]]] = [("Sample earring", {"item": "earring"})]
        scene.order("A-1", self.person, pieces, delivered_at=clock.now() - timedelta(hours=3))
        self.person.writes("안녕하세요")
        scene.settle()
        self.mid: str | None = None
        self.pictures = 0
        self.verdicts: dict[int, tuple[Any, ...]] = {}

    def take(self, step: str) -> None:
        """Do it, let everything come to rest, and look."""
        clock.move(timedelta(seconds=20))
        was_silenced = self._control() == "owner"
        before = self._bot_sent()
        if step in WAITS:
            self.scene.pass_time(WAITS[step])
        else:
            self._acts()[step.split(" ", 1)[0] if step.startswith("writes ") else step](step)
            self.scene.settle()
        if was_silenced and step not in {"hands back", "promises", *WAITS}:
            assert self._bot_sent() == before, "the bot spoke while a person had the chat"
        self._look()

    def _acts(self) -> dict[str, Callable[[str], object]]:
        return {
            "writes": lambda step: self._said(self.person.writes(step.removeprefix("writes "))),
            "taps": lambda _: self._tap(newest=True),
            "taps an old one": lambda _: self._tap(newest=False),
            "photo": lambda _: self._said(self.person.sends_pictures([self._picture()])),
            "video": lambda _: self._said(self.person.sends_video()),
            "unsends": lambda _: self._take_back(),
            "edits": lambda _: self._edit(),
            "types": lambda _: self.scene.instagram.owner_types(self.person, "제가 볼게요"),
            "takes over": lambda _: self._owner(messages.TookOver),
            "hands back": lambda _: self._owner(messages.HandedBack),
            "promises": lambda _: self._owner(messages.HandedBack, promise="free_repair"),
            "confirms": lambda _: self._on_verdict(messages.VerdictConfirmed, shipping="shop"),
            "overrules": lambda _: self._on_line(
                messages.VerdictOverruled, outcome="refuse", cites=("J-20",), reason="seen"
            ),
            "prices": lambda _: self._on_line(
                messages.QuoteWritten,
                lines=(messages.QuoteLine(what="work", amount=8000),),
                currency="KRW",
                valid_until=(clock.now() + timedelta(days=2)).date(),
            ),
            "cannot repair": lambda _: self._on_line(messages.RepairDeclined, reason="no_parts"),
            "sets": lambda _: self._on_line(messages.FactsSet, facts={"cause": "as_received"}),
            "asks for a photo": lambda _: self._owner(messages.PhotoRequested),
            "is done": lambda _: self._owner(messages.Resolved),
        }

    # -------------------------------------------------------------- doing

    def _said(self, mid: str) -> None:
        self.mid = mid

    def _picture(self) -> bytes:
        self.pictures += 1
        return photo("close_up", self.pictures)

    def _tap(self, *, newest: bool) -> None:
        chips = [chip for message in self.person.chat for chip in message.quick_replies]
        if chips:
            self._said(self.person.taps((chips[-1] if newest else chips[0]).payload))

    def _take_back(self) -> None:
        if self.mid:
            self.person.unsends(self.mid)
            self.mid = None

    def _edit(self) -> None:
        if self.mid:
            self.person.edits(self.mid, "아, 반지예요")

    def _owner(self, act: type[messages.OwnerAct], **details: Any) -> None:
        self.scene.owner(self.person, act, **details)

    def _on_line(self, act: type[messages.OwnerAct], **details: Any) -> None:
        with self.scene.conversation(self.person) as (session, conversation):
            case = cases.newest_case(session, conversation)
        if case:
            self._owner(act, line_id=case.line.id, **details)

    def _on_verdict(self, act: type[messages.OwnerAct], **details: Any) -> None:
        with self.scene.conversation(self.person) as (session, conversation):
            case = cases.newest_case(session, conversation)
        if case and case.verdict:
            self._owner(act, verdict_id=case.verdict.id, **details)

    # -------------------------------------------------------------- looking

    def _control(self) -> str:
        with self.scene.conversation(self.person) as (_, conversation):
            return conversation.control

    def _bot_sent(self) -> int:
        with self.scene.db.transaction() as session:
            sent = session.scalars(select(Reply.id).where(Reply.sender == "bot", Reply.status == "sent"))
            return len(sent.all())

    def _look(self) -> None:
        with self.scene.conversation(self.person) as (session, conversation):
            flow = self.scene.product.shop.flows.by_name[conversation.flow]
            assert conversation.state in flow.state_names
            assert set(session.scalars(select(Line.status))) <= LINES
            assert set(session.scalars(select(Job.state))) <= set(jobs.REPAIR.states)
            assert not list(session.scalars(select(Event.id).where(Event.handled_at.is_(None), ~Event.set_aside)))
            refused = session.execute(select(Event.kind, Event.trouble).where(Event.trouble.is_not(None))).all()
            owners = {act.model_fields["kind"].default for act in messages.OwnerAct.__subclasses__()}
            assert {(kind in owners, trouble) for kind, trouble in refused} <= {(True, "BadRequest")}, refused
            self._look_at_verdicts(list(session.scalars(select(Verdict).order_by(Verdict.id))))
            self._look_at_quotes(list(session.scalars(select(Quote).order_by(Quote.id))))

    def end(self) -> tuple[Any, ...]:
        """What was said to the customer, why the owner is needed, and where everything stands."""
        texts = [message.text for message in self.scene.instagram.sent_to(self.person)]
        with self.scene.conversation(self.person) as (session, conversation):
            kept = [
                list(session.scalars(select(column).order_by(column.parent.class_.id)))
                for column in (Line.status, Verdict.outcome, Job.state)
            ]
            return texts, conversation.needs_owner, conversation.flow, conversation.state, *kept

    def _look_at_verdicts(self, given: list[Verdict]) -> None:
        """Promise 8: never changed, only replaced by a newer one that names it."""
        newest: dict[int, int] = {}
        for verdict in given:
            assert verdict.replaces_id == newest.get(verdict.line_id)
            newest[verdict.line_id] = verdict.id
            said = (verdict.outcome, verdict.fee, tuple(verdict.remedies), tuple(verdict.cites), verdict.decided_at)
            assert self.verdicts.setdefault(verdict.id, said) == said
            assert verdict.cites

    def _look_at_quotes(self, written: list[Quote]) -> None:
        """An accepted quote is the newest version, and was in time."""
        for quote in written:
            if quote.answer == "accepted":
                assert not any(other.number == quote.number and other.version > quote.version for other in written)
                assert quote.answered_at is not None
                answered_on = quote.answered_at.astimezone(SEOUL).date()
                assert answered_on <= quote.valid_until or not quotes.total(quote)


@contextmanager
def a_talk(duplicates: int = 0) -> Iterator[Talk]:
    clock.stop_at(NOON)
    with tempfile.TemporaryDirectory() as folder, stage(Path(folder), send_rate=1000) as scene:
        scene.instagram.postman.duplicates = duplicates
        yield Talk(scene)


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(BEGINNINGS, STEPS)
def test_whatever_happens_the_promises_hold(beginning: list[str], steps: list[str]) -> None:
    with a_talk() as talk:
        for step in beginning + steps:
            talk.take(step)


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(BEGINNINGS, STEPS)
def test_the_same_webhooks_twice_are_the_same_as_once(beginning: list[str], steps: list[str]) -> None:
    """Promise 2, for a whole conversation: what was said, and where everything stands."""
    ends = []
    for duplicates in (0, 1):
        with a_talk(duplicates) as talk:
            for step in beginning + steps:
                talk.take(step)
            ends.append(talk.end())
    assert ends[0] == ends[1]


def test_a_conversation_can_come_to_a_quote_that_is_accepted() -> None:
    """What the two tests above start from is what it is taken for."""
    with a_talk() as talk:
        for step in [*TO_A_VERDICT, "prices", "writes 네", "writes 네"]:
            talk.take(step)
        assert talk.end()[2:] == ("quote", "accepted", ["approved"], ["paid_quote"], ["await_item"])
