"""A customer with a phone in their hand: the verbs of the pretend Instagram that customers have.

Every verb changes the chat and sends the webhook Meta would send. Verbs that make a message answer its mid.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from igbot.simulator import webhooks
from igbot.simulator.state import Attached, Contact, Message, QuickReply, Story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from igbot.simulator.instagram import Instagram

VOICE_TYPE, VIDEO_TYPE, FILE_TYPE = "audio/mp4", "video/mp4", "application/pdf"
HEART = "\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}"


class Person:
    """One customer of the pretend Instagram."""

    def __init__(self, instagram: Instagram, contact: Contact) -> None:
        """Made by `Instagram.person`."""
        self._instagram = instagram
        self.contact = contact

    @property
    def igsid(self) -> str:
        """The Instagram-scoped id, as webhooks name this person."""
        return self.contact.igsid

    @property
    def chat(self) -> list[Message]:
        """Every message of this chat, oldest first."""
        return self._instagram.chat(self)

    # -------------------------------------------------------------- messages

    def writes(self, text: str, *, reply_to: str | None = None, story: bool = False) -> str:
        """A text; as an answer to the message `reply_to`, or to a story of the shop."""
        return self._says(text=text, reply_to=reply_to, story=self._instagram.new_story() if story else None)

    def sends_pictures(self, pictures: Sequence[bytes | Path], text: str = "") -> str:
        """One message with all these pictures, and perhaps a text beside them."""
        return self._says(text=text, attachments=[self._upload("image", each) for each in pictures])

    def sends_video(self, data: bytes | Path = b"") -> str:
        """A video."""
        return self._says(attachments=[self._upload("video", data, VIDEO_TYPE)])

    def sends_voice(self, data: bytes | Path = b"") -> str:
        """A voice note."""
        return self._says(attachments=[self._upload("audio", data, VOICE_TYPE)])

    def sends_file(self, data: bytes | Path = b"") -> str:
        """A file, such as a receipt as PDF."""
        return self._says(attachments=[self._upload("file", data, FILE_TYPE)])

    def sends_view_once(self) -> str:
        """A picture that can be seen once: the API carries nothing of it."""
        return self._says(attachments=[Attached(type="ephemeral")])

    def sends_unsupported(self) -> str:
        """Something the API cannot describe."""
        return self._says(attachments=[Attached(type="unsupported_type")])

    def shares_post(self, title: str, picture: bytes | Path = b"") -> str:
        """A feed post, shared into the chat."""
        return self._says(attachments=[self._upload("ig_post", picture).model_copy(update={"title": title})])

    def mentions_in_story(self, picture: bytes | Path = b"") -> str:
        """A story of this person's that mentions the shop."""
        return self._says(attachments=[self._upload("story_mention", picture)])

    def taps(self, label: str) -> str:
        """The quick reply with this title or payload, of the newest message that offers it.

        Raises LookupError if no message of the shop does.
        """
        chip = self._chip(label)
        return self._says(text=chip.title, payload=chip.payload)

    def presses(self, title: str, payload: str) -> str:
        """A button of a template, the menu or an ice breaker: a postback, not a quick reply."""
        instagram = self._instagram
        with instagram.change():
            message = instagram.new_message(self.igsid, "customer", text=title)
            body = {"mid": message.mid, "title": title, "payload": payload}
            instagram.announce(self.igsid, opens_window=True, postback=body)
        return message.mid

    # -------------------------------------------------------------- acts on messages

    def unsends(self, mid: str) -> None:
        """Takes a message of theirs back; its pictures are gone from the media host."""
        message = self._own(mid)
        with self._instagram.change():
            self._instagram.forget(message)
            self._instagram.announce(self.igsid, message={"mid": mid, "is_deleted": True})

    def edits(self, mid: str, text: str) -> None:
        """Changes the text of a message of theirs."""
        message = self._own(mid)
        with self._instagram.change():
            message.text, message.edits = text, message.edits + 1
            edit = {"mid": mid, "text": text, "num_edit": message.edits}
            self._instagram.announce(self.igsid, message_edit=edit)

    def reacts(self, mid: str, emoji: str | None = HEART) -> None:
        """Puts a reaction on a message; None takes it off again."""
        message = self._instagram.message(mid)
        with self._instagram.change():
            message.reaction = emoji
            self._instagram.announce(self.igsid, reaction=webhooks.reaction_body(mid, emoji))

    def sees(self) -> None:
        """Looks at the chat: the shop's newest message counts as read. Nothing happens if it was read before."""
        unseen = [message for message in self.chat if message.from_shop and not message.seen]
        if not unseen:
            return
        with self._instagram.change():
            for message in unseen:
                message.seen = True
            self._instagram.announce(self.igsid, read={"mid": unseen[-1].mid})

    def follows_link(self, ref: str) -> None:
        """Opens an ig.me link in this chat; that opens the window like a message (CONTRACT 2.7.3)."""
        referral = {"ref": ref, "source": "SHORTLINKS", "type": "OPEN_THREAD"}
        with self._instagram.change():
            self._instagram.announce(self.igsid, opens_window=True, referral=referral)

    def blocks(self, *, is_blocking: bool = True) -> None:
        """Wants nothing from the shop any more, or hears it again. Meta tells nobody."""
        with self._instagram.change():
            self.contact.has_blocked = is_blocking

    # -------------------------------------------------------------- inside

    def _says(
        self,
        *,
        text: str = "",
        attachments: Sequence[Attached] = (),
        payload: str | None = None,
        reply_to: str | None = None,
        story: Story | None = None,
    ) -> str:
        instagram = self._instagram
        with instagram.change():
            message = instagram.new_message(
                self.igsid,
                "customer",
                text=text,
                attachments=list(attachments),
                payload=payload,
                reply_to=reply_to,
                story=story,
            )
            instagram.announce(self.igsid, opens_window=True, message=instagram.as_webhook(message))
        return message.mid

    def _upload(self, kind: str, data: bytes | Path, content_type: str = "") -> Attached:
        raw = data.read_bytes() if isinstance(data, Path) else data
        return Attached(type=kind, asset_id=self._instagram.upload(raw, content_type or picture_type(raw)))

    def _chip(self, label: str) -> QuickReply:
        for message in reversed(self.chat):
            for chip in message.quick_replies:
                if label in {chip.title, chip.payload}:
                    return chip
        raise LookupError(f"The shop offers this person no quick reply {label!r}.")

    def _own(self, mid: str) -> Message:
        message = self._instagram.message(mid)
        if message.igsid != self.igsid or message.from_shop or message.unsent:
            raise LookupError("Only a message of one's own can be changed or taken back, and only once.")
        return message


_SIGNS = ((b"\xff\xd8", "image/jpeg"), (b"\x89PNG", "image/png"), (b"GIF8", "image/gif"), (b"RIFF", "image/webp"))


def picture_type(data: bytes) -> str:
    """The content type a picture's first bytes tell of; HEIC where an iPhone's box says so."""
    for sign, content_type in _SIGNS:
        if data.startswith(sign):
            return content_type
    return "image/heic" if data[4:8] == b"ftyp" else "application/octet-stream"
