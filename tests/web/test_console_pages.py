"""What the owner sees: the list, a thread, photos; and what nobody else's owner sees."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from igbot import clock
from igbot.store import threads
from igbot.store.unit import Database
from tests.web.shop import Browser, Shop

pytestmark = pytest.mark.usefixtures("now")

ON_SQLITE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@pytest.fixture
def shop(db: Database, tmp_path: Path) -> Shop:
    return Shop(db, tmp_path)


@pytest.fixture
def browser(shop: Shop) -> Browser:
    browser = Browser(shop.app)
    browser.sign_in()
    return browser


def in_order(text: str, *parts: str) -> bool:
    places = [text.index(part) for part in parts]
    return places == sorted(places)


# ------------------------------------------------------------------ the list


def test_who_waits_longest_comes_first_then_the_others_latest_first(shop: Shop, browser: Browser) -> None:
    now = clock.now()
    shop.chat("Old", changed_at=now - timedelta(days=2))
    shop.chat("Fresh", changed_at=now - timedelta(minutes=1))
    shop.chat("Waits short", needs_owner="verdict", needs_owner_since=now - timedelta(minutes=5))
    shop.chat("Waits long", needs_owner="angry", needs_owner_since=now - timedelta(hours=5))
    page = browser.read("/console/")
    assert in_order(page, "Waits long", "Waits short", "Fresh", "Old")
    assert "고객이 많이 속상해해요" in page


def test_a_row_shows_the_last_words_of_either_side(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    shop.message(chat, "earlier words", minutes_ago=9)
    shop.reply(chat, "the bot's last words", minutes_ago=8)
    page = browser.read("/console/")
    assert "the bot&#39;s last words" in page
    assert "earlier words" not in page


@ON_SQLITE
def test_a_nameless_customer_is_called_by_the_end_of_their_number(shop: Shop, browser: Browser) -> None:
    chat = shop.chat(name=None)
    page = browser.read(f"/console/c/{chat.id}")
    assert "고객 …0001" in page
    assert "555000001" not in page


@pytest.mark.parametrize(
    ("only", "shown"),
    [
        ("needs", {"Needs"}),
        ("mine", {"Mine"}),
        ("quotes", {"Quoted"}),
        ("held", {"Held"}),
        ("nonsense", {"Needs", "Mine", "Quoted", "Held"}),
    ],
)
def test_tabs_narrow_the_list(shop: Shop, browser: Browser, only: str, shown: set[str]) -> None:
    shop.chat("Needs", needs_owner="verdict", needs_owner_since=clock.now())
    shop.chat("Mine", control="owner")
    shop.repair(shop.chat("Quoted"))
    shop.reply(shop.chat("Held"), "not out yet", status="held", reason="hold_for_person")
    page = browser.read(f"/console/?only={only}")
    assert {name for name in ("Needs", "Mine", "Quoted", "Held") if f">{name}<" in page} == shown


@ON_SQLITE
@pytest.mark.parametrize("trouble", ["token", "access", "restricted"])
def test_trouble_with_the_account_stands_on_top(shop: Shop, browser: Browser, trouble: str) -> None:
    assert 'role="alert"' not in browser.read("/console/")
    with shop.db.transaction() as session:
        session.merge(shop.account).trouble = trouble
    assert 'role="alert"' in browser.read("/console/")
    assert 'role="alert"' in browser.read(f"/console/c/{shop.chat().id}")


@ON_SQLITE
@pytest.mark.parametrize(
    ("trouble", "state", "reason"),
    [
        pytest.param("token", {}, "인스타그램 연결이 끊겼어요", id="no token"),
        pytest.param(None, {"unreachable": True}, "이 고객에게 메시지를 보낼 수 없어요", id="customer gone"),
        pytest.param(None, {"window_shut": True}, "답장 기한 지남", id="Meta's hours are over"),
    ],
)
def test_a_row_names_what_really_stands_in_the_way(
    shop: Shop, browser: Browser, trouble: str | None, state: dict[str, Any], reason: str
) -> None:
    with shop.db.transaction() as session:
        session.merge(shop.account).trouble = trouble
    shop.chat(needs_owner="wrote", **state)
    assert f'<span class="tag shut">{reason}</span>' in browser.read("/console/")


@ON_SQLITE
def test_who_pays_shipping_is_open_only_until_it_is_said(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    line = shop.case(chat, outcome="exchange", fee="shipping_owner_decides")
    assert "배송비 부담은 직접 결정" in browser.read(f"/console/c/{chat.id}")
    shop.verdict(line, shipping="shop")
    assert "배송비 부담은 직접 결정" not in browser.read(f"/console/c/{chat.id}")


@ON_SQLITE
def test_what_could_not_be_handled_is_told_for_a_week(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    shop.event(chat, handled_at=None, set_aside=True, trouble="KeyError")
    page = browser.read("/console/")
    assert "처리하지 못한 일이 1건" in page
    assert "KeyError" in page
    clock.move(threads.TROUBLE_SHOWN + timedelta(seconds=1))
    assert "처리하지 못한 일이" not in browser.read("/console/")


@ON_SQLITE
def test_an_empty_shop_says_so_kindly(browser: Browser) -> None:
    assert "아직 온 메시지가 없어요" in browser.read("/console/")


# ------------------------------------------------------------------ a thread


def test_words_of_both_sides_stand_in_time(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    shop.message(chat, "first words", minutes_ago=30)
    shop.reply(chat, "second words", minutes_ago=29)
    shop.reply(chat, "third words", minutes_ago=28, sender="person")
    shop.message(chat, "fourth words", minutes_ago=27)
    page = browser.read(f"/console/c/{chat.id}")
    assert in_order(page, "first words", "second words", "third words", "fourth words")
    assert in_order(page, "ours bot sent", "ours person sent")


@ON_SQLITE
@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        ("queued", None, "곧 보내요"),
        ("sent", None, "보냄"),
        ("held", "hold_for_person", "아직 못 보냄: 24시간이 지나 이제 직접만 보낼 수 있어요"),
        ("held", "hold_until_customer_writes", "7일이 지나 고객이 다시 쓰면 보낼 수 있어요"),
        ("failed", "MessageRefused", "보내지 못함: 인스타그램이 메시지를 거절했어요"),
        ("unknown", None, "보냈는지 확인하는 중"),
        ("cancelled", "taken_over", "직접 대화를 맡아서 보내지 않았어요"),
        ("held", "some_new_reason", "some new reason"),
    ],
)
def test_what_became_of_a_reply_is_told_in_words(
    shop: Shop, browser: Browser, status: str, reason: str | None, words: str
) -> None:
    chat = shop.chat()
    shop.reply(chat, "hello", status=status, reason=reason)
    assert words in browser.read(f"/console/c/{chat.id}")


@ON_SQLITE
def test_nothing_of_an_unsent_message_is_shown_but_that_it_was(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    shop.message(chat, "", unsent_at=clock.now())
    assert "고객이 취소한 메시지예요" in browser.read(f"/console/c/{chat.id}")


@ON_SQLITE
def test_what_customers_write_is_text_and_never_markup(shop: Shop, browser: Browser) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    chat = shop.chat(evil, needs_owner="verdict", needs_owner_since=clock.now())
    shop.message(chat, evil)
    shop.reply(chat, evil, quick_replies=[{"title": evil, "payload": "x"}], status="failed", reason=evil)
    shop.case(chat, facts={"issue": evil, "item": evil}, outcome="exchange", owner_reason=evil, cites=[evil])
    for page in (f"/console/c/{chat.id}", "/console/"):
        text = browser.read(page)
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "&lt;script&gt;alert(1)" in text


@ON_SQLITE
def test_a_case_shows_its_receipt(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    shop.case(chat, facts={"issue": "defect", "item": "ring", "cause": "as_received"}, outcome="exchange")
    page = browser.read(f"/console/c/{chat.id}")
    clauses = ("J-02", "제작 불량", "J-05")
    clocks = (
        "2026년 11월 21일 (토) 11:00:00",
        "2026년 11월 20일 (금) 14:00:00",
        "24시간 기한",
        "2026년 11월 21일 (토) 14:00:00",
    )
    facts = ("받았을 때부터 그랬어요", "반지", "고객, ", ">12:00</time>")
    for part in (*clauses, *clocks, *facts, "교환", "규칙에 따라 정함", "DF-02", "서울"):
        assert part in page


@ON_SQLITE
def test_a_clock_read_elsewhere_names_that_place(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    clocks: dict[str, Any] = {
        "contact": "2026-11-21T02:00:00+00:00",
        "received": None,
        "zone": "America/New_York",
        "last_instants": {},
    }
    shop.case(chat, outcome="owner", clocks=clocks)
    assert "뉴욕" in browser.read(f"/console/c/{chat.id}")


@ON_SQLITE
def test_a_verdict_by_hand_names_who_decided_and_why(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    line = shop.case(chat, outcome="refuse", fee="none")
    shop.verdict(line, outcome="refund", by_owner_id=shop.owner.id, owner_reason="our mistake")
    page = browser.read(f"/console/c/{chat.id}")
    assert "jiwoo 님이 정함" in page
    assert "our mistake" in page


@ON_SQLITE
def test_a_fact_taken_back_or_told_differently_stands_apart(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    line = shop.case(chat, facts={"issue": "defect"})
    shop.fact(line, "cause", None, withdrawn_at=clock.now())
    shop.fact(line, "item", "ring", taken=False)
    page = browser.read(f"/console/c/{chat.id}")
    assert "취소됨" in page
    assert "판정 뒤에 한 말이라 반영하지 않음" in page


@ON_SQLITE
@pytest.mark.parametrize(
    ("answer", "words"),
    [("none", "아직 답 없음"), ("accepted", "수락"), ("declined", "거절"), ("haggles", "가격 조정 요청")],
)
def test_a_quote_shows_its_sum_and_the_answer(shop: Shop, browser: Browser, answer: str, words: str) -> None:
    chat = shop.chat()
    line = shop.repair(chat, state="await_answer")
    lines = [{"what": "work", "label": "", "amount": 8000}, {"what": "shipping_out", "label": "", "amount": 3500}]
    shop.quote(line, lines=lines, answer=answer)
    page = browser.read(f"/console/c/{chat.id}")
    for part in ("Q-17", "₩8,000", "₩11,500", "2026년 12월 5일까지 유효", words):
        assert part in page


@ON_SQLITE
def test_an_act_still_to_be_carried_out_is_shown(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    assert "처리하고 있어요" not in browser.read(f"/console/c/{chat.id}")
    shop.event(chat, kind="verdict_confirmed", handled_at=None)
    assert "처리하고 있어요" in browser.read(f"/console/c/{chat.id}")


@ON_SQLITE
@pytest.mark.parametrize(
    ("hours", "tag", "state", "words"),
    [
        pytest.param(1, "none", {}, "23시간 남음", id="open"),
        pytest.param(30, "approved", {}, "24시간이 지났지만", id="a day over, with the tag"),
    ],
)
def test_the_reply_box_says_how_long_it_may_be_used(
    shop: Shop, browser: Browser, hours: int, tag: str, state: dict[str, Any], words: str
) -> None:
    page = thread_after(shop, browser, hours, tag, state)
    assert words in page
    assert '<textarea id="reply-text"' in page


@ON_SQLITE
@pytest.mark.parametrize(
    ("hours", "tag", "state", "words"),
    [
        pytest.param(30, "none", {}, "인스타그램 앱에서 직접 써 주세요", id="a day over"),
        pytest.param(200, "approved", {}, "7일이 지나", id="a week over"),
        pytest.param(1, "none", {"unreachable": True}, "이 고객에게 메시지를 보낼 수 없어요", id="gone"),
        pytest.param(1, "none", {"window_shut": True}, "인스타그램 앱에서", id="Meta says it is shut"),
    ],
)
def test_without_a_way_out_there_is_a_reason_instead_of_a_reply_box(
    shop: Shop, browser: Browser, hours: int, tag: str, state: dict[str, Any], words: str
) -> None:
    page = thread_after(shop, browser, hours, tag, state)
    assert words in page
    assert '<textarea id="reply-text"' not in page


def thread_after(shop: Shop, browser: Browser, hours: int, tag: str, state: dict[str, Any]) -> str:
    """The page of a customer who last wrote so many hours ago."""
    with shop.db.transaction() as session:
        session.merge(shop.account).human_agent = tag == "approved"
    chat = shop.chat(last_customer_action_at=clock.now() - timedelta(hours=hours), **state)
    return browser.read(f"/console/c/{chat.id}")


@ON_SQLITE
def test_words_that_were_held_can_be_sent_as_ones_own(shop: Shop, browser: Browser) -> None:
    chat, other = shop.chat(), shop.chat()
    held = shop.reply(chat, "please pack it well", status="held", reason="hold_for_person")
    assert ">please pack it well</textarea>" in browser.read(f"/console/c/{chat.id}?draft={held.id}")
    assert "please pack it well" not in browser.read(f"/console/c/{other.id}?draft={held.id}")


def test_older_words_are_a_link_away(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    for number in range(threads.MOST_SPOKEN + 5):
        shop.message(chat, f"word {number:03}", minutes_ago=500 - number)
    newest = browser.read(f"/console/c/{chat.id}")
    assert "word 084" in newest
    assert "word 004" not in newest
    before = newest.partition("before=")[2].partition('"')[0]
    older = browser.read(f"/console/c/{chat.id}?before={before}")
    assert "word 004" in older
    assert "word 005" not in older
    assert "before=" not in older


# ------------------------------------------------------------------ photos


@ON_SQLITE
def test_a_photo_is_served_as_a_picture_and_nothing_else(shop: Shop, browser: Browser) -> None:
    chat = shop.chat()
    photo = shop.photo(shop.message(chat, ""))
    assert f"/console/photo/{photo.id}/small" in browser.read(f"/console/c/{chat.id}")
    for size in ("small", "big"):
        answer = browser.see(f"/console/photo/{photo.id}/{size}")
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert answer.headers["Cache-Control"] == "no-store"


@ON_SQLITE
def test_a_video_is_handed_over_as_a_file(shop: Shop, browser: Browser) -> None:
    video = shop.photo(shop.message(shop.chat(), ""), media="video", content_type="video/mp4", thumbnail=None)
    answer = browser.see(f"/console/photo/{video.id}/big")
    assert answer.mimetype == "video/mp4"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert browser.see(f"/console/photo/{video.id}/small").status_code == 404


@ON_SQLITE
def test_a_file_that_is_gone_is_not_found(shop: Shop, browser: Browser) -> None:
    photo = shop.photo(shop.message(shop.chat(), ""))
    shop.shelf.delete(photo.file or "")
    assert browser.see(f"/console/photo/{photo.id}/big").status_code == 404


@ON_SQLITE
@pytest.mark.parametrize("status", ["wanted", "refused", "deleted", "over_limit"])
def test_only_kept_files_are_served(shop: Shop, browser: Browser, status: str) -> None:
    photo = shop.photo(shop.message(shop.chat(), ""), status=status)
    assert browser.see(f"/console/photo/{photo.id}/big").status_code == 404


# ------------------------------------------------------------------ somebody else's shop


def test_another_shops_customers_do_not_exist_here(shop: Shop, browser: Browser) -> None:
    theirs = shop.chat("Theirs", account=shop.other_shop(), needs_owner="verdict", needs_owner_since=clock.now())
    photo = shop.photo(shop.message(theirs, "their words"))
    shop.event(theirs, set_aside=True, trouble="KeyError")
    assert browser.see(f"/console/c/{theirs.id}").status_code == 404
    assert browser.see(f"/console/photo/{photo.id}/big").status_code == 404
    page = browser.read("/console/")
    assert "Theirs" not in page
    assert "처리하지 못한 일이" not in page


# ------------------------------------------------------------------ how much is asked of the database


def fill(shop: Shop, many: int) -> int:
    """Conversations, each with words, photos, a case, verdicts and quotes; the id of one."""
    for number in range(many):
        chat = shop.chat(needs_owner="verdict" if number % 2 else None, needs_owner_since=clock.now())
        for _ in range(many):
            shop.photo(shop.message(chat, "words"))
            shop.reply(chat, "words")
            shop.quote(shop.repair(chat), number=next(shop.numbers))
    return chat.id


@ON_SQLITE
def test_a_fuller_shop_takes_no_more_statements(shop: Shop, browser: Browser) -> None:
    counts = []
    for many in (1, 4):
        chat_id = fill(shop, many)
        with shop.statements() as on_list:
            browser.read("/console/")
        with shop.statements() as on_thread:
            browser.read(f"/console/c/{chat_id}")
        counts.append((len(on_list), len(on_thread)))
    assert counts[0] == counts[1]
    assert counts[1] <= (14, 18)


# ------------------------------------------------------------------ words


@ON_SQLITE
def test_the_english_twin_shows_no_korean(shop: Shop, browser: Browser) -> None:
    shop.app.test_request_context()
    browser.send("/console/language", language="en")
    chat = shop.chat(needs_owner="verdict", needs_owner_since=clock.now())
    shop.message(chat, "hello")
    shop.case(chat, outcome="exchange", facts={"issue": "defect", "item": "ring"})
    shop.repair(chat)
    for page in ("/console/", f"/console/c/{chat.id}"):
        text = browser.read(page).replace("한국어", "")
        assert not [letter for letter in text if "가" <= letter <= "힣"]
