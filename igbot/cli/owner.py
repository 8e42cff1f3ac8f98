"""`igbot owner`: who may sign in to the console?"""

from __future__ import annotations

import sys

import click
from sqlalchemy.orm import Session

from igbot import settings
from igbot.errors import BadRequest
from igbot.store import accounts, owners, schema
from igbot.store.tables import Account

_password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking."
)


@click.group
def owner() -> None:
    """People who may sign in to the console."""


@owner.command
@click.argument("name")
@_password_stdin
@click.option("--account", "ig_id", help="Instagram account id of the shop  [default: the only one]")
@click.option("--language", type=click.Choice(["ko", "en"]), default="ko", show_default=True)
def add(name: str, *, password_stdin: bool, ig_id: str | None, language: str) -> None:
    """Let NAME sign in."""
    chosen = settings.read()
    database = schema.open_current(chosen.database)
    with database.transaction() as session:
        accounts.ensure_first(session, chosen)
        _shop(session, ig_id)
    password_hash = owners.hashed(_password(from_stdin=password_stdin))
    with database.transaction() as session:
        owners.add(session, _shop(session, ig_id), name, password_hash, language)
    database.close()
    click.echo(f"{name} may sign in now.")


@owner.command
@click.argument("name")
@_password_stdin
def reset(name: str, *, password_stdin: bool) -> None:
    """Give NAME a new password; whoever is signed in with the old one is signed out."""
    database = schema.open_current(settings.read().database)
    password_hash = owners.hashed(_password(from_stdin=password_stdin))
    with database.transaction() as session:
        owners.reset(session, name, password_hash)
    database.close()
    click.echo(f"{name} has a new password.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def _shop(session: Session, ig_id: str | None) -> Account:
    """The account somebody is to sign in for. Raises BadRequest if it is not clear which."""
    known = [found for found in accounts.listed(session) if ig_id in {None, found.ig_id}]
    if len(known) == 1:
        return known[0]
    if known:
        raise BadRequest("There are several accounts; say which one with --account IG_ID.")
    raise BadRequest(
        "There is no such account yet. Set IGBOT_ACCOUNT_ID and IGBOT_ACCESS_TOKEN (environment or .env file), "
        "or take it in with `igbot account add IG_ID`."
    )
