"""The pack and the product's tables say what the specification's text says, row by row.

Collected only with `--specification FOLDER`, which names where the text of the specification lies; without
it the figures of `test_whole` stand for it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from igbot.policy import decide, product

SIDE_TABLES = ["GUARD", "VERIFY", "COMBINE", "PHOTO", "SEND", "J-QUOTE", "J-UNCLAIMED"]
LATER_TABLES = ["F-WANT", "F-METHOD", "F-INSPECT", "F-STATUS"]
STD = ["earring", "ring", "other"]


WHERE: dict[str, Path] = {}
"""The folder named on the command line."""


@pytest.fixture(autouse=True, scope="module")
def _where_it_lies(pytestconfig: pytest.Config) -> None:
    folder = pytestconfig.getoption("specification")
    if folder is None:
        pytest.skip("say where the specification lies: --specification FOLDER")
    WHERE["folder"] = Path(folder)


def text(name: str) -> str:
    return (WHERE["folder"] / name).read_text("utf-8")


def rows(table: str) -> Iterator[dict[str, str]]:
    """The rows of a table of the specification; a `-` or an empty cell is left out."""
    for block in re.findall(rf"<!-- rows: {table} -->\n((?:\|.*\n)+)", text("DECISION-TABLE.md")):
        head, _, *lines = ([cell.strip() for cell in line.split("|")[1:-1]] for line in block.splitlines())
        for line in lines:
            yield {name: cell for name, cell in zip(head, line, strict=True) if cell not in {"-", ""}}


def values(cell: str) -> frozenset[str]:
    return frozenset(value for word in cell.split(" / ") for value in (STD if word == "std" else [word]))


def listed(cell: str | None) -> tuple[str, ...]:
    return tuple(cell.split(", ")) if cell else ()


def test_every_rule_of_the_jewellery_shop_stands_in_the_specification(jewelry):
    facts = set(jewelry.facts)
    specified = {
        row["row"]: (
            {name: values(cell) for name, cell in row.items() if name in facts},
            row["outcome"],
            row["fee"],
            listed(row.get("remedies")),
            listed(row["cites"]),
        )
        for row in rows("J-MAIN")
    }
    found = {rule.id: (rule.when, rule.outcome, rule.fee, rule.remedies, rule.cites) for rule in jewelry.rules}
    assert len(specified) == 119
    assert found == specified


@pytest.mark.parametrize("name", [*SIDE_TABLES, *LATER_TABLES])
def test_every_row_of_a_table_stands_in_the_specification(jewelry, name):
    one = product.table(name)
    own = jewelry.cites.get(one.name.lower(), {})
    cited = name not in LATER_TABLES
    specified = {
        row["row"]: (
            {fact: values(cell) for fact, cell in row.items() if fact in one.table.facts},
            row["outcome"],
            listed(row.get("cites")) if cited else (),
        )
        for row in rows(name)
    }
    found = {rule.id: (rule.when, rule.outcome, own.get(rule.id, rule.cites)) for rule in one.table.rules}
    assert found == specified


def test_every_point_of_a_conversation_is_decided_as_written(jewelry):
    points = re.findall(r"facts: `J ([^`]+)` → `([^`]+)`(?: \(([^)]+)\))?", text("CONVERSATIONS.md"))
    assert len(points) > 30
    for known, outcome, cites in points:
        decision = decide(jewelry, dict(word.split("=") for word in known.split()))
        assert " ".join(filter(None, [decision.outcome, decision.ask])) == outcome, known
        assert decision.cites == listed(cites), known


# ------------------------------------------------------------------ question trees (section 13)


def tree(pack, facts: dict[str, str], depth: int = 0) -> Iterator[str]:
    """The questions that follow these facts, written as in the specification: answers that lead alike in one line."""
    decision = decide(pack, facts)
    if decision.outcome != "ask":
        yield " ".join([decision.outcome, *decision.cites])
        return
    asked = decision.ask or ""
    yield f"{asked}?"
    branches: dict[tuple[str, ...], list[str]] = {}
    for value in pack.facts[asked].values:
        branches.setdefault(tuple(tree(pack, facts | {asked: value}, depth + 1)), []).append(value)
    for (first, *rest), words in branches.items():
        yield f"  {' / '.join(words)}: {first}"
        yield from (f"  {line}" for line in rest)


def test_the_question_trees_are_those_of_the_specification(jewelry):
    block = re.search(r"<!-- trees -->\n```\n(.*?)```", text("DECISION-TABLE.md"), re.DOTALL)
    assert block
    written = block[1].split("\n\n")
    for issue in jewelry.facts["issue"].values:
        first, *rest = tree(jewelry, {"issue": issue})
        assert "\n".join([f"{issue}: {first}", *rest]) in [one.strip("\n") for one in written], issue
