"""`igbot serve`: production in one process."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING, Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from igbot import logs, settings
from igbot.app import NEEDED, STOP_PATIENCE_SECONDS, Product, build
from igbot.errors import BrokenShop
from igbot.logs import log
from igbot.store import schema

if TYPE_CHECKING:
    from types import FrameType

    from _typeshed.wsgi import WSGIApplication

THREADS = 32
"""DESIGN 3 "Live pages": enough for 16 streams and the webhook besides."""

SHUT_DOWN_SECONDS = 30


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn is not typed
    """Tells the product at once when it is to end; otherwise pages that stay open would hold it for their minute."""

    app: Gunicorn

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """It was told to end."""
        self.app.ending()
        super().handle_exit(sig, frame)

    def is_parent_alive(self) -> bool:
        """Without the process that started it, it ends by itself."""
        is_alive = bool(super().is_parent_alive())
        if not is_alive:
            self.app.ending()
        return is_alive


class Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn is not typed
    """One worker with threads; the engine starts in the worker, once it is there, and stops with it."""

    patience_seconds = STOP_PATIENCE_SECONDS

    def __init__(self, product: Product, pages: WSGIApplication, host: str, port: int) -> None:
        """Nothing listens until `run`."""
        self._product = product
        self._pages = pages
        self._bind = f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        """Gunicorn's settings, all of them here."""
        chosen: dict[str, Any] = {
            "bind": self._bind,
            "workers": 1,
            "worker_class": Worker,
            "threads": THREADS,
            "graceful_timeout": SHUT_DOWN_SECONDS,
            "loglevel": "warning",
            "control_socket_disable": True,  # its thread would be there when a worker that died is forked anew
            "post_worker_init": lambda _worker: self.started(),
            "worker_exit": lambda _server, _worker: self.ended(),
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def run(self) -> None:
        """Serve until told to end. Raises BrokenShop if another process works on this database.

        It is ours before there is a worker, and stays ours while one that died is replaced.
        """
        self._product.claim()
        super().run()

    def load(self) -> WSGIApplication:
        """What answers requests."""
        return self._pages

    def started(self) -> None:
        """The worker is up and may begin to work."""
        self._product.start()

    def ending(self) -> None:
        """The worker has been told to end, and first finishes what it was asked."""
        self._product.ending.set()

    def ended(self) -> None:
        """The worker is about to end."""
        self._product.stop(self.patience_seconds)


def require_free(host: str, port: int) -> None:
    """Refuse at once a port that another program has; gunicorn would try it again for seconds. Raises BrokenShop."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host.strip("[]"), port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BrokenShop(f"Port {port} is taken; choose another with --port.") from None
        raise BrokenShop(f"Nothing can listen on {host}, port {port}: {error.strerror}.") from None


@click.command
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Run the shop: web pages and engine in one process."""
    chosen = settings.read()
    settings.require(chosen, *NEEDED)
    schema.require_current(chosen.database)
    require_free(host, port)
    logs.set_up(chosen.log_format, chosen.log_level)
    product = build(chosen)
    product.db.close()  # connections must not cross into the worker
    log("serve.starting", host=host, port=port)
    Gunicorn(product, product.pages(), host, port).run()
