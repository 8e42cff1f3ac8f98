"""The shapes of questions to the policy: one JSON object each, told apart by `kind` (DESIGN 5.5)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, TypeAdapter, ValidationError

from igbot.errors import BadRequest
from igbot.policy.clocks import Received


def _instant(value: object) -> datetime:
    """An aware instant from its ISO text."""
    instant = datetime.fromisoformat(_text(value))
    if instant.tzinfo is None:
        raise ValueError(f"{value} names no time zone; write 2026-11-21T12:00:00+09:00 or end it in Z")
    return instant


def _day(value: object) -> date:
    return date.fromisoformat(_text(value))


def _received(value: object) -> Received:
    """An instant, a date, a list of two instants, or null."""
    if value is None:
        return None
    if isinstance(value, list):
        first, last = value
        return _instant(first), _instant(last)
    return _day(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", _text(value)) else _instant(value)


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{value!r} is no IANA time zone") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")  # noqa: TRY004 - pydantic turns a ValueError into its sentence
    return value


Instant = Annotated[datetime, PlainValidator(_instant)]
Day = Annotated[date, PlainValidator(_day)]
Zone = Annotated[ZoneInfo, PlainValidator(_zone)]
ReceivedAt = Annotated[Received, PlainValidator(_received)]
Facts = dict[str, Any]
"""Facts by name; what a value may be is seen to by the pack."""


class Shape(BaseModel):
    """Nothing is converted: "1" is no number, 1 is no text."""

    model_config = ConfigDict(strict=True, frozen=True)


class Asked(Shape):
    """What every question may carry."""

    id: Any = None
    pack: str | None = None


class Clock(Shape):
    """Contact and receipt, from which `age` is made."""

    contact: Instant
    received: ReceivedAt = None
    zone: Zone | None = None
    shop_zone: Zone | None = None
    closed: bool = False


class LineQuestion(Asked):
    kind: Literal["line"] = "line"
    facts: Facts
    clock: Clock | None = None
    guard: dict[str, str] | None = None


class ClockQuestion(Asked):
    kind: Literal["clock"]
    facts: Clock


class Step(Shape):
    learn: Facts = {}
    guard: dict[str, str] | None = None


class SequenceQuestion(Asked):
    kind: Literal["sequence"]
    steps: list[Step]


class Item(Shape):
    lines: list[Facts] = Field(min_length=1)


class ClaimQuestion(Asked):
    kind: Literal["claim"]
    items: list[Item] = Field(min_length=1)


class TableQuestion(Asked):
    kind: Literal["table"]
    table: str
    facts: dict[str, str]


class SendFacts(Shape):
    last_customer_message: Instant | None = None
    now: Instant
    sender: Literal["bot", "person"]
    tag: Literal["approved", "not_approved"]


class SendQuestion(Asked):
    kind: Literal["send"]
    facts: SendFacts


class UnclaimedFacts(Shape):
    ready_notice_on: Day | None = None
    now: Instant
    shop_zone: Zone | None = None
    collected: str = "no"
    notice: str = "delivered"
    owner_says: str = "nothing"


class UnclaimedQuestion(Asked):
    kind: Literal["unclaimed"]
    facts: UnclaimedFacts


class StatusFacts(Shape):
    stage: str
    issued_on: Day | None = None
    today: Day | None = None
    holidays: list[Day] | None = None


class StatusQuestion(Asked):
    kind: Literal["status"]
    facts: StatusFacts


class PaidItem(Shape):
    paid_minor: int = Field(ge=0)
    accepted: bool


class AmountFacts(Shape):
    items: list[PaidItem]
    payer: Literal["customer", "shop", "undecided"]
    label_used: bool = False
    label_cost_minor: int = Field(default=0, ge=0)
    currency: str


class AmountQuestion(Asked):
    kind: Literal["amount"]
    facts: AmountFacts


_QUESTION: TypeAdapter[Any] = TypeAdapter(
    Annotated[
        LineQuestion
        | ClockQuestion
        | SequenceQuestion
        | ClaimQuestion
        | TableQuestion
        | SendQuestion
        | UnclaimedQuestion
        | StatusQuestion
        | AmountQuestion,
        Field(discriminator="kind"),
    ]
)


def question(body: object) -> Any:  # noqa: ANN401 - one of the classes above; `kind` says which
    """The question that a line's JSON asks; `line` unless it names another kind.

    Raises BadRequest with the first thing that does not fit.
    """
    if not isinstance(body, dict):
        raise BadRequest("A line is one JSON object.")
    return _fits(_QUESTION, {"kind": "line", **body}, skip=1)


def clock(body: object) -> Clock:
    """The clock that stands among facts in place of `age`. Raises BadRequest when it is none."""
    return body if isinstance(body, Clock) else _fits(TypeAdapter(Clock), body)


def _fits(shape: TypeAdapter[Any], body: object, *, skip: int = 0) -> Any:  # noqa: ANN401 - as `question`
    try:
        return shape.validate_python(body)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "union_tag_invalid":
            raise BadRequest(
                f"There is no kind {first['ctx']['tag']!r}; there are {first['ctx']['expected_tags']}."
            ) from None
        place = ".".join(str(part) for part in first["loc"][skip:] if "[" not in str(part))
        what = first["msg"].removeprefix("Value error, ")
        raise BadRequest(f"{place}: {what}." if place else f"{what}.") from None
