"""Real sockets for the pretend Instagram: small servers on this machine, and webhooks by HTTP POST."""

from __future__ import annotations

import http.client
import socket
import threading
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from _typeshed.wsgi import WSGIApplication

DELIVERY_TIMEOUT_SECONDS = 10.0
STOP_LOOKED_FOR_SECONDS = 0.05
LOOPBACK = "127.0.0.1"


class Server:
    """A WSGI app on a port of this machine, served by threads until `stop`; also a context manager.

    Port 0 means any free one; `url` tells which. OSError if the port is taken.
    """

    def __init__(self, app: WSGIApplication, port: int = 0) -> None:
        """Starts serving at once."""
        # Werkzeug ends the whole process over a taken port; a socket of our own raises OSError instead.
        with socket.create_server((LOOPBACK, port)) as listening:
            self._server = make_server(
                LOOPBACK, port, app, threaded=True, request_handler=_Quiet, fd=listening.fileno()
            )
            self.url = f"http://{LOOPBACK}:{listening.getsockname()[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(STOP_LOOKED_FOR_SECONDS,), name="simulator-server", daemon=True
        )
        self._thread.start()

    def wait(self) -> None:
        """Until someone stops it, or presses Ctrl+C."""
        self._thread.join()

    def stop(self) -> None:
        """Close the port and end the thread."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        """The server itself, running."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops it."""
        self.stop()


class _Quiet(WSGIRequestHandler):
    """Logs no requests: their addresses carry signatures and tokens."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the base class's name
        del type, message, args


def over_http(callback_url: str) -> Callable[[bytes, dict[str, str]], int]:
    """A `deliver` for `Instagram` that POSTs to this address and answers the status; OSError if nobody is there."""
    parts = urlsplit(callback_url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"

    def deliver(raw: bytes, headers: dict[str, str]) -> int:
        connection = connect(parts.hostname or LOOPBACK, parts.port, timeout=DELIVERY_TIMEOUT_SECONDS)
        try:
            connection.request("POST", path, raw, headers)
            answer = connection.getresponse()
            answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError("The callback broke off its answer.") from error
        finally:
            connection.close()
        return answer.status

    return deliver
