"""The tables and clauses that are the product's own: read once from `product.toml`, the same for every shop."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from igbot.errors import BadRequest
from igbot.policy.problems import did_you_mean
from igbot.policy.rules import Rule, Table


@dataclass(frozen=True)
class Clause:
    """A numbered clause: a short title and what it says, both by language."""

    title: Mapping[str, str]
    text: Mapping[str, str]
    info: bool = False
    """For reading only: no rule cites it."""


@dataclass(frozen=True)
class ProductTable:
    """A table of the product. With `shop_cites` the pack gives the clauses of its rows."""

    name: str
    table: Table
    defaults: Mapping[str, str]
    shop_cites: bool
    needs: str | None
    """The part of a shop (repair, returns) without which nobody asks this table."""


@dataclass(frozen=True)
class Row:
    """The row of a table that applies."""

    id: str
    outcome: str
    cites: tuple[str, ...]


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("product.toml").read_text("utf-8"))


@cache
def clauses() -> Mapping[str, Clause]:
    """The clauses of the bot itself, by number (`B-01` ...)."""
    return {number: Clause(**words) for number, words in _file()["clauses"].items()}


@cache
def tables() -> Mapping[str, ProductTable]:
    """All tables of the product by name: GUARD, VERIFY, COMBINE, PHOTO, SEND, QUOTE, UNCLAIMED, WANT, ..."""
    return {name: _table(name, body) for name, body in _file().items() if name != "clauses"}


def table(name: str) -> ProductTable:
    """The table of that name; a shop's letter before it (`J-QUOTE`) is read over.

    Raises BadRequest when there is none.
    """
    plain = name.partition("-")[2] or name
    if found := tables().get(plain):
        return found
    raise BadRequest(f"There is no table {name}. {did_you_mean(plain, tables(), called='Tables')}")


def _table(name: str, body: Mapping[str, Any]) -> ProductTable:
    rules = [_rule(number, row) for number, row in body["rows"].items()]
    return ProductTable(
        name=name,
        table=Table({fact: tuple(values) for fact, values in body["facts"].items()}, rules),
        defaults=body.get("defaults", {}),
        shop_cites=body["cites"] == "pack",
        needs=body.get("needs"),
    )


def _rule(number: str, row: Mapping[str, Any]) -> Rule:
    when = {
        fact: frozenset([values] if isinstance(values, str) else values) for fact, values in row.get("when", {}).items()
    }
    return Rule(number, when, row["then"], cites=tuple(row.get("cites", ())))
