"""How close are we to Meta's rate limits? Meta says so in the headers of its answers (CONTRACT 5.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SOFT_STOP_PERCENT = 80
_PERCENTAGES = ("call_count", "total_time", "total_cputime")


@dataclass(frozen=True)
class Usage:
    """The highest percentage Meta counts against us, and after how many minutes it lets us in again."""

    percent: float = 0
    regain_minutes: float = 0

    @property
    def is_high(self) -> bool:
        """Should we pause of our own accord, before Meta refuses?"""
        return self.percent >= _SOFT_STOP_PERCENT

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Usage:
        """What an answer's headers say; zero where they are missing or unreadable."""
        counts = [*_app_counts(headers.get("X-App-Usage")), *_account_counts(headers.get("X-Business-Use-Case-Usage"))]
        return cls(
            percent=max((_number(count.get(name)) for count in counts for name in _PERCENTAGES), default=0),
            regain_minutes=max((_number(count.get("estimated_time_to_regain_access")) for count in counts), default=0),
        )


def _app_counts(header: str | None) -> Iterator[dict[str, Any]]:
    count = _json(header)
    if isinstance(count, dict):
        yield count


def _account_counts(header: str | None) -> Iterator[dict[str, Any]]:
    accounts = _json(header)
    for counts in accounts.values() if isinstance(accounts, dict) else ():
        yield from (count for count in counts if isinstance(count, dict)) if isinstance(counts, list) else ()


def _json(header: str | None) -> Any:  # noqa: ANN401 - whatever Meta wrote
    try:
        return json.loads(header or "null")
    except ValueError:
        return None


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0
