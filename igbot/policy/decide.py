"""One line decided from guard to verification: GUARD, the shop's rules, VERIFY (DECISION-TABLE 1 and 5)."""

from __future__ import annotations

from collections.abc import Mapping

from igbot.errors import BadRequest
from igbot.policy import product
from igbot.policy.facts import Known, Raw
from igbot.policy.lookup import lookup
from igbot.policy.pack import Pack
from igbot.policy.problems import did_you_mean
from igbot.policy.product import Row
from igbot.policy.reasoning import Decision, reasoner

REMEDIES = frozenset({"free_repair", "exchange", "refund", "offer", "paid_quote"})
"""Outcomes that cost the shop something; each needs an order (VERIFY)."""


def known(pack: Pack, name: str, raw: Raw) -> Known:
    """The state of a fact that a value, `unknown`, `unsure` or a list of values stands for.

    Raises BadRequest for a fact or a value the pack does not know.
    """
    return pack.fact(name).read(raw)


def decide(
    pack: Pack,
    facts: Mapping[str, Raw],
    *,
    order: str | None = None,
    guard: Mapping[str, str] | None = None,
) -> Decision:
    """The decision on a line with these facts, `issue` among them; the same facts give the same answer.

    `order` (matched, not_found, other_buyer, unasked) lets VERIFY run, and while it is `unasked` facts
    of the record are asked as `order`. `guard` names what is not as usual (facts of GUARD).
    Raises BadRequest for a fact or a value that is not known.
    """
    if guard and (row := lookup("GUARD", guard)).outcome != "continue":
        return _instead(pack, row, ask="conflict")
    if order is not None and order not in (orders := product.table("VERIFY").table.facts["order"]):
        raise BadRequest(f"order = {order} is no value. {did_you_mean(order, orders, called='Values')}")
    decision = reasoner(pack).decide(facts, unasked=order == "unasked")
    if order is None or decision.outcome == "ask":
        return decision
    row = lookup("VERIFY", {"kind": "remedy" if decision.outcome in REMEDIES else "other", "order": order})
    return decision if row.outcome == "pass" else _instead(pack, row, ask="order")


def asked_together(pack: Pack, facts: Mapping[str, Raw], first: str, *, order: str | None = None) -> str | None:
    """The fact that is asked next whatever the answer to `first` is, so that both fit in one message; or None."""
    if first not in pack.facts:
        return None
    left = pack.fact(first).read(facts.get(first)).candidates
    asked = {decide(pack, {**facts, first: value}, order=order).ask for value in left}
    return asked.pop() if len(asked) == 1 else None


def _instead(pack: Pack, row: Row, *, ask: str) -> Decision:
    """What the guard or the verification says in place of the shop's rules."""
    return Decision(
        outcome=row.outcome,
        cites=row.cites,
        rules=(row.id,),
        ask=ask if row.outcome == "ask" else None,
        pack=pack.id,
        version=pack.version,
    )
