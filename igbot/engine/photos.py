"""Customers' files: fetched at once, judged, kept under random names, and deleted when taken back.

Addresses at Meta die, so whatever a message brought is fetched as soon as its turn is over, outside
any transaction. A row names its files before they are written, so that whatever becomes of us, no file
is kept that no row speaks of. What became of all files of a message is written in one transaction; when
none of them is wanted any more, an event tells the conversation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from igbot import clock
from igbot.errors import MediaRefused, TryLater
from igbot.evidence.fetch import Fetcher
from igbot.evidence.kinds import JPEG, kind_of
from igbot.evidence.picture import look
from igbot.evidence.shelf import Shelf, new_name
from igbot.logs import log, warn
from igbot.messages import PhotosChecked
from igbot.policy import Pack
from igbot.policy.pack import Photos
from igbot.store import inbox
from igbot.store.tables import Account, Conversation, Evidence
from igbot.store.unit import Database

_WANTED = sa.text("evidence.status = 'wanted'")
"""In the words of the partial index, or SQLite does not use it."""

_WAITS = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=6))
"""Three more tries within ten minutes (CONTRACT 6)."""

_NOTHING: dict[str, Any] = dict.fromkeys(
    ("source_url", "file", "thumbnail", "content_type", "width", "height", "looks", "fault", "not_before")
)

Result = dict[str, Any]
"""What became of one file: the columns of its row that change."""

Files = dict[str, bytes]
"""What is to be kept, by name."""


def waiting(session: Session, now: datetime) -> set[int]:
    """The conversations with a file to be fetched now, for the sweep."""
    return set(session.scalars(sa.select(Evidence.conversation_id).where(_WANTED, _is_due(now)).distinct()))


def delete_evidence(session: Session, shelf: Shelf, message_id: int) -> None:
    """Delete the files of a message that was taken back, and all that was known of them.

    The files go before the commit: should it fail, the turn is tried again and finds them gone.
    """
    for row in session.scalars(sa.select(Evidence).where(Evidence.message_id == message_id)):
        _throw_away(shelf, (row.file, row.thumbnail))
        _write(row, _NOTHING | {"status": "deleted"})
    session.flush()


@dataclass(frozen=True)
class _Task:
    """The files of one message that are to be fetched now, and those kept already for the same line."""

    account: Account
    conversation_id: int
    message_id: int
    wanted: list[Evidence]
    kept: list[Evidence]


class _Room:
    """How much more is kept for a line, and what its pictures look like (DECISION-TABLE 8.1)."""

    def __init__(self, rules: Photos, kept: Sequence[Evidence]) -> None:
        good = [row for row in kept if row.media == "image" and row.fault is None]
        self.looks = [row.looks for row in good if row.looks]
        self._left = {"image": rules.max - len(good), "other": rules.max - sum(row.media != "image" for row in kept)}

    def has_place_for(self, media: str) -> bool:
        """Is there room for one more good picture, or one more file of another kind?"""
        return self._left["image" if media == "image" else "other"] > 0

    def take(self, media: str, looks: str | None = None) -> None:
        """One more is kept."""
        self._left["image" if media == "image" else "other"] -= 1
        if looks:
            self.looks.append(looks)


class Collector:
    """Fetches what conversations wait for."""

    def __init__(
        self, db: Database, shelf: Shelf, pack_of: Callable[[Account], Pack], media_hosts: Sequence[str]
    ) -> None:
        """`pack_of` says how many pictures a shop keeps; `media_hosts` as for `evidence.origins.origin`."""
        self._db, self._shelf, self._pack_of = db, shelf, pack_of
        self._fetcher = Fetcher(media_hosts)

    def collect(self, conversation_id: int) -> bool:
        """Fetch all that is due in a conversation; True if there is a new PhotosChecked to handle."""
        has_news = False
        while task := self._next(conversation_id):
            has_news |= self._finish(task)
        return has_news

    def _next(self, conversation_id: int) -> _Task | None:
        due = sa.select(Evidence).where(Evidence.conversation_id == conversation_id, _WANTED, _is_due(clock.now()))
        with self._db.transaction() as session:
            rows = session.scalars(due.order_by(Evidence.id)).all()
            if not rows:
                return None
            first = rows[0]
            # What was sent before there was a line belongs together by its message.
            beside = Evidence.line_id == first.line_id if first.line_id else Evidence.message_id == first.message_id
            return _Task(
                account=session.get_one(Account, first.account_id),
                conversation_id=conversation_id,
                message_id=first.message_id,
                wanted=[row for row in rows if row.message_id == first.message_id],
                kept=list(session.scalars(sa.select(Evidence).where(beside, Evidence.status == "kept"))),
            )

    def _finish(self, task: _Task) -> bool:
        """Fetch the files of a message and write what became of them; True if its last one is settled."""
        rules = self._pack_of(task.account).photos
        room = _Room(rules, task.kept)
        results: dict[int, Result] = {}
        files: dict[int, Files] = {}
        for row in task.wanted:
            results[row.id], files[row.id] = self._fetched(row, rules, room)
        self._announce(results)
        with ExitStack() as unless_saved:
            for row in task.wanted:
                unless_saved.callback(_throw_away, self._shelf, files[row.id])
                if not self._put(files[row.id]):
                    results[row.id] = _later(row)
            taken_back, is_news = self._save(task, results)
            unless_saved.pop_all()
        for evidence_id in taken_back:
            _throw_away(self._shelf, files[evidence_id])
        counts = Counter(result.get("status", "later") for result in results.values())
        log("photos.fetched", conversation=task.conversation_id, message=task.message_id, **counts)
        return is_news

    def _fetched(self, row: Evidence, rules: Photos, room: _Room) -> tuple[Result, Files]:
        try:
            _throw_away(self._shelf, (row.file, row.thumbnail))  # of a try in the middle of which we died
            if not room.has_place_for(row.media):
                return _settled("over_limit"), {}
            return self._kept(self._fetcher.fetch(row.source_url or ""), row.media, rules, room)
        except MediaRefused as refusal:
            warn("photo.refused", evidence=row.id, why=refusal.message)
            return _settled("refused", fault="unreadable" if row.media == "image" else None), {}
        except (TryLater, OSError):
            return _later(row), {}

    def _kept(self, data: bytes, declared: str, rules: Photos, room: _Room) -> tuple[Result, Files]:
        """A file for the shelf. What it is counts, not what it was called; a voice may come in a video's box."""
        kind = kind_of(data)
        if kind is None:
            raise MediaRefused("This is no kind of file we keep.")
        if kind.media == "image":
            return self._kept_picture(data, rules, room)
        media = "voice" if declared == "voice" and kind.media == "video" else kind.media
        if media == "video" and rules.video == "drop":
            raise MediaRefused("This shop keeps no videos.")
        if not room.has_place_for(media):
            return _settled("over_limit", media=media), {}
        room.take(media)
        name = new_name(kind.suffix)
        return _settled("kept", media=media, file=name, content_type=kind.content_type), {name: data}

    def _kept_picture(self, data: bytes, rules: Photos, room: _Room) -> tuple[Result, Files]:
        picture = look(data, rules.min_side_px, room.looks)
        if picture.fault is None:
            if not room.has_place_for("image"):
                return _settled("over_limit", media="image"), {}
            room.take("image", picture.looks)
        file, thumbnail = new_name(JPEG.suffix), new_name(JPEG.suffix)
        result = _settled(
            "kept",
            media="image",
            fault=picture.fault,
            file=file,
            thumbnail=thumbnail,
            content_type=JPEG.content_type,
            width=picture.width,
            height=picture.height,
            looks=picture.looks,
        )
        return result, {file: picture.jpeg, thumbnail: picture.thumbnail}

    def _announce(self, results: dict[int, Result]) -> None:
        """Write in the rows which files are about to be written."""
        to_be_kept = {evidence_id: result for evidence_id, result in results.items() if any(_names(result))}
        if not to_be_kept:
            return
        rows = sa.select(Evidence).where(Evidence.id.in_(to_be_kept), _WANTED).with_for_update()
        with self._db.transaction() as session:
            for row in session.scalars(rows):
                row.file, row.thumbnail = _names(to_be_kept[row.id])

    def _put(self, files: Files) -> bool:
        """Write files; False if there is no room."""
        try:
            for name, data in files.items():
                self._shelf.put(name, data)
        except OSError:
            with suppress(OSError):
                _throw_away(self._shelf, files)
            return False
        return True

    def _save(self, task: _Task, results: dict[int, Result]) -> tuple[list[int], bool]:
        """Write what became of a message's files; those taken back meanwhile, and whether all are settled now."""
        now = clock.now()
        of_message = sa.select(Evidence).where(Evidence.message_id == task.message_id).with_for_update()
        with self._db.transaction() as session:
            rows = session.scalars(of_message).all()
            open_rows = {row.id: row for row in rows if row.status == "wanted"}
            taken_back = [evidence_id for evidence_id in results if evidence_id not in open_rows]
            for evidence_id, row in open_rows.items():
                _write(row, results.get(evidence_id, {}))
            session.flush()
            conversation = session.get(Conversation, task.conversation_id)
            if conversation is None:  # the customer was erased meanwhile
                return taken_back, False
            conversation.changed_at = now
            if taken_back or any(row.status == "wanted" for row in rows):
                return taken_back, False
            checked = PhotosChecked(message_id=task.message_id, happened_at=now)
            return taken_back, inbox.add(session, conversation, checked, now)


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    return Evidence.not_before.is_(None) | (Evidence.not_before <= now)


def _settled(status: str, **columns: object) -> Result:
    """A file that is done with; its address at Meta is forgotten."""
    nothing = dict.fromkeys(("source_url", "not_before", "file", "thumbnail"))
    return {"status": status, "fetched_at": clock.now(), **nothing, **columns}


def _later(row: Evidence) -> Result:
    if row.tries == len(_WAITS):
        return _settled("failed", tries=row.tries + 1)
    return {"tries": row.tries + 1, "not_before": clock.now() + _WAITS[row.tries]}


def _names(result: Result) -> tuple[str | None, str | None]:
    return result.get("file"), result.get("thumbnail")


def _throw_away(shelf: Shelf, names: Iterable[str | None]) -> None:
    for name in filter(None, names):
        shelf.delete(name)


def _write(row: Evidence, columns: Result) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
