"""How Meta says no: its codes, its words, its envelope (CONTRACT 5.1, 5.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from igbot.simulator.ids import new_trace

if TYPE_CHECKING:
    from igbot.simulator.state import Login


@dataclass(frozen=True)
class Refusal:
    """One way of refusing a call. `status` is HTTP's, `type` Meta's kind of exception."""

    code: int
    subcode: int | None
    message: str
    status: int = 400
    type: str = "OAuthException"
    is_transient: bool = False

    def with_status(self, status: int | None) -> Refusal:
        """The same refusal under another HTTP status, if one is given."""
        return replace(self, status=status) if status else self

    def envelope(self) -> dict[str, Any]:
        """The body of the answer, with a fresh trace id."""
        error: dict[str, Any] = {"message": self.message, "type": self.type, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.is_transient:
            error["is_transient"] = True
        return {"error": error | {"fbtrace_id": new_trace()}}


class Refused(Exception):
    """Raised wherever the pretend Graph API refuses a call."""

    def __init__(self, refusal: Refusal) -> None:
        """`refusal` is what the caller gets to read."""
        super().__init__(refusal.message)
        self.refusal = refusal


TOKEN_UNKNOWN = Refusal(190, None, "Invalid OAuth access token - Cannot parse access token")
TOKEN_EXPIRED = Refusal(190, 463, "Error validating access token: Session has expired.")
TOKEN_TOO_YOUNG = Refusal(10, None, "The access token is less than 24 hours old and cannot be refreshed yet.")
NO_SUCH_OBJECT = Refusal(
    100,
    33,
    "Object with ID does not exist, cannot be loaded due to missing permissions, or does not support this operation",
)
NO_SUCH_PERSON = Refusal(100, 2534014, "No matching Instagram user")
NO_CONSENT = Refusal(230, None, "User consent is required to access user profile", type="IGApiException")
PERSON_UNAVAILABLE = Refusal(551, 1545041, "This person isn't available right now.")
NOT_THREAD_OWNER = Refusal(100, 2534037, "The action is invalid since it's not the thread owner.")
TOO_FAST = Refusal(613, 2534040, "Calls to this api have exceeded the rate limit.")
MESSAGE_AND_ACTION = Refusal(100, 2018014, "The message and sender_action parameters cannot be used in one call.")
BAD_MESSAGE = Refusal(100, 2534015, "Invalid message data")
NOT_FETCHED = Refusal(100, 2018008, "Failed to fetch the file from the url.")
NOT_OUR_ATTACHMENT = Refusal(100, 2018074, "Possible invalid ID or you do not own the attachment.")
DOWN = Refusal(
    2, None, "An unexpected error has occurred. Please retry your request later.", status=503, is_transient=True
)
ANSWER_LOST = Refusal(1, None, "An unknown error occurred", status=500)
_OUTSIDE_WINDOW = Refusal(
    10, 2534022, "This message is sent outside of allowed window.", status=403, type="IGApiException"
)

_KNOWN = {
    (refusal.code, refusal.subcode): refusal
    for refusal in (
        TOKEN_EXPIRED,
        NO_SUCH_OBJECT,
        NO_SUCH_PERSON,
        NO_CONSENT,
        PERSON_UNAVAILABLE,
        NOT_THREAD_OWNER,
        TOO_FAST,
        MESSAGE_AND_ACTION,
        BAD_MESSAGE,
        NOT_FETCHED,
        NOT_OUR_ATTACHMENT,
        Refusal(2, None, DOWN.message, status=500, is_transient=True),
        ANSWER_LOST,
        Refusal(9010, None, "No matching Instagram user", type="IGApiException"),
        Refusal(200, 2534041, "The account owner has disabled access to instagram direct messages."),
        Refusal(
            200,
            2534048,
            "(#200) App does not have Advanced Access and the recipient has no role on the app.",
            status=403,
        ),
    )
}


def outside_window(login: Login) -> Refusal:
    """The shut window, as each of the two hosts words it (CONTRACT 3.4)."""
    if login == "instagram":
        return _OUTSIDE_WINDOW
    return replace(_OUTSIDE_WINDOW, message=f"(#10) {_OUTSIDE_WINDOW.message}", status=400, type="OAuthException")


def bad_parameter(message: str) -> Refusal:
    """Code 100 without a subcode: something in the call itself is wrong."""
    return Refusal(100, None, f"(#100) {message}")


def told_to(code: int, subcode: int | None, login: Login) -> Refusal:
    """The refusal with these codes, in Meta's words where they are known."""
    if (code, subcode) == (_OUTSIDE_WINDOW.code, _OUTSIDE_WINDOW.subcode):
        return outside_window(login)
    known = _KNOWN.get((code, subcode))
    return known or Refusal(code, subcode, f"(#{code}) The pretend Instagram was told to refuse this call.")
