"""Access tokens of the pretend Instagram: given out, refreshed, exchanged, refused (CONTRACT 1.3, 1.4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from igbot.simulator.ids import new_token
from igbot.simulator.refusals import TOKEN_EXPIRED, TOKEN_TOO_YOUNG, TOKEN_UNKNOWN, Refused, bad_parameter
from igbot.simulator.state import Login, Token

if TYPE_CHECKING:
    from igbot.simulator.state import State

LONG_LIFE = timedelta(seconds=5183944)
SHORT_LIFE = timedelta(hours=1)
REFRESHABLE_AFTER = timedelta(hours=24)


def keep(state: State, value: str, now: datetime, lasts: timedelta | None = None, *, is_short: bool = False) -> Token:
    """A token with this value, good for that long; without an end if no time is given."""
    token = Token(value=value, is_short=is_short, issued_at=now, expires_at=now + lasts if lasts else None)
    state.tokens[value] = token
    return token


def issue(state: State, login: Login, now: datetime, *, is_short: bool = False) -> Token:
    """A new token: an hour if short, else 60 days, but a Page token (`facebook`) has no end."""
    lasts = SHORT_LIFE if is_short else LONG_LIFE if login == "instagram" else None
    return keep(state, new_token(login), now, lasts, is_short=is_short)


def check(state: State, value: str | None, now: datetime) -> Token:
    """The token with this value. Raises Refused if there is none or its time is over."""
    token = state.tokens.get(value or "")
    if not token:
        raise Refused(TOKEN_UNKNOWN)
    if token.expires_at and token.expires_at <= now:
        raise Refused(TOKEN_EXPIRED)
    return token


def refresh(state: State, value: str | None, now: datetime) -> Token:
    """A new token of 60 days for one that is at least 24 hours old and not expired. Raises Refused."""
    token = check(state, value, now)
    if token.is_short:
        raise Refused(bad_parameter("The access token must be a long-lived one."))
    if now - token.issued_at < REFRESHABLE_AFTER:
        raise Refused(TOKEN_TOO_YOUNG)
    return issue(state, "instagram", now)


def exchange(state: State, value: str | None, login: Login, now: datetime) -> Token:
    """A long-lived token for a short one. Raises Refused."""
    token = check(state, value, now)
    if not token.is_short:
        raise Refused(bad_parameter("The access token must be a short-lived one."))
    return issue(state, login, now)
