"""The shape of a pack file: which keys there are and what type each has (DECISION-TABLE 9).

Only types stand here. Whether names exist, periods parse and rules are complete is seen to in `checks`.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from igbot.policy.facts import Source

SCHEMA = "policy-pack/1"

Words = dict[str, str]
"""One text in several languages, by BCP 47 tag."""

OneOrMore = str | list[str]
"""`"earring"`, `["earring", "ring"]`, or the name of a set."""


class Section(BaseModel):
    """What all parts share: nothing is converted, nothing unknown is let in."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class PackSection(Section):
    id: str
    version: str
    effective_from: date
    languages: list[str] = Field(min_length=1)


class ShopSection(Section):
    name: Words
    time_zone: str
    country: str
    currency: str
    owner_reply: str


class AgeClassSection(Section):
    value: str
    within: str | None = None


class ClockSection(Section):
    anchor: Literal["receipt", "purchase"]
    zone: Literal["delivery", "shop"]
    classes: list[AgeClassSection] = Field(min_length=1)


class ClaimSection(Section):
    age: ClockSection | None = None


class GroupSection(Section):
    label: Words
    values: list[str] = Field(min_length=1)


class FactSection(Section):
    values: list[str] = Field(min_length=1)
    source: list[Source] = Field(min_length=1)
    default: str | None = None
    ask: Words = {}
    labels: dict[str, Words] = {}
    groups: list[GroupSection] = []


class AskSection(Section):
    order: list[str]
    by_issue: dict[str, list[str]] = {}
    max_repeats: int = Field(default=2, ge=0)


class ClauseSection(Section):
    title: Words
    text: Words
    info: bool = False


class RuleSection(Section):
    when: dict[str, OneOrMore]
    then: str
    fee: str = "none"
    remedies: list[str] = []
    cites: list[str] = []
    say: str


class MoneySection(Section):
    amount: int | float
    currency: str


class PeriodsSection(Section):
    quote_valid: str | None = None
    patience: str | None = None
    unclaimed: str | None = None
    unclaimed_reminders: list[str] = []


class PhotosSection(Section):
    min: int = Field(default=1, ge=0)
    max: int = Field(default=6, ge=1)
    min_side_px: int = Field(default=640, ge=1)
    video: Literal["keep_for_owner", "drop"] = "keep_for_owner"


class OwnerSection(Section):
    confirms: list[str]
    always: list[str]
    language: str


class ReviewSection(Section):
    country: str
    within: str


class StatutorySection(Section):
    review_refusals: list[ReviewSection] = []


class AddressSection(Section):
    lines: list[str] = Field(min_length=1)
    country: str


class BusinessDaysSection(Section):
    weekend: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = ["sat", "sun"]
    holidays: list[date] = []


class FromToSection(Section):
    from_: int = Field(alias="from", ge=0)
    to: int = Field(ge=0)


class ReturnsSection(Section):
    address: AddressSection
    methods: list[Literal["self_service", "label", "address"]]
    business_days: BusinessDaysSection = BusinessDaysSection()
    refund_visible_business_days: FromToSection


class PartsSection(Section):
    """Parts of the product a shop may do without; their outcomes then occur in no rule."""

    repair: bool = True
    exchange: bool = True


class PackFile(Section):
    """`pack.toml`, with the texts of `texts.<lang>.toml` merged in."""

    schema_: Literal["policy-pack/1"] = Field(alias="schema")
    pack: PackSection
    shop: ShopSection
    claim: ClaimSection = ClaimSection()
    facts: dict[str, FactSection]
    ask: AskSection
    clauses: dict[str, ClauseSection]
    rules: dict[str, RuleSection]
    sets: dict[str, list[str]] = {}
    parts: PartsSection = PartsSection()
    money: dict[str, MoneySection] = {}
    periods: PeriodsSection = PeriodsSection()
    photos: PhotosSection = PhotosSection()
    owner: OwnerSection
    statutory: StatutorySection | None = None
    returns: ReturnsSection | None = None
    cites: dict[str, dict[str, list[str]]] = {}
    texts: dict[str, Words] = {}

    def conditions(self, rule: RuleSection) -> dict[str, frozenset[str]]:
        """What a rule asks of each fact it names, with names of sets replaced by their values."""
        return {fact: frozenset(self._spelt_out(values)) for fact, values in rule.when.items()}

    def _spelt_out(self, values: OneOrMore) -> list[str]:
        named = [values] if isinstance(values, str) else values
        return [value for name in named for value in self.sets.get(name, [name])]

    def values_of(self, fact: str) -> list[str]:
        """All values of a fact, also of one that only a clock makes."""
        if fact in self.facts:
            return self.facts[fact].values
        return [one.value for one in self.claim.age.classes] if fact == "age" and self.claim.age else []

    @property
    def fact_names(self) -> list[str]:
        """Every fact, the clock's included, in the order they are asked; what is never asked comes last."""
        names = [*self.facts, *(["age"] if self.claim.age else [])]
        return list(dict.fromkeys([*(name for name in self.ask.order if name in names), *names]))
