"""Several lines, and one line over time: what a claim comes to, and what counts as telling it differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from igbot.policy import product
from igbot.policy.decide import decide
from igbot.policy.facts import Raw
from igbot.policy.lookup import lookup
from igbot.policy.pack import Pack
from igbot.policy.product import Row
from igbot.policy.reasoning import Decision

_REPAIRS = frozenset({"free_repair", "paid_quote"})
_BOTH_REMEDIES = frozenset({"exchange", "refund"})


def combine(lines: Sequence[tuple[Mapping[str, Raw], Decision]], pack: Pack | None = None) -> Row:
    """What the lines of one item, each with its facts, come to together (table COMBINE).

    The outcome is always a line's own, `owner` or `offer`, never `as_top`. `lines` must not be empty.
    """
    strength = product.table("COMBINE").table.facts["top"]
    top = min((decision.outcome for _, decision in lines), key=strength.index)
    row = lookup("COMBINE", {"top": top, "clash": _clash(lines, top)}, pack)
    return replace(row, outcome=top) if row.outcome == "as_top" else row


def claim_outcome(items: Sequence[Row]) -> str:
    """What a claim comes to: the outcome its items share, else `mixed`."""
    outcomes = {item.outcome for item in items}
    return outcomes.pop() if len(outcomes) == 1 else "mixed"


def _clash(lines: Sequence[tuple[Mapping[str, Raw], Decision]], top: str) -> str:
    """Do the lines get in each other's way? Of two clashes, the one that matters for the strongest line."""
    outcomes = {decision.outcome for _, decision in lines}
    broken_refused = any(facts.get("issue") == "broken" and one.outcome == "refuse" for facts, one in lines)
    wants = {want for facts, _ in lines if isinstance(want := facts.get("want"), str)}
    if broken_refused and outcomes & _REPAIRS and (top in _REPAIRS or not wants >= _BOTH_REMEDIES):
        return "broken_plus_repair"
    return "two_remedies" if wants >= _BOTH_REMEDIES else "none"


@dataclass(frozen=True)
class Account:
    """One line as it was told so far: the facts that count, the last word on each, the verdict that stands.

    What is unlearnt (`unknown`, when a message was unsent) no longer counts, but stays the last word.
    """

    facts: Mapping[str, Raw] = field(default_factory=dict)
    told: Mapping[str, Raw] = field(default_factory=dict)
    order: str | None = None
    standing: Decision | None = None

    def learn(
        self, pack: Pack, news: Mapping[str, Raw], *, order: str | None = None, guard: Mapping[str, str] | None = None
    ) -> tuple[Account, Decision]:
        """The account with what is now told as well, and the decision on it (B-03).

        A fact told differently after a verdict, which would make that verdict another one, is not taken
        over: guard fact `retold` is set. `guard` holds for this step only. Raises BadRequest as `decide` does.
        """
        order = order or self.order
        guard = dict(guard or {})
        changed = {name for name, raw in news.items() if self._is_told_differently(name, raw)}
        facts = {**self.facts, **news}
        anew = decide(pack, facts, order=order)
        if changed and self.standing and _differs(anew, self.standing):
            guard["retold"] = "yes"
            facts = {**self.facts, **{name: raw for name, raw in news.items() if name not in changed}}
        told = {name: raw for name, raw in facts.items() if _is_told(raw)}
        decision = decide(pack, facts, order=order, guard=guard)
        says_something_new = decision == anew and decision.outcome != "ask"
        standing = decision if says_something_new else self.standing
        return Account(facts, {**self.told, **told}, order, standing), decision

    def _is_told_differently(self, name: str, raw: Raw) -> bool:
        """Is this another account? To pick one of the remedies on offer is an answer, not another account."""
        is_a_pick = name == "want" and self.standing is not None and raw in self.standing.remedies
        return _is_told(raw) and self.told.get(name, raw) != raw and not is_a_pick


def _is_told(raw: Raw) -> bool:
    return raw is not None and raw != "unknown"


def _differs(one: Decision, other: Decision) -> bool:
    return (one.outcome, one.fee, one.remedies) != (other.outcome, other.fee, other.remedies)
