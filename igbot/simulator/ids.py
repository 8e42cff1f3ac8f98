"""Ids that look like Meta's: long, opaque, never the same twice, and never to be parsed (CONTRACT 0.3)."""

from __future__ import annotations

import base64
import secrets


def digits(length: int) -> str:
    """A random number of exactly `length` digits, as text."""
    return str(10 ** (length - 1) + secrets.randbelow(9 * 10 ** (length - 1)))


def new_mid(account_ig_id: str) -> str:
    """A message id: base64 with `ZA` written for `Z` and `ZD` for `=`, about 160 characters."""
    plain = f"ig_dm_item:1:IGMessageID:{account_ig_id}:{digits(39)}:{digits(35)}"
    return base64.b64encode(plain.encode()).decode().replace("Z", "ZA").replace("=", "ZD")


def new_igsid() -> str:
    """A customer's Instagram-scoped id."""
    return f"73{digits(14)}"


def new_asset_id() -> str:
    """The number of a file on the media host."""
    return f"180{digits(14)}"


def new_signature() -> str:
    """What makes a media address unguessable."""
    return secrets.token_urlsafe(32)


def new_trace() -> str:
    """An `fbtrace_id`."""
    return "A" + secrets.token_urlsafe(15)


def new_token(login: str) -> str:
    """An access token with the prefix of its log-in (CONTRACT 1.3)."""
    return ("IGAA" if login == "instagram" else "EAA") + secrets.token_hex(32)
