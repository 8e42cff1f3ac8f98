"""Turns for what the owner did in the console. A tap on a case is no takeover; typed words are one (DESIGN 3)."""

from __future__ import annotations

from igbot import messages
from igbot.claims import cases, deciding, facts, quotes, telling
from igbot.claims import jobs as repairs
from igbot.claims.cases import Case
from igbot.engine import control, hearing
from igbot.engine.scene import Scene
from igbot.errors import BadRequest
from igbot.flow import OPENING
from igbot.store import outbox
from igbot.store.tables import Verdict

_PROMISES = {"free_repair": "repair", "exchange": "exchange", "refund": "refund"}
"""What the owner may promise, and the wish it fulfils."""


def took_over(scene: Scene, _event: messages.TookOver) -> None:
    """The owner has the chat; the bot falls silent at once."""
    scene.take_over()


def owner_wrote(scene: Scene, event: messages.OwnerWrote) -> None:
    """Words typed in the console: a takeover, sent as a person's."""
    scene.take_over()
    outbox.queue(
        scene.session,
        scene.conversation,
        sender="person",
        text=event.text,
        event_id=scene.event.id,
        now=scene.now,
    )
    scene.needs_nobody("wrote", "photo", "went_silent", "asks_human", "not_understood")


def handed_back(scene: Scene, event: messages.HandedBack) -> None:
    """The bot goes on where it stopped, with what the owner saw or promised (B-01)."""
    control.hand_back(scene.session, scene.conversation, scene.now)
    scene.needs_nobody()
    scene.case = _case(scene, event.line_id) if event.line_id else cases.newest_case(scene.session, scene.conversation)
    case = scene.case
    if case is None:
        scene.fire("handed_back")
        return
    told = {name: value for name, value in event.facts.items() if value in scene.pack.facts[name].values}
    if event.promise:
        told["want"] = _PROMISES[event.promise]
    facts.learn(scene.session, case.line, case.rows, told, source="owner", at=scene.at)
    if event.promise:
        _keep_promise(scene, case, event)
    elif case.line.status in ("collecting", "awaiting_owner", "refused", "advised") and (told or case.is_open):
        scene.conversation.asking = {}
        hearing.settle(scene, answered=True)
    else:
        scene.fire("handed_back")


def _keep_promise(scene: Scene, case: Case, event: messages.HandedBack) -> None:
    """What the owner promised is the verdict: the policy's own if it says the same, else the owner's (rank "owner")."""
    decision = deciding.decide_case(case, scene.pack)
    if decision.outcome == event.promise:
        verdict = deciding.give_verdict(scene.session, case, scene.pack, decision, scene.now) or case.verdict
    else:
        verdict = deciding.give_owners_verdict(
            scene.session,
            case,
            scene.pack,
            outcome=str(event.promise),
            cites=("B-01",),
            reason=event.note,
            owner_id=event.owner_id,
            now=scene.now,
        )
    _settled(scene, case, verdict, None)
    scene.first_words.append("claim.promised")
    scene.fire("confirmed")


def facts_set(scene: Scene, event: messages.FactsSet) -> None:
    """The owner says what a fact is; the line is decided again with it (DECISION-TABLE 1.3)."""
    case = _case(scene, event.line_id)
    facts.learn(scene.session, case.line, case.rows, event.facts, source="owner", at=scene.at)
    before = case.verdict
    hearing.settle(scene, answered=True)
    if case.verdict is before:
        return
    scene.needs_nobody(scene.conversation.needs_owner or "")
    if case.awaits_owner:
        scene.needs_owner("verdict")


def verdict_confirmed(scene: Scene, event: messages.VerdictConfirmed) -> None:
    """The owner says yes; the customer hears it, with who pays which way and where to send the piece."""
    verdict = scene.session.get(Verdict, event.verdict_id)
    case = _case(scene, verdict.line_id) if verdict else None
    if verdict is None or case is None or case.verdict is not verdict:
        raise BadRequest("This verdict has been replaced by a newer one.")
    verdict.confirmed_at = scene.now
    _settled(scene, case, verdict, event.shipping)
    scene.note = event.note
    scene.fire("confirmed")


def verdict_overruled(scene: Scene, event: messages.VerdictOverruled) -> None:
    """The owner decides otherwise, by clauses she names and with a reason that stays on file."""
    case = _case(scene, event.line_id)
    verdict = deciding.give_owners_verdict(
        scene.session,
        case,
        scene.pack,
        outcome=event.outcome,
        cites=event.cites,
        reason=event.reason,
        owner_id=event.owner_id,
        now=scene.now,
    )
    _settled(scene, case, verdict, event.shipping)
    scene.note = event.note
    scene.fire("confirmed")


def _settled(scene: Scene, case: Case, verdict: Verdict | None, shipping: str | None) -> None:
    if verdict is not None and shipping:
        verdict.shipping = shipping
    outcome = verdict.outcome if verdict else ""
    if scene.asking.get("line") == case.line.id:
        scene.conversation.asking = {}
        scene.turn.true |= {"answers_itself"}
    if outcome == "paid_quote":
        scene.needs_owner("quote")
        return
    case.line.status = {"refuse": "refused", "advise": "advised"}.get(outcome, "approved")
    scene.needs_nobody()


def quote_written(scene: Scene, event: messages.QuoteWritten) -> None:
    """The owner priced a repair; the customer is shown the lines and asked for a yes or no."""
    case = _case(scene, event.line_id)
    cases.load_job(scene.session, case)
    quotes.write_quote(
        scene.session,
        case,
        scene.pack,
        lines=event.lines,
        currency=event.currency,
        valid_until=event.valid_until,
        waived=event.waived,
        owner_id=event.owner_id,
        now=scene.now,
    )
    scene.note = event.note
    scene.needs_nobody("quote", "verdict", "quote_haggled", "quote_too_late", "quote_accepted")
    scene.fire("quote_sent")


def repair_declined(scene: Scene, event: messages.RepairDeclined) -> None:
    """The owner cannot repair the piece (J-23)."""
    case = _case(scene, event.line_id)
    cases.load_job(scene.session, case)
    if case.job is None:
        raise BadRequest("There is no repair to decline on this line.")
    repairs.move(case.job, f"closed_{event.reason}")
    case.line.status = "closed"
    scene.words_blanks["why"] = telling.sentence(scene.voice, f"quote.why_{event.reason}")
    scene.note = event.note
    scene.needs_nobody("quote", "verdict")
    scene.fire("repair_declined")


def photo_requested(scene: Scene, event: messages.PhotoRequested) -> None:
    """The owner wants to see something."""
    scene.words_blanks["what"] = event.what
    scene.needs_nobody("wrote", "photo")
    scene.fire("photo_requested")


def resolved(scene: Scene, _event: messages.Resolved) -> None:
    """The owner is done with what this conversation needed; what the customer writes next is heard anew."""
    scene.needs_nobody()
    if scene.is_with_owner:
        scene.turn.state = OPENING


def _case(scene: Scene, line_id: int) -> Case:
    case = cases.case_by_line(scene.session, scene.conversation, line_id)
    if case is None:
        raise BadRequest("This line belongs to another conversation.")
    scene.case = case
    return case
