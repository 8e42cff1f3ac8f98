"""The sample customers and orders of the demo, read from `sample.toml`."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from igbot.simulator.instagram import Instagram


class SamplePerson(BaseModel):
    """A customer on the phone page."""

    model_config = ConfigDict(extra="forbid")

    igsid: str
    username: str
    name: str | None = None
    language: Literal["ko", "en"]
    note: str
    """What is worth knowing about them, in their language."""
    tries: list[str] = Field(alias="try")
    """Messages worth sending."""


class SampleArticle(BaseModel):
    """One piece of an order; `facts` in the words of the jewellery pack."""

    model_config = ConfigDict(extra="forbid")

    title: str
    facts: dict[str, str] = {}


class SampleOrder(BaseModel):
    """A sale, dated back from the moment the demo is set up."""

    model_config = ConfigDict(extra="forbid")

    number: str
    handle: str
    igsid: str | None = None
    buyer: str | None = None
    ordered_ago: timedelta
    delivered_ago: timedelta
    delivered: Literal["hour", "day"] = "hour"
    """How exactly the carrier knows."""
    zone: str
    """IANA zone of the delivery address."""
    articles: list[SampleArticle]

    def ordered_on(self, now: datetime) -> date:
        """The day of the order, in the delivery zone."""
        return (now - self.ordered_ago).astimezone(ZoneInfo(self.zone)).date()

    def delivered_at(self, now: datetime) -> datetime | None:
        """The instant of delivery in UTC; None if the carrier names only the day."""
        return now - self.delivered_ago if self.delivered == "hour" else None

    def delivered_on(self, now: datetime) -> date | None:
        """The day of delivery in the delivery zone, where that is all the carrier knows."""
        if self.delivered == "hour":
            return None
        return (now - self.delivered_ago).astimezone(ZoneInfo(self.zone)).date()


class Sample(BaseModel):
    """Everything in the file."""

    model_config = ConfigDict(extra="forbid")

    people: list[SamplePerson]
    orders: list[SampleOrder]

    def introduce(self, instagram: Instagram) -> None:
        """Put the people on the phone page; those who are there already stay as they are."""
        for person in self.people:
            instagram.person(person.name, person.username, person.igsid, person.language)


def load_sample() -> Sample:
    """The sample that comes with igbot."""
    return Sample.model_validate(tomllib.loads(files(__package__).joinpath("sample.toml").read_text(encoding="utf-8")))
