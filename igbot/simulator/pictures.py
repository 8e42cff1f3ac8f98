"""Photos a customer might take of a ring, drawn by code: a good close-up, the whole piece, and three that are no use.

No two numbers of one kind look the same, so that sending a picture twice does not pass for the same photo again.
"""

from __future__ import annotations

import functools
import io
import math

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

KINDS = ("close_up", "whole", "dark", "blurred", "tiny")
SIZE = (960, 1200)
TINY = (240, 300)
_FINER = 2
"""Drawn at twice the size, then scaled down: smooth edges without a drawing library."""
_CLOTHS = ((214, 202, 188), (188, 200, 205), (205, 190, 200), (196, 205, 188), (222, 214, 205))
_GOLD_DARK, _GOLD_LIGHT = (122, 84, 30), (250, 224, 150)
_STONE = ((236, 246, 255), (190, 218, 240), (150, 188, 222), (214, 234, 250))


@functools.lru_cache(maxsize=32)
def photo(kind: str, number: int = 0) -> bytes:
    """The JPEG of one kind; `number` changes angle, distance and cloth. Raises LookupError for an unknown kind."""
    return _photo(kind, number, TINY if kind == "tiny" else SIZE)


@functools.lru_cache(maxsize=32)
def thumbnail(kind: str) -> bytes:
    """The same as a small JPEG to choose by. Raises LookupError for an unknown kind."""
    return _photo(kind, 0, TINY)


def _photo(kind: str, number: int, size: tuple[int, int]) -> bytes:
    if kind not in KINDS:
        raise LookupError(f"There is no sample picture {kind!r}; there are {', '.join(KINDS)}.")
    picture = _scene(size, close=kind == "close_up", number=number)
    if kind == "dark":
        picture = ImageEnhance.Brightness(picture).enhance(0.07)
    elif kind == "blurred":
        picture = picture.filter(ImageFilter.GaussianBlur(size[0] / 48))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=88)
    return file.getvalue()


def _scene(size: tuple[int, int], *, close: bool, number: int) -> Image.Image:
    """A ring on a cloth by daylight: near, with its stone missing, or the whole piece with its stone."""
    width, height = (side * _FINER for side in size)
    turn = (-14, 23, -38, 8, 41, -27)[number % 6]
    radius = (0.62 if close else 0.33) * width * (1, 0.9, 1.08, 0.95)[number % 4]
    centre = (width * (0.5 + 0.05 * ((number % 3) - 1)), height * (0.86 if close else 0.56))
    ring = Image.new("RGBA", (width, height))
    _band(ImageDraw.Draw(ring), centre, radius)
    place = _on_circle(centre, radius * 1.02, turn - 90)
    _setting(ImageDraw.Draw(ring), place, radius * 0.34, has_stone=not close)
    shadow = Image.new("RGBA", ring.size, (40, 30, 25, 0))
    shadow.putalpha(ring.getchannel("A").point(lambda alpha: alpha * 2 // 5))
    picture = _cloth(size, _CLOTHS[number % len(_CLOTHS)]).resize(ring.size).convert("RGBA")
    picture.alpha_composite(shadow.filter(ImageFilter.GaussianBlur(width / 120)), (width // 90, width // 70))
    picture.alpha_composite(ring)
    return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def _cloth(size: tuple[int, int], colour: tuple[int, int, int]) -> Image.Image:
    """Woven linen under light from the upper left."""
    weave = Image.effect_noise(size, 38).filter(ImageFilter.SHARPEN)
    light = Image.radial_gradient("L").crop((100, 100, 256, 256)).resize(size)
    plain = Image.new("RGB", size, colour)
    shaded = Image.composite(ImageEnhance.Brightness(plain).enhance(0.66), plain, light)
    threads = Image.merge("RGB", (weave, weave, weave))
    return Image.blend(shaded, threads, 0.14)


def _band(draw: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float) -> None:
    """A round band: rings of colour from the dark outer edge over the shine to the dark inner edge."""
    thick = radius * 0.17
    steps = int(thick)
    for step in range(steps):
        across = step / steps
        shine = math.sin(math.pi * across) ** 1.6 * (0.75 + 0.25 * math.cos(9 * across))
        reach = radius - step
        box = (centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach)
        draw.ellipse(box, outline=_between(_GOLD_DARK, _GOLD_LIGHT, shine), width=2)
    for start, end in ((205, 238), (300, 318), (40, 66)):
        reach = radius - thick * 0.42
        box = (centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach)
        draw.arc(box, start, end, fill=(255, 250, 228), width=max(3, steps // 9))


def _setting(draw: ImageDraw.ImageDraw, centre: tuple[float, float], size: float, *, has_stone: bool) -> None:
    """The cup that holds the stone: with a cut stone in it, or empty with its claws standing about."""
    _disc(draw, centre, size, _GOLD_DARK)
    for step in range(int(size * 0.2)):
        _circle(draw, centre, size - step, _between(_GOLD_DARK, _GOLD_LIGHT, math.sin(step / (size * 0.2) * math.pi)))
    if has_stone:
        _stone(draw, centre, size * 0.8)
    else:
        for step in range(int(size * 0.8)):
            depth = step / (size * 0.8)
            _disc(draw, centre, size * 0.8 - step, _between((88, 62, 28), (18, 13, 9), depth**0.6))
        draw.arc(_around(centre, size * 0.62), 20, 150, fill=(170, 128, 62), width=int(size * 0.05))
    for claw in range(6):
        angle = math.radians(30 + 60 * claw)
        place = (centre[0] + math.cos(angle) * size * 0.86, centre[1] + math.sin(angle) * size * 0.86)
        _disc(draw, place, size * 0.13, _GOLD_DARK)
        _disc(draw, (place[0] - size * 0.02, place[1] - size * 0.03), size * 0.09, _GOLD_LIGHT)


def _stone(draw: ImageDraw.ImageDraw, centre: tuple[float, float], size: float) -> None:
    """Sixteen facets about a bright table."""
    _disc(draw, centre, size, _STONE[2])
    rim = [_on_circle(centre, size, 22.5 * facet) for facet in range(16)]
    table = [_on_circle(centre, size * 0.52, 22.5 * facet + 11.25) for facet in range(16)]
    for facet in range(16):
        after = (facet + 1) % 16
        draw.polygon([rim[facet], rim[after], table[facet]], fill=_STONE[facet % 4])
        draw.polygon([rim[after], table[facet], table[after]], fill=_STONE[(facet + 2) % 4])
    draw.polygon(table, fill=(244, 250, 255))
    draw.polygon([table[9], table[11], centre], fill=(255, 255, 255))
    draw.polygon([table[1], table[4], centre], fill=(200, 224, 242))


def _on_circle(centre: tuple[float, float], radius: float, degrees: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)


def _around(centre: tuple[float, float], radius: float) -> tuple[float, float, float, float]:
    return centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius


def _disc(draw: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float, fill: tuple[int, int, int]) -> None:
    draw.ellipse(_around(centre, radius), fill=fill)


def _circle(draw: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float, fill: tuple[int, int, int]) -> None:
    draw.ellipse(_around(centre, radius), outline=fill, width=2)


def _between(dark: tuple[int, int, int], light: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(low + (high - low) * share) for low, high in zip(dark, light, strict=True))
    return red, green, blue
