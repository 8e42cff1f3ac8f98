"""What a thread's page shows, put together from its rows: the cases, and what may be done about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from wtforms.fields.choices import SelectChoice

from igbot import messages
from igbot.policy import Pack
from igbot.store.tables import Evidence, Quote, Verdict
from igbot.store.threads import Case, Thread
from igbot.web.console import forms
from igbot.web.console.lane import PersonsLane
from igbot.web.console.look import Look

MOST_IN_STRIP = 6
OPEN_PRICE = frozenset({"await_quote", "await_answer"})
PRICEABLE = OPEN_PRICE | {"closed_expired", "closed_declined"}
OWNERS_ACTS = frozenset(kind.model_fields["kind"].default for kind in messages.OwnerAct.__subclasses__())
"""Kinds of events whose turn the owner waits for after a tap."""
UNDECIDED = frozenset({"verdict", "undetermined", "quote"})
"""What needs her until she has decided: a tap on "done" would leave the customer waiting for nothing."""


@dataclass(frozen=True)
class CaseView:
    """One line and what the owner may do about it."""

    case: Case
    look: Look
    control: str

    @property
    def is_over(self) -> bool:
        """Nothing more is to be decided."""
        return self.case.line.status == "closed" or self.case.claim.closed_at is not None

    @property
    def repair(self) -> str:
        """Where the repair stands (DECISION-TABLE 6.10); empty unless the verdict in force is one."""
        verdict = self.case.verdict
        return self.case.job.state if self.case.job and verdict and verdict.outcome == "paid_quote" else ""

    @property
    def can_confirm(self) -> bool:
        """A verdict waits for the owner's yes."""
        verdict = self.case.verdict
        return (
            verdict is not None
            and verdict.confirmed_at is None
            and verdict.outcome in self.look.pack.owner.confirms
            and self.case.line.status == "awaiting_owner"
        )

    @property
    def can_price(self) -> bool:
        """A quote may be written, for the first time or anew."""
        return self.repair in PRICEABLE

    @property
    def can_give_up(self) -> bool:
        """The owner may say that this piece cannot be repaired."""
        return self.repair in OPEN_PRICE

    @property
    def charge(self) -> str:
        """Must this repair cost something? `certain` or `possible` (facts of J-QUOTE)."""
        return self.case.job.charge if self.case.job else "possible"

    @property
    def first_act(self) -> str:
        """The act most likely wanted next; its form stands open."""
        if self.control == "owner":
            return "hand-back"
        if self.can_confirm:
            return "confirm"
        if self.repair:
            return "quote" if self.repair == "await_quote" else ""
        return "overrule" if self.case.line.status == "awaiting_owner" else ""

    @property
    def quote(self) -> Quote | None:
        """The newest quote."""
        return self.case.quotes[0] if self.case.quotes else None

    @property
    def needs_shipping(self) -> bool:
        """The policy names no payer: the owner must."""
        return self.case.verdict is not None and self.case.verdict.fee == "shipping_owner_decides"


class ThreadView:
    """A thread with its cases and forms. `tried` holds a form that did not fit, by act and line."""

    def __init__(
        self,
        thread: Thread,
        look: Look,
        lane: PersonsLane,
        tried: Mapping[tuple[str, int | None], forms.ActForm] | None = None,
    ) -> None:
        self.thread = thread
        self.look = look
        self.lane = lane
        self.tried = tried or {}
        self.cases = [CaseView(case, look, thread.conversation.control) for case in thread.cases]

    @cached_property
    def version(self) -> str:
        """Changes when any form could mean something else; a page keeps half-filled forms while it does not."""
        conversation = self.thread.conversation
        facts: list[Any] = [conversation.control, conversation.needs_owner, self.lane.is_open, self.lane.reason]
        for view in self.cases:
            case = view.case
            facts += [case.line.id, case.line.status, case.verdict and case.verdict.id, view.can_confirm]
            facts += [case.job and case.job.state, view.quote and (view.quote.id, view.quote.answer)]
        return sha256(repr(facts).encode()).hexdigest()[:16]

    @property
    def can_be_done(self) -> bool:
        """May the owner take this off her list as it is?"""
        return self.thread.conversation.needs_owner not in UNDECIDED

    @property
    def is_working(self) -> bool:
        """Has an act of the owner been kept but not carried out yet?"""
        return not self.thread.unhandled.isdisjoint(OWNERS_ACTS)

    def form(self, act: str, view: CaseView | None = None) -> forms.ActForm:
        """The form of an act on a line (or on the conversation): as it was tried, else fresh."""
        line_id = view.case.line.id if view else None
        if (act, line_id) in self.tried:
            return self.tried[act, line_id]
        return fresh(act, view, self.look)

    def is_open(self, act: str, view: CaseView) -> bool:
        """Should this form stand open?"""
        if self.tried:
            return (act, view.case.line.id) in self.tried
        return act == view.first_act and not self.is_working

    def photos(self, view: CaseView) -> list[Evidence]:
        """The newest pictures of a case; those of no case are taken to be of the newest one."""
        line_id = view.case.line.id
        owners = {line_id} if view is not self.cases[0] else {line_id, None}
        kept = [photo for photos in self.thread.photos.values() for photo in photos if photo.thumbnail]
        return [photo for photo in kept if photo.status == "kept" and photo.line_id in owners][-MOST_IN_STRIP:]

    def decided_by(self, verdict: Verdict) -> str | None:
        """The name of the owner who decided by hand."""
        return self.thread.people.get(verdict.by_owner_id) if verdict.by_owner_id else None


def fresh(act: str, view: CaseView | None, look: Look) -> forms.ActForm:
    """An empty form of an act, with what is known filled in and formdata ignored."""
    form = FORMS[act](formdata=None)
    prepare(form, view, look)
    if view:
        form.line_id.data = view.case.line.id
    if isinstance(form, forms.ConfirmForm) and view and view.case.verdict:
        form.verdict_id.data = view.case.verdict.id
    if isinstance(form, forms.OverruleForm) and view and view.case.verdict:
        form.cites.data = [clause for clause in view.case.verdict.cites if clause in look.pack.clauses]
    if isinstance(form, forms.QuoteForm) and view:
        _fill_quote(form, view, look)
    return form


def prepare(form: forms.ActForm, view: CaseView | None, look: Look) -> None:
    """Tell a form what it may offer and must ask, from the pack and the case."""
    if isinstance(form, forms.ConfirmForm) and view and view.needs_shipping:
        form.need_shipping()
    if isinstance(form, forms.OverruleForm):
        form.cites.choices = [SelectChoice(clause_id) for clause_id in look.pack.clauses]
    if isinstance(form, forms.QuoteForm) and view:
        form.of(look.pack.shop.currency, look.today)


def _fill_quote(form: forms.QuoteForm, view: CaseView, look: Look) -> None:
    form.valid_until.data = _last_day(look.pack, look.now)
    for line in view.quote.lines if view.quote else ():
        if line["what"] in form:
            form[line["what"]].data = forms.major_units(line["amount"], look.pack.shop.currency)


def _last_day(pack: Pack, now: datetime) -> date | None:
    period = pack.periods.get("quote_valid")
    return period.end(now, pack.shop.time_zone).astimezone(pack.shop.time_zone).date() if period else None


FORMS: dict[str, type[forms.ActForm]] = {
    "take-over": forms.ActForm,
    "hand-back": forms.HandBackForm,
    "reply": forms.ReplyForm,
    "facts": forms.FactsForm,
    "confirm": forms.ConfirmForm,
    "overrule": forms.OverruleForm,
    "quote": forms.QuoteForm,
    "cannot-repair": forms.CannotRepairForm,
    "photo": forms.PhotoForm,
    "resolved": forms.ActForm,
}
