"""Mentions that are taken back: "not a scratch", or a word that Korean puts after what it denies."""

from __future__ import annotations

from igbot.understand.lexicon import Hit

_LONGEST_GAP = 12
"""Characters between "not" and what it denies, all of them small words."""
_LONGEST_PARTICLE = 3
"""Syllables between a Korean word and the denial after it."""
_UNDENIABLE = frozenset(("yes", "no", "not_before", "not_after", "filler", "polite", "unsure", "person", "stop"))


def undenied(text: str, hits: list[Hit]) -> list[Hit]:
    """The mentions without those that a "not" before or after takes back."""
    before = [hit for hit in hits if hit.concept == "not_before"]
    after = [hit for hit in hits if hit.concept == "not_after"]
    filler = {(hit.start, hit.end) for hit in hits if hit.concept == "filler"}
    return [
        hit
        for hit in hits
        if hit.concept in _UNDENIABLE
        or not (_is_denied_before(text, hit, before, filler) or _is_denied_after(text, hit, after))
    ]


def _is_denied_before(text: str, hit: Hit, denials: list[Hit], filler: set[tuple[int, int]]) -> bool:
    return any(
        0 <= hit.start - denial.end <= _LONGEST_GAP and _only_fills(text, denial.end, hit.start, filler)
        for denial in denials
    )


def _only_fills(text: str, start: int, end: int, filler: set[tuple[int, int]]) -> bool:
    """Is there nothing but small words between the denial and what is denied?"""
    rest = list(text[start:end])
    for first, last in filler:
        if start <= first and last <= end:
            rest[first - start : last - start] = " " * (last - first)
    return not "".join(rest).strip()


def _is_denied_after(text: str, hit: Hit, denials: list[Hit]) -> bool:
    return any(
        0 <= denial.start - hit.end <= _LONGEST_PARTICLE and not set(".?!,\n") & set(text[hit.end : denial.start])
        for denial in denials
    )
