"""When did the piece reach the customer? All that the record and the customer say about it, as one span.

A receipt is kept as it was told: `{"at": instant}`, `{"on": day}` or `{"earliest": ..., "latest": ...}`,
all ISO texts, both ends inside. A day the record names and the hour the customer adds belong together.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from igbot.claims.facts import RANK, RECEIVED, counts
from igbot.policy import Span
from igbot.policy.periods import first_instant, last_instant
from igbot.store.tables import Fact


def span_of(told: object, zone: ZoneInfo) -> Span | None:
    """From the first to the last second that is meant; a day is read in `zone`. None if nothing is."""
    match told:
        case {"at": instant}:
            moment = datetime.fromisoformat(instant)
            return Span(moment, moment)
        case {"on": day}:
            return Span(first_instant(date.fromisoformat(day), zone), last_instant(date.fromisoformat(day), zone))
        case {"earliest": earliest, "latest": latest}:
            return Span(datetime.fromisoformat(earliest), datetime.fromisoformat(latest))
    return None


def overlap(one: Span, other: Span) -> Span | None:
    """What two accounts have in common; None if they cannot both be true."""
    first, last = max(one.first, other.first), min(one.last, other.last)
    return Span(first, last) if first <= last else None


def receipt(rows: Iterable[Fact], zone: ZoneInfo) -> Span | None:
    """When it reached the customer, of rows in the order they were learnt.

    The higher source is believed, and narrowed by the others where they fit with it. Of accounts of one
    source that do not fit together the later one counts.
    """
    by_source: dict[str, Span] = {}
    for row in rows:
        said = span_of(row.value, zone) if row.name == RECEIVED and counts(row) else None
        if said is not None:
            before = by_source.get(row.source)
            by_source[row.source] = (overlap(before, said) if before else None) or said
    believed = None
    for source in sorted(by_source, key=RANK.__getitem__, reverse=True):
        said = by_source[source]
        believed = said if believed is None else overlap(believed, said) or believed
    return believed


def receipt_told(rows: Iterable[Fact], source: str, zone: ZoneInfo) -> Span | None:
    """When it arrived, as one source has it."""
    return receipt([row for row in rows if row.source == source], zone)


def kept(span: Span) -> dict[str, str]:
    """A span as a fact keeps it."""
    return {"earliest": span.first.isoformat(), "latest": span.last.isoformat()}
