"""One engine per SQLite file."""

from __future__ import annotations

from pathlib import Path

import pytest

from igbot.errors import BrokenShop
from igbot.store.lock import EngineLock


def test_a_second_engine_is_refused_with_a_sentence_until_the_first_lets_go(tmp_path: Path) -> None:
    first, second = EngineLock(tmp_path / "igbot.db"), EngineLock(tmp_path / "igbot.db")
    first.take(patience_seconds=0)
    with pytest.raises(BrokenShop, match="Another igbot already works on"):
        second.take(patience_seconds=0)
    first.release()
    second.take(patience_seconds=0)
    second.release()


def test_other_files_are_other_shops(tmp_path: Path) -> None:
    first, second = EngineLock(tmp_path / "a.db"), EngineLock(tmp_path / "b.db")
    first.take(patience_seconds=0)
    second.take(patience_seconds=0)
    first.release()
    second.release()
