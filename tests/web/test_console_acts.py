"""What the owner does: every form becomes one event, once, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from igbot import clock, messages
from igbot.store.tables import Account, Conversation, Event, Line
from igbot.store.unit import Database
from tests.web.shop import SHOP, Browser, Shop, act_id

pytestmark = [pytest.mark.parametrize("db_url", ["sqlite"], indirect=True), pytest.mark.usefixtures("now")]

SECRET = "words nobody may log"


@pytest.fixture
def shop(db: Database, tmp_path: Path) -> Shop:
    return Shop(db, tmp_path)


@pytest.fixture
def browser(shop: Shop) -> Browser:
    browser = Browser(shop.app)
    browser.sign_in()
    return browser


Scene = Callable[[Shop, Conversation], Line]


def waiting(shop: Shop, chat: Conversation) -> Line:
    return shop.case(chat, outcome="exchange", fee="shipping_owner_decides")


def to_price(shop: Shop, chat: Conversation) -> Line:
    return shop.repair(chat, "possible")


def careless(shop: Shop, chat: Conversation) -> Line:
    return shop.repair(chat, "certain")


def quote(**fields: Any) -> dict[str, Any]:
    return {"line_id": 1, "work": "8,000", "valid_until": "2026-12-05"} | fields


@dataclass(frozen=True)
class Filled:
    """A form as it is filled in, the event it becomes (the fields that matter), and its name in the audit."""

    scene: Scene
    name: str
    fields: dict[str, Any]
    body: dict[str, Any]
    audit: str


ACTS: list[Any] = [
    pytest.param(Filled(waiting, "take-over", {}, {"kind": "took_over"}, "conversation.taken_over"), id="take over"),
    pytest.param(
        Filled(
            waiting,
            "hand-back",
            {},
            {"kind": "handed_back", "line_id": None, "facts": {}, "promise": None},
            "conversation.handed_back",
        ),
        id="hand back",
    ),
    pytest.param(
        Filled(
            waiting,
            "hand-back",
            {"line_id": 1, "promise": "free_repair", "fact-cause": "as_received", "fact-item": ""},
            {"kind": "handed_back", "line_id": 1, "facts": {"cause": "as_received"}, "promise": "free_repair"},
            "conversation.handed_back",
        ),
        id="hand back with what was seen and promised",
    ),
    pytest.param(
        Filled(waiting, "reply", {"text": f"  {SECRET}  "}, {"kind": "owner_wrote", "text": SECRET}, "reply.written"),
        id="reply",
    ),
    pytest.param(
        Filled(
            waiting,
            "facts",
            {"line_id": 1, "fact-cause": "careless", "fact-nonsense": "x", "fact-item": "nonsense"},
            {"kind": "facts_set", "line_id": 1, "facts": {"cause": "careless"}},
            "facts.set",
        ),
        id="set facts",
    ),
    pytest.param(
        Filled(
            waiting,
            "confirm",
            {"line_id": 1, "verdict_id": 1, "shipping": "shop", "note": SECRET},
            {"kind": "verdict_confirmed", "verdict_id": 1, "shipping": "shop", "note": SECRET},
            "verdict.confirmed",
        ),
        id="confirm",
    ),
    pytest.param(
        Filled(
            waiting,
            "overrule",
            {"line_id": 1, "outcome": "refund", "cites": ["J-02", "J-05"], "reason": SECRET, "shipping": ""},
            {
                "kind": "verdict_overruled",
                "line_id": 1,
                "outcome": "refund",
                "cites": ["J-02", "J-05"],
                "reason": SECRET,
                "shipping": None,
                "note": "",
            },
            "verdict.overruled",
        ),
        id="overrule",
    ),
    pytest.param(
        Filled(
            to_price,
            "quote",
            quote(shipping_out=" 3500 "),
            {
                "kind": "quote_written",
                "line_id": 1,
                "lines": [
                    {"what": "work", "label": "", "amount": 8000},
                    {"what": "shipping_out", "label": "", "amount": 3500},
                ],
                "currency": "KRW",
                "valid_until": "2026-12-05",
                "waived": False,
                "note": "",
            },
            "quote.written",
        ),
        id="quote",
    ),
    pytest.param(
        Filled(
            careless,
            "quote",
            quote(work="", waived="y"),
            {"kind": "quote_written", "lines": [], "waived": True},
            "quote.written",
        ),
        id="quote given free",
    ),
    pytest.param(
        Filled(
            to_price,
            "cannot-repair",
            {"line_id": 1, "reason": "no_parts", "note": SECRET},
            {"kind": "repair_declined", "line_id": 1, "reason": "no_parts", "note": SECRET},
            "repair.declined",
        ),
        id="cannot repair",
    ),
    pytest.param(
        Filled(waiting, "photo", {"what": SECRET}, {"kind": "photo_requested", "what": SECRET}, "photo.requested"),
        id="photo",
    ),
    pytest.param(Filled(waiting, "resolved", {}, {"kind": "resolved"}, "conversation.resolved"), id="resolved"),
]


@pytest.mark.parametrize("form", ACTS)
def test_each_act_writes_one_event(shop: Shop, browser: Browser, form: Filled) -> None:
    chat = shop.chat()
    form.scene(shop, chat)
    answer = browser.act(chat, form.name, **form.fields)
    assert (answer.status_code, answer.location) == (303, f"/console/c/{chat.id}")
    [written] = shop.acts()
    assert {key: written[key] for key in form.body} == form.body
    assert written["owner_id"] == shop.owner.id
    assert messages.load(written).happened_at == clock.now()
    assert shop.nudged == [chat.id]
    [row] = shop.audits()
    assert (row.what, row.owner_id, row.conversation_id) == (form.audit, shop.owner.id, chat.id)
    assert SECRET not in str(row.detail)


@pytest.mark.parametrize("form", ACTS)
def test_a_form_sent_twice_counts_once(shop: Shop, browser: Browser, form: Filled) -> None:
    chat = shop.chat()
    form.scene(shop, chat)
    once = act_id()
    for _ in range(2):
        assert browser.act(chat, form.name, act_id=once, **form.fields).status_code == 303
    assert [act["kind"] for act in shop.acts()] == [form.body["kind"]]
    assert [row.what for row in shop.audits()] == [form.audit]
    assert shop.nudged == [chat.id]


def test_two_forms_are_two_acts(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    for _ in range(2):
        browser.act(chat, "reply", text="the same words")
    assert len(shop.acts()) == 2


def test_every_form_drawn_has_an_id_of_its_own(shop: Shop, browser: Browser) -> None:
    chat = shop.chat(control="owner")
    waiting(shop, chat)
    ids = [
        part.partition('"')[0]
        for part in browser.read(f"/console/c/{chat.id}").split('name="act_id" type="hidden" value="')
    ]
    assert len(ids) > 3
    assert len(set(ids)) == len(ids)


# ------------------------------------------------------------------ refused


@pytest.mark.parametrize("form", ACTS)
def test_a_form_from_elsewhere_does_nothing(shop: Shop, browser: Browser, form: Filled) -> None:
    chat = shop.chat()
    form.scene(shop, chat)
    answer = browser.client.post(f"/console/c/{chat.id}/{form.name}", data={"act_id": act_id(), **form.fields})
    assert answer.status_code == 400
    assert not shop.acts()


@pytest.mark.parametrize("form", ACTS)
def test_another_shops_conversation_is_not_found(shop: Shop, browser: Browser, form: Filled) -> None:
    theirs = shop.chat(account=shop.other_shop())
    form.scene(shop, theirs)
    answer = browser.send(f"/console/c/{theirs.id}/{form.name}", act_id=act_id(), **form.fields)
    assert answer.status_code == 404
    assert not shop.acts()


def test_without_signing_in_nothing_can_be_done(shop: Shop) -> None:
    chat = shop.chat()
    stranger = Browser(shop.app)
    answer = stranger.send(f"/console/c/{chat.id}/take-over", "/console/sign-in", act_id=act_id())
    assert answer.location == "/console/sign-in"
    assert not shop.acts()


def test_a_line_of_another_conversation_is_not_found(shop: Shop, browser: Browser) -> None:
    line = waiting(shop, shop.chat())
    chat = shop.chat()
    fields = {"line_id": line.id, "outcome": "refund", "cites": "J-02", "reason": "x"}
    assert browser.act(chat, "overrule", **fields).status_code == 404
    assert not shop.acts()


@pytest.mark.parametrize(
    ("scene", "name", "fields", "sentence"),
    [
        (waiting, "reply", {"text": "   "}, "보낼 말을 먼저 적어 주세요."),
        (waiting, "confirm", {"line_id": 1, "verdict_id": 1}, "배송비를 누가 내는지 골라 주세요."),
        (waiting, "overrule", {"line_id": 1, "cites": "J-02", "reason": "x"}, "어떻게 할지 골라 주세요."),
        (waiting, "overrule", {"line_id": 1, "outcome": "refund", "reason": "x"}, "근거 조항을 하나 이상 골라 주세요."),
        (waiting, "overrule", {"line_id": 1, "outcome": "refund", "cites": "J-02"}, "이유를 적어 주세요."),
        (
            waiting,
            "overrule",
            {"line_id": 1, "outcome": "refund", "cites": "J-02", "reason": " "},
            "이유를 적어 주세요.",
        ),
        (waiting, "facts", {"line_id": 1, "fact-cause": ""}, "바꿀 내용을 하나 이상 골라 주세요."),
        (to_price, "cannot-repair", {"line_id": 1}, "이유를 골라 주세요."),
        (to_price, "quote", quote(work="about 8000"), "금액은 8,000처럼 숫자로 적어 주세요."),
        (to_price, "quote", quote(work="-1"), "금액은 8,000처럼 숫자로 적어 주세요."),
        (to_price, "quote", quote(work="80.5"), "금액은 8,000처럼 숫자로 적어 주세요."),
        (to_price, "quote", quote(work="9" * 14), "금액은 8,000처럼 숫자로 적어 주세요."),
        (to_price, "quote", quote(valid_until=""), "견적이 언제까지 유효한지 정해 주세요."),
        (to_price, "quote", quote(valid_until="2026-11-20"), "이미 지난 날짜예요."),
        (to_price, "quote", quote(valid_until="2028-01-01"), "1년보다 더 먼 날짜예요."),
        (careless, "quote", quote(work="0"), "금액을 적거나 무료로 표시해 주세요."),
        (to_price, "quote", quote(work=""), "금액을 적거나 무료로 표시해 주세요."),
        (careless, "quote", quote(waived="y"), "둘 중 하나를 지워 주세요."),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field_and_kept(
    shop: Shop, browser: Browser, scene: Scene, name: str, fields: dict[str, Any], sentence: str
) -> None:
    chat = shop.chat()
    scene(shop, chat)
    answer = browser.act(chat, name, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not shop.acts()


@pytest.mark.parametrize("last_day", ["2026-11-21", "2027-11-22"])
def test_a_price_may_hold_from_today_to_a_year(shop: Shop, browser: Browser, last_day: str) -> None:
    chat = shop.chat()
    to_price(shop, chat)
    assert browser.act(chat, "quote", **quote(valid_until=last_day)).status_code == 303


def test_a_price_of_nothing_is_fine_where_it_is_said_to_be_meant(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    to_price(shop, chat)
    assert "이번에는 무료로" in browser.read(f"/console/c/{chat.id}")
    assert browser.act(chat, "quote", **quote(work="", waived="y")).status_code == 303


def test_what_was_filled_in_is_still_there(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    to_price(shop, chat)
    page = browser.act(chat, "quote", **quote(work="8,000", valid_until="2020-01-01", note="with care")).text
    assert 'value="8,000"' in page
    assert "with care</textarea>" in page
    assert 'aria-invalid="true"' in page


def test_the_last_day_offered_is_the_packs(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    to_price(shop, chat)
    assert 'name="valid_until" value="2026-12-05"' in browser.read(f"/console/c/{chat.id}")


@pytest.mark.parametrize("form_id", ["", "1", "not-a-uuid", "x" * 500])
def test_an_act_without_its_id_is_refused(shop: Shop, browser: Browser, form_id: str) -> None:
    assert browser.act(shop.chat(), "take-over", act_id=form_id).status_code == 422
    assert not shop.acts()


def test_an_unknown_act_does_not_exist(shop: Shop, browser: Browser) -> None:
    assert browser.act(shop.chat(), "delete-everything").status_code == 404


def test_an_endless_form_is_refused(shop: Shop, browser: Browser) -> None:
    assert browser.act(shop.chat(), "reply", text="x" * 100_000).status_code == 413


# ------------------------------------------------------------------ too late


def test_a_verdict_replaced_meanwhile_cannot_be_confirmed(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    line = waiting(shop, chat)
    shop.verdict(line, outcome="refund")
    answer = browser.act(chat, "confirm", line_id=line.id, verdict_id=1, shipping="shop")
    assert answer.status_code == 409
    assert "그사이 상황이 바뀌었어요" in answer.text
    assert not shop.acts()


@pytest.mark.parametrize("name", ["quote", "cannot-repair"])
def test_what_is_on_its_way_can_no_longer_be_priced(shop: Shop, browser: Browser, name: str) -> None:
    chat = shop.chat()
    shop.repair(chat, state="await_item")
    assert browser.act(chat, name, **quote(reason="no_parts")).status_code == 409
    assert not shop.acts()


@pytest.mark.parametrize("state", ["await_quote", "await_answer", "closed_declined", "closed_expired"])
def test_a_quote_may_be_written_anew_until_it_is_accepted(shop: Shop, browser: Browser, state: str) -> None:
    chat = shop.chat()
    shop.repair(chat, state=state)
    assert browser.act(chat, "quote", **quote()).status_code == 303


@pytest.mark.parametrize("needed", ["verdict", "undetermined", "quote"])
def test_what_waits_for_a_decision_cannot_be_called_done(shop: Shop, browser: Browser, needed: str) -> None:
    chat = shop.chat(needs_owner=needed)
    assert "/resolved" not in browser.read(f"/console/c/{chat.id}")
    assert browser.act(chat, "resolved").status_code == 409
    assert not shop.acts()


def test_words_that_were_answered_can_be_called_done(shop: Shop, browser: Browser) -> None:
    chat = shop.chat(needs_owner="wrote")
    assert "/resolved" in browser.read(f"/console/c/{chat.id}")
    assert browser.act(chat, "resolved").status_code == 303


def test_words_are_refused_where_they_could_not_go_out(shop: Shop, browser: Browser) -> None:
    chat = shop.chat(last_customer_action_at=clock.now() - timedelta(hours=25))
    answer = browser.act(chat, "reply", text="hello")
    assert answer.status_code == 409
    assert "24시간이 지났으니 인스타그램 앱에서 직접 써 주세요" in answer.text
    assert not shop.acts()


# ------------------------------------------------------------------ trouble of the account


def lose_token(shop: Shop) -> None:
    with shop.db.transaction() as session:
        session.get_one(Account, shop.account.id).trouble = "token"


def test_sending_is_tried_again_when_she_says_so(shop: Shop, browser: Browser) -> None:
    lose_token(shop)
    page = browser.read("/console/")
    assert f"igbot account add {SHOP}" in page
    assert 'action="/console/try-again"' in page
    assert browser.send("/console/try-again").status_code == 303
    [account] = shop.rows(Account)
    assert account.trouble is None
    assert [row.what for row in shop.audits()] == ["account.tried_again"]
    assert "/console/try-again" not in browser.read("/console/")


def test_it_is_not_tried_again_for_strangers_or_forms_from_elsewhere(shop: Shop, browser: Browser) -> None:
    lose_token(shop)
    assert browser.client.post("/console/try-again").status_code == 400
    assert Browser(shop.app).send("/console/try-again", "/console/sign-in").location == "/console/sign-in"
    [account] = shop.rows(Account)
    assert account.trouble == "token"


# ------------------------------------------------------------------ what the page offers


@pytest.mark.parametrize(
    ("scene", "control", "offered"),
    [
        pytest.param(waiting, "bot", {"confirm", "overrule", "facts"}, id="a verdict to confirm"),
        pytest.param(to_price, "bot", {"quote", "cannot-repair", "overrule", "facts"}, id="a repair to price"),
        pytest.param(waiting, "owner", {"hand-back", "confirm", "overrule"}, id="taken over"),
    ],
)
def test_a_case_offers_what_can_be_done(
    shop: Shop, browser: Browser, scene: Scene, control: str, offered: set[str]
) -> None:
    chat = shop.chat(control=control)
    line = scene(shop, chat)
    page = browser.read(f"/console/c/{chat.id}")
    names = {"confirm", "overrule", "facts", "quote", "cannot-repair", "hand-back"}
    assert {name for name in names if f'id="{name}-{line.id}"' in page} == offered


def test_a_declined_repair_can_be_priced_anew_and_nothing_else(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    line = shop.repair(chat, state="closed_declined", status="closed")
    page = browser.read(f"/console/c/{chat.id}")
    assert f'id="quote-{line.id}"' in page
    assert f'id="overrule-{line.id}"' not in page
    assert browser.act(chat, "quote", **quote()).status_code == 303


def test_a_repair_that_was_decided_otherwise_is_priced_no_more(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    line = to_price(shop, chat)
    shop.verdict(line, outcome="refund", fee="none")
    assert f'id="quote-{line.id}"' not in browser.read(f"/console/c/{chat.id}")
    assert browser.act(chat, "quote", **quote()).status_code == 409


def test_a_closed_case_offers_nothing(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    shop.case(chat, status="closed", outcome="refuse", fee="none")
    assert '<details class="act' not in browser.read(f"/console/c/{chat.id}")


def test_events_are_kept_for_this_shop(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    browser.act(chat, "take-over")
    [event] = [event for event in shop.rows(Event) if event.kind == "took_over"]
    assert (event.account_id, event.conversation_id, event.handled_at) == (shop.account.id, chat.id, None)


def test_a_live_page_takes_no_note_from_the_page_it_is_meant_for(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    browser.act(chat, "take-over")
    drawn_anew = browser.see(f"/console/c/{chat.id}", **{"HX-Request": "true", "HX-Target": "chat"})
    assert 'class="note done"' not in drawn_anew.text
    assert 'class="note done"' in browser.read(f"/console/c/{chat.id}")
