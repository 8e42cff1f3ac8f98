"""Ready-made acts and questions for flows. An act says or notes something; a question answers yes or no."""

from __future__ import annotations

from collections.abc import Callable

from igbot.flow.turn import Turn

Act = Callable[[Turn], None]
Question = Callable[[Turn], bool]


def words(key: str) -> Act:
    """Say the words with this key; without a dot the flow's own."""

    def say_words(turn: Turn) -> None:
        turn.say("words", key if "." in key else f"{turn.flow}.{key}")

    say_words.key = key  # type: ignore[attr-defined]  # so that the check of the shop finds words that are missing
    return say_words


def ask_now(turn: Turn) -> None:
    """Ask for the fact (or two) that the policy needs next."""
    turn.say("question")


def tell_verdict(turn: Turn) -> None:
    """Tell what was decided, with its clauses, what was measured, and how to reach a person."""
    turn.say("verdict")


def tell_quote(turn: Turn) -> None:
    """Show the quote: its lines, total and last day, and ask for a yes or no."""
    turn.say("quote")


def read_back_quote(turn: Turn) -> None:
    """Say the sum once more and ask whether that is the yes."""
    turn.say("quote_read_back")


def tell_confirmation(turn: Turn) -> None:
    """Tell what the owner confirmed or decided, who pays which way, and where to send the piece."""
    turn.say("confirmation")


def tell_reason(turn: Turn) -> None:
    """Say that a person takes over, in words that fit the reason."""
    turn.say("handing_over")


def alert_owner(why: str) -> Act:
    """Put the conversation on the owner's list."""

    def alert(turn: Turn) -> None:
        turn.alert_owner(why)

    return alert


def remember(note: str) -> Act:
    """Remember this while the conversation stays where it is."""

    def remember_note(turn: Turn) -> None:
        turn.remember(note)

    return remember_note


def holds(what: str) -> Question:
    """Is this true in this turn?"""

    def is_true(turn: Turn) -> bool:
        return what in turn.true

    is_true.__name__ = what
    return is_true


def not_yet(what: str) -> Question:
    """Is this not (yet) true in this turn?"""

    def is_not_true(turn: Turn) -> bool:
        return what not in turn.true

    is_not_true.__name__ = f"not {what}"
    return is_not_true
