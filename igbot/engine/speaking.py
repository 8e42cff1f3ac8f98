"""From what a flow wants said to replies in the outbox.

Adds what is true of every chat: that this is an automatic assistant, where that is due (CONTRACT
4.3), and the memory of which buttons were shown, so that a typed answer counts like a tap.
"""

from __future__ import annotations

from datetime import timedelta

from igbot.claims import orders, questions, telling
from igbot.claims.facts import values
from igbot.claims.voice import Tap, Words
from igbot.engine.heard import CONFLICT, ORDER
from igbot.engine.scene import Scene
from igbot.flow import Say
from igbot.store import outbox

LONG_SILENCE = timedelta(days=7)
"""After that the assistant says again what it is (CONTRACT 4.3)."""


def speak(scene: Scene, *, sender: str = "bot") -> None:
    """Queue everything the flows said in this turn, in order, as one speaker."""
    spoken = [_first(scene, key) for key in scene.first_words]
    spoken += [words for say in scene.turn.said if (words := render(scene, say)) is not None]
    if not spoken:
        return
    if sender == "bot" and (disclosure := _disclosure(scene)):
        spoken[0] = Words(spoken[0].key, f"{disclosure}\n\n{spoken[0].text}", spoken[0].taps)
    for words in spoken:
        outbox.queue(
            scene.session,
            scene.conversation,
            sender=sender,
            text=words.text,
            key=words.key,
            quick_replies=[{"title": tap.label, "payload": tap.payload} for tap in words.taps],
            event_id=scene.event.id,
            now=scene.now,
        )
    if taps := spoken[-1].taps:
        scene.conversation.asking = {**scene.asking, "taps": [tap.payload for tap in taps]}
    else:
        scene.conversation.asking = {name: value for name, value in scene.asking.items() if name != "taps"}


def _first(scene: Scene, key: str) -> Words:
    return Words(key, scene.voice.say(key, **scene.words_blanks))


def _disclosure(scene: Scene) -> str:
    """Who is speaking, where that has to be said: first in a thread, after the owner, after a long silence."""
    said = scene.conversation.disclosed_at
    if said is not None and scene.now - said < LONG_SILENCE:
        scene.conversation.disclosed_at = scene.now
        return ""
    first = said is None and not outbox.anything_said(scene.session, scene.conversation)
    scene.conversation.disclosed_at = scene.now
    return scene.voice.say(f"every_chat.disclosure_{'first' if first else 'again'}")


def render(scene: Scene, say: Say) -> Words | None:
    """The words for one thing a flow wants said; None where there is nothing to tell."""
    match say.what:
        case "words":
            return _words(scene, say.key)
        case "question":
            return _question(scene)
        case "verdict":
            case = scene.case
            if case is None or case.verdict is None:
                return None
            return telling.verdict(scene.voice, case, case.verdict, again=bool(scene.words_blanks.get("again")))
        case "confirmation":
            if scene.case is None or scene.case.verdict is None:
                return None
            return telling.confirmation(scene.voice, scene.case.verdict, scene.note)
        case "quote" | "quote_read_back":
            return _quote(scene, say.what)
        case "handing_over":
            why = str(scene.words_blanks.get("why", ""))
            return _words(
                scene, f"hand_over.{why}" if f"hand_over.{why}" in scene.shop.texts else "hand_over.with_owner"
            )
    raise ValueError(f"flows cannot say {say.what!r}")


def _words(scene: Scene, key: str) -> Words:
    voice = scene.voice
    blanks = {**_about_quote(scene), **scene.words_blanks} if key.startswith("quote.") else scene.words_blanks
    taps = tuple(Tap(f"say:{button}", label) for button, label in scene.shop.texts.buttons(key, voice.language))
    return Words(key, voice.say(key, **blanks).strip(), taps)


def _about_quote(scene: Scene) -> dict[str, object]:
    if scene.case is None or scene.case.quote is None:
        return {}
    blanks = telling.quote_blanks(scene.voice, scene.case.quote)
    left = telling.month_left(scene.voice, scene.case.verdict, scene.now)
    return {**blanks, "month_left": left}


def _quote(scene: Scene, what: str) -> Words | None:
    case = scene.case
    if case is None or case.quote is None:
        return None
    if what == "quote":
        return telling.quote(scene.voice, case.quote, scene.note)
    return telling.read_back(scene.voice, case.quote)


def _question(scene: Scene) -> Words | None:
    asked = scene.asked
    if not asked:
        return None
    group = scene.words_blanks.get("group")
    if group:
        return questions.group_question(scene.voice, *group) or questions.question(scene.voice, group[0])
    words = [_ask(scene, fact) for fact in asked]
    return words[0] if len(words) == 1 else questions.together(*words)


def _ask(scene: Scene, fact: str) -> Words:
    voice, case = scene.voice, scene.case
    if fact == ORDER:
        known = orders.orders_of(scene.session, scene.customer)
        return questions.order_question(voice, known, orders.titles(scene.session, known))
    if fact == CONFLICT and case is not None:
        return questions.conflict_question(voice, case)
    if fact == "want" and case is not None and case.verdict is not None and case.verdict.outcome == "offer":
        return questions.question(voice, fact, only=case.verdict.remedies)
    left = values(case.rows).get(fact) if case is not None else None
    return questions.question(voice, fact, only=left if isinstance(left, list) else ())
