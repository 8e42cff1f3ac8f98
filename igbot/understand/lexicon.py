"""Which concepts does a message mention, and where?

Words are grouped into concepts (`stone`, `came_off`, ...), each a list of patterns. The notation is small enough for
the owner's nephew:

    (a|b|)   one of these, or nothing          [abc] [0-9]   one of these characters
    x?       with or without this character      _             at either end: here a Korean word begins or ends
    *        at the end: whatever ending follows blank         may be missing between Korean words

Latin words stand for whole words unless they end in `*`; Korean ones are found inside longer words unless `_` says no.
All spellings of all concepts live in one table, so a message is walked once, however many words a shop has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, product
from typing import NamedTuple

from igbot.understand.normal import fold, is_hangul

MOST_HITS = 8
"""Mentions of one concept that count; more would only make a flood of words slow."""

_GROUP = re.compile(r"\((?P<any>[^()]*)\)|\[(?P<of>[^\[\]]*)\]|(?P<maybe>[^()\[\]])\?")
_RANGE = re.compile(r"(.)-(.)")
_BEGINNING = 2


class Hit(NamedTuple):
    """One mention: which concept, and where in the plain text."""

    concept: str
    start: int
    end: int


class _Leaf(NamedTuple):
    concept: str
    opens_word: bool
    closes_word: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All spellings of all patterns, and for each beginning the lengths worth trying."""

    leaves: Mapping[str, tuple[_Leaf, ...]]
    lengths: Mapping[str, tuple[int, ...]]
    always_seen: frozenset[str]

    @classmethod
    def of(cls, concepts: Mapping[str, Iterable[str]], always_seen: Iterable[str] = ()) -> Lexicon:
        """Expand all patterns. Mentions of `always_seen` count inside longer mentions of other concepts too.

        Raises ValueError naming the pattern that cannot be read.
        """
        leaves: dict[str, dict[_Leaf, None]] = {}
        lengths: dict[str, set[int]] = {}
        for concept, patterns in concepts.items():
            for literal in {literal for pattern in patterns for literal in expand(pattern)}:
                word = literal.strip("_*")
                leaves.setdefault(word, {})[_leaf(concept, literal)] = None
                lengths.setdefault(word[:_BEGINNING], set()).add(len(word))
        return cls(
            {word: tuple(found) for word, found in leaves.items()},
            {beginning: tuple(sorted(found)) for beginning, found in lengths.items()},
            frozenset(always_seen),
        )

    def find(self, text: str) -> list[Hit]:
        """Every mention in plain text by place; one that lies inside a longer one does not count."""
        seen: dict[str, int] = {}
        hits = []
        for hit in self._outermost(self._all(text)):
            seen[hit.concept] = seen.get(hit.concept, 0) + 1
            if seen[hit.concept] <= MOST_HITS:
                hits.append(hit)
        return hits

    def _all(self, text: str) -> Iterator[Hit]:
        for start in range(len(text)):
            for beginning in (text[start], text[start : start + _BEGINNING]):
                for length in self.lengths.get(beginning, ()):
                    end = start + length
                    for leaf in self.leaves.get(text[start:end], ()) if end <= len(text) else ():
                        if (not leaf.opens_word or _edge(text, start - 1, text[start])) and (
                            not leaf.closes_word or _edge(text, end, text[end - 1])
                        ):
                            yield Hit(leaf.concept, start, end)

    def _outermost(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        """Without what lies inside longer mentions; `always_seen` ones give way only to each other."""
        outer, seen_outer = (-1, -1), (-1, -1)
        for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.concept)):
            span, special = (hit.start, hit.end), hit.concept in self.always_seen
            if special and (hit.end > seen_outer[1] or span == seen_outer):
                seen_outer = span
                yield hit
            elif not special and (hit.end > outer[1] or span == outer):
                yield hit
            if hit.end > outer[1]:
                outer = span


def expand(pattern: str) -> list[str]:
    """Every spelling a pattern stands for, folded. Raises ValueError if it is not in the notation above."""
    literals = {fold(" ".join(literal.split())) for literal in _literals(pattern)}
    for literal in literals:
        if set(literal) & set("()[]|?") or "*" in literal[:-1] or not literal.strip("_* "):
            raise ValueError(f"the pattern {pattern!r} cannot be read (as in {literal!r})")
    return sorted(spelling for literal in literals for spelling in _spacings(literal))


def _literals(pattern: str) -> set[str]:
    """The pattern with its choices made, the innermost first."""
    open_ones = {pattern}
    done: set[str] = set()
    while open_ones:
        text = open_ones.pop()
        if group := _GROUP.search(text):
            open_ones.update(text[: group.start()] + choice + text[group.end() :] for choice in _choices(group))
        else:
            done.add(text)
    return done


def _choices(group: re.Match[str]) -> list[str]:
    if (listed := group["any"]) is not None:
        return listed.split("|")
    if (kinds := group["of"]) is not None:
        return list(_RANGE.sub(lambda ends: "".join(map(chr, range(ord(ends[1]), ord(ends[2]) + 1))), kinds))
    return [group["maybe"], ""]


def _spacings(literal: str) -> Iterator[str]:
    """A Korean phrase with and without each of its blanks; any other phrase as it is."""
    words = literal.split(" ")
    gaps = [
        ("", " ") if is_hangul(before.strip("_*")[-1:] or "?") and is_hangul(after.strip("_*")[:1] or "?") else (" ",)
        for before, after in pairwise(words)
    ]
    for blanks in product(*gaps):
        yield words[0] + "".join(blank + word for blank, word in zip(blanks, words[1:], strict=True))


def _leaf(concept: str, literal: str) -> _Leaf:
    word = literal.strip("_*")
    return _Leaf(
        concept,
        opens_word=literal.startswith("_") or _is_latin(word[0]),
        closes_word=literal.endswith("_") or (_is_latin(word[-1]) and not literal.endswith("*")),
    )


def _edge(text: str, at: int, inside: str) -> bool:
    """Does a word of the script of `inside` end at this neighbour?"""
    if not 0 <= at < len(text):
        return True
    return not (is_hangul(text[at]) if is_hangul(inside) else _is_latin(text[at]))


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
