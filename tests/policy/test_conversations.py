"""What the policy says at each point of the sample conversations (pack J)."""

import pytest

from igbot.policy import decide

TURNS = [
    # conversation, what is known so far, what follows: a question, or an outcome with its clauses
    ("01", "issue=defect item=other age=h24", "ask cause"),
    ("01", "issue=defect item=other age=h24 cause=as_received photo=usable", "ask want"),
    ("01", "issue=defect item=other age=h24 cause=as_received photo=usable want=exchange", "exchange J-02 J-05 J-15"),
    ("02", "issue=defect item=earring age=m1 cause=normal_use", "ask photo"),
    ("02", "issue=defect item=earring age=m1 cause=normal_use photo=usable", "paid_quote J-05 J-06 J-20 J-21 J-23"),
    ("03", "issue=deformed item=earring age=m1 cause=careless photo=usable", "paid_quote J-20 J-21 J-26 J-28"),
    ("04", "issue=stone_out item=earring age=m1 cause=normal_use", "ask part"),
    (
        "04",
        "issue=stone_out item=earring age=m1 cause=normal_use part=kept photo=usable",
        "paid_quote J-06 J-20 J-21 J-24",
    ),
    ("04", "issue=stone_out item=earring age=m1 cause=normal_use part=lost", "refuse J-07 J-25"),
    ("05", "issue=discoloured age=m1 want=exchange", "ask cause"),
    ("05", "issue=discoloured age=m1 want=exchange cause=normal_use", "refuse J-08 J-36 J-37"),
    ("06", "issue=post_bent item=earring age=m1", "advise J-17 J-32 J-33"),
    ("07", "issue=broken item=earring age=m1", "ask cause"),
    ("07", "issue=broken item=earring age=m1 cause=normal_use", "refuse J-09 J-19"),
    ("08", "issue=defect item=hair age=m1", "ask cause"),
    ("08", "issue=defect item=hair age=m1 cause=normal_use", "refuse J-06 J-22"),
    ("09", "issue=ring_size item=ring age=m1", "ask same_variant"),
    ("09", "issue=ring_size item=ring age=m1 same_variant=same", "exchange J-34 J-35"),
    ("10", "issue=wrong_item age=h24 photo=usable", "ask want"),
    ("10", "issue=wrong_item age=h24 photo=usable want=exchange", "exchange J-03 J-05"),
    ("11", "issue=surface_mark want=refund", "ask severity"),
    ("11", "issue=surface_mark want=refund severity=minor", "refuse J-30 J-31"),
    ("12", "issue=change_of_mind", "refuse J-01"),
    ("14", "issue=broken item=other age=h24", "ask cause"),
    ("14", "issue=broken item=other age=h24 cause=as_received", "ask photo"),
    ("14", "issue=broken item=other age=h24 cause=as_received photo=usable", "ask want"),
    ("14", "issue=broken item=other age=h24 cause=as_received photo=usable want=repair", "offer J-02 J-05 J-09"),
    ("14", "issue=broken item=other age=h24 cause=as_received photo=usable want=refund", "refund J-02 J-05"),
    ("16", "issue=defect item=ring age=h24", "ask cause"),
    ("16", "issue=defect item=ring age=h24 cause=as_received photo=usable want=repair", "free_repair J-02 J-05 J-20"),
    ("17", "issue=part_lost item=earring age=h24", "ask cause"),
    ("17", "issue=part_lost item=earring age=h24 cause=as_received photo=usable", "ask want"),
    (
        "17",
        "issue=part_lost item=earring age=h24 cause=as_received photo=usable want=repair",
        "free_repair J-02 J-03 J-05 J-23",
    ),
    ("18", "issue=deformed item=other age=h24 cause=as_received photo=usable want=refund", "refund J-02 J-05"),
    ("18", "issue=spec_difference item=hair age=h24 want=refund", "ask severity"),
    ("18", "issue=spec_difference item=hair age=h24 want=refund severity=minor", "refuse J-11 J-12"),
    ("19", "issue=broken item=other age=m1", "ask cause"),
    ("19", "issue=broken item=other age=m1 cause=careless", "refuse J-09 J-27"),
    ("20", "issue=screen_difference", "refuse J-01 J-13"),
    ("21", "issue=defect item=other age=h24 cause=careless photo=usable", "paid_quote J-20 J-21 J-23 J-26"),
    ("21", "issue=defect item=other age=h24", "ask cause"),
]


@pytest.mark.parametrize(("conversation", "known", "follows"), TURNS, ids=[f"{row[0]}-{row[1]}" for row in TURNS])
def test_it_answers_as_in_the_conversation(jewelry, conversation, known, follows):
    facts = dict(word.split("=") for word in known.split())
    for order in (None, "matched"):
        decision = decide(jewelry, facts, order=order)
        assert " ".join([decision.outcome, *decision.cites, *([decision.ask] if decision.ask else [])]) == follows
