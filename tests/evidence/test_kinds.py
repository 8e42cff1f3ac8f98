"""Files are what their bytes say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from igbot.evidence import kinds
from igbot.evidence.kinds import Kind, kind_of

BOX = b"\x00\x00\x00\x18ftyp"


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", kinds.JPEG),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", kinds.PNG),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", kinds.WEBP),
        (b"RIFF\x0a\n\x00\x00WEBPVP8L", kinds.WEBP),
        (b"GIF89a", kinds.GIF),
        (b"GIF87a", kinds.GIF),
        (BOX + b"heic\x00\x00\x00\x00", kinds.HEIC),
        (BOX + b"mif1\x00\x00\x00\x00", kinds.HEIC),
        (BOX + b"isom\x00\x00\x02\x00", kinds.MP4),
        (BOX + b"mp42\x00\x00\x00\x00", kinds.MP4),
        (BOX + b"qt  \x00\x00\x02\x00", kinds.MOV),
        (BOX + b"M4A \x00\x00\x02\x00", kinds.M4A),
        (b"\xff\xf1\x50\x80", kinds.AAC),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", kinds.WAV),
        (b"OggS\x00\x02", kinds.OGG),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", kinds.PDF),
    ],
    ids=lambda value: value.name if isinstance(value, Kind) else None,
)
def test_a_kind_is_told_by_its_first_bytes(start: bytes, kind: Kind) -> None:
    assert kind_of(start + b"\x00" * 100) is kind


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", id="svg"),
        pytest.param(b"<?xml version='1.0'?><svg/>", id="xml"),
        pytest.param(b"<!DOCTYPE html><script>alert(1)</script>", id="html"),
        pytest.param(b"#!/bin/sh\nrm -rf /", id="a script"),
        pytest.param(b"MZ\x90\x00", id="a program"),
        pytest.param(b"PK\x03\x04", id="an archive"),
        pytest.param(b"BM\x00\x00", id="bmp"),
        pytest.param(b"II*\x00", id="tiff"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0", id="postscript"),
        pytest.param(BOX + b"avif\x00\x00\x00\x00", id="avif"),
        pytest.param(b" \xff\xd8\xff", id="a picture after a space"),
        pytest.param(b"<svgftypisom onload=alert(1)>", id="a tag where a video tells its size"),
        pytest.param(BOX + b"isom\x00\x00\x02\x00<script>alert(1)</script>", id="a video with a script"),
        pytest.param(b"%PDF-1.4\n<HTML><body onload=alert(1)>", id="a document with a page in it"),
        pytest.param(b"RIFF\x24\x00\x00\x00WAVE< script>", id="a sound with a script"),
    ],
)
def test_anything_else_is_no_file_we_keep(data: bytes) -> None:
    assert kind_of(data) is None


@given(data=st.binary())
def test_no_bytes_make_it_fail(data: bytes) -> None:
    kind_of(data)
