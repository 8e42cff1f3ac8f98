"""How things look to this reader: times in the shop's zone, money, names, facts and clauses in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta, get_timezone_location
from babel.numbers import format_currency, get_currency_precision
from flask_babel import gettext as _

from igbot.claims.facts import counting
from igbot.errors import BadRequest
from igbot.policy import Pack
from igbot.store.tables import Customer, Fact, Verdict
from igbot.web.console.words import CLOCKS, FACTS, VALUES, word


@dataclass(frozen=True)
class ClauseShown:
    """A clause as cited: number, short title, full text."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class FactShown:
    """A fact of a line as the owner reads it."""

    name: str
    title: str
    value: str
    source: str
    learnt_at: datetime
    is_withdrawn: bool
    is_other_account: bool
    """Told differently after a verdict: stands beside the first account."""


@dataclass(frozen=True)
class Look:
    """One reader, one shop, one instant."""

    pack: Pack
    language: str
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The shop's zone, in which all times are shown."""
        return self.pack.shop.time_zone

    @cached_property
    def locale(self) -> Locale:
        """How this reader writes dates and money."""
        return Locale.parse("ko_KR" if self.language == "ko" else "en_GB")

    @property
    def today(self) -> date:
        """The shop's day."""
        return self.now.astimezone(self.zone).date()

    @property
    def zone_name(self) -> str:
        """The shop's zone in words."""
        return get_timezone_location(self.zone, locale=self.locale, return_city=True)

    def time(self, instant: datetime) -> str:
        """Hour and minute."""
        return f"{instant.astimezone(self.zone):%H:%M}"

    def when(self, instant: datetime) -> str:
        """Day and time, as short as is clear."""
        local = instant.astimezone(self.zone)
        if local.date() == self.today:
            return self.time(instant)
        skeleton = "MMMd" if local.year == self.today.year else "yMMMd"
        return f"{self._written(skeleton, instant)} {self.time(instant)}"

    def exactly(self, instant: datetime) -> str:
        """Day and time to the second, with the zone."""
        return f"{self.to_the_second(instant)} ({self.zone_name})"

    def to_the_second(self, instant: datetime) -> str:
        """Day and time to the second."""
        return f"{self._written('yMMMEd', instant)} {instant.astimezone(self.zone):%H:%M:%S}"

    def day(self, day: date) -> str:
        """A day of the calendar."""
        return format_date(day, "long", locale=self.locale)

    def day_of(self, instant: datetime) -> str:
        """The shop's day of an instant."""
        is_this_year = instant.astimezone(self.zone).year == self.today.year
        return self._written("MMMEd" if is_this_year else "yMMMEd", instant)

    def ago(self, instant: datetime) -> str:
        """How long ago; a day in the calendar when that was longer than a week."""
        past = self.now - instant
        if past < timedelta(minutes=1):
            return str(_("just now"))
        if past > timedelta(days=7):
            return self.day_of(instant)
        return format_timedelta(-past, add_direction=True, threshold=1.2, locale=self.locale)

    def span(self, length: timedelta) -> str:
        """A length of time, such as 5 hours."""
        return format_timedelta(length, threshold=1.7, locale=self.locale)

    def money(self, amount: int, currency: str) -> str:
        """Minor units as a price."""
        return format_currency(Decimal(amount).scaleb(-get_currency_precision(currency)), currency, locale=self.locale)

    def name(self, customer: Customer) -> str:
        """What to call a customer."""
        return customer.name or customer.username or str(_("Customer …%(end)s", end=customer.igsid[-4:]))

    # -------------------------------------------------------------- facts and clauses

    def clause(self, clause_id: str) -> ClauseShown:
        """A clause of the pack in force; its number alone if that pack knows it no more."""
        try:
            found = self.pack.clause(clause_id)
        except BadRequest:
            return ClauseShown(clause_id, "", "")
        said = self.pack.in_language
        return ClauseShown(clause_id, said(found.title, self.language), said(found.text, self.language))

    def clauses(self, ids: Iterable[str]) -> list[ClauseShown]:
        """Clauses as cited."""
        return [self.clause(clause_id) for clause_id in ids]

    def value(self, name: str, value: Any) -> str:  # noqa: ANN401 - whatever a fact's column holds
        """A fact's value in words: one, several that are left, or a day or span."""
        if value is None:
            return word(VALUES, "withdrawn")
        if isinstance(value, dict):
            return " ~ ".join(self._instant(part) for part in dict.fromkeys(value.values()) if part)
        if isinstance(value, list):
            return " / ".join(self.value(name, part) for part in value)
        labelled = self._label(name, str(value))
        return labelled or (word(VALUES, str(value)) if str(value) in VALUES else self._instant(value))

    def facts(self, facts: Sequence[Fact]) -> list[FactShown]:
        """What is known of a line: what counts for each name, and beside it what was withdrawn or told differently."""
        believed = counting(facts)
        beside = [fact for fact in facts if not fact.taken or (fact.withdrawn_at and fact.name not in believed)]
        return [
            FactShown(
                name=fact.name,
                title=word(FACTS, fact.name),
                value=self.value(fact.name, fact.value),
                source=fact.source,
                learnt_at=fact.learnt_at,
                is_withdrawn=fact.withdrawn_at is not None,
                is_other_account=not fact.taken,
            )
            for fact in (*believed.values(), *beside)
        ]

    def title(self, facts: Sequence[Fact]) -> str:
        """What a case is about: the piece and what happened to it."""
        believed = counting(facts)
        named = [self.value(name, believed[name].value) for name in ("item", "issue") if name in believed]
        return " · ".join(named) or str(_("A new matter"))

    def settable(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Facts the owner may set: name, title and values with their words. What a clock says is not hers to set."""
        return [
            (name, word(FACTS, name), [(value, self.value(name, value)) for value in spec.values])
            for name, spec in self.pack.facts.items()
            if spec.values and "clock" not in spec.source
        ]

    def clocks(self, verdict: Verdict) -> list[tuple[str, str]]:
        """What a verdict was measured with: first report, receipt, and the last instant of each window."""
        kept = verdict.clocks
        received = dict.fromkeys(self._moment(instant) for instant in kept.get("received") or ())
        rows = [("contact", self._moment(kept.get("contact"))), ("received", " ~ ".join(received))]
        rows += [(name, self._moment(instant)) for name, instant in (kept.get("last_instants") or {}).items()]
        if kept.get("zone") not in {None, self.zone.key}:
            rows.append(("zone", get_timezone_location(str(kept["zone"]), locale=self.locale, return_city=True)))
        return [(word(CLOCKS, name), shown) for name, shown in rows if shown]

    def _written(self, skeleton: str, instant: datetime) -> str:
        return format_skeleton(skeleton, instant, self.zone, locale=self.locale)

    def _moment(self, text: str | None) -> str:
        return self.to_the_second(datetime.fromisoformat(text)) if text else ""

    def _instant(self, text: Any) -> str:  # noqa: ANN401 - ISO text, or a word we have no words for
        try:
            instant = datetime.fromisoformat(str(text))
        except ValueError:
            return str(text).replace("_", " ")
        return self.when(instant) if instant.tzinfo else self.day(instant.date())

    def _label(self, name: str, value: str) -> str:
        has_label = name in self.pack.facts and value in self.pack.facts[name].labels
        return self.pack.label(name, value, self.language) if has_label else ""
