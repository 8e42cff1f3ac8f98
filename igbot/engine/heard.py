"""What one act of the customer tells us: a tap, or what was read in their words. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from igbot.claims.deciding import AGE
from igbot.claims.facts import RECEIVED, UNSURE
from igbot.claims.receipts import kept
from igbot.policy import Pack, Span
from igbot.understand import Reading, Received

ORDER, ORDER_NO, CONFLICT, PHOTO, ISSUE = "order", "order_no", "conflict", "photo", "issue"


@dataclass(frozen=True)
class Heard:
    """What was said, by tap or in words. `at` is when it happened, aware UTC."""

    at: datetime
    message_id: int | None = None
    has_photo: bool = False
    """Pictures came along and are still being looked at."""
    no_photo: str | None = None
    """What came where a picture cannot be had from, in the words of table PHOTO."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Facts of the pack, and `received`."""
    intent: str | None = None
    is_menu: bool = False
    """The wish was picked from our menu: something new begins."""
    alarm: str = "none"
    yes_no: str | None = None
    money: tuple[int, str] | None = None
    """A sum that was named: minor units and currency."""
    order_no: str | None = None
    order_id: int | None = None
    quote: tuple[int, int | None] | None = None
    """Number and version of the quote this is about: tapped, replied to, or (without a version) named."""
    conflict_answer: str | None = None
    """`record_right`, `words_right`, or `unsure`."""
    group: tuple[str, int] | None = None
    gave_up_order: bool = False
    """"I don't know", said to the question for the order."""

    @property
    def tells_something(self) -> bool:
        """Is there anything in it for a line?"""
        return bool(self.facts or self.order_no or self.order_id or self.conflict_answer or self.gave_up_order)


def from_reading(heard: Heard, reading: Reading, pack: Pack, asked: list[str]) -> Heard:
    """What was read in a message, `asked` being the facts we had asked for."""
    order_no = reading.slots.get(ORDER_NO)
    money = reading.slots.get("money")
    conflict = reading.facts.get(CONFLICT)
    return replace(
        heard,
        facts=_told(reading, pack, asked, with_photo=heard.has_photo),
        intent=reading.intent,
        alarm=reading.alarm,
        yes_no=reading.slots.get("yes_no"),
        money=(money["amount"], money["currency"]) if money else None,
        order_no=order_no,
        conflict_answer=conflict if isinstance(conflict, str) else None,
        gave_up_order=order_no is None and reading.facts.get(ORDER_NO) == UNSURE,
    )


def _told(reading: Reading, pack: Pack, asked: list[str], *, with_photo: bool) -> dict[str, Any]:
    told: dict[str, Any] = {name: value for name, value in reading.facts.items() if name in pack.facts}
    told.pop(PHOTO, None)
    if not with_photo and _cannot_send(reading, asked):
        told[PHOTO] = "cannot"
    if reading.received and (receipt := _receipt(reading.received)):
        told[RECEIVED] = receipt
    elif reading.facts.get(RECEIVED) == UNSURE and asked != [ORDER]:
        told[AGE] = UNSURE
    return told


def _cannot_send(reading: Reading, asked: list[str]) -> bool:
    """Do they say that there will be no picture? A bare no, or not knowing, says so only if nothing else was asked."""
    if reading.facts.get(PHOTO) == "cannot":
        return True
    is_no = reading.facts.get(PHOTO) == UNSURE or reading.slots.get("yes_no") == "no"
    return asked == [PHOTO] and is_no


def _receipt(received: Received) -> dict[str, str]:
    """A day or span from words as a fact keeps it; the end of a span is its last second."""
    if received.earliest and received.latest:
        last = received.latest - timedelta(seconds=1)
        return kept(Span(received.earliest, max(received.earliest, last)))
    return {"on": received.date.isoformat()} if received.date else {}


Read = Callable[[datetime], Reading]
"""Reads a message as of an instant, aware, in the customer's zone."""


def read_as_of(read: Read, now: datetime, known: Span | None) -> Reading:
    """Read a message; an hour that names no day belongs to the day that is already known."""
    reading = read(now)
    if known is None or reading.received is None or reading.received.names_day:
        return reading
    first, last = (instant.astimezone(now.tzinfo) for instant in (known.first, known.last))
    return read(last) if first.date() == last.date() < now.date() else reading
