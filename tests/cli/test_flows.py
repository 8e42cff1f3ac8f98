"""`igbot flows`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Run


def test_it_says_that_the_shop_is_whole(igbot: Run) -> None:
    answer = igbot("flows")
    assert answer.exit_code == 0
    assert "are whole." in answer.stdout


def test_programs_get_every_flow_with_its_states(igbot: Run) -> None:
    document = json.loads(igbot("flows", "--json").stdout)
    assert "claim" in document["flows"]
    assert all(document["flows"].values())


@pytest.mark.parametrize("name", ["claim", "quote"])
def test_it_draws_a_flow(igbot: Run, name: str) -> None:
    drawn = igbot("flows", "draw", name)
    assert drawn.exit_code == 0
    assert drawn.stdout.startswith("stateDiagram")


def test_a_flow_there_is_not_is_refused_with_those_there_are(igbot: Run) -> None:
    refused = igbot("flows", "draw", "dream")
    assert refused.exit_code == 1
    assert "There is no flow dream; there are " in refused.stderr


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [("pack", "no-such-pack", "no-such-pack"), ("flows", "no_such_flows", "no_such_flows")],
    ids=["pack", "flows"],
)
def test_what_cannot_be_found_is_named(igbot: Run, setting: str, value: str, named: str) -> None:
    refused = igbot("flows", **{setting: value})
    assert refused.exit_code == 1
    assert named in refused.stderr


def test_a_broken_pack_is_refused_with_its_place(igbot: Run, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "pack.toml").write_text("[pack\n")
    refused = igbot("flows", pack=str(tmp_path / "broken"))
    assert refused.exit_code == 1
    assert "pack.toml" in refused.stderr
