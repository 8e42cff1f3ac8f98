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


def test_what_it_makes_is_for_this_user_alone(igbot: Run, tmp_path: Path) -> None:
    igbot("db", "upgrade", data_dir="shops/mine")
    for folder in ("shops", "shops/mine"):
        assert (tmp_path / folder).stat().st_mode & 0o077 == 0, folder


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
