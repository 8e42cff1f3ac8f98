"""Rules over concepts: "a stone is mentioned, and close to it something came off".

A rule is written `stone + came_off - kept -> stone_out`: all of these close together in one sentence, and none of those
in that sentence; then the fact has this value (or one of several: `-> broken | defect`). `= stop` means that the
message says nothing but that, `^ yes` that a sentence opens with it. Rules stand in the order in which they are tried:
what a rule has used up for a fact, a later rule cannot use again, so the more exact reading wins.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise, product

from igbot.understand.lexicon import Hit
from igbot.understand.normal import Plain

REACH = 40
"""Characters that may lie between the words of one reading."""

_SENTENCE_END = re.compile(r"[!?;\n]|\.(?!\d)")
_PAUSE = re.compile(r"[!?;,.~\n]")
_LETTERS = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of saying `values` (several when the words leave it open between them)."""

    values: tuple[str, ...]
    needs: tuple[str, ...]
    unless: frozenset[str]
    alone: bool = False
    opens: bool = False

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read `needs - unless -> value | value`; the arrow may be left out."""
        text, _, told = text.partition("->")
        values = tuple(value.strip() for value in told.split("|") if value.strip())
        first, *rest = re.split(r"\s+([+-])\s+", text.strip("=^ "))
        signs, names = rest[::2], rest[1::2]
        needs = [first, *(name for sign, name in zip(signs, names, strict=True) if sign == "+")]
        unless = (name for sign, name in zip(signs, names, strict=True) if sign == "-")
        return cls(values, tuple(needs), frozenset(unless), alone=text[0] == "=", opens=text[0] == "^")

    @property
    def concepts(self) -> frozenset[str]:
        """Every concept the rule speaks of."""
        return self.unless.union(self.needs)


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that applies, and the mentions it rests on."""

    rule: Rule
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """A message as rules see it: its mentions, by concept and by sentence."""

    plain: Plain
    hits: tuple[Hit, ...]
    breaks: tuple[int, ...]
    by_concept: dict[str, list[Hit]] = field(default_factory=dict)

    @classmethod
    def of(cls, plain: Plain, hits: Iterable[Hit]) -> Scene:
        """Sort the mentions of a message."""
        scene = cls(plain, tuple(hits), tuple(end.start() for end in _SENTENCE_END.finditer(plain.text)))
        for hit in scene.hits:
            scene.by_concept.setdefault(hit.concept, []).append(hit)
        return scene

    def sentence(self, hit: Hit) -> int:
        """Which sentence a mention begins in."""
        return bisect(self.breaks, hit.start)

    def has(self, *concepts: str) -> bool:
        """Is any of these mentioned?"""
        return any(concept in self.by_concept for concept in concepts)

    def says_only(self, *concepts: str, beside: tuple[int, int] = (0, 0)) -> bool:
        """Is every letter and digit of the message, but for the part `beside`, in a mention of these?"""
        rest = list(self.plain.text)
        rest[slice(*beside)] = " " * (beside[1] - beside[0])
        for hit in self.hits:
            if hit.concept in concepts:
                rest[hit.start : hit.end] = " " * (hit.end - hit.start)
        return not _LETTERS.search("".join(rest))

    def match(self, rule: Rule, used: AbstractSet[Hit] = frozenset()) -> Match | None:
        """How the rule applies most closely without the mentions already used, or None."""
        if not all(need in self.by_concept for need in rule.needs):
            return None
        if rule.alone:
            said = tuple(self.by_concept[rule.needs[0]])
            applies = all(_is_free(hit, used) for hit in said) and self.says_only(*rule.needs, "polite")
            return Match(rule, said) if applies else None
        free = [[hit for hit in self.by_concept[need] if _is_free(hit, used)] for need in rule.needs]
        best = min((hits for hits in product(*free) if self._fits(rule, hits)), key=_spread, default=None)
        return Match(rule, best) if best else None

    def _fits(self, rule: Rule, hits: Sequence[Hit]) -> bool:
        sentence = self.sentence(hits[0])
        return (
            len(set(hits)) == len(hits)
            and all(self.sentence(hit) == sentence for hit in hits[1:])
            and _gap(hits) <= REACH
            and (not rule.opens or self._opens(hits[0]))
            and not any(self.sentence(hit) == sentence for name in rule.unless for hit in self.by_concept.get(name, ()))
        )

    def _opens(self, hit: Hit) -> bool:
        """Does a sentence, or a part of one after a comma or a sign, begin with it?"""
        return not _LETTERS.search(_PAUSE.split(self.plain.text[: hit.start])[-1])

    def matches(self, rules: Iterable[Rule], used: AbstractSet[Hit] = frozenset()) -> list[Match]:
        """Every rule that applies, each mention used once and none of those `used` already."""
        used = set(used)
        found = []
        for rule in rules:
            while match := self.match(rule, used):
                used.update(match.hits)
                found.append(match)
        return found


def _is_free(hit: Hit, used: AbstractSet[Hit]) -> bool:
    """Are the words of this mention still to be used? Two concepts may rest on the same words."""
    return not any(hit.start < other.end and other.start < hit.end for other in used)


def _spread(hits: Sequence[Hit]) -> int:
    return max(hit.end for hit in hits) - min(hit.start for hit in hits)


def _gap(hits: Sequence[Hit]) -> int:
    """The widest stretch between neighbouring mentions."""
    ordered = sorted(hits, key=lambda hit: hit.start)
    return max((after.start - before.end for before, after in pairwise(ordered)), default=0)
