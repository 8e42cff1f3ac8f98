"""Is the message an answer to the question just asked? Labels, ordinals, yes and no, "not sure"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from igbot.understand.normal import plain
from igbot.understand.rules import Match, Scene
from igbot.understand.words import Words

Choices = Mapping[str, Sequence[tuple[str, str]]]
"""For each fact asked for: value and label of every button shown, in order, in all languages."""

UNSURE = "unsure"
_NEAR = 0.85
_LONG_ENOUGH = 4
_MOST_EXTRA = 12
"""Letters an answer may have besides the label: a particle, a polite ending, "please"."""

_TAKES_BACK = ("not_before", "not_after", "no", "bare_no", "declines", UNSURE)
_NOT_LETTERS = re.compile(r"[\W_]+")
_NUMBERED = re.compile(
    r"^\W*(?:no\.? ?|option |number |answer |choice )?(?:(?P<letter>[a-f])|(?P<digit>[1-9]))(?![a-z0-9]|[-/.,:]\d)"
)


def labelled(scene: Scene, options: Sequence[tuple[str, str]]) -> str | None:
    """The value whose label was typed, exactly, nearly, or with a few words around it; None if none or several."""
    said = _letters(scene.plain.text)
    if not said:
        return None
    labels = [(value, _letters(plain(label).text)) for value, label in options]
    labels = [(value, label) for value, label in labels if label]
    exact = {value for value, label in labels if label == said}
    near = {value for value, label in labels if _nearly(said, label)}
    inside = {value for value, label in labels if len(said) - len(label) <= _MOST_EXTRA and _stands_in(scene, label)}
    for values in (exact, near if len(said) >= _LONG_ENOUGH else set(), inside):
        if len(values) == 1:
            return values.pop()
    return None


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text)


def _stands_in(scene: Scene, label: str) -> bool:
    """Is the label there as words of its own, in a message that takes nothing back?"""
    if scene.has(*_TAKES_BACK) or len(label) == 1:
        return False
    left = r"(?<![a-z0-9])" if label[0].isascii() else ""
    right = r"(?![a-z0-9])" if label[-1].isascii() else ""
    return bool(re.search(left + r"[\W_]*".join(map(re.escape, label)) + right, scene.plain.text))


def _nearly(said: str, label: str) -> bool:
    long = min(len(said), len(label)) >= _LONG_ENOUGH
    return long and SequenceMatcher(None, said, label, autojunk=False).ratio() >= _NEAR


def numbered(scene: Scene, words: Words, options: Sequence[str]) -> str | None:
    """The value meant by "a", "1", "the second"; None if the message says more than that."""
    text = scene.plain.text
    if (match := _NUMBERED.match(text)) and scene.says_only("polite", beside=match.span()):
        place: int | None = ord(match["letter"]) - ord("a") if match["letter"] else int(match["digit"]) - 1
    else:
        place = _ordinal(scene, words)
    return options[place] if place is not None and place < len(options) else None


def _ordinal(scene: Scene, words: Words) -> int | None:
    """First is 0; None if no place or more than one is named, or anything else besides."""
    said = [place for place, concept in enumerate(words.ordinals) if scene.says_only(concept, "polite")]
    return said[0] if len(said) == 1 and scene.has(words.ordinals[said[0]]) else None


def yes_no(scene: Scene, words: Words) -> tuple[str, Match] | None:
    """A yes or a no, with what it rests on; None if neither or both are said."""
    if scene.has("not_yet_yes"):
        return None
    for rules in words.yes_no:
        matches = scene.matches(rules)
        values = {match.rule.values[0] for match in matches}
        if values:
            return (values.pop(), matches[0]) if len(values) == 1 else None
    return None


def values_of(matches: Iterable[Match]) -> list[str]:
    """The distinct values that rules gave, in order."""
    return list(dict.fromkeys(value for match in matches for value in match.rule.values))
