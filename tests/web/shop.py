"""A small shop for the console's tests: rows made by verbs, pages asked for as a browser would."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from igbot import clock, settings
from igbot.evidence.shelf import Shelf, new_name
from igbot.policy import Pack, find_pack, load_pack
from igbot.settings import Settings
from igbot.store.tables import (
    Account,
    Audit,
    Claim,
    Conversation,
    Customer,
    Event,
    Evidence,
    Fact,
    Item,
    Job,
    Line,
    Message,
    Owner,
    Quote,
    Reply,
    Table,
    Verdict,
)
from igbot.store.unit import Database
from igbot.texts import Texts
from igbot.web import Parts
from igbot.web.console import init_console
from igbot.web.live import Streams

FLOWS = Path(__file__).parents[2] / "flows"
SHOP = "17841400000000123"
OTHER_SHOP = "17841400000000999"
PASSWORD = "a good long password"
KEY = "k" * 40


@cache
def pack() -> Pack:
    return load_pack(find_pack("jewelry", "flows"))


@cache
def hashed() -> str:
    """A hash that is checked quickly; how dear real ones are is the library's affair."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def act_id() -> str:
    return str(uuid4())


class Shop:
    """The console over a database, for one shop with the owner `jiwoo`."""

    def __init__(self, db: Database, folder: Path, *, with_entry: bool = False, streams: Streams | None = None) -> None:
        self.db = db
        self.nudged: list[int] = []
        self.shelf = Shelf(str(folder / "evidence"))
        self.numbers = itertools.count(1)
        self.account = self.add(Account(ig_id=SHOP, pack="jewelry", access_token="t"))
        self.owner = self.add(Owner(account_id=self.account.id, name="jiwoo", password_hash=hashed()))
        self.app = self.console(settings.read(_env_file=None, data_dir=folder), with_entry=with_entry, streams=streams)

    def console(self, settings: Settings, *, with_entry: bool = False, streams: Streams | None = None) -> Flask:
        app = Flask("igbot.web")
        app.config.update(SECRET_KEY=KEY, TESTING=True)
        app.extensions["igbot"] = Parts(
            settings=settings,
            db=self.db,
            nudge=self.nudge,
            pack_of=lambda _account: pack(),
            texts=Texts({}),
            shelf=self.shelf,
            engine_works=lambda: True,
            flows_dir=FLOWS,
        )
        init_console(app, with_entry=with_entry, streams=streams)
        return app

    def nudge(self, _session: Session, conversations: Iterable[int]) -> None:
        self.nudged += conversations

    # ------------------------------------------------------------------ rows

    def add(self, row: Any) -> Any:
        with self.db.transaction() as session:
            session.add(row)
        return row

    def other_shop(self) -> Account:
        account: Account = self.add(Account(ig_id=OTHER_SHOP, pack="jewelry"))
        return account

    def chat(self, name: str | None = "Haneul", account: Account | None = None, **state: Any) -> Conversation:
        now = clock.now()
        account_id = (account or self.account).id
        igsid = f"55500{next(self.numbers):04}"
        customer = self.add(Customer(account_id=account_id, igsid=igsid, name=name))
        defaults: dict[str, Any] = {"changed_at": now, "last_customer_action_at": now - timedelta(hours=1)}
        conversation: Conversation = self.add(
            Conversation(account_id=account_id, customer_id=customer.id, **(defaults | state))
        )
        return conversation

    def event(self, chat: Conversation, **state: Any) -> Event:
        now = clock.now()
        defaults: dict[str, Any] = {
            "kind": "message",
            "body": {},
            "happened_at": now,
            "received_at": now,
            "handled_at": now,
        }
        event: Event = self.add(
            Event(
                account_id=chat.account_id,
                conversation_id=chat.id,
                dedupe_key=f"e{next(self.numbers)}",
                **(defaults | state),
            )
        )
        return event

    def message(self, chat: Conversation, text: str, minutes_ago: float = 10, **state: Any) -> Message:
        event = self.event(chat)
        at = clock.now() - timedelta(minutes=minutes_ago)
        message: Message = self.add(
            Message(
                account_id=chat.account_id,
                conversation_id=chat.id,
                event_id=event.id,
                mid=f"m{event.id}",
                sent_at=at,
                text=text,
                **state,
            )
        )
        return message

    def reply(self, chat: Conversation, text: str, minutes_ago: float = 9, **state: Any) -> Reply:
        at = clock.now() - timedelta(minutes=minutes_ago)
        defaults: dict[str, Any] = {"sender": "bot", "status": "sent", "created_at": at}
        reply: Reply = self.add(
            Reply(account_id=chat.account_id, conversation_id=chat.id, text=text, **(defaults | state))
        )
        return reply

    def photo(self, message: Message, **state: Any) -> Evidence:
        data = io.BytesIO()
        Image.new("RGB", (8, 8), "pink").save(data, "JPEG")
        name = new_name(".jpg")
        self.shelf.put(name, data.getvalue())
        defaults: dict[str, Any] = {
            "media": "image",
            "status": "kept",
            "content_type": "image/jpeg",
            "file": name,
            "thumbnail": name,
        }
        evidence: Evidence = self.add(
            Evidence(
                account_id=message.account_id,
                conversation_id=message.conversation_id,
                message_id=message.id,
                **(defaults | state),
            )
        )
        return evidence

    def case(
        self, chat: Conversation, status: str = "awaiting_owner", facts: dict[str, Any] | None = None, **verdict: Any
    ) -> Line:
        """A line with its facts, and a verdict if any of its columns are given."""
        now = clock.now()
        claim = self.add(Claim(account_id=chat.account_id, conversation_id=chat.id, opened_at=now))
        item = self.add(Item(claim_id=claim.id))
        line: Line = self.add(Line(item_id=item.id, contact_at=now - timedelta(hours=1), status=status))
        for name, value in (facts or {"issue": "defect"}).items():
            self.fact(line, name, value)
        if verdict:
            self.verdict(line, **verdict)
        return line

    def fact(self, line: Line, name: str, value: Any, **columns: Any) -> Fact:
        defaults: dict[str, Any] = {"source": "customer", "learnt_at": clock.now()}
        fact: Fact = self.add(Fact(line_id=line.id, name=name, value=value, **(defaults | columns)))
        return fact

    def verdict(self, line: Line, **columns: Any) -> Verdict:
        defaults: dict[str, Any] = {
            "outcome": "exchange",
            "fee": "shipping_owner_decides",
            "cites": ["J-02", "J-05"],
            "rules": ["DF-02"],
            "pack_id": "jewelry",
            "pack_version": "1",
            "decided_at": clock.now(),
            "clocks": {
                "contact": "2026-11-21T02:00:00+00:00",
                "received": ["2026-11-20T05:00:00+00:00", "2026-11-20T05:00:00+00:00"],
                "zone": "Asia/Seoul",
                "last_instants": {"h24": "2026-11-21T05:00:00+00:00"},
                "classes": ["h24"],
            },
        }
        verdict: Verdict = self.add(Verdict(line_id=line.id, **(defaults | columns)))
        return verdict

    def repair(
        self,
        chat: Conversation,
        charge: str = "possible",
        state: str = "await_quote",
        status: str = "awaiting_owner",
    ) -> Line:
        line = self.case(chat, status, outcome="paid_quote", fee=f"repair_charge_{charge}")
        self.add(Job(line_id=line.id, charge=charge, state=state))
        return line

    def quote(self, line: Line, **columns: Any) -> Quote:
        with self.db.transaction() as session:
            job = session.scalars(sa.select(Job).where(Job.line_id == line.id)).one()
        defaults: dict[str, Any] = {
            "number": 17,
            "lines": [{"what": "work", "label": "", "amount": 8000}],
            "currency": "KRW",
            "valid_until": date(2026, 12, 5),
            "written_at": datetime(2026, 11, 20, tzinfo=UTC),
        }
        quote: Quote = self.add(Quote(account_id=self.account.id, job_id=job.id, **(defaults | columns)))
        return quote

    def rows(self, table: type[Table]) -> list[Any]:
        with self.db.transaction() as session:
            return list(session.scalars(sa.select(table)))

    def acts(self) -> list[dict[str, Any]]:
        """The bodies of events that forms have written."""
        return [event.body for event in self.rows(Event) if "act_id" in event.body]

    def audits(self) -> list[Audit]:
        return [row for row in self.rows(Audit) if row.what != "owner.signed_in"]

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The statements run meanwhile."""
        found: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            found.append(statement)

        sa.event.listen(self.db.engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            sa.event.remove(self.db.engine, "before_cursor_execute", note)


class Browser:
    """Somebody with a browser; forms are sent with the token of the page they stand on."""

    def __init__(self, app: Flask, **client: Any) -> None:
        self.client: FlaskClient = app.test_client(**client)

    def sign_in(self, name: str = "jiwoo", password: str = PASSWORD, wanted: str = "") -> TestResponse:
        path = f"/console/sign-in?next={wanted}"
        return self.client.post(
            "/console/sign-in",
            data={"csrf_token": self.token(path), "name": name, "password": password, "next": wanted},
        )

    def see(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def read(self, path: str) -> str:
        answer = self.see(path)
        assert answer.status_code == 200
        return answer.text

    def token(self, path: str) -> str:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.see(path).text)
        assert found
        return found[1]

    def send(self, path: str, page: str = "/console/", **fields: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token(page), **fields})

    def act(self, chat: Conversation, name: str, **fields: Any) -> TestResponse:
        """Fill in and send a form of a thread's page."""
        fields.setdefault("act_id", act_id())
        return self.send(f"/console/c/{chat.id}/{name}", f"/console/c/{chat.id}", **fields)
