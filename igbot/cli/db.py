"""`igbot db`: are the tables the ones this igbot needs?"""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from igbot import settings
from igbot.cli import as_json
from igbot.store import schema


@click.group
def db() -> None:
    """Bring the database up to date, or say where it stands."""


@db.command
def upgrade() -> None:
    """Bring the database up to date; make one if there is none."""
    click.echo(f"The database is up to date, at {schema.upgrade(settings.read().database).current}.")


@db.command
@as_json
def status(*, as_json: bool) -> None:
    """Say where the database stands."""
    found = schema.status(settings.read().database)
    if as_json:
        click.echo(json.dumps({**asdict(found), "is_current": found.is_current}))
    elif found.is_current:
        click.echo(f"The database is up to date, at {found.current}.")
    else:
        at = f"is at {found.current}" if found.current else "has no tables yet"
        click.echo(f"The database {at}; this igbot needs {found.newest}. Run `igbot db upgrade`.")
