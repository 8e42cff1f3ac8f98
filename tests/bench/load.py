"""Customers' messages as Meta delivers them: signed, over connections that stay open."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import itertools
import json
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

SHOP = "17841400000000123"
SECRET = "bench-secret"

_people = itertools.count(7_310_000_000_000_000)
_mids = itertools.count()


class Load:
    """Posts webhooks to one server; every person is new unless said otherwise."""

    def __init__(self, url: str) -> None:
        """`url`: where the server listens."""
        self._address = urlsplit(url).netloc

    def rush(self, posts: int, connections: int) -> float:
        """Seconds that so many posts of one message each take over so many connections."""
        bodies = [_body([(next(_people), "hello")]) for _ in range(posts)]
        return self._post_all(bodies, connections)

    def burst(self, events: int, people: int, per_post: int = 20) -> None:
        """So many messages of so many people, as fast as they are taken."""
        names = [next(_people) for _ in range(people)]
        messages = [(name, "my ring is broken") for name, _ in zip(itertools.cycle(names), range(events), strict=False)]
        self._post_all([_body(messages[at : at + per_post]) for at in range(0, events, per_post)], 8)

    def paced(self, events: int, per_second: float) -> dict[str, float]:
        """One message each of so many people, evenly spread; when (monotonic) each person's was posted."""
        sent: dict[str, float] = {}
        pause = threading.Event()
        started = time.monotonic()
        connection = http.client.HTTPConnection(self._address, timeout=30)
        for number in range(events):
            person = next(_people)
            body = _body([(person, "hello")])
            pause.wait(max(0.0, started + number / per_second - time.monotonic()))
            sent[str(person)] = time.monotonic()
            _post(connection, body)
        connection.close()
        return sent

    def _post_all(self, bodies: Iterable[bytes], connections: int) -> float:
        queue: SimpleQueue[bytes] = SimpleQueue()
        for body in bodies:
            queue.put(body)
        started = time.monotonic()
        with ThreadPoolExecutor(connections) as threads:
            for done in [threads.submit(self._drain, queue) for _ in range(connections)]:
                done.result()
        return time.monotonic() - started

    def _drain(self, queue: SimpleQueue[bytes]) -> None:
        connection = http.client.HTTPConnection(self._address, timeout=30)
        for body in _until_empty(queue):
            _post(connection, body)
        connection.close()


def _until_empty(queue: SimpleQueue[bytes]) -> Iterator[bytes]:
    try:
        while True:
            yield queue.get_nowait()
    except Empty:
        return


def _body(messages: list[tuple[int, str]]) -> bytes:
    at = int(time.time() * 1000)
    items = [
        {
            "sender": {"id": str(person)},
            "recipient": {"id": SHOP},
            "timestamp": at,
            "message": {"mid": f"bench_{next(_mids)}", "text": text},
        }
        for person, text in messages
    ]
    return json.dumps({"object": "instagram", "entry": [{"id": SHOP, "time": at, "messaging": items}]}).encode()


def _post(connection: http.client.HTTPConnection, body: bytes) -> None:
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
    connection.request("POST", "/webhook", body, headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"the server answered {answer.status}")
