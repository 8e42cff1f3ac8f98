"""What follows from what the customer said? Table GUARD answers first, then the question that stands.

While a person has the chat everything is filed in silence; a call for a person comes before all else; a
story that changed goes to the owner; what she has already is added to in silence; what was decided is
restated. Only then: an answer to a quote, to a question, something new, or small talk. Every fact is stored
with its message, so that an unsent message takes its facts along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from igbot.claims import facts, orders, stories
from igbot.claims.cases import Case
from igbot.claims.deciding import decide_case, situation
from igbot.claims.facts import RECEIVED
from igbot.engine import asking, lines, pictures, quoting
from igbot.engine.heard import CONFLICT, ISSUE, ORDER, PHOTO, Heard
from igbot.engine.scene import Scene
from igbot.policy import lookup
from igbot.store.tables import Order

SMALL_TALK = {"greeting": "greeted", "thanks": "thanked", "affirm": "agreed", "deny": "agreed"}


def hear(scene: Scene, heard: Heard) -> None:
    """Take in what a customer said about the case at hand (`scene.case`), and let the flows answer it."""
    is_for_line = lines.is_for_a_line(scene, heard)
    may_open = scene.conversation.control == "bot" or heard.facts.get(ISSUE)  # what she talks over is hers
    if is_for_line and may_open:
        scene.case = lines.line_for(scene, heard)
    row = lookup("GUARD", _guard(scene, heard, is_for_line=is_for_line))
    if row.outcome == "continue":
        _go_on(scene, heard, is_for_line=is_for_line)
    else:
        _GUARDED[row.outcome](scene, heard)


def _guard(scene: Scene, heard: Heard, *, is_for_line: bool) -> dict[str, str]:
    """The facts of table GUARD (DECISION-TABLE 5.1), but for `conflict`, which needs what is learnt first."""
    found = {"control": scene.conversation.control, "alarm": heard.alarm}
    if is_for_line and scene.case and found == {"control": "bot", "alarm": "none"}:
        found["retold"] = "yes" if _is_retold(scene, scene.case, heard) else "no"
        found["history"] = stories.history(scene.case, is_news=_is_news(scene, scene.case, heard))
    return {"retold": "no", "conflict": "none", "history": "new", **found}


def _is_retold(scene: Scene, case: Case, heard: Heard) -> bool:
    order = _order_named(scene, heard)
    other_order = bool(case.verdict and not case.is_open and order and case.order and order.id != case.order.id)
    return other_order or stories.is_retold(case, scene.pack, heard.facts)


def _is_news(scene: Scene, case: Case, heard: Heard) -> bool:
    order = _order_named(scene, heard)
    return (order is not None and case.order is None) or stories.tells_news(case, scene.pack, heard.facts)


# ------------------------------------------------------------------ what GUARD says


def _file(scene: Scene, heard: Heard) -> None:
    """Keep what was told while a person has the chat, an answer to a quote among it; no word from us (B-01)."""
    if scene.case and scene.case.is_open:
        _learn(scene, scene.case, heard)
        _take_order(scene, scene.case, heard)
    answer = quoting.answer_to_quote(scene, heard) if heard.quote else None
    scene.needs_owner(answer if answer in ("quote_accepted", "quote_declined", "quote_too_late") else "wrote")


def _to_a_person(scene: Scene, heard: Heard) -> None:
    """A person is asked for, the words call for one (B-02), or the story changed (B-03). All told so far goes along."""
    alarmed = heard.alarm != "none"
    if scene.case:
        _learn(scene, scene.case, heard, taken=alarmed and scene.case.is_open)
    if alarmed:
        asking.hand_over(scene, {"alarm": heard.alarm}, heard.alarm)
    else:
        asking.hand_over(scene, {"retold": "yes"}, "retold")


def _repeat(scene: Scene, heard: Heard) -> None:
    """The same thing once more: restate the verdict (B-05)."""
    if heard.intent in SMALL_TALK:
        small_talk(scene, heard)
    else:
        scene.words_blanks["again"] = True
        scene.fire("decided")


def _add(scene: Scene, heard: Heard) -> None:
    """More about what a person has already (B-05): kept for her, acknowledged once."""
    if scene.case:
        _learn(scene, scene.case, heard)
        _take_order(scene, scene.case, heard)
    if not heard.has_photo:
        asking.note_for_owner(scene)


_GUARDED: Mapping[str, Callable[[Scene, Heard], None]] = {
    "silent": _file,
    "owner": _to_a_person,
    "repeat": _repeat,
    "merge": _add,
}


# ------------------------------------------------------------------ nothing stands in the way


def _go_on(scene: Scene, heard: Heard, *, is_for_line: bool) -> None:
    if event := quoting.answer_to_quote(scene, heard):
        scene.fire(event)
    elif heard.group and scene.case and scene.case.is_open:
        scene.words_blanks["group"] = heard.group
        asking.remember_asked(scene, scene.case, [heard.group[0]])
        scene.fire("choice_needed")
    elif heard.no_photo and not heard.tells_something and scene.case and PHOTO in scene.asked:
        pictures.judge(scene, scene.case, media=heard.no_photo, fault=heard.no_photo)
    elif is_for_line and scene.case:
        _answer(scene, scene.case, heard)
    else:
        small_talk(scene, heard)


def _answer(scene: Scene, case: Case, heard: Heard) -> None:
    """Learn what was told about a line, and decide or ask on."""
    was_asking = scene.is_asking and not heard.is_menu
    before = situation(case, scene.pack), case.claim.conflict
    _learn(scene, case, heard)
    _take_order(scene, case, heard)
    _take_side(scene, case, heard)
    if heard.has_photo:
        _wait_for_pictures(scene, case)
        return
    if heard.order_no and case.order is None:
        scene.turn.true |= {"number_unknown"}
    changed = (situation(case, scene.pack), case.claim.conflict) != before
    asking.settle(scene, answered=changed or not was_asking)


def _wait_for_pictures(scene: Scene, case: Case) -> None:
    """The pictures decide what is to be asked, and they are being looked at; a verdict need not wait for them."""
    if not case.is_open and decide_case(case, scene.pack).outcome == "ask":
        case.line.status = "collecting"
    elif not case.is_open and asking.would_say(scene, case):
        asking.settle(scene)


def small_talk(scene: Scene, heard: Heard) -> None:
    """Nothing the policy or a question could use: a greeting, thanks, or what we do not understand."""
    event = SMALL_TALK.get(heard.intent or "")
    case = scene.case
    if event == "greeted" and case and case.is_open and not scene.is_asking:
        asking.settle(scene)  # they are back: on with the question that stood
    elif event is None and heard.has_photo:
        return  # the pictures are heard when they have been looked at
    elif event is None and scene.is_with_owner:
        asking.note_for_owner(scene)
    elif event is None and heard.intent in lines.FOR_A_PERSON:
        asking.hand_over(scene, {}, "question")
    elif event is None and case and case.is_with_owner and not scene.is_waiting:
        asking.note_for_owner(scene)
    elif event is None and case and case.line.status in ("refused", "advised") and not scene.is_waiting:
        asking.hand_over(scene, {}, "question")  # what is said after a no is not for a menu
    else:
        scene.fire(event or "not_understood")


# ------------------------------------------------------------------ what is learnt


def _learn(scene: Scene, case: Case, heard: Heard, *, taken: bool = True) -> None:
    told = dict(heard.facts)
    if not case.issue and ISSUE not in told and (implied := lines.implied_issue(scene, heard)):
        told[ISSUE] = implied
    facts.learn(
        scene.session,
        case.line,
        case.rows,
        told,
        source="customer",
        at=heard.at,
        message_id=heard.message_id,
        taken=taken,
    )
    if "item" in told:
        orders.learn_from_record(scene.session, case, heard.at)


def _order_named(scene: Scene, heard: Heard) -> Order | None:
    """The order that was tapped or whose number was written, if there is one."""
    if heard.order_id:
        return orders.of_customer(scene.session, scene.customer, heard.order_id)
    return orders.named(scene.session, scene.customer, heard.order_no) if heard.order_no else None


def _take_order(scene: Scene, case: Case, heard: Heard) -> None:
    """Match the order they named, or take it that they cannot name one."""
    if order := _order_named(scene, heard):
        orders.settle(scene.session, case, scene.customer, order, heard.at)
    elif heard.gave_up_order and ORDER in scene.asked:
        asking.give_up(scene, case, ORDER)
    elif ORDER in scene.asked and case.order is None:
        lines.match_by_piece(scene, case, heard)


def _take_side(scene: Scene, case: Case, heard: Heard) -> None:
    """The record or their own words? If their word stays against the record, the owner decides (B-04)."""
    if CONFLICT not in scene.asked:
        return
    if heard.conflict_answer == "record_right":
        case.claim.conflict = "cleared"
    elif heard.conflict_answer or _says_it_again(scene, case, heard):
        case.claim.conflict = "persists"


def _says_it_again(scene: Scene, case: Case, heard: Heard) -> bool:
    name = stories.disputed(case, scene.pack)
    is_told = name in heard.facts or (name == RECEIVED and RECEIVED in heard.facts)
    return is_told and stories.conflict(case, scene.pack) == "open"
