"""`igbot ...`: one module of this folder per command, loaded when it is asked for.

The module `igbot.cli.NAME` holds the click command called NAME. What goes wrong as an IgbotError
becomes one sentence on stderr and exit code 1; wrong usage is exit code 2.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

import click

from igbot.errors import IgbotError

COMMANDS = {
    "demo": "Try igbot in the browser, with a pretend Instagram.",
    "serve": "Run the shop: web pages and engine in one process.",
    "simulator": "Run the pretend Instagram as a process of its own.",
    "chat": "Play a customer in the terminal, offline.",
    "db": "Bring the database up to date, or say where it stands.",
    "account": "Instagram accounts: the shops of this igbot.",
    "owner": "People who may sign in to the console.",
    "settings": "Show what is in force and where it comes from.",
    "flows": "Check all flows, words and packs.",
    "pack": "Check, ask and try a shop's policy.",
    "understand": "Say what is read in customers' messages.",
    "events": "Recorded webhooks.",
}
"""Every command, in the order a newcomer needs them, with the first line of its help."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document, for programs.")
"""The option of every command that prints data."""


class Commands(click.Group):
    """The commands of `igbot`, none of them loaded before it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        """All names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's interface
        """The command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        return cast("click.Command", getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's interface
        """The list in `igbot --help`."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's interface
        """Run the command; what it refuses is said in one sentence."""
        try:
            return super().invoke(ctx)
        except IgbotError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="igbot", message="igbot %(version)s")
def main() -> None:
    """The after-service desk of a small handmade shop, on Instagram direct messages."""
