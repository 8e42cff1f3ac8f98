"""Fetching over a real connection to this machine; names are answered by a fake resolver."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from igbot.errors import IgbotError, MediaRefused, MetaUnreachable
from igbot.evidence.fetch import Fetcher, Limits
from igbot.settings import META_MEDIA_HOSTS
from tests.evidence.media_host import Answer, Media, leads_to, says, serving


@pytest.fixture
def media() -> Iterator[Media]:
    with serving() as found:
        yield found


# ------------------------------------------------------------------ what is fetched


def test_a_file_is_fetched_without_anything_that_tells_who_asks(media: Media) -> None:
    media.answers["/a"] = says(b"picture", Set_Cookie="who=you")
    assert media.fetch("/a") == b"picture"
    assert media.fetch("/a") == b"picture"
    for _, headers in media.asked:
        assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}
        assert headers["Host"] == f"127.0.0.1:{media.port}"


def test_cookies_do_not_travel_along_a_redirect(media: Media) -> None:
    media.answers |= {"/a": says(b"", 302, Location="/b", Set_Cookie="who=you"), "/b": says(b"picture")}
    assert media.fetch("/a") == b"picture"
    assert all("Cookie" not in headers for _, headers in media.asked)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_three_redirects_are_followed(media: Media, status: int) -> None:
    media.answers |= {f"/{n}": leads_to(f"{media.origin}/{n + 1}", status) for n in range(3)}
    media.answers["/3"] = says(b"picture")
    assert media.fetch("/0") == b"picture"


def test_a_chunked_answer_is_put_together(media: Media) -> None:
    def chunked(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(b"4\r\npict\r\n3\r\nure\r\n0\r\n\r\n")

    media.answers["/a"] = chunked
    assert media.fetch("/a") == b"picture"


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://lookaside.fbsbx.com/x", id="not encrypted"),
        pytest.param("https://127.0.0.1/x", id="this machine"),
        pytest.param("https://lookaside.fbsbx.com.evil.example/x", id="a longer name"),
    ],
)
def test_a_forbidden_address_is_not_even_looked_up(url: str) -> None:
    looked_up: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        return ["157.240.22.35"]

    with pytest.raises(MediaRefused):
        Fetcher(META_MEDIA_HOSTS, resolve=resolve).fetch(url)
    assert looked_up == []


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("http://169.254.169.254/latest/meta-data/", id="the cloud's own address"),
        pytest.param("https://169.254.169.254/", id="the same over https"),
        pytest.param("http://127.0.0.1:1/", id="another port of this machine"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("//evil.example/", id="another host"),
        pytest.param("https://inside.fbcdn.net/", id="an allowed name that leads inside"),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(media: Media, target: str) -> None:
    media.answers["/a"] = leads_to(target)
    names = {"127.0.0.1": ["127.0.0.1"], "inside.fbcdn.net": ["10.0.0.7"]}
    fetcher = Fetcher([media.origin, *META_MEDIA_HOSTS], resolve=lambda host, _port: names[host])
    with pytest.raises(MediaRefused):
        fetcher.fetch(f"{media.origin}/a")


def test_the_fourth_redirect_is_one_too_many(media: Media) -> None:
    media.answers |= {f"/{n}": leads_to(f"/{n + 1}") for n in range(4)}
    media.answers["/4"] = says(b"picture")
    with pytest.raises(MediaRefused):
        media.fetch("/0")
    assert len(media.asked) == 4


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["::1"], ["157.240.22.35", "10.0.0.1"], ["::ffff:169.254.169.254"], ["fe80::1%eth0"]],
    ids=str,
)
def test_an_allowed_name_that_leads_inside_is_refused(addresses: list[str]) -> None:
    with pytest.raises(MediaRefused):
        Fetcher(META_MEDIA_HOSTS, resolve=lambda *_: addresses).fetch("https://a.fbcdn.net/x")


def test_the_connection_goes_to_the_address_that_was_checked(media: Media) -> None:
    """A name that answers differently the second time gains nothing: it is asked once."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    named = f"http://media.test:{media.port}"
    media.answers["/a"] = says(b"picture")
    assert Fetcher([named], resolve=lambda *_: next(answers)).fetch(f"{named}/a") == b"picture"
    assert next(answers) == ["10.0.0.1"]
    assert media.asked[0][1]["Host"] == f"media.test:{media.port}"


def test_the_next_address_is_tried_if_one_does_not_answer(media: Media) -> None:
    named = f"http://media.test:{media.port}"
    media.answers["/a"] = says(b"picture")
    assert Fetcher([named], resolve=lambda *_: ["::1", "127.0.0.1"]).fetch(f"{named}/a") == b"picture"


@pytest.mark.parametrize("honest", [True, False])
def test_a_file_too_large_is_cut_off(media: Media, *, honest: bool) -> None:
    sent: list[int] = []

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        if honest:
            request.send_header("Content-Length", str(10**9))
        request.end_headers()
        while not media.over.is_set():
            try:
                sent.append(request.wfile.write(b"x" * 65536))
            except OSError:
                return

    media.answers["/a"] = endless
    with pytest.raises(MediaRefused):
        media.fetch("/a", most_bytes=1_000_000)
    assert sum(sent) < 50_000_000


def test_a_file_of_exactly_the_limit_is_kept(media: Media) -> None:
    media.answers |= {"/a": says(b"x" * 1000), "/b": says(b"x" * 1001)}
    assert len(media.fetch("/a", most_bytes=1000)) == 1000
    with pytest.raises(MediaRefused):
        media.fetch("/b", most_bytes=1000)


# ------------------------------------------------------------------ what may work later


def silent(media: Media) -> Answer:
    def answer(_request: BaseHTTPRequestHandler) -> None:
        media.over.wait(10)

    return answer


def trickles(media: Media) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000000")
        request.end_headers()
        while not media.over.wait(0.02):
            try:
                request.wfile.write(b"x")
                request.wfile.flush()
            except OSError:
                return

    return answer


@pytest.mark.parametrize("how", [silent, trickles])
def test_a_slow_answer_is_given_up_at_the_time_limit(media: Media, how: Callable[[Media], Answer]) -> None:
    media.answers["/a"] = how(media)
    with pytest.raises(MetaUnreachable):
        media.fetch("/a", total_seconds=0.3)


@pytest.mark.parametrize("status", [400, 403, 404, 410, 429, 500, 503, 204])
def test_any_other_answer_is_tried_again(media: Media, status: int) -> None:
    media.answers["/a"] = says(b"", status)
    with pytest.raises(MetaUnreachable):
        media.fetch("/a")


def test_an_answer_that_breaks_off_is_tried_again(media: Media) -> None:
    media.answers["/a"] = says(b"pic", length=7)
    with pytest.raises(MetaUnreachable):
        media.fetch("/a")


def test_a_name_nobody_knows_is_tried_again() -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(MetaUnreachable):
        Fetcher(META_MEDIA_HOSTS, resolve=resolve).fetch("https://a.fbcdn.net/x")


def test_a_closed_port_is_tried_again(media: Media) -> None:
    with pytest.raises(MetaUnreachable):
        Fetcher(["http://127.0.0.1:1"]).fetch("http://127.0.0.1:1/a")


def test_no_error_says_where_the_file_lay(media: Media) -> None:
    media.answers["/a?signature=secret"] = says(b"", 403)
    with pytest.raises(IgbotError) as unreachable:
        media.fetch("/a?signature=secret")
    with pytest.raises(IgbotError) as refused:
        Fetcher(META_MEDIA_HOSTS).fetch("https://evil.example/?signature=secret")
    assert "secret" not in f"{unreachable.value}{refused.value}"


# ------------------------------------------------------------------ certificates


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for `media.test` that is its own authority, and its key."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing: `apt-get install openssl` brings it.")
    folder = tmp_path_factory.mktemp("tls")
    shown, key = folder / "certificate.pem", folder / "key.pem"
    about = ["-subj", "/CN=media.test", "-addext", "subjectAltName=DNS:media.test"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command = ["openssl", "req", "-x509", "-nodes", "-days", "2", *kind, *about]
    subprocess.run([*command, "-keyout", key, "-out", shown], check=True, capture_output=True)
    return shown, key


@dataclass
class Secure:
    """A media host with a certificate."""

    media: Media
    authority: str
    names_asked_for: list[str | None]

    def fetch(self, name: str = "media.test", *, trusted: bool = True, **limits: float) -> bytes:
        at = f"https://{name}:{self.media.port}"
        authorities = self.authority if trusted else None
        limit = Limits(**limits)  # type: ignore[arg-type]  # a table of numbers
        return Fetcher([at], resolve=lambda *_: ["127.0.0.1"], authorities=authorities, limits=limit).fetch(f"{at}/a")


@pytest.fixture
def secure(certificate: tuple[Path, Path]) -> Iterator[Secure]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with serving(context) as found:
        found.answers["/a"] = says(b"picture")
        yield Secure(found, str(certificate[0]), names)


def test_a_certificate_is_checked_for_the_name_although_an_address_is_called(secure: Secure) -> None:
    assert secure.fetch() == b"picture"
    assert secure.names_asked_for == ["media.test"]


def test_another_name_s_certificate_is_not_accepted(secure: Secure) -> None:
    with pytest.raises(MetaUnreachable):
        secure.fetch("other.test")


def test_an_authority_we_do_not_trust_is_not_accepted(secure: Secure) -> None:
    with pytest.raises(MetaUnreachable):
        secure.fetch(trusted=False)


def test_a_slow_answer_is_given_up_over_tls_too(secure: Secure) -> None:
    secure.media.answers["/a"] = trickles(secure.media)
    with pytest.raises(MetaUnreachable):
        secure.fetch(total_seconds=0.5)
