"""`igbot simulator`: the pretend Instagram as a process of its own, for kill tests and benchmarks."""

from __future__ import annotations

from pathlib import Path

import click

from igbot import settings
from igbot.cli import pretend
from igbot.errors import BrokenShop
from igbot.simulator import Instagram, Server, create_simulator, load_sample, media_app, over_http


@click.command
@click.option(
    "--port",
    type=click.IntRange(1, 65534),
    default=9000,
    show_default=True,
    help="Port of phone, API and Graph; pictures: the next one.",
)
@click.option(
    "--callback", default="http://127.0.0.1:8000/webhook", show_default=True, help="Where webhooks are delivered."
)
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the chats in this file.")
def simulator(port: int, callback: str, keep: Path | None) -> None:
    """Run the pretend Instagram as a process of its own."""
    own = settings.read()
    secret = own.secret_values[0] if own.secret_values else pretend.APP_SECRET
    instagram = Instagram(
        own.account_id or pretend.ACCOUNT_ID,
        own.app_id or pretend.APP_ID,
        secret,
        login=own.login,
        deliver=over_http(callback),
        media_url=f"http://127.0.0.1:{port + 1}",
        token=own.access_token.get_secret_value() if own.access_token else pretend.PRETEND_TOKEN,
        path=keep,
    )
    instagram.resume_clock()
    load_sample().introduce(instagram)
    try:
        with Server(create_simulator(instagram), port) as pages, Server(media_app(instagram), port + 1):
            instagram.postman.start()
            click.echo(
                f"Phone: {pages.url}/simulator/  Graph API: {pages.url}/simulator/graph  Webhooks go to {callback}"
            )
            pages.wait()
    except OSError:
        raise BrokenShop(f"Port {port} or {port + 1} is taken; choose another with --port.") from None
