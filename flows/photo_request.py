"""Photo request: the owner would like to see something.

The owner asks from the console, in her own words if she likes. A photo that can be used goes to
her, and so does what is written after it; one that cannot is kindly asked for again.

Words: texts/photo_request.toml.
"""

from igbot.flow import STAY, Ask, End, Flow, HandOver, On, alert_owner

PHOTO_REQUEST = Flow(
    name="photo_request",
    opens=[On("photo_requested", "photo")],
    states=[
        Ask(
            "photo",
            On("photo_arrived", "thanks", do=alert_owner("photo")),
            On("photo_unusable", STAY, say="every_chat.photo_again"),
            On("photo_requested", "photo"),
            On("not_understood", STAY, do=alert_owner("wrote")),
            On("greeted", STAY),
            On("thanked", STAY),
            On("agreed", STAY),
            On("went_silent", "over"),
            patience="patience",
        ),
        HandOver("thanks", On("photo_requested", "photo")),
        End("over", says=()),
    ],
)
