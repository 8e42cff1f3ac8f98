"""A customer's file, fetched from Meta and from nowhere else.

The address comes from a webhook, the answer from whoever stands behind it, so neither is trusted:
only allowed hosts, checked again after each redirect; the name is looked up once, and the
connection goes to the very address that was checked (a second look-up could answer differently);
no cookies, no log-in, no token; limits of time and size (CONTRACT 6).
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from igbot.errors import MediaRefused, MetaUnreachable
from igbot.evidence.origins import Origin, is_public, origin

Resolve = Callable[[str, int], list[str]]
"""Name and port to IP addresses; raises OSError if there are none."""

_REDIRECTS = {301, 302, 303, 307, 308}
_OK = 200
_CHUNK = 64 * 1024
_GONE = "The file could not be fetched from Meta just now; this is tried again."


@dataclass(frozen=True)
class Limits:
    """How long and how much we take (CONTRACT 6)."""

    connect_seconds: float = 5
    total_seconds: float = 30
    most_bytes: int = 26 * 1024 * 1024
    most_redirects: int = 3


def addresses_of(host: str, port: int) -> list[str]:
    """The IP addresses of a name, as the system's resolver gives them. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True)
class Fetcher:
    """Fetches from some hosts, written as for `origins.origin`.

    `authorities` is a file of certificate authorities to trust instead of the usual ones.
    """

    hosts: Sequence[str]
    resolve: Resolve = addresses_of
    authorities: str | None = None
    limits: Limits = Limits()

    def fetch(self, url: str) -> bytes:
        """The bytes behind an address Meta gave us.

        Raises MediaRefused for what we will not fetch (another host, an inner address, too large,
        redirected too often) and MetaUnreachable for what may work later.
        """
        deadline = time.monotonic() + self.limits.total_seconds
        for _ in range(self.limits.most_redirects + 1):
            with self._asked(url, deadline) as answer:
                if answer.status_code not in _REDIRECTS:
                    return self._body(answer, deadline)
                url = urljoin(url, answer.headers.get("Location", ""))
        raise MediaRefused("This file's address leads from one place to the next without end.")

    @contextmanager
    def _asked(self, url: str, deadline: float) -> Iterator[requests.Response]:
        """The head of the answer; its body is still to be read.

        An adapter is used without a session: a session would bring cookies, .netrc and proxies, and
        would read a redirect's body to the end, however long.
        """
        place = origin(url, self.hosts)
        headers = {"Host": place.host_header, "User-Agent": "igbot", "Accept": "*/*", "Accept-Encoding": "identity"}
        request = requests.Request("GET", url, headers=headers).prepare()
        for address in self._checked(place):
            with closing(_Pinned(place, address)) as adapter:
                try:
                    answer = adapter.send(
                        request,
                        stream=True,
                        timeout=(min(self.limits.connect_seconds, _left(deadline)), _left(deadline)),
                        verify=self.authorities or True,
                    )
                except (requests.RequestException, HTTPError, OSError):
                    continue
                with answer:
                    yield answer
                    return
        raise MetaUnreachable(_GONE)

    def _checked(self, place: Origin) -> list[str]:
        """The addresses of a place. One inner address among them is enough to refuse."""
        try:
            addresses = self.resolve(place.host, place.port)
        except (OSError, UnicodeError):
            raise MetaUnreachable(_GONE) from None
        if not place.is_named and not all(map(is_public, addresses)):
            raise MediaRefused("This file's address leads into a private network.")
        return addresses

    def _body(self, answer: requests.Response, deadline: float) -> bytes:
        if answer.status_code != _OK:
            raise MetaUnreachable(_GONE)
        body = bytearray()
        with _cut_off(answer, deadline):
            try:
                while chunk := answer.raw.read1(_CHUNK, decode_content=False):
                    body += chunk
                    if len(body) > self.limits.most_bytes:
                        raise MediaRefused("This file is too large to keep.")
            except (HTTPError, OSError, ValueError):
                raise MetaUnreachable(_GONE) from None
        if time.monotonic() >= deadline:
            raise MetaUnreachable(_GONE)
        return bytes(body)


class _Pinned(HTTPAdapter):
    """Connects to one IP address whatever the name says; the certificate must still be the name's."""

    def __init__(self, place: Origin, address: str) -> None:
        super().__init__()
        self._place, self._address = place, address

    def build_connection_pool_key_attributes(self, *about: Any, **more: Any) -> Any:  # noqa: ANN401 - as requests has it
        """Where to connect, and whose certificate to expect."""
        host, tls = super().build_connection_pool_key_attributes(*about, **more)
        name = {"server_hostname": self._place.host, "assert_hostname": self._place.host}
        return {**host, "host": self._address}, {**tls, **(name if self._place.scheme == "https" else {})}


@contextmanager
def _cut_off(answer: requests.Response, deadline: float) -> Iterator[None]:
    """Ends the reading at the deadline, even if a byte trickles in now and then."""

    def end() -> None:
        with suppress(OSError, ValueError, RuntimeError):  # it has just ended by itself
            answer.raw.shutdown()

    timer = threading.Timer(_left(deadline), end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 0.001)
