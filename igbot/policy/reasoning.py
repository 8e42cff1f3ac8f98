"""What follows from what is known: a verdict, the owner, or the next question (DECISION-TABLE 1.2).

Rules speak of definite facts only; here is what happens while some are open. A state of knowledge
reaches a set of rules. Closed facts (`unsure`) leave it as it is; askable ones may still be split,
one set for every definite answer. All of 1.2 is then said about such sets of rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from igbot.errors import BadRequest
from igbot.policy import product
from igbot.policy.facts import FactSpec, Known, Raw
from igbot.policy.pack import Pack
from igbot.policy.problems import did_you_mean
from igbot.policy.rules import union

State: TypeAlias = tuple[Known, ...]
"""What is known about every fact, in the order of the pack's facts."""

Rows: TypeAlias = int
"""A set of rules, one bit each."""

Splits: TypeAlias = Mapping[str, set[Rows]]
"""By open fact: the sets of rules that its possible values allow, each different set once."""


@dataclass(frozen=True)
class Decision:
    """A line decided, or what is missing for it (DECISION-TABLE 1.3).

    `ask` names the fact to ask (or `order`, `conflict`) when the outcome is `ask`. `reason` is
    `undetermined` when open facts would lead to different ends; `needs` then names those that would
    settle it. `say` is the key of the words, if all rules agree on one.
    """

    outcome: str
    fee: str = "none"
    remedies: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    ask: str | None = None
    reason: str | None = None
    needs: tuple[str, ...] = ()
    say: str | None = None
    pack: str = ""
    version: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a set of rules amounts to. Not settled: the rules part ways, so the owner must judge."""

    outcome: str
    fee: str
    remedies: tuple[str, ...]
    cites: frozenset[str]
    is_settled: bool


class Reasoner:
    """Decides lines by the rules of one pack. Remembers what it found; packs never change."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._table = pack.table
        self._specs: Sequence[FactSpec] = list(pack.facts.values())
        self._rank = {number: n for n, number in enumerate([*pack.clauses, *product.clauses()])}
        self._words = {
            unasked: {spec.name: self._readings(spec, unasked=unasked) for spec in self._specs}
            for unasked in (False, True)
        }
        self.verdict = lru_cache(maxsize=None)(self._verdict)
        self._decided = lru_cache(maxsize=1 << 16)(self._decide)

    def decide(self, facts: Mapping[str, Raw], *, unasked: bool = False) -> Decision:
        """The decision on a line. `unasked`: no order is known yet, so a record may still bring facts.

        Raises BadRequest for a fact or a value the pack does not know.
        """
        return self._decided(self.state(facts, unasked=unasked), unasked=unasked)

    # ------------------------------------------------------------------ facts to a state (step 1)

    def state(self, facts: Mapping[str, Raw], *, unasked: bool = False) -> State:
        """Every fact's state: defaults taken, and what nobody can be asked for closed."""
        if wrong := [name for name in facts if name not in self._pack.facts]:
            hint = did_you_mean(wrong[0], self._pack.facts, called="Its facts")
            raise BadRequest(f"Pack {self._pack.id} has no fact {wrong[0]}. {hint}")
        words = self._words[unasked]
        return tuple(self._known(spec, facts.get(spec.name), words[spec.name], unasked=unasked) for spec in self._specs)

    def _known(self, spec: FactSpec, raw: Raw, words: Mapping[str | None, Known], *, unasked: bool) -> Known:
        """A fact's state: looked up for a plain word, worked out for anything else."""
        if (raw is None or isinstance(raw, str)) and (known := words.get(raw)):
            return known
        return self._reading(spec, raw, unasked=unasked)

    def _readings(self, spec: FactSpec, *, unasked: bool) -> dict[str | None, Known]:
        return {word: self._reading(spec, word, unasked=unasked) for word in (None, "unknown", "unsure", *spec.values)}

    def _reading(self, spec: FactSpec, raw: Raw, *, unasked: bool) -> Known:
        if spec.default and (raw is None or raw == "unknown"):
            raw = spec.default
        if spec.name == "issue" and raw == "unsure" and "other" in spec.values:
            raw = "other"
        known = spec.read(raw)
        can_be_asked = known.askable and (spec.is_asked or (unasked and spec.on_record))
        return known if known.is_definite else Known(known.candidates, can_be_asked)

    # ------------------------------------------------------------------ a state to a decision (steps 2 to 4)

    def _decide(self, state: State, *, unasked: bool) -> Decision:
        rows = self._table.all_rows
        for spec, known in zip(self._specs, state, strict=True):
            rows &= union(self._table.allowing[spec.name][value] for value in known.candidates)
        if (verdict := self.verdict(rows)).is_settled:
            return self._told(verdict, rows)
        askable = self._splits(rows, state, askable=True)
        order = self._pack.ask.order_for(self._issue(state))
        if shared := agreed(map(self.verdict, ends(rows, askable.values()))):
            closed = self._splits(rows, state, askable=False)
            needs = [name for name in self._that_matter(rows, {**askable, **closed}, order) if name in closed]
            return self._told(shared, rows, needs or list(closed))
        first = next(self._that_matter(rows, askable, order), None) or _in_order(askable, order)[0]
        ask = "order" if unasked and first in self._pack.record_facts else first
        return Decision("ask", ask=ask, pack=self._pack.id, version=self._pack.version)

    def _verdict(self, rows: Rows) -> Verdict:
        """What the rules of a set agree on (step 2)."""
        rules = list(self._table.rules_of(rows))
        first, shared = rules[0], frozenset(rules[0].cites).intersection(*(rule.cites for rule in rules))
        if shared and len({(rule.outcome, rule.fee, rule.remedies) for rule in rules}) == 1:
            return Verdict(first.outcome, first.fee, first.remedies, shared, is_settled=True)
        return Verdict("owner", "none", (), frozenset[str]().union(*(rule.cites for rule in rules)), is_settled=False)

    def _splits(self, rows: Rows, state: State, *, askable: bool) -> dict[str, set[Rows]]:
        found = {}
        for spec, known in zip(self._specs, state, strict=True):
            if known.askable is askable and not known.is_definite:
                sets = {self._table.allowing[spec.name][value] & rows for value in known.candidates}
                if len(sets) > 1:
                    found[spec.name] = sets
        return found

    def _that_matter(self, rows: Rows, splits: Splits, order: Sequence[str]) -> Iterator[str]:
        """The facts that change the verdict for some completion of the others, in ask order (step 4)."""
        for name in _in_order(splits, order):
            others = (sets for other, sets in splits.items() if other != name)
            for end in ends(rows, others):
                if agreed(self.verdict(end & one) for one in splits[name] if end & one) is None:
                    yield name
                    break

    def _told(self, verdict: Verdict, rows: Rows, needs: Iterable[str] = ()) -> Decision:
        rules = list(self._table.rules_of(rows))
        words = {rule.say for rule in rules}
        return Decision(
            outcome=verdict.outcome,
            fee=verdict.fee,
            remedies=verdict.remedies,
            cites=tuple(sorted(verdict.cites, key=self._rank.__getitem__)),
            rules=tuple(rule.id for rule in rules),
            reason=None if verdict.is_settled else "undetermined",
            needs=tuple(needs),
            say=words.pop() if verdict.is_settled and len(words) == 1 else None,
            pack=self._pack.id,
            version=self._pack.version,
        )

    def _issue(self, state: State) -> str | None:
        return next((known.value for spec, known in zip(self._specs, state, strict=True) if spec.name == "issue"), None)


@lru_cache(maxsize=64)
def reasoner(pack: Pack) -> Reasoner:
    """The reasoner of a pack, kept with what it has found so far."""
    return Reasoner(pack)


def ends(rows: Rows, splits: Iterable[set[Rows]]) -> set[Rows]:
    """The sets of rules that are left once each of the split facts has one of its values."""
    left = {rows}
    for sets in splits:
        left = {one & other for one in left for other in sets} - {0}
    return left


def agreed(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The verdict all agree on: outcome, fee, remedies and at least one clause; None if they do not."""
    found = set(verdicts)
    first = next(iter(found))
    if len(found) == 1:
        return first
    shared = first.cites.intersection(*(one.cites for one in found))
    if not shared or len({(one.outcome, one.fee, one.remedies) for one in found}) > 1:
        return None
    is_settled = all(one.is_settled for one in found)
    return Verdict(first.outcome, first.fee, first.remedies, shared, is_settled)


def _in_order(names: Iterable[str], order: Sequence[str]) -> list[str]:
    """In ask order; what it does not name (facts only a record holds) comes last."""
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))
