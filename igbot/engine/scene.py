"""Everything one turn works with, gathered once: who, where, with which policy and words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from igbot.claims.cases import Case
from igbot.claims.deciding import zone_of
from igbot.claims.voice import Voice
from igbot.engine import control
from igbot.flow import Ask, HandOver, Turn
from igbot.flow.model import State
from igbot.flow.shop import Flows
from igbot.policy import Pack
from igbot.settings import Settings
from igbot.store.tables import Account, Conversation, Customer, Event
from igbot.texts import Texts
from igbot.understand import Words

NEWS = frozenset({"wrote", "went_silent", "photo"})
WORK = frozenset({"verdict", "undetermined", "quote", "quote_accepted", "quote_declined", "question", "not_understood"})
"""Why an owner is to look, lightest first; every other reason is a call for a person."""


def call_owner(conversation: Conversation, why: str, now: datetime) -> None:
    """Put a conversation on the owner's list. A call for a person outweighs work to do, and work mere news."""
    before = conversation.needs_owner
    if before is not None and _weight(why) > _weight(before):
        conversation.needs_owner = why
    control.needs_owner(conversation, why, now)


def _weight(why: str) -> int:
    return 0 if why in NEWS else 1 if why in WORK else 2


@dataclass(frozen=True)
class Shop:
    """What the shop brought along: its flows and texts, and the policy and words of each account."""

    settings: Settings
    flows: Flows
    texts: Texts
    pack_of: Callable[[Account], Pack]
    words_of: Callable[[Account], Words]
    delete_pictures: Callable[[Session, int], None]
    """Deletes the pictures of a message, files and rows' addresses."""


@dataclass
class Scene:
    """One event about to be handled. `at` is when it happened, `now` when we handle it; both aware UTC."""

    shop: Shop
    session: Session
    account: Account
    customer: Customer
    conversation: Conversation
    event: Event
    at: datetime
    now: datetime
    turn: Turn
    case: Case | None = None
    """The case this turn is about, once that is known."""
    note: str = ""
    """The owner's own words, to be added to what is said."""
    words_blanks: dict[str, Any] = field(default_factory=dict)
    """What the words said in this turn may mention besides the usual."""
    first_words: list[str] = field(default_factory=list)
    """Keys of sentences that go before what the flow says."""

    # -------------------------------------------------------------- how we speak

    @property
    def pack(self) -> Pack:
        """The policy of this account."""
        return self.shop.pack_of(self.account)

    @property
    def voice(self) -> Voice:
        """How we speak to this customer."""
        language = self.conversation.language or self.pack.languages[0]
        return Voice(self.pack, self.shop.texts, language)

    @property
    def zone(self) -> ZoneInfo:
        """Where the customer is taken to be: the delivery zone of the order, else the shop's."""
        return zone_of(self.case, self.pack)

    # -------------------------------------------------------------- where the chat stands

    @property
    def asking(self) -> dict[str, Any]:
        """What was asked last, and what may be tapped."""
        return self.conversation.asking

    @property
    def asked(self) -> list[str]:
        """The facts asked for last."""
        return list(self.asking.get("facts", ()))

    @property
    def state(self) -> State | None:
        """Where the flow stands; None before it has opened."""
        flow = self.shop.flows.by_name.get(self.turn.flow)
        return flow.state(self.turn.state) if flow else None

    @property
    def is_asking(self) -> bool:
        """Does a question for a fact stand, so that what comes may be its answer?"""
        flow = self.shop.flows.by_name.get(self.turn.flow)
        asks_for_facts = flow is not None and flow.opens_on("choice_needed")
        return asks_for_facts and bool(self.asked) and self.is_waiting

    @property
    def is_waiting(self) -> bool:
        """Do we wait for the customer to answer something?"""
        return isinstance(self.state, Ask)

    @property
    def is_with_owner(self) -> bool:
        """Is the chat waiting for a person, so that what comes is filed?"""
        return isinstance(self.state, HandOver)

    def fire(self, event: str) -> bool:
        """Let the flows answer an event; False if none does."""
        return self.shop.flows.step(self.turn, event)

    # -------------------------------------------------------------- the owner

    def take_over(self) -> None:
        """A person has the conversation, as of what happened in this event."""
        control.take_over(self.session, self.conversation, self.now, self.shop.settings.takeover_hours, since=self.at)

    def needs_owner(self, why: str) -> None:
        """Put the conversation on the owner's list (`call_owner`)."""
        call_owner(self.conversation, why, self.now)

    def needs_nobody(self, *reasons: str) -> None:
        """Take the conversation off the owner's list if one of these is why it is there; none named: whatever is."""
        if not reasons or self.conversation.needs_owner in reasons:
            self.conversation.needs_owner = self.conversation.needs_owner_since = None
