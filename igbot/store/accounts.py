"""Which Instagram accounts, and so which shops, does this igbot serve?"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from igbot.errors import BadRequest
from igbot.store.tables import Account


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


def find(session: Session, ig_id: str) -> Account | None:
    """The account that webhooks call `ig_id`, or None."""
    return session.scalar(select(Account).where(Account.ig_id == ig_id))


def listed(session: Session) -> list[Account]:
    """All accounts, the first one first."""
    return list(session.scalars(select(Account).order_by(Account.id)))
