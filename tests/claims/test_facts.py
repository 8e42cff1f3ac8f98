"""Who is believed over whom, and what pushes what aside."""

from __future__ import annotations

import pytest

from igbot.claims.facts import UNSURE, counting, is_vaguer, learn, values
from tests.claims.conftest import CONTACT, fact

RANKED = {
    "the later account of one person": ([fact("cause", "careless"), fact("cause", "normal_use")], "normal_use"),
    "a photo over words": ([fact("severity", "major", "photo"), fact("severity", "minor")], "major"),
    "the record over words": ([fact("item", "ring"), fact("item", "earring", "record")], "earring"),
    "the record over later words": ([fact("item", "earring", "record"), fact("item", "ring")], "earring"),
    "the owner over the record": ([fact("item", "ring", "owner"), fact("item", "earring", "record")], "ring"),
    "what is known over not knowing": ([fact("cause", "careless"), fact("cause", UNSURE)], "careless"),
    "anything over not knowing": ([fact("cause", UNSURE), fact("cause", "careless")], "careless"),
    "the exact over the vague": ([fact("issue", "stone_out"), fact("issue", ["defect", "stone_out"])], "stone_out"),
    "another story over the first": (
        [fact("issue", "stone_out"), fact("issue", ["defect", "broken"])],
        ["defect", "broken"],
    ),
    "the narrower list": (
        [fact("item", ["ring", "other"]), fact("item", ["ring", "other", "hair"])],
        ["ring", "other"],
    ),
    "not what was told after a verdict": (
        [fact("cause", "careless"), fact("cause", "normal_use", taken=False)],
        "careless",
    ),
}


@pytest.mark.parametrize(("rows", "value"), RANKED.values(), ids=RANKED)
def test_it_counts(rows, value):
    assert values(rows).popitem()[1] == value


def test_what_was_taken_back_counts_for_nothing(now):
    rows = [fact("cause", "careless"), fact("cause", None, withdrawn_at=now)]
    assert counting(rows)["cause"].value == "careless"
    assert values(rows[1:]) == {}


@pytest.mark.parametrize(
    ("told", "known", "vaguer"),
    [
        (UNSURE, "ring", True),
        (UNSURE, UNSURE, False),
        ("ring", UNSURE, False),
        (["ring", "hair"], "ring", True),
        (["ring", "hair"], ["ring", "hair"], False),
        (["ring", "hair"], "earring", False),
        ("ring", ["ring", "hair"], False),
    ],
)
def test_vague_is_what_says_less_and_nothing_else(told, known, vaguer):
    assert is_vaguer(told, known) is vaguer


def test_what_is_known_from_the_same_source_is_not_stored_again(shop):
    case = shop.case(cause="careless")
    at = case.line.contact_at
    again = learn(shop.session, case.line, case.rows, {"cause": "careless", "item": "ring"}, source="customer", at=at)
    assert [row.name for row in again] == ["item"]
    by_photo = learn(shop.session, case.line, case.rows, {"cause": "careless"}, source="photo", at=at)
    assert [row.source for row in by_photo] == ["photo"]


def test_contact_is_cut_to_whole_seconds(shop):
    case = shop.case()
    assert case.line.contact_at.microsecond == 0
    assert case.line.contact_at.isoformat() == CONTACT
