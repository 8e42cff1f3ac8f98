"""What next for a line? The policy says what is decided or what to ask; the flows are told by one event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from igbot.claims import facts, orders, stories, verdicts
from igbot.claims.cases import Case
from igbot.claims.deciding import AGE, decide_case, situation, stands
from igbot.engine.heard import CONFLICT, ISSUE, ORDER, PHOTO
from igbot.engine.scene import Scene
from igbot.policy import Decision, asked_together

ASKING_EVENTS = {PHOTO: "photo_needed", ORDER: "order_needed", AGE: "day_needed"}
"""How the flows are told that a fact is needed; any other fact is a choice."""

_GIVEN_UP = {ISSUE: "other", PHOTO: "cannot"}
"""What a fact counts as that was asked for and is not to be had; any other is unsure."""


def settle(scene: Scene, *, answered: bool = True) -> None:
    """Decide the line at hand, or ask for what is missing, and let the flows say so.

    `answered`: did this turn learn anything? If not, the question is put again, and after the
    pack's `max_repeats` the fact counts as not to be had.
    """
    case = scene.case
    if case is None or not (answered or _give_up_at_last(scene, case)):
        return
    conflict = stories.conflict(case, scene.pack)
    decision = decide_case(case, scene.pack, guard={CONFLICT: conflict} if conflict != "none" else None)
    if decision.ask is not None:
        _ask(scene, case, decision.ask)
    elif conflict == "persists":
        hand_over(scene, {CONFLICT: conflict}, CONFLICT)
    elif not case.is_open and stands(case, decision):
        scene.words_blanks["again"] = True
        scene.fire("decided")
    else:
        _tell(scene, case, decision)


def would_say(scene: Scene, case: Case) -> bool:
    """Would `settle` say anything else now than what the customer has been told?"""
    if stories.conflict(case, scene.pack) == "open":
        return True
    return case.is_open or not stands(case, decide_case(case, scene.pack))


def _tell(scene: Scene, case: Case, decision: Decision) -> None:
    verdicts.give_verdict(scene.session, case, scene.pack, decision, scene.at)
    scene.conversation.asking = {}
    if decision.outcome == "offer":
        remember_asked(scene, case, ["want"])
        scene.turn.true |= {"customer_chooses"}
    if case.awaits_owner:
        scene.turn.true |= {"owner_decides" if decision.outcome == "owner" else "waits_for_owner"}
    scene.fire("decided")
    if decision.outcome == "paid_quote":
        scene.needs_owner("quote")


# ------------------------------------------------------------------ to a person


def hand_over(scene: Scene, guard: Mapping[str, str], why: str) -> None:
    """Give the line to the owner for a reason GUARD names (none: only the chat), in words that fit the reason."""
    case = scene.case
    if guard and case and _is_to_be_judged(case, guard):
        decision = decide_case(case, scene.pack, guard=guard)
        if not stands(case, decision):
            verdicts.give_verdict(scene.session, case, scene.pack, decision, scene.at)
    scene.needs_owner(why)
    scene.words_blanks["why"] = why
    scene.fire("owner_needed")


def _is_to_be_judged(case: Case, guard: Mapping[str, str]) -> bool:
    """Does the owner have to decide it anew? Not what she settled, nor, for an alarm, what waits for her anyway."""
    if "alarm" in guard and case.awaits_owner:
        return False
    return not (case.line.status in ("approved", "closed") or (case.verdict and case.verdict.by_owner_id))


def note_for_owner(scene: Scene, why: str = "wrote") -> None:
    """What came is for the owner: acknowledged once, then filed in silence."""
    scene.needs_owner(why)
    if scene.is_with_owner:
        scene.fire("not_understood")
    elif "noted" not in scene.turn.true:
        scene.turn.say("words", "every_chat.noted")
        scene.turn.remember("noted")


# ------------------------------------------------------------------ a question


def _ask(scene: Scene, case: Case, first: str) -> None:
    """Ask for the fact the policy needs, and with it the next one if that is asked whatever the answer is."""
    asked = [first]
    case.line.status = "collecting"
    seen = situation(case, scene.pack)
    second = asked_together(scene.pack, seen.facts, first, order=seen.order)
    if second is not None and second in scene.pack.facts and second != first:
        asked.append(second)
    remember_asked(scene, case, asked)
    scene.fire(ASKING_EVENTS.get(first, "choice_needed"))


def remember_asked(scene: Scene, case: Case, asked: list[str]) -> None:
    """Let later turns know what an answer would be an answer to."""
    scene.conversation.asking = {"line": case.line.id, "facts": asked, "times": 0}


def may_ask_again(scene: Scene) -> bool:
    """Count a try to get an answer; False if there have been as many as the pack allows."""
    times = int(scene.asking.get("times", 0)) + 1
    if times > scene.pack.ask.max_repeats:
        return False
    scene.conversation.asking = {**scene.asking, "times": times}
    return True


def _give_up_at_last(scene: Scene, case: Case) -> bool:
    """Nothing was learnt: ask once more (False), or give the fact up after too many tries (True)."""
    if may_ask_again(scene):
        scene.fire("not_understood")
        return False
    give_up(scene, case, scene.asked[0])
    return True


def give_up(scene: Scene, case: Case, fact: str) -> None:
    """A fact that was asked for and is not to be had."""
    if fact == ORDER:
        orders.settle(scene.session, case, scene.customer, None, scene.at)
    elif fact == CONFLICT:
        case.claim.conflict = "persists"
    else:
        source = "photo" if fact == PHOTO else "customer"
        learn(scene, case, {fact: _GIVEN_UP.get(fact, facts.UNSURE)}, source=source)


def learn(scene: Scene, case: Case, told: Mapping[str, Any], *, source: str, message_id: int | None = None) -> None:
    """Take over what a source says in this event, as facts of the line."""
    facts.learn(scene.session, case.line, case.rows, told, source=source, at=scene.at, message_id=message_id)
