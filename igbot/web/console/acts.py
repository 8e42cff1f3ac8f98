"""What the owner does: each form becomes one event of the conversation, written with its audit row.

Nothing is decided or sent here. The event's turn does that, as it does for what customers write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from igbot import clock, messages
from igbot.policy import Pack
from igbot.store import accounts, inbox, threads
from igbot.store.tables import Account, Audit, Conversation
from igbot.web import parts
from igbot.web.console import forms, lane
from igbot.web.console.look import Look
from igbot.web.console.pages import look, show_thread
from igbot.web.console.sign_in import me
from igbot.web.console.thread_view import FORMS, UNDECIDED, CaseView, prepare
from igbot.web.console.words import DONE, REASONS, word

Build = Callable[[Any, Look], dict[str, Any]]
"""From a form that fits to the fields of the event, besides who, when and which form."""


@dataclass(frozen=True)
class Act:
    """One kind of act: the event it makes, its name in the audit, and how its fields are filled."""

    event: type[messages.OwnerAct]
    audit: str
    build: Build = lambda _form, _look: {}


def _take(*names: str) -> Build:
    """The fields of these names, as they stand in the form; an empty choice is none."""
    return lambda form, _look: {name: form[name].data if form[name].data != "" else None for name in names}


def _noted(*names: str) -> Build:
    """As `_take`, with the note that goes to the customer."""
    return lambda form, look: {**_take(*names)(form, look), "note": form.note.data}


ACTS: dict[str, Act] = {
    "take-over": Act(messages.TookOver, "conversation.taken_over"),
    "hand-back": Act(
        messages.HandedBack,
        "conversation.handed_back",
        lambda form, look: {**_take("line_id", "promise")(form, look), "facts": _facts(look.pack)},
    ),
    "reply": Act(messages.OwnerWrote, "reply.written", _take("text")),
    "facts": Act(
        messages.FactsSet,
        "facts.set",
        lambda form, look: {"line_id": form.line_id.data, "facts": _facts(look.pack)},
    ),
    "confirm": Act(messages.VerdictConfirmed, "verdict.confirmed", _noted("verdict_id", "shipping")),
    "overrule": Act(
        messages.VerdictOverruled, "verdict.overruled", _noted("line_id", "outcome", "cites", "reason", "shipping")
    ),
    "quote": Act(
        messages.QuoteWritten,
        "quote.written",
        lambda form, look: {
            **_noted("line_id", "valid_until", "waived")(form, look),
            "lines": form.lines,
            "currency": look.pack.shop.currency,
        },
    ),
    "cannot-repair": Act(messages.RepairDeclined, "repair.declined", _noted("line_id", "reason")),
    "photo": Act(messages.PhotoRequested, "photo.requested", _take("what")),
    "resolved": Act(messages.Resolved, "conversation.resolved"),
}


def add_routes(console: Blueprint) -> None:
    """One route for all acts on a conversation, one for the account's."""
    names = ",".join(f'"{name}"' for name in ACTS)
    console.add_url_rule(f"/c/<int:conversation_id>/<any({names}):name>", "act", _act, methods=["POST"])
    console.add_url_rule("/try-again", "try_again", _try_again, methods=["POST"])


def _act(conversation_id: int, name: str) -> Answer:
    seen = look()
    with parts().db.transaction() as session:
        thread = threads.read(session, me().account.id, conversation_id)
    if thread is None:
        abort(404)
    cases = {case.line.id: CaseView(case, seen, thread.conversation.control) for case in thread.cases}
    form = FORMS[name]()
    line_id = getattr(form, "line_id", None) and form.line_id.data
    if line_id is not None and line_id not in cases:
        abort(404)
    view = cases.get(line_id) if line_id is not None else None
    prepare(form, view, seen)
    refusal = _refusal(name, form, view, thread.conversation, seen.now)
    if refusal or not form.validate_on_submit():
        flash(refusal or _("Please look at the marked fields again; nothing was sent."), "wrong")
        return make_response(show_thread(conversation_id, {(name, line_id): form}), 409 if refusal else 422)
    event = ACTS[name].event(
        happened_at=seen.now,
        owner_id=me().owner.id,
        act_id=form.act_id.data,
        **_told(ACTS[name].build(form, seen)),
    )
    _write(thread.conversation, event, ACTS[name].audit)
    flash(word(DONE, name), "done")
    return redirect(url_for("console.thread", conversation_id=conversation_id), 303)


def _write(conversation: Conversation, event: messages.OwnerAct, audit: str) -> None:
    """Keep the event once, with its audit row, and have the engine look."""
    with parts().db.transaction() as session:
        if not inbox.add(session, conversation, event, event.happened_at):
            return
        session.add(
            Audit(
                account_id=conversation.account_id,
                owner_id=event.owner_id,
                at=event.happened_at,
                what=audit,
                conversation_id=conversation.id,
                detail=_codes(event),
            )
        )
        parts().nudge(session, [conversation.id])


def _try_again() -> Answer:
    """She says that the trouble of her account is over; what waits is found by the next sweep."""
    with parts().db.transaction() as session:
        accounts.try_again(session.get_one(Account, me().account.id))
        session.add(
            Audit(account_id=me().account.id, owner_id=me().owner.id, at=clock.now(), what="account.tried_again")
        )
    flash(_("What waits is being sent again."), "done")
    return redirect(url_for("console.list"), 303)


def _refusal(name: str, form: Any, view: CaseView | None, conversation: Conversation, now: datetime) -> str | None:  # noqa: ANN401 - forms have no types
    """Why this cannot be done now although it is filled in well; None if it can."""
    own_lane = lane.of_person(me().account, conversation, now)
    if name == "reply" and not own_lane.is_open:
        return str(_("This cannot be sent now: %(reason)s.", reason=word(REASONS, own_lane.reason)))
    if name == "resolved" and conversation.needs_owner in UNDECIDED:
        return str(_("This has changed meanwhile. Please look at it again."))
    if view is None:
        return None
    newest = view.case.verdict.id if view.case.verdict else None
    is_past = {
        "confirm": not view.can_confirm or ("verdict_id" in form and form.verdict_id.data != newest),
        "quote": not view.can_price,
        "cannot-repair": not view.can_give_up,
        "overrule": view.is_over,
        "facts": view.is_over,
    }
    return str(_("This has changed meanwhile. Please look at it again.")) if is_past.get(name) else None


def _facts(pack: Pack) -> dict[str, str]:
    """The facts chosen in this request's form; a value the pack does not know is left out."""
    chosen = {key.removeprefix(forms.FACT): value for key, value in request.form.items() if key.startswith(forms.FACT)}
    return {name: value for name, value in chosen.items() if name in pack.facts and value in pack.facts[name].values}


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _codes(event: messages.OwnerAct) -> dict[str, Any]:
    """Ids and codes of an act for the audit; never words, the owner's or a customer's."""
    body = event.model_dump(mode="json", exclude={"happened_at", "owner_id", "kind", "text", "note", "what"})
    if not isinstance(event, messages.RepairDeclined):
        body.pop("reason", None)
    return body
