"""Turns for what the customer did: wrote, tapped, sent pictures, took a message back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from igbot import messages
from igbot.claims import cases, deciding, facts, quotes
from igbot.engine import control, hearing
from igbot.engine.hearing import Heard
from igbot.engine.scene import Scene
from igbot.engine.speaking import LONG_SILENCE, typed_as_tap
from igbot.messages import Attachment
from igbot.policy import lookup
from igbot.store.tables import Event, Evidence, Fact, Message, Reply, Verdict
from igbot.texts import LANGUAGES
from igbot.understand import Reading, read

KEPT_MEDIA = {"image": "image", "video": "video", "audio": "voice", "file": "file"}
"""Attachments we fetch, in the words of table PHOTO. Story media is never stored (CONTRACT 6.4)."""

_SHARED = {"share", "ig_post", "ig_reel", "reel", "story", "ig_story", "story_mention"}


def message_received(scene: Scene, event: messages.MessageReceived) -> None:
    """A customer wrote: keep the message, want its pictures, hear it."""
    _wake(scene)
    if _by_mid(scene, event.mid):
        return  # taken back before it reached us
    message = Message(
        account_id=scene.account.id,
        conversation_id=scene.conversation.id,
        event_id=scene.event.id,
        mid=event.mid,
        sent_at=event.happened_at,
        text=event.text,
        attachments=[attachment.model_dump() for attachment in event.attachments],
        reply_to=event.reply_to.model_dump() if event.reply_to else {},
        payload=event.payload,
    )
    scene.session.add(message)
    scene.session.flush()
    if event.standby or event.is_self:
        _stand_by(scene, event)
        return
    scene.case = cases.newest_case(scene.session, scene.conversation)
    wanted = _want_media(scene, message, event.attachments)
    reading = _read(scene, event.text) if event.text and not event.payload else None
    _choose_language(scene, reading)
    if reading and (payload := typed_as_tap(scene, event.text)):
        tapped = hearing.from_payload(Heard(at=event.happened_at, message_id=message.id), payload)
        if tapped:
            hearing.hear(scene, replace(tapped, has_photo=bool(wanted)))
            return
    heard = hearing.from_message(scene, message, reading, has_photo=bool(wanted))
    heard.answers_quote = _answers_quote(scene, event)
    if not wanted and (odd := _instead_of_photo(event)):
        no_picture(scene, odd, heard)
        return
    hearing.hear(scene, heard)


def button_tapped(scene: Scene, event: messages.ButtonTapped) -> None:
    """An ice breaker, menu entry or template button; a payload that is not ours is heard as its title."""
    _wake(scene)
    if event.standby or event.is_self:
        _stand_by(scene, event)
        return
    heard = Heard(at=event.happened_at)
    tapped = hearing.from_payload(heard, event.payload or "")
    if tapped is None and event.title:
        reading = _read(scene, event.title)
        tapped = replace(heard, intent=reading.intent, alarm=reading.alarm, facts=dict(reading.facts))
    hearing.hear(scene, tapped or heard)


def link_followed(scene: Scene, _event: messages.LinkFollowed) -> None:
    """A customer opened our link in an existing thread: Instagram's window is open again, nothing is said."""
    _wake(scene)


def _wake(scene: Scene) -> None:
    """The customer acted: the window opens, what was held goes out; after long silence we say anew who we are."""
    last = scene.conversation.last_customer_action_at
    if last is not None and scene.at - last >= LONG_SILENCE:
        scene.conversation.disclosed_at = None
    control.customer_acted(scene.session, scene.conversation, scene.at)


def _stand_by(scene: Scene, event: messages.FromMeta) -> None:
    """Another app has the thread: recorded, never answered, and the owner should know (CONTRACT 4.2 rule 7)."""
    if event.standby:
        scene.take_over()
        scene.needs_owner("standby")


def _read(scene: Scene, text: str) -> Reading:
    asked = list(scene.asking.get("facts", ()))
    expecting = [{"age": facts.RECEIVED, "order": "order_no", "conflict": "yes_no"}.get(name, name) for name in asked]
    if scene.turn.flow == "quote":
        expecting.append("yes_no")
    return read(
        text,
        scene.shop.words_of(scene.account),
        now=scene.at.astimezone(scene.zone),
        lang=scene.conversation.language,
        expecting=expecting,
        choices={
            name: [
                (value, scene.pack.label(name, value, language))
                for language in LANGUAGES
                for value in scene.pack.facts[name].labels
            ]
            for name in asked
            if name in scene.pack.facts
        },
    )


def _choose_language(scene: Scene, reading: Reading | None) -> None:
    """The customer's language, or English with an apology of the owner's for one we do not speak."""
    if reading is not None and reading.lang in LANGUAGES:
        scene.conversation.language = reading.lang
    elif reading is not None and reading.lang and scene.conversation.language is None:
        scene.conversation.language = "en"


def _answers_quote(scene: Scene, event: messages.MessageReceived) -> bool:
    """Is this a reply to the message that showed a quote?"""
    if event.reply_to is None or event.reply_to.mid is None:
        return False
    key = scene.session.scalar(
        select(Reply.key).where(Reply.account_id == scene.account.id, Reply.mid == event.reply_to.mid)
    )
    return bool(key and key.startswith("quote."))


# ------------------------------------------------------------------ pictures


def _want_media(scene: Scene, message: Message, attachments: Sequence[Attachment]) -> list[Evidence]:
    """Rows for the files to be fetched at once; addresses at Meta die."""
    wanted = [
        Evidence(
            account_id=scene.account.id,
            conversation_id=scene.conversation.id,
            message_id=message.id,
            line_id=scene.case.line.id if scene.case else None,
            media=KEPT_MEDIA[attachment.type],
            source_url=attachment.url,
        )
        for attachment in attachments
        if attachment.type in KEPT_MEDIA and attachment.url
    ]
    scene.session.add_all(wanted)
    return wanted


def _instead_of_photo(event: messages.MessageReceived) -> str | None:
    """What came where a photo cannot be had from, in the words of table PHOTO."""
    if event.is_unsupported or any(a.type in ("ephemeral", "unsupported_type") for a in event.attachments):
        return "disappearing"
    if not event.text and any(a.type in _SHARED for a in event.attachments):
        return "share_or_story"
    return None


def no_picture(scene: Scene, media: str, heard: Heard) -> None:
    """Something came that is no photo: if one was asked for, ask again or give up; else it is small talk."""
    if "photo" in scene.asking.get("facts", ()):
        _judge_photo(scene, media=media, quality="bad", fault=media)
    else:
        hearing.small_talk(scene, heard)


def photos_checked(scene: Scene, event: messages.PhotosChecked) -> None:
    """Every file of a message has been looked at: now the line can be decided with what they show."""
    scene.case = cases.newest_case(scene.session, scene.conversation)
    rows = scene.session.scalars(
        select(Evidence).where(Evidence.message_id == event.message_id).order_by(Evidence.id)
    ).all()
    if not rows or all(row.status == "deleted" for row in rows):
        return
    _name_those_not_kept(scene, rows)
    usable = any(row.media == "image" and row.status == "kept" and row.fault is None for row in rows)
    if scene.conversation.control == "owner":
        scene.needs_owner("wrote")
        if usable and scene.case and scene.case.is_open:
            _learn_photo(scene, "usable", event.message_id)
        return
    if scene.turn.flow == "photo_request" and scene.turn.state == "photo":
        scene.fire("photo_arrived" if usable else "photo_unusable")
        return
    for row in rows:
        row.line_id = row.line_id or (scene.case.line.id if scene.case else None)
    if scene.case is None or not scene.case.is_open:
        _photo_nobody_asked_for(scene)
        return
    if usable:
        _learn_photo(scene, "usable", event.message_id)
        hearing.settle(scene, answered=True)
        return
    media, fault = _worst(rows)
    _judge_photo(scene, media=media, quality="bad", fault=fault)


def _photo_nobody_asked_for(scene: Scene) -> None:
    """Filed for the owner; while she has the chat in silence, otherwise with a word."""
    scene.needs_owner("photo")
    if scene.case is None:
        scene.fire("not_understood")
    elif not scene.is_with_owner:
        scene.turn.say("words", "every_chat.noted")


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


def _judge_photo(scene: Scene, *, media: str, quality: str, fault: str) -> None:
    """Table PHOTO for what cannot be used: kindly again, or after too many tries `cannot`, hence the owner."""
    case = scene.case
    if case is None:
        return
    asked_for = "photo" in scene.asking.get("facts", ())
    times = int(scene.asking.get("photos", 0)) if asked_for else 0
    tries = "under_limit" if times < scene.pack.ask.max_repeats else "at_limit"
    row = lookup("PHOTO", {"media": media, "quality": quality, "tries": tries})
    if row.outcome == "cannot":
        _learn_photo(scene, "cannot", None)
        hearing.settle(scene, answered=True)
        return
    if not asked_for:
        hearing.settle(scene, answered=True)
        return
    scene.conversation.asking = {**scene.asking, "photos": times + 1}
    key = f"every_chat.photo_{fault}"
    scene.turn.say("words", key if key in scene.shop.texts else "every_chat.photo_again")


def _learn_photo(scene: Scene, value: str, message_id: int | None) -> None:
    if scene.case:
        facts.learn(
            scene.session,
            scene.case.line,
            scene.case.rows,
            {"photo": value},
            source="photo",
            at=scene.at,
            message_id=message_id,
        )


# ------------------------------------------------------------------ taken back


def message_unsent(scene: Scene, event: messages.MessageUnsent) -> None:
    """A message was taken back: its words, its pictures and what was learnt from it are deleted (promise 9)."""
    message = _by_mid(scene, event.mid)
    if message is None:
        _remember_taken_back(scene, event)
        return
    if message.unsent_at is not None:
        return
    forget(scene, message)
    if scene.conversation.control == "owner":
        return
    scene.case = cases.newest_case(scene.session, scene.conversation)
    if scene.case is None or not _lost_something(scene, message):
        return
    if quotes.stop_quote(scene.case, scene.now):
        scene.fire("quote_withdrawn")
    if scene.case.line.status in ("approved", "closed"):
        scene.needs_owner("taken_back")
        return
    decision = deciding.decide_case(scene.case, scene.pack)
    if decision.outcome == "ask":
        scene.needs_nobody("verdict", "quote")
        scene.first_words.append("every_chat.taken_back")
        hearing.settle(scene, answered=True)
    else:
        scene.turn.say("words", "every_chat.taken_back_only")


def _by_mid(scene: Scene, mid: str) -> Message | None:
    return scene.session.scalars(
        select(Message).where(Message.account_id == scene.account.id, Message.mid == mid)
    ).first()


def _remember_taken_back(scene: Scene, event: messages.MessageUnsent) -> None:
    """The unsending overtook its message: leave a row without content, so that the message finds it and stays away."""
    scene.session.add(
        Message(
            account_id=scene.account.id,
            conversation_id=scene.conversation.id,
            event_id=scene.event.id,
            mid=event.mid,
            sent_at=event.happened_at,
            unsent_at=event.happened_at,
        )
    )


def forget(scene: Scene, message: Message) -> None:
    """Delete what a message said, what was learnt from it, and the raw event; the row and its instant stay."""
    message.text, message.attachments, message.reply_to, message.payload = "", [], {}, None
    message.unsent_at = scene.at
    raw = scene.session.get_one(Event, message.event_id)
    raw.body = {"kind": raw.kind, "withdrawn": True}
    scene.shop.delete_pictures(scene.session, message.id)
    withdrawn = scene.session.scalars(
        select(Fact).where(Fact.message_id == message.id, Fact.name != "issue")  # what it is about names the line
    ).all()
    for row in withdrawn:
        row.value, row.withdrawn_at = None, scene.at
    for line_id in {row.line_id for row in withdrawn}:
        names = {row.name for row in withdrawn if row.line_id == line_id}
        for verdict in scene.session.scalars(select(Verdict).where(Verdict.line_id == line_id)):
            verdict.facts_used = {
                name: {**used, "value": "withdrawn"} if name in names else used
                for name, used in verdict.facts_used.items()
            }


def _lost_something(scene: Scene, message: Message) -> bool:
    return scene.case is not None and any(row.message_id == message.id for row in scene.case.rows)


def message_edited(scene: Scene, event: messages.MessageEdited) -> None:
    """The text of a message was changed: the new words stand in the thread, and the owner should see it."""
    message = _by_mid(scene, event.mid)
    if message is None or message.unsent_at is not None:
        return
    message.text, message.edited_at = event.text, event.happened_at
    scene.case = cases.newest_case(scene.session, scene.conversation)
    if scene.case is not None or scene.conversation.control == "owner":
        scene.needs_owner("wrote")


def reacted(scene: Scene, event: messages.Reacted) -> None:
    """A heart is not a question: shown to the owner, answered by nobody."""
    message = _by_mid(scene, event.mid)
    if message:
        message.seen_reaction = event.emoji


def seen(scene: Scene, event: messages.Seen) -> None:
    """The customer has read up to a reply of ours."""
    reply = scene.session.scalars(
        select(Reply).where(Reply.account_id == scene.account.id, Reply.mid == event.mid)
    ).first()
    if reply and reply.seen_at is None:
        reply.seen_at = event.happened_at
