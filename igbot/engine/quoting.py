"""Is this an answer to a quote, and what does it mean?

A yes counts only for the newest version: by its button, a reply to the message that showed it, its number
or its exact sum. A bare yes is read back with the sum once (DECISION-TABLE 6.10).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import select

from igbot.claims import cases, quotes
from igbot.engine.heard import ISSUE, Heard
from igbot.engine.scene import Scene
from igbot.engine.taps import quote_named
from igbot.store.tables import Quote, Reply

_NUMBERED = re.compile(r"(?<![a-z0-9])q-? ?(\d{1,6})(?!\d)", re.IGNORECASE)
_WORDS: Mapping[str, str] = {"yes": "accepted", "no": "declined"}


def quote_meant(scene: Scene, text: str, reply_to: str | None) -> tuple[int, int | None] | None:
    """Number and version of the quote that a message replies to, or the number it names."""
    if reply_to and (shown := _shown_in(scene, reply_to)):
        return shown
    named = _NUMBERED.search(text)
    return (int(named[1]), None) if named else None


def _shown_in(scene: Scene, mid: str) -> tuple[int, int] | None:
    """The quote that a message of ours showed; a long one came in parts, with the buttons under the last."""
    ours = select(Reply.event_id).where(Reply.account_id == scene.account.id, Reply.mid == mid)
    beside = select(Reply.quick_replies).where(
        Reply.conversation_id == scene.conversation.id, Reply.event_id.in_(ours), Reply.key.startswith("quote.")
    )
    taps = (tap["payload"] for buttons in scene.session.scalars(beside) for tap in buttons)
    return next((named[:2] for payload in taps if (named := quote_named(payload))), None)


def answer_to_quote(scene: Scene, heard: Heard) -> str | None:
    """What an answer to a quote means, as an event for the flows, noted on the quote; None if this is none.

    `scene.case` becomes the case of that quote.
    """
    if heard.facts.get(ISSUE):
        return None  # another matter is raised; the quote can wait
    if heard.quote is not None:
        return _answer_to(scene, heard, *heard.quote)
    case = cases.open_quote(scene.session, scene.conversation) if heard.yes_no or heard.money else None
    if case is None or case.quote is None:
        return None
    if meant := _plain_answer(scene, heard, case.quote):
        scene.case = case
        return meant if meant == "quote_yes_unclear" else quotes.take_answer(case, meant, scene.pack, heard.at)
    return None


def _answer_to(scene: Scene, heard: Heard, number: int, version: int | None) -> str | None:
    """An answer to a quote that was named, tapped or replied to."""
    case = cases.case_of_quote(scene.session, scene.conversation, number)
    if case is None or case.quote is None or not (heard.yes_no or heard.money):
        return None
    scene.case = case
    is_newest = case.quote.number == number and version in (None, case.quote.version)
    if quotes.is_open(case):
        if not is_newest:
            return "quote_outdated"
        return quotes.take_answer(case, _answer(heard, case.quote), scene.pack, heard.at)
    if is_newest and case.quote.answer == "accepted":
        return "quote_known" if heard.yes_no == "yes" else "quote_over"
    return "quote_over"


def is_plain_answer(scene: Scene, heard: Heard) -> bool:
    """Is a quote what was asked last, so that a plain yes, no or sum answers it?"""
    is_asked = scene.turn.flow == "quote" and scene.turn.state in ("answer", "sure")
    return is_asked and bool(heard.yes_no or heard.money)


def _plain_answer(scene: Scene, heard: Heard, quote: Quote) -> str | None:
    """What a plain yes, no or sum says while a quote is open; None if it need not be about the quote."""
    if is_plain_answer(scene, heard):
        answer = _answer(heard, quote)
        is_clear = scene.turn.state == "sure" or heard.money is not None or answer != "accepted"
        return answer if is_clear else "quote_yes_unclear"
    asks_nothing_else = (scene.turn.flow == "quote" or not scene.is_with_owner) and not scene.is_asking
    return "quote_yes_unclear" if asks_nothing_else and heard.intent in ("affirm", "deny") else None


def _answer(heard: Heard, quote: Quote) -> str:
    """Accepted, declined or haggles. Naming another sum is haggling, whatever else is said."""
    if heard.money is not None and heard.money != (quotes.total(quote), quote.currency):
        return "haggles"
    return _WORDS.get(heard.yes_no or "", "haggles")
