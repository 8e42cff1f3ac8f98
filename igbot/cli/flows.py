"""`igbot flows`: are all flows, words and packs whole? And what does a flow look like?"""

from __future__ import annotations

import json

import click

from igbot import settings
from igbot.app import load_shop
from igbot.cli import as_json
from igbot.errors import BadRequest
from igbot.evidence.shelf import Shelf
from igbot.flow.draw import mermaid
from igbot.policy import find_pack, load_pack


@click.group(invoke_without_command=True)
@as_json
@click.pass_context
def flows(context: click.Context, *, as_json: bool) -> None:
    """Check all flows, words and packs."""
    chosen = settings.read()
    shop = load_shop(chosen, Shelf(chosen.storage))
    context.obj = shop
    if context.invoked_subcommand:
        return
    pack = load_pack(find_pack(chosen.pack, chosen.flows))
    found = {flow.name: [state.name for state in flow.states] for flow in shop.flows}
    if as_json:
        click.echo(json.dumps({"flows": found, "texts": len(list(shop.texts)), "pack": pack.id}, ensure_ascii=False))
        return
    for name, states in found.items():
        click.echo(f"{name:<14} {', '.join(states)}")
    click.echo(f"{len(found)} flows, {len(list(shop.texts))} texts and pack {pack.id} {pack.version} are whole.")


@flows.command
@click.argument("name")
@click.pass_context
def draw(context: click.Context, name: str) -> None:
    """Print a flow as a Mermaid picture."""
    flow = context.obj.flows.by_name.get(name)
    if flow is None:
        raise BadRequest(f"There is no flow {name}; there are {', '.join(context.obj.flows.by_name)}.")
    click.echo(mermaid(flow))
