"""Turns for what the owner did in the console. A tap on a case is no takeover; typed words are one (DESIGN 3)."""

from __future__ import annotations

from collections.abc import Mapping

from igbot import messages
from igbot.claims import cases, quotes, verdicts
from igbot.claims import jobs as repairs
from igbot.claims.cases import Case
from igbot.claims.deciding import decide_case
from igbot.engine import asking, control
from igbot.engine.scene import Scene
from igbot.errors import BadRequest
from igbot.flow import OPENING
from igbot.policy import REMEDIES
from igbot.store import outbox
from igbot.store.tables import Verdict

_PROMISES = {"free_repair": "repair", "exchange": "exchange", "refund": "refund"}
"""What the owner may promise, and the wish it fulfils."""

ANSWERED_BY_WORDS = ("wrote", "photo", "went_silent", "asks_human", "not_understood", "question")
"""Reasons to look that are over once a person has answered in her own words."""

_HERS_TO_JUDGE = frozenset({"G-3", "G-4"})
"""Rows of GUARD after which the policy's own answer is not enough: a changed story, the record against words."""


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
    scene.needs_nobody(*ANSWERED_BY_WORDS)


def handed_back(scene: Scene, event: messages.HandedBack) -> None:
    """The bot goes on where it stopped, with what the owner saw or promised (B-01)."""
    control.hand_back(scene.session, scene.conversation, scene.now)
    left_unanswered = scene.conversation.needs_owner == "wrote" and not event.promise
    scene.needs_nobody()
    scene.case = _case(scene, event.line_id) if event.line_id else cases.case_at_hand(scene.session, scene.conversation)
    told = {name: value for name, value in event.facts.items() if value in scene.pack.fact(name).values}
    if event.promise:
        _keep_promise(scene, scene.case or _case_promised_about(scene), event, told)
    elif scene.case is None:
        scene.fire("handed_back")
    else:
        _learn(scene, scene.case, told)
        _take_up(scene, scene.case, has_news=bool(told))
    if left_unanswered and not scene.is_waiting:
        scene.needs_owner("wrote")


def _take_up(scene: Scene, case: Case, *, has_news: bool) -> None:
    """On with what is new about the line, else a word that the bot is back; what waits for the owner stays hers."""
    if _is_for_the_bot(case, has_news=has_news) and asking.would_say(scene, case):
        scene.conversation.asking = {}
        asking.settle(scene)
    else:
        scene.fire("handed_back")
    if case.awaits_owner and not quotes.is_open(case):
        outcome = case.verdict.outcome if case.verdict else ""
        scene.needs_owner({"paid_quote": "quote", "owner": "undetermined"}.get(outcome, "verdict"))


def _is_for_the_bot(case: Case, *, has_news: bool) -> bool:
    """May the policy decide it now? Not what she settled; what was hers to judge only with a word of hers."""
    verdict = case.verdict
    if case.line.status in ("approved", "closed") or (verdict and verdict.by_owner_id):
        return False
    return has_news or verdict is None or verdict.outcome != "owner" or not _HERS_TO_JUDGE.intersection(verdict.rules)


def _case_promised_about(scene: Scene) -> Case:
    """A promise about something the bot never understood is a case of its own."""
    at = scene.conversation.last_customer_action_at or scene.at
    return cases.open_case(scene.session, scene.conversation, at)


def _keep_promise(scene: Scene, case: Case, event: messages.HandedBack, told: Mapping[str, str]) -> None:
    """What the owner promised is the verdict: the policy's own if it says the same, else hers (rank "owner")."""
    scene.case = case
    _learn(scene, case, {**told, "want": _PROMISES[str(event.promise)]})
    decision = decide_case(case, scene.pack)
    if decision.outcome == event.promise:
        verdict = verdicts.give_verdict(scene.session, case, scene.pack, decision, scene.now)
        verdict.confirmed_at = scene.now
    else:
        verdict = verdicts.give_owners_verdict(
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
    """The owner says what a fact is; the line is decided again with it (DECISION-TABLE 1.3).

    While she has the chat it is only noted: what follows is said when she hands it back.
    Raises BadRequest for a line that is settled.
    """
    case = _case(scene, event.line_id)
    if case.line.status in ("approved", "closed"):
        raise BadRequest("This case is settled; decide it anew by hand if it has to change.")
    _learn(scene, case, event.facts)
    if scene.conversation.control == "owner" or not asking.would_say(scene, case):
        return
    scene.needs_nobody()
    asking.settle(scene)


def _learn(scene: Scene, case: Case, told: Mapping[str, str]) -> None:
    """Take over what the owner says; with her word a conflict with the record is settled (B-04)."""
    asking.learn(scene, case, told, source="owner")
    if told and case.claim.conflict == "persists":
        case.claim.conflict = "cleared"


def verdict_confirmed(scene: Scene, event: messages.VerdictConfirmed) -> None:
    """The owner says yes; the customer hears it once, with who pays which way and where to send the piece.

    Raises BadRequest for a verdict that has been replaced, or that asks for no yes.
    """
    verdict = scene.session.get(Verdict, event.verdict_id)
    case = _case(scene, verdict.line_id) if verdict else None
    if verdict is None or case is None or case.verdict is not verdict:
        raise BadRequest("This verdict has been replaced by a newer one.")
    if verdict.outcome not in REMEDIES:
        raise BadRequest("There is nothing to confirm; decide it by hand.")
    if verdict.confirmed_at is not None:
        return
    verdict.confirmed_at = scene.now
    _settled(scene, case, verdict, event.shipping)
    scene.note = event.note
    scene.fire("confirmed")


def verdict_overruled(scene: Scene, event: messages.VerdictOverruled) -> None:
    """The owner decides otherwise, by clauses she names and with a reason that stays on file; an open quote is off."""
    case = _case(scene, event.line_id)
    quotes.stop_quote(case, scene.now)
    verdict = verdicts.give_owners_verdict(
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


def _settled(scene: Scene, case: Case, verdict: Verdict, shipping: str | None) -> None:
    """The owner's word is given: nothing is asked about the line any more, and it is off her list."""
    if shipping:
        verdict.shipping = shipping
    if scene.asking.get("line") == case.line.id:
        scene.conversation.asking = {}
        scene.turn.true |= {"answers_itself"}
    scene.needs_nobody()
    if verdict.outcome == "paid_quote":
        scene.needs_owner("quote")
    elif verdict.by_owner_id is None and verdict.outcome != "offer":  # of what is offered the customer chooses
        case.line.status = "approved"


def quote_written(scene: Scene, event: messages.QuoteWritten) -> None:
    """The owner priced a repair; the customer is shown the lines and asked for a yes or no."""
    case = _case(scene, event.line_id)
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
    scene.needs_nobody("quote", "verdict", "undetermined", "quote_haggled", "quote_too_late", "quote_accepted")
    scene.fire("quote_sent")


def repair_declined(scene: Scene, event: messages.RepairDeclined) -> None:
    """The owner cannot repair the piece (J-23). Raises BadRequest if there is no repair on this line."""
    case = _case(scene, event.line_id)
    if case.job is None:
        raise BadRequest("There is no repair to decline on this line.")
    if case.job.state == f"closed_{event.reason}":
        return
    quotes.stop_quote(case, scene.now)
    repairs.move(case.job, f"closed_{event.reason}")
    case.line.status = "closed"
    scene.words_blanks["why"] = f"{scene.voice.say(f'quote.why_{event.reason}')} {event.note}".strip()
    scene.needs_nobody("quote", "verdict", "undetermined", "quote_haggled", "quote_too_late")
    scene.fire("repair_declined")


def photo_requested(scene: Scene, event: messages.PhotoRequested) -> None:
    """The owner wants to see something."""
    scene.words_blanks["what"] = event.what
    scene.needs_nobody("wrote", "photo")
    scene.fire("photo_requested")


def resolved(scene: Scene, _event: messages.Resolved) -> None:
    """The owner is done with what she had to judge here; what the customer writes next is heard anew."""
    scene.needs_nobody()
    for case in cases.cases_to_judge(scene.session, scene.conversation):
        case.line.status = "closed"
    if scene.is_with_owner:
        scene.turn.state = OPENING


def _case(scene: Scene, line_id: int) -> Case:
    case = cases.case_by_line(scene.session, scene.conversation, line_id)
    if case is None:
        raise BadRequest("This line belongs to another conversation.")
    scene.case = case
    return case
