"""`igbot demo` as a process of its own, the way somebody starts it who tries igbot."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

START_SECONDS = 60
TRIES = 3
LINK = re.compile(r"(phone|console):\s+(http://\S+)")


class Demo:
    """A running demo on a fresh data folder; a context manager. `phone` and `console` are the links it printed."""

    def __init__(self, folder: Path) -> None:
        """Start it and wait for its links. Raises RuntimeError with what it said instead."""
        self._folder = folder
        for _ in range(TRIES):
            said = self._start(_free_ports())
            if {"phone", "console"} <= self.links.keys():
                return
        raise RuntimeError(f"igbot demo did not start:\n{said}")

    def _start(self, port: int) -> str:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "igbot", "demo", "--no-browser", "--port", str(port)],
            env=self._settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.links: dict[str, str] = {}
        impatience = threading.Timer(START_SECONDS, self._process.kill)
        impatience.start()
        said = []
        for line in self._process.stdout or ():
            said.append(line)
            if found := LINK.search(line):
                self.links[found[1]] = found[2]
            if "Ctrl+C" in line:
                break
        impatience.cancel()
        return "".join(said)

    @property
    def phone(self) -> str:
        """Where customers are."""
        return self.links["phone"]

    @property
    def console(self) -> str:
        """Where the owner is; without the key that signs in."""
        return self.links["console"].partition("enter/")[0]

    @property
    def way_in(self) -> str:
        """The printed link that opens the console already signed in, once."""
        return self.links["console"]

    def add_owner(self, name: str, password: str, language: str) -> None:
        """Let somebody sign in, from another terminal."""
        database = f"sqlite:///{self._folder / 'demo' / 'igbot.db'}"
        subprocess.run(
            [sys.executable, "-m", "igbot", "owner", "add", name, "--password-stdin", "--language", language],
            env=self._settings | {"IGBOT_DATABASE_URL": database},
            input=f"{password}\n",
            text=True,
            check=True,
            capture_output=True,
        )

    @property
    def _settings(self) -> dict[str, str]:
        return os.environ | {"IGBOT_DATA_DIR": str(self._folder)}

    def __enter__(self) -> Self:
        """The demo itself, running."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ctrl+C."""
        self._process.terminate()
        self._process.communicate(timeout=START_SECONDS)


def _free_ports() -> int:
    """A port that is free together with the next one."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as one:
            port: int = one.getsockname()[1]
            try:
                socket.create_server(("127.0.0.1", port + 1)).close()
            except OSError:
                continue
            return port
