"""The servers that are measured, each a process of its own on a port of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.load import SECRET, SHOP

PYTHON = [sys.executable, "-m"]
START_SECONDS = 30


@contextmanager
def igbot_serve(home: Path, graph_url: str) -> Iterator[str]:
    """`igbot serve` with an empty shop, sending to `graph_url`."""
    port = _free_port()
    with _process(["igbot", "serve", "--port", str(port)], port, _shop(home, graph_url)) as url:
        yield url


@contextmanager
def webhook_only(home: Path) -> Iterator[str]:
    """igbot's pages without its engine: events are kept, nobody handles them."""
    port = _free_port()
    with _process(_gunicorn("tests.bench.webhook_only", port), port, _shop(home, "http://127.0.0.1:9")) as url:
        yield url


@contextmanager
def bare_view(home: Path) -> Iterator[str]:
    """A Flask view that does one commit, under the same server."""
    port = _free_port()
    home.mkdir()
    with _process(_gunicorn("tests.bench.bare", port), port, {"BARE_DATABASE": str(home / "bare.db")}) as url:
        yield url


def _gunicorn(module: str, port: int) -> list[str]:
    options = f"--worker-class gthread --threads 32 --bind 127.0.0.1:{port} --log-level warning --no-control-socket"
    return ["gunicorn", *options.split(), f"{module}:app"]


def _shop(home: Path, graph_url: str) -> dict[str, str]:
    settings = {
        "IGBOT_DATA_DIR": str(home),
        "IGBOT_ACCOUNT_ID": SHOP,
        "IGBOT_ACCESS_TOKEN": "bench-token",
        "IGBOT_APP_SECRETS": SECRET,
        "IGBOT_VERIFY_TOKEN": "bench",
        "IGBOT_APP_ID": "1999999999999901",
        "IGBOT_GRAPH_URL": graph_url,
        "IGBOT_SEND_RATE": "10000",
        "IGBOT_LOG_LEVEL": "error",
    }
    subprocess.run(
        [*PYTHON, "igbot", "db", "upgrade"], env=os.environ | settings, check=True, stdout=subprocess.DEVNULL
    )
    return settings


@contextmanager
def _process(command: list[str], port: int, env: dict[str, str]) -> Iterator[str]:
    process = subprocess.Popen([*PYTHON, *command], env=os.environ | env)
    try:
        _wait_until_listening(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait_until_listening(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    pause = threading.Event()
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        pause.wait(0.05)
    raise RuntimeError("a server that was to be measured did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
