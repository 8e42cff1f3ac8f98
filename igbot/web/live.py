"""Has something changed since this page was drawn? Told over server-sent events.

A stream says which conversations changed, never what: the page fetches itself again. It follows
`conversation.changed_at` by a short query each second and holds no connection in between. A turn may
commit a little after the instant it writes, so each look goes back `OVERLAP` and remembers what it has
told; a page that connects anew may be told twice, which costs one more drawing and loses nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from flask import Response
from sqlalchemy import select

from igbot.store.tables import Conversation
from igbot.store.unit import Database

MOST_STREAMS = 16
"""In one process; each occupies a thread of the server (DESIGN 3)."""
LIFETIME_SECONDS = 60
PAUSE_SECONDS = 1
SIGN_OF_LIFE_SECONDS = 10
"""A comment this often shows us that the browser has gone, and proxies that we have not."""
RETRY_SECONDS = 2
OVERLAP = timedelta(seconds=15)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Streams:
    """The live streams of one process, at most `most` at a time."""

    def __init__(self, most: int = MOST_STREAMS, wait: Callable[[float], object] = time.sleep) -> None:
        """`wait` pauses for so many seconds, or says True: this process is ending, and so do the streams."""
        self._places = threading.BoundedSemaphore(most)
        self._wait = wait

    def open(self, db: Database, account_id: int, since: datetime) -> Response:
        """A response that tells of this account's changes after `since`; 503 when all places are taken."""
        if not self._places.acquire(blocking=False):
            return Response("All live streams are taken; this page asks now and then instead.", 503)
        response = Response(
            self._told(db, account_id, since),
            mimetype="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        response.call_on_close(self._places.release)
        return response

    def _told(self, db: Database, account_id: int, since: datetime) -> Iterator[str]:
        told: dict[int, datetime] = {}
        yield f"retry: {RETRY_SECONDS * 1000}\n\n"
        for second in range(0, LIFETIME_SECONDS, PAUSE_SECONDS):
            news = [row for row in _changed(db, account_id, since - OVERLAP) if told.get(row[0]) != row[1]]
            told.update(news)
            if news:
                since = max(since, *(changed_at for _, changed_at in news))
                yield from _events([conversation_id for conversation_id, _ in news], since)
            elif second % SIGN_OF_LIFE_SECONDS == 0:
                yield ": here\n\n"
            if self._wait(PAUSE_SECONDS):
                return


def mark(instant: datetime) -> str:
    """An instant as an event id: whole microseconds since 1970."""
    return str((instant - _EPOCH) // _MICROSECOND)


def instant_of(text: str | None, otherwise: datetime) -> datetime:
    """The instant that `mark` wrote, or `otherwise` if this is none."""
    try:
        return _EPOCH + int(text or "") * _MICROSECOND
    except (ValueError, OverflowError):
        return otherwise


def _changed(db: Database, account_id: int, after: datetime) -> list[tuple[int, datetime]]:
    with db.transaction() as session:
        rows = session.execute(
            select(Conversation.id, Conversation.changed_at)
            .where(Conversation.account_id == account_id, Conversation.changed_at > after)
            .order_by(Conversation.changed_at)
        )
        return [(row[0], row[1]) for row in rows]


def _events(conversation_ids: list[int], until: datetime) -> Iterator[str]:
    for name in (*(f"thread-{conversation_id}" for conversation_id in conversation_ids), "list"):
        yield f"id: {mark(until)}\nevent: {name}\ndata: changed\n\n"
