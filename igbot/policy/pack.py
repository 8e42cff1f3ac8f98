"""A shop's policy, ready to be used: facts, rules, clauses, clocks, money and words as typed values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from igbot.errors import BadRequest
from igbot.policy import product
from igbot.policy.clocks import AgeClass, AgeClock
from igbot.policy.facts import Choice, FactSpec, Group
from igbot.policy.periods import Period
from igbot.policy.problems import did_you_mean
from igbot.policy.product import Clause
from igbot.policy.rules import Rule, Table
from igbot.policy.shape import PackFile, ReturnsSection

Words = Mapping[str, str]


@dataclass(frozen=True)
class Money:
    """An amount in minor units of an ISO 4217 currency."""

    amount: int
    currency: str


@dataclass(frozen=True)
class Shop:
    """Whose policy it is. `owner_reply` is how soon a person promises to answer."""

    name: Words
    time_zone: ZoneInfo
    country: str
    currency: str
    owner_reply: Period


@dataclass(frozen=True)
class Photos:
    """How many pictures are wanted and kept, and how large (shorter side, pixels) one must be."""

    min: int
    max: int
    min_side_px: int
    video: str


@dataclass(frozen=True)
class Owner:
    """Which outcomes wait for the owner's tap, which alarms always reach a person, and the owner's language."""

    confirms: tuple[str, ...]
    always: tuple[str, ...]
    language: str


@dataclass(frozen=True)
class Ask:
    """In which order facts are asked for, and how often one is asked again."""

    order: tuple[str, ...]
    by_issue: Mapping[str, tuple[str, ...]]
    max_repeats: int

    def order_for(self, issue: str | None) -> tuple[str, ...]:
        """The order of an issue, else the general one."""
        return self.by_issue.get(issue or "", self.order)


@dataclass(frozen=True, eq=False)
class Pack:
    """One version of a shop's policy. Two packs are the same only if they are one object."""

    folder: Path
    id: str
    version: str
    effective_from: date
    languages: tuple[str, ...]
    shop: Shop
    clock: AgeClock | None
    facts: Mapping[str, FactSpec]
    ask: Ask
    clauses: Mapping[str, Clause]
    rules: Sequence[Rule]
    cites: Mapping[str, Mapping[str, tuple[str, ...]]]
    money: Mapping[str, Money]
    periods: Mapping[str, Period]
    reminders: Mapping[str, tuple[Period, ...]]
    photos: Photos
    owner: Owner
    texts: Mapping[str, Words]
    returns: ReturnsSection | None

    @classmethod
    def build(cls, folder: Path, file: PackFile) -> Pack:
        """The pack that a checked file describes. What is wrong in an unchecked one raises whatever it meets."""
        return cls(
            folder=folder,
            id=file.pack.id,
            version=file.pack.version,
            effective_from=file.pack.effective_from,
            languages=tuple(file.pack.languages),
            shop=Shop(
                name=file.shop.name,
                time_zone=ZoneInfo(file.shop.time_zone),
                country=file.shop.country,
                currency=file.shop.currency,
                owner_reply=Period.parse(file.shop.owner_reply),
            ),
            clock=_clock(file),
            facts={name: _fact(file, name) for name in file.fact_names},
            ask=Ask(
                order=tuple(file.ask.order),
                by_issue={issue: tuple(order) for issue, order in file.ask.by_issue.items()},
                max_repeats=file.ask.max_repeats,
            ),
            clauses={number: Clause(one.title, one.text, one.info) for number, one in file.clauses.items()},
            rules=rules(file),
            cites={name: {row: tuple(ids) for row, ids in rows.items()} for name, rows in file.cites.items()},
            money={name: Money(int(one.amount), one.currency) for name, one in file.money.items()},
            periods={name: Period.parse(text) for name, text in file.periods if isinstance(text, str)},
            reminders={
                name: tuple(Period.parse(text) for text in texts)
                for name, texts in file.periods
                if isinstance(texts, list)
            },
            photos=Photos(**file.photos.model_dump()),
            owner=Owner(tuple(file.owner.confirms), tuple(file.owner.always), file.owner.language),
            texts=file.texts,
            returns=file.returns,
        )

    @cached_property
    def table(self) -> Table:
        """The shop's rules (the MAIN table) over its facts."""
        return Table({name: fact.values for name, fact in self.facts.items()}, self.rules)

    @cached_property
    def record_facts(self) -> frozenset[str]:
        """The facts an order record may hold; while no order is known, they are asked as `order`."""
        return frozenset(name for name, fact in self.facts.items() if fact.on_record)

    def clause(self, number: str) -> Clause:
        """A clause of the shop or of the bot (`B-..`), by its number. Raises BadRequest when there is none."""
        found = self.clauses.get(number) or product.clauses().get(number)
        if found is None:
            raise BadRequest(f"Pack {self.id} has no clause {number}. {did_you_mean(number, self.clauses)}")
        return found

    def text(self, key: str, lang: str) -> str:
        """The words of a key as written, with their {placeholders}. Raises BadRequest when the pack has none."""
        if key not in self.texts:
            raise BadRequest(f"Pack {self.id} has no text `{key}`. {did_you_mean(key, self.texts)}")
        return self.in_language(self.texts[key], lang)

    def question(self, fact: str, lang: str) -> str:
        """How a fact is asked for; empty for one that has no question."""
        return self.in_language(self.fact(fact).ask, lang)

    def choices(self, fact: str, lang: str) -> list[Choice]:
        """The buttons of a fact, in the order of its values; a value without a label is never offered."""
        spec = self.fact(fact)
        return [Choice(value, self.label(fact, value, lang)) for value in spec.values if value in spec.labels]

    def groups(self, fact: str, lang: str) -> list[tuple[str, tuple[str, ...]]]:
        """Label and values of each first button, where a fact has more values than fit at once; else nothing."""
        return [(self.in_language(group.label, lang), group.values) for group in self.fact(fact).groups]

    def label(self, fact: str, value: str, lang: str) -> str:
        """The words for a value; the value itself where the pack has none."""
        return self.in_language(self.fact(fact).labels.get(value, {}), lang) or value

    def fact(self, name: str) -> FactSpec:
        """The fact of that name. Raises BadRequest when there is none."""
        if name in self.facts:
            return self.facts[name]
        raise BadRequest(f"Pack {self.id} has no fact {name}. {did_you_mean(name, self.facts, called='Facts')}")

    def in_language(self, words: Words, lang: str) -> str:
        """The words in a language, else in the pack's first one; empty if there are none."""
        return words.get(lang) or words.get(self.languages[0], "")


def rules(file: PackFile) -> list[Rule]:
    """The rules of a pack file, with the names of sets spelt out."""
    return [
        Rule(
            id=number,
            when=file.conditions(rule),
            outcome=rule.then,
            fee=rule.fee,
            remedies=tuple(rule.remedies),
            cites=tuple(rule.cites),
            say=rule.say,
        )
        for number, rule in file.rules.items()
    ]


def _clock(file: PackFile) -> AgeClock | None:
    if (clock := file.claim.age) is None:
        return None
    classes = [AgeClass(one.value, Period.parse(one.within) if one.within else None) for one in clock.classes]
    return AgeClock(clock.anchor, clock.zone, classes)


def _fact(file: PackFile, name: str) -> FactSpec:
    values = tuple(file.values_of(name))
    made_by_clock = frozenset({"clock"}) if name == "age" and file.claim.age else frozenset()
    if (fact := file.facts.get(name)) is None:
        return FactSpec(name, values, made_by_clock, None, {}, {}, ())
    return FactSpec(
        name=name,
        values=values,
        source=frozenset(fact.source) | made_by_clock,
        default=fact.default,
        ask=fact.ask,
        labels=fact.labels,
        groups=tuple(Group(group.label, tuple(group.values)) for group in fact.groups),
    )
