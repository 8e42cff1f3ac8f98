"""Every customer's message of the sample conversations with the jewellery shop, and what was learnt from it."""

from __future__ import annotations

from typing import Any

import pytest

TURNS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("01", "", "안녕하세요ㅠㅠ 오늘 목걸이 받았는데 잠금장치가 아예 안 열려요", {"issue": "defect", "item": "other"}),
    ("01", "cause photo", "열자마자 그랬어요", {"cause": "as_received"}),
    ("01", "want", "교환", {"want": "exchange"}),
    (
        "02",
        "",
        "hey! the hinge on my hoops came loose.. i've only worn them to work",
        {"issue": "defect", "item": "earring", "cause": "normal_use"},
    ),
    (
        "03",
        "",
        "귀걸이 연결고리를 제가 밟아서 휘었는데요.. 고칠 수 있나요?",
        {"issue": "deformed", "item": "earring", "cause": "careless", "want": "repair"},
    ),
    (
        "04",
        "",
        "귀걸이 큐빅이 양쪽 다 빠졌어요ㅠ 그냥 하고만 다녔는데",
        {"issue": "stone_out", "item": "earring", "cause": "normal_use"},
    ),
    ("04", "part", "하나는 있고 하나는 어디갔는지 모르겠어요", {"part": ["kept", "lost"]}),
    (
        "05",
        "",
        "도금이 벗겨지는거 같아요 색이 변했어요 교환 가능한가요??",
        {"issue": "discoloured", "want": "exchange"},
    ),
    ("05", "cause", "처음엔 괜찮았고 쓰다보니까요", {"cause": "normal_use"}),
    ("05", "", "네 알겠습니다ㅠ", {}),
    ("06", "", "one of my studs is bent 😭 the little stick", {"issue": "post_bent", "item": "earring"}),
    ("06", "self_help", "omg it worked thank u", {}),
    (
        "07",
        "",
        "귀걸이 침이 부러졌는데 침만 다시 붙여주실 수 있나요",
        {"issue": "broken", "item": "earring", "want": "repair"},
    ),
    ("07", "cause", "끼다가 똑 부러졌어요", {"issue": "broken", "cause": "normal_use"}),
    (
        "08",
        "",
        "집게핀 스프링이 약해져서 안 집혀요 수리되나요?",
        {"issue": "defect", "item": "hair", "want": "repair"},
    ),
    ("08", "cause", "쓰다보니까 그래요", {"cause": "normal_use"}),
    (
        "09",
        "",
        "Hi, my ring is too small, can I get US 7 instead of 6?",
        {"issue": "ring_size", "item": "ring"},
    ),
    ("09", "same_variant", "yes same one", {"same_variant": "same"}),
    ("10", "", "다른 게 왔어요;; 진주 시켰는데 하트가 왔어요", {"issue": "wrong_item"}),
    ("10", "want", "진주로 다시 보내주세요", {"want": "exchange"}),
    (
        "11",
        "",
        "there's a tiny scratch on the back of the pendant? I'd like a refund please",
        {"issue": "surface_mark", "want": "refund"},
    ),
    ("11", "severity", "a i guess", {"severity": "minor"}),
    (
        "12",
        "",
        "받아보니까 저랑 안어울려서요 환불될까요? 착용 안했어요",
        {"issue": "change_of_mind", "want": "refund"},
    ),
    ("12", "", "소비자보호법상 7일 안에 되는거 아니에요?", {}),
    ("13", "", "so sorry I was abroad!! is my bracelet still there?", {"item": "other"}),
    ("14", "", "my bracelet came broken??? the chain is in two pieces", {"issue": "broken", "item": "other"}),
    ("14", "cause", "yes in the box", {"cause": "as_received"}),
    ("14", "want", "can u fix it", {"want": "repair"}),
    ("14", "want", "refund then", {"want": "refund"}),
    ("16", "", "반지 알이 헐거워요 빠질거같아요", {"issue": "defect", "item": "ring"}),
    ("16", "cause", "처음부터 그랬어요", {"cause": "as_received"}),
    (
        "17",
        "",
        "ok so i just opened the package and one earring is missing from the pair",
        {"issue": "part_lost", "item": "earring"},
    ),
    ("17", "cause", "sorry was traveling. yes the box had just one", {"cause": "as_received"}),
    ("17", "want", "just send the other one pls", {"want": "repair"}),
    (
        "18",
        "",
        "브로치는 핀이 휘어서 왔고 헤어핀은 생각보다 작아요 둘다 환불하고 싶어요",
        {"issue": ["deformed", "spec_difference"], "item": ["other", "hair"], "cause": "as_received", "want": "refund"},
    ),
    ("18", "severity", "조금이요", {"severity": "minor"}),
    ("19", "", "안녕하세요 목걸이 줄이 끊어졌어요", {"issue": "broken", "item": "other"}),
    (
        "19",
        "cause",
        "sorry my friend typed that. it snapped when i pulled my sweater over it",
        {"issue": "broken", "cause": "careless"},
    ),
    ("20", "", "이거 제가 산건데 ㅠㅠ 색이 사진이랑 달라요", {"issue": "screen_difference"}),
    ("20", "", "아 아예 다른 디자인이에요", {"issue": "wrong_item"}),
    ("21", "", "the clasp broke off lol i yanked it", {"issue": "defect", "cause": "careless"}),
    ("21", "cause", "it was like that when it arrived", {"cause": "as_received"}),
]


@pytest.mark.parametrize(("number", "asked", "text", "facts"), TURNS, ids=[f"{t[0]}-{t[2][:30]}" for t in TURNS])
def test_it_learns_what_the_conversation_says(reading, number, asked, text, facts):
    assert reading(text, *asked.split()).facts == facts


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("ok do it 👍", "yes"),
        ("헉 생각보다 비싸네요 그냥 안 할게요", "no"),
        ("ok", "yes"),
        ("yes same one", "yes"),
    ],
)
def test_it_hears_the_answer_to_a_quote(reading, text, answer):
    assert reading(text, "yes_no").slots["yes_no"] == answer


def test_it_hears_the_size_wanted_and_the_one_it_is_instead_of(reading):
    told = reading("Hi, my ring is too small, can I get US 7 instead of 6?")
    assert told.slots["ring_size"] == {"from": "6", "to": "7"}


def test_it_takes_the_day_of_receipt_from_the_first_message(reading):
    told = reading("안녕하세요ㅠㅠ 오늘 목걸이 받았는데 잠금장치가 아예 안 열려요")
    assert told.received is not None
    assert str(told.received.date) == "2026-11-18"


def test_it_does_not_take_opening_the_parcel_for_a_day_of_receipt(reading):
    assert reading("ok so i just opened the package and one earring is missing from the pair").received is None


@pytest.mark.parametrize(
    ("text", "alarms"),
    [
        (
            "아니 이게 말이 되요?? 이틀만에 고장나는걸 파세요? 진짜 어이없네 사장 나와요",
            {"angry", "asks_human"},
        ),
        ("소비자보호법상 7일 안에 되는거 아니에요?", {"legal"}),
        ("the left sole is peeling off right out of the box 😡 and your return page just spins", {"none"}),
        ("but one of them has a hole in the lining!!", {"none"}),
        ("omg it worked thank u", {"none"}),
    ],
)
def test_it_tells_alarm_from_annoyance(reading, text, alarms):
    assert reading(text).alarm in alarms


def test_the_language_follows_the_customer_not_the_friend(reading):
    assert reading("안녕하세요 목걸이 줄이 끊어졌어요").lang == "ko"
    assert reading("sorry my friend typed that. it snapped when i pulled my sweater over it", lang="ko").lang == "en"
