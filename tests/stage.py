"""The whole product on a stage: real webhook, store, flows and sender, against the pretend Instagram.

Nothing runs by itself. `settle` does what the engine's threads would do, in this thread, until
nothing is left to do now; the clock stands still until it is moved.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from pydantic import SecretStr
from requests.adapters import BaseAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import Client

from igbot import clock, settings
from igbot.app import Product, build
from igbot.claims import cases
from igbot.claims.cases import Case
from igbot.messages import OwnerAct
from igbot.settings import Settings
from igbot.simulator import Instagram, Person, Server, graph_app, media_app
from igbot.store import inbox
from igbot.store.tables import (
    Account,
    Article,
    Claim,
    Conversation,
    Customer,
    Event,
    Item,
    Line,
    Order,
    Owner,
    Table,
    Timer,
)
from igbot.store.unit import Database

ACCOUNT = "17841400000000123"
APP = "1999999999999901"
SECRET = "pretend_app_secret"
GRAPH = "http://graph.test"


class ToWsgi(BaseAdapter):
    """Lets `requests` talk to a WSGI app in this process."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._client = Client(app)

    def send(self, request: requests.PreparedRequest, *_args: object, **_kwargs: object) -> requests.Response:
        """Ask the app."""
        answer = self._client.open(
            request.path_url,
            method=request.method or "GET",
            headers=list(request.headers.items()),
            data=request.body or b"",
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers.update(dict(answer.headers))
        response.raw = io.BytesIO(answer.get_data())
        response.request, response.url = request, request.url or ""
        return response

    def close(self) -> None:
        """Nothing is open."""


class Stage:
    """One shop, its pretend Instagram, and the verbs of its owner."""

    def __init__(self, folder: Path, media: Server, instagram: Instagram, **overrides: object) -> None:
        self.instagram = instagram
        self.settings: Settings = settings.read(
            _env_file=None,
            data_dir=folder,
            app_secrets=(SecretStr(SECRET),),
            verify_token=SecretStr("verify"),
            app_id=APP,
            account_id=ACCOUNT,
            access_token=SecretStr(instagram.token),
            graph_url=GRAPH,
            media_hosts=(media.url,),
            **overrides,
        )
        database = Database(self.settings.database)
        Table.metadata.create_all(database.engine)
        database.close()
        http = requests.Session()
        http.mount(GRAPH, ToWsgi(graph_app(instagram)))
        self.product: Product = build(self.settings, courteous=False, http=http)
        self.db = self.product.db
        self.nudged: set[int] = set()
        self.failures_are_meant = False
        """A test that breaks turns on purpose says so; anywhere else a failed turn is a bug."""
        self.pages = self.product.pages(nudge=self._note)
        self.pages.config.update(TESTING=True)
        self.web = self.pages.test_client()
        instagram.postman.deliver = self._deliver
        with self.db.transaction() as session:
            account = session.scalars(select(Account)).one()
            self.account_id = account.id
            owner = Owner(account_id=account.id, name="sample owner", password_hash="-")
            session.add(owner)
            session.flush()
            self.owner_id = owner.id

    def _deliver(self, raw: bytes, headers: dict[str, str]) -> int:
        return self.web.post("/webhook", data=raw, headers=headers).status_code

    def _note(self, _session: Session, conversations: Iterable[int]) -> None:
        self.nudged |= set(conversations)

    # -------------------------------------------------------------- running

    def settle(self) -> None:
        """Run every conversation that has something to do now, until none has."""
        for _ in range(50):
            self.instagram.deliver_waiting()
            with self.db.transaction() as session:
                todo = self.nudged | self.product.turns.waiting(session)
            if not todo:
                return
            self.nudged = set()
            for conversation in sorted(todo):
                self.product.turns.run(conversation)
            self._no_turn_failed()
        raise AssertionError("the stage does not come to rest")

    def _no_turn_failed(self) -> None:
        if self.failures_are_meant:
            return
        with self.db.transaction() as session:
            failed = session.execute(select(Event.kind, Event.trouble).where(Event.trouble.is_not(None))).all()
        assert not failed, f"turns failed: {failed}"

    def pass_time(self, by: timedelta) -> None:
        """Let time pass, stopping wherever a timer rings."""
        end = clock.now() + by
        while True:
            due = self._next_timer()
            if due is None or due > end:
                break
            clock.move(max(due - clock.now(), timedelta()))
            self.settle()
        clock.move(max(end - clock.now(), timedelta()))
        self.settle()

    def _next_timer(self) -> datetime | None:
        with self.db.transaction() as session:
            return session.scalar(select(Timer.due_at).order_by(Timer.due_at).limit(1))

    # -------------------------------------------------------------- who and what there is

    def order(self, number: str, person: Person, articles: list[tuple[str, dict[str, str]]], **delivered: Any) -> None:
        """An order of this customer, as the shop's record has it."""
        with self.db.transaction() as session:
            order = Order(
                account_id=self.account_id,
                number=number,
                ordered_on=delivered.pop("ordered_on", clock.now().date()),
                igsid=person.igsid,
                **delivered,
            )
            session.add(order)
            session.flush()
            session.add_all(Article(order_id=order.id, title=title, facts=facts) for title, facts in articles)

    @contextmanager
    def conversation(self, person: Person) -> Iterator[tuple[Session, Conversation]]:
        """A customer's conversation, inside a transaction."""
        with self.db.transaction() as session:
            yield (
                session,
                session.scalars(
                    select(Conversation)
                    .join(Customer, Customer.id == Conversation.customer_id)
                    .where(Customer.igsid == person.igsid)
                ).one(),
            )

    def owner(self, person: Person, act: type[OwnerAct], **details: Any) -> None:
        """The owner does something in the console."""
        with self.conversation(person) as (session, conversation):
            event = act(happened_at=clock.now(), owner_id=self.owner_id, act_id=uuid.uuid4().hex, **details)
            inbox.add(session, conversation, event, clock.now())
            self.nudged.add(conversation.id)
        self.settle()


@contextmanager
def stage(folder: Path, **overrides: object) -> Iterator[Stage]:
    """A stage whose media host runs on this machine as long as it stands."""
    instagram = Instagram(ACCOUNT, APP, SECRET)
    with Server(media_app(instagram)) as media:
        instagram.media_url = media.url
        built = Stage(folder, media, instagram, **overrides)
        yield built
        built.db.close()


def last_case(session: Session, conversation: Conversation) -> Case | None:
    """The newest case of a conversation, closed ones included."""
    lines = select(Line).join(Item).join(Claim).where(Claim.conversation_id == conversation.id)
    line = session.scalars(lines.order_by(Line.id.desc()).limit(1)).first()
    return cases.case_by_line(session, conversation, line.id) if line else None
