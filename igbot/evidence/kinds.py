"""What is this file? Told by its bytes alone; what its name or its sender says counts for nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Kind:
    """A kind of file we keep (CONTRACT 6). `media` is its word in table PHOTO."""

    name: str
    media: Literal["image", "video", "voice", "file"]
    content_type: str
    suffix: str


JPEG = Kind("JPEG", "image", "image/jpeg", ".jpg")
PNG = Kind("PNG", "image", "image/png", ".png")
WEBP = Kind("WEBP", "image", "image/webp", ".webp")
GIF = Kind("GIF", "image", "image/gif", ".gif")
HEIC = Kind("HEIF", "image", "image/heic", ".heic")
MP4 = Kind("MP4", "video", "video/mp4", ".mp4")
MOV = Kind("MOV", "video", "video/quicktime", ".mov")
M4A = Kind("M4A", "voice", "audio/mp4", ".m4a")
AAC = Kind("AAC", "voice", "audio/aac", ".aac")
WAV = Kind("WAV", "voice", "audio/wav", ".wav")
OGG = Kind("OGG", "voice", "audio/ogg", ".ogg")
PDF = Kind("PDF", "file", "application/pdf", ".pdf")

_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (rb"\xff\xd8\xff", JPEG),
    (rb"\x89PNG\r\n\x1a\n", PNG),
    (rb"RIFF....WEBP", WEBP),
    (rb"GIF8[79]a", GIF),
    # Boxes: a small size first, so that no tag can stand there, then `ftyp` and the brand.
    (rb"\x00\x00..ftyp(hei[cxms]|hev[cxms]|mif1|msf1)", HEIC),
    (rb"\x00\x00..ftypqt  ", MOV),
    (rb"\x00\x00..ftypM4[AB] ", M4A),
    (rb"\x00\x00..ftyp(isom|iso[2-9]|mp4[12]|avc1|M4V |M4VP|MSNV|3gp[4-7]|dash)", MP4),
    (rb"\xff[\xf0\xf1\xf8\xf9]", AAC),
    (rb"RIFF....WAVE", WAV),
    (rb"OggS\x00", OGG),
    (rb"%PDF-\d", PDF),
)
_PATTERNS = tuple((re.compile(start, re.DOTALL), kind) for start, kind in _STARTS)

_MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml)", re.IGNORECASE)
_FIRST = 4096


def kind_of(data: bytes) -> Kind | None:
    """The kind of these bytes; None for any we do not keep.

    A file that is two things at once is none: markup near the beginning of anything that is kept as
    it came (pictures are drawn anew) would be run by a browser that guesses.
    """
    kind = next((kind for pattern, kind in _PATTERNS if pattern.match(data)), None)
    if kind and kind.media != "image" and _MARKUP.search(data[:_FIRST]):
        return None
    return kind
