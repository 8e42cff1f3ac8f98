"""The engine inside one process: one thread a conversation, nothing before the commit, nothing lost to a failure."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from igbot.engine.threads import Threads
from igbot.store.unit import Database

PATIENCE = 5.0
"""Seconds after which a test has failed; none waits so long when all is well."""

on_sqlite = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


class Bench:
    """Counts who runs what, and lets a run be held until it is let go."""

    def __init__(self) -> None:
        self.runs: list[int] = []
        self.running: set[int] = set()
        self.most_at_once = 0
        self.overlaps = 0
        self.began = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.go_on.set()
        self._mutex = threading.Lock()

    def run(self, conversation: int) -> None:
        with self._mutex:
            self.overlaps += conversation in self.running
            self.running.add(conversation)
            self.most_at_once = max(self.most_at_once, len(self.running))
            self.runs.append(conversation)
        self.began.release()
        assert self.go_on.wait(PATIENCE)
        with self._mutex:
            self.running.discard(conversation)

    def wait_for(self, runs: int) -> None:
        for _ in range(runs):
            assert self.began.acquire(timeout=PATIENCE), "the engine did not run it"


@contextmanager
def engine(bench: Bench) -> Iterator[Threads]:
    threads = Threads(bench.run, threads=3)
    threads.start()
    yield threads
    bench.go_on.set()
    threads.stop(PATIENCE)


def nudge(db: Database, threads: Threads, *conversations: int) -> None:
    with db.transaction() as session:
        threads.nudge(session, conversations)


def nudge_and_fail(db: Database, threads: Threads) -> None:
    with db.transaction() as session:
        threads.nudge(session, [1])
        raise RuntimeError


@on_sqlite
def test_a_nudge_runs_the_conversation_after_the_commit(db: Database) -> None:
    bench = Bench()
    with engine(bench) as threads:
        with db.transaction() as session:
            threads.nudge(session, [1])
            assert not bench.began.acquire(blocking=False)
        bench.wait_for(1)
    assert bench.runs == [1]


@on_sqlite
def test_a_transaction_that_is_not_committed_nudges_nobody(db: Database) -> None:
    bench = Bench()
    with engine(bench) as threads:
        with pytest.raises(RuntimeError):
            nudge_and_fail(db, threads)
        nudge(db, threads, 2)
        bench.wait_for(1)
    assert bench.runs == [2]


@on_sqlite
def test_a_conversation_is_run_by_one_thread_at_a_time_and_again_for_what_came_meanwhile(db: Database) -> None:
    bench = Bench()
    bench.go_on.clear()
    with engine(bench) as threads:
        nudge(db, threads, 1)
        bench.wait_for(1)
        nudge(db, threads, 1)
        nudge(db, threads, 1)
        assert bench.runs == [1]
        bench.go_on.set()
        bench.wait_for(1)
    assert (bench.runs, bench.overlaps) == ([1, 1], 0)


@on_sqlite
def test_different_conversations_do_not_wait_for_each_other(db: Database) -> None:
    bench = Bench()
    bench.go_on.clear()
    with engine(bench) as threads:
        nudge(db, threads, 1, 2, 3)
        bench.wait_for(3)
    assert bench.most_at_once == 3


@on_sqlite
def test_a_run_that_fails_stops_neither_its_thread_nor_the_others(db: Database) -> None:
    done = threading.Event()
    seen: list[int] = []

    def run(conversation: int) -> None:
        seen.append(conversation)
        if conversation == 1:
            raise RuntimeError("broken")
        done.set()

    threads = Threads(run, threads=1)
    threads.start()
    nudge(db, threads, 1)
    nudge(db, threads, 2)
    assert done.wait(PATIENCE)
    assert threads.works()
    threads.stop(PATIENCE)
    assert seen == [1, 2]


def test_chores_are_repeated_until_it_stops() -> None:
    times = threading.Semaphore(0)
    threads = Threads(lambda _conversation: None, threads=1)
    threads.every(0.001, times.release)
    threads.start()
    assert all(times.acquire(timeout=PATIENCE) for _ in range(3))
    threads.stop(PATIENCE)
    assert not threads.works()
