"""The shop's words, read once, and a reader with a fixed present."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import flows
from igbot.understand import Reading, Words, read

FLOWS = Path(flows.__file__).parent
NOW = datetime(2026, 11, 18, 20, 0, tzinfo=ZoneInfo("Asia/Seoul"))
"""A Wednesday evening in Seoul."""

Read = Callable[..., Reading]


@pytest.fixture(scope="session")
def words() -> Words:
    return Words.load(FLOWS, FLOWS / "packs" / "jewelry")


@pytest.fixture
def reading(words: Words) -> Read:
    """`reading(text, "cause")`: what is read in a message when these facts were just asked for."""

    def of(text: str, *expecting: str, lang: str | None = None, now: datetime = NOW, **more: Any) -> Reading:
        return read(text, words, now=now, lang=lang, expecting=expecting, **more)

    return of
