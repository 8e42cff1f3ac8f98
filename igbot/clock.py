"""What time is it? The only module that reads the system clock.

Every instant in igbot is UTC and aware. In the demo the simulator moves the clock forward,
so that a day's wait can be seen in a second; elsewhere it is never moved.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_offset = timedelta()
_stopped_at: datetime | None = None


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return (_stopped_at or datetime.now(UTC)) + _offset


def move(by: timedelta) -> datetime:
    """Move this process's clock forward and return the new present.

    Raises ValueError for a negative step: rows already written would lie in the future.
    """
    global _offset  # noqa: PLW0603 - one clock a process is the whole point of this module
    if by < timedelta():
        raise ValueError("The clock only moves forward; start afresh to go back.")
    _offset += by
    return now()


def stop_at(instant: datetime) -> None:
    """Hold the clock at an aware instant; only `move` changes it from then on. For tests and `igbot chat`."""
    global _stopped_at, _offset
    if instant.tzinfo is None:
        raise ValueError("The clock needs an instant with a time zone.")
    _stopped_at, _offset = instant.astimezone(UTC), timedelta()


def run() -> None:
    """Let the clock follow the system again."""
    global _stopped_at, _offset
    _stopped_at, _offset = None, timedelta()


def offset() -> timedelta:
    """How far this process's clock is ahead of the system's."""
    return _offset
