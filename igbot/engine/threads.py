"""The engine inside one process: a queue in which each conversation stands at most once, and a few threads.

It holds nothing that lasts. Events, timers and replies are rows; this only says "look at
conversation X now", one at a time per conversation. A nudge that is lost is found by the sweep.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from queue import SimpleQueue

from sqlalchemy import event
from sqlalchemy.orm import Session

from igbot.logs import warn

_THREADS = 8


class Threads:
    """Runs conversations, each by one thread at a time, and repeats chores."""

    def __init__(self, run: Callable[[int], None], threads: int = _THREADS) -> None:
        """`run` is called with a conversation's id; what it raises is logged and left to the sweep."""
        self._run = run
        self._count = threads
        self._queue: SimpleQueue[int | None] = SimpleQueue()
        self._again: dict[int, bool] = {}
        """Conversations queued or running; True: look again when the present run is over."""
        self._mutex = threading.Lock()
        self._chores: list[tuple[float, Callable[[], None]]] = []
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def nudge(self, session: Session, conversations: Iterable[int]) -> None:
        """Look at these conversations as soon as the session's transaction is committed, and only then."""
        wanted = list(conversations)
        if wanted:
            event.listen(session, "after_commit", lambda _session: self._enqueue(wanted), once=True)

    def every(self, seconds: float, chore: Callable[[], None]) -> None:
        """Repeat a chore, from `start` on, with this many seconds between its runs."""
        self._chores.append((seconds, chore))

    def start(self) -> None:
        """Begin to work. May be called once."""
        workers = [threading.Thread(target=self._work, name=f"turns-{n}", daemon=True) for n in range(self._count)]
        chores = [
            threading.Thread(target=self._repeat, args=chore, name=f"every-{chore[0]:g}s", daemon=True)
            for chore in self._chores
        ]
        self._threads = workers + chores
        for thread in self._threads:
            thread.start()

    def stop(self, patience_seconds: float) -> None:
        """Start nothing new; return when what is being done is finished, or the patience is at an end.

        What is cut off is found again by the next start: nothing is kept here.
        """
        self._stopping.set()
        for _ in range(self._count):
            self._queue.put(None)
        deadline = time.monotonic() + patience_seconds
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))

    def works(self) -> bool:
        """Have the threads been started, and are all of them alive?"""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def _enqueue(self, conversations: Iterable[int]) -> None:
        with self._mutex:
            for conversation in conversations:
                if conversation not in self._again:
                    self._queue.put(conversation)
                    self._again[conversation] = False
                else:
                    self._again[conversation] = True

    def _work(self) -> None:
        while not self._stopping.is_set():
            conversation = self._queue.get()
            if conversation is None:
                return
            with self._mutex:
                self._again[conversation] = False
            try:
                self._run(conversation)
            except Exception as failure:  # noqa: BLE001 - one conversation must not stop the others; the sweep retries
                warn("engine.run_failed", conversation=conversation, failure=failure)
            with self._mutex:
                if self._again[conversation]:
                    self._queue.put(conversation)
                else:
                    del self._again[conversation]

    def _repeat(self, seconds: float, chore: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                chore()
            except Exception as failure:  # noqa: BLE001 - a chore that failed is due again soon
                warn("engine.chore_failed", failure=failure)
            self._stopping.wait(seconds)
