"""Turns for what the customer did: wrote, tapped, edited, reacted. Pictures and unsending have modules of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from igbot import messages
from igbot.claims import cases, questions, receipts
from igbot.claims.facts import RECEIVED
from igbot.engine import control, hearing, pictures, quoting, taps
from igbot.engine.heard import CONFLICT, ORDER_NO, Heard, from_reading, read_as_of
from igbot.engine.scene import Scene
from igbot.engine.speaking import LONG_SILENCE
from igbot.engine.taking_back import blank, by_mid
from igbot.store.tables import Message, Reply
from igbot.texts import LANGUAGES
from igbot.understand import Reading, read

_EXPECTED = {"age": (RECEIVED,), "order": (ORDER_NO, RECEIVED), CONFLICT: (CONFLICT, RECEIVED)}
"""What an answer may hold, where it is not simply the fact that was asked for."""


def message_received(scene: Scene, event: messages.MessageReceived) -> None:
    """A customer wrote: keep the message, want its pictures, hear it."""
    _wake(scene)
    if by_mid(scene, event.mid):
        blank(scene.event)  # taken back before it reached us
        return
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
    wanted = pictures.want_media(scene, message, event.attachments)
    heard = Heard(
        at=event.happened_at,
        message_id=message.id,
        has_photo=bool(wanted),
        no_photo=None if wanted else pictures.instead_of_photo(event),
    )
    reply_to = event.reply_to.mid if event.reply_to else None
    hearing.hear(scene, _heard(scene, heard, event.text, event.payload, reply_to))
    for row in wanted:
        row.line_id = scene.case.line.id if scene.case else None


def button_tapped(scene: Scene, event: messages.ButtonTapped) -> None:
    """An ice breaker, menu entry or template button; a payload that is not ours is heard as its title."""
    _wake(scene)
    if event.standby or event.is_self:
        _stand_by(scene, event)
        return
    hearing.hear(scene, _heard(scene, Heard(at=event.happened_at), event.title, event.payload))


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


# ------------------------------------------------------------------ from words or a tap to what is heard


def _heard(scene: Scene, heard: Heard, text: str, payload: str | None, reply_to: str | None = None) -> Heard:
    """A tap by its payload, or typed as the button says; anything else by what is read in the words."""
    scene.case = cases.case_at_hand(scene.session, scene.conversation)
    if payload and (tapped := taps.heard_in(payload, heard, scene.pack)):
        return tapped
    if not text:
        return heard
    reading = _read(scene, text)
    _choose_language(scene, reading)
    quote = quoting.quote_meant(scene, text, reply_to)
    spelt = taps.spelt_by(scene, text) if quote is None else None
    if spelt and (tapped := taps.heard_in(spelt, heard, scene.pack)):
        return tapped
    return replace(from_reading(heard, reading, scene.pack, scene.asked), quote=quote)


def _read(scene: Scene, text: str) -> Reading:
    asked, case, pack = scene.asked, scene.case, scene.pack
    expecting = [name for fact in asked for name in _EXPECTED.get(fact, (fact,))]
    if scene.turn.flow == "quote":
        expecting.append("yes_no")
    choices = {name: _choices(scene, name) for name in asked if name in pack.facts or name == CONFLICT}

    def read_now(now: datetime) -> Reading:
        return read(
            text,
            scene.shop.words_of(scene.account),
            now=now,
            lang=scene.conversation.language,
            expecting=expecting,
            choices=choices,
        )

    known = receipts.receipt(case.rows, scene.zone) if case else None
    return read_as_of(read_now, scene.at.astimezone(scene.zone), known)


def _choices(scene: Scene, name: str) -> list[tuple[str, str]]:
    """What may be chosen, in every language: value and label."""
    if name == CONFLICT:
        return [choice for language in LANGUAGES for choice in questions.conflict_buttons(scene.shop.texts, language)]
    labels = scene.pack.facts[name].labels
    return [(value, scene.pack.label(name, value, language)) for language in LANGUAGES for value in labels]


def _choose_language(scene: Scene, reading: Reading) -> None:
    """The customer's language; English for one we do not speak."""
    if reading.lang in LANGUAGES:
        scene.conversation.language = reading.lang
    elif scene.conversation.language is None:
        scene.conversation.language = "en"


# ------------------------------------------------------------------ what is only noted


def message_edited(scene: Scene, event: messages.MessageEdited) -> None:
    """The text of a message was changed: the new words stand in the thread, and the owner should see it."""
    message = by_mid(scene, event.mid)
    if message is None:
        return
    if message.unsent_at is not None:
        blank(scene.event)
        return
    message.text, message.edited_at = event.text, event.happened_at
    scene.needs_owner("wrote")


def reacted(scene: Scene, event: messages.Reacted) -> None:
    """A heart is not a question: shown to the owner, answered by nobody."""
    message = by_mid(scene, event.mid)
    if message:
        message.seen_reaction = event.emoji


def seen(scene: Scene, event: messages.Seen) -> None:
    """The customer has read up to a reply of ours."""
    reply = scene.session.scalars(
        select(Reply).where(Reply.account_id == scene.account.id, Reply.mid == event.mid)
    ).first()
    if reply and reply.seen_at is None:
        reply.seen_at = event.happened_at
