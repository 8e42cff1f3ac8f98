"""Claim: something is wrong with a piece.

We ask for what the shop's policy needs next and nothing else: a choice, a day, a photo, or which
order it was. As soon as no answer could change the verdict any more, it is told. Where several
remedies are left the customer chooses; what costs the shop something waits for the owner's yes; what
has no remedy is explained, with a way to a person.
A customer who falls silent finds everything as it was.

Which fact is asked for, and every limit, is the pack's. Words: texts/claim.toml and the pack.
"""

from igbot.flow import STAY, Ask, End, Flow, HandOver, On, alert_owner, ask_now, holds, tell_confirmation, tell_verdict

NEXT = (
    On("choice_needed", "choice"),
    On("day_needed", "day"),
    On("photo_needed", "photo"),
    On("order_needed", "order"),
    On("decided", "remedy", only_if=holds("customer_chooses")),
    On("decided", "with_owner", only_if=holds("owner_decides"), do=alert_owner("undetermined")),
    On("decided", "with_owner", only_if=holds("waits_for_owner"), do=alert_owner("verdict")),
    On("decided", "told"),
)

CHAT = (
    On("greeted", STAY, do=ask_now),
    On("thanked", STAY),
    On("agreed", STAY),
    On("went_silent", "asleep"),
)

CLAIM = Flow(
    name="claim",
    opens=[*NEXT, On("confirmed", "settled")],
    anywhere=[
        On("confirmed", "settled", only_if=holds("answers_itself")),
        On("confirmed", STAY, do=tell_confirmation),
    ],
    states=[
        Ask("choice", *NEXT, On("not_understood", "choice", say="once_more"), *CHAT, says=ask_now, patience="patience"),
        Ask("day", *NEXT, On("not_understood", "day", say="day_once_more"), *CHAT, says=ask_now, patience="patience"),
        Ask("photo", *NEXT, On("not_understood", STAY, say="photo_please"), *CHAT, says=ask_now, patience="patience"),
        Ask(
            "order",
            *NEXT,
            On("not_understood", STAY, only_if=holds("number_unknown"), say="order_not_found"),
            On("not_understood", STAY, say="order_once_more"),
            *CHAT,
            says=ask_now,
            patience="patience",
        ),
        Ask(
            "remedy",
            *NEXT,
            On("not_understood", "choice", say="once_more"),
            *CHAT,
            says=tell_verdict,
            patience="patience",
        ),
        HandOver("with_owner", *NEXT, On("confirmed", "settled"), says=tell_verdict),
        End("told", says=tell_verdict),
        End("settled", says=tell_confirmation),
        End("asleep", says=()),
    ],
)
