"""Trouble on demand: what the pretend Graph API has been told to do wrong."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Call = Literal["message", "action", "profile", "any"]
"""Which calls a fault is about: messages, typing and the like, profile look-ups, or everything."""


class RefuseNext(BaseModel):
    """Refuse the next `times` calls of one kind with Meta's `code` and `subcode`."""

    model_config = ConfigDict(extra="forbid")

    code: int
    subcode: int | None = None
    times: Annotated[int, Field(ge=1)] = 1
    call: Call = "message"
    status: int | None = None
    """HTTP status; None: the one Meta uses with this code."""


class Faults(BaseModel):
    """Everything that can be switched on. All off is a good day."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    meta_down: bool = False
    """Every call is answered 503; nothing is sent."""
    token_dead: bool = False
    """Every token is refused with 190/463, until switched off."""
    standby: bool = False
    """Another app has the threads: webhooks come under `standby`, sends are refused with 100/2534037."""
    echo_first: bool = False
    """The echo is delivered before the call is answered (the race of CONTRACT 4.2)."""
    echo_names_app: bool = False
    """Echoes of our sends carry `app_id` (documented for Messenger, unverified on Instagram)."""
    media_down: bool = False
    """The media host answers 503."""
    answers_lost: Annotated[int, Field(ge=0)] = 0
    """So many sends arrive, but are answered 500."""
    slow_seconds: Annotated[float, Field(ge=0, le=120)] = 0
    """Every call is answered that much later, after it was carried out."""
    usage_percent: Annotated[int, Field(ge=0)] | None = None
    """What `X-App-Usage` and `X-Business-Use-Case-Usage` say; None: no such headers."""
    regain_minutes: Annotated[int, Field(ge=0)] = 0
    """`estimated_time_to_regain_access` in the usage header."""
    refuse: list[RefuseNext] = []

    def take_refusal(self, call: Call) -> RefuseNext | None:
        """The refusal that falls due with this call, counted down; None if the call may pass."""
        for due in self.refuse:
            if due.call in {call, "any"}:
                due.times -= 1
                if not due.times:
                    self.refuse.remove(due)
                return due
        return None

    def take_lost_answer(self) -> bool:
        """Is the answer to this send lost? Counts down."""
        if not self.answers_lost:
            return False
        self.answers_lost -= 1
        return True
