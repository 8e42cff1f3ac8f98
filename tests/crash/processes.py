"""Real processes of igbot, each the leader of a group of its own: all of it can be struck, and none of it stays."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

POLL_SECONDS = 0.05
END_SECONDS = 45
_LAST_WORDS = 4000


class Overdue(AssertionError):
    """Something that had to come did not come in time."""


def pause(seconds: float) -> None:
    """Let other processes work."""
    threading.Event().wait(seconds)


def until(
    holds: Callable[[], bool], seconds: float, what: str, meanwhile: Callable[[], object] = lambda: None
) -> float:
    """Wait until something holds, doing something else again and again; the seconds it took. Raises Overdue."""
    started = time.monotonic()
    while not holds():
        if time.monotonic() - started > seconds:
            raise Overdue(f"{what}: not within {seconds:g} s")
        meanwhile()
        pause(POLL_SECONDS)
    return time.monotonic() - started


class _Process(NamedTuple):
    """A line of the system's list."""

    pid: int
    parent: int
    group: int


class Program:
    """`igbot ...`, running. `pid` is also the id of its process group."""

    def __init__(self, arguments: Sequence[str], env: Mapping[str, str], folder: Path, log: Path) -> None:
        """Starts it at once, in a folder where no settings lie about; what it says goes to the end of `log`."""
        self.log = log
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "igbot", *arguments],
                env={name: value for name, value in os.environ.items() if not name.startswith("IGBOT_")} | dict(env),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        self.pid = self._process.pid

    def is_running(self) -> bool:
        """Has its first process not ended?"""
        return self._process.poll() is None

    def exit_code(self, seconds: float = END_SECONDS) -> int:
        """Wait for its end."""
        return self._process.wait(timeout=seconds)

    def ask_to_end(self) -> None:
        """What a system does that shuts down: SIGTERM to the first process."""
        self._process.send_signal(signal.SIGTERM)

    def worker(self) -> int | None:
        """The process that does the work, a child of the first one; None while there is none."""
        return next((process.pid for process in _running() if process.parent == self.pid), None)

    def kill_worker(self) -> bool:
        """End the worker on the spot, the first process notices; False if there is no worker."""
        worker = self.worker()
        if worker is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
        return True

    def kill_master(self) -> None:
        """End the first process on the spot; the worker is left behind."""
        self._process.kill()
        self._process.wait()

    def kill(self) -> None:
        """End the whole group on the spot, if any of it is left."""
        if not self.is_gone():
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def is_gone(self) -> bool:
        """Has every process of the group ended?"""
        return all(process.group != self.pid for process in _running())

    def last_words(self) -> str:
        """The end of what it said."""
        return self.log.read_text("utf-8", errors="replace")[-_LAST_WORDS:]


@contextmanager
def ended_for_certain() -> Iterator[list[Program]]:
    """A list for the programs of a test: whatever happens, none of them outlives it."""
    programs: list[Program] = []
    try:
        yield programs
    finally:
        for program in programs:
            program.kill()


def free_ports(count: int) -> int:
    """The first of so many neighbouring ports of this machine that nobody listens on."""
    for _ in range(100):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            first: int = probe.getsockname()[1]
        if all(_is_free(port) for port in range(first, first + count)):
            return first
    raise RuntimeError("no free ports on this machine")


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except (OSError, OverflowError):
        return False


def _running() -> Iterator[_Process]:
    """Every process of this machine, but for those that have ended and were not asked after."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                state, parent, group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
                if state != "Z":
                    yield _Process(int(entry.name), int(parent), int(group))
