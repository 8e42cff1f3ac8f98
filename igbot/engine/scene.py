"""Everything one turn works with, gathered once: who, where, with which policy and words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from igbot.claims.cases import Case
from igbot.claims.telling import Voice
from igbot.engine.control import needs_owner, take_over
from igbot.flow import HandOver, Turn
from igbot.flow.shop import Flows
from igbot.policy import Pack
from igbot.settings import Settings
from igbot.store.tables import Account, Conversation, Customer, Event
from igbot.texts import Texts
from igbot.understand import Words

_NEWS = {"wrote", "went_silent", "photo"}
_WORK = {"verdict", "quote", "quote_accepted", "quote_declined", "question", "not_understood"}
"""Why an owner is to look, lightest first; every other reason is a call for a person."""


def _weight(why: str) -> int:
    return 0 if why in _NEWS else 1 if why in _WORK else 2


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
        if self.case and self.case.order and self.case.order.zone:
            return ZoneInfo(self.case.order.zone)
        return self.pack.shop.time_zone

    @property
    def asking(self) -> dict[str, Any]:
        """What was asked last, and what may be tapped."""
        return self.conversation.asking

    def needs_nobody(self, *reasons: str) -> None:
        """Take the conversation off the owner's list, if one of these is why it stands there or none is named."""
        if not reasons or self.conversation.needs_owner in reasons:
            self.conversation.needs_owner = self.conversation.needs_owner_since = None

    @property
    def is_with_owner(self) -> bool:
        """Is the chat waiting for a person, so that what comes is filed?"""
        flow = self.shop.flows.by_name.get(self.turn.flow)
        return isinstance(flow.state(self.turn.state) if flow else None, HandOver)

    def take_over(self) -> None:
        """A person has the conversation, as of what happened in this event."""
        take_over(self.session, self.conversation, self.now, self.shop.settings.takeover_hours, since=self.at)

    def fire(self, event: str) -> bool:
        """Let the flows answer an event; False if none does."""
        return self.shop.flows.step(self.turn, event)

    def needs_owner(self, why: str) -> None:
        """Put the conversation on the owner's list. A call for a person outweighs work to do, and work mere news."""
        before = self.conversation.needs_owner
        if before is not None and _weight(why) > _weight(before):
            self.conversation.needs_owner = why
        needs_owner(self.conversation, why, self.now)
