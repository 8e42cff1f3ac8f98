"""A Graph API that answers at once and notes when each person was written to."""

from __future__ import annotations

import itertools
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Graph:
    """Listens on loopback while the `with` block lasts."""

    def __init__(self) -> None:
        """A free port is chosen."""
        self._first: dict[str, float] = {}
        self._more = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def wait_for(self, people: int, seconds: float = 60) -> dict[str, float]:
        """When each person was first written to (monotonic), once that many were, or after the wait."""
        with self._more:
            self._more.wait_for(lambda: len(self._first) >= people, seconds)
            return dict(self._first)

    def _note(self, body: dict[str, Any], at: float) -> None:
        if "message" in body:
            with self._more:
                self._first.setdefault(body["recipient"]["id"], at)
                self._more.notify_all()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        note, numbers = self._note, itertools.count()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536  # one packet an answer, or the client waits for the second

            def do_POST(self) -> None:
                at = time.monotonic()
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                note(body, at)
                self._answer({"recipient_id": body["recipient"]["id"], "message_id": f"m_{next(numbers)}"})

            def do_GET(self) -> None:
                self._answer({"name": "Somebody", "username": "somebody"})

            def _answer(self, body: dict[str, str]) -> None:
                raw = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def __enter__(self) -> Self:
        """Listening."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """No longer listening."""
        self._server.shutdown()
        self._server.server_close()
