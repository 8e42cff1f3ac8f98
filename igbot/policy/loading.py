"""A pack from a folder, or every reason why not; and where the packs are that came with the program."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from igbot.errors import BrokenShop
from igbot.policy.checks import problems_of
from igbot.policy.pack import Pack
from igbot.policy.problems import BrokenPack, Problem
from igbot.policy.reading import read

LETTERS = {"J": "jewelry", "F": "footwear"}
"""Short names of the shipped packs, as policies and their clauses are numbered."""


def load_pack(folder: Path) -> Pack:
    """The pack in a folder. Raises BrokenPack, which lists every problem that keeps it from being used."""
    pack, problems = check(folder)
    if pack is None:
        raise BrokenPack.because(folder, [problem for problem in problems if problem.is_error])
    return pack


def check(folder: Path) -> tuple[Pack | None, list[Problem]]:
    """The pack in a folder (None if it cannot be used), and all that is to be said about it."""
    file, problems = read(folder)
    if file is not None:
        problems += problems_of(file)
    if file is None or any(problem.is_error for problem in problems):
        return None, problems
    return Pack.build(folder, file), problems


def find_pack(name: str, flows: str) -> Path:
    """The folder of a pack: a shipped one by name or letter, else a folder of that path.

    `flows` is the import name of the package that brings the shipped packs. The working directory
    is never searched for a bare name. Raises BrokenShop when there is nothing.
    """
    shipped, path = _shipped(flows), Path(name)
    if (folder := shipped / LETTERS.get(name, name)).is_dir() and path.name == name:
        return folder
    if (path / "pack.toml").is_file() and name not in {*LETTERS, *LETTERS.values()}:
        return path
    names = ", ".join(sorted(folder.parent.name for folder in shipped.glob("*/pack.toml")))
    raise BrokenShop(f"There is no pack {name!r}. Shipped packs: {names}; or name a folder with a pack.toml in it.")


def _shipped(flows: str) -> Path:
    try:
        module = import_module(flows)
    except ModuleNotFoundError:
        raise BrokenShop(f"IGBOT_FLOWS names {flows!r}, but there is no such Python package.") from None
    return Path(module.__file__ or "").parent / "packs"
