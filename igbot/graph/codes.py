"""Meta's error numbers as a table: which of our errors a refusal is, and how often to try (CONTRACT 5.2).

Decided by code and subcode alone; status and text are localised, contradictory, or both (CONTRACT 5.1).
"""

from __future__ import annotations

from dataclasses import dataclass

from igbot.errors import (
    AccessRefused,
    AccountRestricted,
    CustomerGone,
    IgbotError,
    MessageRefused,
    MetaBusy,
    NotThreadOwner,
    OutcomeUnknown,
    ProfileHidden,
    TokenRefused,
    WindowClosed,
)

TRANSIENT_TRIES = 3
"""Tries in all for what may have been a passing fault (CONTRACT 5.2)."""
MEDIA_TRIES = 2
"""Tries in all when Meta could not download our picture (CONTRACT 5.2)."""

WAIT_MINUTES = (1, 5, 15, 60)
"""How long to be quiet after the first, second, ... rate limit in a row, if Meta names no time (CONTRACT 5.2)."""


@dataclass(frozen=True)
class Meaning:
    """What a refusal is. `tries` counts all tries of one message, the first included."""

    error: type[IgbotError]
    tries: int = 1


_UNKNOWN = Meaning(OutcomeUnknown, TRANSIENT_TRIES)
_BUSY = Meaning(MetaBusy)
_WINDOW = Meaning(WindowClosed)
_TOKEN = Meaning(TokenRefused)
_ACCESS = Meaning(AccessRefused)
_RESTRICTED = Meaning(AccountRestricted)
_GONE = Meaning(CustomerGone)
_OTHER_APP = Meaning(NotThreadOwner)
_OUR_BUG = Meaning(MessageRefused)
_MEDIA = Meaning(MessageRefused, MEDIA_TRIES)
_PROFILE = Meaning(ProfileHidden)

MEANINGS: dict[tuple[int, int | None], Meaning] = {
    (-2, None): _UNKNOWN,
    (-1, None): _UNKNOWN,
    (1, None): _UNKNOWN,
    (1, 99): _ACCESS,
    (1, 1357046): _UNKNOWN,
    (2, None): _UNKNOWN,
    (3, None): _ACCESS,
    (4, None): _BUSY,
    (10, None): _ACCESS,
    (10, 1893015): _GONE,
    (10, 1893063): _RESTRICTED,
    (10, 2018108): _GONE,
    (10, 2018278): _WINDOW,
    (10, 2018336): _GONE,
    (10, 2534022): _WINDOW,
    (10, 2534077): _TOKEN,
    (17, None): _BUSY,
    (32, None): _BUSY,
    (100, None): _OUR_BUG,
    (100, 33): _OUR_BUG,
    (100, 2018001): _OUR_BUG,
    (100, 2018008): _MEDIA,
    (100, 2018014): _OUR_BUG,
    (100, 2018047): _OUR_BUG,
    (100, 2018074): _OUR_BUG,
    (100, 2018109): _OUR_BUG,
    (100, 2018164): _OUR_BUG,
    (100, 2018294): _MEDIA,
    (100, 2018320): _OUR_BUG,
    (100, 2018328): _OUR_BUG,
    (100, 2534013): _OUR_BUG,
    (100, 2534014): _OUR_BUG,
    (100, 2534015): _OUR_BUG,
    (100, 2534025): _OUR_BUG,
    (100, 2534029): _RESTRICTED,
    (100, 2534037): _OTHER_APP,
    (102, None): _TOKEN,
    (190, None): _TOKEN,
    **{(190, subcode): _TOKEN for subcode in (458, 459, 460, 463, 464, 467, 492)},
    **{(code, None): _ACCESS for code in range(200, 300)},
    (200, 1545041): _GONE,
    (200, 2018028): _ACCESS,
    (200, 2534041): _ACCESS,
    (200, 2534048): _ACCESS,
    (230, None): _PROFILE,
    (341, None): _BUSY,
    (368, None): _RESTRICTED,
    (551, None): _GONE,
    (551, 1545041): _GONE,
    (613, None): _BUSY,
    (613, 1996): _BUSY,
    (613, 1893016): _OUR_BUG,
    (613, 2018338): _GONE,
    (613, 2534040): _BUSY,
    (2022, None): _RESTRICTED,
    (9010, None): _PROFILE,
    (36103, None): _ACCESS,
    (80001, None): _BUSY,
    (80002, None): _BUSY,
    (80006, None): _BUSY,
    (2018300, None): _OTHER_APP,
    (9000001, None): _OUR_BUG,
}
"""Every pair of the error catalogue. A subcode that is not here means what its code alone means."""

_NO_ANSWER_BUT_DELIVERED = {(1, 1357046)}
_OFTEN_BLOCKED = {2}


def meaning(code: int, subcode: int | None, *, transient: bool = False) -> Meaning:
    """What Meta's refusal means; a code nobody has met is our bug, unless Meta calls it `transient`."""
    known = MEANINGS.get((code, subcode)) or MEANINGS.get((code, None))
    return known or (_UNKNOWN if transient else _OUR_BUG)


def surely_delivered(code: int | None, subcode: int | None) -> bool:
    """Did this error come after the message had been delivered? Then it is never sent again."""
    return (code, subcode) in _NO_ANSWER_BUT_DELIVERED


def often_blocked(code: int | None) -> bool:
    """Is this also how Meta says that the customer has blocked the shop? (CONTRACT 5.2, last line)"""
    return code in _OFTEN_BLOCKED
