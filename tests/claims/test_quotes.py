"""A price and its answer: every row of table QUOTE that a chat can reach, and the last second of the last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from igbot.claims import jobs, quotes
from igbot.errors import BadRequest
from igbot.messages import QuoteLine

LAST_DAY = date(2026, 11, 19)
IN_TIME = datetime(2026, 11, 19, 23, 59, 59, tzinfo=ZoneInfo("Asia/Seoul"))
TOO_LATE = datetime(2026, 11, 20, 0, 0, 0, tzinfo=ZoneInfo("Asia/Seoul"))
WORK = (QuoteLine(what="work", amount=8000), QuoteLine(what="shipping_out", amount=3500))
FREE = (QuoteLine(what="work", amount=0),)
NOW = datetime(2026, 11, 12, 11, 0, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.fixture
def repair(shop, pack):
    """`repair(fee, lines, waived)`: a case with an open quote."""

    def of(fee="repair_charge_possible", lines=WORK, *, waived=False, until=LAST_DAY):
        case = shop.case(issue="defect")
        jobs.open_job(shop.session, case, fee)
        write(shop, pack, case, lines, waived=waived, until=until)
        return case

    return of


def write(shop, pack, case, lines=WORK, *, waived=False, until=LAST_DAY, now=NOW):
    return quotes.write_quote(
        shop.session,
        case,
        pack,
        lines=lines,
        currency="KRW",
        valid_until=until,
        waived=waived,
        owner_id=shop.owner.id,
        now=now,
    )


@dataclass(frozen=True)
class Answered:
    """An answer to a quote, and what must come of it."""

    lines: tuple[QuoteLine, ...]
    answer: str
    at: datetime
    event: str
    job: str
    line: str


ANSWERS = {
    "JQ-06 free, yes": Answered(FREE, "accepted", TOO_LATE, "quote_accepted", "await_item", "approved"),
    "JQ-07 free, no": Answered(FREE, "declined", IN_TIME, "quote_declined", "closed_declined", "closed"),
    "JQ-08 free, haggles": Answered(FREE, "haggles", IN_TIME, "quote_haggled", "await_answer", "awaiting_owner"),
    "JQ-11 yes in time": Answered(WORK, "accepted", IN_TIME, "quote_accepted", "await_item", "approved"),
    "JQ-12 yes too late": Answered(WORK, "accepted", TOO_LATE, "quote_too_late", "await_answer", "awaiting_owner"),
    "JQ-13 priced, no": Answered(WORK, "declined", TOO_LATE, "quote_declined", "closed_declined", "closed"),
    "JQ-14 priced, haggles": Answered(WORK, "haggles", IN_TIME, "quote_haggled", "await_answer", "awaiting_owner"),
}


@pytest.mark.parametrize("said", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_means(repair, pack, said):
    case = repair(lines=said.lines, waived=said.lines is FREE)
    assert quotes.take_answer(case, said.answer, pack, said.at) == said.event
    assert (case.job.state, case.line.status) == (said.job, said.line)
    noted = ("none", None) if said.event == "quote_too_late" else (said.answer, said.at)
    assert (case.quote.answer, case.quote.answered_at) == noted


@pytest.mark.parametrize(("at", "row"), [(IN_TIME, "JQ-09"), (TOO_LATE, "JQ-10")], ids=["open", "expired"])
def test_silence_until_the_last_day_is_over(repair, pack, at, row):
    case = repair()
    assert quotes.consequence(case.job, case.quote, "none", pack, at).id == row


def test_the_last_day_is_the_shops_wherever_the_clock_is_read(repair, pack):
    case = repair()
    assert (
        quotes.take_answer(case, "accepted", pack, IN_TIME.astimezone(ZoneInfo("America/New_York"))) == "quote_accepted"
    )


@pytest.mark.parametrize("lines", [FREE, ()], ids=["work for nothing", "nothing filled in"])
@pytest.mark.parametrize("fee", ["repair_charge_certain", "repair_charge_possible"])
def test_no_repair_is_free_unless_she_says_so(repair, fee, lines):
    with pytest.raises(BadRequest, match="waive"):
        repair(fee, lines)
    case = repair(fee, lines, waived=True)
    assert case.job.state == "await_answer"


def test_a_quote_that_is_over_before_it_is_sent_is_refused(repair):
    with pytest.raises(BadRequest, match="past"):
        repair(until=date(2026, 11, 11))
    assert repair(until=date(2026, 11, 12)).quote.version == 1


def test_without_a_repair_there_is_nothing_to_price(shop, pack):
    with pytest.raises(BadRequest, match="no repair"):
        write(shop, pack, shop.case(issue="defect"))


def test_an_unanswered_quote_is_replaced_by_its_next_version(shop, repair, pack):
    case = repair()
    first, second = case.quote, write(shop, pack, case)
    assert (second.number, second.version, case.quote) == (first.number, 2, second)
    assert first.stopped_at == NOW


def test_after_an_answer_a_new_quote_has_a_number_of_its_own(shop, repair, pack):
    case = repair()
    quotes.take_answer(case, "declined", pack, IN_TIME)
    again = write(shop, pack, case)
    assert (again.number, again.version, case.job.state) == (2, 1, "await_answer")


def test_a_quote_that_was_stopped_cannot_be_answered(repair, pack):
    case = repair()
    assert quotes.stop_quote(case, NOW)
    assert not quotes.stop_quote(case, NOW)
    assert (case.job.state, quotes.is_open(case)) == ("await_quote", False)
    with pytest.raises(BadRequest, match="no quote"):
        quotes.take_answer(case, "accepted", pack, IN_TIME)


def test_empty_lines_are_left_out_but_the_work_is_named(repair):
    case = repair(lines=(QuoteLine(what="work", amount=0), QuoteLine(what="parts", amount=0)), waived=True)
    assert [line["what"] for line in case.quote.lines] == ["work"]
    assert quotes.total(case.quote) == 0
