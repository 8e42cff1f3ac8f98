"""One value at a time out of JSON that promises nothing: the right type, or None."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any

_LONGEST_ID = 32
_LONGEST_NUMBER = 20
_DEEPEST = 32
_BELOW_IS_SECONDS = 10**11
_EARLIEST, _LATEST = datetime(2010, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """The same JSON without what no database takes: NUL, half a surrogate pair, infinity, endless nesting.

    One such character in a message would otherwise fail the whole webhook, at every redelivery.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | dict) and depth == _DEEPEST:
        return None
    if isinstance(value, list):
        return [storable(each, depth + 1) for each in value]
    if isinstance(value, dict):
        return {storable(key): storable(each, depth + 1) for key, each in value.items()}
    return value


def as_dict(value: object) -> dict[str, Any]:
    """An object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_dicts(value: object) -> list[dict[str, Any]]:
    """The objects of a list, else none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def as_text(value: object, longest: int | None = None) -> str | None:
    """A text, not longer than that many characters."""
    return value if isinstance(value, str) and (longest is None or len(value) <= longest) else None


def as_number(value: object) -> int | None:
    """A whole number, also when written as text (`"1527459824"`, CONTRACT 2.6)."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER:
        return int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**_LONGEST_NUMBER:
        return int(value)
    return None


def as_id(value: object) -> str | None:
    """An id of Meta's: digits, as text, since they exceed what JSON readers count exactly (CONTRACT 0.3)."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _LONGEST_ID:
        return value
    return None


def as_instant(value: object) -> datetime | None:
    """Milliseconds since 1970, or seconds if below 10^11 (CONTRACT 2.6), as an aware instant in UTC.

    None for an instant in no year we could have been sent anything.
    """
    number = as_number(value)
    if number is None:
        return None
    milliseconds = number * 1000 if number < _BELOW_IS_SECONDS else number
    if not _EARLIEST.timestamp() * 1000 <= milliseconds < _LATEST.timestamp() * 1000:
        return None
    return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=milliseconds % 1000 * 1000)
