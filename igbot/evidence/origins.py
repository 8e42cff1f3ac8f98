"""May a file be fetched from there? The rules of CONTRACT 6 for web addresses, without a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from igbot.errors import MediaRefused

_DEFAULT_PORTS = {"https": 443, "http": 80}
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class Origin:
    """Where a request goes. `is_named`: the shop's settings name exactly this scheme, host and port."""

    scheme: str
    host: str
    port: int
    is_named: bool

    @property
    def host_header(self) -> str:
        """What HTTP calls the host: with the port unless it is the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def origin(url: str, hosts: Sequence[str]) -> Origin:
    """The origin of a file's address, if a file may come from there.

    `hosts` holds names (`lookaside.fbsbx.com`), endings with a leading dot (`.fbcdn.net`: any name
    below it), and exact origins (`http://127.0.0.1:9001`, for tests and the simulator). Anything but
    https on port 443 needs an exact origin; an address with a user name in it is never fetched.
    Raises MediaRefused.
    """
    found = _parsed(url)
    if any(_parsed(entry) == found for entry in hosts if "://" in entry):
        return Origin(found.scheme, found.host, found.port, is_named=True)
    if found.scheme != "https" or found.port != _DEFAULT_PORTS["https"]:
        raise MediaRefused("Files are fetched over https on its usual port only.")
    if not any(_fits(found.host, entry) for entry in hosts):
        raise MediaRefused("This file lies where customers' photos do not come from (IGBOT_MEDIA_HOSTS).")
    return found


def is_public(address: str) -> bool:
    """Is this an IP address of the open Internet?

    False for private, loopback, link-local, multicast, reserved and unspecified ones, in version 4
    and 6, also when a version 4 address is wrapped in a version 6 one.
    """
    ip = ip_address(address)
    ip = (isinstance(ip, IPv6Address) and _wrapped(ip)) or ip
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def _parsed(url: str) -> Origin:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MediaRefused("The address of this file cannot be read.") from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise MediaRefused("The address of this file is no web address.")
    if "@" in parts.netloc:
        raise MediaRefused("The address of this file has a user name in it.")
    return Origin(parts.scheme, parts.hostname, port or _DEFAULT_PORTS[parts.scheme], is_named=False)


def _fits(host: str, entry: str) -> bool:
    return host.endswith(entry) if entry.startswith(".") else host == entry


def _wrapped(ip: IPv6Address) -> IPv4Address | None:
    """The version 4 address that is really meant: mapped, 6to4, Teredo or NAT64."""
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
