"""Days of receipt: exact ones, spans, and what is none."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.understand.conftest import NOW

EXACT = [
    ("오늘요", "2026-11-18"),
    ("어제 받았어요", "2026-11-17"),
    ("그저께요", "2026-11-16"),
    ("그제 도착했어요", "2026-11-16"),
    ("받은 지 3일 됐어요", "2026-11-15"),
    ("받은지 3일째에요", "2026-11-15"),
    ("이틀 전에 받았어요", "2026-11-16"),
    ("일주일 전이요", "2026-11-11"),
    ("보름 전에 받음", "2026-11-03"),
    ("지난주 금요일에 왔어요", "2026-11-13"),
    ("저번주 수요일", "2026-11-11"),
    ("금요일에 받았어요", "2026-11-13"),
    ("월욜이요", "2026-11-16"),
    ("11/17", "2026-11-17"),
    ("11.17", "2026-11-17"),
    ("11월 17일이요", "2026-11-17"),
    ("17일에 받았습니다", "2026-11-17"),
    ("25일에 받았어요", "2026-10-25"),
    ("2026-11-17", "2026-11-17"),
    ("2026년 11월 2일", "2026-11-02"),
    ("주문은 11/10에 했고 16일에 받았어요", "2026-11-16"),
    ("today", "2026-11-18"),
    ("it arrived yesterday", "2026-11-17"),
    ("the day before yesterday", "2026-11-16"),
    ("2 days ago", "2026-11-16"),
    ("three days ago i think", "2026-11-15"),
    ("a fortnight ago", "2026-11-04"),
    ("last Friday", "2026-11-13"),
    ("got it in the mail on monday", "2026-11-16"),
    ("tuesday", "2026-11-17"),
    ("Nov 17", "2026-11-17"),
    ("17th of November", "2026-11-17"),
    ("the 17th", "2026-11-17"),
    ("ordered on 11/10 but arrived on 11/16", "2026-11-16"),
]


@pytest.mark.parametrize(("text", "day"), EXACT, ids=[text for text, _ in EXACT])
def test_it_finds_the_day(reading, text, day):
    received = reading(text, "received").received
    assert (received and str(received.date)) == day


SPANS = [
    ("어제 저녁에 받았어요", "2026-11-17", "2026-11-17T17:00", "2026-11-17T22:00"),
    ("오늘 아침 9시", "2026-11-18", "2026-11-18T08:30", "2026-11-18T09:30"),
    ("어젯밤에 도착했어요", "2026-11-17", "2026-11-17T18:00", "2026-11-18T00:00"),
    ("11월 17일 오후 3시쯤이요", "2026-11-17", "2026-11-17T14:00", "2026-11-17T16:00"),
    ("어제 오후 8시쯤", "2026-11-17", "2026-11-17T19:00", "2026-11-17T21:00"),
    ("어제 오후 6시에 받았어요", "2026-11-17", "2026-11-17T17:30", "2026-11-17T18:30"),
    ("어제 밤 2시쯤", "2026-11-17", "2026-11-17T01:00", "2026-11-17T15:00"),
    ("어제 오후 3시 20분", "2026-11-17", "2026-11-17T15:20", "2026-11-17T15:21"),
    ("방금 받았는데 알이 없어요", "2026-11-18", "2026-11-18T17:00", "2026-11-18T20:00"),
    ("1시간 전에 받았어요", "2026-11-18", "2026-11-18T18:30", "2026-11-18T19:30"),
    ("오늘 저녁에 받았어요", "2026-11-18", "2026-11-18T17:00", "2026-11-18T20:00"),
    ("엊그제 받았어요", None, "2026-11-15T00:00", "2026-11-17T00:00"),
    ("yesterday evening", "2026-11-17", "2026-11-17T17:00", "2026-11-17T22:00"),
    ("this morning", "2026-11-18", "2026-11-18T06:00", "2026-11-18T12:00"),
    ("Tuesday around three", "2026-11-17", "2026-11-17T14:00", "2026-11-17T16:00"),
    ("yesterday at 15:30", "2026-11-17", "2026-11-17T15:30", "2026-11-17T15:31"),
    ("it arrived last week", None, "2026-11-09T00:00", "2026-11-16T00:00"),
    ("about 5 days ago", None, "2026-11-12T00:00", "2026-11-15T00:00"),
    ("wednesday", None, "2026-11-11T00:00", "2026-11-18T20:00"),
    ("지난주에 받았어요", None, "2026-11-09T00:00", "2026-11-16T00:00"),
]


@pytest.mark.parametrize(("text", "day", "earliest", "latest"), SPANS, ids=[span[0] for span in SPANS])
def test_it_finds_the_span(reading, text, day, earliest, latest):
    received = reading(text, "received").received
    assert received is not None
    assert (received.date and str(received.date)) == day
    assert received.earliest == datetime.fromisoformat(earliest).replace(tzinfo=NOW.tzinfo)
    assert received.latest == datetime.fromisoformat(latest).replace(tzinfo=NOW.tzinfo)


@pytest.mark.parametrize(
    "text",
    [
        "며칠 전이요",
        "얼마 전에 받았어요",
        "a few days ago",
        "recently",
        "내일 받을 예정이에요",
        "next friday",
        "11/19",
        "3/4",
        "12월 25일",
        "20261117-0001",
        "2026-11-17-0001",
        "3일",
        "31/31",
        "11월 31일",
        "999999999일 전",
        "10만원",
    ],
)
def test_what_is_vague_future_or_no_day_gives_none(reading, text):
    assert reading(text, "received").received is None


@pytest.mark.parametrize(
    "text",
    [
        "어제 끼다가 부러졌어요",
        "이틀만에 고장나는걸 파세요?",
        "받은 목걸이가 어제 끊어졌어요",
        "11/10에 주문했어요",
        "i ordered it last friday",
        "the stone fell out yesterday",
        "I wore it today",
        "어제 문의드렸는데 답이 없네요",
    ],
)
def test_the_day_of_something_else_is_not_the_day_of_receipt(reading, text):
    assert reading(text).received is None


def test_the_zone_is_the_customers(reading):
    in_new_york = datetime.fromisoformat("2026-11-18T01:00:00-05:00")
    received = reading("it arrived yesterday evening", now=in_new_york).received
    assert received is not None
    assert received.earliest is not None
    assert received.earliest.isoformat() == "2026-11-17T17:00:00-05:00"


def test_last_friday_after_this_weeks_friday_may_be_either(reading):
    saturday = datetime.fromisoformat("2026-11-21T12:00:00+09:00")
    received = reading("last friday", "received", now=saturday).received
    assert received is not None
    assert received.date is None


def test_the_slot_says_the_same_in_json(reading):
    assert reading("어제 저녁에 받았어요").slots["received"] == {
        "date": "2026-11-17",
        "part": "저녁",
        "from": "2026-11-17T17:00:00+09:00",
        "to": "2026-11-17T22:00:00+09:00",
        "text": "어제 저녁",
    }


@pytest.mark.parametrize(
    ("text", "names_day"),
    [
        ("오후 3시쯤이요", False),
        ("around 3pm", False),
        ("오늘 오후 3시쯤이요", True),
        ("yesterday around 3pm", True),
        ("화요일이요", True),
    ],
)
def test_an_hour_alone_names_no_day(reading, text, names_day):
    received = reading(text, "received").received
    assert received is not None
    assert received.names_day is names_day
