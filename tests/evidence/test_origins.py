"""Which addresses a file may come from."""

from __future__ import annotations

import pytest

from igbot.errors import MediaRefused
from igbot.evidence.origins import Origin, is_public, origin
from igbot.settings import META_MEDIA_HOSTS

SIMULATOR = "http://127.0.0.1:9001"


@pytest.mark.parametrize(
    "url",
    [
        "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1&signature=x",
        "https://LOOKASIDE.fbsbx.com:443/x",
        "https://scontent-icn2-1.xx.fbcdn.net/x.jpg",
        "https://scontent.cdninstagram.com/x.jpg",
        "https://a.b.fbsbx.com/",
    ],
)
def test_meta_s_own_places_are_allowed(url: str) -> None:
    assert (origin(url, META_MEDIA_HOSTS).scheme, origin(url, META_MEDIA_HOSTS).port) == ("https", 443)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://lookaside.fbsbx.com/x", id="not encrypted"),
        pytest.param("https://lookaside.fbsbx.com:8443/x", id="another port"),
        pytest.param("https://127.0.0.1/x", id="this machine"),
        pytest.param("https://[::1]/x", id="this machine in version 6"),
        pytest.param("https://lookaside.fbsbx.com.evil.example/x", id="a longer name"),
        pytest.param("https://evilfbcdn.net/x", id="no dot before the ending"),
        pytest.param("https://fbcdn.net/x", id="the ending alone"),
        pytest.param("https://lookaside.fbsbx.com./x", id="a final dot"),
        pytest.param("https://lookaside.fbsbx.com@evil.example/x", id="the name as a user"),
        pytest.param("https://user:pass@lookaside.fbsbx.com/x", id="a log-in"),
        pytest.param("https://@lookaside.fbsbx.com/x", id="an empty log-in"),
        pytest.param("https://evil.example\\@lookaside.fbsbx.com/x", id="a backslash"),
        pytest.param("https://lookaside.fbsbx.com\\.evil.example/x", id="a backslash in the name"),
        pytest.param("https://evil.example#@lookaside.fbsbx.com/x", id="the name as a fragment"),
        pytest.param("https://evil.example/?https://lookaside.fbsbx.com/", id="the name in the query"),
        pytest.param("https://ⅼookaside.fbsbx.com.evil.example/", id="letters that look alike"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("ftp://lookaside.fbsbx.com/x", id="ftp"),
        pytest.param("data:image/png;base64,AAAA", id="data"),
        pytest.param("https:///x", id="no name"),
        pytest.param("https://lookaside.fbsbx.com:99999/", id="no such port"),
        pytest.param("https://[::1/", id="half an address"),
        pytest.param("", id="nothing"),
        pytest.param(f"{SIMULATOR}/x", id="the simulator, unless it is named"),
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    with pytest.raises(MediaRefused):
        origin(url, META_MEDIA_HOSTS)


def test_an_exact_origin_is_allowed_as_it_is() -> None:
    hosts = (*META_MEDIA_HOSTS, SIMULATOR)
    assert origin(f"{SIMULATOR}/x", hosts) == Origin("http", "127.0.0.1", 9001, is_named=True)
    assert not origin("https://lookaside.fbsbx.com/x", hosts).is_named


@pytest.mark.parametrize("url", ["http://127.0.0.1:9002/", "https://127.0.0.1:9001/", "http://localhost:9001/"])
def test_an_exact_origin_allows_nothing_beside_it(url: str) -> None:
    with pytest.raises(MediaRefused):
        origin(url, (SIMULATOR,))


@pytest.mark.parametrize("address", ["157.240.22.35", "2a03:2880:f10c:83:face:b00c:0:25de", "::ffff:157.240.22.35"])
def test_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


INNER = """
    127.0.0.1 127.8.8.8 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 192.0.2.1 198.18.0.1
    224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
    :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd12:3456::1 ff02::1 2001:db8::1 ::127.0.0.1
    ::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::10.0.0.1 2002:7f00:1:: 2002:a9fe:a9fe::1
"""


@pytest.mark.parametrize("address", INNER.split())
def test_inner_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_the_host_header_names_the_port_only_if_it_is_unusual() -> None:
    assert origin("https://a.fbcdn.net/", META_MEDIA_HOSTS).host_header == "a.fbcdn.net"
    assert origin("http://[::1]:9001/", ["http://[::1]:9001"]).host_header == "[::1]:9001"
