"""What is known about a line, and who said so.

Facts are rows that are never changed: the newest of the highest rank counts. Ranks are those of
DECISION-TABLE 3: the record beats photos, photos beat the customer's words, and what the owner
says beats them all but the carrier, whose word reaches us as the record's delivered instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from igbot.store.tables import Fact, Line

RANK = {"customer": 1, "photo": 2, "record": 3, "owner": 4}
"""Who is believed over whom."""

UNSURE = "unsure"
"""Asked, and not to be had."""

RECEIVED = "received"
"""When the piece reached the customer: no fact of the policy, but what its clock is read from (`receipts`)."""


def counts(row: Fact) -> bool:
    """Does this account count? Not if it was taken back, or told differently after a verdict."""
    return row.withdrawn_at is None and row.taken


def counting(rows: Iterable[Fact]) -> dict[str, Fact]:
    """The row that counts for each name, of rows in the order they were learnt.

    What is known is not pushed aside by something vaguer of the same rank: an "unsure", or a list that has it.
    """
    found: dict[str, Fact] = {}
    for row in filter(counts, rows):
        before = found.get(row.name)
        if before is None or RANK[row.source] > RANK[before.source] or _replaces(row, before):
            found[row.name] = row
    return found


def _replaces(row: Fact, before: Fact) -> bool:
    return RANK[row.source] == RANK[before.source] and not is_vaguer(row.value, before.value)


def is_vaguer(told: object, known: object) -> bool:
    """Does this say less than what is known, without saying otherwise?"""
    if told == UNSURE:
        return known != UNSURE
    return isinstance(told, list) and known != UNSURE and _values(known) < set(told)


def _values(known: object) -> set[Any]:
    return set(known) if isinstance(known, list) else {known} if isinstance(known, str) else set()


def values(rows: Iterable[Fact]) -> dict[str, Any]:
    """The value that counts for each name."""
    return {name: row.value for name, row in counting(rows).items()}


def learn(
    session: Session,
    line: Line,
    rows: list[Fact],
    told: Mapping[str, Any],
    *,
    source: str,
    at: datetime,
    message_id: int | None = None,
    taken: bool = True,
) -> list[Fact]:
    """Store what was told about a line and return the new rows; `rows` grows with them.

    What is known already from the same source is not stored again.
    """
    known = counting(rows)
    new = []
    for name, value in told.items():
        before = known.get(name)
        if taken and before is not None and before.source == source and before.value == value:
            continue
        new.append(
            Fact(
                line_id=line.id,
                name=name,
                value=value,
                source=source,
                learnt_at=at,
                message_id=message_id,
                taken=taken,
            )
        )
    session.add_all(new)
    rows += new
    return new


def told_before(rows: Iterable[Fact], name: str) -> list[Fact]:
    """Every account of a fact that a person gave, withdrawn ones included; "unsure" is no account."""
    return [row for row in rows if row.name == name and row.taken and row.value != UNSURE]
