"""Plays a `.chat` file: a whole conversation, line by line, against the real product on a stage.

    # what this chat shows
    customer  Kim Jiwoo  ko
    order     A-1001  delivered 2026-11-10T15:20+09:00  "Clasp necklace" item=other
              (zone=America/New_York, or buyer=another, stand before the first piece)
    @  2026-11-10T21:04+09:00        the clock stands there
    >  text                          the customer writes; [label] or [payload] taps; (close whole) sends sample
                                     pictures, (video) (voice) (view once); story: text · re: text (replies to our
                                     last message) · re 2: text (to the last but one) · [[payload]] text (a button of
                                     the menu or of another tool, with its title)
    x                                the customer takes the last message back
    e  text                          the customer changes the last message
    %  media_down=true               the pretend Instagram has this trouble from now on
    .  issue=defect item=other -> ask cause     what is known now, and what the policy makes of it
    <  ask.cause ~ words             the next thing we say, by the key of its words; must contain the words
    o  text                          the owner types in the Instagram app
    *  confirm shipping=shop         the owner acts in the console
    ~  PT20H                         time passes
    !  verdict | nothing             why a person must look now
    =  claim.with_owner line=awaiting_owner verdict=exchange cites=J-02,J-05 control=bot job=await_item
                                     quote=1.2:accepted order=matched

A customer must never be told more or less than the file says. A failure names the file and line.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from igbot import clock, messages
from igbot.claims import cases, deciding
from igbot.policy import Period
from igbot.simulator import Person
from igbot.simulator.pictures import photo
from igbot.store.tables import Account, Reply
from tests.stage import Stage, last_case

_ACTS: dict[str, type[messages.OwnerAct]] = {
    "take_over": messages.TookOver,
    "hand_back": messages.HandedBack,
    "write": messages.OwnerWrote,
    "set": messages.FactsSet,
    "confirm": messages.VerdictConfirmed,
    "overrule": messages.VerdictOverruled,
    "quote": messages.QuoteWritten,
    "cannot_repair": messages.RepairDeclined,
    "ask_photo": messages.PhotoRequested,
    "resolved": messages.Resolved,
}


class ChatFailed(AssertionError):
    """The conversation went another way."""


@dataclass
class Player:
    """One chat file, being played."""

    path: Path
    stage: Stage
    person: Person | None = None
    heard: int = 0
    """How many of our messages the customer has been told so far, of those that arrived."""
    pictures: int = 0
    last_mid: str = ""

    def play(self) -> None:
        """Play the whole file."""
        for number, text in enumerate(self.path.read_text("utf-8").splitlines(), start=1):
            sign, _, rest = text.strip().partition(" ")
            if not sign or sign.startswith("#"):
                continue
            try:
                self._step(sign, rest.strip())
            except ChatFailed as failure:
                raise ChatFailed(f"{self.path.name}:{number}: {text.strip()}\n{failure}") from None
        self._nothing_more()

    def _step(self, sign: str, rest: str) -> None:
        steps = {
            "customer": self._customer,
            "order": self._order,
            "@": self._clock,
            ">": self._says,
            "x": self._unsends,
            "e": self._edits,
            "%": self._trouble,
            ".": self._knows,
            "<": self._told,
            "o": self._owner_in_app,
            "*": self._owner_acts,
            "~": self._waits,
            "!": self._needs,
            "=": self._stands,
        }
        if sign not in steps:
            raise ChatFailed(f"no such sign: {sign}")
        if sign in {">", "x", "e", "o", "*", "~"}:
            self._nothing_more()
        steps[sign](rest)

    # -------------------------------------------------------------- who

    def _customer(self, rest: str) -> None:
        *name, language = rest.split()
        self.person = self.stage.instagram.person(" ".join(name), "_".join(name).lower(), language=language)

    def _order(self, rest: str) -> None:
        number, _, delivered, *pieces = shlex.split(rest)
        articles: list[tuple[str, dict[str, str]]] = []
        details: dict[str, str] = {}
        for piece in pieces:
            if "=" in piece:
                name, _, value = piece.partition("=")
                (articles[-1][1] if articles else details)[name] = value
            else:
                articles.append((piece, {}))
        another = details.pop("buyer", "") == "another"
        buyer = self.stage.instagram.person("Another Buyer", "another_buyer") if another else self._who
        when: dict[str, Any] = (
            {"delivered_at": datetime.fromisoformat(delivered)}
            if "T" in delivered
            else {"delivered_on": date.fromisoformat(delivered)}
        )
        ordered_on = date.fromisoformat(delivered[:10])
        self.stage.order(number, buyer, articles, ordered_on=ordered_on, **when, **details)

    @property
    def _who(self) -> Person:
        assert self.person is not None
        return self.person

    # -------------------------------------------------------------- the customer

    def _clock(self, rest: str) -> None:
        """The clock goes forward to an instant; whatever is due on the way happens."""
        instant = datetime.fromisoformat(rest)
        if self.person is None or not self.person.chat:
            clock.stop_at(instant)
        else:
            self.stage.pass_time(instant - clock.now())

    def _says(self, rest: str) -> None:
        if tapped := re.fullmatch(r"\[([^\[].*)\]", rest):
            self.last_mid = self._who.taps(tapped[1])
        elif pressed := re.fullmatch(r"\[\[(\S+)\]\] (.+)", rest):
            self.last_mid = self._who.presses(pressed[2], pressed[1])
        elif pictures := re.fullmatch(r"\(([a-z ]+)\)\s*(.*)", rest):
            self.last_mid = self._sends(pictures[1], pictures[2])
        elif rest.startswith("story: "):
            self.last_mid = self._who.writes(rest.removeprefix("story: "), story=True)
        elif reply := re.fullmatch(r"re(?: (\d+))?: (.+)", rest):
            ours = self.stage.instagram.sent_to(self._who)[-int(reply[1] or 1)]
            self.last_mid = self._who.writes(reply[2], reply_to=ours.mid)
        else:
            self.last_mid = self._who.writes(rest)
        self.stage.settle()

    def _sends(self, what: str, text: str) -> str:
        if what == "video":
            return self._who.sends_video()
        if what == "voice":
            return self._who.sends_voice()
        if what == "view once":
            return self._who.sends_view_once()
        pictures = []
        for kind in what.split():
            self.pictures += 1
            pictures.append(photo("close_up" if kind == "close" else kind, self.pictures))
        return self._who.sends_pictures(pictures, text)

    def _unsends(self, _rest: str) -> None:
        self._who.unsends(self.last_mid)
        self.stage.settle()

    def _edits(self, rest: str) -> None:
        self._who.edits(self.last_mid, rest)
        self.stage.settle()

    def _trouble(self, rest: str) -> None:
        name, _, value = rest.partition("=")
        setattr(self.stage.instagram.faults, name, value)

    # -------------------------------------------------------------- the owner

    def _owner_in_app(self, rest: str) -> None:
        self.stage.instagram.owner_types(self._who, rest)
        self.stage.settle()
        self.heard += 1

    def _owner_acts(self, rest: str) -> None:
        name, *details = shlex.split(rest)
        given = dict(detail.split("=", 1) for detail in details)
        with self.stage.conversation(self._who) as (session, conversation):
            case = cases.newest_case(session, conversation)
        act, filled = _ACTS[name], self._details(name, given, case)
        self.stage.owner(self._who, act, **filled)
        if name == "write":
            self.heard += 1

    def _details(self, name: str, given: dict[str, str], case: cases.Case | None) -> dict[str, Any]:
        line = case.line.id if case else None
        known: dict[str, Any] = {
            key: given.pop(key) for key in ("note", "promise", "shipping", "reason", "text", "outcome") if key in given
        }
        match name:
            case "confirm":
                return {"verdict_id": case.verdict.id if case and case.verdict else 0, **known}
            case "overrule":
                return {"line_id": line, "cites": tuple(given["cites"].split(",")), **known}
            case "quote":
                until = date.fromisoformat(given.pop("until"))
                known["waived"] = given.pop("waived", "no") == "yes"
                lines = [messages.QuoteLine.model_validate({"what": what, "amount": given[what]}) for what in given]
                return {"line_id": line, "lines": tuple(lines), "currency": "KRW", "valid_until": until, **known}
            case "hand_back":
                return {"line_id": line, "facts": given, **known}
            case "set":
                return {"line_id": line, "facts": given}
            case "cannot_repair":
                return {"line_id": line, **known}
            case "ask_photo":
                return {"what": known.get("text", "")}
        return known

    # -------------------------------------------------------------- what must be so

    def _arrived(self) -> list[tuple[str, str]]:
        """(key, text) of what has arrived and was not told yet; parts of one text are one."""
        found: list[tuple[str, str]] = []
        ours = self.stage.instagram.sent_to(self._who)
        with self.stage.conversation(self._who) as (session, conversation):
            keys = dict(
                session.execute(select(Reply.mid, Reply.key).where(Reply.conversation_id == conversation.id)).all()
            )
        for message in ours[self.heard :]:
            key = keys.get(message.mid, "?") or "typed"
            if found and found[-1][0] == key:
                found[-1] = (key, f"{found[-1][1]}\n{message.text}")
            else:
                found.append((key, message.text or ""))
        return found

    def _told(self, rest: str) -> None:
        arrived = self._arrived()
        wanted, _, fragment = (part.strip() for part in rest.partition("~"))
        if not arrived:
            raise ChatFailed("nothing was said")
        key, text = arrived[0]
        if key != wanted:
            raise ChatFailed(f"we said {key}: {text}")
        if fragment and fragment not in text:
            raise ChatFailed(f"{key} does not say {fragment!r}, but:\n{text}")
        ours = self.stage.instagram.sent_to(self._who)
        taken = 0
        joined = ""
        while joined != text:
            joined = f"{joined}\n{ours[self.heard + taken].text}" if joined else ours[self.heard + taken].text or ""
            taken += 1
        self.heard += taken

    def _nothing_more(self) -> None:
        if self.person is not None and self.person.chat and (arrived := self._arrived()):
            raise ChatFailed("we also said " + "; ".join(f"{key}: {text}" for key, text in arrived))

    def _knows(self, rest: str) -> None:
        known, _, outcome = (part.strip() for part in rest.partition("->"))
        with self.stage.conversation(self._who) as (session, conversation):
            case = cases.newest_case(session, conversation)
            assert case is not None, "there is no claim"
            account = session.get_one(Account, conversation.account_id)
            pack = self.stage.product.shop.pack_of(account)
            seen = deciding.situation(case, pack)
            facts = {name: pack.facts[name].read(raw) for name, raw in seen.facts.items()}
            found = {name: state.value for name, state in facts.items() if state.is_definite}
            wanted = dict(fact.split("=") for fact in known.split())
            if found != wanted:
                raise ChatFailed(f"known is {found}")
            decision = deciding.decide_case(case, pack)
        said = f"ask {decision.ask}" if decision.ask else f"{decision.outcome} {','.join(decision.cites)}".strip()
        if said != outcome:
            raise ChatFailed(f"the policy says {said}")

    def _needs(self, rest: str) -> None:
        with self.stage.conversation(self._who) as (_, conversation):
            needed = conversation.needs_owner
        if needed != (None if rest == "nothing" else rest):
            raise ChatFailed(f"the owner is needed for {needed}")

    def _stands(self, rest: str) -> None:
        state, *expected = rest.split()
        with self.stage.conversation(self._who) as (session, conversation):
            case = cases.newest_case(session, conversation) or last_case(session, conversation)
            verdict, quote = (case.verdict, case.quote) if case else (None, None)
            found = {
                "": f"{conversation.flow}.{conversation.state}",
                "control": conversation.control,
                "language": conversation.language,
                "line": case.line.status if case else None,
                "verdict": verdict.outcome if verdict else None,
                "fee": verdict.fee if verdict else None,
                "cites": ",".join(verdict.cites) if verdict else None,
                "job": case.job.state if case and case.job else None,
                "shipping": verdict.shipping if verdict else None,
                "quote": f"{quote.number}.{quote.version}:{quote.answer}" if quote else None,
                "order": case.claim.order_state if case else None,
            }
        for name, value in [("", state), *(part.split("=", 1) for part in expected)]:
            if str(found[name]) != value:
                raise ChatFailed(f"{name or 'state'} is {found[name]}")

    def _waits(self, rest: str) -> None:
        period = Period.parse(rest)
        self.stage.pass_time(period.end(clock.now(), UTC) - clock.now())
