"""One event, one turn, one transaction: state moved, facts learnt, replies queued, or nothing at all.

`Turns.run(conversation)` is the engine's only job: handle what has happened, fetch pictures, send
what is to be said, until there is nothing left to do now. It may be called at any time, by anyone,
any number of times; a conversation is run by one thread at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from igbot import clock, messages
from igbot.engine import control, customer_acts, echoes, owner_acts, pictures, taking_back
from igbot.engine.scene import Scene, Shop, call_owner
from igbot.engine.sender import Sender
from igbot.engine.speaking import speak
from igbot.errors import BadRequest
from igbot.flow import Ask, Turn
from igbot.logs import log, warn
from igbot.store import inbox, outbox, timers
from igbot.store.tables import Account, Conversation, Customer, Event
from igbot.store.unit import Database

MOST_TRIES = 5
"""After so many failures a turn is set aside and the owner sees it (promise 5)."""

Handler = Callable[[Scene, Any], None]


def took_note(_scene: Scene, _event: messages.Event) -> None:
    """Kept for the record; nothing follows from it."""


def echo_unsent(scene: Scene, event: messages.EchoUnsent) -> None:
    """The shop took back something it had said."""
    echoes.unsent(scene.session, scene.conversation, event)


def control_changed(scene: Scene, event: messages.ControlChanged) -> None:
    """Conversation Routing moved the thread: to us, the bot goes on; to another app, it falls silent."""
    ours = scene.shop.settings.app_id
    if event.act == "pass" and event.new_owner_app_id == ours and ours:
        control.hand_back(scene.session, scene.conversation, scene.now)
    elif event.act in ("pass", "take") and event.new_owner_app_id != ours:
        scene.take_over()


def timer_rang(scene: Scene, event: messages.TimerRang) -> None:
    """Time has passed: the owner's hours are over, or the customer has been silent."""
    if event.timer == control.TAKEOVER_TIMER:
        if scene.conversation.control == "owner":
            control.hand_back(scene.session, scene.conversation, scene.now)
        return
    if scene.conversation.control == "bot" and scene.fire("went_silent") and scene.turn.flow == "claim":
        scene.needs_owner("went_silent")


HANDLERS: Mapping[type[messages.Event], Handler] = {
    messages.MessageReceived: customer_acts.message_received,
    messages.ButtonTapped: customer_acts.button_tapped,
    messages.LinkFollowed: customer_acts.link_followed,
    messages.MessageUnsent: taking_back.message_unsent,
    messages.MessageEdited: customer_acts.message_edited,
    messages.Reacted: customer_acts.reacted,
    messages.Seen: customer_acts.seen,
    messages.PhotosChecked: pictures.photos_checked,
    messages.ControlChanged: control_changed,
    messages.EchoUnsent: echo_unsent,
    messages.OptedIn: took_note,
    messages.TimerRang: timer_rang,
    messages.TookOver: owner_acts.took_over,
    messages.HandedBack: owner_acts.handed_back,
    messages.OwnerWrote: owner_acts.owner_wrote,
    messages.FactsSet: owner_acts.facts_set,
    messages.VerdictConfirmed: owner_acts.verdict_confirmed,
    messages.VerdictOverruled: owner_acts.verdict_overruled,
    messages.QuoteWritten: owner_acts.quote_written,
    messages.RepairDeclined: owner_acts.repair_declined,
    messages.PhotoRequested: owner_acts.photo_requested,
    messages.Resolved: owner_acts.resolved,
}
"""What each kind of event means; echoes are asked about first, since they may have to wait."""


class Turns:
    """Handles the events of conversations."""

    def __init__(
        self,
        db: Database,
        shop: Shop,
        *,
        look_up: Callable[[int], None],
        collect_photos: Callable[[int], bool],
        photos_waiting: Callable[[Session, datetime], set[int]],
        sender: Sender,
    ) -> None:
        """`look_up` learns a customer's name; `collect_photos` fetches what a conversation waits for, True if any."""
        self._db = db
        self._shop = shop
        self._look_up = look_up
        self._collect_photos = collect_photos
        self._photos_waiting = photos_waiting
        self._sender = sender
        self.handlers = HANDLERS
        """What each kind of event means to this engine."""

    def run(self, conversation_id: int) -> None:
        """Do all that can be done for a conversation now."""
        self._look_up(conversation_id)
        self._handle_all(conversation_id)
        while self._collect_photos(conversation_id):
            self._handle_all(conversation_id)
        self._sender.flush(conversation_id)

    def waiting(self, session: Session) -> set[int]:
        """The conversations with something due, or left behind by a lost nudge; due timers are stored as events."""
        now = clock.now()
        due = timers.ring(session, now) | inbox.waiting(session, now) | outbox.waiting(session, now)
        return due | self._photos_waiting(session, now)

    def _handle_all(self, conversation_id: int) -> None:
        while self._step(conversation_id):
            pass

    def _step(self, conversation_id: int) -> bool:
        """Handle one event; False when there is none to handle now."""
        event_id = None
        try:
            with self._db.transaction() as session:
                now = clock.now()
                event = inbox.next_unhandled(session, conversation_id, now)
                if event is None:
                    return False
                event_id = event.id
                if inbox.claim(session, event, now):
                    scene = self._scene(session, event, conversation_id)
                    self._handle(scene, messages.load(event.body))
        except Exception as failure:  # whatever a turn fails on, the conversation goes on (promise 5)
            if event_id is None:
                raise
            self._note_failure(event_id, failure)
        return True

    def _scene(self, session: Session, event: Event, conversation_id: int) -> Scene:
        conversation = session.get_one(Conversation, conversation_id, with_for_update=True)
        asking = conversation.asking
        return Scene(
            shop=self._shop,
            session=session,
            account=session.get_one(Account, conversation.account_id),
            customer=session.get_one(Customer, conversation.customer_id),
            conversation=conversation,
            event=event,
            at=event.happened_at,
            now=clock.now(),
            turn=Turn(conversation.flow, conversation.state, frozenset(asking.get("notes", ()))),
        )

    def _handle(self, scene: Scene, event: messages.Event) -> None:
        before = scene.turn.flow, scene.turn.state
        if not isinstance(event, messages.Echo):
            self.handlers[type(event)](scene, event)
        elif not self._handle_echo(scene, event):
            return
        for why in scene.turn.alerts:
            scene.needs_owner(why)
        speak(scene, sender="person" if isinstance(event, _BY_OWNERS_TAP) else "bot")
        self._settle_state(scene)
        log(
            "turn.done",
            conversation=scene.conversation.id,
            event_id=scene.event.id,
            kind=event.kind,
            came_from=".".join(before),
            went_to=f"{scene.turn.flow}.{scene.turn.state}",
        )

    def _handle_echo(self, scene: Scene, event: messages.Echo) -> bool:
        """Ours, or a person's? False when that cannot be told yet: the echo is looked at again (CONTRACT 4.2)."""
        waited = scene.event.not_before is not None
        whose = echoes.take(scene.session, scene.conversation, event, scene.now, self._shop.settings, waited=waited)
        if whose == "person":
            scene.needs_nobody(*owner_acts.ANSWERED_BY_WORDS)
        if whose == "wait":
            inbox.postpone(scene.session, scene.event, scene.now + echoes.LOOK_AGAIN_AFTER)
        return whose != "wait"

    def _settle_state(self, scene: Scene) -> None:
        """Write back where the conversation stands, and how long we wait for an answer."""
        conversation, turn = scene.conversation, scene.turn
        moved = turn.arrived or (conversation.flow, conversation.state) != (turn.flow, turn.state)
        conversation.flow, conversation.state = turn.flow, turn.state
        conversation.changed_at = scene.now
        notes = ([] if moved else list(scene.asking.get("notes", ()))) + sorted(turn.notes)
        if notes != scene.asking.get("notes", []):
            conversation.asking = {**conversation.asking, "notes": notes}
        flow = self._shop.flows.by_name.get(turn.flow)
        state = flow.state(turn.state) if flow else None
        if isinstance(state, Ask) and state.patience and conversation.control == "bot":
            if turn.said:
                patience = scene.pack.periods[state.patience]
                timers.set_timer(scene.session, conversation, "silence", patience.end(scene.now, scene.zone))
        elif moved:
            timers.clear_timer(scene.session, conversation, "silence")

    def _note_failure(self, event_id: int, failure: Exception) -> None:
        now = clock.now()
        most = 1 if isinstance(failure, BadRequest) else MOST_TRIES
        with self._db.transaction() as session:
            set_aside = inbox.fail(session, event_id, failure, now, most)
            event = session.get_one(Event, event_id)
            if set_aside and event.conversation_id is not None:
                conversation = session.get_one(Conversation, event.conversation_id)
                call_owner(conversation, "set_aside", now)
                conversation.changed_at = now
        warn("turn.failed", event_id=event_id, set_aside=set_aside, failure=failure)


_BY_OWNERS_TAP = (
    messages.VerdictConfirmed,
    messages.VerdictOverruled,
    messages.QuoteWritten,
    messages.RepairDeclined,
    messages.PhotoRequested,
)
"""What a person saw in full and sent by her own tap is a person's, and may use the human lane (DESIGN 3)."""
