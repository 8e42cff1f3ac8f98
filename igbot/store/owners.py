"""Who may sign in to the console, and is this their password?

Hashing takes a noticeable moment on purpose, so it happens outside transactions: callers hash first
and write then, or read first and compare then.
"""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Session

from igbot.errors import BadRequest
from igbot.store.tables import Account, Owner

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200

_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """The password as it is stored. Raises BadRequest for one that is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadRequest(f"A password needs {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    return _hasher.hash(password)


def is_password(owner: Owner | None, password: str) -> bool:
    """Is this the owner's password? Takes as long for a name nobody has, so names cannot be guessed by the clock."""
    try:
        _hasher.verify(owner.password_hash if owner else _nobodys_hash(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return owner is not None


def add(session: Session, account: Account, name: str, password_hash: str, language: str = "ko") -> Owner:
    """Let a new person sign in for this account; without a `language` the console speaks their browser's.

    Raises BadRequest if the name is empty or taken.
    """
    name = name.strip()
    if not name:
        raise BadRequest("A person who signs in needs a name.")
    if find(session, name):
        raise BadRequest(f"There is already somebody called {name}; `igbot owner reset {name}` sets a new password.")
    owner = Owner(account_id=account.id, name=name, password_hash=password_hash, language=language)
    session.add(owner)
    session.flush()
    return owner


def reset(session: Session, name: str, password_hash: str) -> Owner:
    """Give a person a new password; whoever is signed in with the old one is signed out. Raises BadRequest."""
    owner = find(session, name)
    if owner is None:
        raise BadRequest(f"Nobody called {name} may sign in; `igbot owner add {name}` lets them.")
    owner.password_hash = password_hash
    return owner


def find(session: Session, name: str) -> Owner | None:
    """The person of this name, or None."""
    return session.scalar(select(Owner).where(Owner.name == name.strip()))


def with_account(session: Session, owner_id: int) -> tuple[Owner, Account] | None:
    """A person and the shop they belong to, or None."""
    row = session.execute(
        select(Owner, Account).join(Account, Account.id == Owner.account_id).where(Owner.id == owner_id)
    ).first()
    return (row[0], row[1]) if row else None


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody signs in with this")
