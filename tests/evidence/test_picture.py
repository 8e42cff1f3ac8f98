"""Pictures drawn anew, and judged as DECISION-TABLE 8.1 says."""

from __future__ import annotations

import io
import random
import struct
import zlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, PngImagePlugin

from igbot.errors import MediaRefused
from igbot.evidence.picture import Picture, look
from tests.evidence.pictures import SILVER, TARNISHED, VELVET, WHITE, photo, ring, saved

MIN_SIDE = 640


def fault(data: bytes, *known: Picture) -> str | None:
    return look(data, MIN_SIDE, [picture.looks for picture in known]).fault


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


# ------------------------------------------------------------------ drawing


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "HEIF"])
def test_every_kind_of_picture_becomes_a_jpeg_with_a_thumbnail(kind: str) -> None:
    picture = look(saved(ring((1000, 800)), kind), MIN_SIDE)
    assert (picture.width, picture.height, picture.fault) == (1000, 800, None)
    kept, small = opened(picture.jpeg), opened(picture.thumbnail)
    assert (kept.format, kept.size, kept.mode) == ("JPEG", (1000, 800), "RGB")
    assert (small.format, small.size) == ("JPEG", (320, 256))


def test_a_large_picture_is_kept_at_2048() -> None:
    picture = look(saved(Image.linear_gradient("L").resize((5000, 2500)).convert("RGB")), MIN_SIDE)
    assert (picture.width, picture.height) == (2048, 1024)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_phone_held_upright_gives_an_upright_picture_that_tells_no_place(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it a quarter to the right
    exif[0x010F] = "camera of a customer"
    exif.get_ifd(0x8825)[2] = (37.0, 33.0, 0.0)
    picture = look(saved(ring((1000, 800)), kind, exif=exif.tobytes()), MIN_SIDE)
    assert (picture.width, picture.height) == (800, 1000)
    for data in (picture.jpeg, picture.thumbnail):
        assert not opened(data).getexif()
        assert not {"exif", "icc_profile", "comment", "xmp"} & opened(data).info.keys()
        assert b"customer" not in data


def test_comments_and_hidden_files_do_not_survive() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<script>hidden</script>")
    for data in (
        saved(ring(), "JPEG", comment=b"<script>hidden</script>"),
        saved(ring(), "PNG", pnginfo=notes),
        photo() + b"PK\x03\x04 hidden <script>hidden</script>",
    ):
        picture = look(data, MIN_SIDE)
        assert b"hidden" in data
        assert b"hidden" not in picture.jpeg + picture.thumbnail


tolerates_notes = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


@tolerates_notes
def test_an_unreadable_note_of_the_camera_does_no_harm() -> None:
    picture = look(saved(ring((1000, 800)), exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08"), MIN_SIDE)
    assert (picture.width, picture.height) == (1000, 800)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr", "I;16"])
def test_every_way_to_store_colours_can_be_drawn(mode: str) -> None:
    image = ring().convert("I;16" if mode == "I;16" else mode)
    assert look(saved(image, "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"), MIN_SIDE).width == 1080


def test_what_is_transparent_is_white() -> None:
    image = ring((700, 700)).convert("RGBA")
    ImageDraw.Draw(image).rectangle((0, 0, 699, 100), fill=(0, 0, 0, 0))
    assert opened(look(saved(image, "PNG"), MIN_SIDE).jpeg).getpixel((350, 50)) == (255, 255, 255)


def test_of_a_moving_picture_the_first_frame_counts() -> None:
    frames = [ring((700, 700)), Image.new("RGB", (700, 700))]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert fault(data) is None


# ------------------------------------------------------------------ what is no picture


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is huge, in a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="svg"),
        pytest.param(b"<html><script>alert(1)</script></html>", id="html"),
        pytest.param(b"GIF89a/*<script>alert(1)</script>*/=1", id="a script that begins like a picture"),
        pytest.param(b"\xff\xd8\xff\xe0<script>alert(1)</script>", id="a page that begins like a photo"),
        pytest.param(b"\x00\x00\x00\x18ftypheic" + b"\x00" * 200, id="an empty heic"),
        pytest.param(b"\x00\x00\x00\x18ftypisom" + b"\x00" * 200, id="a video"),
        pytest.param(photo()[:2000], id="the beginning of a photo"),
        pytest.param(bomb(60_000, 60_000), id="a bomb"),
        pytest.param(bomb(1_000_000_000, 1), id="a thread"),
    ],
)
def test_what_cannot_be_drawn_is_refused(data: bytes) -> None:
    with pytest.raises(MediaRefused):
        look(data, MIN_SIDE)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(("width", "is_drawn"), [(7071, True), (7072, False)])
def test_fifty_million_pixels_are_the_most(width: int, *, is_drawn: bool) -> None:
    data = saved(Image.new("1", (width, 7071), 1), "PNG")
    if is_drawn:
        assert look(data, MIN_SIDE).width == 2048
    else:
        with pytest.raises(MediaRefused):
            look(data, MIN_SIDE)


@tolerates_notes
@given(seed=st.integers(), kind=st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "HEIF"]))
def test_damaged_bytes_are_drawn_or_refused_and_nothing_else(seed: int, kind: str) -> None:
    data, chance = bytearray(SMALL[kind]), random.Random(seed)
    for _ in range(chance.randint(1, 30)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    if chance.random() < 0.3:
        del data[chance.randrange(1, len(data)) :]
    with suppress(MediaRefused):
        look(bytes(data), MIN_SIDE)


SMALL = {kind: saved(ring((64, 48)), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "HEIF")}


# ------------------------------------------------------------------ judging


@pytest.mark.parametrize(("size", "expected"), [((640, 900), None), ((900, 640), None), ((639, 900), "too_small")])
def test_the_shorter_side_counts(size: tuple[int, int], expected: str | None) -> None:
    assert fault(photo(size=size)) == expected


def test_a_photo_too_large_to_keep_as_it_is_is_not_too_small() -> None:
    assert look(saved(ring((4000, 700))), MIN_SIDE).fault is None


@pytest.mark.parametrize("size", [(1, 1), (2, 5), (3, 3), (9, 2000)])
def test_a_speck_is_judged_without_failing(size: tuple[int, int]) -> None:
    assert look(saved(Image.new("RGB", size, "white"), "PNG"), 1).fault == "blurred"


GOOD: dict[str, dict[str, Any]] = {
    "a ring on wood": {},
    "a small ring on a plain table": {"radius": 0.05},
    "a tiny ring": {"radius": 0.03},
    "a ring in one corner": {"radius": 0.05, "at": (0.1, 0.9)},
    "silver on white": {"table": WHITE, "metal": SILVER},
    "small silver on white": {"table": WHITE, "metal": SILVER, "radius": 0.06},
    "silver on black velvet": {"table": VELVET},
    "tarnished silver on black velvet": {"table": VELVET, "metal": TARNISHED},
    "a large photo": {"size": (3000, 4000)},
    "the smallest photo": {"size": (640, 640)},
    "a little soft": {"out_of_focus": 2},
    "a small ring, a little soft": {"radius": 0.05, "out_of_focus": 2},
    "in the evening": {"light": 0.4},
}


@pytest.mark.parametrize("about", GOOD.values(), ids=GOOD.keys())
def test_a_good_photo_is_usable(about: dict[str, Any]) -> None:
    assert fault(photo(**about)) is None


@pytest.mark.parametrize("level", [0, 10, 40])
def test_a_photo_in_the_dark_is_too_dark(level: int) -> None:
    assert fault(photo(light=level / 225)) == "too_dark"


@pytest.mark.parametrize("radius", [0.05, 0.12, 0.3])
@pytest.mark.parametrize("out_of_focus", [8, 12, 20, 40])
def test_a_photo_out_of_focus_is_blurred(radius: float, out_of_focus: float) -> None:
    assert fault(photo(radius=radius, out_of_focus=out_of_focus)) == "blurred"


def test_a_photo_of_nothing_is_blurred() -> None:
    assert fault(photo(radius=0)) == "blurred"


def test_a_large_photo_out_of_focus_is_blurred_too() -> None:
    assert fault(photo(size=(3000, 3000), out_of_focus=12)) == "blurred"


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(lambda image: saved(image, quality=50), id="saved again"),
        pytest.param(lambda image: saved(image.resize((640, 640))), id="smaller"),
        pytest.param(lambda image: saved(image.resize((1440, 1440))), id="larger"),
        pytest.param(lambda image: saved(image, "HEIF"), id="in another kind of file"),
    ],
)
def test_the_same_picture_again_is_seen_before(again: Any) -> None:
    rings: tuple[dict[str, Any], ...] = ({}, {"table": VELVET}, {"radius": 0.35}, {"table": WHITE, "metal": SILVER})
    for about in rings:
        image = ring((700, 700), **about)
        first = look(saved(image), MIN_SIDE)
        assert first.fault is None
        assert fault(again(image), first) == "seen_before"


@pytest.mark.parametrize(
    "other",
    [{"at": (0.55, 0.52)}, {"radius": 0.16}, {"radius": 0.3}, {"table": VELVET, "at": (0.45, 0.55)}],
    ids=str,
)
def test_another_photo_of_the_same_ring_is_not_seen_before(other: dict[str, Any]) -> None:
    assert fault(photo(**other), look(photo(), MIN_SIDE)) is None


def test_the_same_dark_photo_again_is_still_dark() -> None:
    dark = photo(light=0.05)
    assert fault(dark, look(dark, MIN_SIDE)) == "too_dark"


def test_looks_are_128_hexadecimal_digits_and_compare_with_any_known() -> None:
    first, second = look(photo(), MIN_SIDE), look(photo(radius=0.3), MIN_SIDE)
    assert len(first.looks) == len(bytes.fromhex(first.looks)) * 2 == 128
    assert fault(photo(), second, first) == "seen_before"
