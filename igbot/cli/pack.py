"""`igbot pack`: is a shop's policy whole, and what does it decide?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import click

from igbot import settings
from igbot.cli import as_json
from igbot.errors import BadRequest, IgbotError
from igbot.policy import Pack, Problem, check, find_pack, load_pack
from igbot.policy.answers import Answer, answer
from igbot.policy.figures import figures, question_warnings


@click.group()
def pack() -> None:
    """Check, ask and try a shop's policy."""


@pack.command
@click.option("--pack", "name", help="Policy pack: a shipped name or a folder  [default: IGBOT_PACK]")
def decide(name: str | None) -> None:
    """Answer questions to the policy: one JSON object a line on stdin, one answer a line.

    A line that cannot be answered gets {"id", "error"}; the others are answered all the same.
    """
    packs = _packs(settings.read(), name)
    for line in sys.stdin.buffer:
        if line.strip():
            click.echo(json.dumps(_answer(line, packs), ensure_ascii=False))


def _packs(chosen: settings.Settings, default: str | None) -> Callable[[str | None], Pack]:
    """Each pack is read once, when a line first needs it."""

    @cache
    def loaded(name: str) -> Pack:
        return load_pack(find_pack(name, chosen.flows))

    def named(name: str | None) -> Pack:
        return loaded(name or default or chosen.pack)

    return named


def _answer(line: bytes, packs: Callable[[str | None], Pack]) -> Answer:
    number: Any = None
    try:
        body = json.loads(line)
        number = body.get("id") if isinstance(body, dict) else None
        return {"id": number, **answer(body, packs)}
    except (ValueError, RecursionError):
        return {"id": number, "error": "This line is not JSON."}
    except IgbotError as error:
        return {"id": number, "error": str(error)}


@pack.command("check")
@click.argument("name", metavar="DIR")
@as_json
def check_(name: str, *, as_json: bool) -> None:
    """Tell everything that is wrong with the pack in DIR, where, and what to do; then the pack in numbers.

    DIR may also be the name of a shipped pack. Ends with 1 if anything keeps the pack from being used;
    warnings (W..) do not.
    """
    folder = Path(name) if Path(name).is_dir() else find_pack(name, settings.read().flows)
    found, problems = check(folder)
    problems += question_warnings(found) if found else ()
    numbers = asdict(figures(found)) if found else {}
    if as_json:
        click.echo(json.dumps(_report(found, problems, numbers), ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            click.echo(str(problem))
        for figure, number in numbers.items():
            click.echo(f"{figure:<13} {number:>9,}")
    if found is None:
        wrong = sum(problem.is_error for problem in problems)
        raise BadRequest(f"{folder} cannot be used: {wrong} {'problem' if wrong == 1 else 'problems'}.")


def _report(found: Pack | None, problems: list[Problem], numbers: dict[str, int]) -> dict[str, Any]:
    return {
        "pack": found.id if found else None,
        "version": found.version if found else None,
        "problems": [asdict(problem) for problem in problems],
        "figures": numbers,
    }
