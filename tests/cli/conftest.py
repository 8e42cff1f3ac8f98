"""The command line as a person meets it: words in, words out, an exit code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from igbot.cli import main

Run = Callable[..., Result]


@pytest.fixture
def igbot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`igbot("db", "status")` in an empty folder of its own; `stdin` is typed in, other names are settings."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, stdin: str = "", **settings: str) -> Result:
        env = {f"IGBOT_{name.upper()}": value for name, value in settings.items()}
        return CliRunner().invoke(main, words, input=stdin, env=env, catch_exceptions=False)

    return run
