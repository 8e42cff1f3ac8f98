"""Hand-over: a person has to look.

Somebody asked for one, is upset, speaks of law, money back through the bank or their health, or
tells a story that no longer fits. We say who answers and by when, and then keep still: what the
customer writes is filed for the owner. When she gives the chat back, we say so in one line.

Words: texts/hand_over.toml.
"""

from igbot.flow import STAY, End, Flow, HandOver, On, tell_reason

HAND_OVER = Flow(
    name="hand_over",
    opens=[
        On("owner_needed", "with_owner"),
        On("handed_back", "back"),
    ],
    states=[
        HandOver(
            "with_owner",
            On("owner_needed", STAY),
            On("photo_filed", STAY),
            On("handed_back", "back"),
            says=tell_reason,
        ),
        End("back"),
    ],
)
