"""What is the customer called? Asked lazily and at most once a day; nothing depends on the answer (CONTRACT 1.7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from igbot import clock
from igbot.engine.connect import connect
from igbot.errors import IgbotError
from igbot.graph.client import Profile, Session
from igbot.logs import log
from igbot.settings import Settings
from igbot.store.tables import Account, Conversation, Customer
from igbot.store.unit import Database

_FRESH_FOR = timedelta(hours=24)


class Profiles:
    """Looks customers up at Instagram."""

    def __init__(self, db: Database, settings: Settings, http: Session) -> None:
        self._db = db
        self._settings = settings
        self._http = http

    def look_up(self, conversation_id: int) -> None:
        """Learn the customer's name and handle, if a day has passed since we last asked. Raises nothing of Meta's.

        The asking is noted before it is done: an answer that fails, or that we do not live to see, counts too.
        """
        now = clock.now()
        with self._db.transaction() as session:
            found = session.execute(
                select(Customer, Account)
                .join(Conversation, Conversation.customer_id == Customer.id)
                .join(Account, Account.id == Customer.account_id)
                .where(Conversation.id == conversation_id)
            ).one_or_none()
            if found is None or not _may_ask(*found, now):
                return
            customer, account = found
            customer.profile_checked_at = now
        try:
            profile = connect(account, self._settings, self._http).profile(customer.igsid)
        except IgbotError as error:
            log("profile.not_found", customer=customer.id, error=type(error).__name__)
            return
        self._note(customer.id, conversation_id, profile)

    def _note(self, customer_id: int, conversation_id: int, profile: Profile) -> None:
        with self._db.transaction() as session:
            customer = session.get(Customer, customer_id)
            if customer is None:
                return  # erased meanwhile
            customer.name, customer.username = profile.name, profile.username
            session.get_one(Conversation, conversation_id).changed_at = clock.now()


def _may_ask(customer: Customer, account: Account, now: datetime) -> bool:
    if account.trouble or not account.access_token or (account.paused_until and account.paused_until > now):
        return False
    return customer.profile_checked_at is None or now - customer.profile_checked_at >= _FRESH_FOR
