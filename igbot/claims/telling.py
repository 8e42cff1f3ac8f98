"""What was decided, priced or confirmed, in words.

Nothing here decides. A verdict always shows: what was decided, what was measured against which limit, the
clauses with number and title, and how to reach a person (DECISION-TABLE 1.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.lists import format_list

from igbot.claims.cases import Case
from igbot.claims.questions import question
from igbot.claims.quotes import total
from igbot.claims.voice import Tap, Voice, Words
from igbot.policy import Pack, Period, Span
from igbot.store.tables import Quote, Verdict

ROUND_TRIP = "size_exchange_round_trip"
"""The amount of a pack that the fee `round_trip_customer` speaks of (DECISION-TABLE 9, [money])."""


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
            received=voice.span(Span(*map(datetime.fromisoformat, clocks["received"])), zone),
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
    renewed = voice.say("quote.renewed", **quote_blanks(voice, priced)) if priced.version > 1 else ""
    parts = [part for part in (note, renewed, text) if part]
    return Words(key, "\n\n".join(parts), _quote_taps(voice, key, priced))


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
