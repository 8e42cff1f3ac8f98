"""Answers that hang on the clock: how old a claim is, what may be sent now, is a repair overdue?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Literal

from igbot.errors import BadRequest
from igbot.policy.clocks import Age, Received
from igbot.policy.lookup import lookup
from igbot.policy.pack import Pack
from igbot.policy.product import Row

_CLOSING = timedelta(hours=23, minutes=55)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


def age(
    pack: Pack,
    contact: datetime,
    received: Received,
    zone: tzinfo | None,
    *,
    shop_zone: tzinfo | None = None,
    closed: bool = False,
) -> Age:
    """How old a claim was at the contact, by the pack's clock (DECISION-TABLE 4).

    `zone` is that of the delivery address; unknown, or where the pack says so, the shop's is taken
    (`shop_zone` if it differs from the pack's). `closed`: what is not known cannot be asked any more.
    Raises BadRequest when the pack measures no age.
    """
    if pack.clock is None:
        raise BadRequest(f"Pack {pack.id} measures no age ([claim.age]).")
    shops = shop_zone or pack.shop.time_zone
    where = shops if zone is None or pack.clock.zone == "shop" else zone
    return pack.clock.read(contact, received, where, closed=closed)


def send_lane(
    last_customer_message: datetime | None, now: datetime, sender: Literal["bot", "person"], *, tag: bool
) -> Row:
    """May a message go out, and how (table SEND)? Both instants aware; `tag`: Meta granted the human-agent feature.

    Instagram's windows end before their last second, and the bot stops five minutes early
    (DECISION-TABLE 8.2). Without any message of the customer's, nothing goes out.
    """
    elapsed = now - last_customer_message if last_customer_message else _WEEK
    if elapsed < _CLOSING:
        reached = "open"
    elif elapsed < _DAY:
        reached = "closing"
    else:
        reached = "h24_to_7d" if elapsed < _WEEK else "over7d"
    return lookup("SEND", {"elapsed": reached, "sender": sender, "tag": "approved" if tag else "not_approved"})


@dataclass(frozen=True)
class Unclaimed:
    """What to do about a repaired piece nobody fetches, and the first day it is overdue."""

    row: Row
    overdue_from: date | None


def unclaimed(pack: Pack, ready_on: date | None, today: date, *, collected: str, notice: str, says: str) -> Unclaimed:
    """Table UNCLAIMED for a piece whose first delivered "ready" notice went out on a day of the shop's zone.

    Raises BadRequest when the pack sets no period for it, or the day is missing though it matters.
    """
    if (period := pack.periods.get("unclaimed")) is None:
        raise BadRequest(f"Pack {pack.id} sets no period for repairs nobody fetches (periods.unclaimed).")
    facts = {"collected": collected, "notice": notice, "owner_says": says}
    if ready_on is None:
        return Unclaimed(lookup("UNCLAIMED", facts, pack), None)
    last = period.last_day(ready_on)
    facts["since_ready"] = "in_month" if today <= last else "past_month"
    return Unclaimed(lookup("UNCLAIMED", facts, pack), last + _DAY)
