"""What did the customer say, and what follows? One message, tap or set of photos becomes one event for the flows.

The order of things: while a person has the chat everything is filed in silence; a call for a
person comes before all else; then an answer to an open quote; then facts for the line the chat is
about, or a new line; the rest is small talk. Every fact is stored with its message, so that an
unsent message takes its facts along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from igbot.claims import cases, deciding, facts, orders, quotes
from igbot.claims.cases import Case
from igbot.engine.scene import Scene
from igbot.policy import Decision, asked_together
from igbot.store.tables import Message
from igbot.understand import Reading, Received

ASKING_EVENTS = {"photo": "photo_needed", "order": "order_needed", deciding.AGE: "day_needed"}
"""How the flows are told that a fact is needed; any other fact is a choice."""

CLAIM_INTENTS = {
    "defect_report",
    "wrong_item",
    "return_refund",
    "ring_size_exchange",
    "repair_request",
    "care_advice",
    "policy_question",
    "order_status",
}
"""What a customer may want that the policy speaks about."""

FOR_A_PERSON = {"product_question", "order_change", "complaint"}
"""What only a person can answer."""

_SMALL_TALK = {"greeting": "greeted", "thanks": "thanked", "affirm": "agreed", "deny": "agreed"}

_ISSUE_OF_INTENT = {"care_advice": "care_question", "policy_question": "how_to", "order_status": "not_received"}
"""Some wishes name their issue; whether the pack knows it is checked before use."""


@dataclass
class Heard:
    """What one act of the customer tells us."""

    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    """Facts of the pack, and `received`."""
    source: str = "customer"
    message_id: int | None = None
    intent: str | None = None
    alarm: str = "none"
    yes_no: str | None = None
    order_no: str | None = None
    order_id: int | None = None
    quote_answer: tuple[int, int, str] | None = None
    """Number, version, yes or no, of a tapped quote."""
    answers_quote: bool = False
    """The message is a reply to the message that showed the quote, or names its number."""
    conflict_answer: str | None = None
    group: tuple[str, int] | None = None
    has_photo: bool = False
    """Pictures came along and are still being looked at."""
    gave_up: bool = False
    """"I don't know", said to what was asked."""

    @property
    def tells_something(self) -> bool:
        """Is there anything in it for a line?"""
        return bool(self.facts or self.order_no or self.order_id or self.conflict_answer or self.gave_up)


def hear(scene: Scene, heard: Heard) -> None:
    """Take in what a customer said and let the flows answer it."""
    scene.case = cases.newest_case(scene.session, scene.conversation)
    if scene.conversation.control == "owner":
        _file(scene, heard)
        scene.needs_owner("wrote")
        return
    if heard.alarm != "none":
        _alarm(scene, heard)
        return
    if event := _quote_event(scene, heard):
        scene.fire(event)
        return
    if heard.group and (case := scene.case):
        scene.words_blanks["group"] = heard.group
        _remember_asked(scene, case, [heard.group[0]])
        scene.fire("choice_needed")
        return
    if _is_for_a_line(scene, heard):
        _claim(scene, heard)
        return
    small_talk(scene, heard)


def small_talk(scene: Scene, heard: Heard) -> None:
    """Nothing the policy or a question could use: a greeting, thanks, or what we do not understand."""
    event = _SMALL_TALK.get(heard.intent or "")
    if event is None and heard.has_photo:
        return
    if event is None and scene.is_with_owner:
        scene.needs_owner("wrote")
    if event is None and heard.intent in FOR_A_PERSON and not scene.is_with_owner:
        to_owner(scene, {}, "question")
        return
    scene.fire(event or "not_understood")


# ------------------------------------------------------------------ a person


def _file(scene: Scene, heard: Heard) -> None:
    """Keep what was told while a person has the chat; no word from us (B-01)."""
    if scene.case is None and heard.facts.get("issue"):
        scene.case = cases.open_case(scene.session, scene.conversation, heard.at)
        _find_order(scene, scene.case)
    if scene.case and scene.case.is_open:
        _learn(scene, scene.case, heard)


def _alarm(scene: Scene, heard: Heard) -> None:
    """A person is asked for, or the words call for one (B-02). The facts so far go along."""
    if scene.case is None and heard.facts.get("issue"):
        scene.case = cases.open_case(scene.session, scene.conversation, heard.at)
        _find_order(scene, scene.case)
    if scene.case and scene.case.is_open:
        _learn(scene, scene.case, heard)
    to_owner(scene, {"alarm": heard.alarm}, heard.alarm)


def to_owner(scene: Scene, guard: Mapping[str, str], why: str) -> None:
    """Let GUARD hand the line to the owner, and say so in words that fit the reason."""
    if guard and scene.case and scene.case.line.status not in ("approved", "closed"):
        decision = deciding.decide_case(scene.case, scene.pack, guard=guard)
        deciding.give_verdict(scene.session, scene.case, scene.pack, decision, scene.at)
    scene.needs_owner(why)
    scene.words_blanks["why"] = why
    scene.fire("owner_needed")


# ------------------------------------------------------------------ a quote


def _quote_event(scene: Scene, heard: Heard) -> str | None:
    """What an answer to a quote means; None if this is no answer to one."""
    if heard.quote_answer is None and not _speaks_of_quote(scene, heard):
        return None
    case = cases.open_quote(scene.session, scene.conversation)
    if case is None or case.quote is None:
        return "quote_outdated" if heard.quote_answer else None
    if heard.quote_answer:
        number, version, answer = heard.quote_answer
        if (number, version) != (case.quote.number, case.quote.version):
            return "quote_outdated"
    else:
        answer = heard.yes_no or ""
        if not answer:
            return None
        if answer == "yes" and not heard.answers_quote and scene.turn.state != "sure":
            scene.case = case
            return "quote_yes_unclear"
    scene.case = case
    return quotes.take_answer(case, {"yes": "accepted", "no": "declined"}.get(answer, "haggles"), scene.pack, scene.now)


def _speaks_of_quote(scene: Scene, heard: Heard) -> bool:
    """Is a quote what was asked last, so that a plain yes, no or "too dear" answers it?"""
    return heard.answers_quote or (scene.turn.flow == "quote" and scene.turn.state in ("answer", "sure"))


# ------------------------------------------------------------------ a line


def _is_for_a_line(scene: Scene, heard: Heard) -> bool:
    """Does this tell, raise or answer something that the policy decides?"""
    case = scene.case
    if heard.facts.get("issue") or heard.intent in CLAIM_INTENTS:
        return True
    if case is None:
        return bool(heard.facts)
    if case.is_open:
        chatting = heard.intent in ("thanks", "greeting") and not heard.tells_something
        return not chatting and not (heard.has_photo and not heard.tells_something)
    return heard.tells_something


def _claim(scene: Scene, heard: Heard) -> None:
    case = _line_for(scene, heard)
    if heard.has_photo:
        scene.case = case
        _learn(scene, case, heard)
        return  # the pictures decide what is to be asked; they are being looked at
    told = heard.facts
    if deciding.is_retold(case, scene.pack, told):
        _learn(scene, case, heard, taken=False)
        to_owner(scene, {"retold": "yes"}, "retold")
        return
    if deciding.history(case, told) == "decided":
        _repeat(scene, case, heard)
        return
    before = facts.values(case.rows)
    _learn(scene, case, heard)
    answered = _take_order(scene, case, heard) | (facts.values(case.rows) != before)
    settle(scene, answered=answered or not scene.asking.get("facts"))


def _line_for(scene: Scene, heard: Heard) -> Case:
    """The line this is about: the one at hand, or a new one where something new is raised."""
    case = scene.case
    issue = heard.facts.get("issue")
    if case is not None:
        other_issue = issue is not None and case.issue is not None and issue != case.issue
        raises_new = case.line.status in ("advised", "approved", "awaiting_owner") and other_issue
        if not raises_new or _corrects(case):
            return case
    case = cases.open_case(scene.session, scene.conversation, heard.at)
    scene.case = case
    _find_order(scene, case)
    scene.conversation.asking = {}
    return case


def _corrects(case: Case) -> bool:
    """Is a different issue told to what the owner is to judge, rather than a new one raised?"""
    return case.awaits_owner and case.verdict is not None and case.verdict.outcome == "owner"


def _find_order(scene: Scene, case: Case) -> None:
    """Link the order we know this customer by, if there is exactly one."""
    known = orders.orders_of(scene.session, scene.customer)
    if len(known) == 1:
        orders.settle(scene.session, case, scene.customer, known[0], scene.at)


def _learn(scene: Scene, case: Case, heard: Heard, *, taken: bool = True) -> None:
    told = dict(heard.facts)
    implied = _ISSUE_OF_INTENT.get(heard.intent or "")
    if not case.issue and "issue" not in told and implied in scene.pack.facts["issue"].values:
        told["issue"] = implied
    facts.learn(
        scene.session,
        case.line,
        case.rows,
        told,
        source=heard.source,
        at=heard.at,
        message_id=heard.message_id,
        taken=taken,
    )
    if "item" in told:
        orders.learn_from_record(scene.session, case, heard.at)


def _take_order(scene: Scene, case: Case, heard: Heard) -> bool:
    """Look for the order a customer named; True if that settled anything."""
    if heard.conflict_answer:
        # if their word stays against the record, the owner decides (B-04)
        case.claim.conflict = "cleared" if heard.conflict_answer == "record" else "persists"
        return True
    order = None
    if heard.order_id:
        order = next((o for o in orders.orders_of(scene.session, scene.customer) if o.id == heard.order_id), None)
    elif heard.order_no:
        order = orders.order_by_number(scene.session, scene.account.id, heard.order_no)
    if order is not None:
        orders.settle(scene.session, case, scene.customer, order, heard.at)
        return True
    if heard.gave_up and "order" in scene.asking.get("facts", ()):
        orders.settle(scene.session, case, scene.customer, None, heard.at)
        return True
    return False


def _repeat(scene: Scene, case: Case, heard: Heard) -> None:
    """The same thing once more: restate the verdict (B-05). While the owner has it, that was said already."""
    if case.awaits_owner or case.verdict is None or heard.intent in _SMALL_TALK:
        small_talk(scene, heard)
    else:
        _nothing_changed(scene, case)


def _nothing_changed(scene: Scene, case: Case) -> None:
    """What was told changes nothing: say so once, in the words that fit who has it."""
    if case.awaits_owner:
        scene.needs_owner("wrote")
        scene.fire("not_understood")
        return
    scene.words_blanks["again"] = True
    scene.fire("decided")


# ------------------------------------------------------------------ what next


def settle(scene: Scene, *, answered: bool) -> None:
    """Run the policy on the line at hand and let the flows say what comes of it.

    `answered`: did this turn learn anything? If not, the question is put again, and after the
    pack's `max_repeats` the fact counts as not to be had (an unclear issue as `other`).
    """
    case = scene.case
    if case is None:
        return
    if not answered and not _ask_again(scene, case):
        return
    conflict = deciding.conflict(case, scene.pack)
    decision = deciding.decide_case(case, scene.pack, guard={"conflict": conflict} if conflict != "none" else None)
    if decision.outcome == "ask" and decision.ask is not None:
        _ask(scene, case, decision)
        return
    if conflict == "persists":
        to_owner(scene, {"conflict": "persists"}, "conflict")
        return
    stood = None if case.is_open else case.verdict
    deciding.give_verdict(scene.session, case, scene.pack, decision, scene.at)
    if stood is not None and case.verdict is stood:
        _nothing_changed(scene, case)
        return
    scene.conversation.asking = {}
    if case.awaits_owner:
        scene.turn.true |= {"waits_for_owner"}
    scene.fire("decided")
    if decision.outcome == "offer":
        _remember_asked(scene, case, ["want"])
    if decision.outcome == "paid_quote":
        scene.needs_owner("quote")


def _ask_again(scene: Scene, case: Case) -> bool:
    """Nothing was learnt: ask once more (False), or give a fact up after too many tries (True)."""
    times = int(scene.asking.get("times", 0)) + 1
    asked = list(scene.asking.get("facts", ()))
    if times <= scene.pack.ask.max_repeats:
        scene.conversation.asking = {**scene.asking, "times": times}
        scene.fire("not_understood")
        return False
    give_up(scene, case, asked[0])
    return True


def give_up(scene: Scene, case: Case, fact: str) -> None:
    """A fact that was asked for and is not to be had."""
    if fact == "order":
        orders.settle(scene.session, case, scene.customer, None, scene.at)
        return
    if fact == "conflict":
        case.claim.conflict = "persists"
        return
    value = {"issue": "other", "photo": "cannot"}.get(fact, facts.UNSURE)
    name = facts.RECEIVED if fact == deciding.AGE else fact
    facts.learn(scene.session, case.line, case.rows, {name: value}, source="customer", at=scene.at)


def _ask(scene: Scene, case: Case, decision: Decision) -> None:
    """Ask for the fact the policy needs, and with it the next one if that is asked whatever the answer is."""
    asked = [str(decision.ask)]
    case.line.status = "collecting"
    seen = deciding.situation(case, scene.pack)
    second = asked_together(scene.pack, seen.facts, asked[0], order=seen.order)
    if second is not None and second in scene.pack.facts and second != asked[0]:
        asked.append(second)
    _remember_asked(scene, case, asked)
    scene.fire(ASKING_EVENTS.get(asked[0], "choice_needed"))


def _remember_asked(scene: Scene, case: Case, asked: list[str]) -> None:
    scene.conversation.asking = {"line": case.line.id, "facts": asked, "times": 0}


# ------------------------------------------------------------------ from a message


def from_message(scene: Scene, message: Message, reading: Reading | None, *, has_photo: bool) -> Heard:
    """What a written message tells: its tap if it is one, else what was read in its words."""
    heard = Heard(at=message.sent_at, message_id=message.id, has_photo=has_photo)
    if message.payload and (tapped := from_payload(heard, message.payload)):
        return tapped
    if reading is None:
        return heard
    told: dict[str, Any] = {name: value for name, value in reading.facts.items() if name in scene.pack.facts}
    if reading.received:
        told[facts.RECEIVED] = _as_receipt(reading.received)
    elif reading.facts.get(facts.RECEIVED) == facts.UNSURE:
        told[facts.RECEIVED] = facts.UNSURE
    if "photo" in scene.asking.get("facts", ()) and not has_photo and _cannot_send(reading):
        told["photo"] = "cannot"
    order_no = reading.slots.get("order_no")
    return replace(
        heard,
        facts=told,
        intent=reading.intent,
        alarm=reading.alarm,
        yes_no=reading.slots.get("yes_no"),
        order_no=order_no,
        gave_up=order_no is None and reading.facts.get("order_no") == facts.UNSURE,
    )


def _as_receipt(received: Received) -> dict[str, str]:
    """A day or span from words as a fact keeps it; the span's end is its last second."""
    if received.earliest and received.latest:
        last = received.latest - timedelta(seconds=1)
        return {"earliest": received.earliest.isoformat(), "latest": max(received.earliest, last).isoformat()}
    return {"on": received.date.isoformat()} if received.date else {}


def _cannot_send(reading: Reading) -> bool:
    return reading.facts.get("photo") in (facts.UNSURE, "cannot") or reading.slots.get("yes_no") == "no"


def from_payload(heard: Heard, payload: str) -> Heard | None:
    """What a tap means; None for a payload that is not ours (an old menu, another tool)."""
    kind, _, rest = payload.partition(":")
    match kind:
        case "fact" if "=" in rest:
            name, _, value = rest.partition("=")
            return replace(heard, facts={name: value})
        case "say":
            alarm = "asks_human" if rest == "talk_to_human" else "none"
            return replace(heard, intent=rest, alarm=alarm)
        case "order" if rest.isdigit():
            return replace(heard, order_id=int(rest))
        case "conflict":
            return replace(heard, conflict_answer="record" if rest == "record_right" else "words")
        case "group" if "." in rest and rest.rpartition(".")[2].isdigit():
            name, _, number = rest.rpartition(".")
            return replace(heard, group=(name, int(number)))
        case "quote":
            numbers, _, answer = rest.partition(":")
            number, _, version = numbers.partition(".")
            if number.isdigit() and version.isdigit() and answer in ("yes", "no"):
                return replace(heard, quote_answer=(int(number), int(version), answer))
    return None
