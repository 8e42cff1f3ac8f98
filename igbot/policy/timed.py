"""Answers that hang on the clock: how old a claim is, what may be sent now, what became of a repair or refund."""

from __future__ import annotations

from collections.abc import Collection
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
_UPTO = 7
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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


@dataclass(frozen=True)
class RefundStatus:
    """Where a refund is, and how many business days ago it was issued (0 unless it was)."""

    row: Row
    business_days: int


def refund_status(
    pack: Pack, stage: str, issued_on: date | None, today: date | None, holidays: Collection[date] | None = None
) -> RefundStatus:
    """Table STATUS; business days are the shop's, `holidays` replace the pack's.

    Raises BadRequest when a refund was issued but a day is missing.
    """
    if stage != "issued":
        return RefundStatus(lookup("STATUS", {"stage": stage}, pack), 0)
    if issued_on is None or today is None:
        raise BadRequest("For an issued refund, issued_on and today are needed.")
    calendar = pack.returns.business_days if pack.returns else None
    weekend = {_WEEKDAYS.index(day) for day in (calendar.weekend if calendar else ("sat", "sun"))}
    off = set(holidays if holidays is not None else calendar.holidays if calendar else ())
    days = business_days(issued_on, today, weekend, off)
    return RefundStatus(lookup("STATUS", {"stage": stage, "bdays": "upto7" if days <= _UPTO else "over7"}, pack), days)


def business_days(after: date, until: date, weekend: Collection[int], holidays: Collection[date]) -> int:
    """Business days after one date up to another; the first one after it counts 1."""
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(day.weekday() not in weekend and day not in holidays for day in days)
