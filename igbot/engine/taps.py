"""Buttons: what a tap means, and which tap a typed answer spells (desktop shows no buttons).

Payloads: `fact:cause=careless`, `group:issue.2`, `order:17`, `conflict:words_right`, `quote:3.1:yes`, `say:menu`.
"""

from __future__ import annotations

from dataclasses import replace

from igbot.engine.heard import Heard
from igbot.engine.scene import Scene
from igbot.policy import Pack
from igbot.texts import LANGUAGES


def heard_in(payload: str, heard: Heard, pack: Pack) -> Heard | None:
    """What a tap means; None for a payload that is not ours or no longer fits the pack (an old menu, another tool)."""
    kind, _, rest = payload.partition(":")
    match kind:
        case "fact" if _is_value(rest, pack):
            name, _, value = rest.partition("=")
            return replace(heard, facts={name: value})
        case "group" if _is_group(rest, pack):
            name, _, number = rest.rpartition(".")
            return replace(heard, group=(name, int(number)))
        case "order" if rest.isdecimal():
            return replace(heard, order_id=int(rest))
        case "conflict" if rest in ("record_right", "words_right"):
            return replace(heard, conflict_answer=rest)
        case "quote" if answer := quote_named(payload):
            return replace(heard, quote=answer[:2], yes_no=answer[2])
        case "say":
            return replace(heard, intent=rest, is_menu=True, alarm="asks_human" if rest == "talk_to_human" else "none")
    return None


def quote_named(payload: str) -> tuple[int, int, str] | None:
    """Number, version and answer of a button under a quote; None if it is another button."""
    kind, _, rest = payload.partition(":")
    numbers, _, answer = rest.partition(":")
    number, _, version = numbers.partition(".")
    if kind != "quote" or answer not in ("yes", "no") or not (number.isdecimal() and version.isdecimal()):
        return None
    return int(number), int(version), answer


def _is_value(rest: str, pack: Pack) -> bool:
    name, _, value = rest.partition("=")
    return name in pack.facts and value in pack.facts[name].labels


def _is_group(rest: str, pack: Pack) -> bool:
    name, _, number = rest.rpartition(".")
    return name in pack.facts and number.isdecimal() and int(number) < len(pack.facts[name].groups)


def spelt_by(scene: Scene, text: str) -> str | None:
    """The payload of the button that a typed message spells, in any language: one shown last, or another group."""
    wanted = _plain(text)
    if not wanted:
        return None
    for payload in [*scene.asking.get("taps", ()), *_groups_asked(scene)]:
        for language in LANGUAGES:
            if wanted == _plain(label_of(scene, payload, language)):
                return str(payload)
    return None


def _groups_asked(scene: Scene) -> list[str]:
    facts = [scene.pack.facts[name] for name in scene.asked if name in scene.pack.facts]
    return [f"group:{fact.name}.{number}" for fact in facts for number in range(len(fact.groups))]


def label_of(scene: Scene, payload: str, language: str) -> str:
    """What the button of a payload says in a language; empty if it has no words of its own."""
    kind, _, rest = payload.partition(":")
    pack, texts = scene.pack, scene.shop.texts
    match kind:
        case "fact" if _is_value(rest, pack):
            name, _, value = rest.partition("=")
            return pack.label(name, value, language)
        case "group" if _is_group(rest, pack):
            name, _, number = rest.rpartition(".")
            return pack.groups(name, language)[int(number)][0]
        case "conflict":
            return dict(texts.buttons("claim.conflict", language)).get(rest, "")
        case "quote":
            return dict(texts.buttons("quote.quote", language)).get(rest.rpartition(":")[2], "")
        case "say":
            return dict(texts.buttons("greeting.menu", language)).get(rest, "")
    return ""


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
