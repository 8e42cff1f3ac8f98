"""The webhook through Flask: a real signature, a real database, every payload."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from igbot import messages, settings
from igbot.store import inbox
from igbot.store.tables import Account, Conversation, Customer, Event
from igbot.store.unit import Database
from igbot.web import Parts, health, webhook

PAYLOADS = Path(__file__).parents[1] / "payloads"
SHOP, CUSTOMER = "17841400000000123", "7310000000000456"
SECRET, OLD_SECRET = "invented_app_secret_0123456789abcdef", "another_invented_secret"

on_sqlite = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@dataclass
class Shop:
    """A shop's web process without an engine: what it would have looked at is noted."""

    db: Database
    engine_works: bool = True
    nudged: list[set[int]] = field(default_factory=list)
    disk_is_full: bool = False

    def nudge(self, session: Session, conversations: Iterable[int]) -> None:
        assert session.in_transaction()
        if self.disk_is_full:
            raise OSError("no space left on device")
        self.nudged.append(set(conversations))

    def client(self, **overrides: object) -> FlaskClient:
        unused = cast("Any", None)
        app = Flask("shop")
        app.extensions["igbot"] = Parts(
            settings=settings.read(
                **{"app_secrets": f"{OLD_SECRET},{SECRET}", "verify_token": "open sesame 열려라"} | overrides
            ),
            db=self.db,
            nudge=self.nudge,
            engine_works=lambda: self.engine_works,
            **dict.fromkeys(Parts.__dataclass_fields__.keys() - {"settings", "db", "nudge", "engine_works"}, unused),
        )
        app.register_blueprint(webhook.blueprint)
        app.register_blueprint(health.blueprint)
        return app.test_client()

    def post(self, body: bytes, secret: str = SECRET, **overrides: object) -> TestResponse:
        return self.client(**overrides).post("/webhook", data=body, headers=signed(body, secret))

    def deliver(self, *names: str) -> list[Event]:
        """Post payloads one after another; everything kept."""
        for name in names:
            assert self.post((PAYLOADS / f"{name}.json").read_bytes()).status_code == 200
        return self.events()

    def events(self) -> list[Event]:
        with self.db.transaction() as session:
            return list(session.scalars(sa.select(Event).order_by(Event.happened_at, Event.id)))

    def count(self, table: type[Any]) -> int:
        with self.db.transaction() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


@pytest.fixture
def shop(db: Database, now: datetime) -> Shop:
    with db.transaction() as session:
        session.add(Account(ig_id=SHOP, pack="jewelry"))
    return Shop(db)


# ------------------------------------------------------------------ deliveries


@on_sqlite
@pytest.mark.parametrize("name", sorted(path.stem for path in PAYLOADS.glob("*.json")))
def test_every_payload_is_answered_200_alone_and_again(shop: Shop, name: str) -> None:
    kept = len(shop.deliver(name))
    assert len(shop.deliver(name)) == kept
    assert len(shop.nudged) <= 1


def test_all_payloads_leave_one_customer_with_every_event_once(shop: Shop) -> None:
    names = sorted(path.stem for path in PAYLOADS.glob("*.json"))
    events = shop.deliver(*names, *reversed(names))
    by_kind: dict[str, int] = {}
    for event in events:
        by_kind[event.kind] = by_kind.get(event.kind, 0) + 1
    assert by_kind == {
        "message": 31,
        "echo": 9,
        "postback": 7,
        "handover": 4,
        "reaction": 3,
        "unsupported": 4,
        "edit": 1,
        "optin": 1,
        "referral": 1,
        "seen": 1,
        "unknown": 1,
        "unsend": 1,
    }
    assert (shop.count(Customer), shop.count(Conversation)) == (2, 2)  # the second: the shop's own tests
    assert [event.kind for event in events if event.account_id is None] == ["message"]


def test_a_redelivered_message_is_one_message(shop: Shop) -> None:
    [event] = shop.deliver("text", "duplicate_redelivery")
    assert event.body["text"] == "Hi! The clasp on my silver bracelet broke after two weeks."
    assert shop.nudged == [{event.conversation_id}]


def test_a_mixed_batch_is_two_messages_in_order_a_receipt_an_echo_and_a_standby_item(shop: Shop) -> None:
    events = [messages.load(event.body) for event in shop.deliver("batch_mixed")]
    assert [(event.kind, getattr(event, "text", ""), event.standby) for event in events] == [
        ("message", "first", False),
        ("message", "second, but listed after a newer event", False),
        ("seen", "", False),
        ("echo", "bot answer", False),
        ("message", "standby item in the same entry", True),
    ]
    assert len(shop.nudged) == 1


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("message_edit_num0_no_sender", "odd_edit"),
        ("missing_sender", "no_sender"),
        ("entry_without_events", "empty_entry"),
    ],
)
@on_sqlite
def test_an_odd_item_is_counted_and_dropped(shop: Shop, name: str, reason: str) -> None:
    with capture_logs() as lines:
        assert shop.deliver(name) == []
    assert [line["dropped"] for line in lines] == [{reason: 1}]
    assert shop.nudged == []


@on_sqlite
def test_the_changes_shape_gives_the_same_message_as_the_messaging_shape(shop: Shop) -> None:
    item = json.loads((PAYLOADS / "changes_messages.json").read_text())["entry"][0]["changes"][0]["value"]
    [as_change] = shop.deliver("changes_messages")
    usual = {"object": "instagram", "entry": [{"id": SHOP, "time": 1795190401400, "messaging": [item]}]}
    assert shop.post(json.dumps(usual).encode()).status_code == 200
    [event] = shop.events()
    assert event.body == as_change.body


@on_sqlite
def test_a_post_listed_twice_is_one_shared_post(shop: Shop) -> None:
    [event] = shop.deliver("ig_post_with_legacy_share")
    assert [attachment["type"] for attachment in event.body["attachments"]] == ["ig_post"]


def test_what_no_database_can_store_does_not_stop_a_delivery(shop: Shop) -> None:
    body = (PAYLOADS / "text.json").read_text().replace("clasp", r"\u0000\ud83d")
    assert shop.post(body.encode()).status_code == 200
    [event] = shop.events()
    assert "\ufffd\ufffd" in event.body["text"]


def test_a_delivery_that_cannot_be_kept_is_not_acknowledged(shop: Shop) -> None:
    shop.disk_is_full = True
    assert shop.post((PAYLOADS / "text.json").read_bytes()).status_code == 500
    assert shop.events() == []


def test_a_webhook_of_a_known_customer_is_two_statements_and_one_commit(shop: Shop) -> None:
    shop.deliver("text")
    statements: list[str] = []
    commits: list[bool] = []
    sa.event.listen(shop.db.engine, "before_cursor_execute", lambda *all_: statements.append(all_[2]))
    sa.event.listen(shop.db.engine, "commit", lambda _connection: commits.append(True))
    assert shop.post((PAYLOADS / "image_single.json").read_bytes()).status_code == 200
    assert len([text for text in statements if not text.startswith("BEGIN")]) == 2
    assert len(commits) == 1


@on_sqlite
def test_no_log_line_holds_what_a_customer_wrote_or_a_signature(shop: Shop) -> None:
    body = (PAYLOADS / "text.json").read_bytes()
    header = signed(body)["X-Hub-Signature-256"]
    with capture_logs() as lines:
        shop.post(body)
        shop.post(body, secret="wrong")
        shop.post(b"{clasp" + body)
    assert [line["event"] for line in lines] == ["webhook.kept", "webhook.refused", "webhook.refused"]
    shown = json.dumps(lines)
    assert not any(word in shown for word in ("clasp", CUSTOMER, header, SECRET, "aWdf"))


# ------------------------------------------------------------------ refusals

TEXT = (PAYLOADS / "text.json").read_bytes()


@dataclass(frozen=True)
class Refusal:
    status: int
    body: bytes = TEXT
    headers: Callable[[bytes], dict[str, str]] = signed
    settings: dict[str, object] = field(default_factory=dict)


@on_sqlite
@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(Refusal(401, headers=lambda _: {}), id="no signature"),
        pytest.param(Refusal(401, headers=lambda body: signed(body, "guessed")), id="another secret"),
        pytest.param(Refusal(401, headers=lambda body: signed(body + b" ")), id="another body"),
        pytest.param(
            Refusal(401, headers=lambda body: {"X-Hub-Signature": signed(body)["X-Hub-Signature-256"]}), id="old header"
        ),
        pytest.param(Refusal(403, settings={"app_secrets": ""}), id="no secret is set"),
        pytest.param(Refusal(413, body=b" " * (5 * 1024 * 1024 + 1)), id="larger than 5 MB"),
        pytest.param(Refusal(400, body=b""), id="nothing"),
        pytest.param(Refusal(400, body=b"{"), id="half a JSON"),
        pytest.param(Refusal(400, body=b"\xff"), id="no text"),
        pytest.param(Refusal(400, body=b"[" * 100_000), id="endless nesting"),
        pytest.param(Refusal(400, body=b'{"x": NaN}'), id="a number that is none"),
        pytest.param(Refusal(400, body=b'{"x": ' + b"1" * 5000 + b"}"), id="a number too long to read"),
    ],
)
def test_a_refused_webhook_leaves_nothing(shop: Shop, refusal: Refusal) -> None:
    client = shop.client(**refusal.settings)
    answer = client.post("/webhook", data=refusal.body, headers=refusal.headers(refusal.body))
    assert answer.status_code == refusal.status
    assert shop.events() == []
    assert shop.nudged == []


@on_sqlite
def test_exactly_5_mb_are_taken(shop: Shop) -> None:
    assert shop.post(TEXT.ljust(5 * 1024 * 1024)).status_code == 200
    assert len(shop.events()) == 1


@on_sqlite
@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_any_of_the_secrets_may_sign(shop: Shop, secret: str) -> None:
    with capture_logs() as lines:
        assert shop.post(TEXT, secret).status_code == 200
    assert lines[0]["secret"] == {OLD_SECRET: 1, SECRET: 2}[secret]


@on_sqlite
@pytest.mark.parametrize("vector", json.loads((PAYLOADS / "vectors" / "signature.json").read_text()))
def test_every_signature_vector_is_answered_as_it_says(shop: Shop, vector: dict[str, Any]) -> None:
    client = shop.client(app_secrets=",".join(vector.get("secrets") or [vector["secret"]]))
    given = vector["x_hub_signature_256"]
    headers = {"X-Hub-Signature-256": given} if given else {}
    answer = client.post("/webhook", data=vector["raw_body"].encode(), headers=headers)
    assert answer.status_code == (200 if vector["valid"] else 401)


# ------------------------------------------------------------------ verification

QUESTION = {"hub.mode": "subscribe", "hub.verify_token": "open sesame 열려라", "hub.challenge": "1158201444"}


@on_sqlite
def test_meta_gets_its_challenge_back_to_the_letter(shop: Shop) -> None:
    answer = shop.client().get("/webhook", query_string=QUESTION)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "1158201444", "text/plain")


@on_sqlite
@pytest.mark.parametrize(
    ("changed", "status"),
    [
        pytest.param({"hub.verify_token": "guessed"}, 403, id="a wrong token"),
        pytest.param({"hub.verify_token": ""}, 403, id="no token"),
        pytest.param({"hub.mode": "unsubscribe"}, 400, id="another mode"),
        pytest.param({"hub.challenge": ""}, 400, id="no challenge"),
        pytest.param({"hub.challenge": "<script>"}, 400, id="a script"),
        pytest.param({"hub.challenge": "1\n"}, 400, id="two lines"),
        pytest.param({"hub.challenge": "1" * 201}, 400, id="an endless challenge"),
    ],
)
def test_nobody_else_gets_an_echo(shop: Shop, changed: dict[str, str], status: int) -> None:
    answer = shop.client().get("/webhook", query_string=QUESTION | changed)
    assert answer.status_code == status
    assert "<script>" not in answer.text


@on_sqlite
def test_without_a_token_of_ours_verification_is_refused(shop: Shop) -> None:
    answer = shop.client(verify_token=None).get("/webhook", query_string=QUESTION | {"hub.verify_token": ""})
    assert answer.status_code == 403


# ------------------------------------------------------------------ health


def test_a_working_process_is_alive_and_ready(shop: Shop) -> None:
    assert shop.client().get("/healthz").status_code == 200
    answer = shop.client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ok": True, "reasons": {}})


@on_sqlite
def test_readiness_names_every_reason_against_it(shop: Shop, tmp_path: Path) -> None:
    broken = Shop(Database(f"sqlite:///{tmp_path}"), engine_works=False)
    assert broken.client().get("/healthz").status_code == 200
    answer = broken.client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert set(answer.json["reasons"]) == {"database", "engine"}
    broken.db.close()


@on_sqlite
def test_nothing_is_handed_out_that_was_not_kept_for_a_conversation(shop: Shop, now: datetime) -> None:
    shop.deliver("unknown_account", "unknown_event_key", "changes_comments")
    with shop.db.transaction() as session:
        assert inbox.waiting(session, now) == set()
