"""What holds for every command of `igbot`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from igbot.cli import COMMANDS, main

from .conftest import Run


def every_command() -> Iterator[tuple[str, click.Command]]:
    """`db`, `db upgrade`, ...: each name with its command."""
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command, name
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {below}", it) for below, it in command.commands.items())


@pytest.mark.parametrize("name", COMMANDS)
def test_its_help_begins_with_what_the_list_says(igbot: Run, name: str) -> None:
    assert COMMANDS[name] in " ".join(igbot("--help").stdout.split())
    assert COMMANDS[name].rstrip(".") in " ".join(igbot(name, "--help").stdout.split())


def test_every_command_says_what_it_does() -> None:
    assert [name for name, command in every_command() if not command.help] == []


def test_a_refusal_is_one_sentence_and_exit_1(igbot: Run) -> None:
    refused = igbot("db", "status", database_url="mysql://somewhere")
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert refused.stderr == "Error: IGBOT_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.\n"


@pytest.mark.parametrize("words", [["dream"], ["db"], ["db", "downgrade"], ["settings", "--yaml"]], ids=" ".join)
def test_wrong_usage_is_exit_2(igbot: Run, words: list[str]) -> None:
    wrong = igbot(*words)
    assert wrong.exit_code == 2
    assert "Usage:" in wrong.stderr


def test_help_loads_no_command() -> None:
    """So that `igbot --help` answers at once."""
    script = "import sys, igbot.cli; igbot.cli.main(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert "igbot.errors" in loaded
    for heavy in ("sqlalchemy", "flask", "pydantic", "requests", "igbot.settings", "igbot.cli.db"):
        assert f"'{heavy}'" not in loaded


def test_python_m_igbot_is_the_same() -> None:
    answer = subprocess.run([sys.executable, "-m", "igbot", "--version"], check=True, capture_output=True, text=True)
    assert answer.stdout.startswith("igbot ")
