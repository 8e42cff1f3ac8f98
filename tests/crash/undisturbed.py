"""The same messages in a shop that nothing happens to: what should have arrived on the phones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

from igbot import clock
from igbot.simulator import Person, views
from igbot.simulator.acts import ACTS
from tests.crash.books import Books, File
from tests.crash.crowd import Customer, Done, body_of
from tests.crash.shop import Json, keep_orders
from tests.stage import Stage, stage

Heard = tuple[str, str, tuple[str, ...]]
"""What arrived: from the app or the owner, the words, the quick replies."""


def heard(chat: Iterable[Json]) -> list[Heard]:
    """What a phone shows of the shop's words, the same at once again counted once."""
    of_shop = (message for message in chat if message["by"] != "customer")
    told = (
        (message["by"], message["text"], tuple(reply["title"] for reply in message["quick_replies"]))
        for message in of_shop
    )
    return [message for message, _ in groupby(told)]


def undisturbed(
    customers: Sequence[Customer], books: Books, ordered_at: datetime, folder: Path
) -> Iterator[tuple[Customer, list[Heard], list[File]]]:
    """Each customer with what they should have heard, and what should have become of their files.

    Everything is done at the instant at which it was done before, for replies tell the time. Messages of one burst
    are played in the order in which `books` say they were handled: which of two webhooks comes through first is for
    the mail to say.
    """
    with stage(folder, send_rate=1000) as alike:
        for customer in customers:
            acts = [done for burst in customer.done for done in _as_handled(burst, books)]
            told = _performed(alike, customer, acts, ordered_at)
            yield customer, told, Books(folder).evidence().get(customer.igsid, [])


def _as_handled(burst: Sequence[Done], books: Books) -> Sequence[Done]:
    if len(burst) == 1:
        return burst
    turn = books.in_turn([done.mid or "" for done in burst])
    return sorted(burst, key=lambda done: turn.index(done.mid or ""))


def _performed(alike: Stage, customer: Customer, acts: Sequence[Done], ordered_at: datetime) -> list[Heard]:
    clock.stop_at(ordered_at)
    person = alike.instagram.person(None, f"customer_{customer.igsid}", customer.igsid, customer.script.language)
    keep_orders(alike.db, {person.igsid: {"item": customer.script.article}}, ordered_at)
    for done in acts:
        clock.stop_at(done.at)
        body = body_of(done.act, _chat(alike, person))
        ACTS[done.act.name].model_validate(body).do(alike.instagram, person)
        alike.settle()
    clock.run()
    return heard(_chat(alike, person))


def _chat(alike: Stage, person: Person) -> list[Json]:
    messages: list[Json] = views.of_chat(alike.instagram, person, "")["messages"]
    return messages
