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
from igbot.engine.control import needs_owner
from igbot.flow import Turn
from igbot.flow.shop import Flows
from igbot.policy import Pack
from igbot.settings import Settings
from igbot.store.tables import Account, Conversation, Customer, Event
from igbot.texts import Texts
from igbot.understand import Words

JUST_NEWS = ("wrote", "went_silent", "photo")
"""Reasons to look that ask for no decision."""


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

    def fire(self, event: str) -> bool:
        """Let the flows answer an event; False if none does."""
        return self.shop.flows.step(self.turn, event)

    def needs_owner(self, why: str) -> None:
        """Put the conversation on the owner's list. A reason to decide something outweighs mere news."""
        if self.conversation.needs_owner in JUST_NEWS:
            self.conversation.needs_owner = None
        needs_owner(self.conversation, why, self.now)
