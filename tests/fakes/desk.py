"""One shop, one customer, one conversation, and the sending side working for them. For tests of that side alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from igbot import clock, settings
from igbot.engine import control, echoes
from igbot.engine.sender import Sender
from igbot.messages import Attachment, Echo
from igbot.store import outbox
from igbot.store.tables import Account, Conversation, Customer, Reply, Timer
from igbot.store.unit import Database
from tests.fakes.graph import FakeGraph

SHOP, CUSTOMER, APP = "17841400000000123", "7310000000000456", "1999999999999901"


@dataclass
class Desk:
    """Verbs of everyone who takes part. The clock must be stopped."""

    db: Database
    graph: FakeGraph = field(default_factory=FakeGraph)
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.settings = settings.read(_env_file=None, app_id=APP, **{"send_rate": 1000, **self.options})
        self.sender = Sender(self.db, self.settings, self.graph.session(), courteous=False)
        with self.db.transaction() as session:
            account = Account(ig_id=SHOP, access_token="IGAA_INVENTED", pack="jewelry")
            session.add(account)
            session.flush()
            customer = Customer(account_id=account.id, igsid=CUSTOMER)
            session.add(customer)
            session.flush()
            talk = Conversation(
                account_id=account.id,
                customer_id=customer.id,
                changed_at=clock.now(),
                last_customer_action_at=clock.now(),
            )
            session.add(talk)
            session.flush()
            self.talk_id, self.account_id, self.customer_id = talk.id, account.id, customer.id

    # -------------------------------------------------------------- what people do

    def says(self, sender: str, text: str, **more: Any) -> list[int]:
        with self.db.transaction() as session:
            talk = session.get_one(Conversation, self.talk_id)
            replies = outbox.queue(session, talk, sender=sender, text=text, now=clock.now(), **more)
        return [reply.id for reply in replies]

    def bot_says(self, text: str = "Hello", **more: Any) -> list[int]:
        return self.says("bot", text, **more)

    def owner_says(self, text: str = "Anna here", **more: Any) -> list[int]:
        return self.says("person", text, **more)

    def customer_writes(self) -> None:
        with self.db.transaction() as session:
            control.customer_acted(session, session.get_one(Conversation, self.talk_id), clock.now())

    def owner_takes_over(self) -> None:
        with self.db.transaction() as session:
            talk = session.get_one(Conversation, self.talk_id)
            control.take_over(session, talk, clock.now(), self.settings.takeover_hours)

    def owner_hands_back(self) -> None:
        with self.db.transaction() as session:
            control.hand_back(session, session.get_one(Conversation, self.talk_id), clock.now())

    def echo(self, mid: str, text: str = "", *, waited: bool = False, **more: Any) -> str:
        images = tuple(Attachment(type=kind, url="https://lookaside.fbsbx.com/1") for kind in more.pop("attached", ()))
        happened_at = more.pop("happened_at", clock.now())
        event = Echo(
            account=SHOP, igsid=CUSTOMER, mid=mid, text=text, attachments=images, happened_at=happened_at, **more
        )
        with self.db.transaction() as session:
            talk = session.get_one(Conversation, self.talk_id)
            return echoes.take(session, talk, event, clock.now(), self.settings, waited=waited)

    def flush(self) -> None:
        self.sender.flush(self.talk_id)

    def pass_time(self, **units: float) -> None:
        clock.move(timedelta(**units))

    def set_account(self, **columns: Any) -> None:
        self._set(Account, self.account_id, columns)

    def set_talk(self, **columns: Any) -> None:
        self._set(Conversation, self.talk_id, columns)

    def set_reply(self, reply_id: int, **columns: Any) -> None:
        self._set(Reply, reply_id, columns)

    def add(self, row: Any) -> None:
        with self.db.transaction() as session:
            session.add(row)

    # -------------------------------------------------------------- how things stand

    @property
    def replies(self) -> list[Reply]:
        with self.db.transaction() as session:
            return list(session.scalars(select(Reply).order_by(Reply.id)))

    @property
    def statuses(self) -> list[str]:
        return [reply.status for reply in self.replies]

    @property
    def talk(self) -> Conversation:
        with self.db.transaction() as session:
            return session.get_one(Conversation, self.talk_id)

    @property
    def account(self) -> Account:
        with self.db.transaction() as session:
            return session.get_one(Account, self.account_id)

    @property
    def customer(self) -> Customer:
        with self.db.transaction() as session:
            return session.get_one(Customer, self.customer_id)

    @property
    def timers(self) -> dict[str, Any]:
        with self.db.transaction() as session:
            return {timer.kind: timer.due_at for timer in session.scalars(select(Timer))}

    @property
    def waiting(self) -> set[int]:
        with self.db.transaction() as session:
            return outbox.waiting(session, clock.now())

    def _set(self, table: type[Any], row_id: int, columns: dict[str, Any]) -> None:
        with self.db.transaction() as session:
            row = session.get_one(table, row_id)
            for name, value in columns.items():
                setattr(row, name, value)
