"""Customers who write to a shop that keeps dying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from igbot import clock
from tests.crash.books import Standing
from tests.crash.scripts import SCRIPTS, Act, Script
from tests.crash.shop import Instagram, Json

_FIRST_IGSID = 7_400_000_000_000_000


@dataclass(frozen=True)
class Done:
    """An act that was done: when (for a message, as its webhook tells), and which message it made."""

    act: Act
    at: datetime
    mid: str | None


@dataclass
class Customer:
    """One customer, somewhere in their script."""

    igsid: str
    script: Script
    done: list[list[Done]] = field(default_factory=list)
    """The bursts so far."""

    @property
    def is_through(self) -> bool:
        """Is everything done?"""
        return len(self.done) == len(self.script.bursts)

    @property
    def acts(self) -> list[Done]:
        """All that was done."""
        return [done for burst in self.done for done in burst]

    def is_content(self, standing: Standing) -> bool:
        """Has the shop dealt with everything so far?"""
        traces = sum(done.act.leaves_a_trace for done in self.acts)
        return standing.dealt_with == traces and not standing.open_matters

    def next(self, instagram: Instagram) -> None:
        """Do the next burst."""
        burst: list[Done] = []
        self.done.append(burst)
        for act in self.script.bursts[len(self.done) - 1]:
            now = clock.now()
            mid = instagram.act(self.igsid, act.name, body_of(act, instagram.chat(self.igsid)))
            burst.append(Done(act, instagram.sent_at(self.igsid, mid) or now, mid))


def body_of(act: Act, chat: Sequence[Json]) -> Json:
    """The body of a request: a reaction is about the shop's last message, an unsend about the customer's."""
    if act.name not in {"reactions", "unsend"}:
        return act.body
    of_customer = act.name == "unsend"
    mids = [message["mid"] for message in chat if (message["by"] == "customer") == of_customer]
    return {"mid": mids[-1]}


class Crowd:
    """All customers, at most so many acts of them as are allowed so far."""

    def __init__(self, size: int, instagram: Instagram, rng: Random) -> None:
        """`size` customers, each script as often as any other."""
        self._instagram, self._rng = instagram, rng
        self.customers = [
            Customer(str(_FIRST_IGSID + number), SCRIPTS[number % len(SCRIPTS)]) for number in range(size)
        ]
        self.allowed = 0
        for customer in self.customers:
            instagram.introduce(customer.igsid, customer.script.language)

    @property
    def length(self) -> int:
        """How many acts there are, done or not."""
        return sum(customer.script.length for customer in self.customers)

    @property
    def done(self) -> int:
        """How many acts were done."""
        return sum(len(customer.acts) for customer in self.customers)

    def step(self, standing: dict[str, Standing]) -> None:
        """One customer whom the shop has dealt with goes on, if that is allowed yet."""
        nobody_yet = Standing(0, 0)
        ready = [
            customer
            for customer in self.customers
            if not customer.is_through and customer.is_content(standing.get(customer.igsid, nobody_yet))
        ]
        if ready and self.done < self.allowed:
            self._rng.choice(ready).next(self._instagram)
