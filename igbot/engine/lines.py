"""Which line of which claim is it about: the one at hand, a new one, or none?"""

from __future__ import annotations

from datetime import timedelta

from igbot.claims import facts, orders
from igbot.claims.cases import Case
from igbot.engine import pictures, quoting
from igbot.engine.heard import ISSUE, Heard
from igbot.engine.scene import Scene

CLAIM_INTENTS = {
    "defect_report",
    "wrong_item",
    "return_refund",
    "ring_size_exchange",
    "repair_request",
    "care_advice",
    "policy_question",
    "order_status",
}
"""What a customer may want that the policy speaks about."""

FOR_A_PERSON = {"product_question", "order_change", "complaint"}
"""What only a person can answer."""

_ISSUE_OF_INTENT = {"care_advice": "care_question", "policy_question": "how_to", "order_status": "not_received"}
"""Some wishes name their issue; whether the pack knows it is checked before use."""

OVER_AFTER = timedelta(days=7)
"""A refusal this long ago is over: who reports a fault then, reports a new one."""


def is_for_a_line(scene: Scene, heard: Heard) -> bool:
    """Does this tell, raise or answer something that the policy decides?"""
    if heard.facts.get(ISSUE):
        return True
    if heard.quote or heard.group or heard.intent in FOR_A_PERSON or quoting.is_plain_answer(scene, heard):
        return False
    if heard.intent in CLAIM_INTENTS:
        return True
    if scene.case is None:
        return bool(heard.facts.keys() - {"item"})  # to name a piece is to report nothing yet
    is_chat = heard.intent in ("thanks", "greeting") or heard.has_photo or heard.no_photo
    return heard.tells_something or (scene.case.is_open and not is_chat)


def line_for(scene: Scene, heard: Heard) -> Case:
    """The line this is about: the one at hand, or a new one where something new is raised."""
    case = scene.case
    if case is not None and not _raises_new(scene, case, heard):
        return case
    scene.conversation.asking = {}
    scene.case = case = pictures.open_case_with_pictures(scene, heard.at)
    match_by_piece(scene, case, heard)
    return case


def match_by_piece(scene: Scene, case: Case, heard: Heard) -> None:
    """Match their order if what was told about the piece leaves but one."""
    known = orders.orders_of(scene.session, scene.customer)
    fitting = known if len(known) == 1 else orders.that_fit(scene.session, known, heard.facts) if known else []
    if len(fitting) == 1:
        orders.settle(scene.session, case, scene.customer, fitting[0], scene.at)


def _raises_new(scene: Scene, case: Case, heard: Heard) -> bool:
    """Is this another matter than the settled one at hand: another piece, another fault, or long after?"""
    if case.is_open:
        return False
    issue, piece = heard.facts.get(ISSUE), heard.facts.get("item")
    if issue is None and (implied := implied_issue(scene, heard)):
        return implied != case.issue
    if not isinstance(issue, str):
        return heard.is_menu and not issue
    known_piece = facts.values(case.rows).get("item")
    if isinstance(piece, str) and isinstance(known_piece, str) and piece != known_piece:
        return True
    if case.line.status == "refused":
        return case.verdict is not None and scene.at - case.verdict.decided_at >= OVER_AFTER
    return case.issue is not None and issue != case.issue and not _corrects(case)


def _corrects(case: Case) -> bool:
    """Is a different issue told to what the owner is to judge, rather than a new one raised?"""
    return case.awaits_owner and case.verdict is not None and case.verdict.outcome == "owner"


def implied_issue(scene: Scene, heard: Heard) -> str | None:
    """The issue that a wish names by itself, if the shop's policy has it."""
    implied = _ISSUE_OF_INTENT.get(heard.intent or "")
    return implied if implied in scene.pack.facts[ISSUE].values else None
