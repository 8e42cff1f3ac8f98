"""Quote: the owner has priced a repair, the customer says yes or no.

The yes must be to this quote: a tap, its number, or a reply to it. A bare "ok" is read back with
the sum once. A no closes the repair and nothing is owed; haggling and anything unclear go to the
owner, and so does a yes that comes after the last day, or to a quote that is over.

Prices, days and what follows from an answer are the pack's (table QUOTE). Words: texts/quote.toml.
"""

from igbot.flow import STAY, Ask, End, Flow, HandOver, On, alert_owner, read_back_quote, tell_quote

ANSWERS = (
    On("quote_accepted", "accepted", do=alert_owner("quote_accepted")),
    On("quote_declined", "declined", do=alert_owner("quote_declined")),
    On("quote_haggled", "with_owner", do=alert_owner("quote_haggled")),
    On("quote_too_late", "too_late", do=alert_owner("quote_too_late")),
    On("quote_outdated", STAY, say="outdated"),
    On("quote_known", STAY, say="accepted"),
    On("quote_over", STAY, say="over", do=alert_owner("quote_haggled")),
)

CHAT = (
    On("quote_sent", "answer"),
    On("quote_withdrawn", "stopped"),
    On("not_understood", "with_owner", do=alert_owner("wrote")),
    On("greeted", STAY),
    On("thanked", STAY),
    On("agreed", STAY),
    On("went_silent", STAY),
)

QUOTE = Flow(
    name="quote",
    opens=[
        On("quote_sent", "answer"),
        On("quote_yes_unclear", "sure"),
        On("quote_withdrawn", "stopped"),
        On("repair_declined", "not_repairable"),
        *ANSWERS,
    ],
    states=[
        Ask("answer", *ANSWERS, On("quote_yes_unclear", "sure"), *CHAT, says=tell_quote, patience="patience"),
        Ask("sure", *ANSWERS, On("quote_yes_unclear", STAY), *CHAT, says=read_back_quote, patience="patience"),
        HandOver("with_owner", *ANSWERS, On("quote_yes_unclear", "sure"), On("quote_sent", "answer")),
        HandOver("too_late", On("quote_sent", "answer")),
        End("accepted"),
        End("declined"),
        End("not_repairable"),
        End("stopped"),
    ],
)
