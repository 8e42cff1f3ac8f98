"""`make bench`: how fast is igbot on this machine? Never a test: a shared machine has fast and slow phases.

Ratios are taken inside one run, A B A B, and medians reported. Everything talks over loopback:
the load, igbot, and a Graph API that answers at once. Prints one table and writes bench.json.
"""

from __future__ import annotations

import json
import platform
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

import click

from tests.bench.graph import Graph
from tests.bench.load import Load
from tests.bench.servers import bare_view, igbot_serve, webhook_only

ROUNDS = 3
ACKS = 1500
CONNECTIONS = 16
BURST = 600
PACED_EVENTS = 200
PACE = 20.0
"""Events a second of a very busy shop."""

Row = tuple[str, float, str]


def acknowledgements(folder: Path) -> Iterator[Row]:
    """Webhooks answered a second, against the least any Flask view could do: one commit."""
    rates: dict[str, list[float]] = {"bare": [], "igbot": []}
    for number in range(ROUNDS):
        for name, server in (("bare", bare_view), ("igbot", webhook_only)):
            with server(folder / f"{name}-{number}") as url:
                Load(url).rush(200, CONNECTIONS)
                rates[name].append(ACKS / Load(url).rush(ACKS, CONNECTIONS))
    yield "webhooks acknowledged a second, engine off", median(rates["igbot"]), "1/s"
    yield "the same by a bare Flask view with one commit", median(rates["bare"]), "1/s"
    yield "igbot / bare view", median(a / b for a, b in zip(rates["igbot"], rates["bare"], strict=True)), ""


def turns(folder: Path) -> Iterator[Row]:
    """Events handled a second when many arrive at once, replies leaving meanwhile."""
    rates = []
    for number in range(ROUNDS):
        home = folder / f"burst-{number}"
        with Graph() as graph, igbot_serve(home, graph.url) as url:
            Load(url).rush(20, 4)
            _wait_until_handled(home / "igbot.db")
            started = time.monotonic()
            Load(url).burst(BURST, people=100)
            _wait_until_handled(home / "igbot.db")
            rates.append(BURST / (time.monotonic() - started))
    yield f"events handled a second, {BURST} at once from 100 people", median(rates), "1/s"


def latency(folder: Path) -> Iterator[Row]:
    """From the webhook's arrival to the call of Meta's Send API that answers it."""
    with Graph() as graph, igbot_serve(folder / "paced", graph.url) as url:
        sent = Load(url).paced(PACED_EVENTS, PACE)
        graph.wait_for(PACED_EVENTS // 2)
        arrived = graph.wait_for(PACED_EVENTS)
    waits = [1000 * (arrived[person] - at) for person, at in sent.items() if person in arrived]
    cuts = quantiles(waits, n=100)
    yield f"webhook to Graph call at {PACE:.0f} events/s, median", cuts[49], "ms"
    yield f"webhook to Graph call at {PACE:.0f} events/s, 99th of 100", cuts[98], "ms"
    yield "people answered", 100 * len(waits) / len(sent), "%"


def _wait_until_handled(database: Path) -> None:
    deadline = time.monotonic() + 120
    waiter = threading.Event()
    with _reading(database) as connection:
        while connection.execute("SELECT 1 FROM event WHERE handled_at IS NULL AND NOT set_aside LIMIT 1").fetchone():
            if time.monotonic() > deadline:
                raise TimeoutError("events are still unhandled after two minutes")
            waiter.wait(0.02)


@contextmanager
def _reading(database: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        yield connection
    finally:
        connection.close()


def main() -> None:
    """Measure everything."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="igbot-bench-") as folder:
        for measure in (acknowledgements, turns, latency):
            for row in measure(Path(folder)):
                rows.append(row)
                click.echo(f"{row[0]:<64}{row[1]:>10.2f} {row[2]}")
    document = {
        "python": platform.python_version(),
        "rows": [dict(zip(("what", "value", "unit"), row, strict=True)) for row in rows],
    }
    Path("bench.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
