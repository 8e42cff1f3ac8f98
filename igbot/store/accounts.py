"""Which Instagram accounts, and so which shops, does this igbot serve, and may they send just now?"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from igbot.errors import BadRequest
from igbot.settings import Settings
from igbot.store.tables import Account

Trouble = Literal["token", "access", "restricted"]


def connect(session: Session, ig_id: str, access_token: str, *, login: str, pack: str) -> Account:
    """Take in the account that webhooks call `ig_id`, or give a known one a new token.

    A known account keeps its pack; the trouble its old token was in is over.
    Raises BadRequest for an id that cannot be Instagram's or an empty token.
    """
    if not (ig_id.isascii() and ig_id.isdigit()):
        raise BadRequest("An Instagram account id is a row of digits, such as 17841400000000123.")
    if not access_token:
        raise BadRequest("The access token is empty.")
    account = find(session, ig_id)
    if account is None:
        account = Account(ig_id=ig_id, pack=pack)
        session.add(account)
    account.login = login
    account.access_token = access_token
    account.token_expires_at = None
    account.trouble = None
    session.flush()
    return account


def ensure_first(session: Session, settings: Settings) -> Account | None:
    """The account named in the settings, taken in if we do not know it; None if they do not name one with a token.

    A token we already have stays, since we renew it ourselves: the one in the settings is taken only when
    there is none, or when Instagram has refused ours.
    """
    if settings.account_id is None or settings.access_token is None:
        return None
    token = settings.access_token.get_secret_value()
    account = find(session, settings.account_id)
    refused = account is not None and account.trouble == "token" and account.access_token != token
    if account is None or account.access_token is None or refused:
        account = connect(session, settings.account_id, token, login=settings.login, pack=settings.pack)
    account.human_agent = settings.human_agent
    return account


def find(session: Session, ig_id: str) -> Account | None:
    """The account that webhooks call `ig_id`, or None."""
    return session.scalar(select(Account).where(Account.ig_id == ig_id))


def listed(session: Session) -> list[Account]:
    """All accounts, the first one first."""
    return list(session.scalars(select(Account).order_by(Account.id)))


def stop(account: Account, trouble: Trouble) -> None:
    """Send nothing of this account until a person has acted."""
    account.trouble = trouble


def try_again(account: Account) -> None:
    """A person says that the trouble is over: sending may be tried."""
    account.trouble, account.paused_until = None, None


def pause(account: Account, until: datetime) -> None:
    """Send nothing of this account before then; a later end already set stays."""
    account.paused_until = max(until, account.paused_until or until)
