"""Webhook bodies as Meta writes and signs them (CONTRACT 2.2, 2.6, 2.7). Pure: nothing here knows who gets them."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from igbot.simulator.state import Message

Json = dict[str, Any]

NAMED_REACTIONS = {"❤": "love", "😆": "laugh", "😮": "wow", "😢": "sad", "😠": "angry", "👍": "like"}
"""Any other emoji arrives as `other` (CONTRACT 2.7.4)."""


def milliseconds(instant: datetime) -> int:
    """An aware instant as Meta counts: milliseconds since 1970."""
    return int(instant.timestamp() * 1000)


def item(sender: str, recipient: str, at: datetime, body: Json) -> Json:
    """One thing that happened; `body` is its kind and content, such as `{"message": {...}}`."""
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": milliseconds(at), **body}


def message_body(message: Message, attachments: Sequence[Json], story_url: str = "") -> Json:
    """The `message` object of an inbound message or an echo; keys stand only where they say something."""
    body: Json = {"mid": message.mid}
    if message.text:
        body["text"] = message.text
    if attachments:
        body["attachments"] = list(attachments)
    if message.payload is not None:
        body["quick_reply"] = {"payload": message.payload}
    if message.reply_to:
        body["reply_to"] = {"mid": message.reply_to}
    elif message.story:
        body["reply_to"] = {"story": {"id": message.story.id, "url": story_url}}
    if message.from_shop:
        body["is_echo"] = True
    return body


def reaction_body(mid: str, emoji: str | None) -> Json:
    """The `reaction` object; no emoji means the reaction was taken off."""
    if emoji is None:
        return {"mid": mid, "action": "unreact"}
    name = NAMED_REACTIONS.get(emoji.removesuffix("\N{VARIATION SELECTOR-16}"), "other")
    return {"mid": mid, "action": "react", "reaction": name, "emoji": emoji}


def envelope(account_ig_id: str, items: Sequence[Json], at: datetime, *, standby: bool = False) -> bytes:
    r"""The bytes of one POST, non-ASCII characters as \uXXXX; `at` is when Meta sends it."""
    entry = {"time": milliseconds(at), "id": account_ig_id, "standby" if standby else "messaging": list(items)}
    return json.dumps({"object": "instagram", "entry": [entry]}, separators=(",", ":")).encode("ascii")


def headers(raw: bytes, app_secret: str) -> dict[str, str]:
    """The headers that travel with these bytes, both signatures among them."""
    key = app_secret.encode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "facebookexternalua",
        "X-Hub-Signature": f"sha1={hmac.new(key, raw, 'sha1').hexdigest()}",
        "X-Hub-Signature-256": f"sha256={hmac.new(key, raw, 'sha256').hexdigest()}",
    }
