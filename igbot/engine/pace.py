"""How fast may each account send? Kept in this process; nothing here waits."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from igbot.graph.codes import WAIT_MINUTES

_ONE = 1 - 1e-6
"""A token, as exact as adding up fractions of it allows."""


@dataclass
class _Bucket:
    tokens: float
    filled_at: datetime
    refusals: int = 0
    """Rate limits met in a row."""


class Pace:
    """A token bucket an account: a second's worth at once, then `rate` a second."""

    def __init__(self, rate: float) -> None:
        """`rate` is sends a second and account, above zero."""
        self._rate = rate
        self._most = max(1.0, rate)
        self._buckets: dict[int, _Bucket] = {}
        self._mutex = threading.Lock()

    def wait(self, account_id: int, now: datetime) -> timedelta:
        """Zero and a token is taken, or how long until there is one."""
        with self._mutex:
            bucket = self._bucket(account_id, now)
            passed = max(timedelta(), now - bucket.filled_at)
            bucket.tokens = min(self._most, bucket.tokens + passed.total_seconds() * self._rate)
            bucket.filled_at = now
            if bucket.tokens < _ONE:
                return timedelta(seconds=(1 - bucket.tokens) / self._rate)
            bucket.tokens -= 1
            return timedelta()

    def refused(self, account_id: int, now: datetime, asked_seconds: float) -> timedelta:
        """Meta met us with a rate limit: how long to be quiet, longer each time unless Meta named a time."""
        with self._mutex:
            bucket = self._bucket(account_id, now)
            minutes = WAIT_MINUTES[min(bucket.refusals, len(WAIT_MINUTES) - 1)]
            bucket.refusals += 1
        return timedelta(seconds=asked_seconds) if asked_seconds > 0 else timedelta(minutes=minutes)

    def went_well(self, account_id: int) -> None:
        """A send was taken: the next rate limit is a first one again."""
        with self._mutex:
            if bucket := self._buckets.get(account_id):
                bucket.refusals = 0

    def _bucket(self, account_id: int, now: datetime) -> _Bucket:
        return self._buckets.setdefault(account_id, _Bucket(self._most, now))
