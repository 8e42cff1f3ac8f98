"""Answers to questions to the policy, as JSON (DESIGN 5.5).

Each kind of question has one function from its shape to the answer's fields. Nothing here reads or
prints: `igbot pack decide` does that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TypeAlias

from babel.numbers import list_currencies

from igbot.errors import BadRequest
from igbot.policy import questions
from igbot.policy.clocks import Age
from igbot.policy.decide import decide
from igbot.policy.facts import Known
from igbot.policy.lines import Account, claim_outcome, combine
from igbot.policy.lookup import lookup
from igbot.policy.pack import Pack
from igbot.policy.product import Row
from igbot.policy.questions import (
    AmountQuestion,
    ClaimQuestion,
    Clock,
    ClockQuestion,
    Facts,
    LineQuestion,
    SendQuestion,
    SequenceQuestion,
    StatusQuestion,
    TableQuestion,
    UnclaimedQuestion,
)
from igbot.policy.reasoning import Decision
from igbot.policy.refunds import refund_amount, refund_status
from igbot.policy.timed import age, send_lane, unclaimed

Packs: TypeAlias = Callable[[str | None], Pack]
"""The pack of a name (`J`, `jewelry`, a folder), or the one chosen for all lines without a name."""

Answer: TypeAlias = dict[str, Any]


def answer(body: object, packs: Packs) -> Answer:
    """The answer to one question. Raises BadRequest or BrokenShop with a sentence when there is none."""
    asked = questions.question(body)
    try:
        return _ANSWERS[asked.kind](asked, packs)
    except (ValueError, OverflowError) as error:
        raise BadRequest(f"That cannot be worked out: {error}.") from None


# ------------------------------------------------------------------ lines


def _line(question: LineQuestion, packs: Packs) -> Answer:
    pack = packs(question.pack)
    extra = {"clock": question.clock} if question.clock else {}
    facts, order, guard = _known({**question.facts, **extra}, question.guard, pack)
    return _told(decide(pack, facts, order=order, guard=guard))


def _sequence(question: SequenceQuestion, packs: Packs) -> Answer:
    pack, account, told = packs(question.pack), Account(), []
    for step in question.steps:
        facts, order, guard = _known(step.learn, step.guard, pack)
        account, decision = account.learn(pack, facts, order=order, guard=guard)
        told.append(_told(decision))
    return {"steps": told}


def _claim(question: ClaimQuestion, packs: Packs) -> Answer:
    pack, items, rows = packs(question.pack), [], list[Row]()
    for item in question.items:
        lines = []
        for line in item.lines:
            facts, order, guard = _known(line, None, pack)
            lines.append((facts, decide(pack, facts, order=order, guard=guard)))
        rows.append(combine(lines, pack))
        told = [_told(decision) for _, decision in lines]
        items.append({"outcome": rows[-1].outcome, "cites": list(rows[-1].cites), "lines": told})
    return {"items": items, "claim": claim_outcome(rows)}


def _known(given: Facts, guard: Mapping[str, str] | None, pack: Pack) -> tuple[Facts, str | None, dict[str, str]]:
    """Facts for the evaluator, the state of the order, and the guard's facts, with a clock read into `age`."""
    facts, guards = dict(given), dict(guard or {})
    order = facts.pop("order", None)
    if (clock := facts.pop("clock", None)) is not None:
        read = _read(questions.clock(clock), pack)
        if read.conflict and guards.get("conflict", "none") == "none":
            guards["conflict"] = "open"
        if read.known:
            facts["age"] = read.known
    for name, value in facts.items():
        if not _is_raw(value):
            raise BadRequest(f"{name} = {value!r}: a fact is a word, `unknown`, `unsure` or a list of words.")
    return facts, order, guards


def _is_raw(value: object) -> bool:
    words = value if isinstance(value, list) else [value]
    return value is None or isinstance(value, Known) or all(isinstance(word, str) for word in words)


def _told(decision: Decision) -> Answer:
    fields = asdict(decision)
    del fields["say"]
    if not decision.reason:
        del fields["reason"], fields["needs"]
    return fields


# ------------------------------------------------------------------ clocks and tables


def _clock(question: ClockQuestion, packs: Packs) -> Answer:
    pack = packs(question.pack)
    read = _read(question.facts, pack)
    classes = [one.value for one in pack.clock.classes] if pack.clock else []
    left = [value for value in classes if read.known and value in read.known.candidates]
    unknown = "conflict" if read.conflict else "unknown"
    ends = read.last_instants
    return {
        "age": left[0] if len(left) == 1 else left if read.received and left else unknown,
        "contact": _iso(read.contact),
        "received": _span(read),
        "last_instant": next((_iso(ends[value]) for value in [*left, *reversed(classes)] if value in ends), None),
        "last_instants": {value: _iso(instant) for value, instant in ends.items()},
    }


def _read(clock: Clock, pack: Pack) -> Age:
    return age(pack, clock.contact, clock.received, clock.zone, shop_zone=clock.shop_zone, closed=clock.closed)


def _span(read: Age) -> str | list[str] | None:
    if read.received is None:
        return None
    first, last = _iso(read.received.first), _iso(read.received.last)
    return first if first == last else [first, last]


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _table(question: TableQuestion, packs: Packs) -> Answer:
    return _row(lookup(question.table, question.facts, _pack_for(question, packs)))


def _pack_for(question: TableQuestion, packs: Packs) -> Pack:
    """The pack asked for, or the chosen one; the pack of the table's letter if that one cites nothing for it."""
    letter, _, name = question.table.rpartition("-")
    chosen = packs(question.pack)
    return packs(letter) if letter and not question.pack and name.lower() not in chosen.cites else chosen


def _send(question: SendQuestion, packs: Packs) -> Answer:  # noqa: ARG001 - no pack has a say in this
    facts = question.facts
    return _row(
        send_lane(facts.last_customer_message, facts.now, facts.sender, tag=facts.tag == "approved"),
    )


def _unclaimed(question: UnclaimedQuestion, packs: Packs) -> Answer:
    pack, facts = packs(question.pack), question.facts
    today = facts.now.astimezone(facts.shop_zone or pack.shop.time_zone).date()
    found = unclaimed(
        pack,
        facts.ready_notice_on,
        today,
        collected=facts.collected,
        notice=facts.notice,
        says=facts.owner_says,
    )
    return _row(found.row) | {"overdue_from": found.overdue_from.isoformat() if found.overdue_from else None}


def _status(question: StatusQuestion, packs: Packs) -> Answer:
    facts = question.facts
    found = refund_status(packs(question.pack), facts.stage, facts.issued_on, facts.today, facts.holidays)
    return _row(found.row) | {"business_days": found.business_days}


def _amount(question: AmountQuestion, packs: Packs) -> Answer:  # noqa: ARG001 - the sum is the same for every shop
    facts = question.facts
    if facts.currency not in list_currencies():
        raise BadRequest(f"{facts.currency} is no currency of ISO 4217, such as KRW or USD.")
    paid = (item.paid_minor for item in facts.items if item.accepted)
    amount = refund_amount(paid, facts.label_cost_minor, payer=facts.payer, label_used=facts.label_used)
    outcome = "owner" if amount is None else "refund"
    return {"outcome": outcome, "amount_minor": amount, "currency": facts.currency}


def _row(row: Row) -> Answer:
    return {"outcome": row.outcome, "cites": list(row.cites), "rules": [row.id]}


_ANSWERS: Mapping[str, Callable[[Any, Packs], Answer]] = {
    "line": _line,
    "clock": _clock,
    "sequence": _sequence,
    "claim": _claim,
    "table": _table,
    "send": _send,
    "unclaimed": _unclaimed,
    "status": _status,
    "amount": _amount,
}
