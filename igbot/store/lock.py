"""One engine per SQLite file: a lock of the operating system that dies with its process."""

from __future__ import annotations

import fcntl
import time
from pathlib import Path
from typing import IO

from igbot.errors import BrokenShop


class EngineLock:
    """Held by the process whose engine runs on a database file."""

    def __init__(self, database: Path) -> None:
        """The lock beside a database file; nothing is taken yet."""
        self._path = database.with_name(f"{database.name}.lock")
        self._file: IO[str] | None = None

    def take(self, patience_seconds: float) -> None:
        """Take the lock, if it is not ours already. A process that is just ending is waited for.

        A process we fork has it too: it is free again once all of us have let go of it or ended.
        Raises BrokenShop if another engine still holds it after the patience.
        """
        if self._file:
            return
        file = self._path.open("a")
        deadline = time.monotonic() + patience_seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    file.close()
                    raise BrokenShop(
                        f"Another igbot already works on {self._path.with_suffix('')}. "
                        "Stop that one first, or choose another IGBOT_DATA_DIR."
                    ) from None
                time.sleep(0.1)
            else:
                self._file = file
                return

    def release(self) -> None:
        """Let the next engine have it."""
        if self._file:
            self._file.close()
            self._file = None
