"""Unsent means gone (promise 9): the words, the pictures, the raw events, and what was learnt from them."""

from __future__ import annotations

from sqlalchemy import select

from igbot import messages
from igbot.claims import cases, quotes
from igbot.claims.cases import Case
from igbot.engine import asking
from igbot.engine.scene import Scene
from igbot.store.tables import Event, Fact, Line, Message, Verdict

ISSUE = "issue"


def by_mid(scene: Scene, mid: str) -> Message | None:
    """The customer's message that Meta calls `mid`."""
    return scene.session.scalars(
        select(Message).where(Message.account_id == scene.account.id, Message.mid == mid)
    ).first()


def message_unsent(scene: Scene, event: messages.MessageUnsent) -> None:
    """A message was taken back: it is deleted, and what rested on it is asked anew or shown to the owner."""
    message = by_mid(scene, event.mid)
    if message is None:
        _remember_taken_back(scene, event)
        return
    if message.unsent_at is not None:
        return
    rested_on_it = [cases.case_of(scene.session, line) for line in _lines(scene, message)]
    forget(scene, message)
    if scene.conversation.control == "owner" or not rested_on_it:
        return
    at_hand = cases.case_at_hand(scene.session, scene.conversation)
    for case in rested_on_it:
        if at_hand and case.line.id == at_hand.line.id:
            scene.case = at_hand
            _go_on(scene, at_hand)
        else:
            scene.needs_owner("taken_back")


def _go_on(scene: Scene, case: Case) -> None:
    """Ask anew for what is gone; a price based on it is off. What a person judged is hers to look at."""
    judged = case.verdict is not None and (case.verdict.outcome == "owner" or case.verdict.by_owner_id is not None)
    if judged or case.line.status in ("approved", "closed"):
        scene.needs_owner("taken_back")
    elif asking.would_say(scene, case):
        if quotes.stop_quote(case, scene.now):
            scene.fire("quote_withdrawn")
        scene.needs_nobody("verdict", "undetermined", "quote")
        scene.first_words.append("every_chat.taken_back")
        asking.settle(scene)
    else:
        scene.turn.say("words", "every_chat.taken_back_only")


def _lines(scene: Scene, message: Message) -> list[Line]:
    """The lines that something was learnt about from a message."""
    learnt_from = select(Fact.line_id).where(Fact.message_id == message.id)
    return list(scene.session.scalars(select(Line).where(Line.id.in_(learnt_from)).order_by(Line.id)))


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
    _blank_edits(scene, event.mid)


def forget(scene: Scene, message: Message) -> None:
    """Delete what a message said, what was learnt from it, and the raw events; the row and its instant stay."""
    message.text, message.attachments, message.reply_to, message.payload = "", [], {}, None
    message.unsent_at = scene.at
    blank(scene.session.get_one(Event, message.event_id))
    _blank_edits(scene, message.mid)
    scene.shop.delete_pictures(scene.session, message.id)
    withdrawn = scene.session.scalars(
        select(Fact).where(Fact.message_id == message.id, Fact.name != ISSUE)  # what it is about names the line
    ).all()
    for line_id in {row.line_id for row in withdrawn}:
        accounts = {(row.name, row.source, row.learnt_at.isoformat()) for row in withdrawn if row.line_id == line_id}
        for verdict in scene.session.scalars(select(Verdict).where(Verdict.line_id == line_id)):
            verdict.facts_used = {
                name: {**used, "value": "withdrawn"} if (name, used["source"], used["learnt_at"]) in accounts else used
                for name, used in verdict.facts_used.items()
            }
    for row in withdrawn:
        row.value, row.withdrawn_at = None, scene.at


def _blank_edits(scene: Scene, mid: str) -> None:
    edits = Event.dedupe_key.startswith(f"{scene.account.ig_id}:edit:{mid}:", autoescape=True)
    for raw in scene.session.scalars(select(Event).where(Event.conversation_id == scene.conversation.id, edits)):
        blank(raw)


def blank(raw: Event) -> None:
    """Leave of an event that it was."""
    raw.body = {"kind": raw.kind, "withdrawn": True}
