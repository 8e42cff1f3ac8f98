"""What pictures tell: usable or not, asked for or not, before any words or long after (DECISION-TABLE 8.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from igbot import messages
from igbot.claims import cases
from igbot.claims.cases import Case
from igbot.engine import asking
from igbot.engine.heard import PHOTO
from igbot.engine.scene import Scene
from igbot.messages import Attachment
from igbot.policy import lookup
from igbot.store.tables import Evidence, Message

KEPT_MEDIA = {"image": "image", "video": "video", "audio": "voice", "file": "file"}
"""Attachments we fetch, in the words of table PHOTO. Story media is never stored (CONTRACT 6.4)."""

_SHARED = {"share", "ig_post", "ig_reel", "reel", "story", "ig_story", "story_mention"}

_BELONGS_TO_WORDS = timedelta(hours=24)
"""Pictures sent before any words belong to the matter that is told within this time."""


# ------------------------------------------------------------------ as a message comes in


def want_media(scene: Scene, message: Message, attachments: Sequence[Attachment]) -> list[Evidence]:
    """Rows for the files to be fetched at once; addresses at Meta die."""
    wanted = [
        Evidence(
            account_id=scene.account.id,
            conversation_id=scene.conversation.id,
            message_id=message.id,
            media=KEPT_MEDIA[attachment.type],
            source_url=attachment.url,
        )
        for attachment in attachments
        if attachment.type in KEPT_MEDIA and attachment.url
    ]
    scene.session.add_all(wanted)
    return wanted


def instead_of_photo(event: messages.MessageReceived) -> str | None:
    """What came where a photo cannot be had from, in the words of table PHOTO."""
    if event.is_unsupported or any(a.type in ("ephemeral", "unsupported_type") for a in event.attachments):
        return "disappearing"
    if not event.text and any(a.type in _SHARED for a in event.attachments):
        return "share_or_story"
    return None


def open_case_with_pictures(scene: Scene, at: datetime) -> Case:
    """A new case; pictures that came shortly before the words are its evidence, and raised it already."""
    recent = (
        select(Evidence, Message)
        .join(Message, Message.id == Evidence.message_id)
        .where(Evidence.conversation_id == scene.conversation.id, Evidence.line_id.is_(None))
        .where(Evidence.status == "kept", Message.sent_at >= at - _BELONGS_TO_WORDS, Message.sent_at <= at)
        .order_by(Message.sent_at, Evidence.id)
    )
    found = [(row, message) for row, message in scene.session.execute(recent) if row.media == "image"]
    case = cases.open_case(scene.session, scene.conversation, min([at, *(message.sent_at for _, message in found)]))
    for row, message in found:
        row.line_id = case.line.id
        if row.fault is None:
            asking.learn(scene, case, {PHOTO: "usable"}, source="photo", message_id=message.id)
    return case


# ------------------------------------------------------------------ once they have been looked at


def photos_checked(scene: Scene, event: messages.PhotosChecked) -> None:
    """Every file of a message has been looked at: now the line can be decided with what they show."""
    scene.case = case = cases.case_at_hand(scene.session, scene.conversation)
    rows = scene.session.scalars(
        select(Evidence).where(Evidence.message_id == event.message_id).order_by(Evidence.id)
    ).all()
    if not rows or all(row.status == "deleted" for row in rows):
        return
    for row in rows:
        row.line_id = row.line_id or (case.line.id if case else None)
    usable = any(row.media == "image" and row.status == "kept" and row.fault is None for row in rows)
    if usable and case and case.is_open:
        asking.learn(scene, case, {PHOTO: "usable"}, source="photo", message_id=event.message_id)
    if scene.conversation.control == "owner":
        scene.needs_owner("wrote")
        return
    _name_those_not_kept(scene, rows)
    if scene.turn.flow == "photo_request" and scene.turn.state == "photo":
        scene.fire("photo_arrived" if usable else "photo_unusable")
        if not (usable and case and case.is_open):
            return
    if case is None or not case.is_open:
        _not_asked_for(scene, rows)
    elif usable:
        asking.settle(scene)
    else:
        media, fault = _worst(rows)
        judge(scene, case, media=media, fault=fault)


def _not_asked_for(scene: Scene, rows: Sequence[Evidence]) -> None:
    """Filed for the owner; before any words we ask what it is about, and say if we cannot see or hear it."""
    has_picture = any(row.media == "image" for row in rows)
    scene.needs_owner("photo")
    if scene.is_with_owner:
        scene.fire("photo_filed")
    elif scene.case is None and has_picture:
        scene.fire("picture_came")
    elif scene.case is None:
        scene.turn.say("words", _photo_words(scene, rows[0].media))
    else:
        asking.note_for_owner(scene, "photo")


def _name_those_not_kept(scene: Scene, rows: Sequence[Evidence]) -> None:
    if rest := sum(row.status == "over_limit" for row in rows):
        scene.words_blanks |= {"most": scene.pack.photos.max, "rest": rest}
        scene.first_words.append("every_chat.photos_over_limit")


def _worst(rows: Sequence[Evidence]) -> tuple[str, str]:
    """What kind of thing came, and what is wrong with it."""
    pictures = [row for row in rows if row.media == "image"]
    if not pictures:
        return rows[0].media, rows[0].media
    picture = pictures[-1]
    if picture.status == "failed":
        return "image", "lost"
    return "image", picture.fault or "unreadable"


def judge(scene: Scene, case: Case, *, media: str, fault: str) -> None:
    """Table PHOTO for what cannot be used: kindly again, or after too many tries `cannot`, hence the owner.

    What nobody asked for changes nothing: the question that stands is put again.
    """
    if PHOTO not in scene.asked:
        asking.settle(scene)
        return
    tries = "under_limit" if asking.may_ask_again(scene) else "at_limit"
    if lookup("PHOTO", {"media": media, "quality": "bad", "tries": tries}).outcome == "cannot":
        asking.give_up(scene, case, PHOTO)
        asking.settle(scene)
        return
    scene.turn.say("words", _photo_words(scene, fault))


def _photo_words(scene: Scene, fault: str) -> str:
    """Which words say what was wrong with what came instead of a usable photo."""
    key = f"every_chat.photo_{fault}"
    return key if key in scene.shop.texts else "every_chat.photo_again"
