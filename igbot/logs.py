"""Logs as events with ids, never with a customer's words.

`log("turn.done", conversation=412, ms=9)`. What may be logged: ids of ours, Meta's numeric codes
and trace ids, counts, durations, names of states and rules. Never: text, photo addresses, names,
handles, tokens, signatures (DESIGN promise 10; a test sends a marked sentence through every path).
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def set_up(log_format: str = "text", level: str = "info") -> None:
    """Write log lines to stderr: `text` for people, `json` for programs."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=24)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _failures_by_name,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _failures_by_name(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Show an exception as its class and place: its message may quote a customer's words or a URL."""
    failure = line.pop("failure", None)
    if isinstance(failure, BaseException):
        line["failure"] = type(failure).__name__
        trace = failure.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        if trace:
            line["at"] = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
    return line


def log(event: str, /, **facts: object) -> None:
    """One line at level info."""
    structlog.get_logger().info(event, **facts)


def warn(event: str, /, **facts: object) -> None:
    """One line at level warning; pass an exception as `failure=`."""
    structlog.get_logger().warning(event, **facts)
