"""Is this really from Meta?

Webhooks carry `X-Hub-Signature-256: sha256=<64 hex digits>`, an HMAC over the bytes exactly as they
travelled (CONTRACT 2.2); the callbacks of CONTRACT 7.1 and 7.2 carry a `signed_request`. Which of a
shop's app secrets signs is not documented for Instagram Login, so any of them may.
"""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from typing import Any

from igbot.errors import BadRequest

_PREFIX = "sha256="


def matching_secret(raw: bytes, header: str | None, secrets: Sequence[str]) -> int | None:
    """The number (1 is the first) of the app secret that signed these bytes, or None.

    `raw` is the body as received: decoded and written again, it has another signature as soon as
    there is an umlaut in it. Comparison takes the same time wherever two signatures differ.
    """
    if header is None or not header.startswith(_PREFIX):
        return None
    given = header.removeprefix(_PREFIX).lower().encode()
    matches = [hmac.compare_digest(_hmac(secret, raw).hex().encode(), given) for secret in secrets]
    return matches.index(True) + 1 if any(matches) else None


def matches_when_escaped(raw: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    r"""Would the signature fit if the body's characters beyond ASCII were written as `\uXXXX`?

    A diagnosis for the log, never a reason to accept: something on the way (a proxy) rewrote the body.
    """
    if header is None:
        return False
    try:
        escaped = json.dumps(json.loads(raw), separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return False
    return matching_secret(escaped, header, secrets) is not None


def signed_request(text: str, secrets: Sequence[str]) -> dict[str, Any]:
    """What Meta says in a `signed_request`, such as `{"user_id": "28...", "issued_at": 1795190400}` (CONTRACT 7.1).

    The signature is checked over the payload as received, still encoded. Raises BadRequest when it
    is not signed with one of the secrets, or is no signed_request at all.
    """
    signature, dot, payload = text.partition(".")
    if not dot:
        raise BadRequest("A signed_request has two parts with a dot between them.")
    given = _decoded(signature)
    matches = [hmac.compare_digest(_hmac(secret, payload.encode()), given) for secret in secrets]
    if not any(matches):
        raise BadRequest("This signed_request is not signed with one of the app secrets (IGBOT_APP_SECRETS).")
    try:
        said = json.loads(_decoded(payload))
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise BadRequest("The payload of this signed_request is not a JSON object.")
    return said


def _hmac(secret: str, message: bytes) -> bytes:
    return hmac.digest(secret.encode(), message, "sha256")


def _decoded(part: str) -> bytes:
    """Base64url, with or without its padding."""
    bare = part.rstrip("=")
    try:
        return urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except (binascii.Error, ValueError):
        raise BadRequest("A part of this signed_request is not base64url.") from None
