"""`igbot account`: which shops does this igbot serve?"""

from __future__ import annotations

import json
import sys

import click

from igbot import settings
from igbot.cli import as_json
from igbot.store import accounts, schema


@click.group
def account() -> None:
    """Instagram accounts: the shops of this igbot."""


@account.command
@click.argument("ig_id")
@click.option("--token-stdin", is_flag=True, help="Read the access token from standard input instead of asking.")
@click.option("--login", type=click.Choice(["instagram", "facebook"]), help="Which set-up  [default: IGBOT_LOGIN]")
@click.option("--pack", help="Policy pack: a shipped name or a folder  [default: IGBOT_PACK]")
def add(ig_id: str, *, token_stdin: bool, login: str | None, pack: str | None) -> None:
    """Take in the account IG_ID, or give a known one a new access token.

    IG_ID is what webhooks call the account: the number in `entry[].id`.
    """
    in_force = settings.read()
    token = sys.stdin.readline() if token_stdin else click.prompt("Access token", hide_input=True)
    database = schema.open_current(in_force.database)
    with database.transaction() as session:
        accounts.connect(session, ig_id, token.strip(), login=login or in_force.login, pack=pack or in_force.pack)
    database.close()
    click.echo(f"Account {ig_id} is connected.")


@account.command("list")
@as_json
def list_accounts(*, as_json: bool) -> None:
    """List the accounts; tokens are never shown."""
    database = schema.open_current(settings.read().database)
    with database.transaction() as session:
        rows = [
            {
                "ig_id": found.ig_id,
                "username": found.username,
                "login": found.login,
                "pack": found.pack,
                "has_token": found.access_token is not None,
                "trouble": found.trouble,
            }
            for found in accounts.listed(session)
        ]
    database.close()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        trouble = row["trouble"] or ("all is well" if row["has_token"] else "no access token")
        click.echo(f"{row['ig_id']}  {row['username'] or '?'}  {row['login']}  {row['pack']}  {trouble}")
    if not rows:
        click.echo("No account yet. `igbot account add IG_ID` takes one in.")
