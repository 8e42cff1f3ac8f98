"""What can be done in one chat by HTTP: the body of each request, and what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from igbot.simulator import pictures
from igbot.simulator.person import HEART

if TYPE_CHECKING:
    from collections.abc import Callable

    from igbot.simulator.instagram import Instagram
    from igbot.simulator.person import Person

Text = Annotated[str, Field(min_length=1, max_length=10_000)]
SAME_PICTURE = "again"
"""The sample that is no new photo: the last one of the chat once more."""


class Act(BaseModel):
    """A request body; unknown keys are refused, so that a typing error is noticed."""

    model_config = ConfigDict(extra="forbid")

    def do(self, instagram: Instagram, person: Person) -> str | None:
        """Carry it out; the mid of the message made, if one was. Raises LookupError."""
        raise NotImplementedError


class Writes(Act):
    """A text, perhaps as an answer to a message or to a story of the shop."""

    text: Text
    reply_to: str | None = None
    story: bool = False

    def do(self, instagram: Instagram, person: Person) -> str:
        """Carry it out."""
        del instagram
        return person.writes(self.text, reply_to=self.reply_to, story=self.story)


class SendsSamples(Act):
    """Sample pictures by name (`close_up`, `whole`, `dark`, `blurred`, `tiny`, `again`), all in one message."""

    samples: Annotated[list[str], Field(min_length=1, max_length=10)]
    text: str = ""

    def do(self, instagram: Instagram, person: Person) -> str:
        """Carry it out. Every picture differs from those sent before in this chat, but for `again`."""
        earlier = [each.asset_id for message in person.chat for each in message.attachments if each.type == "image"]
        chosen = []
        for number, name in enumerate(self.samples, start=len(earlier)):
            last = instagram.file_on_phone(earlier[-1] or "") if name == SAME_PICTURE and earlier else None
            chosen.append(last[0] if last else pictures.photo(name, number))
        return person.sends_pictures(chosen, self.text)


class Sends(Act):
    """Something other than a picture."""

    kind: Literal["voice", "video", "file", "view_once", "unsupported", "post", "story_mention"]

    def do(self, instagram: Instagram, person: Person) -> str:
        """Carry it out."""
        del instagram
        ways: dict[str, Callable[[], str]] = {
            "voice": person.sends_voice,
            "video": person.sends_video,
            "file": person.sends_file,
            "view_once": person.sends_view_once,
            "unsupported": person.sends_unsupported,
            "post": lambda: person.shares_post("Moonstone ring", pictures.thumbnail("whole")),
            "story_mention": lambda: person.mentions_in_story(pictures.thumbnail("whole")),
        }
        return ways[self.kind]()


class Taps(Act):
    """A quick reply, by title or payload."""

    label: Text

    def do(self, instagram: Instagram, person: Person) -> str:
        """Carry it out."""
        del instagram
        return person.taps(self.label)


class Presses(Act):
    """A button, menu entry or ice breaker: a postback."""

    title: str
    payload: Text

    def do(self, instagram: Instagram, person: Person) -> str:
        """Carry it out."""
        del instagram
        return person.presses(self.title, self.payload)


class Unsends(Act):
    """A message is taken back."""

    mid: Text

    def do(self, instagram: Instagram, person: Person) -> None:
        """Carry it out."""
        del instagram
        person.unsends(self.mid)


class Edits(Act):
    """A message gets another text."""

    mid: Text
    text: Text

    def do(self, instagram: Instagram, person: Person) -> None:
        """Carry it out."""
        del instagram
        person.edits(self.mid, self.text)


class Reacts(Act):
    """A reaction on a message; null takes it off."""

    mid: Text
    emoji: str | None = HEART

    def do(self, instagram: Instagram, person: Person) -> None:
        """Carry it out."""
        del instagram
        person.reacts(self.mid, self.emoji)


class Sees(Act):
    """The chat is looked at."""

    def do(self, instagram: Instagram, person: Person) -> None:
        """Carry it out."""
        del instagram
        person.sees()


class Follows(Act):
    """An ig.me link with this ref is opened."""

    ref: Text

    def do(self, instagram: Instagram, person: Person) -> None:
        """Carry it out."""
        del instagram
        person.follows_link(self.ref)


class Blocks(Act):
    """The shop is blocked, or heard again."""

    is_blocking: bool = True

    def do(self, instagram: Instagram, person: Person) -> None:
        """Carry it out."""
        del instagram
        person.blocks(is_blocking=self.is_blocking)


class OwnerTypes(Act):
    """The owner answers in the Instagram app; with `app_id` another tool does."""

    text: Text
    app_id: str | None = None

    def do(self, instagram: Instagram, person: Person) -> str:
        """Carry it out."""
        return instagram.owner_types(person, self.text, self.app_id)


class OwnerUnsends(Act):
    """The owner takes a message of the shop back."""

    mid: Text

    def do(self, instagram: Instagram, person: Person) -> None:
        """Carry it out."""
        del person
        instagram.owner_unsends(self.mid)


ACTS: dict[str, type[Act]] = {
    "messages": Writes,
    "samples": SendsSamples,
    "media": Sends,
    "taps": Taps,
    "postbacks": Presses,
    "unsend": Unsends,
    "edits": Edits,
    "reactions": Reacts,
    "seen": Sees,
    "links": Follows,
    "block": Blocks,
    "owner": OwnerTypes,
    "owner-unsend": OwnerUnsends,
}
"""By the last part of the path: `POST /simulator/api/people/<igsid>/<act>`."""
