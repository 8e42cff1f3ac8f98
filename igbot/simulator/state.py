"""What the pretend Instagram remembers, and how it survives a restart: one JSON file, pictures beside it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from igbot.errors import BrokenShop

Sender = Literal["customer", "app", "owner"]
"""Who wrote a message: the customer, a program through the Graph API, or the owner in the Instagram app."""

Login = Literal["instagram", "facebook"]
"""Which of the two set-ups of CONTRACT 1.1 the pretend Graph API plays."""


class Contact(BaseModel):
    """A person with an Instagram account, as the shop's account sees them."""

    igsid: str
    username: str
    name: str | None
    language: str = "ko"
    """The language the phone page suggests for this person; Meta knows nothing of it."""
    last_acted_at: datetime | None = None
    """The last act that opened the 24 hours (CONTRACT 3.4): a message, a tap, an ig.me visit."""
    has_blocked: bool = False
    typing_until: datetime | None = None
    """The shop's typing dots are shown until then."""


class Attached(BaseModel):
    """One attachment: Meta's type, and the file's number on the media host or an address elsewhere."""

    type: str
    asset_id: str | None = None
    url: str | None = None
    title: str | None = None


class QuickReply(BaseModel):
    """A chip below a message."""

    title: str
    payload: str


class Story(BaseModel):
    """The story of the shop that a message answers."""

    id: str
    asset_id: str


class Message(BaseModel):
    """One bubble of a chat."""

    mid: str
    igsid: str
    """Whose chat it stands in."""
    by: Sender
    at: datetime
    text: str = ""
    attachments: list[Attached] = []
    quick_replies: list[QuickReply] = []
    payload: str | None = None
    """Of the tapped quick reply this message is."""
    reply_to: str | None = None
    story: Story | None = None
    tag: str | None = None
    """The message tag it was sent with, such as HUMAN_AGENT."""
    reaction: str | None = None
    """The customer's."""
    shop_reaction: str | None = None
    edits: int = 0
    seen: bool = False
    unsent: bool = False

    @property
    def from_shop(self) -> bool:
        """Did the shop's account send it, by whatever means?"""
        return self.by != "customer"


class Asset(BaseModel):
    """A file on the media host; its bytes lie on the shelf."""

    id: str
    signature: str
    content_type: str


class Token(BaseModel):
    """An access token. `expires_at` None: it has no end."""

    value: str
    is_short: bool = False
    issued_at: datetime
    expires_at: datetime | None = None


class State(BaseModel):
    """Everything, as it is written to the file."""

    ahead_seconds: float = 0
    """How far the clock had been moved when this was written."""
    contacts: dict[str, Contact] = {}
    messages: dict[str, Message] = {}
    assets: dict[str, Asset] = {}
    tokens: dict[str, Token] = {}
    subscribed_fields: list[str] = ["messages"]


class Shelf:
    """The bytes of pictures, by asset number; in memory, or as files in a folder."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is made when the first file is put there."""
        self._folder = folder
        self._kept: dict[str, bytes] = {}

    def put(self, asset_id: str, data: bytes) -> None:
        """Keep the bytes of one asset."""
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / asset_id).write_bytes(data)
        else:
            self._kept[asset_id] = data

    def get(self, asset_id: str) -> bytes | None:
        """The bytes, or None if they are gone or never were."""
        if not self._folder:
            return self._kept.get(asset_id)
        try:
            return (self._folder / asset_id).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, asset_id: str) -> None:
        """Forget the bytes; nothing happens if there are none."""
        if self._folder:
            (self._folder / asset_id).unlink(missing_ok=True)
        self._kept.pop(asset_id, None)


def load(path: Path | None) -> State:
    """The state in that file, or an empty one where there is no file yet. Raises BrokenShop if it cannot be read."""
    if not path or not path.exists():
        return State()
    try:
        return State.model_validate_json(path.read_bytes())
    except ValidationError:
        raise BrokenShop(f"{path} does not hold the pretend Instagram's chats; move it away and start again.") from None


def save(state: State, path: Path) -> None:
    """Write the whole state; a reader sees the old file or the new one, never half of either."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.write_text(state.model_dump_json(indent=1, exclude_defaults=True))
    draft.replace(path)
