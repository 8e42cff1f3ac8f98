"""What a shop's database says, read from outside while the shop runs, lies dead or starts again.

Read-only connections, each for one question: they wait for nobody, keep nobody waiting and leave the journal of a
killed process for its successor to mend.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PATIENCE_SECONDS = 5

_PEOPLE = """
    SELECT customer.igsid,
        (SELECT count(*) FROM message WHERE conversation_id = conversation.id)
        + (SELECT count(*) FROM message WHERE conversation_id = conversation.id AND unsent_at IS NOT NULL)
        + (SELECT count(*) FROM reply WHERE conversation_id = conversation.id AND sender = 'person'),
        (SELECT count(*) FROM event WHERE conversation_id = conversation.id AND handled_at IS NULL AND NOT set_aside)
        + (SELECT count(*) FROM evidence WHERE conversation_id = conversation.id AND status = 'wanted')
        + (SELECT count(*) FROM reply WHERE conversation_id = conversation.id
            AND status IN ('queued', 'sending', 'unknown'))
    FROM conversation JOIN customer ON customer.id = conversation.customer_id"""


@dataclass(frozen=True)
class Standing:
    """How far the shop is with one customer."""

    dealt_with: int
    """Acts that left a trace."""
    open_matters: int
    """Events, photos and replies that something has yet to happen to."""


File = tuple[str, str, str | None]
"""What became of a customer's file: kind, status, fault."""


@dataclass(frozen=True)
class Said:
    """A reply, as the shop knows it."""

    id: int
    igsid: str
    sender: str
    text: str
    status: str
    mid: str | None
    tries: int
    is_delivered: bool


class Books:
    """The database file of a shop."""

    def __init__(self, data: Path) -> None:
        """`data`: the data folder."""
        self._address = f"file:{data / 'igbot.db'}?mode=ro"
        self._shelf = data / "evidence"

    def standing(self) -> dict[str, Standing]:
        """Every customer by igsid; nobody while the file cannot be read just now."""
        try:
            return {igsid: Standing(done, still_open) for igsid, done, still_open in self._ask(_PEOPLE)}
        except sqlite3.OperationalError:
            return {}

    def under_way(self) -> frozenset[int]:
        """The replies that are being sent, or of which nobody knows whether they were."""
        return frozenset(row[0] for row in self._ask("SELECT id FROM reply WHERE status IN ('sending', 'unknown')"))

    def unhandled(self) -> int:
        """How many events wait."""
        count: int = self._ask("SELECT count(*) FROM event WHERE handled_at IS NULL AND NOT set_aside")[0][0]
        return count

    def troubles(self) -> list[Any]:
        """Events that failed, even once, or were set aside."""
        return self._ask("SELECT kind, trouble, tries, set_aside FROM event WHERE trouble IS NOT NULL OR set_aside")

    def kinds(self) -> dict[str, int]:
        """How many events of each kind there are."""
        return dict(self._ask("SELECT kind, count(*) FROM event GROUP BY kind"))

    def out_of_order(self) -> list[Any]:
        """Events that were handled before an earlier one the shop knew by then (promise 3)."""
        return self._ask("""
            SELECT earlier.id, later.id FROM event AS earlier JOIN event AS later
            ON later.conversation_id = earlier.conversation_id
            WHERE (earlier.happened_at, earlier.id) < (later.happened_at, later.id)
            AND earlier.id < later.id AND earlier.handled_at > later.handled_at""")

    def in_turn(self, mids: Sequence[str]) -> list[str]:
        """These messages in the order in which they were handled."""
        rows = dict(
            self._ask("SELECT message.mid, event.handled_at FROM message JOIN event ON event.id = message.event_id")
        )
        return sorted(mids, key=lambda mid: rows[mid])

    def mids(self) -> list[str]:
        """Every customer's message."""
        return [mid for (mid,) in self._ask("SELECT mid FROM message")]

    def said(self) -> list[Said]:
        """Every reply, in the order in which they were to be said."""
        rows = self._ask("""
            SELECT reply.id, customer.igsid, sender, text, status, mid, tries, delivered_at IS NOT NULL
            FROM reply JOIN conversation ON conversation.id = reply.conversation_id
            JOIN customer ON customer.id = conversation.customer_id ORDER BY reply.id""")
        return [Said(*row) for row in rows]

    def control(self) -> dict[str, str]:
        """Who has each conversation."""
        return dict(
            self._ask("""
                SELECT igsid, control FROM conversation JOIN customer ON customer.id = conversation.customer_id""")
        )

    def evidence(self) -> dict[str, list[File]]:
        """What became of the files of each customer, in the order in which they came."""
        found: dict[str, list[File]] = {}
        rows = self._ask("""
            SELECT igsid, media, evidence.status, fault FROM evidence
            JOIN conversation ON conversation.id = evidence.conversation_id
            JOIN customer ON customer.id = conversation.customer_id ORDER BY evidence.id""")
        for igsid, media, status, fault in rows:
            found.setdefault(igsid, []).append((media, status, fault))
        return found

    def files_named(self) -> set[str]:
        """The files the rows speak of."""
        return {name for row in self._ask("SELECT file, thumbnail FROM evidence") for name in row if name}

    def files_kept(self) -> set[str]:
        """The files there are."""
        return {path.name for path in self._shelf.iterdir()} if self._shelf.exists() else set()

    def _ask(self, question: str) -> list[Any]:
        with closing(sqlite3.connect(self._address, uri=True, timeout=_PATIENCE_SECONDS)) as connection:
            return connection.execute(question).fetchall()
