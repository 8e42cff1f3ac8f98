"""Where a refund is and how much it comes to (DECISION-TABLE 7.8, 7.9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from igbot.errors import BadRequest
from igbot.policy.lookup import lookup
from igbot.policy.pack import Pack
from igbot.policy.product import Row

_VISIBLE_WITHIN = 7
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def refund_amount(paid: Iterable[int], label_cost: int, *, payer: str, label_used: bool) -> int | None:
    """What is paid back for the accepted items, in minor units of their currency; None if below zero.

    `paid` is what each item really cost. The label is taken off only where the customer pays the way
    back and used the shop's label.
    """
    amount = sum(paid) - (label_cost if payer == "customer" and label_used else 0)
    return amount if amount >= 0 else None


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
    return RefundStatus(
        lookup("STATUS", {"stage": stage, "bdays": "upto7" if days <= _VISIBLE_WITHIN else "over7"}, pack), days
    )


def business_days(after: date, until: date, weekend: Collection[int], holidays: Collection[date]) -> int:
    """Business days after one date up to another; the first one after it counts 1."""
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(day.weekday() not in weekend and day not in holidays for day in days)
