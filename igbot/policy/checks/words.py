"""The words of a pack: in every language, short enough for a message or a button, with the right blanks."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter

from igbot.policy.problems import Problem, did_you_mean
from igbot.policy.shape import FactSection, PackFile, Words

BLANKS = ("clause", "clause_title", "item", "deadline", "amount", "remedies", "owner_reply", "needs")
MESSAGE_BYTES = 1000
"""What one direct message holds (CONTRACT 3.2); a Korean syllable is three bytes."""
BUTTON_LETTERS = 20
BUTTONS = 13
"""What a question's quick replies may be (CONTRACT 3.3)."""


def languages(file: PackFile) -> Iterator[Problem]:
    """P19: every text stands in every language of the pack."""
    for number, rule in file.rules.items():
        if rule.say not in file.texts:
            hint = did_you_mean(rule.say, file.texts) if file.texts else ""
            yield Problem("P19", f"rules.{number}.say", f"There is no text `{rule.say}`.", hint)
    for place, words in _all_words(file):
        for language in file.pack.languages:
            if not words.get(language):
                yield Problem("P19", place, f"The text in {language} is missing.", f'{language} = "..."')
    for name, fact in file.facts.items():
        if "asked" in fact.source and fact.default is None and not fact.ask:
            yield Problem(
                "P19", f"facts.{name}.ask", "A fact that is asked needs its question.", 'ask = { ko = "..." }'
            )


def _all_words(file: PackFile) -> Iterator[tuple[str, Words]]:
    yield "shop.name", file.shop.name
    for name, fact in file.facts.items():
        if fact.ask:
            yield f"facts.{name}.ask", fact.ask
        yield from _buttons(name, fact)
    for number, clause in file.clauses.items():
        yield f"clauses.{number}.title", clause.title
        yield f"clauses.{number}.text", clause.text
    for key, words in file.texts.items():
        yield f"texts.{key}", words


def _buttons(name: str, fact: FactSection) -> Iterator[tuple[str, Words]]:
    for value, label in fact.labels.items():
        yield f"facts.{name}.labels.{value}", label
    for n, group in enumerate(fact.groups):
        yield f"facts.{name}.groups.{n}", group.label


def placeholders(file: PackFile) -> Iterator[Problem]:
    """P20: what is told of a decision names its clause, and has no blank that nobody fills."""
    for key in dict.fromkeys(rule.say for rule in file.rules.values()):
        for language, text in file.texts.get(key, {}).items():
            place = f"texts.{key}.{language}"
            try:
                blanks = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
            except ValueError:
                yield Problem(
                    "P20", place, "A brace is open or closed too often.", "Write a lone brace twice: {{ or }}."
                )
                continue
            for name in sorted(blanks.difference(BLANKS)):
                yield Problem("P20", place, f"{{{name}}} is unknown.", did_you_mean(name, BLANKS, called="Known"))
            if "clause" not in blanks:
                yield Problem("P20", place, "{clause} is missing.", "Every decision shows its clause.")


def lengths(file: PackFile) -> Iterator[Problem]:
    """P21: a text fits into one direct message."""
    for place, words in _all_words(file):
        for language, text in words.items():
            if (length := len(text.encode())) > MESSAGE_BYTES:
                what = f"{length} bytes in {language}; a message holds {MESSAGE_BYTES}."
                yield Problem("P21", place, what, "Make it shorter.")


def buttons(file: PackFile) -> Iterator[Problem]:
    """P22: labels fit on buttons, and buttons fit under a question."""
    for name, fact in file.facts.items():
        for place, label in _buttons(name, fact):
            for language, text in label.items():
                if len(text) > BUTTON_LETTERS:
                    what = f"{text!r} has {len(text)} letters; a button holds {BUTTON_LETTERS}."
                    yield Problem("P22", f"{place}.{language}", what)
        if len(fact.labels) > BUTTONS and not fact.groups:
            what = f"{len(fact.labels)} buttons; a question holds {BUTTONS}."
            yield Problem("P22", f"facts.{name}.labels", what, "Put them into groups.")
        for n, group in enumerate(fact.groups):
            if len(group.values) > BUTTONS:
                yield Problem(
                    "P22", f"facts.{name}.groups.{n}", f"{len(group.values)} buttons; {BUTTONS} are possible."
                )
        if len(fact.groups) > BUTTONS:
            yield Problem("P22", f"facts.{name}.groups", f"{len(fact.groups)} groups; {BUTTONS} are possible.")
        if fact.groups and (left := set(fact.labels).difference(*(group.values for group in fact.groups))):
            yield Problem(
                "P22", f"facts.{name}.groups", f"No group holds {', '.join(sorted(left))}.", "Add them to one."
            )
