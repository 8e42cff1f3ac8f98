"""What a flow file may import. The platform knows how conversations move; the shop says which there are."""

from igbot.flow.acts import (
    alert_owner,
    ask_now,
    holds,
    not_yet,
    read_back_quote,
    remember,
    tell_confirmation,
    tell_quote,
    tell_reason,
    tell_verdict,
    words,
)
from igbot.flow.model import OPENING, STAY, Ask, End, Flow, HandOver, On
from igbot.flow.turn import Say, Turn

__all__ = [
    "OPENING",
    "STAY",
    "Ask",
    "End",
    "Flow",
    "HandOver",
    "On",
    "Say",
    "Turn",
    "alert_owner",
    "ask_now",
    "holds",
    "not_yet",
    "read_back_quote",
    "remember",
    "tell_confirmation",
    "tell_quote",
    "tell_reason",
    "tell_verdict",
    "words",
]
