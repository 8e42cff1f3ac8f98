"""How long ago was it? From a contact and a receipt to a class of age (DECISION-TABLE 4).

The contact is the instant of the first message about the matter. The receipt may be known to the
second, as a date, as a span of instants, or not at all; what it may have been is kept as a span and
every second of it is classified, so a doubt stays a doubt until somebody settles it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal, TypeAlias

from igbot.policy.facts import Known
from igbot.policy.periods import Period, first_instant, last_instant

Received: TypeAlias = datetime | date | tuple[datetime, datetime] | None
"""An aware instant, a date of a zone, a span of aware instants, or nothing."""

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Span:
    """From the first to the last second at which something may have happened, both inside, UTC."""

    first: datetime
    last: datetime


@dataclass(frozen=True)
class AgeClass:
    """A class of age, and the period it reaches; the last class reaches for ever."""

    value: str
    within: Period | None


@dataclass(frozen=True)
class AgeClock:
    """How a pack measures age: from what, in whose zone, into which classes, the shortest first."""

    anchor: Literal["receipt", "purchase"]
    zone: Literal["delivery", "shop"]
    classes: Sequence[AgeClass]

    def read(self, contact: datetime, received: Received, zone: tzinfo, *, closed: bool = False) -> Age:
        """The age at `contact` (aware) of something received then, in `zone`.

        `closed` says that what is not known cannot be asked any more. Seconds are whole, edges are inside.
        """
        contact = _whole(contact)
        span = _span(received, zone)
        if span is None:
            everything = frozenset(one.value for one in self.classes)
            return Age(Known(everything, askable=False) if closed else None, contact=contact)
        if span.first > contact:
            return Age(None, contact=contact, received=span, conflict=True)
        span = Span(span.first, min(span.last, contact))
        return Age(
            Known(frozenset(self._classes_of(span, contact, zone)), askable=not closed),
            contact=contact,
            received=span,
            last_instants={one.value: one.within.end(span.last, zone) for one in self.classes if one.within},
        )

    def _classes_of(self, span: Span, contact: datetime, zone: tzinfo) -> set[str]:
        """The classes that some second of the span gives; the later the receipt, the earlier the class."""

        def steps_up(second: int) -> int:
            return -self._class_at(span.first + second * _SECOND, contact, zone)

        seconds = range(int((span.last - span.first) / _SECOND) + 1)
        found, second = set(), 0
        while second < len(seconds):
            here = steps_up(second)
            found.add(self.classes[-here].value)
            second = bisect_right(seconds, here, lo=second, key=steps_up)
        return found

    def _class_at(self, received: datetime, contact: datetime, zone: tzinfo) -> int:
        inside = (
            n for n, one in enumerate(self.classes) if not one.within or contact <= one.within.end(received, zone)
        )
        return next(inside, len(self.classes) - 1)


@dataclass(frozen=True)
class Age:
    """What a clock read: the fact's state, and what it was read from.

    `known` is None where nothing is known yet; `conflict` means that even the earliest possible
    receipt lies after the contact. `last_instants` holds, by class, the last second that is still
    inside, counted from the latest possible receipt.
    """

    known: Known | None
    contact: datetime
    received: Span | None = None
    last_instants: Mapping[str, datetime] = field(default_factory=dict)
    conflict: bool = False


def _span(received: Received, zone: tzinfo) -> Span | None:
    if isinstance(received, datetime):
        return Span(_whole(received), _whole(received))
    if isinstance(received, date):
        first = first_instant(received, zone)
        return Span(first, max(first, last_instant(received, zone)))
    if received is None:
        return None
    first, last = sorted(map(_whole, received))
    return Span(first, last)


def _whole(instant: datetime) -> datetime:
    """Cut to whole seconds, UTC. Raises ValueError for an instant without a zone."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} names no time zone.")
    return instant.astimezone(UTC).replace(microsecond=0)
