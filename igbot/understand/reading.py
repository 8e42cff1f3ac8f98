"""What a message says: language, intent, slots, facts, day of receipt, alarm, each with the words it rests on.

Words and patterns decide, nothing else: the same message and words give the same reading. What is not said plainly
is not learnt; what can be read in two ways is given as a list, so that the customer is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from igbot.understand import answers, intents
from igbot.understand.dates import Received, Told, told_days
from igbot.understand.denial import undenied
from igbot.understand.figures import Found
from igbot.understand.lexicon import Hit
from igbot.understand.normal import Plain, plain
from igbot.understand.rules import Match, Scene
from igbot.understand.words import Words

NO_ALARM = "none"
RECEIVED, ORDER_NO, RING_SIZE, YES_NO, ISSUE, ITEM = "received", "order_no", "ring_size", "yes_no", "issue", "item"
_ROLE_REACH = 30
"""Characters between a day and the word that says what happened then."""
_MOST_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was learnt (`cause=as_received`) and the place in the message it rests on."""

    what: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """One message understood; the fields mean what DESIGN 5.6 says."""

    lang: str
    intent: str
    confidence: float
    band: str
    alternatives: list[tuple[str, float]]
    slots: dict[str, Any]
    facts: dict[str, str | list[str]]
    received: Received | None
    alarm: str
    evidence: list[Evidence]


@dataclass(slots=True)
class _Notes:
    """What has been found so far."""

    plain: Plain
    facts: dict[str, str | list[str]] = field(default_factory=dict)
    slots: dict[str, Any] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    answered_by: set[Hit] = field(default_factory=set)

    def point(self, what: str, start: int, end: int) -> None:
        """Remember where in the original something was read."""
        self.evidence.append(Evidence(what, self.plain.span(start, end)))

    def point_at(self, what: str, match: Match) -> None:
        """The same for a rule that applied."""
        self.point(what, min(hit.start for hit in match.hits), max(hit.end for hit in match.hits))

    def learn(self, fact: str, matches: Sequence[Match]) -> None:
        """Take over the values that rules gave; several stay a list."""
        matches = sorted(matches, key=lambda match: match.hits[0].start)
        values = answers.values_of(matches)
        if values and fact not in self.facts:
            self.facts[fact] = values[0] if len(values) == 1 else values
            for match in matches:
                self.point_at(f"{fact}={'|'.join(match.rule.values)}", match)


def read(
    text: str,
    words: Words,
    *,
    now: datetime,
    lang: str | None,
    expecting: Sequence[str] = (),
    choices: answers.Choices | None = None,
) -> Reading:
    """Read a message. `now` is aware and carries the customer's zone; `lang` is the conversation's so far.

    `expecting` names the facts or slots just asked for: they are tried first. `choices` are the buttons shown for them.
    Never raises on any text.
    """
    message = plain(text)
    language = words.languages.of_text(message.text, lang)
    scene = Scene.of(message, undenied(message.text, words.lexicon.find(message.text)))
    notes = _Notes(message)
    _read_figures(scene, words, notes, expecting)
    _read_yes_no(scene, words, notes)
    _read_answers(scene, words, notes, expecting, choices or {})
    _read_facts(scene, words, notes)
    _read_products(scene, words, notes)
    received = _read_received(scene, words, notes, now, text, month_first=language == "ko", asked=RECEIVED in expecting)
    _read_unsure(scene, notes, expecting)
    alarm = _read_alarm(scene, words, notes)
    ranking = intents.ranked(
        scene,
        words,
        facts=notes.facts,
        issues=_as_list(notes.facts.get(ISSUE)),
        alarm=alarm,
        answered=_is_answered(notes, received, expecting),
    )
    intent, confidence = ranking[0]
    return Reading(
        lang=language or "ko",
        intent=intent,
        confidence=confidence,
        band=intents.band(intent, confidence, words),
        alternatives=ranking[1 : 1 + _MOST_ALTERNATIVES],
        slots=_slots(notes, received),
        facts=notes.facts,
        received=received,
        alarm=alarm,
        evidence=notes.evidence,
    )


def _is_answered(notes: _Notes, received: Received | None, expecting: Sequence[str]) -> bool:
    return any(
        name in notes.facts or name in notes.slots or (name == RECEIVED and received is not None)
        for name in expecting
        if name != YES_NO
    )


def _as_list(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _read_figures(scene: Scene, words: Words, notes: _Notes, expecting: Sequence[str]) -> None:
    text, figures = scene.plain.text, words.figures
    found: dict[str, Found | None] = {
        ORDER_NO: figures.order_no(text, asked=ORDER_NO in expecting or "order" in expecting),
        RING_SIZE: figures.ring_size(text, asked=RING_SIZE in expecting),
        "money": figures.money(text),
    }
    for slot, value in found.items():
        if value:
            notes.slots[slot] = value.value
            notes.point(slot, value.start, value.end)


def _read_yes_no(scene: Scene, words: Words, notes: _Notes) -> None:
    if answer := answers.yes_no(scene, words):
        value, match = answer
        notes.slots[YES_NO] = value
        notes.point_at(f"{YES_NO}={value}", match)


def _read_answers(
    scene: Scene, words: Words, notes: _Notes, expecting: Sequence[str], choices: answers.Choices
) -> None:
    """Try each fact asked for: a label, what plainly says it, what says it only as an answer, a place, a yes or no."""
    for fact in expecting:
        shown = choices.get(fact, ())
        values = list(dict.fromkeys(value for value, _ in shown)) or words.options.get(fact, ())
        if (label := answers.labelled(scene, shown)) is not None:
            _answer(notes, fact, label)
            continue
        for rules in (words.facts.get(fact, ()), words.answers.get(fact, ())):
            if fact not in notes.facts and (matches := scene.matches(rules)):
                notes.learn(fact, matches)
                notes.answered_by.update(hit for match in matches for hit in match.hits)
        if fact in notes.facts:
            continue
        yes_no = words.answer_of_yes_no.get(fact, {}).get(notes.slots.get(YES_NO, ""))
        value = answers.numbered(scene, words, values) or yes_no
        if value is not None:
            _answer(notes, fact, value)


def _answer(notes: _Notes, fact: str, value: str) -> None:
    """Take over an answer that is the whole message."""
    notes.facts[fact] = value
    if notes.plain.text:
        notes.point(f"{fact}={value}", 0, len(notes.plain.text))


def _read_facts(scene: Scene, words: Words, notes: _Notes) -> None:
    """Everything the message tells besides; words that were the answer to a question tell no new fault."""
    for fact, rules in words.facts.items():
        notes.learn(fact, scene.matches(rules, notes.answered_by if fact == ISSUE else frozenset()))
    for fact, rules in words.doubtful.items():
        if fact != ITEM:
            notes.learn(fact, scene.matches(rules, notes.answered_by)[:1])


def _read_products(scene: Scene, words: Words, notes: _Notes) -> None:
    """The product slot, and the fact `item` that the pack maps it to."""
    named = [hit for hit in scene.hits if hit.concept in words.products]
    products = list(dict.fromkeys(hit.concept for hit in named))
    if products:
        notes.slots["product"] = products[0] if len(products) == 1 else products
        items = list(dict.fromkeys(words.products[product] for product in products))
        notes.facts.setdefault(ITEM, items[0] if len(items) == 1 else items)
        for hit in named:
            notes.point(f"product={hit.concept}", hit.start, hit.end)
    else:
        notes.learn(ITEM, scene.matches(words.doubtful.get(ITEM, ()))[:1])


def _read_received(
    scene: Scene, words: Words, notes: _Notes, now: datetime, text: str, *, month_first: bool, asked: bool
) -> Received | None:
    days = told_days(scene.plain.text, words.day_words, now, month_first=month_first)
    days = [day for day in days if _is_receipt(day, scene, words, asked=asked)]
    if len({(day.earliest, day.latest) for day in days}) != 1:
        return None
    told = days[0]
    first, last = scene.plain.span(told.start, told.end)
    notes.point(RECEIVED, told.start, told.end)
    whole_day = told.day is not None and told.is_whole
    return Received(
        date=told.day,
        earliest=None if whole_day else told.earliest,
        latest=None if whole_day else told.latest,
        text=text[first:last],
        part=told.part,
        time=told.time,
        names_day=told.names_day,
    )


def _is_receipt(day: Told, scene: Scene, words: Words, *, asked: bool) -> bool:
    """Does the word nearest to the day say that something arrived then?"""
    nearest, distance = None, _ROLE_REACH + 1
    for hit in scene.hits:
        if hit.concept in words.arrived or hit.concept in words.not_arrived:
            gap = 0 if hit.start < day.end and day.start < hit.end else max(hit.start - day.end, day.start - hit.end)
            if gap < distance:
                nearest, distance = hit.concept, gap
    return asked if nearest is None else nearest in words.arrived


def _read_unsure(scene: Scene, notes: _Notes, expecting: Sequence[str]) -> None:
    """Not knowing answers every question asked that nothing else in the message answers."""
    for fact in expecting if scene.has(answers.UNSURE) else ():
        if fact not in notes.facts and fact not in notes.slots and fact != YES_NO:
            notes.facts[fact] = answers.UNSURE
            hit = scene.by_concept[answers.UNSURE][0]
            notes.point(f"{fact}={answers.UNSURE}", hit.start, hit.end)


def _read_alarm(scene: Scene, words: Words, notes: _Notes) -> str:
    for rule in words.alarms:
        if match := scene.match(rule):
            notes.point_at(f"alarm={rule.values[0]}", match)
            return rule.values[0]
    return NO_ALARM


def _slots(notes: _Notes, received: Received | None) -> dict[str, Any]:
    slots = dict(notes.slots)
    if issues := _as_list(notes.facts.get(ISSUE)):
        slots[ISSUE] = issues
    if cause := notes.facts.get("cause"):
        slots["cause"] = cause
    if received:
        slots[RECEIVED] = _received_slot(received)
    return slots


def _received_slot(received: Received) -> Mapping[str, str]:
    told = {
        "date": received.date.isoformat() if received.date else None,
        "time": received.time.strftime("%H:%M") if received.time else None,
        "part": received.part,
        "from": received.earliest.isoformat() if received.earliest else None,
        "to": received.latest.isoformat() if received.latest else None,
        "text": received.text,
    }
    return {name: value for name, value in told.items() if value is not None}
