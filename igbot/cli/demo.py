"""`igbot demo`: the customer's phone and the owner's console, side by side, with a pretend Instagram."""

from __future__ import annotations

import shutil
import threading
import webbrowser
from pathlib import Path

import click
from sqlalchemy import select

from igbot import logs, settings
from igbot.app import Product
from igbot.cli import pretend
from igbot.cli.serve import Gunicorn, require_free
from igbot.errors import BrokenShop
from igbot.simulator import Instagram, Server, beside, create_simulator, load_sample, media_app, over_http
from igbot.store.tables import Owner
from igbot.web.console.sign_in import entry_path

HOST = "127.0.0.1"


@click.command
@click.option(
    "--port",
    type=click.IntRange(1, 65534),
    default=8000,
    show_default=True,
    help="Port of the pages; pictures come from the next one.",
)
@click.option("--no-browser", is_flag=True, help="Print the links, open nothing.")
@click.option("--fresh", is_flag=True, help="Forget the chats of earlier demos.")
def demo(port: int, *, no_browser: bool, fresh: bool) -> None:
    """Try igbot in the browser, with a pretend Instagram."""
    for needed in (port, port + 1):
        require_free(HOST, needed)
    own = settings.read()
    logs.set_up(own.log_format, "warning" if own.log_level == "info" else own.log_level)
    folder = own.data_dir / "demo"
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    settings.make_private(folder)
    base, media_url = f"http://{HOST}:{port}", f"http://{HOST}:{port + 1}"
    chosen = pretend.settings_for(folder, graph_url=f"{base}/simulator/graph", media_url=media_url, public_url=base)
    instagram = pretend.instagram_of(folder, media_url)
    sample = load_sample()
    sample.introduce(instagram)
    product = pretend.open_shop(chosen)
    pretend.seed(product, sample)
    console = _entry(product)
    product.db.close()  # connections must not cross into the worker
    Stage(product, instagram, folder, port, console, open_browser=not no_browser).run()


def _entry(product: Product) -> str:
    with product.db.transaction() as session:
        owner = session.scalars(select(Owner).where(Owner.name == pretend.DEMO_OWNER)).one()
    return entry_path(product.settings.session_key(), owner)


class Stage(Gunicorn):
    """The server of `igbot serve`, with the pretend Instagram in the same process."""

    patience_seconds = 2.0
    """The pretend Meta answers no more once this server closes: what waits for it is not waited for."""

    def __init__(
        self, product: Product, instagram: Instagram, folder: Path, port: int, console: str, *, open_browser: bool
    ) -> None:
        """Nothing listens until `run`."""
        self._instagram = instagram
        self._media: Server | None = None
        self._links = f"http://{HOST}:{port}/simulator/", f"http://{HOST}:{port}{console}"
        self._open_browser = open_browser
        self._folder = folder
        instagram.postman.deliver = over_http(f"http://{HOST}:{port}/webhook")
        instagram.on_move = product.sweep
        pages = product.pages(with_entry=True)
        super().__init__(product, beside(pages, create_simulator(instagram, console_url=console)), HOST, port)

    def started(self) -> None:
        """The worker is up: the media host, the postman and the engine begin, and the links are shown."""
        media_port = int(self._instagram.media_url.rpartition(":")[2])
        try:
            self._media = Server(media_app(self._instagram), media_port)
        except OSError:
            raise BrokenShop(f"Port {media_port} is taken; try `igbot demo --port {media_port + 1}`.") from None
        self._instagram.postman.start()
        super().started()
        phone, console = self._links
        click.echo(f"\nThe customer's phone:  {phone}\nThe owner's console:   {console}\n")
        click.echo(f"Chats are kept in {self._folder}; `igbot demo --fresh` starts anew. Ctrl+C ends the demo.")
        if self._open_browser:
            threading.Thread(target=webbrowser.open, args=(phone,), daemon=True).start()

    def ended(self) -> None:
        """Stop what `started` began."""
        self._instagram.postman.stop()
        super().ended()
        if self._media:
            self._media.stop()
