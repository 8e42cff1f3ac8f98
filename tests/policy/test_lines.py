"""Several lines of one piece, and one line told again."""

import pytest

from igbot.policy import decide
from igbot.policy.lines import Account, claim_outcome, combine

ASK = {"issue": "broken", "item": "ring"}
OWNER = {"issue": "skin_reaction"}
REFUND = {"issue": "broken", "age": "h24", "cause": "as_received", "photo": "usable", "want": "refund"}
EXCHANGE = REFUND | {"want": "exchange"}
OFFER = REFUND | {"want": "repair"}
FREE = {"issue": "defect", "item": "ring", "age": "h24", "cause": "normal_use", "photo": "usable", "want": "repair"}
QUOTE = {"issue": "defect", "item": "ring", "age": "m1", "cause": "careless", "photo": "usable"}
ADVICE = {"issue": "care_question"}
REFUSAL = {"issue": "change_of_mind"}
BROKEN = {"issue": "broken", "age": "m1", "cause": "careless"}


@pytest.mark.parametrize(
    ("lines", "outcome", "row"),
    [
        ([REFUSAL, ADVICE, QUOTE, FREE, REFUND, OWNER, ASK], "ask", "C-1"),
        ([REFUSAL, ADVICE, QUOTE, FREE, REFUND, OWNER], "owner", "C-2"),
        ([REFUSAL, ADVICE, QUOTE, FREE, REFUND], "refund", "C-3"),
        ([REFUSAL, EXCHANGE], "exchange", "C-3"),
        ([OFFER, REFUSAL], "offer", "C-3"),
        ([REFUND, EXCHANGE], "offer", "C-4"),
        ([REFUND, FREE, BROKEN], "refund", "C-3"),
        ([REFUND, EXCHANGE, FREE, BROKEN], "offer", "C-4"),
        ([REFUSAL, ADVICE, QUOTE, FREE], "free_repair", "C-5"),
        ([QUOTE, REFUSAL], "paid_quote", "C-5"),
        ([QUOTE | {"want": "refund"}, REFUSAL | {"want": "exchange"}], "paid_quote", "C-5"),
        ([QUOTE, BROKEN], "owner", "C-6"),
        ([FREE, BROKEN], "owner", "C-6"),
        ([FREE, BROKEN | {"want": "refund"}, REFUSAL | {"want": "exchange"}], "owner", "C-6"),
        ([REFUSAL, ADVICE], "advise", "C-7"),
        ([BROKEN, REFUSAL], "refuse", "C-7"),
    ],
)
def test_the_strongest_line_leads_unless_lines_clash(jewelry, lines, outcome, row):
    combined = combine([(facts, decide(jewelry, facts)) for facts in lines], jewelry)
    assert (combined.outcome, combined.id) == (outcome, row)


def test_items_that_end_differently_make_a_mixed_claim(jewelry):
    refund, refusal = (combine([(facts, decide(jewelry, facts))]) for facts in (REFUND, REFUSAL))
    assert claim_outcome([refund, refusal]) == "mixed"
    assert claim_outcome([refund, refund]) == "refund"


# ------------------------------------------------------------------ one line, told step by step


def told(pack, *steps):
    """The outcomes of a line that is told in these steps; a step may carry the guard's facts under `guard`."""
    account, outcomes = Account(), []
    for step in steps:
        news = {name: value for name, value in step.items() if name not in ("guard", "order")}
        account, decision = account.learn(pack, news, guard=step.get("guard"), order=step.get("order"))
        outcomes.append(" ".join([decision.outcome, *decision.cites]))
    return outcomes


def test_another_account_after_a_verdict_goes_to_the_owner(jewelry):
    steps = [{"issue": "screen_difference"}, {"issue": "wrong_item"}]
    assert told(jewelry, *steps) == ["refuse J-01 J-13", "owner B-03"]


def test_the_first_account_stays_on_file(jewelry):
    steps = [REFUSAL, {"issue": "wrong_item"}, {"want": "refund"}]
    assert told(jewelry, *steps) == ["refuse J-01", "owner B-03", "refuse J-01"]


def test_another_account_before_a_verdict_is_only_a_correction(jewelry):
    steps = [ASK, {"item": "earring"}, {"age": "m1"}, {"cause": "normal_use"}]
    assert told(jewelry, *steps)[-1] == "refuse J-09 J-19"


def test_a_change_that_changes_nothing_is_noted(jewelry):
    steps = [{"issue": "broken", "item": "ring", "age": "m1", "cause": "careless"}, {"item": "earring"}]
    assert told(jewelry, *steps) == ["refuse J-09 J-27", "refuse J-09 J-19 J-27"]


def test_a_default_was_never_told(jewelry):
    steps = [{"issue": "post_bent", "age": "m1"}, {"self_help": "failed"}, {"cause": "careless"}, {"photo": "usable"}]
    assert [line.split()[0] for line in told(jewelry, *steps)] == ["advise", "ask", "ask", "paid_quote"]


def test_learning_more_is_not_telling_otherwise(jewelry):
    assert told(jewelry, {"issue": "spec_difference"}, {"severity": "major"}) == ["ask", "owner J-03 J-12"]


def test_what_was_taken_back_and_told_otherwise_goes_to_the_owner(jewelry):
    first = {"issue": "defect", "item": "other", "age": "h24", "cause": "careless", "photo": "usable"}
    unsent = {"cause": "unknown", "photo": "unknown"}
    expected = ["paid_quote J-20 J-21 J-23 J-26", "ask", "owner B-03"]
    assert told(jewelry, first, unsent, {"cause": "as_received"}) == expected


def test_what_was_taken_back_and_told_again_counts_again(jewelry):
    first = {"issue": "defect", "item": "other", "age": "h24", "cause": "careless", "photo": "usable"}
    steps = [first, {"cause": "unknown"}, {"cause": "careless"}]
    assert [line.split()[0] for line in told(jewelry, *steps)] == ["paid_quote", "ask", "paid_quote"]


def test_to_pick_what_was_offered_is_no_other_account(jewelry):
    assert told(jewelry, OFFER, {"want": "refund"}) == ["offer J-02 J-05 J-09", "refund J-02 J-05"]
    assert told(jewelry, REFUND, {"want": "exchange"}) == ["refund J-02 J-05", "owner B-03"]


def test_the_guard_holds_for_its_step_and_its_words_are_no_verdict(jewelry):
    steps = [
        ASK | {"guard": {"alarm": "angry"}},
        {"age": "m1", "guard": {"control": "owner"}},
        {"item": "earring", "cause": "careless"},
    ]
    assert told(jewelry, *steps) == ["owner B-02", "silent B-01", "refuse J-09 J-19 J-27"]


def test_the_order_is_found_in_its_own_time(jewelry):
    steps = [FREE | {"order": "unasked"}, {"order": "not_found"}, {"order": "matched"}]
    assert told(jewelry, *steps) == ["ask B-06", "owner B-06", "free_repair J-02 J-05 J-20"]
