"""Every verdict of every rule in every language: nothing blank or cut, its clauses and the way to a person there."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import flows
from igbot.claims import questions, telling
from igbot.claims.cases import Case
from igbot.claims.verdicts import clocks
from igbot.claims.voice import Voice
from igbot.policy import REMEDIES, Period, Span, load_pack
from igbot.store import splitting
from igbot.store.tables import Article, Claim, Item, Line, Quote, Verdict
from igbot.texts import LONGEST_BUTTON, MOST_BUTTONS, MOST_BYTES, Texts
from tests.claims.conftest import CONTACT, fact

FOLDER = Path(flows.__file__).parent
PACK = load_pack(FOLDER / "packs" / "jewelry")
TEXTS = Texts.load(FOLDER / "texts")
SEOUL = ZoneInfo("Asia/Seoul")
LANGUAGES = ("ko", "en")
RECEIVED = {"at": "2026-11-08T12:00:00+09:00"}
NOTE = "note from the owner"


@pytest.fixture(params=LANGUAGES)
def voice(request):
    return Voice(PACK, TEXTS, request.param)


def a_case(*rows) -> Case:
    at = datetime.fromisoformat(CONTACT)
    case = Case(
        Claim(account_id=1, conversation_id=1, opened_at=at, order_state="matched"),
        Item(claim_id=1, article_id=7),
        Line(item_id=1, contact_at=at),
        [fact("received", RECEIVED, "record"), *rows],
        articles=[Article(order_id=1, title="Sample hoops", facts={})],
    )
    case.articles[0].id = 7
    return case


def given(outcome, *, cites=("J-20",), rules=(), said_key="", remedies=(), **more) -> Verdict:
    return Verdict(
        line_id=1,
        outcome=outcome,
        fee="none",
        remedies=list(remedies),
        cites=list(cites),
        rules=list(rules),
        clocks=clocks(a_case(), PACK),
        said_key=said_key or f"outcome_{outcome}",
        pack_id=PACK.id,
        pack_version=PACK.version,
        decided_at=datetime.now(UTC),
        **more,
    )


def of_rule(rule) -> Verdict:
    return given(rule.outcome, cites=rule.cites, rules=[rule.id], said_key=rule.say or "", remedies=rule.remedies)


def is_whole(text: str) -> bool:
    """No blank left open, none filled with nothing."""
    return not re.search(r"[{}]|\(\)|‘’|“”|\bNone\b|  ", text)


@pytest.mark.parametrize("rule", PACK.rules, ids=lambda rule: rule.id)
def test_every_verdict_is_told_in_full(voice, rule):
    words = telling.verdict(voice, a_case(), of_rule(rule))
    assert is_whole(words.text)
    for clause in rule.cites:
        title = PACK.in_language(PACK.clause(clause).title, voice.language)
        assert f"{clause} {title}" in words.text
    assert (voice.say("every_chat.reach_person") in words.text) is (rule.outcome != "owner")
    assert all(len(part.encode()) <= MOST_BYTES for part in splitting.split(words.text))
    labels = [tap.label for tap in words.taps]
    assert len(labels) == (len(rule.remedies) if rule.outcome == "offer" else 0)


@pytest.mark.parametrize("row", ["G-2", "G-3", "G-4", "V-4"])
def test_what_a_person_takes_over_is_told_in_full(voice, row):
    words = telling.verdict(voice, a_case(), given("owner", cites=("B-02",), rules=[row]))
    assert is_whole(words.text)


def test_it_shows_what_was_measured_against_which_limit():
    """Contact and receipt to the minute with the zone; the limit kept, and the one before that was missed."""
    voice = Voice(PACK, TEXTS, "en")
    rule = next(rule for rule in PACK.rules if rule.id == "DF-10")
    text = telling.verdict(voice, a_case(), of_rule(rule)).text
    assert "Received: Sun, Nov 8 12:00\nFirst told us: Thu, Nov 12 10:00 (Seoul)" in text
    assert "Limit of 24 hours: until Mon, Nov 9 12:00" in text
    assert "Limit of 1 month: until Tue, Dec 8, 2026" in text


def test_where_no_clock_decided_none_is_shown(voice):
    rule = next(rule for rule in PACK.rules if rule.id == "CM-1")
    assert voice.period(Period.parse("PT24H")) not in telling.verdict(voice, a_case(), of_rule(rule)).text


def test_an_age_the_owner_set_shows_no_clock(voice):
    verdict = given("refuse", rules=["DF-18"])
    verdict.clocks = clocks(a_case(fact("age", "past", "owner")), PACK)
    assert "2026" not in telling.verdict(voice, a_case(), verdict).text


@pytest.mark.parametrize("shipping", [None, "shop", "customer", "each_one_way"])
@pytest.mark.parametrize("outcome", sorted(REMEDIES | {"refuse", "advise"}))
def test_every_confirmation_is_whole(voice, outcome, shipping):
    verdict = given(outcome, remedies=["exchange", "refund"] if outcome == "offer" else [], shipping=shipping)
    verdict.by_owner_id = 1
    words = telling.confirmation(voice, verdict, NOTE)
    assert is_whole(words.text)
    assert words.text.endswith(NOTE)
    assert PACK.in_language(PACK.clause("J-20").title, voice.language) in words.text
    sends_it_in = outcome in ("free_repair", "exchange", "refund")
    assert (telling.ship_to(voice) in words.text) is sends_it_in


# ------------------------------------------------------------------ quotes


def a_quote(*amounts: int, currency: str = "KRW") -> Quote:
    kinds = ("work", "parts", "shipping_in", "shipping_out")
    lines = [{"what": what, "label": "", "amount": amount} for what, amount in zip(kinds, amounts, strict=False)]
    return Quote(
        account_id=1,
        job_id=1,
        number=17,
        lines=lines,
        currency=currency,
        valid_until=date(2026, 11, 19),
        written_at=datetime.now(UTC),
    )


def test_a_quote_shows_each_line_the_sum_and_the_last_day():
    words = telling.quote(Voice(PACK, TEXTS, "en"), a_quote(8000, 0, 3500, 3500), NOTE)
    assert words.text == (
        f"{NOTE}\n\nHere is your repair quote Q-17.\n· Repair: ₩8,000\n· Parts: ₩0\n· Shipping to us: ₩3,500\n"
        "· Shipping back to you: ₩3,500\nTotal ₩15,000\nThe price holds until Thu, Nov 19, 2026. "
        "Shall we go ahead?"
    )
    assert [tap.payload for tap in words.taps] == ["quote:17.1:yes", "quote:17.1:no"]


@pytest.mark.parametrize("tell", [telling.quote, telling.read_back])
@pytest.mark.parametrize("amounts", [(0,), (8000, 500)], ids=["free", "priced"])
def test_every_quote_is_whole(voice, tell, amounts):
    words = tell(voice, a_quote(*amounts))
    assert is_whole(words.text)
    assert len(words.text.encode()) <= MOST_BYTES
    assert len(words.taps) == 2


def test_a_label_of_the_owners_stands_for_the_line():
    priced = a_quote(8000)
    priced.lines[0]["label"] = "New hinge"
    assert "· New hinge: ₩8,000" in telling.quote(Voice(PACK, TEXTS, "en"), priced).text


def test_after_a_no_the_month_is_told_while_it_lasts(voice):
    verdict = given("paid_quote")
    last = datetime.fromisoformat(verdict.clocks["last_instants"]["m1"])
    assert is_whole(telling.month_left(voice, verdict, last))
    assert telling.month_left(voice, verdict, last.replace(year=2027)) == ""
    assert telling.month_left(voice, None, last) == ""


# ------------------------------------------------------------------ money, days, periods

MONEY = [
    (11500, "KRW", "ko", "₩11,500"),
    (11500, "KRW", "en", "₩11,500"),
    (12055, "USD", "en", "$120.55"),
    (5, "USD", "en", "$0.05"),
    (1500, "JPY", "en", "¥1,500"),
]


@pytest.mark.parametrize(("minor", "currency", "language", "shown"), MONEY)
def test_money_has_the_decimals_of_its_currency(minor, currency, language, shown):
    assert Voice(PACK, TEXTS, language).money(minor, currency) == shown


PERIODS = [
    ("PT24H", "en", "24 hours"),
    ("PT24H", "ko", "24시간"),
    ("P1M", "en", "1 month"),
    ("P1M", "ko", "1개월"),
    ("P7D", "en", "7 days"),
    ("PT90M", "en", "1 hour and 30 minutes"),
]


@pytest.mark.parametrize(("period", "language", "shown"), PERIODS)
def test_a_period_is_told_as_people_say_it(period, language, shown):
    assert Voice(PACK, TEXTS, language).period(Period.parse(period)) == shown


SPANS = {
    "a moment": ("2026-11-10T15:20:00+09:00", "2026-11-10T15:20:00+09:00", "Tue, Nov 10 15:20"),
    "hours of a day": ("2026-11-10T14:00:00+09:00", "2026-11-10T16:00:00+09:00", "Tue, Nov 10, 2026"),
    "days": ("2026-11-09T00:00:00+09:00", "2026-11-10T23:59:59+09:00", "Mon, Nov 9, 2026 ~ Tue, Nov 10, 2026"),
}


@pytest.mark.parametrize(("first", "last", "shown"), SPANS.values(), ids=SPANS)
def test_a_receipt_is_told_as_exactly_as_it_is_known(first, last, shown):
    span = Span(datetime.fromisoformat(first), datetime.fromisoformat(last))
    assert Voice(PACK, TEXTS, "en").span(span, SEOUL) == shown


def test_an_instant_is_told_in_its_zone():
    instant = datetime(2026, 11, 10, 15, 30, tzinfo=UTC)
    assert Voice(PACK, TEXTS, "en").instant(instant, SEOUL) == "Wed, Nov 11 00:30"


# ------------------------------------------------------------------ questions

ASKED = [name for name, spec in PACK.facts.items() if spec.ask]


@pytest.mark.parametrize("name", ASKED)
def test_every_question_fits_one_message_with_its_buttons(voice, name):
    words = questions.question(voice, name)
    assert is_whole(words.text)
    assert len(words.text.encode()) <= MOST_BYTES
    assert len(words.taps) <= MOST_BUTTONS
    assert all(0 < len(tap.label) <= LONGEST_BUTTON for tap in words.taps)


def test_every_issue_can_be_reached_through_a_group(voice):
    groups = questions.question(voice, "issue").taps
    shown = [questions.group_question(voice, "issue", number) for number in range(len(groups))]
    offered = {tap.payload.removeprefix("fact:issue=") for words in shown if words for tap in words.taps}
    assert offered == set(PACK.facts["issue"].labels)
    assert questions.group_question(voice, "issue", len(groups)) is None


def test_what_is_left_to_choose_from_is_offered_without_groups(voice):
    taps = questions.question(voice, "issue", only=["defect", "broken"]).taps
    assert [tap.payload for tap in taps] == ["fact:issue=defect", "fact:issue=broken"]


def test_more_than_fit_are_grouped_again(voice):
    taps = questions.question(voice, "issue", only=PACK.facts["issue"].values).taps
    assert {tap.payload.partition(":")[0] for tap in taps} == {"group"}


def test_two_questions_in_one_message_keep_the_first_ones_buttons(voice):
    cause, photo = questions.question(voice, "cause"), questions.question(voice, "photo")
    both = questions.together(cause, photo)
    assert (both.key, both.taps) == ("ask.cause+ask.photo", cause.taps)
    assert len(both.text.encode()) <= MOST_BYTES
