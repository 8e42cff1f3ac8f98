"""Signatures: every vector, any of several secrets, and what must never pass."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from igbot.errors import BadRequest
from igbot.graph.signature import matches_when_escaped, matching_secret, signed_request

VECTORS = Path(__file__).parents[1] / "payloads" / "vectors"


def vectors(name: str) -> list[Any]:
    rows = json.loads((VECTORS / f"{name}.json").read_text())
    return [pytest.param(row, id=row["name"]) for row in rows]


def secrets_of(vector: dict[str, Any]) -> list[str]:
    return vector.get("secrets") or [vector["secret"]]


def sign(raw: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("vector", vectors("signature"))
def test_a_webhook_passes_exactly_when_its_vector_says_so(vector: dict[str, Any]) -> None:
    signed = matching_secret(vector["raw_body"].encode(), vector["x_hub_signature_256"], secrets_of(vector))
    assert (signed is not None) == vector["valid"]


@pytest.mark.parametrize("vector", vectors("signed_request"))
def test_a_signed_request_is_read_exactly_when_its_vector_says_so(vector: dict[str, Any]) -> None:
    if vector["valid"]:
        assert signed_request(vector["signed_request"], secrets_of(vector)) == vector["payload"]
    else:
        with pytest.raises(BadRequest):
            signed_request(vector["signed_request"], secrets_of(vector))


def test_it_tells_which_secret_signed() -> None:
    assert matching_secret(b"{}", sign(b"{}", "new"), ["old", "new"]) == 2
    assert matching_secret(b"{}", sign(b"{}", "old"), ["old", "new"]) == 1


@pytest.mark.parametrize("header", ["", "sha256=", "sha256=00", "sha1=00", "sha256=é", "SHA256=" + "0" * 64])
def test_an_odd_header_is_refused_and_not_an_error(header: str) -> None:
    assert matching_secret(b"{}", header, ["secret"]) is None


def test_no_secret_means_no_webhook_passes() -> None:
    assert matching_secret(b"{}", sign(b"{}", ""), []) is None


@given(raw=st.binary(), other=st.binary(), secret=st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_signature_fits_its_own_bytes_only(raw: bytes, other: bytes, secret: str) -> None:
    header = sign(raw, secret)
    assert matching_secret(raw, header, [secret]) == 1
    assert (matching_secret(other, header, [secret]) == 1) == (raw == other)


def test_a_body_rewritten_on_the_way_is_recognised_but_not_accepted() -> None:
    sent = json.dumps({"text": "반지"}, separators=(",", ":")).encode()
    arrived = json.dumps({"text": "반지"}, separators=(",", ":"), ensure_ascii=False).encode()
    header = sign(sent, "secret")
    assert matching_secret(arrived, header, ["secret"]) is None
    assert matches_when_escaped(arrived, header, ["secret"])
    assert not matches_when_escaped(b"not json", header, ["secret"])


@pytest.mark.parametrize("text", ["", ".", "a.b", "!!!.???", "é.é", "A" * 5 + "." + "A" * 5])
def test_an_odd_signed_request_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequest):
        signed_request(text, ["secret"])
