"""`igbot understand`: what is read in customers' messages, one JSON object a line (DESIGN 5.6)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

import click

from igbot import clock, settings
from igbot.errors import BadRequest
from igbot.flow.shop import Flows
from igbot.policy import find_pack, load_pack
from igbot.understand import Reading, Words, read

_FIELDS = ("lang", "intent", "confidence", "band", "alternatives", "slots", "facts", "alarm")


@dataclass(frozen=True, slots=True)
class _Line:
    """One message to read, with what is known around it."""

    text: str
    lang: str | None = None
    expecting: tuple[str, ...] = ()
    now: datetime | None = None


@click.command()
@click.option("--pack", "name", help="Whose words: a shipped pack's name or a folder  [default: IGBOT_PACK]")
def understand(name: str | None) -> None:
    """Say what is read in customers' messages: one a line on stdin, plain or as JSON, one JSON object a line.

    A JSON line is {"text", "id"?, "lang"?, "expecting"?, "now"?}; "now" is an instant with its offset.
    """
    chosen = settings.read()
    folder = find_pack(name or chosen.pack, chosen.flows)
    pack = load_pack(folder)
    words = Words.load(Flows.load(chosen.flows).folder, folder)

    def read_line(line: _Line) -> Reading:
        now = line.now or clock.now().astimezone(pack.shop.time_zone)
        return read(line.text, words, now=now, lang=line.lang, expecting=line.expecting)

    for raw in sys.stdin.buffer:
        if raw.strip():
            click.echo(json.dumps(_answer(raw, read_line), ensure_ascii=False))


def _answer(raw: bytes, read_line: Callable[[_Line], Reading]) -> dict[str, Any]:
    """The answer to one line; a line that cannot be read gets a sentence instead."""
    number: Any = None
    try:
        text = raw.decode().strip()
        body = _json_object(text)
        number = body.get("id") if body else None
        line = _line(body) if body is not None else _Line(text)
    except UnicodeDecodeError:
        return {"id": None, "error": "This line is not UTF-8."}
    except BadRequest as error:
        return {"id": number, "error": str(error)}
    began = perf_counter()
    reading = read_line(line)
    took = round((perf_counter() - began) * 1000, 2)
    answer = {"id": number} | {field: getattr(reading, field) for field in _FIELDS}
    evidence = [{"what": found.what, "span": list(found.span)} for found in reading.evidence]
    return answer | {"evidence": evidence, "ms": took}


def _json_object(text: str) -> dict[str, Any] | None:
    """The line as JSON object, or None: then it is the message itself. Raises BadRequest for a broken object."""
    if not text.startswith("{"):
        return None
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise BadRequest("This line begins like a JSON object but is none.") from None
    return dict(body)


def _line(body: dict[str, Any]) -> _Line:
    """Raises BadRequest with a sentence that names the field."""
    text, lang, expecting, now = (body.get(name) for name in ("text", "lang", "expecting", "now"))
    if not isinstance(text, str):
        raise BadRequest('"text" is missing or is not text.')
    if not isinstance(lang, str | None):
        raise BadRequest('"lang" is not text.')
    asked = [expecting] if isinstance(expecting, str) else [] if expecting is None else expecting
    if not isinstance(asked, list) or not all(isinstance(name, str) for name in asked):
        raise BadRequest('"expecting" is neither a name nor a list of names.')
    return _Line(text, lang, tuple(asked), _instant(now))


def _instant(said: object) -> datetime | None:
    if said is None:
        return None
    try:
        instant = datetime.fromisoformat(str(said))
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise BadRequest('"now" is not an instant with an offset, such as 2026-11-21T09:00:00+09:00.')
    return instant
