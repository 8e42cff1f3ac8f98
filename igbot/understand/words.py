"""The words of a shop: every language's own, and the pack's words for its products and faults.

`flows/words/<language>.toml` holds what people say to any shop, `flows/words/rules.toml` what it means, and
`words.toml` in a pack the shop's products and faults with the facts they stand for. Words are grouped into concepts;
everything else speaks of concepts by name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from igbot.errors import BrokenShop
from igbot.understand.day_words import DayWords
from igbot.understand.figures import Figures
from igbot.understand.language import Languages
from igbot.understand.lexicon import Lexicon
from igbot.understand.rules import Rule

RULES_FILE = "rules.toml"
PACK_FILE = "words.toml"
ANY_PRODUCT = "any_product"
"""The concept of all products together, made here so that rules can speak of it."""

Data = Mapping[str, Any]
Rules = tuple[Rule, ...]

_NAMED_BY_CODE = frozenset(("polite", "unsure", "not_before", "not_after", "filler", "not_yet_yes"))
"""Concepts that need no rule: `reading` asks for them by name."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A rule that speaks for an intent, and how surely."""

    intent: str
    rule: Rule
    weight: float


@dataclass(frozen=True, slots=True)
class Words:
    """Everything needed to read a message, compiled once; see `load`."""

    lexicon: Lexicon
    languages: Languages
    day_words: DayWords
    figures: Figures
    products: Mapping[str, str]
    facts: Mapping[str, Rules]
    doubtful: Mapping[str, Rules]
    answers: Mapping[str, Rules]
    options: Mapping[str, tuple[str, ...]]
    answer_of_yes_no: Mapping[str, Mapping[str, str]]
    yes_no: tuple[Rules, Rules]
    ordinals: tuple[str, ...]
    alarms: Rules
    alarm_intents: Mapping[str, str]
    issue_intents: Mapping[str, str]
    fact_intents: Mapping[str, str]
    answered: str
    intents: tuple[Weighed, ...]
    ranks: tuple[frozenset[str], ...]
    arrived: frozenset[str]
    not_arrived: frozenset[str]
    bands: Mapping[str, float]

    @classmethod
    def load(cls, flows_dir: Path, pack_dir: Path) -> Words:
        """Read `flows_dir/words/*.toml` and the pack's `words.toml` (a pack without one knows no products or faults).

        Raises BrokenShop naming the file, the place and what does not fit.
        """
        files = {path.name: _read(path) for path in sorted((flows_dir / "words").glob("*.toml"))}
        rules = files.pop(RULES_FILE, None)
        if rules is None:
            raise BrokenShop(f"{flows_dir / 'words' / RULES_FILE} is missing: without it no word has a meaning.")
        pack = _read(pack_dir / PACK_FILE) if (pack_dir / PACK_FILE).exists() else {}
        languages = {Path(name).stem: data for name, data in files.items()}
        concepts = _concepts(languages, pack)
        try:
            words = cls(
                lexicon=Lexicon.of(concepts, (*pack.get("products", ()), ANY_PRODUCT)),
                languages=Languages.of(languages.values()),
                day_words=DayWords.of(data.get("dates", {}) for data in [*languages.values(), rules]),
                figures=Figures.of(rules, languages),
                **_meanings(rules, pack),
            )
        except (ValueError, KeyError, TypeError, re.error) as error:
            places = f"{flows_dir / 'words'} and {pack_dir / PACK_FILE}"
            raise BrokenShop(f"The words in {places} do not fit: {error}.") from error
        if unknown := sorted(words._named() - concepts.keys()):
            places = f"{flows_dir / 'words' / RULES_FILE} or {pack_dir / PACK_FILE}"
            raise BrokenShop(f"{places} speaks of {', '.join(unknown)}, but no [concepts] has words for that.")
        return words

    def _named(self) -> frozenset[str]:
        """Every concept that a rule speaks of."""
        tables = (self.facts, self.doubtful, self.answers)
        rules = [*self.alarms, *self.yes_no[0], *self.yes_no[1], *(weighed.rule for weighed in self.intents)]
        rules += [rule for table in tables for listed in table.values() for rule in listed]
        return self.arrived.union(self.not_arrived, self.products, self.ordinals, *(rule.concepts for rule in rules))


def _read(path: Path) -> Data:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BrokenShop(f"{path} cannot be read: {error}.") from error


def _concepts(languages: Mapping[str, Data], pack: Data) -> dict[str, list[str]]:
    """All patterns by concept; a concept may have words in several files."""
    concepts: dict[str, list[str]] = {name: [] for name in _NAMED_BY_CODE}
    for words in languages.values():
        for name, patterns in words.get("concepts", {}).items():
            concepts.setdefault(name, []).extend(patterns)
    for name, by_language in pack.get("concepts", {}).items():
        for patterns in by_language.values():
            concepts.setdefault(name, []).extend(patterns)
    concepts[ANY_PRODUCT] = [pattern for product in pack.get("products", ()) for pattern in concepts.get(product, ())]
    return concepts


def _meanings(rules: Data, pack: Data) -> dict[str, Any]:
    """The parts of `Words` that are rules over concepts."""
    return {
        "products": pack.get("products", {}),
        "facts": _by_fact(pack.get("facts", {})),
        "doubtful": _by_fact(pack.get("doubtful", {})),
        "answers": _by_fact(pack.get("answers", {})),
        "options": {fact: tuple(values) for fact, values in pack.get("options", {}).items()},
        "answer_of_yes_no": pack.get("yes_no", {}),
        "yes_no": (_parsed(rules["yes_no"]["anywhere"]), _parsed(rules["yes_no"]["opening"])),
        "ordinals": tuple(rules["answers"]["ordinals"]),
        "alarms": tuple(Rule.parse(f"{text} -> {alarm}") for alarm, texts in rules["alarms"].items() for text in texts),
        "alarm_intents": rules["alarm_intents"],
        "issue_intents": {issue: intent for intent, issues in pack.get("intents", {}).items() for issue in issues},
        "fact_intents": pack.get("fact_intents", {}),
        "answered": rules["answers"]["intent"],
        "intents": tuple(_weighed(rules)),
        "ranks": tuple(map(frozenset, rules["outweighs"].values())),
        "arrived": frozenset(name for data in (rules, pack) for name in data.get("receipt", {}).get("arrived", ())),
        "not_arrived": frozenset(
            name for data in (rules, pack) for name in data.get("receipt", {}).get("not_arrived", ())
        ),
        "bands": rules["bands"],
    }


def _by_fact(table: Mapping[str, Iterable[str]]) -> dict[str, Rules]:
    return {fact: _parsed(texts) for fact, texts in table.items()}


def _parsed(texts: Iterable[str]) -> Rules:
    return tuple(map(Rule.parse, texts))


def _weighed(rules: Data) -> Iterator[Weighed]:
    for intent, by_weight in rules["intents"].items():
        for name, texts in by_weight.items():
            for text in texts:
                yield Weighed(intent, Rule.parse(text), rules["weights"][name])
