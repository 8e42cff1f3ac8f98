"""The commands that keep running, each as a process of its own on ports of its own."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from igbot.cli import pretend

from .conftest import Run

PAYLOADS = Path(__file__).parent.parent / "payloads"
SECONDS = 40
"""After this long a process that says nothing is given up."""

SHOP = {
    "IGBOT_ACCOUNT_ID": pretend.ACCOUNT_ID,
    "IGBOT_ACCESS_TOKEN": "IGQVJ-token",
    "IGBOT_APP_SECRETS": "secret-of-the-app",
    "IGBOT_VERIFY_TOKEN": "verify",
    "IGBOT_APP_ID": pretend.APP_ID,
    "IGBOT_GRAPH_URL": "http://127.0.0.1:9",
}


class Running:
    """`python -m igbot ...` in a folder, until `end`."""

    def __init__(self, folder: Path, *words: str, env: dict[str, str]) -> None:
        command = [sys.executable, "-m", "igbot", *words]
        self._process = subprocess.Popen(
            command, cwd=folder, env=os.environ | env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._given_up = threading.Timer(SECONDS, self._process.kill)
        self._given_up.start()
        self.said = ""

    def says(self, pattern: str) -> re.Match[str]:
        """Wait until it has printed this."""
        assert self._process.stdout
        while not (found := re.search(pattern, self.said)):
            line = self._process.stdout.readline()
            assert line, f"it ended without a word of {pattern}:\n{self.said}"
            self.said += line
        return found

    def ends(self) -> int:
        """Wait until it ends by itself; its exit code."""
        assert self._process.stdout
        self.said += self._process.stdout.read()
        return self._process.wait()

    def end(self) -> int:
        """Ask it to end, as Ctrl+C does, and see it gone; its exit code."""
        self._process.send_signal(signal.SIGINT)
        code = self.ends()
        self._given_up.cancel()
        return code

    def sweep_away(self) -> None:
        self._given_up.cancel()
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """`start("serve", "--port", "8001")` in an empty folder; whatever still runs is ended after the test."""
    started: list[Running] = []

    def run(*words: str, **settings: str) -> Running:
        started.append(
            Running(tmp_path, *words, env={f"IGBOT_{name.upper()}": value for name, value in settings.items()})
        )
        return started[-1]

    yield run
    for process in started:
        process.sweep_away()


@pytest.fixture
def port() -> int:
    """A port that is free, and the next one too."""
    while True:
        with socket.socket() as one, socket.socket() as next_one:
            one.bind(("127.0.0.1", 0))
            found: int = one.getsockname()[1]
            try:
                next_one.bind(("127.0.0.1", found + 1))
            except OSError:
                continue
            return found


def get(url: str) -> requests.Response:
    return requests.get(url, timeout=10)


def post_signed(url: str, body: bytes, secret: str) -> int:
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return requests.post(url, body, headers={"X-Hub-Signature-256": signature}, timeout=10).status_code


def test_the_demo_shows_a_phone_and_a_console_and_takes_recorded_webhooks(
    start: Callable[..., Running], port: int
) -> None:
    demo = start("demo", "--no-browser", "--port", str(port))
    phone = demo.says(r"customer's phone: +(\S+)")[1]
    console = demo.says(r"owner's console: +(\S+)")[1]
    assert get(phone).status_code == 200
    inside = get(console)
    assert inside.status_code == 200
    assert "/console" in inside.url
    assert "password" not in inside.text
    for name in ("text.json", "batch_mixed.json", "seen.json"):
        code = post_signed(f"http://127.0.0.1:{port}/webhook", (PAYLOADS / name).read_bytes(), pretend.APP_SECRET)
        assert code == 200, name


def test_a_second_demo_on_the_same_chats_is_refused_with_a_sentence(start: Callable[..., Running], port: int) -> None:
    first = start("demo", "--no-browser", "--port", str(port))
    first.says("owner's console")
    second = start("demo", "--no-browser", "--port", str(port + 2))
    assert second.ends() == 1
    assert "Error: " in second.said
    assert "Traceback" not in second.said
    assert first.end() == 0


def test_serve_answers_and_ends_in_peace(
    igbot: Callable[..., object], start: Callable[..., Running], port: int
) -> None:
    igbot("db", "upgrade")
    shop = {name.removeprefix("IGBOT_").lower(): value for name, value in SHOP.items()}
    serve = start("serve", "--port", str(port), **shop)
    serve.says("serve.starting")
    wait_until_listening(port)
    assert get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    assert get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    body = (PAYLOADS / "text.json").read_bytes()
    assert post_signed(f"http://127.0.0.1:{port}/webhook", body, "secret-of-the-app") == 200
    assert post_signed(f"http://127.0.0.1:{port}/webhook", body, "another") == 401
    assert serve.end() == 0
    for private in ("IGQVJ-token", "secret-of-the-app", "The clasp on my silver bracelet"):
        assert private not in serve.said


def test_serve_names_all_that_is_missing_at_once(start: Callable[..., Running]) -> None:
    refused = start("serve", app_id="1")
    assert refused.ends() == 1
    for name in SHOP.keys() - {"IGBOT_APP_ID", "IGBOT_GRAPH_URL"}:
        assert name in refused.said
    assert "Traceback" not in refused.said


def test_serve_on_a_database_without_tables_names_the_way_out(start: Callable[..., Running]) -> None:
    refused = start("serve", **{name.removeprefix("IGBOT_").lower(): value for name, value in SHOP.items()})
    assert refused.ends() == 1
    assert "igbot db upgrade" in refused.said


@pytest.mark.parametrize("command", ["demo", "serve"])
@pytest.mark.parametrize("wanted", [0, 1], ids=["its own port", "the next one"])
def test_a_port_that_is_taken_is_refused_at_once(igbot: Run, port: int, command: str, wanted: int) -> None:
    if command == "serve":
        igbot("db", "upgrade")
        port, wanted = port + wanted, 0
    shop = {name.removeprefix("IGBOT_").lower(): value for name, value in SHOP.items()}
    with socket.create_server(("127.0.0.1", port + wanted)):
        refused = igbot(command, "--port", str(port), **shop)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == f"Error: Port {port + wanted} is taken; choose another with --port.\n"


@pytest.mark.parametrize(
    ("command", "port"), [("serve", "0"), ("serve", "65536"), ("demo", "65535"), ("simulator", "65535")]
)
def test_a_port_there_is_not_is_wrong_usage(igbot: Run, command: str, port: str) -> None:
    assert igbot(command, "--port", port).exit_code == 2


def test_the_simulator_is_an_instagram_of_its_own(start: Callable[..., Running], port: int) -> None:
    simulator = start("simulator", "--port", str(port))
    phone = simulator.says(r"Phone: (\S+)")[1]
    assert get(phone).status_code == 200


def test_the_simulator_refuses_a_port_that_is_taken(start: Callable[..., Running], port: int) -> None:
    start("simulator", "--port", str(port)).says("Phone")
    second = start("simulator", "--port", str(port))
    assert second.ends() == 1
    assert "is taken; choose another" in second.said


def wait_until_listening(port: int) -> None:
    """Until somebody listens there; refused connections answer at once, so few tries are needed."""
    pause = threading.Event()
    for _ in range(SECONDS * 20):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        pause.wait(0.05)
    raise TimeoutError(port)
