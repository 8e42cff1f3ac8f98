"""`igbot chat`: a customer in the terminal, against the real flows and policy, offline."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path

import click
from sqlalchemy.orm import Session

from igbot import clock, logs
from igbot.app import Product
from igbot.cli import pretend
from igbot.errors import IgbotError
from igbot.policy import Period
from igbot.simulator import Instagram, Person, Server, graph_app, load_sample, media_app
from igbot.simulator.pictures import KINDS, photo

_HELP = f"""Write what a customer would write. A number taps that button. Also:
  /photo KIND    send a sample picture: {", ".join(KINDS)}
  /unsend        take the last message back
  /owner TEXT    the owner types in the Instagram app
  /wait PT24H    let time pass (ISO 8601)
  /quit          or Ctrl+D"""


@click.command
@click.option("--as", "username", help="Which sample customer to be, by user name.  [default: the first]")
def chat(username: str | None) -> None:
    """Play a customer in the terminal, offline."""
    logs.set_up(level="error")
    sample = load_sample()
    names = [person.username for person in sample.people]
    if username is not None and username not in names:
        raise click.UsageError(f"There is no sample customer {username}; there are {', '.join(names)}.")
    with tempfile.TemporaryDirectory() as folder:
        instagram = Instagram(pretend.ACCOUNT_ID, pretend.APP_ID, pretend.APP_SECRET, token=pretend.PRETEND_TOKEN)
        sample.introduce(instagram)
        with Server(graph_app(instagram)) as graph, Server(media_app(instagram)) as media:
            instagram.media_url = media.url
            product = pretend.open_shop(pretend.settings_for(Path(folder), graph_url=graph.url, media_url=media.url))
            pretend.seed(product, sample)
            person = next(p for p in instagram.people if p.contact.username == (username or names[0]))
            _Talk(product, instagram, person).run()
            product.db.close()


class _Talk:
    """One sitting at the terminal."""

    def __init__(self, product: Product, instagram: Instagram, person: Person) -> None:
        self._product = product
        self._instagram = instagram
        self._person = person
        self._shown = 0
        self._last_mid = ""
        self._pictures = 0
        self._offered: list[str] = []
        web = product.pages(nudge=_wait_for_the_sweep).test_client()
        instagram.postman.deliver = lambda raw, headers: web.post("/webhook", data=raw, headers=headers).status_code

    def run(self) -> None:
        """Until /quit or the end of input."""
        click.echo(f"You are {self._person.contact.name}. /help tells what you can do.")
        while True:
            try:
                line = click.prompt(">", prompt_suffix=" ", default="", show_default=False).strip()
            except click.Abort:
                return
            if line == "/quit":
                return
            try:
                self._take(line)
            except (LookupError, ValueError, IgbotError) as error:
                click.echo(f"  ({error})")
            self._settle()
            self._show()

    def _take(self, line: str) -> None:
        command, _, rest = line.partition(" ")
        if line.isdigit() and 1 <= int(line) <= len(self._offered):
            self._last_mid = self._person.taps(self._offered[int(line) - 1])
        elif command == "/photo":
            self._pictures += 1
            self._last_mid = self._person.sends_pictures([photo(rest or KINDS[0], self._pictures)])
        elif command == "/unsend":
            self._person.unsends(self._last_mid)
        elif command == "/owner":
            self._instagram.owner_types(self._person, rest)
        elif command == "/wait":
            clock.move(Period.parse(rest).end(clock.now(), UTC) - clock.now())
        elif command.startswith("/"):
            click.echo(_HELP)
        elif line:
            self._last_mid = self._person.writes(line)

    def _settle(self) -> None:
        """Do what the engine's threads would do, here and now."""
        while True:
            self._instagram.deliver_waiting()
            with self._product.db.transaction() as session:
                waiting = self._product.turns.waiting(session)
            if not waiting:
                return
            for conversation in sorted(waiting):
                self._product.turns.run(conversation)

    def _show(self) -> None:
        messages = self._instagram.sent_to(self._person)
        for message in messages[self._shown :]:
            click.echo("\n".join(f"  {line}" for line in (message.text or "(picture)").splitlines()))
            if message.quick_replies:
                self._offered = [chip.title for chip in message.quick_replies]
                click.echo("  " + "  ".join(f"[{n}] {title}" for n, title in enumerate(self._offered, start=1)))
        self._shown = len(messages)


def _wait_for_the_sweep(_session: Session, _conversations: Iterable[int]) -> None:
    """No engine runs here: `_settle` asks for what is to be done."""
