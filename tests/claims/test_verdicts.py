"""A verdict is a row that is never changed: it names the one it replaces, and keeps what it rested on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from igbot.claims import cases, jobs, verdicts
from igbot.claims.deciding import decide_case, stands
from igbot.errors import BadRequest
from igbot.policy import Decision
from igbot.store.tables import Job, Verdict
from tests.claims.conftest import CONTACT

NOW = datetime(2026, 11, 12, 2, 0, tzinfo=UTC)
REPAIRABLE = {
    "issue": "defect",
    "item": "earring",
    "cause": "normal_use",
    "photo": "usable",
    "received": {"at": "2026-11-08T12:00:00+09:00"},
}


def decided(shop, pack, case):
    case.claim.order_state = "matched"
    return verdicts.give_verdict(shop.session, case, pack, decide_case(case, pack), NOW)


def by_owner(shop, pack, case, outcome="free_repair", cites=("J-20",)):
    return verdicts.give_owners_verdict(
        shop.session, case, pack, outcome=outcome, cites=cites, reason="goodwill", owner_id=shop.owner.id, now=NOW
    )


def test_it_keeps_facts_and_clocks(shop, pack):
    verdict = decided(shop, pack, shop.case(**REPAIRABLE))
    assert verdict.facts_used["cause"] == {
        "value": "normal_use",
        "source": "customer",
        "learnt_at": datetime.fromisoformat(CONTACT).isoformat(),
    }
    assert verdict.clocks["classes"] == ["m1"]
    assert verdict.clocks["zone"] == "Asia/Seoul"
    assert set(verdict.clocks["last_instants"]) == {"h24", "m1"}
    assert (verdict.pack_id, verdict.pack_version, verdict.replaces_id) == (pack.id, pack.version, None)


def test_a_newer_one_names_the_one_it_replaces(shop, pack):
    case = shop.case(**REPAIRABLE)
    first = decided(shop, pack, case)
    second = by_owner(shop, pack, case)
    assert second.replaces_id == first.id
    assert (first.outcome, case.verdict) == ("paid_quote", second)


def test_a_repair_for_a_price_opens_its_job_once(shop, pack):
    """Decided, given to a person, decided again by her: one line has one repair."""
    case = shop.case(**REPAIRABLE)
    decided(shop, pack, case)
    job = case.job
    retold = decide_case(case, pack, guard={"retold": "yes"})
    verdicts.give_verdict(shop.session, case, pack, retold, NOW)
    again = cases.case_of(shop.session, case.line)
    assert again.job is job
    by_owner(shop, pack, again, "paid_quote")
    assert shop.session.query(Job).count() == 1


STATUS = {
    "refuse": "refused",
    "advise": "advised",
    "offer": "collecting",
    "owner": "awaiting_owner",
    "paid_quote": "awaiting_owner",
    "exchange": "awaiting_owner",
}


@pytest.mark.parametrize(("outcome", "status"), STATUS.items())
def test_an_outcome_leaves_its_line(pack, outcome, status):
    assert verdicts.status_after(outcome, pack) == status


@pytest.mark.parametrize("outcome", ["ask", "silent", "repeat", "merge"])
def test_what_settles_nothing_is_no_verdict(shop, pack, outcome):
    with pytest.raises(ValueError, match="no verdict"):
        verdicts.give_verdict(shop.session, shop.case(), pack, Decision(outcome), NOW)


def test_a_decision_by_hand_shows_a_clause(shop, pack):
    with pytest.raises(BadRequest, match="clause"):
        by_owner(shop, pack, shop.case(**REPAIRABLE), cites=())


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("free_repair", "approved"), ("offer", "approved"), ("refuse", "refused"), ("paid_quote", "awaiting_owner")],
)
def test_what_she_decides_is_hers(shop, pack, outcome, status):
    case = shop.case(**REPAIRABLE)
    by_owner(shop, pack, case, outcome)
    assert (case.line.status, case.is_with_owner) == (status, True)


def test_it_stands_as_long_as_the_policy_says_the_same(shop, pack):
    case = shop.case(**REPAIRABLE)
    decided(shop, pack, case)
    assert stands(case, decide_case(case, pack))
    case.claim.order_state = "not_found"
    assert not stands(case, decide_case(case, pack))


def test_the_newest_verdict_is_the_one_in_force(shop, pack):
    case = shop.case(**REPAIRABLE)
    decided(shop, pack, case)
    newest = by_owner(shop, pack, case)
    shop.session.flush()
    found = cases.case_of(shop.session, case.line)
    assert isinstance(found.verdict, Verdict)
    assert found.verdict.id == newest.id


def at_hand(shop):
    case = cases.case_at_hand(shop.session, shop.conversation)
    return case.line.id if case else None


def test_the_case_at_hand_is_the_one_that_was_asked_about(shop):
    assert at_hand(shop) is None
    older, newer = shop.case(issue="defect"), shop.case(issue="broken")
    assert at_hand(shop) == newer.line.id
    shop.conversation.asking = {"line": older.line.id}
    assert at_hand(shop) == older.line.id
    older.line.status = "refused"
    shop.session.flush()
    assert at_hand(shop) == newer.line.id


def test_a_case_of_another_conversation_is_not_found(shop):
    case = shop.case(issue="defect")
    jobs.open_job(shop.session, case, "repair_charge_possible")
    shop.conversation.id += 1
    with shop.session.no_autoflush:
        assert cases.case_by_line(shop.session, shop.conversation, case.line.id) is None
        assert cases.case_of_quote(shop.session, shop.conversation, 1) is None
    shop.conversation.id -= 1


def test_contact_never_moves(shop, pack):
    case = shop.case(**REPAIRABLE)
    decided(shop, pack, case)
    later = cases.case_of(shop.session, case.line)
    assert later.line.contact_at == datetime.fromisoformat(CONTACT)
    assert verdicts.clocks(later, pack)["contact"] == datetime.fromisoformat(CONTACT).astimezone(UTC).isoformat()
    assert NOW - later.line.contact_at == timedelta(hours=1)
