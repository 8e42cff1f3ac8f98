"""Amounts as people type them, and as they are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from igbot.web.console.forms import major_units, minor_units


@given(amount=st.integers(min_value=0, max_value=10**9), currency=st.sampled_from(["KRW", "USD", "JPY", "KWD"]))
def test_an_amount_written_out_is_read_back(amount: int, currency: str) -> None:
    assert minor_units(major_units(amount, currency), currency) == amount


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("8,000", "KRW", 8000), ("12.5", "USD", 1250), (" 1 000 ", "JPY", 1000), ("0", "EUR", 0)],
)
def test_amounts_are_read_as_people_type_them(text: str, currency: str, minor: int) -> None:
    assert minor_units(text, currency) == minor


@pytest.mark.parametrize("text", ["", "x", "1e400", "NaN", "Infinity", "-1", "1.5", "12.345"])
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        minor_units(text, "KRW")
