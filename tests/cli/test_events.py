"""`igbot events`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Run

TEXT = (Path(__file__).parent.parent / "payloads" / "text.json").read_text()


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A file with one webhook body a line, and an empty line."""
    path = tmp_path / "recorded.jsonl"
    path.write_text(json.dumps(json.loads(TEXT)) + "\n\n")
    return path


def test_it_feeds_a_file_and_counts_what_was_in_it(igbot: Run, recorded: Path) -> None:
    igbot("db", "upgrade")
    assert igbot("events", "import", str(recorded)).stdout == "1 message: 1 new, 0 known\n"


def test_a_file_may_be_fed_twice(igbot: Run, recorded: Path) -> None:
    igbot("db", "upgrade")
    igbot("events", "import", str(recorded))
    again = igbot("events", "import", str(recorded))
    assert (again.exit_code, again.stdout) == (0, "1 message: 0 new, 1 known\n")


def test_a_line_that_is_not_json_is_named_and_the_ones_before_are_kept(igbot: Run, recorded: Path) -> None:
    igbot("db", "upgrade")
    with recorded.open("a") as file:
        file.write("{oh no\n")
    refused = igbot("events", "import", str(recorded))
    assert refused.exit_code == 1
    assert "line 3 is not JSON. The 2 lines before it are kept." in refused.stderr


def test_a_file_without_events_says_so(igbot: Run, tmp_path: Path) -> None:
    igbot("db", "upgrade")
    (tmp_path / "empty.jsonl").write_text("\n")
    assert igbot("events", "import", "empty.jsonl").stdout == "The file holds no events.\n"


def test_a_file_there_is_not_is_wrong_usage(igbot: Run) -> None:
    assert igbot("events", "import", "nowhere.jsonl").exit_code == 2
