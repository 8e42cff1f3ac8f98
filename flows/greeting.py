"""Greeting: somebody writes, and we do not know yet what about.

We say hello and show what we can help with; a picture that comes before any words is kept for
what they tell about it. What we cannot place we ask about once more, with
the same buttons; after that the owner reads it. Thanks are answered with a kind word.

Words: texts/greeting.toml.
"""

from igbot.flow import STAY, Ask, End, Flow, HandOver, On, alert_owner

GREETING = Flow(
    name="greeting",
    opens=[
        On("greeted", "menu"),
        On("picture_came", "picture"),
        On("not_understood", "menu_again"),
        On("thanked", "goodbye"),
        On("agreed", "goodbye"),
    ],
    states=[
        Ask(
            "menu",
            On("not_understood", "menu_again"),
            On("greeted", STAY),
            On("thanked", "goodbye"),
            On("agreed", STAY),
            On("went_silent", "over"),
            patience="patience",
        ),
        Ask(
            "picture",
            On("not_understood", "menu_again"),
            On("picture_came", STAY),
            On("greeted", STAY),
            On("thanked", "goodbye"),
            On("agreed", STAY),
            On("went_silent", "over"),
            patience="patience",
        ),
        Ask(
            "menu_again",
            On("not_understood", "with_owner", do=alert_owner("not_understood")),
            On("greeted", STAY),
            On("thanked", "goodbye"),
            On("agreed", STAY),
            On("went_silent", "over"),
            patience="patience",
        ),
        HandOver("with_owner"),
        End("goodbye"),
        End("over", says=()),
    ],
)
