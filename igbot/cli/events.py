"""`igbot events`: recorded webhooks, fed through the same intake as Meta's own."""

from __future__ import annotations

import json
from collections import Counter
from typing import IO

import click

from igbot import clock, settings
from igbot.errors import BadRequest
from igbot.graph import wire
from igbot.store import inbox, schema


@click.group
def events() -> None:
    """Recorded webhooks."""


@events.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8"))
def import_events(file: IO[str]) -> None:
    """Feed FILE (one webhook body a line, JSON) through the intake; the running engine handles what is new.

    What is there already changes nothing, so a file may be fed twice.
    """
    counts: Counter[str] = Counter()
    kept = new = 0
    database = schema.open_current(settings.read().database)
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            body = json.loads(line)
        except ValueError:
            raise BadRequest(
                f"{file.name}, line {number} is not JSON. The {number - 1} lines before it are kept."
            ) from None
        now = clock.now()
        delivery = wire.read(body, now)
        with database.transaction() as session:
            new += inbox.keep(session, [*delivery.events, *delivery.unknown], now).new
        kept += len(delivery.events) + len(delivery.unknown)
        counts.update(event.kind for event in delivery.events)
        counts["unknown"] += len(delivery.unknown)
        counts["dropped"] += delivery.dropped.total()
    database.close()
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    click.echo(f"{kinds}: {new} new, {kept - new} known" if kinds else "The file holds no events.")
