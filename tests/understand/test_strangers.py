"""Other people's wording: what they report, and how they answer."""

from __future__ import annotations

import pytest

from tests.understand.strangers import ANSWERS, REPORTS, SAID_OTHERWISE


@pytest.mark.parametrize(("text", "facts"), REPORTS, ids=[text[:40] for text, _ in REPORTS])
def test_it_learns_from_a_report(reading, text, facts):
    assert reading(text).facts == facts


@pytest.mark.parametrize(
    ("asked", "text", "facts"), ANSWERS, ids=[f"{asked}-{text[:30]}" for asked, text, _ in ANSWERS]
)
def test_it_understands_an_answer(reading, asked, text, facts):
    assert reading(text, asked).facts == facts


@pytest.mark.parametrize(("text", "facts"), SAID_OTHERWISE, ids=[text[:40] for text, _ in SAID_OTHERWISE])
def test_it_learns_nothing_wrong_from_what_is_said_otherwise(reading, text, facts):
    assert reading(text).facts == facts


WANTS = {
    "want": [("repair", "수리"), ("exchange", "교환"), ("refund", "환불"), ("repair", "Repair"), ("refund", "Refund")]
}


@pytest.mark.parametrize(
    ("typed", "value"),
    [("환불이요", "refund"), ("repair pls", "repair"), ("환불 말고 교환", "exchange"), ("not a refund", None)],
)
def test_a_label_taken_back_is_no_answer(reading, typed, value):
    assert reading(typed, "want", choices=WANTS).facts.get("want") == value


CAUSES = {
    "cause": [
        ("as_received", "받았을 때부터"),
        ("as_received", "Already there when opened"),
        ("normal_use", "착용하다가"),
        ("normal_use", "While wearing it"),
        ("careless", "당기거나 떨어뜨려서"),
        ("careless", "Pulled, dropped or bent"),
        ("unsure", "잘 모르겠어요"),
        ("unsure", "Not sure"),
    ]
}


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("받았을 때부터", "as_received"),
        ("받았을때부터요", "as_received"),
        ("already there when opened", "as_received"),
        ("Aready there when opend", "as_received"),
        ("while wearing it.", "normal_use"),
        ("While wearing it I think", "normal_use"),
        ("당기거나 떨어뜨려서!!", "careless"),
        ("Not sure", "unsure"),
        ("2", "normal_use"),
        ("d", "unsure"),
        ("3번이요", "careless"),
    ],
)
def test_a_typed_button_counts_as_a_tap_in_every_language(reading, typed, value):
    assert reading(typed, "cause", choices=CAUSES).facts == {"cause": value}


def test_an_answer_and_something_new_are_both_heard(reading):
    told = reading("처음부터요. 그리고 목걸이 줄도 끊어졌어요", "cause")
    assert told.facts == {"cause": "as_received", "issue": "broken", "item": "other"}


def test_two_questions_are_answered_at_once(reading):
    assert reading("처음부터 그랬고 알은 있어요", "cause", "part").facts == {"cause": "as_received", "part": "kept"}


def test_not_knowing_answers_only_what_was_asked(reading):
    assert reading("모르겠어요", "cause").facts == {"cause": "unsure"}
    assert reading("모르겠어요").facts == {}
    assert reading("i don't know", "received").facts == {"received": "unsure"}
