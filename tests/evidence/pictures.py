"""Pictures a customer might take, drawn for tests."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]

WOOD, WHITE, VELVET = (225, 222, 218), (240, 240, 240), (25, 25, 28)
STEEL, SILVER, TARNISHED = (150, 150, 155), (215, 215, 218), (90, 90, 90)


def ring(
    size: tuple[int, int] = (1080, 1080),
    *,
    table: Colour = WOOD,
    metal: Colour = STEEL,
    radius: float = 0.12,
    at: tuple[float, float] = (0.5, 0.5),
    out_of_focus: float = 0,
    light: float = 1,
) -> Image.Image:
    """A ring on a plain table, photographed by a phone: a little noise, light from one side.

    `radius` and `at` are shares of the picture; `out_of_focus` is in pixels of 1080.
    """
    finer = 2 if max(size) <= 1080 else 1
    width, height = size[0] * finer, size[1] * finer
    image = Image.new("RGB", (width, height), table)
    draw = ImageDraw.Draw(image)
    across, x, y = radius * width, at[0] * width, at[1] * height
    for share, shade in ((1.0, 0.6), (0.97, 0.8), (0.92, 0.95), (0.86, None)):
        inside = table if shade is None else tuple(int(channel * shade) for channel in metal)
        half = (across * share, across * share * 0.8)
        draw.ellipse((x - half[0], y - half[1], x + half[0], y + half[1]), fill=inside)
    image = image.resize(size, Image.Resampling.LANCZOS)
    lamp = Image.linear_gradient("L").resize(size)
    image = Image.blend(image, Image.merge("RGB", [lamp] * 3), 0.06)
    if out_of_focus:
        image = image.filter(ImageFilter.GaussianBlur(out_of_focus * size[0] / 1080))
    image = image.point(lambda level: int(level * light))
    noise = Image.effect_noise(size, 4)
    return Image.merge("RGB", [ImageChops.add(channel, noise, 1, -128) for channel in image.split()])


def saved(image: Image.Image, kind: str = "JPEG", **how: Any) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    image.save(file, kind, **({"quality": 80} | how if kind != "PNG" else how))
    return file.getvalue()


def photo(**about: Any) -> bytes:
    """A photo of a ring as Instagram hands it over: a JPEG of middling quality."""
    return saved(ring(**about))
