"""The people and pictures of the demo are what its orders, its page and its photo checks need."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from PIL import Image, ImageFilter, ImageStat

from igbot.simulator import Instagram, load_sample, pictures

SAMPLE = load_sample()


def test_every_order_belongs_to_someone_on_the_page():
    handles = {person.username for person in SAMPLE.people}

    assert {order.handle for order in SAMPLE.orders} <= handles


def test_there_are_customers_with_no_order_one_and_two_orders_in_both_languages():
    counts = [sum(order.handle == person.username for order in SAMPLE.orders) for person in SAMPLE.people]

    assert set(counts) == {0, 1, 2}
    assert {person.language for person in SAMPLE.people} == {"ko", "en"}
    assert all(person.tries for person in SAMPLE.people)


def test_order_numbers_and_people_are_there_once():
    for ids in ([order.number for order in SAMPLE.orders], [person.igsid for person in SAMPLE.people]):
        assert len(ids) == len(set(ids))


def test_orders_are_dated_back_from_now_in_the_zone_they_went_to():
    now = datetime(2026, 11, 21, 3, tzinfo=UTC)
    by_handle = {order.handle: order for order in SAMPLE.orders}

    earring, studs = by_handle["jiwoo.k"], by_handle["grace_l"]
    assert earring.delivered_at(now) == now - timedelta(hours=3)
    assert earring.delivered_on(now) is None
    assert earring.ordered_on(now) == date(2026, 11, 17)
    assert studs.delivered_at(now) is None
    assert studs.delivered_on(now) == date(2026, 11, 19), "still the 19th in New York"


def test_people_are_introduced_once(now):
    instagram = Instagram()
    SAMPLE.introduce(instagram)
    SAMPLE.introduce(instagram)

    assert [person.igsid for person in instagram.people] == [person.igsid for person in SAMPLE.people]
    assert instagram.find("7310000000001008").contact.name is None


def look(kind: str, number: int = 0) -> Image.Image:
    return Image.open(io.BytesIO(pictures.photo(kind, number)))


def sharpness(picture: Image.Image) -> float:
    """How much neighbouring pixels differ."""
    small = picture.convert("L").resize((300, 375))
    return ImageStat.Stat(small.filter(ImageFilter.FIND_EDGES)).mean[0]


def test_good_pictures_are_large_bright_and_sharp_and_the_others_are_not():
    for kind in ("close_up", "whole"):
        assert min(look(kind).size) >= 900
        assert ImageStat.Stat(look(kind).convert("L")).mean[0] > 90
        assert sharpness(look(kind)) > 3 * sharpness(look("blurred"))
    assert ImageStat.Stat(look("dark").convert("L")).mean[0] < 20
    assert max(look("tiny").size) <= 300


def test_two_pictures_of_a_kind_differ():
    assert pictures.photo("whole", 0) != pictures.photo("whole", 1)


def test_an_unknown_kind_is_named_with_the_known_ones():
    with pytest.raises(LookupError, match="close_up"):
        pictures.photo("selfie")
