"""`igbot db`."""

from __future__ import annotations

import json
from pathlib import Path

from .conftest import Run


def test_it_makes_the_tables_and_says_so(igbot: Run, tmp_path: Path) -> None:
    made = igbot("db", "upgrade")
    assert made.exit_code == 0
    assert made.stdout.startswith("The database is up to date, at 0")
    assert (tmp_path / "instance" / "igbot.db").exists()


def test_status_names_the_way_out_then_is_content(igbot: Run) -> None:
    assert "has no tables yet" in igbot("db", "status").stdout
    assert "Run `igbot db upgrade`" in igbot("db", "status").stdout
    igbot("db", "upgrade")
    assert "is up to date" in igbot("db", "status").stdout


def test_status_for_programs(igbot: Run) -> None:
    before = json.loads(igbot("db", "status", "--json").stdout)
    igbot("db", "upgrade")
    after = json.loads(igbot("db", "status", "--json").stdout)
    assert before == {"current": None, "newest": after["newest"], "is_current": False}
    assert after == {"current": after["newest"], "newest": after["newest"], "is_current": True}
