"""The questions, with their buttons: for a fact, a group of its values, the order, a conflict with the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from igbot.claims.cases import Case
from igbot.claims.deciding import zone_of
from igbot.claims.facts import RECEIVED, values
from igbot.claims.receipts import receipt, receipt_told
from igbot.claims.stories import disputed
from igbot.claims.voice import Tap, Voice, Words
from igbot.store.tables import Order
from igbot.texts import MOST_BUTTONS, Texts


def question(voice: Voice, fact: str, *, only: Sequence[str] = ()) -> Words:
    """The question for a fact, with a button for each value that may be chosen (`only`: these values).

    With more values than buttons fit, the groups come first.
    """
    groups = voice.pack.groups(fact, voice.language)
    if groups and not 0 < len(only) <= MOST_BUTTONS:
        taps = [Tap(f"group:{fact}.{number}", label) for number, (label, _) in enumerate(groups)]
    else:
        taps = [
            Tap(f"fact:{fact}={choice.value}", choice.label)
            for choice in voice.pack.choices(fact, voice.language)
            if not only or choice.value in only
        ]
    return Words(f"ask.{fact}", voice.pack.question(fact, voice.language), tuple(taps))


def group_question(voice: Voice, fact: str, number: int) -> Words | None:
    """The choices of one group of a fact; None if there is no such group."""
    groups = voice.pack.groups(fact, voice.language)
    if not 0 <= number < len(groups):
        return None
    label, chosen = groups[number]
    return Words(f"ask.{fact}", voice.say("claim.which_group", group=label), question(voice, fact, only=chosen).taps)


def order_question(voice: Voice, orders: Sequence[Order], titles: Mapping[int, str]) -> Words:
    """Which order it was: by number, or among those we know of this customer, by what was in them (`titles`, by id)."""
    if not orders:
        return Words("ask.order", voice.say("claim.order"))
    taps = tuple(Tap(f"order:{order.id}", titles.get(order.id, order.number)) for order in orders[:MOST_BUTTONS])
    return Words("ask.order", voice.say("claim.order_which"), taps)


def conflict_question(voice: Voice, case: Case) -> Words:
    """The record says otherwise: which is right? Or, where only their own words clash: when did it arrive? (B-04)"""
    name = disputed(case, voice.pack)
    if name == RECEIVED and receipt_told(case.rows, "record", zone_of(case, voice.pack)) is None:
        return Words("ask.conflict", voice.say("claim.conflict_day", **_days(voice, case)))
    taps = tuple(Tap(f"conflict:{key}", label) for key, label in conflict_buttons(voice.texts, voice.language))
    if name == RECEIVED:
        return Words("ask.conflict", voice.say("claim.conflict", recorded=_days(voice, case)["received"]), taps)
    return Words("ask.conflict", voice.say("claim.conflict_record", recorded=_recorded(voice, case, name)), taps)


def conflict_buttons(texts: Texts, language: str) -> list[tuple[str, str]]:
    """What may be said to the question which is right: (key, label)."""
    return texts.buttons("claim.conflict", language)


def _days(voice: Voice, case: Case) -> dict[str, str]:
    """The days a conflict about the receipt is between: when it is said to have come, and when they first wrote."""
    zone = zone_of(case, voice.pack)
    received = receipt_told(case.rows, "record", zone) or receipt(case.rows, zone)
    return {
        "received": voice.day(received.first.astimezone(zone).date()) if received else "",
        "contact": voice.day(case.line.contact_at.astimezone(zone).date()),
    }


def _recorded(voice: Voice, case: Case, name: str | None) -> str:
    """What the record has for a fact: the piece by its title, else the value's own words."""
    article = next((article for article in case.articles if article.id == case.item.article_id), None)
    if article is not None:
        return article.title
    value = values(row for row in case.rows if row.source == "record").get(name or "")
    return voice.pack.label(name, value, voice.language) if name and isinstance(value, str) else ""


def together(first: Words, second: Words) -> Words:
    """Two questions in one message; the first one's buttons stand under it."""
    return Words(f"{first.key}+{second.key}", f"{first.text}\n\n{second.text}", first.taps)
