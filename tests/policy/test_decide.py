"""Who speaks first: the guard before the rules, the verification after them."""

import pytest

from igbot.errors import BadRequest
from igbot.policy import decide, lookup

REMEDY = {"issue": "defect", "item": "ring", "age": "h24", "cause": "as_received", "photo": "usable", "want": "repair"}
REFUSAL = {"issue": "change_of_mind"}


@pytest.mark.parametrize(
    ("guard", "outcome", "cites", "ask"),
    [
        ({"control": "owner", "alarm": "angry"}, "silent", ("B-01",), None),
        ({"alarm": "legal"}, "owner", ("B-02",), None),
        ({"alarm": "asks_human", "retold": "yes"}, "owner", ("B-02",), None),
        ({"retold": "yes", "conflict": "open"}, "owner", ("B-03",), None),
        ({"conflict": "persists"}, "owner", ("B-04",), None),
        ({"conflict": "open"}, "ask", ("B-04",), "conflict"),
        ({"history": "decided"}, "repeat", ("B-05",), None),
        ({"history": "in_progress"}, "merge", ("B-05",), None),
    ],
    ids=str,
)
def test_the_guard_speaks_before_any_rule(jewelry, guard, outcome, cites, ask):
    decision = decide(jewelry, REFUSAL, guard=guard)
    assert (decision.outcome, decision.cites, decision.ask) == (outcome, cites, ask)


@pytest.mark.parametrize("guard", [None, {}, {"control": "bot", "alarm": "none", "history": "new"}], ids=str)
def test_a_quiet_guard_lets_the_rules_speak(jewelry, guard):
    assert decide(jewelry, REFUSAL, guard=guard).rules == ("CM-1",)


@pytest.mark.parametrize(
    ("facts", "order", "outcome", "cites"),
    [
        (REMEDY, None, "free_repair", ("J-02", "J-05", "J-20")),
        (REMEDY, "matched", "free_repair", ("J-02", "J-05", "J-20")),
        (REMEDY, "unasked", "ask", ("B-06",)),
        (REMEDY, "not_found", "owner", ("B-06",)),
        (REMEDY, "other_buyer", "owner", ("B-06",)),
        (REFUSAL, "unasked", "refuse", ("J-01",)),
        (REFUSAL, "not_found", "refuse", ("J-01",)),
        ({"issue": "how_to"}, "unasked", "advise", ("J-04", "J-05", "J-40")),
        ({"issue": "other"}, "not_found", "owner", ("J-40",)),
    ],
)
def test_a_remedy_needs_an_order_and_nothing_else_does(jewelry, facts, order, outcome, cites):
    decision = decide(jewelry, facts, order=order)
    assert (decision.outcome, decision.cites) == (outcome, cites)
    assert decision.ask == ("order" if outcome == "ask" else None)


@pytest.mark.parametrize(
    ("facts", "order", "guard", "hint"),
    [
        (REFUSAL, "mached", None, "`matched`"),
        (REFUSAL, None, {"alarm": "lega"}, "`legal`"),
        (REFUSAL, None, {"alert": "legal"}, "`alarm`"),
    ],
    ids=str,
)
def test_words_nobody_knows_are_refused(jewelry, facts, order, guard, hint):
    with pytest.raises(BadRequest, match=hint):
        decide(jewelry, facts, order=order, guard=guard)


# ------------------------------------------------------------------ tables


@pytest.mark.parametrize(
    ("table", "facts", "row", "outcome", "cites"),
    [
        ("PHOTO", {"media": "image", "quality": "good"}, "PH-1", "usable", ("B-08",)),
        ("PHOTO", {"media": "nothing", "tries": "at_limit"}, "PH-7", "cannot", ("B-08",)),
        ("J-QUOTE", {"parts": "unavailable"}, "JQ-01", "closed_no_parts", ("J-23", "J-27")),
        (
            "QUOTE",
            {"parts": "available", "quote": "positive", "answer": "accepted", "validity": "expired"},
            "JQ-12",
            "owner",
            ("J-21",),
        ),
        ("J-UNCLAIMED", {"collected": "yes"}, "JU-1", "closed", ("J-38",)),
        ("VERIFY", {"kind": "other"}, "V-1", "pass", ()),
    ],
)
def test_a_table_answers_with_its_row(jewelry, table, facts, row, outcome, cites):
    found = lookup(table, facts, jewelry)
    assert (found.id, found.outcome, found.cites) == (row, outcome, cites)


@pytest.mark.parametrize(
    ("table", "facts", "hint"),
    [
        ("FOTO", {"media": "image"}, "`PHOTO`"),
        ("PHOTO", {"media": "image"}, "quality and tries"),
        ("PHOTO", {"medium": "image"}, "`media`"),
        ("PHOTO", {"media": "imag"}, "`image`"),
        ("F-WANT", {"want": "refund"}, r"\[cites.want\]"),
    ],
)
def test_a_table_says_what_it_misses(jewelry, table, facts, hint):
    with pytest.raises(BadRequest, match=hint):
        lookup(table, facts, jewelry)
