"""Customers' files from Meta's address to the shelf: a real host of media, a real database, real pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import Session

from igbot import clock
from igbot.engine import photos
from igbot.evidence.shelf import Shelf
from igbot.messages import MessageReceived, PhotosChecked, load
from igbot.policy import Pack
from igbot.policy.pack import Photos
from igbot.store import inbox
from igbot.store.tables import Account, Claim, Conversation, Customer, Event, Evidence, Item, Line, Message
from igbot.store.unit import Database
from tests.evidence.media_host import Media, says, serving
from tests.evidence.pictures import photo, ring, saved

SHOP, CUSTOMER = "17841400000000123", "7310000000000456"
VIDEO = b"\x00\x00\x00\x18ftypisom" + b"\x00" * 100
VOICE = b"OggS\x00\x02" + b"\x00" * 100
RULES = Photos(min=1, max=3, min_side_px=640, video="keep_for_owner")
PHOTOS = [photo(at=(0.3 + 0.1 * n, 0.5)) for n in range(5)]


@pytest.fixture
def media() -> Iterator[Media]:
    with serving() as host:
        yield host


@dataclass
class Desk:
    """A shop with one conversation, and what its customer sends."""

    db: Database
    media: Media
    folder: Path
    rules: Photos = RULES
    numbers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.db.transaction() as session:
            session.add(Account(ig_id=SHOP, pack="jewelry"))
            session.flush()
            hello = MessageReceived(account=SHOP, igsid=CUSTOMER, mid="hello", happened_at=clock.now())
            [self.conversation_id] = inbox.keep(session, [hello], clock.now()).conversations
        self.shelf = Shelf(str(self.folder))

    def line(self) -> int:
        """A claim with a line."""
        with self.db.transaction() as session:
            claim = Claim(account_id=1, conversation_id=self.conversation_id, opened_at=clock.now())
            session.add(claim)
            session.flush()
            item = Item(claim_id=claim.id)
            session.add(item)
            session.flush()
            line = Line(item_id=item.id, contact_at=clock.now())
            session.add(line)
            session.flush()
            return line.id

    def sends(self, *files: bytes | str, media: str = "image", line: int | None = None) -> int:
        """A message with files (bytes the host has, or addresses); its id."""
        with self.db.transaction() as session:
            event = session.scalars(sa.select(Event).limit(1)).one()
            number = len(self.numbers)
            message = Message(
                account_id=1,
                conversation_id=self.conversation_id,
                event_id=event.id,
                mid=f"m{number}",
                sent_at=clock.now(),
            )
            session.add(message)
            session.flush()
            self.numbers.append(message.id)
            for place, file in enumerate(files):
                path = f"/{number}/{place}"
                if isinstance(file, bytes):
                    self.media.answers[path] = says(file)
                session.add(
                    Evidence(
                        account_id=1,
                        conversation_id=self.conversation_id,
                        message_id=message.id,
                        line_id=line,
                        media=media,
                        source_url=file if isinstance(file, str) else self.media.origin + path,
                    )
                )
            return message.id

    def collect(self, **rules: Any) -> bool:
        pack = cast("Pack", SimpleNamespace(photos=Photos(**(self.rules.__dict__ | rules))))
        hosts = [self.media.origin]
        return photos.Collector(self.db, self.shelf, lambda _account: pack, hosts).collect(self.conversation_id)

    def rows(self) -> list[Evidence]:
        with self.db.transaction() as session:
            return list(session.scalars(sa.select(Evidence).order_by(Evidence.id)))

    def statuses(self) -> list[str]:
        return [row.status for row in self.rows()]

    def faults(self) -> list[str | None]:
        return [row.fault for row in self.rows()]

    def told(self) -> list[int]:
        """The messages whose files are settled, as the conversation will hear."""
        with self.db.transaction() as session:
            found = session.scalars(sa.select(Event).where(Event.kind == "photos_checked").order_by(Event.id))
            return [load(event.body).message_id for event in found]

    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()} if self.folder.exists() else set()

    def waiting(self) -> bool:
        with self.db.transaction() as session:
            return photos.waiting(session, clock.now()) == {self.conversation_id}

    def unsends(self, message_id: int) -> None:
        with self.db.transaction() as session:
            photos.delete_evidence(session, self.shelf, message_id)


@pytest.fixture
def desk(db: Database, media: Media, now: datetime, tmp_path: Path) -> Desk:
    return Desk(db, media, tmp_path / "evidence")


# ------------------------------------------------------------------ kept


def test_a_photo_is_kept_judged_and_told(desk: Desk, now: datetime) -> None:
    message = desk.sends(photo(size=(1000, 800)))
    assert desk.waiting()
    assert desk.collect()
    [row] = desk.rows()
    assert (row.status, row.fault, row.media, row.content_type) == ("kept", None, "image", "image/jpeg")
    assert (row.width, row.height, row.fetched_at) == (1000, 800, now)
    assert row.source_url is None
    assert desk.files() == {row.file, row.thumbnail}
    assert desk.told() == [message]
    assert not desk.waiting()


def test_nothing_is_fetched_or_told_twice(desk: Desk) -> None:
    desk.sends(PHOTOS[0])
    assert [desk.collect(), desk.collect()] == [True, False]
    assert len(desk.media.asked) == len(desk.told()) == 1


def test_an_iphone_s_photo_is_kept_as_a_jpeg_without_its_place(desk: Desk) -> None:
    notes = Image.Exif()
    notes[0x010F] = "camera of a customer"
    desk.sends(saved(ring((700, 700)), "HEIF", exif=notes.tobytes()))
    desk.collect()
    [row] = desk.rows()
    assert row.file is not None
    with desk.shelf.open(row.file) as file:
        kept = file.read()
    assert kept.startswith(b"\xff\xd8\xff")
    assert b"customer" not in kept


def test_several_messages_are_settled_each_by_itself(desk: Desk) -> None:
    first, second = desk.sends(PHOTOS[0], PHOTOS[1]), desk.sends(PHOTOS[2])
    assert desk.collect()
    assert desk.told() == [first, second]


def test_the_conversation_has_changed(desk: Desk) -> None:
    desk.sends(PHOTOS[0])
    later = clock.move(timedelta(minutes=1))
    desk.collect()
    with desk.db.transaction() as session:
        assert session.get_one(Conversation, desk.conversation_id).changed_at == later


@pytest.mark.parametrize(
    ("file", "declared", "found", "suffix"),
    [
        pytest.param(VIDEO, "video", "video", ".mp4", id="a video"),
        pytest.param(VIDEO, "voice", "voice", ".mp4", id="a voice in a video's box"),
        pytest.param(VIDEO, "image", "video", ".mp4", id="a moving picture sent as an image"),
        pytest.param(VOICE, "voice", "voice", ".ogg", id="a voice"),
        pytest.param(b"%PDF-1.7\n", "file", "file", ".pdf", id="a document"),
        pytest.param(PHOTOS[0], "file", "image", ".jpg", id="a photo sent as a file"),
    ],
)
def test_what_it_is_counts_not_what_it_was_called(
    desk: Desk, file: bytes, declared: str, found: str, suffix: str
) -> None:
    desk.sends(file, media=declared)
    desk.collect()
    [row] = desk.rows()
    assert (row.status, row.media, row.fault) == ("kept", found, None)
    assert row.file is not None
    assert row.file.endswith(suffix)


# ------------------------------------------------------------------ kept, but no usable photo


def test_a_photo_that_cannot_be_used_is_kept_for_the_owner_with_its_fault(desk: Desk) -> None:
    desk.sends(photo(size=(600, 600)), photo(light=0.02), photo(out_of_focus=20))
    desk.collect()
    assert desk.faults() == ["too_small", "too_dark", "blurred"]
    assert desk.statuses() == ["kept"] * 3


def test_the_same_picture_again_is_no_second_photo(desk: Desk) -> None:
    line = desk.line()
    desk.sends(PHOTOS[0], line=line)
    desk.collect()
    desk.sends(PHOTOS[0], PHOTOS[1], PHOTOS[1], line=line)
    desk.collect()
    assert desk.faults() == [None, "seen_before", None, "seen_before"]


def test_the_same_picture_may_show_another_fault_of_the_piece(desk: Desk) -> None:
    for _ in range(2):
        desk.sends(PHOTOS[0], line=desk.line())
    desk.collect()
    assert desk.faults() == [None, None]


# ------------------------------------------------------------------ more than are kept


def test_the_first_photos_up_to_the_limit_are_kept_and_the_rest_not_even_fetched(desk: Desk) -> None:
    line = desk.line()
    desk.sends(PHOTOS[0], PHOTOS[1], line=line)
    desk.sends(PHOTOS[2], PHOTOS[3], PHOTOS[4], line=line)
    desk.collect()
    assert desk.statuses() == ["kept", "kept", "kept", "over_limit", "over_limit"]
    assert len(desk.media.asked) == 3
    assert len(desk.files()) == 6
    assert len(desk.told()) == 2


def test_photos_that_cannot_be_used_take_no_place(desk: Desk) -> None:
    desk.sends(*[photo(light=0.02)] * 4, *PHOTOS[:4], line=desk.line())
    desk.collect()
    assert desk.statuses() == ["kept"] * 7 + ["over_limit"]


def test_another_line_has_its_own_places(desk: Desk) -> None:
    desk.sends(*PHOTOS[:3], line=desk.line())
    desk.sends(*PHOTOS[:3], line=desk.line())
    desk.collect()
    assert desk.statuses() == ["kept"] * 6


def test_a_video_takes_no_photo_s_place_but_there_is_an_end_to_videos_too(desk: Desk) -> None:
    line = desk.line()
    desk.sends(*[VIDEO] * 4, media="video", line=line)
    desk.sends(*PHOTOS[:3], line=line)
    desk.collect()
    assert desk.statuses() == ["kept"] * 3 + ["over_limit"] + ["kept"] * 3


def test_a_photo_sent_as_a_file_takes_a_photo_s_place(desk: Desk) -> None:
    line = desk.line()
    desk.sends(*PHOTOS[:3], line=line)
    desk.sends(PHOTOS[3], media="file", line=line)
    desk.collect()
    assert desk.statuses() == ["kept"] * 3 + ["over_limit"]


# ------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", id="svg"),
        pytest.param(b"<script>alert(1)</script>", id="a script"),
        pytest.param(PHOTOS[0][:5000], id="half a photo"),
        pytest.param("http://169.254.169.254/latest/meta-data/", id="the cloud's own address"),
        pytest.param("https://lookaside.fbsbx.com.evil.example/x", id="another host"),
    ],
)
def test_what_is_no_picture_is_not_kept_and_asked_for_again(desk: Desk, file: bytes | str) -> None:
    message = desk.sends(file)
    assert desk.collect()
    [row] = desk.rows()
    assert (row.status, row.fault, row.source_url, row.file) == ("refused", "unreadable", None, None)
    assert desk.files() == set()
    assert desk.told() == [message]


def test_a_shop_that_keeps_no_videos_keeps_none(desk: Desk) -> None:
    desk.sends(VIDEO, media="video")
    assert desk.collect(video="drop")
    assert (desk.statuses(), desk.faults(), desk.files()) == (["refused"], [None], set())


def test_one_bad_file_does_no_harm_to_the_others(desk: Desk) -> None:
    message = desk.sends(b"<html>", PHOTOS[0])
    desk.collect()
    assert desk.statuses() == ["refused", "kept"]
    assert desk.told() == [message]


# ------------------------------------------------------------------ not to be had just now


def test_a_failed_fetch_is_tried_three_times_more_within_ten_minutes(desk: Desk, now: datetime) -> None:
    message = desk.sends("unused")
    url = f"{desk.media.origin}/gone"
    desk.media.answers["/gone"] = says(b"", 403)
    with desk.db.transaction() as session:
        session.execute(sa.update(Evidence).values(source_url=url))
    tried_at = []
    while desk.statuses() == ["wanted"]:
        assert not desk.told()
        if desk.waiting():
            desk.collect()
            tried_at.append(clock.now() - now)
        clock.move(timedelta(seconds=10))
    assert tried_at == [timedelta(), timedelta(seconds=30), timedelta(minutes=2, seconds=30), timedelta(minutes=8.5)]
    [row] = desk.rows()
    assert (row.status, row.fault, row.source_url) == ("failed", None, None)
    assert len(desk.media.asked) == 4
    assert desk.told() == [message]


def test_a_message_is_settled_when_its_last_file_is(desk: Desk) -> None:
    message = desk.sends(PHOTOS[0], PHOTOS[1])
    desk.media.answers["/0/1"], there_again = says(b"", 500), desk.media.answers["/0/1"]
    assert not desk.collect()
    assert desk.statuses() == ["kept", "wanted"]
    assert desk.told() == []
    desk.media.answers["/0/1"] = there_again
    clock.move(timedelta(seconds=30))
    assert desk.collect()
    assert desk.statuses() == ["kept", "kept"]
    assert desk.told() == [message]


def test_a_shelf_without_room_is_tried_again(desk: Desk, tmp_path: Path) -> None:
    desk.sends(PHOTOS[0])
    desk.folder.write_text("a file where the folder should be")
    assert not desk.collect()
    assert desk.statuses() == ["wanted"]
    desk.folder.unlink()
    clock.move(timedelta(seconds=30))
    assert desk.collect()
    assert desk.statuses() == ["kept"]


# ------------------------------------------------------------------ taken back


def test_an_unsent_photo_leaves_nothing(desk: Desk) -> None:
    unsent, stays = desk.sends(PHOTOS[0]), desk.sends(PHOTOS[1])
    desk.collect()
    desk.unsends(unsent)
    desk.unsends(unsent)
    gone, kept = desk.rows()
    assert desk.files() == {kept.file, kept.thumbnail}
    assert (gone.status, kept.status, kept.message_id) == ("deleted", "kept", stays)
    left = {column: getattr(gone, column) for column in ("source_url", "file", "thumbnail", "looks", "width", "fault")}
    assert set(left.values()) == {None}


def test_a_photo_unsent_before_it_was_fetched_is_never_fetched(desk: Desk) -> None:
    desk.unsends(desk.sends(PHOTOS[0]))
    assert not desk.collect()
    assert (desk.media.asked, desk.statuses(), desk.told()) == ([], ["deleted"], [])


def test_a_photo_unsent_while_it_is_fetched_is_not_kept(desk: Desk) -> None:
    message = desk.sends(PHOTOS[0])
    answer = desk.media.answers["/0/0"]

    def is_unsent_meanwhile(request: Any) -> None:
        desk.unsends(message)
        answer(request)

    desk.media.answers["/0/0"] = is_unsent_meanwhile
    assert not desk.collect()
    assert (desk.statuses(), desk.files(), desk.told()) == (["deleted"], set(), [])


def test_a_photo_of_a_customer_erased_meanwhile_is_not_kept(desk: Desk) -> None:
    desk.sends(PHOTOS[0])
    answer = desk.media.answers["/0/0"]

    def is_erased_meanwhile(request: Any) -> None:
        with desk.db.transaction() as session:
            for table in (Evidence, Message, Event, Conversation, Customer):
                session.execute(sa.delete(table))
        answer(request)

    desk.media.answers["/0/0"] = is_erased_meanwhile
    assert not desk.collect()
    assert desk.files() == set()


class FullDatabase:
    """A database that can be read once, and then has no room for more."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.asked = 0

    def transaction(self) -> AbstractContextManager[Session]:
        self.asked += 1
        if self.asked > 1:
            raise OSError("no space left on device")
        return self.db.transaction()


def test_files_whose_rows_could_not_be_written_do_not_stay(desk: Desk) -> None:
    desk.sends(PHOTOS[0])
    desk.db, whole = cast("Database", FullDatabase(desk.db)), desk.db
    with pytest.raises(OSError, match="no space"):
        desk.collect()
    desk.db = whole
    assert (desk.files(), desk.statuses(), len(desk.media.asked)) == (set(), ["wanted"], 1)


def test_files_of_a_try_in_the_middle_of_which_we_died_do_not_stay(desk: Desk) -> None:
    class PulledPlug(BaseException):
        pass

    class DyingShelf(Shelf):
        def put(self, name: str, data: bytes) -> None:
            super().put(name, data)
            raise PulledPlug

        def delete(self, name: str) -> None:
            """The dead tidy up nothing."""

    desk.sends(PHOTOS[0])
    desk.shelf, whole = DyingShelf(str(desk.folder)), desk.shelf
    with pytest.raises(PulledPlug):
        desk.collect()
    assert (len(desk.files()), desk.statuses()) == (1, ["wanted"])
    desk.shelf = whole
    assert desk.collect()
    [row] = desk.rows()
    assert desk.files() == {row.file, row.thumbnail}


# ------------------------------------------------------------------ the sweep


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_the_sweep_looks_into_the_index_of_what_is_wanted(desk: Desk, now: datetime) -> None:
    statements: list[str] = []
    sa.event.listen(desk.db.engine, "before_cursor_execute", lambda *about: statements.append(about[2]))
    with desk.db.transaction() as session:
        photos.waiting(session, now)
    query = statements[-1]
    with desk.db.transaction() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", ("x",)).all()
    assert "ix_evidence_wanted" in str(plan)


def test_what_is_told_is_an_event_of_the_conversation_in_its_order(desk: Desk, now: datetime) -> None:
    message = desk.sends(PHOTOS[0])
    desk.collect()
    with desk.db.transaction() as session:
        hello = inbox.next_unhandled(session, desk.conversation_id, now)
        assert hello is not None
        inbox.claim(session, hello, now)
        event = inbox.next_unhandled(session, desk.conversation_id, now)
        assert event is not None
        assert load(event.body) == PhotosChecked(message_id=message, happened_at=now)
