"""A run that leaves something out says so in its last lines, and in CI it has failed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TESTS = """
import pytest

def test_that_needs_what_is_missing():
    pytest.skip("The moon is missing: `apt-get install moon` brings it.")

def test_that_runs():
    pass
"""


def run(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A run of two tests, one of them left out, under this repository's own conftest."""
    (folder / "test_moon.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "tests.conftest"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | env
    return subprocess.run(
        [*command, str(folder)], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_last_lines_say_what_and_how_to_get_it(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == pytest.ExitCode.OK
    *_, left_out, summary = done.stdout.strip().splitlines()
    assert left_out == "Left out 1 test. The moon is missing: `apt-get install moon` brings it."
    assert "1 passed, 1 skipped" in summary


def test_in_ci_it_has_failed(tmp_path: Path) -> None:
    assert run(tmp_path, IGBOT_CI="1").returncode == pytest.ExitCode.TESTS_FAILED
