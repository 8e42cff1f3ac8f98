"""What a program asks the pretend Graph API to send, checked as Meta checks it (CONTRACT 3.1, 3.2, 3.4). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from igbot.simulator.refusals import (
    BAD_MESSAGE,
    MESSAGE_AND_ACTION,
    NOT_FETCHED,
    NOT_OUR_ATTACHMENT,
    Refused,
    bad_parameter,
)
from igbot.simulator.state import Attached, QuickReply

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_TEXT_BYTES = 1000
MOST_QUICK_REPLIES = 13
TITLE_CHARACTERS = 20
MOST_PAYLOAD_CHARACTERS = 1000
MOST_IMAGES = 10
STANDARD_WINDOW = timedelta(hours=24)
HUMAN_AGENT_WINDOW = timedelta(days=7)
MESSAGING_TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG")
TAGS = ("HUMAN_AGENT",)
ACTIONS = ("typing_on", "typing_off", "mark_seen", "react", "unreact")
MEDIA = ("image", "video", "audio", "file")


@dataclass(frozen=True)
class Sending:
    """One call to `/messages`, understood."""

    recipient: str
    text: str = ""
    attachments: tuple[Attached, ...] = ()
    quick_replies: tuple[QuickReply, ...] = ()
    reply_to: str | None = None
    tag: str | None = None
    action: str | None = None
    """A sender action; then there is no message."""
    about: str | None = None
    """The message a reaction is about."""
    reaction: str | None = None


def read(body: object) -> Sending:
    """The call a JSON body asks for. Raises Refused as Meta would."""
    if not isinstance(body, dict):
        raise Refused(bad_parameter("The body must be a JSON object."))
    recipient = _part(body, "recipient").get("id")
    if not isinstance(recipient, str) or not recipient:
        raise Refused(bad_parameter("The parameter recipient[id] is required."))
    if "message" in body and "sender_action" in body:
        raise Refused(MESSAGE_AND_ACTION)
    if "sender_action" in body:
        return _action(recipient, body)
    return _message(recipient, body)


def refused_by_window(sending: Sending, last_acted_at: datetime | None, now: datetime, *, human_agent: bool) -> bool:
    """Does the messaging window refuse this? Until 23:59:59 all may go; then, for 7 days, only HUMAN_AGENT if granted.

    Marking as seen and reactions need no open window.
    """
    if sending.action in {"mark_seen", "react", "unreact"}:
        return False
    if last_acted_at is None:
        return True
    since = now - last_acted_at
    if since < STANDARD_WINDOW:
        return False
    return not (human_agent and sending.tag == "HUMAN_AGENT" and since < HUMAN_AGENT_WINDOW)


def _action(recipient: str, body: Mapping[str, Any]) -> Sending:
    action = body["sender_action"]
    if action not in ACTIONS:
        raise Refused(bad_parameter(f"Param sender_action must be one of {{{', '.join(ACTIONS)}}}."))
    about, reaction = (_words(_part(body, "payload"), key) for key in ("message_id", "reaction"))
    if (action in {"react", "unreact"} and not about) or (action == "react" and not reaction):
        raise Refused(BAD_MESSAGE)
    return Sending(recipient, action=action, about=about, reaction=reaction)


def _message(recipient: str, body: Mapping[str, Any]) -> Sending:
    message = _part(body, "message")
    text = message.get("text", "")
    attachments = _attachments(message)
    if not isinstance(text, str) or bool(text.strip()) == bool(attachments):
        raise Refused(BAD_MESSAGE)
    if len(text.encode()) > MOST_TEXT_BYTES:
        raise Refused(bad_parameter(f"Length of param message[text] must be at most {MOST_TEXT_BYTES} bytes."))
    return Sending(
        recipient,
        text=text,
        attachments=attachments,
        quick_replies=_quick_replies(message, text),
        reply_to=_words(_part(body, "reply_to"), "mid"),
        tag=_tag(body),
    )


def _tag(body: Mapping[str, Any]) -> str | None:
    kind, tag = body.get("messaging_type"), body.get("tag")
    if kind is not None and kind not in MESSAGING_TYPES:
        raise Refused(bad_parameter(f"Param messaging_type must be one of {{{', '.join(MESSAGING_TYPES)}}}."))
    if tag is not None and tag not in TAGS:
        raise Refused(bad_parameter(f"Param tag must be one of {{{', '.join(TAGS)}}}."))
    if kind == "MESSAGE_TAG" and tag is None:
        raise Refused(bad_parameter("The parameter tag is required with messaging_type MESSAGE_TAG."))
    return tag


def _quick_replies(message: Mapping[str, Any], text: str) -> tuple[QuickReply, ...]:
    wanted = message.get("quick_replies", [])
    if not isinstance(wanted, list) or (wanted and not text):
        raise Refused(BAD_MESSAGE)
    if len(wanted) > MOST_QUICK_REPLIES:
        raise Refused(bad_parameter(f"Param message[quick_replies] has more than {MOST_QUICK_REPLIES} elements."))
    return tuple(_quick_reply(reply, f"message[quick_replies][{place}]") for place, reply in enumerate(wanted))


def _quick_reply(reply: object, place: str) -> QuickReply:
    """A chip with its title cut as Meta cuts it; phone and mail chips were switched off on 5 Oct 2026."""
    if not isinstance(reply, dict) or reply.get("content_type") != "text":
        raise Refused(BAD_MESSAGE)
    title, payload = reply.get("title"), reply.get("payload")
    if not isinstance(title, str) or not title.strip():
        raise Refused(bad_parameter(f"The parameter {place}[title] is required."))
    if not isinstance(payload, str) or not payload:
        raise Refused(bad_parameter(f"The parameter {place}[payload] is required."))
    if len(payload) > MOST_PAYLOAD_CHARACTERS:
        raise Refused(bad_parameter(f"Param {place}[payload] has more than {MOST_PAYLOAD_CHARACTERS} characters."))
    return QuickReply(title=title[:TITLE_CHARACTERS], payload=payload)


def _attachments(message: Mapping[str, Any]) -> tuple[Attached, ...]:
    if "attachment" in message and "attachments" in message:
        raise Refused(BAD_MESSAGE)
    if "attachment" in message:
        return (_attachment(message["attachment"]),)
    wanted = message.get("attachments", [])
    if not isinstance(wanted, list):
        raise Refused(BAD_MESSAGE)
    several = tuple(_attachment(each) for each in wanted)
    if len(several) > MOST_IMAGES or any(each.type != "image" for each in several):
        raise Refused(BAD_MESSAGE)
    return several


def _attachment(wanted: object) -> Attached:
    """One attachment. Templates, shared posts and hearts, which igbot has no use for, are refused; Meta takes them."""
    if not isinstance(wanted, dict):
        raise Refused(BAD_MESSAGE)
    if wanted.get("type") not in MEDIA:
        raise Refused(BAD_MESSAGE)
    payload = _part(wanted, "payload")
    if "attachment_id" in payload:
        raise Refused(NOT_OUR_ATTACHMENT)
    url = payload.get("url")
    if not isinstance(url, str) or not _is_fetchable(url):
        raise Refused(NOT_FETCHED)
    return Attached(type=wanted["type"], url=url)


def _is_fetchable(url: str) -> bool:
    """Would Meta fetch it? Only public HTTPS; here a server on this machine does as well."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return (parts.scheme == "https" and "." in host) or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _part(body: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A JSON object inside another; an empty one if it is left out."""
    part = body.get(key, {})
    if not isinstance(part, dict):
        raise Refused(bad_parameter(f"Param {key} must be an object."))
    return part


def _words(body: Mapping[str, Any], key: str) -> str | None:
    """A string inside an object; None if it is left out."""
    words = body.get(key)
    if words is not None and not isinstance(words, str):
        raise Refused(bad_parameter(f"Param {key} must be a string."))
    return words
