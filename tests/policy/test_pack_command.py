"""`igbot pack`: questions to a policy on stdin, and what a pack's author is told (DESIGN 5.5)."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from igbot import clock
from igbot.cli import main
from tests.policy import candles
from tests.policy.conftest import JEWELRY

SEOUL = {"zone": "Asia/Seoul"}
BROKEN = {"issue": "broken", "item": "other"}


def ask(*lines, pack="jewelry"):
    """The answers to these lines, which are dictionaries or plain text."""
    words = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    result = CliRunner().invoke(main, ["pack", "decide", "--pack", str(pack)], input=f"{words}\n")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def one(line, **more):
    [answer] = ask(line, **more)
    return answer


def test_a_line_is_answered_with_all_its_fields():
    assert one({"id": 7, "facts": BROKEN | {"age": "m1", "cause": "normal_use"}}) == {
        "id": 7,
        "outcome": "refuse",
        "fee": "none",
        "remedies": [],
        "cites": ["J-09"],
        "rules": ["BR-09"],
        "ask": None,
        "pack": "jewelry",
        "version": "2026-11-21.1",
    }


def test_an_undetermined_line_says_why_and_what_it_needs():
    answer = one({"id": "a", "kind": "line", "facts": {"issue": "spec_difference", "severity": "unsure"}})
    assert (answer["outcome"], answer["reason"], answer["needs"]) == ("owner", "undetermined", ["severity"])
    assert answer["cites"] == ["J-03", "J-11", "J-12"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"facts": BROKEN}, "ask age"),
        ({"facts": BROKEN | {"order": "unasked"}}, "ask order"),
        ({"facts": BROKEN | {"age": ["h24", "m1"], "cause": "careless"}}, "refuse"),
        ({"facts": BROKEN, "guard": {"alarm": "legal"}}, "owner"),
        ({"facts": BROKEN, "guard": {"conflict": "open"}}, "ask conflict"),
        ({"facts": {"issue": "unsure"}}, "owner"),
        ({"facts": {"issue": "unknown", "age": None}}, "ask issue"),
    ],
    ids=str,
)
def test_facts_are_definite_unknown_unsure_or_narrowed(line, expected):
    answer = one(line)
    assert " ".join(filter(None, [answer["outcome"], answer["ask"]])) == expected


@pytest.mark.parametrize("beside", [True, False], ids=["beside the facts", "among the facts"])
@pytest.mark.parametrize(
    ("received", "closed", "expected"),
    [
        ("2026-11-20T12:00:00+09:00", False, "ask cause"),
        ("2026-11-20", False, "ask age"),
        ("2026-11-20", True, "ask cause"),
        (None, False, "ask age"),
        ("2026-11-22", False, "ask conflict"),
    ],
)
def test_a_clock_may_stand_in_place_of_the_age(beside, received, closed, expected):
    reading = {"contact": "2026-11-21T12:00:00+09:00", "received": received, "zone": None, "closed": closed}
    line = {"facts": BROKEN, "clock": reading} if beside else {"facts": BROKEN | {"clock": reading}}
    answer = one(line)
    assert f"{answer['outcome']} {answer['ask']}" == expected
    assert answer["cites"] == (["B-04"] if "conflict" in expected else [])


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"received": "2026-11-20T15:00:00+09:00"}, "h24"),
        ({"received": "2026-11-20T14:59:59+09:00"}, "m1"),
        ({"received": "2026-11-20T05:59:59Z"}, "m1"),
        ({"received": "2026-11-20"}, ["h24", "m1"]),
        ({"received": ["2026-10-01T00:00:00Z", "2026-11-20T12:00:00Z"]}, ["h24", "m1", "past"]),
        ({"received": None}, "unknown"),
        ({"received": None, "closed": True}, "unknown"),
        ({"received": "2026-11-22"}, "conflict"),
        # the 21st of October in Seoul, the 20th in New York
        ({"received": "2026-10-21T08:00:00+09:00", "zone": "Asia/Seoul"}, "m1"),
        ({"received": "2026-10-21T08:00:00+09:00", "zone": "America/New_York"}, "past"),
        ({"received": "2026-10-21T08:00:00+09:00", "zone": None, "shop_zone": "America/New_York"}, "past"),
    ],
    ids=str,
)
def test_a_clock_tells_the_age(facts, expected):
    contact = "2026-11-21T15:00:00+09:00"
    if "zone" not in facts:
        facts = facts | SEOUL
    assert one({"kind": "clock", "facts": {"contact": contact, **facts}})["age"] == expected


def test_a_clock_shows_what_was_measured():
    facts = {"contact": "2026-11-10T21:04:00.5+09:00", "received": "2026-11-10T15:20:00+09:00", **SEOUL}
    answer = one({"id": 1, "kind": "clock", "facts": facts})
    assert answer == {
        "id": 1,
        "age": "h24",
        "contact": "2026-11-10T12:04:00Z",
        "received": "2026-11-10T06:20:00Z",
        "last_instant": "2026-11-11T06:20:00Z",
        "last_instants": {"h24": "2026-11-11T06:20:00Z", "m1": "2026-12-10T14:59:59Z"},
    }


def test_a_sequence_is_answered_step_by_step():
    steps = [{"learn": {"issue": "screen_difference"}}, {"learn": {"issue": "wrong_item"}}]
    repeated = {"learn": {}, "guard": {"history": "decided"}}
    answer = one({"kind": "sequence", "steps": [*steps, repeated]})
    assert [(step["outcome"], step["cites"]) for step in answer["steps"]] == [
        ("refuse", ["J-01", "J-13"]),
        ("owner", ["B-03"]),
        ("repeat", ["B-05"]),
    ]


def test_a_clock_may_be_learnt_in_a_sequence():
    reading = {"contact": "2026-11-21T12:00:00+09:00", "received": "2026-11-01", **SEOUL}
    steps = [{"learn": {"issue": "wrong_item"}}, {"learn": {"clock": reading}}]
    answer = one({"kind": "sequence", "steps": steps})
    assert [step["outcome"] for step in answer["steps"]] == ["ask", "owner"]


def test_a_claim_is_answered_item_by_item():
    brooch = {"issue": "deformed", "item": "other", "age": "h24", "cause": "as_received", "photo": "usable"}
    pin = {"issue": "spec_difference", "severity": "minor"}
    items = [{"lines": [brooch | {"want": "refund"}]}, {"lines": [pin, {"issue": "care_question"}]}]
    answer = one({"id": 18, "kind": "claim", "items": items})
    assert [item["outcome"] for item in answer["items"]] == ["refund", "advise"]
    assert [line["outcome"] for line in answer["items"][1]["lines"]] == ["refuse", "advise"]
    assert answer["claim"] == "mixed"


@pytest.mark.parametrize(
    ("table", "facts", "expected"),
    [
        ("GUARD", {"control": "owner"}, ("silent", ["B-01"], ["G-1"])),
        ("VERIFY", {"kind": "remedy", "order": "unasked"}, ("ask", ["B-06"], ["V-3"])),
        ("COMBINE", {"top": "free_repair", "clash": "broken_plus_repair"}, ("owner", ["J-27"], ["C-6"])),
        ("COMBINE", {"top": "refund", "clash": "none"}, ("as_top", [], ["C-3"])),
        ("J-QUOTE", {"parts": "unavailable"}, ("closed_no_parts", ["J-23", "J-27"], ["JQ-01"])),
        ("J-UNCLAIMED", {"collected": "yes"}, ("closed", ["J-38"], ["JU-1"])),
        ("PHOTO", {"media": "image", "quality": "good", "tries": "at_limit"}, ("usable", ["B-08"], ["PH-1"])),
        ("SEND", {"elapsed": "open", "sender": "bot", "tag": "approved"}, ("send", ["B-09"], ["MW-1"])),
    ],
)
def test_a_table_is_looked_up(table, facts, expected):
    answer = one({"kind": "table", "table": table, "facts": facts})
    assert (answer["outcome"], answer["cites"], answer["rules"]) == expected


def test_a_table_with_a_shops_letter_is_that_shops(tmp_path):
    line = {"kind": "table", "table": "J-QUOTE", "facts": {"parts": "unavailable"}}
    assert one(line, pack=candles.write(tmp_path))["cites"] == ["J-23", "J-27"]


@pytest.mark.parametrize(
    ("elapsed", "sender", "tag", "outcome"),
    [
        ("23:54:59", "bot", "approved", "send"),
        ("23:55:00", "bot", "approved", "hold_for_person"),
        ("23:59:59", "person", "not_approved", "send"),
        ("1T00:00:00", "person", "approved", "send_human_agent"),
        ("1T00:00:00", "person", "not_approved", "owner_writes_in_app"),
        ("1T00:00:00", "bot", "approved", "hold_for_person"),
        ("6T23:59:59", "person", "approved", "send_human_agent"),
        ("7T00:00:00", "person", "approved", "hold_until_customer_writes"),
    ],
)
def test_a_message_may_go_out_or_not(elapsed, sender, tag, outcome):
    days, _, time = elapsed.rpartition("T")
    now = f"2026-11-{10 + int(days or 0)}T{time}Z"
    facts = {"last_customer_message": "2026-11-10T00:00:00Z", "now": now, "sender": sender, "tag": tag}
    assert one({"kind": "send", "facts": facts})["outcome"] == outcome


def test_nobody_writes_first():
    facts = {"last_customer_message": None, "now": "2026-11-10T00:00:00Z", "sender": "bot", "tag": "approved"}
    assert one({"kind": "send", "facts": facts})["outcome"] == "hold_until_customer_writes"


@pytest.mark.parametrize(
    ("now", "says", "outcome"),
    [
        ("2026-10-12T14:59:59Z", "nothing", "remind"),
        ("2026-10-12T15:00:00Z", "nothing", "owner"),
        ("2026-10-12T15:00:00Z", "clear", "cleared"),
        ("2026-10-12T15:00:00Z", "extend", "remind"),
        ("2026-10-12T14:59:59Z", "clear", "remind"),
    ],
)
def test_a_repair_nobody_fetches_is_overdue_from_the_next_day(now, says, outcome):
    facts = {"ready_notice_on": "2026-09-12", "now": now, "shop_zone": "Asia/Seoul", "collected": "no"}
    answer = one({"kind": "unclaimed", "facts": facts | {"notice": "delivered", "owner_says": says}})
    assert (answer["outcome"], answer["overdue_from"]) == (outcome, "2026-10-13")


def test_without_a_delivered_notice_the_month_does_not_run():
    facts = {"ready_notice_on": None, "now": "2026-12-31T00:00:00Z", "notice": "not_delivered"}
    answer = one({"kind": "unclaimed", "facts": facts})
    assert (answer["outcome"], answer["overdue_from"]) == ("owner", None)


@pytest.mark.parametrize(
    ("today", "holidays", "days", "outcome"),
    [
        ("2026-11-20", None, 0, "wait"),
        ("2026-11-23", None, 1, "wait"),
        ("2026-12-01", None, 7, "wait"),
        ("2026-12-02", None, 8, "owner"),
        ("2026-12-02", ["2026-11-26"], 7, "wait"),
    ],
)
def test_a_refund_is_waited_for_by_business_days(tmp_path, today, holidays, days, outcome):
    cites = "".join(f'FS-{n} = ["C-03"]\n' for n in range(1, 7))
    pack = candles.write(tmp_path, ("[texts]", f"[cites.status]\n{cites}[texts]"))
    facts = {"stage": "issued", "issued_on": "2026-11-20", "today": today}
    answer = one({"kind": "status", "facts": facts | ({"holidays": holidays} if holidays else {})}, pack=pack)
    assert (answer["business_days"], answer["outcome"], answer["cites"]) == (days, outcome, ["C-03"])
    waiting = one({"kind": "status", "facts": {"stage": "in_transit"}}, pack=pack)
    assert (waiting["business_days"], waiting["outcome"]) == (0, "wait")


@pytest.mark.parametrize(
    ("facts", "outcome", "amount"),
    [
        ({"payer": "customer", "label_used": True, "label_cost_minor": 845}, "refund", 12055),
        ({"payer": "customer", "label_used": False, "label_cost_minor": 845}, "refund", 12900),
        ({"payer": "shop", "label_used": True, "label_cost_minor": 845}, "refund", 12900),
        ({"payer": "customer", "label_used": True, "label_cost_minor": 12900}, "refund", 0),
        ({"payer": "customer", "label_used": True, "label_cost_minor": 12901}, "owner", None),
    ],
    ids=str,
)
def test_a_refund_is_what_was_paid_without_the_customers_label(facts, outcome, amount):
    items = [{"paid_minor": 12900, "accepted": True}, {"paid_minor": 5000, "accepted": False}]
    answer = one({"id": 1, "kind": "amount", "facts": {"items": items, "currency": "USD", **facts}})
    assert answer == {"id": 1, "outcome": outcome, "amount_minor": amount, "currency": "USD"}


# ------------------------------------------------------------------ bad lines


@pytest.mark.parametrize(
    ("line", "number", "hint"),
    [
        ("not json", None, "not JSON"),
        ("[1]", None, "one JSON object"),
        ("1" * 5000, None, "not JSON"),
        ({"id": 3, "kind": "riddle"}, 3, "riddle"),
        ({"id": 4, "facts": {"issue": "borken"}}, 4, "`broken`"),
        ({"id": 4, "facts": {"issue": 5}}, 4, "issue = 5"),
        ({"id": 4, "facts": {"issue": {"a": 1}}}, 4, "a fact is a word"),
        ({"id": 4, "facts": {"issue": "broken", "order": "lost"}}, 4, "order = lost"),
        ({"id": 5}, 5, "facts"),
        ({"id": 6, "pack": "F", "facts": {"issue": "fit"}}, 6, "no pack 'F'"),
        ({"id": 6, "kind": "table", "table": "F-WANT", "facts": {"want": "refund"}}, 6, "no pack 'F'"),
        ({"id": 7, "kind": "clock", "facts": {"contact": "2026-11-21T12:00:00"}}, 7, "no time zone"),
        ({"id": 7, "kind": "clock", "facts": {"contact": "yesterday"}}, 7, "contact"),
        ({"id": 7, "kind": "clock", "facts": {"contact": 5}}, 7, "contact"),
        ({"id": 7, "kind": "clock", "facts": {"contact": "2026-11-21T12:00:00Z", "zone": "Mars"}}, 7, "facts.zone"),
        ({"id": 7, "kind": "clock", "facts": {"contact": "9999-12-31T12:00:00Z", "received": "9999-12-31"}}, 7, "."),
        (
            {"id": 8, "kind": "send", "facts": {"now": "2026-11-21T12:00:00Z", "sender": "cat", "tag": "approved"}},
            8,
            "bot",
        ),
        ({"id": 9, "kind": "claim", "items": []}, 9, "items"),
        ({"id": 10, "kind": "status", "facts": {"stage": "issued"}}, 10, "issued_on"),
        ({"id": 10, "kind": "status", "facts": {"stage": "lost"}}, 10, "stage = lost"),
        (
            {"id": 11, "kind": "unclaimed", "facts": {"ready_notice_on": "x", "now": "2026-11-21T12:00:00Z"}},
            11,
            "ready",
        ),
        ({"id": 11, "kind": "status", "facts": {"stage": "arrived"}}, 11, "cites.status"),
        (
            {"id": 12, "kind": "amount", "facts": {"items": [], "payer": "shop", "currency": "WON"}},
            12,
            "no currency",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_bad_line_gets_a_sentence_and_the_next_one_its_answer(line, number, hint):
    bad, good = ask(line, {"id": "next", "facts": {"issue": "other"}})
    assert list(bad) == ["id", "error"]
    assert bad["id"] == number
    assert hint in bad["error"]
    assert (good["id"], good["outcome"]) == ("next", "owner")


def test_each_answer_comes_before_the_next_line_is_read():
    command = [sys.executable, "-m", "igbot", "pack", "decide", "--pack", str(JEWELRY)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        for number in (1, 2):
            process.stdin.write(json.dumps({"id": number, "facts": {"issue": "other"}}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait() == 0


# ------------------------------------------------------------------ pack check


@pytest.fixture
def _november():
    clock.stop_at(datetime(2026, 11, 21, tzinfo=UTC))


@pytest.mark.usefixtures("_november")
def test_a_whole_pack_is_shown_in_numbers(tmp_path):
    folder = str(candles.write(tmp_path))
    result = CliRunner().invoke(main, ["pack", "check", folder, "--json"])
    report = json.loads(result.output)
    assert result.exit_code == 0
    assert (report["pack"], report["problems"]) == ("candles", [])
    assert (report["figures"]["rules"], report["figures"]["gaps"], report["figures"]["rash"]) == (8, 0, 0)
    plain = CliRunner().invoke(main, ["pack", "check", folder])
    assert plain.exit_code == 0
    assert "combinations" in plain.output


@pytest.mark.usefixtures("_november")
def test_a_broken_pack_is_refused_with_every_problem(tmp_path):
    folder = str(candles.write(tmp_path, ("Asia/Seoul", "Asia/Soul"), ('cites = ["C-03"]', "cites = []")))
    plain = CliRunner().invoke(main, ["pack", "check", folder])
    assert plain.exit_code == 1
    assert "P17 shop.time_zone: 'Asia/Soul' is not a time zone such as Asia/Seoul. Did you mean `Asia/Seoul`?" in (
        plain.stdout
    )
    assert "cannot be used: 2 problems" in plain.stderr
    report = json.loads(CliRunner().invoke(main, ["pack", "check", folder, "--json"]).stdout)
    assert [problem["code"] for problem in report["problems"]] == ["P17", "P10", "W01"]


def test_a_folder_that_is_not_there_is_refused():
    result = CliRunner().invoke(main, ["pack", "check", "/no/such/folder"])
    assert result.exit_code == 1
    assert "There is no pack '/no/such/folder'. Shipped packs: " in result.stderr


def test_a_shipped_pack_is_checked_by_its_name():
    result = CliRunner().invoke(main, ["pack", "check", "jewelry", "--json"])
    assert json.loads(result.stdout)["pack"] == "jewelry"
