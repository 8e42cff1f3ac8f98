"""A customer's picture: drawn anew, small enough to show, and is it good enough to judge by?

The bytes are a stranger's. A decoder is chosen by what the bytes are, opens nothing else, and is
given no picture of more pixels than it can bear; what it drew is saved as a new JPEG, so nothing
but the picture itself remains: no place, no camera, no hidden file (CONTRACT 6).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import pillow_heif
from PIL import Image, ImageFilter, ImageOps, ImageStat

from igbot.errors import MediaRefused
from igbot.evidence.kinds import JPEG, kind_of

Fault = Literal["too_small", "too_dark", "blurred", "seen_before"]

_MOST_PIXELS = 50_000_000
"""A phone's largest photo has 48 million."""
_LARGEST_SIDE = 2048
_THUMBNAIL_SIDE = 320
_WHITE = (255, 255, 255)

_LIGHT = 70
"""A brightness of 255 that something in the picture must reach: a piece on black velvet does."""
_DARK_SHARE = 0.998

_TILES = 8
_EDGES = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
_SHARP = 40
"""Variance of the Laplacian in the sharpest tile, at thumbnail size. A phone's noise makes about 27, a piece out
of focus by 6 of 1080 pixels less than 45, a piece in focus, however small or pale, 80 and more."""

_GRID = 16
_STEP = 2
"""Levels of 255 between neighbours that count as a difference: less is noise, and noise is never the same twice."""
_SAME = 3
"""Of 512 differences. The same picture saved again differs in 3 at most, one taken again in 5 and more."""
_FEWEST_EDGES = 6
"""A picture of nearly nothing looks like any other of nearly nothing."""

_FAILURES = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError),
    *(SyntaxError, TypeError, ValueError, struct.error, zlib.error),
    *(Image.DecompressionBombError, Image.DecompressionBombWarning),
)
"""What decoders raise at bytes made to break them; all mean the same: this is no picture."""

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = _MOST_PIXELS


@dataclass(frozen=True)
class Picture:
    """A picture we may keep and show; `fault` says why it is no usable photo, if it is none (DECISION-TABLE 8.1)."""

    jpeg: bytes
    thumbnail: bytes
    width: int
    height: int
    looks: str
    """A difference hash, hexadecimal: close ones are the same picture."""
    fault: Fault | None


def look(data: bytes, min_side_px: int, known_looks: Iterable[str] = ()) -> Picture:
    """Draw a picture anew and judge it.

    `min_side_px` is what the shorter side must have at least; `known_looks` are those of pictures
    already taken for good. Raises MediaRefused if the bytes are no picture that can be drawn.
    """
    try:
        image, shorter_side = _drawn(data)
        small = image.copy()
        small.thumbnail((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    except _FAILURES:
        raise MediaRefused("This is not a picture that can be shown.") from None
    looks = _looks(image)
    return Picture(
        jpeg=_saved(image, quality=88),
        thumbnail=_saved(small, quality=80),
        width=image.width,
        height=image.height,
        looks=f"{looks:0{_GRID * _GRID * 2 // 4}x}",
        fault=_fault(small, shorter_side, min_side_px, is_known=_is_among(looks, known_looks)),
    )


# ------------------------------------------------------------------ drawing


def _drawn(data: bytes) -> tuple[Image.Image, int]:
    """The first frame, upright, in plain colours, no larger than we keep; and its shorter side as it came."""
    kind = kind_of(data)
    if kind is None or kind.media != "image":
        raise ValueError("not a picture")
    with Image.open(io.BytesIO(data), formats=[kind.name]) as file:
        if file.width * file.height > _MOST_PIXELS:
            raise ValueError("too many pixels")
        shorter_side = min(file.size)
        if kind is JPEG:
            file.draft(None, (_LARGEST_SIDE, _LARGEST_SIDE))  # a large photo is read at half its size
        file.load()
        image = file.convert("RGBA") if file.has_transparency_data else file.convert("RGB")
        image.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE), Image.Resampling.LANCZOS)
        return _on_white(_upright(image)), shorter_side


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera was held, if it tells so in a way that can be read."""
    try:
        return ImageOps.exif_transpose(image)
    except _FAILURES:
        return image


def _on_white(image: Image.Image) -> Image.Image:
    """A new picture of the same pixels, which therefore carries nothing else."""
    plain = Image.new("RGB", image.size, _WHITE)
    plain.paste(image, mask=image if image.mode == "RGBA" else None)
    return plain


def _saved(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


# ------------------------------------------------------------------ judging


def _fault(small: Image.Image, shorter_side: int, min_side_px: int, *, is_known: bool) -> Fault | None:
    """The first thing that is wrong with a picture, in the order in which a customer can mend it."""
    grey = small.convert("L")
    if shorter_side < min_side_px:
        return "too_small"
    if _brightest(grey) < _LIGHT:
        return "too_dark"
    if _sharpness(grey) < _SHARP:
        return "blurred"
    return "seen_before" if is_known else None


def _brightest(grey: Image.Image) -> int:
    """The brightness that all but the lightest 0.2 % of the picture stay below."""
    rest = grey.width * grey.height * _DARK_SHARE
    for level, count in enumerate(grey.histogram()):
        rest -= count
        if rest <= 0:
            return level
    return 255


def _sharpness(grey: Image.Image) -> float:
    """How sharp the sharpest part is: a small ring on a plain table is in focus although the table has no edges."""
    if min(grey.size) < _TILES:
        return 0
    edges = grey.filter(_EDGES).crop((1, 1, grey.width - 1, grey.height - 1))
    across = [edges.width * n // _TILES for n in range(_TILES + 1)]
    down = [edges.height * n // _TILES for n in range(_TILES + 1)]
    return max(
        float(ImageStat.Stat(edges.crop((left, top, right, bottom))).var[0])
        for left, right in pairwise(across)
        for top, bottom in pairwise(down)
        if left < right and top < bottom
    )


def _looks(image: Image.Image) -> int:
    """Where the picture gets darker from left to right and from top to bottom, one bit for each place in a grid."""
    grey = image.convert("L")
    rows = _levels(grey, _GRID + 1, _GRID)
    columns = _levels(grey, _GRID, _GRID + 1)
    differences = [
        *(row[x] > row[x + 1] + _STEP for row in rows for x in range(_GRID)),
        *(upper[x] > lower[x] + _STEP for upper, lower in pairwise(columns) for x in range(_GRID)),
    ]
    return sum(bit << place for place, bit in enumerate(differences))


def _levels(grey: Image.Image, width: int, height: int) -> list[bytes]:
    levels = grey.resize((width, height), Image.Resampling.BOX).tobytes()
    return [levels[start : start + width] for start in range(0, width * height, width)]


def _is_among(looks: int, known_looks: Iterable[str]) -> bool:
    if looks.bit_count() < _FEWEST_EDGES:
        return False
    return any((looks ^ int(known, 16)).bit_count() <= _SAME for known in known_looks)
