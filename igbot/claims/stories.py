"""Do the stories fit together? The record against the customer's words, and words against earlier words.

What `conflict`, `retold` and `history` of table GUARD are for a line (DECISION-TABLE 5.1). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from igbot.claims.cases import Case
from igbot.claims.deciding import Situation, is_same, situation, zone_of
from igbot.claims.facts import RECEIVED, UNSURE, counting, is_vaguer, told_before
from igbot.claims.receipts import kept, overlap, receipt, receipt_told, span_of
from igbot.policy import Pack, decide
from igbot.store.tables import Verdict

# ------------------------------------------------------------------ record against words (B-04)


def conflict(case: Case, pack: Pack) -> str:
    """Do the record and the customer's words differ so that the outcome would?

    `open`: to be put to the customer; `persists`: it was put and stayed, or the piece is said to have come
    after it was complained about and the record is right; `none` otherwise.
    """
    if case.claim.conflict == "persists":
        return "persists"
    seen = situation(case, pack)
    if seen.age.conflict:
        return "persists" if case.claim.conflict == "cleared" else "open"
    if case.claim.conflict == "cleared":
        return "none"
    words = _words_against_record(case, pack)
    return "open" if words and not _end_alike(seen, situation(case, pack, words), pack) else "none"


def disputed(case: Case, pack: Pack) -> str | None:
    """The fact (or `received`) that record and words differ on, so that the outcome would; None if none is."""
    seen = situation(case, pack)
    if seen.age.conflict:
        return RECEIVED
    words = _words_against_record(case, pack)
    alone = (name for name, told in words.items() if not _end_alike(seen, situation(case, pack, {name: told}), pack))
    return next(alone, next(iter(words), None))


def _words_against_record(case: Case, pack: Pack) -> dict[str, Any]:
    """What the customer told otherwise than the record has it, and the owner has not settled."""
    told, record, owners = (
        counting(row for row in case.rows if row.source == source) for source in ("customer", "record", "owner")
    )
    against = {
        name: told[name].value
        for name in (told.keys() & record.keys()) - owners.keys() - {RECEIVED}
        if told[name].value != record[name].value and not is_vaguer(told[name].value, record[name].value)
    }
    return against | _received_against_record(case, pack)


def _received_against_record(case: Case, pack: Pack) -> dict[str, Any]:
    """When it came by their words, if the record rules that out and it falls into other windows."""
    zone = zone_of(case, pack)
    by_words, by_record = (receipt_told(case.rows, source, zone) for source in ("customer", "record"))
    if by_words is None or by_record is None or overlap(by_words, by_record):
        return {}
    said = {RECEIVED: kept(by_words)}
    ages = [situation(case, pack, one).age.known for one in (said, {RECEIVED: kept(by_record)})]
    alike = all(ages) and ages[0].candidates & ages[1].candidates  # type: ignore[union-attr]  # `all` has looked
    return {} if alike else said


def _end_alike(one: Situation, other: Situation, pack: Pack) -> bool:
    ends = [decide(pack, seen.facts, order=seen.order) for seen in (one, other)]
    return len({(end.outcome, end.fee, end.remedies) for end in ends}) == 1


# ------------------------------------------------------------------ words against earlier words (B-03, B-05)


def is_retold(case: Case, pack: Pack, news: Mapping[str, Any]) -> bool:
    """Is something told differently after a verdict, so that the verdict would change? (GUARD, B-03)

    A fact that was withdrawn and is told anew counts if the standing verdict could not be reached
    any more (DESIGN promise 9). Choosing among remedies that were offered is an answer, not a retelling.
    """
    standing = case.verdict
    if standing is None or standing.by_owner_id is not None:
        return False
    changed = {name: value for name, value in news.items() if _told_differently(case, pack, name, value)}
    if standing.outcome == "offer":
        changed.pop("want", None)
    if not changed:
        return False
    seen = situation(case, pack, changed)
    anew = decide(pack, seen.facts, order=seen.order)
    if is_same(anew, standing):
        return False
    only_withdrawn = all(row.withdrawn_at for name in changed for row in told_before(case.rows, name))
    if only_withdrawn and anew.outcome == "ask":
        return not _can_reach(pack, seen, standing)
    return True


def _told_differently(case: Case, pack: Pack, name: str, value: object) -> bool:
    if value == UNSURE:
        return False
    if name == RECEIVED:
        zone = zone_of(case, pack)
        known, said = receipt(case.rows, zone), span_of(value, zone)
        if known is None:
            return said is not None and bool(told_before(case.rows, name))
        return said is not None and overlap(known, said) is None
    before = counting(case.rows).get(name)
    if before is not None:
        return before.value not in (value, UNSURE) and not is_vaguer(value, before.value)
    return bool(told_before(case.rows, name))


def _can_reach(pack: Pack, seen: Situation, standing: Verdict) -> bool:
    """Could answers to what is still to be asked lead to the standing verdict?"""
    decision = decide(pack, seen.facts, order=seen.order)
    if decision.outcome != "ask":
        return is_same(decision, standing)
    asked = decision.ask or ""
    if asked == "order":
        return _can_reach(pack, Situation(seen.facts, "matched", seen.age), standing)
    if asked not in pack.facts:
        return True
    return any(
        _can_reach(pack, Situation({**seen.facts, asked: value}, seen.order, seen.age), standing)
        for value in pack.facts[asked].values
    )


def history(case: Case, *, is_news: bool) -> str:
    """Was this decided before, does a person have it, or is there something to do? (fact `history` of GUARD)

    `decided`: the verdict stands and nothing new was told. `in_progress`: it waits for the owner, or she
    has settled it, so whatever is told goes to her. `new` otherwise.
    """
    if case.is_open or case.verdict is None:
        return "new"
    if case.is_with_owner:
        return "in_progress"
    return "new" if is_news else "decided"


def tells_news(case: Case, pack: Pack, told: Mapping[str, Any]) -> bool:
    """Would learning this change anything that is known?"""
    return situation(case, pack) != situation(case, pack, told)
