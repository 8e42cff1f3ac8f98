"""The life of a repair: what the table QUOTE says is what the machine can do."""

from __future__ import annotations

import pytest

from igbot.claims import jobs
from igbot.errors import BadRequest
from igbot.policy.product import table
from igbot.store.tables import Job

OUTCOMES = {rule.outcome for rule in table("J-QUOTE").table.rules} - {"owner"}


def test_every_outcome_of_the_table_is_a_state():
    assert set(jobs.REPAIR.states) == OUTCOMES


@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
def test_every_outcome_can_be_reached_from_a_quote(outcome):
    job = Job(line_id=1, charge="possible", state="await_answer")
    jobs.move(job, outcome)
    assert job.state == outcome


CANNOT = [("await_quote", "await_item"), ("closed_no_parts", "await_answer"), ("await_item", "closed_declined")]


@pytest.mark.parametrize(("state", "outcome"), CANNOT)
def test_what_cannot_follow_is_refused_with_a_sentence(state, outcome):
    job = Job(line_id=1, charge="possible", state=state)
    with pytest.raises(BadRequest, match=f"{state} cannot become {outcome}"):
        jobs.move(job, outcome)
    assert job.state == state


def test_a_line_has_one_repair_however_often_it_is_decided(shop):
    case = shop.case(issue="defect")
    first = jobs.open_job(shop.session, case, "repair_charge_possible")
    assert jobs.open_job(shop.session, case, "repair_charge_certain") is first
    assert first.charge == "certain"
