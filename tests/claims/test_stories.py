"""Do the stories fit together? Tables of what is a conflict, what is retold, what is news."""

from __future__ import annotations

from datetime import datetime

import pytest

from igbot.claims.facts import UNSURE
from igbot.claims.stories import conflict, disputed, history, is_retold, tells_news
from igbot.claims.verdicts import clocks, facts_used
from igbot.store.tables import Verdict
from tests.claims.conftest import CONTACT, fact

ON_RECORD = {"at": "2026-11-08T12:00:00+09:00"}
YESTERDAY = {"earliest": "2026-11-11T17:00:00+09:00", "latest": "2026-11-11T21:59:59+09:00"}
SAME_DAY = {"on": "2026-11-08"}
TOMORROW = {"at": "2026-11-13T12:00:00+09:00"}

CONFLICTS = {
    "nothing told": ([fact("issue", "discoloured"), fact("received", ON_RECORD, "record")], "none"),
    "told as on record": (
        [fact("issue", "discoloured"), fact("received", ON_RECORD, "record"), fact("received", SAME_DAY)],
        "none",
    ),
    "told otherwise, other end": (
        [
            fact("issue", "discoloured"),
            fact("cause", "as_received"),
            fact("received", ON_RECORD, "record"),
            fact("received", YESTERDAY),
        ],
        "open",
    ),
    "told otherwise, same end": (
        [fact("issue", "change_of_mind"), fact("received", ON_RECORD, "record"), fact("received", YESTERDAY)],
        "none",
    ),
    "another piece, other end": (
        [fact("issue", "ring_size"), fact("item", "earring", "record"), fact("item", "ring")],
        "open",
    ),
    "another piece, same end": (
        [fact("issue", "change_of_mind"), fact("item", "earring", "record"), fact("item", "ring")],
        "none",
    ),
    "told vaguely": (
        [fact("issue", "ring_size"), fact("item", "earring", "record"), fact("item", ["earring", "ring"])],
        "none",
    ),
    "settled by the owner": (
        [
            fact("issue", "ring_size"),
            fact("item", "earring", "record"),
            fact("item", "ring"),
            fact("item", "ring", "owner"),
        ],
        "none",
    ),
    "received after the first word": ([fact("issue", "discoloured"), fact("received", TOMORROW)], "open"),
    "the owner knows the age": (
        [fact("issue", "discoloured"), fact("received", TOMORROW), fact("age", "h24", "owner")],
        "none",
    ),
}


@pytest.mark.parametrize(("rows", "found"), CONFLICTS.values(), ids=CONFLICTS)
def test_record_and_words_conflict_where_the_outcome_would_differ(pack, a_case, rows, found):
    case = a_case(*rows)
    assert conflict(case, pack) == found
    assert (disputed(case, pack) is not None) or found == "none"


@pytest.mark.parametrize(("side", "found"), [("cleared", "none"), ("persists", "persists")])
def test_once_put_to_the_customer_it_is_not_open_any_more(pack, a_case, side, found):
    case = a_case(*CONFLICTS["told otherwise, other end"][0])
    case.claim.conflict = side
    assert conflict(case, pack) == found


def test_a_record_after_the_contact_stays_a_conflict_though_it_is_right(pack, a_case):
    case = a_case(fact("issue", "discoloured"), fact("received", TOMORROW, "record"))
    case.claim.conflict = "cleared"
    assert conflict(case, pack) == "persists"


# ------------------------------------------------------------------ after a verdict


def decided(case, pack, outcome, *, fee="none", remedies=(), **more):
    """Let a verdict of this outcome stand."""
    case.verdict = Verdict(
        line_id=1,
        outcome=outcome,
        fee=fee,
        remedies=list(remedies),
        pack_id=pack.id,
        pack_version=pack.version,
        decided_at=datetime.fromisoformat(CONTACT),
        facts_used=facts_used(case),
        clocks=clocks(case, pack),
        **more,
    )
    case.line.status = {"refuse": "refused", "offer": "collecting"}.get(outcome, "awaiting_owner")
    return case


BROKEN = [fact("issue", "broken"), fact("item", "earring"), fact("cause", "normal_use"), fact("received", ON_RECORD)]
RETOLD = {
    "nothing": ({}, False),
    "the same": ({"cause": "normal_use"}, False),
    "another cause, another end": ({"cause": "as_received"}, True),
    "another cause, other clauses only": ({"cause": "careless"}, False),
    "not knowing": ({"cause": UNSURE}, False),
    "vaguely": ({"cause": ["normal_use", "as_received"]}, False),
    "something new": ({"want": "refund"}, False),
    "the day, more vaguely": ({"received": SAME_DAY}, False),
    "another day, same end": ({"received": {"on": "2026-11-05"}}, False),
    "another day, another end": ({"received": YESTERDAY}, True),
    "another fault": ({"issue": "stone_out"}, True),
}


@pytest.mark.parametrize(("news", "retold"), RETOLD.values(), ids=RETOLD)
def test_a_story_is_retold_if_the_verdict_would_change(pack, a_case, news, retold):
    case = decided(a_case(*BROKEN), pack, "refuse")
    assert is_retold(case, pack, news) is retold


def test_before_a_verdict_nothing_is_retold(pack, a_case):
    assert not is_retold(a_case(*BROKEN), pack, {"cause": "as_received"})


def test_what_the_owner_decided_is_not_retold(pack, a_case):
    case = decided(a_case(*BROKEN), pack, "refuse", by_owner_id=1)
    assert not is_retold(case, pack, {"cause": "as_received"})


def test_choosing_what_was_offered_is_an_answer(pack, a_case):
    rows = [
        fact("issue", "broken"),
        fact("item", "other"),
        fact("cause", "as_received"),
        fact("photo", "usable", "photo"),
        fact("want", "repair"),
        fact("received", YESTERDAY),
    ]
    fee = "shipping_owner_decides"
    case = decided(a_case(*rows), pack, "offer", fee=fee, remedies=("exchange", "refund"))
    assert not is_retold(case, pack, {"want": "refund"})
    assert is_retold(case, pack, {"cause": "careless"})


WITHDRAWN = {"the same again": ("careless", False), "another story": ("as_received", True)}


@pytest.mark.parametrize(("cause", "retold"), WITHDRAWN.values(), ids=WITHDRAWN)
def test_what_was_taken_back_and_is_told_anew(pack, a_case, now, cause, retold):
    """Promise 9: retold if the verdict that stands could not be reached any more."""
    case = a_case(
        fact("issue", "defect"),
        fact("item", "other"),
        fact("received", YESTERDAY),
        fact("cause", None, withdrawn_at=now),
        fact("photo", None, "photo", withdrawn_at=now),
    )
    decided(case, pack, "paid_quote", fee="repair_charge_certain")
    case.line.status = "collecting"
    assert is_retold(case, pack, {"cause": cause}) is retold


HISTORIES = {
    "asking": ("collecting", {}, False, "new"),
    "refused, nothing new": ("refused", {}, False, "decided"),
    "refused, something new": ("refused", {}, True, "new"),
    "advised, something new": ("advised", {}, True, "new"),
    "with the owner": ("awaiting_owner", {}, True, "in_progress"),
    "confirmed": ("approved", {}, True, "in_progress"),
    "refused by the owner": ("refused", {"by_owner_id": 1}, True, "in_progress"),
}


@pytest.mark.parametrize(("status", "more", "is_news", "found"), HISTORIES.values(), ids=HISTORIES)
def test_a_line_has_a_history(pack, a_case, status, more, is_news, found):
    case = decided(a_case(*BROKEN), pack, "refuse", **more)
    case.line.status = status
    assert history(case, is_news=is_news) == found


@pytest.mark.parametrize(
    ("told", "is_news"),
    [({}, False), ({"cause": "normal_use"}, False), ({"want": "refund"}, True), ({"cause": "careless"}, True)],
)
def test_news_is_what_changes_what_is_known(pack, a_case, told, is_news):
    assert tells_news(a_case(*BROKEN), pack, told) is is_news
