"""What the phone page and programs get to see of the pretend Instagram, as JSON values."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from igbot import clock
from igbot.simulator.sending import STANDARD_WINDOW

if TYPE_CHECKING:
    from igbot.simulator.instagram import Instagram
    from igbot.simulator.person import Person
    from igbot.simulator.state import Attached, Message

Json = dict[str, Any]


def of_person(person: Person) -> Json:
    """One row of the list of customers."""
    contact, visible = person.contact, [message for message in person.chat if not message.unsent]
    return {
        "igsid": contact.igsid,
        "username": contact.username,
        "name": contact.name,
        "language": contact.language,
        "has_blocked": contact.has_blocked,
        "unread": sum(message.from_shop and not message.seen for message in visible),
        "last": {"text": visible[-1].text, "at": _instant(visible[-1].at), "by": visible[-1].by} if visible else None,
        "window_closes_at": _instant(contact.last_acted_at + STANDARD_WINDOW) if contact.last_acted_at else None,
    }


def of_chat(instagram: Instagram, person: Person, address: str) -> Json:
    """A whole chat; files are told as `address` followed by their asset number. Unsent messages are left out."""
    until = person.contact.typing_until
    return {
        "person": of_person(person),
        "messages": [_of_message(message, address) for message in person.chat if not message.unsent],
        "typing_for_seconds": max((until - instagram.now()).total_seconds(), 0) if until else 0,
    }


def of_clock(instagram: Instagram) -> Json:
    """The simulated present, and how far it is ahead of the real one."""
    return {"now": _instant(instagram.now()), "ahead_seconds": clock.offset().total_seconds()}


def version(instagram: Instagram) -> str:
    """The same as long as nothing changed that a page shows."""
    tally = instagram.postman.tally
    seen = (
        instagram.revision,
        tally.delivered,
        tally.failed,
        instagram.postman.waiting,
        clock.offset().total_seconds(),
    )
    return "-".join(map(str, seen))


def of_webhooks(instagram: Instagram) -> Json:
    """How the webhooks are doing."""
    postman = instagram.postman
    return {
        "delivered": postman.tally.delivered,
        "failed": postman.failed,
        "given_up": postman.tally.given_up,
        "waiting": postman.waiting,
        "is_holding": postman.is_holding,
        "last_status": postman.tally.last_status,
    }


def of_trouble(instagram: Instagram) -> Json:
    """Every fault that can be ordered, as it stands."""
    return {
        **instagram.faults.model_dump(),
        "duplicates": instagram.postman.duplicates,
        "hold": instagram.postman.is_holding,
        "human_agent": instagram.human_agent,
    }


def _of_message(message: Message, address: str) -> Json:
    return {
        "mid": message.mid,
        "by": message.by,
        "at": _instant(message.at),
        "text": message.text,
        "attachments": [_of_attachment(each, address) for each in message.attachments],
        "quick_replies": [reply.model_dump() for reply in message.quick_replies],
        "payload": message.payload,
        "reply_to": message.reply_to,
        "is_story_reply": message.story is not None,
        "reaction": message.reaction,
        "shop_reaction": message.shop_reaction,
        "edits": message.edits,
        "seen": message.seen,
        "tag": message.tag,
    }


def _of_attachment(attached: Attached, address: str) -> Json:
    """What the shop sent is shown from the shop's own address, everything else from the media host."""
    url = attached.url or (f"{address}{attached.asset_id}" if attached.asset_id else None)
    return {"type": attached.type, "url": url, "title": attached.title}


def _instant(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds")
