"""Brings webhooks to the callback: at once, late, twice, out of order, or again after a failure.

An answer other than 200 counts as a failure, as it does for Meta (CONTRACT 2.5). Nothing here sleeps: a failed
webhook is tried again by `redeliver`, which a test calls when it likes and a background thread with growing pauses.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from igbot.logs import log, warn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from igbot.simulator.webhooks import Json

MOST_TRIES = 20
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 5.0


@dataclass
class Parcel:
    """What travels in one POST."""

    items: list[Json]
    tries: int = 0


@dataclass
class Tally:
    """What became of the webhooks so far."""

    delivered: int = 0
    failed: int = 0
    given_up: int = 0
    last_status: int | None = None


@dataclass
class Postman:
    """Hands sealed parcels to `deliver` one after the other; thread-safe.

    `deliver` takes the raw body and the headers and answers the HTTP status; OSError means nobody was there.
    """

    seal: Callable[[Sequence[Json]], tuple[bytes, dict[str, str]]]
    deliver: Callable[[bytes, dict[str, str]], int] | None = None
    duplicates: int = 0
    """How many times more than once each webhook is delivered."""
    is_holding: bool = False
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        """Nothing is on its way yet."""
        self._lock = threading.Lock()
        self._waiting: deque[Parcel] = deque()
        self._failed: list[Parcel] = []
        self._is_out = False
        self._bell = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_stopping = False

    def take(self, item: Json) -> None:
        """Queue one item; `run` brings it."""
        with self._lock:
            self._waiting.extend(Parcel([item]) for _ in range(1 + self.duplicates))

    def run(self) -> None:
        """Deliver all that waits, in this thread, or in the background once `start` was called.

        If another thread is delivering already, it takes this work along and the call returns at once.
        """
        if self._thread:
            self._bell.set()
        else:
            self._deliver_all()

    def redeliver(self) -> int:
        """Try the failed ones again; answers how many are still failed."""
        with self._lock:
            self._waiting.extend(self._failed)
            self._failed.clear()
        self._deliver_all()
        return self.failed

    def hold(self) -> None:
        """Keep webhooks back until `release`."""
        self.is_holding = True

    def release(self, *, newest_first: bool = False, in_one_body: bool = False) -> None:
        """Deliver what was held back; on request in the wrong order, or all in one POST (CONTRACT 2.4)."""
        with self._lock:
            waiting = list(self._waiting)
            if newest_first:
                waiting.reverse()
            if in_one_body and waiting:
                waiting = [Parcel([item for parcel in waiting for item in parcel.items])]
            self._waiting = deque(waiting)
            self.is_holding = False
        self.run()

    @property
    def waiting(self) -> int:
        """How many are queued or held back."""
        return len(self._waiting)

    @property
    def failed(self) -> int:
        """How many failed and may be tried again."""
        return len(self._failed)

    def start(self) -> None:
        """Deliver and retry in a background thread from now on."""
        self._is_stopping = False
        self._thread = threading.Thread(target=self._serve, name="simulator-postman", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the background thread; what is still queued stays queued."""
        thread, self._thread, self._is_stopping = self._thread, None, True
        self._bell.set()
        if thread:
            thread.join()

    def _serve(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._is_stopping:
            rang = self._bell.wait(timeout=pause if self._failed else None)
            self._bell.clear()
            try:
                pause = self._round(pause, is_new=rang)
            except Exception as error:  # noqa: BLE001 - whatever one delivery breaks on, the next ones go out
                warn("simulator.delivery_broke", failure=error)

    def _round(self, pause: float, *, is_new: bool) -> float:
        """Deliver what is new, or try again what failed; the pause after which to try the next time."""
        if is_new:
            self._deliver_all()
            return pause
        return min(2 * pause, LONGEST_PAUSE_SECONDS) if self.redeliver() else FIRST_PAUSE_SECONDS

    def _deliver_all(self) -> None:
        while True:
            with self._lock:
                if self._is_out or self.is_holding or not self._waiting or not self.deliver:
                    return
                self._is_out = True
                parcel = self._waiting.popleft()
            status = 0
            try:
                status = self._hand_over(parcel)
            finally:
                with self._lock:
                    self._is_out = False
                    self._note(parcel, status)

    def _hand_over(self, parcel: Parcel) -> int:
        assert self.deliver is not None  # noqa: S101 - looked at under the lock just before
        parcel.tries += 1
        raw, headers = self.seal(parcel.items)
        try:
            return self.deliver(raw, headers)
        except OSError:
            return 0

    def _note(self, parcel: Parcel, status: int) -> None:
        self.tally.last_status = status
        if status == HTTPStatus.OK:
            self.tally.delivered += 1
            return
        self.tally.failed += 1
        if parcel.tries < MOST_TRIES:
            self._failed.append(parcel)
        else:
            self.tally.given_up += 1
            log("simulator.webhook_given_up", status=status, tries=parcel.tries)
