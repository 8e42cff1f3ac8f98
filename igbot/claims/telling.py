"""The words for questions, verdicts, quotes and confirmations.

Everything here turns what was decided into text and buttons in one language; nothing decides.
A verdict always shows: what was decided, what was measured against which limit, the clauses with
number and title, and how to reach a person (DECISION-TABLE 1.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_currency, get_currency_precision
from babel.units import format_unit

from igbot.claims.cases import Case
from igbot.claims.quotes import total
from igbot.policy import Pack, Period
from igbot.store.tables import Order, Quote, Verdict
from igbot.texts import Texts

ROUND_TRIP = "size_exchange_round_trip"
"""The amount of a pack that the fee `round_trip_customer` speaks of (DECISION-TABLE 9, [money])."""


@dataclass(frozen=True)
class Tap:
    """A button as it is sent: what comes back when it is tapped, and its label in the language spoken."""

    payload: str
    label: str


@dataclass(frozen=True)
class Words:
    """One thing to say, with the key it is known by and the buttons under it."""

    key: str
    text: str
    taps: tuple[Tap, ...] = ()


@dataclass(frozen=True)
class Voice:
    """Whoever speaks: the shop's pack and texts, in one language."""

    pack: Pack
    texts: Texts
    language: str

    def say(self, key: str, **blanks: object) -> str:
        """A sentence of the flows, or the pack's own instead of it."""
        blanks = {**self.blanks, **blanks}
        override = self.pack.text(key, self.language) if key in self.pack.texts else None
        return override.format(**blanks) if override else self.texts.say(key, self.language, **blanks)

    @property
    def blanks(self) -> dict[str, str]:
        """What any sentence may mention."""
        return {"shop": self.shop_name, "owner_reply": self.period(self.pack.shop.owner_reply)}

    @property
    def shop_name(self) -> str:
        """The shop's name in this language."""
        return self.pack.in_language(self.pack.shop.name, self.language)

    def instant(self, instant: datetime, zone: ZoneInfo) -> str:
        """A moment in a zone, to the minute."""
        there = instant.astimezone(zone)
        day = format_skeleton("MMMEd", there.date(), locale=self.language)
        return f"{day} {format_skeleton('Hm', there, tzinfo=zone, locale=self.language)}"

    def day(self, day: date) -> str:
        """A day, with its year."""
        return format_skeleton("yMMMEd", day, locale=self.language)

    def money(self, minor: int, currency: str) -> str:
        """An amount of minor units, as people write it."""
        return format_currency(Decimal(minor).scaleb(-get_currency_precision(currency)), currency, locale=self.language)

    def period(self, period: Period) -> str:
        """`24 hours`, `1 month`."""
        hours, seconds = divmod(int(period.elapsed.total_seconds()) if period.elapsed else 0, 3600)
        amounts = {"month": period.months, "day": period.days, "hour": hours, "minute": seconds // 60}
        return format_list(
            [self._amount(count, unit) for unit, count in amounts.items() if count], locale=self.language
        )

    def _amount(self, count: int, unit: str) -> str:
        for length in ("long", "short"):  # where a language has one form for both, CLDR keeps only the short one
            text = format_unit(count, f"duration-{unit}", length=length, locale=self.language)
            if "duration" not in text:
                return text
        return f"{count} {unit}"

    def zone(self, zone: ZoneInfo) -> str:
        """The city a zone is named after."""
        return get_timezone_location(zone, locale=self.language, return_city=True)


# ------------------------------------------------------------------ questions


def question(voice: Voice, fact: str, *, only: Sequence[str] = ()) -> Words:
    """The question for a fact, with a button for each value that may be chosen (`only`: these values).

    With more values than buttons fit, the groups come first.
    """
    groups = voice.pack.groups(fact, voice.language)
    if groups and not only:
        taps = [Tap(f"group:{fact}.{number}", label) for number, (label, _) in enumerate(groups)]
    else:
        taps = [
            Tap(f"fact:{fact}={choice.value}", choice.label)
            for choice in voice.pack.choices(fact, voice.language)
            if not only or choice.value in only
        ]
    return Words(f"ask.{fact}", voice.pack.question(fact, voice.language), tuple(taps))


def group_question(voice: Voice, fact: str, number: int) -> Words | None:
    """The choices of one group of a fact; None if there is no such group."""
    groups = voice.pack.groups(fact, voice.language)
    if not 0 <= number < len(groups):
        return None
    label, chosen = groups[number]
    return Words(f"ask.{fact}", voice.say("claim.which_group", group=label), question(voice, fact, only=chosen).taps)


def order_question(voice: Voice, orders: Sequence[Order]) -> Words:
    """Which order it was: by number, or among those we know of this customer."""
    if not orders:
        return Words("ask.order", voice.say("claim.order"))
    taps = tuple(Tap(f"order:{order.id}", order.number) for order in orders[:10])
    return Words("ask.order", voice.say("claim.order_which"), taps)


def conflict_question(voice: Voice, recorded: str) -> Words:
    """The record says otherwise: which is right? (B-04)"""
    buttons = voice.texts.buttons("claim.conflict", voice.language)
    taps = tuple(Tap(f"conflict:{key}", label) for key, label in buttons)
    return Words("ask.conflict", voice.say("claim.conflict", recorded=recorded), taps)


def together(first: Words, second: Words) -> Words:
    """Two questions in one message; the first one's buttons stand under it."""
    return Words(f"{first.key}+{second.key}", f"{first.text}\n\n{second.text}", first.taps)


# ------------------------------------------------------------------ verdicts


def verdict(voice: Voice, case: Case, given: Verdict, *, again: bool = False) -> Words:
    """What was decided, measured, cited, and what can be done."""
    parts = [
        voice.say("every_chat.repeat") if again else "",
        _decision(voice, case, given),
        *_measured(voice, given),
        _clauses(voice, given),
        voice.say("every_chat.reach_person") if given.outcome != "owner" else "",
    ]
    taps: tuple[Tap, ...] = ()
    if given.outcome == "offer":
        taps = question(voice, "want", only=given.remedies).taps
    return Words(f"verdict.{given.said_key}", "\n\n".join(part for part in parts if part), taps)


def _decision(voice: Voice, case: Case, given: Verdict) -> str:
    key = given.said_key if given.said_key in voice.pack.texts else f"outcome_{given.outcome}"
    fee = voice.pack.money.get(ROUND_TRIP)
    first = given.cites[0] if given.cites else ""
    return voice.pack.text(key, voice.language).format(
        clause=_clause(voice, first),
        clause_title=_title(voice, first),
        item=_item(case),
        deadline=_deadline(voice, given),
        amount=voice.money(fee.amount, fee.currency) if fee else "",
        remedies=remedies(voice, given.remedies),
        owner_reply=voice.period(voice.pack.shop.owner_reply),
        needs=" ".join(voice.pack.question(name, voice.language) for name in given.needs if name in voice.pack.facts),
    )


def remedies(voice: Voice, names: Sequence[str]) -> str:
    """`an exchange or a refund`."""
    return format_list([voice.say(f"claim.remedy_{name}") for name in names], style="or", locale=voice.language)


def _item(case: Case) -> str:
    article = next((article for article in case.articles if article.id == case.item.article_id), None)
    return article.title if article else ""


def _title(voice: Voice, clause: str) -> str:
    return voice.pack.in_language(voice.pack.clause(clause).title, voice.language) if clause else ""


def _clause(voice: Voice, clause: str) -> str:
    return f"{clause} {_title(voice, clause)}".strip()


def _clauses(voice: Voice, given: Verdict) -> str:
    if not given.cites:
        return ""
    return "\n".join([f"[{voice.say('every_chat.clauses')}]", *(f"· {_clause(voice, cite)}" for cite in given.cites)])


def _measured(voice: Voice, given: Verdict) -> Iterator[str]:
    """What was measured against which limit, where the decision turned on it."""
    clocks: dict[str, Any] = given.clocks
    if not clocks.get("received") or not _turned_on_age(voice.pack, given):
        return
    zone = ZoneInfo(clocks["zone"])
    lines = [
        voice.say(
            "every_chat.measured",
            received=_received(voice, clocks["received"], zone),
            contact=voice.instant(datetime.fromisoformat(clocks["contact"]), zone),
            zone=voice.zone(zone),
        )
    ]
    for name, period in _limits_around(voice.pack, clocks["classes"]):
        ended = datetime.fromisoformat(clocks["last_instants"][name])
        shown = voice.instant(ended, zone) if period.elapsed else voice.day(ended.astimezone(zone).date())
        lines.append(voice.say("every_chat.limit", limit=voice.period(period), deadline=shown))
    yield "\n".join(lines)


def _turned_on_age(pack: Pack, given: Verdict) -> bool:
    """Does a rule that decided ask for the age?"""
    return any(rule.id in given.rules and "age" in rule.when for rule in pack.rules)


def _limits_around(pack: Pack, classes: Sequence[str]) -> Iterator[tuple[str, Period]]:
    """The limits that matter for an age: the one it kept, and the one before it that it missed."""
    known = list(pack.clock.classes) if pack.clock else []
    inside = {number for number, one in enumerate(known) if one.value in classes}
    for number, one in enumerate(known):
        if one.within and inside & {number, number + 1}:
            yield one.value, one.within


def _received(voice: Voice, span: Sequence[str], zone: ZoneInfo) -> str:
    earliest, latest = (datetime.fromisoformat(instant).astimezone(zone) for instant in span)
    if earliest == latest:
        return voice.instant(earliest, zone)
    if earliest.date() == latest.date():
        return format_date(earliest.date(), "long", locale=voice.language)
    return f"{voice.day(earliest.date())} ~ {voice.day(latest.date())}"


def _deadline(voice: Voice, given: Verdict) -> str:
    """The last instant of the last window with a limit, as a day."""
    instants: dict[str, str] = given.clocks.get("last_instants", {})
    if not instants:
        return ""
    zone = ZoneInfo(given.clocks["zone"])
    return voice.day(max(map(datetime.fromisoformat, instants.values())).astimezone(zone).date())


def confirmation(voice: Voice, given: Verdict, note: str) -> Words:
    """What the owner confirmed or decided: who pays which way, where to send the piece, her own words last."""
    shipping = voice.say(f"claim.shipping_{given.shipping}") if given.shipping else ""
    told = voice.say(f"claim.confirmed_{given.outcome}", shipping=shipping, remedies=remedies(voice, given.remedies))
    where = ship_to(voice) if given.outcome in ("free_repair", "exchange", "refund") else ""
    parts = [told, where, _clauses(voice, given) if given.by_owner_id and not given.confirmed_at else "", note]
    return Words(f"claim.confirmed_{given.outcome}", "\n\n".join(part.strip() for part in parts if part.strip()))


def ship_to(voice: Voice) -> str:
    """Where a piece is to be sent, as the pack says it."""
    return voice.pack.text("ship_to", voice.language) if "ship_to" in voice.pack.texts else ""


# ------------------------------------------------------------------ quotes


def quote(voice: Voice, priced: Quote, note: str = "") -> Words:
    """A quote line by line, its total and last day, with a yes and a no that name its number and version."""
    key = "quote.quote" if total(priced) else "quote.quote_free"
    text = voice.say(key, lines=_quote_lines(voice, priced), **quote_blanks(voice, priced))
    return Words(key, "\n\n".join(part for part in (text, note) if part), _quote_taps(voice, key, priced))


def read_back(voice: Voice, priced: Quote) -> Words:
    """The number and the sum once more, before a bare yes counts."""
    text = voice.say("quote.read_back", **quote_blanks(voice, priced))
    return Words("quote.read_back", text, _quote_taps(voice, "quote.read_back", priced))


def quote_blanks(voice: Voice, priced: Quote) -> dict[str, object]:
    """What sentences about a quote may mention."""
    return {
        "number": priced.number,
        "total": voice.money(total(priced), priced.currency),
        "last_day": voice.day(priced.valid_until),
        "ship_to": ship_to(voice),
    }


def month_left(voice: Voice, given: Verdict | None, now: datetime) -> str:
    """Until when the customer may think again, if the last window of the verdict is still open; else nothing."""
    if given is None or not given.clocks.get("last_instants"):
        return ""
    last = max(map(datetime.fromisoformat, given.clocks["last_instants"].values()))
    return voice.say("quote.month_left", deadline=_deadline(voice, given)) if last >= now else ""


def _quote_lines(voice: Voice, priced: Quote) -> str:
    return "\n".join(
        f"· {line['label'] or voice.say('quote.line_' + line['what'])}: {voice.money(line['amount'], priced.currency)}"
        for line in priced.lines
    )


def _quote_taps(voice: Voice, key: str, priced: Quote) -> tuple[Tap, ...]:
    return tuple(
        Tap(f"quote:{priced.number}.{priced.version}:{answer}", label)
        for answer, label in voice.texts.buttons(key, voice.language)
    )


def sentence(voice: Voice, key: str) -> str:
    """One sentence of the flows, to stand inside another."""
    return voice.say(key)
