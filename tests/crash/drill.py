"""The crash drill: a shop is struck down again and again while its customers write to it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Literal

from igbot import clock
from igbot.store.unit import Database
from tests.crash.books import Books, Standing
from tests.crash.crowd import Crowd, Customer
from tests.crash.processes import Program, until
from tests.crash.shop import START_SECONDS, Instagram, Shop, keep_orders

REST_SECONDS = 90
META_TAKES_SECONDS = 0.1
"""So long Meta takes to answer: time to be struck down between its answer and our commit."""

Target = Literal["group", "worker", "master"]


@dataclass(frozen=True)
class Strike:
    """What is killed, and when: so long after the shop became ready, or began to start."""

    target: Target
    after_seconds: float
    is_early: bool


@dataclass(frozen=True)
class Struck:
    """What a strike hit."""

    target: Target
    at: datetime
    under_way: frozenset[int]
    """Replies that were being sent, or of which nobody knew."""
    unhandled: int


@dataclass
class Drill:
    """One run. Afterwards `books` and `instagram` tell what became of everything."""

    shop: Shop
    instagram: Instagram
    crowd: Crowd
    books: Books
    strikes: list[Strike]
    struck: list[Struck] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    """Seconds from each start to being ready, where the shop lived to see it and its port had been shut."""
    ordered_at: datetime = field(default_factory=clock.now)

    @classmethod
    def prepared(cls, shop: Shop, customers: int, strikes: int, rng: Random) -> Drill:
        """A drill that has not begun."""
        instagram = shop.open_instagram()
        crowd = Crowd(customers, instagram, rng)
        instagram.trouble(duplicates=1, slow_seconds=META_TAKES_SECONDS)
        return cls(shop, instagram, crowd, Books(shop.data), planned(strikes, rng))

    def run(self) -> None:
        """Strike as planned under a stream of messages, then let everything come to rest."""
        serving = self.shop.serve()
        self.starts.append(self.shop.until_ready(serving))
        self._take_orders()
        for number, strike in enumerate(self.strikes, start=1):
            self.crowd.allowed = self.crowd.length * number // len(self.strikes)
            if not strike.is_early:
                took = self._busy_until(self.shop.is_ready, START_SECONDS, "the shop is ready again")
                self.starts += [took] if self.struck and self.struck[-1].target == "group" else []
                self.instagram.redeliver()  # else the pauses between its tries may outlast every life of the shop
            self._busy_for(strike.after_seconds)
            serving = self._strike(serving, strike)
        self._busy_until(self._is_at_rest, REST_SECONDS, "everything is at rest")

    def report(self) -> str:
        """What happened, for people."""
        targets = Counter(struck.target for struck in self.struck)
        events = self.books.kinds()
        return (
            f"{len(self.struck)} kills ({', '.join(f'{count} {name}' for name, count in sorted(targets.items()))}), "
            f"{sum(bool(struck.under_way) for struck in self.struck)} of them during a send, "
            f"{sum(bool(struck.unhandled) for struck in self.struck)} with events unhandled; "
            f"{self.crowd.done} acts, {sum(events.values())} events {events}; "
            f"ready after {', '.join(f'{seconds:.1f}' for seconds in self.starts)} s"
            f"{self._restless()}"
        )

    def _restless(self) -> str:
        standing = self.books.standing()
        waiting = [each for each in self.crowd.customers if not self._is_served(each, standing)]
        told = (f"{each.script.name}, {len(each.acts)} acts done: {standing.get(each.igsid)}" for each in waiting)
        return "".join(f"\nnot at rest: {line}" for line in told)

    # -------------------------------------------------------------- the shop

    def _take_orders(self) -> None:
        database = Database(f"sqlite:///{self.shop.data / 'igbot.db'}")
        buyers = {customer.igsid: {"item": customer.script.article} for customer in self.crowd.customers}
        keep_orders(database, buyers, self.ordered_at)
        database.close()

    def _strike(self, serving: Program, strike: Strike) -> Program:
        if strike.target == "worker" and serving.kill_worker():
            self._note(strike.target)
            return serving
        if strike.target == "master":
            serving.kill_master()
        else:
            serving.kill()
        self._note(strike.target)
        return self.shop.serve()

    def _note(self, target: Target) -> None:
        self.struck.append(Struck(target, clock.now(), self.books.under_way(), self.books.unhandled()))

    # -------------------------------------------------------------- the customers

    def _busy_until(self, holds: Callable[[], bool], seconds: float, what: str) -> float:
        return until(holds, seconds, what, meanwhile=lambda: self.crowd.step(self.books.standing()))

    def _busy_for(self, seconds: float) -> None:
        moment = time.monotonic() + seconds
        self._busy_until(lambda: time.monotonic() >= moment, START_SECONDS, "the next strike")

    def _is_at_rest(self) -> bool:
        webhooks, standing = self.instagram.webhooks(), self.books.standing()
        return (
            not webhooks["waiting"]
            and not webhooks["failed"]
            and all(self._is_served(customer, standing) for customer in self.crowd.customers)
        )

    def _is_served(self, customer: Customer, standing: dict[str, Standing]) -> bool:
        """Has the shop dealt with everything this customer had to say?"""
        return customer.is_through and customer.igsid in standing and customer.is_content(standing[customer.igsid])


def planned(count: int, rng: Random) -> list[Strike]:
    """So many strikes at random moments: of five, one hits the worker alone, one the master alone, three all of it."""
    targets: list[Target] = [("group", "worker", "master", "group", "group")[number % 5] for number in range(count)]
    rng.shuffle(targets)
    return [_strike(target, rng) for target in targets]


def _strike(target: Target, rng: Random) -> Strike:
    is_early = target == "group" and rng.random() < 0.2
    return Strike(target, rng.uniform(0.1, 1.5) if is_early else rng.uniform(0, 2), is_early)
