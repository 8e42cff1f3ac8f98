"""What does the customer want to do with this message? Rules with weights, and what outweighs what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from igbot.understand.normal import is_jamo
from igbot.understand.rules import Scene
from igbot.understand.words import Words

OUT_OF_SCOPE = "oos"
_SEVERAL_READINGS = 0.75
"""How sure an intent is when the fault may be one of several."""
_OUTWEIGHED = 0.5
"""What is left of an intent beside one that says more."""
_TIE = 0.7
_EQUAL = 0.1


def ranked(
    scene: Scene, words: Words, *, facts: Iterable[str], issues: Sequence[str], alarm: str, answered: bool
) -> list[tuple[str, float]]:
    """Intents with their confidence, best first; `oos` alone where nothing matched.

    `answered`: the message answers what was just asked; if it says nothing else, that is what it is about.
    Nothing to understand (only signs and pictures) is surely `oos`; unknown words are `oos` with confidence 0.
    """
    scores = _scores(scene, words, facts, issues, alarm)
    if answered and (not scores or min(_rank(intent, words) for intent in scores) == len(words.ranks) - 1):
        return [(words.answered, max(weighed.weight for weighed in words.intents)), *sorted(scores.items())]
    if not scores:
        return [(OUT_OF_SCOPE, 0.0 if any(char.isalpha() and not is_jamo(char) for char in scene.plain.text) else 0.95)]
    strongest = min(_rank(intent, words) for intent in scores)
    weighed = {
        intent: round(score * (_OUTWEIGHED if _rank(intent, words) > strongest else 1), 2)
        for intent, score in scores.items()
    }
    best = sorted(weighed.items(), key=lambda scored: -scored[1])
    if len(best) > 1 and best[0][1] - best[1][1] < _EQUAL and best[0][0] != words.alarm_intents.get(alarm):
        best[0] = (best[0][0], min(best[0][1], _TIE))
    return best


def band(intent: str, confidence: float, words: Words) -> str:
    """`act`, `clarify` or `owner`."""
    if confidence >= words.bands["act"]:
        return "act"
    return "clarify" if confidence >= words.bands["clarify"] and intent != OUT_OF_SCOPE else "owner"


def _scores(scene: Scene, words: Words, facts: Iterable[str], issues: Sequence[str], alarm: str) -> dict[str, float]:
    """Every intent that something speaks for, those of alarms and issues first."""
    sure = max((weighed.weight for weighed in words.intents), default=1.0)
    scores: dict[str, float] = {}
    if alarm in words.alarm_intents:
        scores[words.alarm_intents[alarm]] = sure
    told = {words.issue_intents[issue] for issue in issues if issue in words.issue_intents}
    for issue in issues:
        if intent := words.issue_intents.get(issue):
            scores.setdefault(intent, sure if len(told) == 1 and len(issues) == 1 else _SEVERAL_READINGS)
    for fact in facts:
        if not scores and fact in words.fact_intents:
            scores[words.fact_intents[fact]] = _SEVERAL_READINGS
    for weighed in words.intents:
        if weighed.weight > scores.get(weighed.intent, 0) and scene.match(weighed.rule):
            scores[weighed.intent] = weighed.weight
    return scores


def _rank(intent: str, words: Words) -> int:
    return next((place for place, rank in enumerate(words.ranks) if intent in rank), len(words.ranks))
