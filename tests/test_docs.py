"""What the pages of this repository say about the code is what the code says."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from igbot import errors
from igbot.cli import COMMANDS, main
from igbot.errors import IgbotError
from igbot.settings import META_MEDIA_HOSTS, Settings, shown

ROOT = Path(__file__).parent.parent
MAP = ROOT / "igbot" / "README.md"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PAGES = sorted(
    page
    for place in ("*.md", "igbot/**/*.md", "flows/**/*.md", "tests/**/*.md")
    for page in ROOT.glob(place)
    if "node_modules" not in page.parts
)


def settings_table() -> Iterator[str]:
    yield "| name | default | meaning |"
    yield "|---|---|---|"
    for row in shown(Settings(_env_file=None)):  # type: ignore[call-arg]  # pydantic-settings' own argument
        default = "Meta's" if row.value == ", ".join(META_MEDIA_HOSTS) else row.value
        yield f"| `{row.name}` | {f'`{default}`' if default else 'none'} | {row.meaning} |"


def commands_table() -> Iterator[str]:
    context = click.Context(main)
    yield "| command | does |"
    yield "|---|---|"
    for name, sentence in COMMANDS.items():
        command = main.get_command(context, name)
        below = command.commands.values() if isinstance(command, click.Group) else ()
        yield f"| `{name}` | {sentence} |"
        for sub in below:
            yield f"| `{name} {sub.name}` | {sub.get_short_help_str(limit=200)} |"


@pytest.mark.parametrize(
    ("section", "table"), [("settings", settings_table), ("commands", commands_table)], ids=["settings", "commands"]
)
def test_the_map_lists_what_there_is(section: str, table: Callable[[], Iterator[str]]) -> None:
    found = re.search(rf"<!-- {section}:.*?-->\n(.*?)<!-- /{section} -->", MAP.read_text(encoding="utf-8"), re.DOTALL)
    assert found, f"{MAP} has no place for the {section}"
    wanted = "\n".join(table())
    assert found[1].strip() == wanted, f"Put this between the marks in igbot/README.md:\n\n{wanted}\n"


def test_the_drawn_error_tree_is_the_tree() -> None:
    drawn = re.findall(r"^([│├└─ ]*)([A-Z]\w+)(?=\s|$)", inspect.getdoc(errors) or "", re.MULTILINE)
    tree = [(len(indent) // 4, name) for indent, name in drawn if indent or name == "IgbotError"]
    assert tree == list(_tree(IgbotError))


def _tree(error: type[IgbotError], depth: int = 0) -> Iterator[tuple[int, str]]:
    yield depth, error.__name__
    for child in error.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _tree(child, depth + 1)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_map_names_every_folder() -> None:
    folders = {path.parent.name for path in (ROOT / "igbot").glob("*/__init__.py")}
    described = set(re.findall(r"^\*\*`(\w+)/`\*\*", MAP.read_text(encoding="utf-8"), re.MULTILINE))
    assert described == folders


def test_every_decision_is_listed() -> None:
    pages = {page.name for page in (ROOT / "igbot" / "decisions").glob("[0-9]*.md")}
    listed = set(re.findall(r"\((\d\d-[\w-]+\.md)\)", (ROOT / "igbot" / "decisions" / "README.md").read_text("utf-8")))
    assert listed == pages


def test_every_chore_of_the_makefile_says_what_it_does() -> None:
    chores = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert [chore for chore in chores if not re.search(rf"^{chore}:.*## \w", MAKEFILE, re.MULTILINE)] == []
