"""`igbot settings`: what is in force?"""

from __future__ import annotations

import json
from dataclasses import asdict

import click

import igbot.settings
from igbot.cli import as_json


@click.command
@as_json
def settings(*, as_json: bool) -> None:
    """Show what is in force and where it comes from.

    Settings are environment variables or lines of a `.env` file. Secrets are masked.
    """
    rows = igbot.settings.shown(igbot.settings.read())
    if as_json:
        click.echo(json.dumps({row.name: asdict(row) for row in rows}, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row.name} = {row.value}" if row.value else f"{row.name} is not set")
        click.echo(f"    {row.meaning} ({row.source})")
