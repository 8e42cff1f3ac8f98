"""What a pack offers to those who ask and tell: questions, buttons, words, clauses, money, periods."""

from zoneinfo import ZoneInfo

import pytest

from igbot.errors import BadRequest
from igbot.policy import Choice, Money, Period, product


def test_a_question_and_its_buttons_come_in_the_language_asked_for(jewelry):
    assert jewelry.question("want", "en") == "What would you like us to do?"
    assert jewelry.choices("want", "en") == [
        Choice("repair", "Repair"),
        Choice("exchange", "Exchange"),
        Choice("refund", "Refund"),
    ]
    assert jewelry.choices("want", "ko")[0].label == "수리"


def test_a_language_the_pack_has_not_falls_back_to_its_first(jewelry):
    assert jewelry.languages[0] == "ko"
    assert jewelry.question("want", "ja") == jewelry.question("want", "ko")
    assert jewelry.shop.name["ko"] == jewelry.in_language(jewelry.shop.name, "fr")


def test_a_value_without_a_label_is_never_offered(jewelry):
    assert "cleared_repair" not in [choice.value for choice in jewelry.choices("issue", "en")]
    assert jewelry.label("issue", "cleared_repair", "en") == "cleared_repair"


def test_groups_hold_every_issue_that_can_be_chosen(jewelry):
    grouped = [value for _, values in jewelry.groups("issue", "en") for value in values]
    assert sorted(grouped) == sorted(choice.value for choice in jewelry.choices("issue", "en"))
    assert jewelry.groups("want", "en") == []


def test_a_fact_nobody_asks_has_no_question(jewelry):
    assert jewelry.question("substitution", "en") == ""
    assert jewelry.record_facts == {"item", "age", "substitution"}
    asked = {name for name, spec in jewelry.facts.items() if spec.is_asked}
    assert asked == set(jewelry.ask.order)


def test_clauses_are_the_shops_and_the_bots(jewelry):
    assert jewelry.clause("J-05").title["en"] == "Tell us within 24 hours"
    assert jewelry.clause("B-02").title["ko"] == "사람 상담 요청"
    assert {lang for clause in product.clauses().values() for lang in (*clause.title, *clause.text)} == {"ko", "en"}


def test_every_clause_a_product_row_cites_is_the_products():
    cited = {number for table in product.tables().values() for rule in table.table.rules for number in rule.cites}
    assert cited == set(product.clauses())


def test_every_rule_has_words(jewelry):
    for rule in jewelry.rules:
        assert "{clause}" in jewelry.text(str(rule.say), "en")


def test_money_and_periods_are_typed(jewelry):
    assert jewelry.money["size_exchange_round_trip"] == Money(6000, "KRW")
    assert jewelry.periods["quote_valid"] == Period.parse("P14D")
    assert jewelry.reminders["unclaimed_reminders"] == (Period.parse("P3W"), Period.parse("P27D"))
    assert jewelry.shop.time_zone == ZoneInfo("Asia/Seoul")
    assert (jewelry.photos.max, jewelry.photos.min_side_px) == (6, 640)
    assert "free_repair" in jewelry.owner.confirms


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        (lambda pack: pack.fact("whant"), "`want`"),
        (lambda pack: pack.clause("J-4"), "`J-40`"),
        (lambda pack: pack.text("free_repare", "en"), "`free_repair`"),
    ],
    ids=["fact", "clause", "text"],
)
def test_a_name_nobody_knows_is_answered_with_the_nearest(jewelry, asked, hint):
    with pytest.raises(BadRequest, match=hint):
        asked(jewelry)
