"""A shop that runs for real: `igbot serve` on a file, and the pretend Instagram beside it as a process of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select

from igbot.store import schema
from igbot.store.tables import Account, Article, Order
from igbot.store.unit import Database
from tests.crash.processes import Program, free_ports, until
from tests.stage import ACCOUNT, APP, SECRET

ECHO_WAIT_SECONDS = 1
START_SECONDS = 40
TOKEN = "IGAA_PRETEND_TOKEN"
DELIVERED_AGO = timedelta(hours=3)

Json = dict[str, Any]


class Shop:
    """One shop, its processes and its files."""

    def __init__(self, folder: Path, programs: list[Program]) -> None:
        """Nothing runs yet; the tables are laid. What is started is added to `programs`."""
        self._folder, self._programs = folder, programs
        self.served: list[Program] = []
        """Every `igbot serve` so far."""
        self._home = folder / "home"
        self._home.mkdir()
        self.data = folder / "shop"
        self.port, self._meta_port = free_ports(1), free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            "HOME": str(self._home),
            "IGBOT_DATA_DIR": str(self.data),
            "IGBOT_ACCOUNT_ID": ACCOUNT,
            "IGBOT_APP_ID": APP,
            "IGBOT_APP_SECRETS": SECRET,
            "IGBOT_ACCESS_TOKEN": TOKEN,
            "IGBOT_VERIFY_TOKEN": "verify",
            "IGBOT_GRAPH_URL": f"http://127.0.0.1:{self._meta_port}/simulator/graph",
            "IGBOT_MEDIA_HOSTS": f"http://127.0.0.1:{self._meta_port + 1}",
            "IGBOT_ECHO_WAIT": str(ECHO_WAIT_SECONDS),
            "IGBOT_SEND_RATE": "1000",
        }
        schema.upgrade(f"sqlite:///{self.data / 'igbot.db'}")

    def run(self, *arguments: str, env: dict[str, str] | None = None) -> Program:
        """Start any command of igbot with the settings of this shop."""
        number = len(self._programs)
        program = Program(
            arguments, self.env if env is None else env, self._home, self._folder / f"{number}-{arguments[0]}.log"
        )
        self._programs.append(program)
        return program

    def serve(self) -> Program:
        """Start `igbot serve`; it is not ready yet."""
        program = self.run("serve", "--port", str(self.port))
        self.served.append(program)
        return program

    def open_instagram(self) -> Instagram:
        """Start the pretend Instagram, which delivers to this shop."""
        callback = f"{self.url}/webhook"
        program = self.run("simulator", "--port", str(self._meta_port), "--callback", callback)
        instagram = Instagram(f"http://127.0.0.1:{self._meta_port}/simulator/api")
        until(lambda: instagram.answers() or not program.is_running(), START_SECONDS, "the pretend Instagram starts")
        assert program.is_running(), program.last_words()
        return instagram

    def is_ready(self) -> bool:
        """Does `/readyz` say so?"""
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).ok
        except requests.RequestException:
            return False

    def until_ready(self, program: Program) -> float:
        """Wait for a `serve` that was started; the seconds it took."""
        took = until(lambda: self.is_ready() or not program.is_running(), START_SECONDS, "the shop is ready")
        assert program.is_running(), program.last_words()
        return took


def keep_orders(database: Database, buyers: dict[str, dict[str, str]], now: datetime) -> None:
    """One order each, delivered DELIVERED_AGO; `buyers` are igsids with the facts of their article."""
    with database.transaction() as session:
        account = session.scalars(select(Account)).one()
        for igsid, facts in buyers.items():
            order = Order(
                account_id=account.id,
                number=f"A-{igsid}",
                ordered_on=(now - timedelta(days=9)).date(),
                igsid=igsid,
                delivered_at=now - DELIVERED_AGO,
            )
            session.add(order)
            session.flush()
            session.add(Article(order_id=order.id, title="Sample piece", facts=facts))


class Instagram:
    """The pretend Instagram, by HTTP."""

    def __init__(self, url: str) -> None:
        """`url`: where its API is."""
        self._url = url
        self._http = requests.Session()
        self._http.trust_env = False

    def answers(self) -> bool:
        """Is it there?"""
        try:
            return self._http.get(f"{self._url}/clock", timeout=5).ok
        except requests.RequestException:
            return False

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def introduce(self, igsid: str, language: str) -> None:
        """Someone with an Instagram account."""
        self._post("people", {"igsid": igsid, "username": f"customer_{igsid}", "language": language})

    def trouble(self, **faults: object) -> None:
        """How webhooks travel and how slow Meta is."""
        self._post("faults", faults)

    def act(self, igsid: str, act: str, body: Json) -> str | None:
        """One act of a customer, or of the owner in the Instagram app; the mid of the message, if one was made."""
        mid: str | None = self._post(f"people/{igsid}/{act}", body)["mid"]
        return mid

    def chat(self, igsid: str) -> list[Json]:
        """Every message of a chat as the phone shows it, oldest first."""
        messages: list[Json] = self._get(f"people/{igsid}")["messages"]
        return messages

    def sent_at(self, igsid: str, mid: str | None) -> datetime | None:
        """When a message of a chat was sent; None if there is none."""
        sent = (message["at"] for message in self.chat(igsid) if message["mid"] == mid)
        return next(map(datetime.fromisoformat, sent), None)

    def redeliver(self) -> None:
        """Try webhooks that failed once more, now."""
        self._post("webhooks/redeliver", {})

    def webhooks(self) -> Json:
        """How many webhooks were delivered, failed, wait."""
        return self._get("webhooks")

    def _post(self, path: str, body: Json) -> Json:
        return self._answer(self._http.post(f"{self._url}/{path}", json=body, timeout=30))

    def _get(self, path: str) -> Json:
        return self._answer(self._http.get(f"{self._url}/{path}", timeout=30))

    def _answer(self, response: requests.Response) -> Json:
        assert response.ok, response.text
        answer: Json = response.json()
        return answer
