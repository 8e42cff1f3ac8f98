"""What is wrong with a pack: one sentence a problem, with its place and what to do (DECISION-TABLE 10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from igbot.errors import BrokenShop


@dataclass(frozen=True)
class Problem:
    """A finding about a pack: `P..` codes stop it from being loaded, `W..` codes only warn."""

    code: str
    place: str
    """Where, as a path from the top of the pack: `rules.M-2.when.photo`."""
    what: str
    remedy: str = ""

    @property
    def is_error(self) -> bool:
        """Does this keep the pack from being loaded?"""
        return self.code.startswith("P")

    def __str__(self) -> str:
        return " ".join(filter(None, (f"{self.code} {self.place}: {self.what}", self.remedy)))


class BrokenPack(BrokenShop):
    """This policy pack cannot be used."""

    problems: Sequence[Problem]

    @classmethod
    def because(cls, place: object, problems: Iterable[Problem]) -> BrokenPack:
        """The error that lists every problem of the pack at `place`."""
        found = list(problems)
        lines = "\n".join(f"  {problem}" for problem in found)
        return cls(f"The policy pack {place} cannot be used:\n{lines}", problems=found)


def did_you_mean(word: str, known: Iterable[str], *, called: str = "") -> str:
    """`Did you mean x?` for the nearest known word, else the list of them; `called` names the list."""
    words = sorted(known)
    if near := get_close_matches(word, words, n=1, cutoff=0.6):
        return f"Did you mean `{near[0]}`?"
    return f"{called or 'Known'}: {', '.join(words)}." if words else ""
