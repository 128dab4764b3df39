"""An address as it is fetched: taken apart and checked once, sent as it is, with the same parts everywhere.

Links that differ in spelling are made one by ``socialindex.text.urls``; here nothing is rewritten that a server could
tell apart, because the address of a redirect must be fetched as the server gave it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit

import idna

from socialindex.errors import Refused

MAX_LENGTH: Final = 4_096
"""Characters of an address. Half of the request line that RFC 9110, section 4.1, asks servers to take."""
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
BAD_PORTS: Final = frozenset(
    {0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109}
    | {110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530}
    | {531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190}
    | {5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080}
)
"""Ports of other protocols, which browsers refuse too: the Fetch standard's "bad ports", section 2.9."""

_STREAMS: Final = {"ws": "http", "wss": "https"}  # RFC 6455, section 3

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # and halves of UTF-16 pairs, which no charset can encode
_PLAIN = re.compile(r"(https?)://([A-Za-z0-9.:-]+)(?=[/?#]|\Z)")
"""Nearly every address as far as its host. What else there is, ``urlsplit`` takes apart, and much more slowly."""
_AS_IT_IS = re.compile(r"/[A-Za-z0-9_.~%/:?\[\]@!$&'()*+,;=-]*(?<!\?)")
"""What follows a host and is sent as it is: ``_URL_CHARACTERS`` without a fragment or an empty query."""
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_BRACKETED = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::[0-9]*)?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_MAX_HOST = 253  # RFC 1035, section 2.3.4, without the root's dot
_ESCAPED = re.compile(r"(https?://)((?:[a-z0-9._:-]|%[89a-f][0-9a-f])+)(?![^/?])", re.IGNORECASE)
"""An address as far as its host, of which what is beyond ASCII is escaped (RFC 3986, section 3.2.2), and nothing else.
"""
_URL_CHARACTERS = "%/:?#[]@!$&'()*+,;=~"  # beside letters, digits and "-._": RFC 3986, section 2


@dataclass(frozen=True)
class Place:
    """Where an address points: a scheme, a host in its ASCII form without a final dot, and a port."""

    scheme: str
    host: str
    port: int
    address: IPv4Address | IPv6Address | None
    """The host where it is written as an address instead of a name."""

    @cached_property
    def origin(self) -> str:
        """Scheme, host and port; the port is left out where it is the scheme's own."""
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self._written}{port}"

    @cached_property
    def site(self) -> str:
        """What one pace holds for: the host, whichever scheme, with its port where that is not a usual one."""
        return self._written if self.port in DEFAULT_PORTS.values() else f"{self._written}:{self.port}"

    @property
    def _written(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


@lru_cache(maxsize=512)  # a request's address is asked about some ten times on its way
def place_of(url: str) -> Place:
    """Take an address apart.

    Raises:
        Refused: with the reason ``bad_url``, ``bad_host``, ``scheme``, ``userinfo`` or ``port``.
    """
    if len(url) > MAX_LENGTH:
        raise Refused("bad_url", f"an address of {len(url)} characters; at most {MAX_LENGTH} are taken")
    if _CONTROLS.search(url):
        raise Refused("bad_url", "a control character in an address")
    if plain := _PLAIN.match(url):
        return _place(plain[1], plain[2])
    try:
        parts = urlsplit(url)
    except ValueError as error:
        # All that urlsplit objects to is a host in brackets; how much of it depends on Python's release.
        raise Refused("bad_host", f"not an address: {error}") from error
    return _place(parts.scheme, parts.netloc)


def over_http(url: str) -> str:
    """The address of a request, with http or https in place of ``ws`` or ``wss``: a stream is asked for by HTTP.

    Only adapters ask for streams (``sources.base.Request``): everywhere else ``ws`` is a scheme that is not fetched, so
    that an address which a person pasted or a server redirected to opens none. Other addresses come back as they are.
    """
    scheme, mark, rest = url.partition("://")
    return f"{_STREAMS.get(scheme, scheme)}{mark}{rest}"


def is_stream(url: str) -> bool:
    """Whether a request's address is that of a stream of messages."""
    return url.partition("://")[0] in _STREAMS


def host_of(url: str) -> str:
    """The host that an address is fetched from, as the frontier and the pace know it: ``board.example``.

    http and https are one host. A port that is neither 80 nor 443 is part of it: ``127.0.0.1:8081``.

    Raises:
        Refused: as ``place_of``.
    """
    return place_of(url).site


@lru_cache(maxsize=512)
def sendable(url: str) -> str:
    """The address in ASCII: the host by IDNA, other characters percent-encoded, what is encoded left as it is.

    Raises:
        Refused: as ``place_of``.
    """
    origin = place_of(url).origin
    if url.startswith(origin) and _AS_IT_IS.fullmatch(url, len(origin)):
        return url
    parts = urlsplit(url)
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    mark = "?" if parts.query else ""
    return f"{origin}{quote(path + mark + parts.query, safe=_URL_CHARACTERS)}"


def joined(base: str, location: bytes) -> str:
    """The address that a ``Location`` points to (RFC 9110, section 10.2.2), without its fragment.

    Raises:
        Refused: ``bad_url``, or as ``place_of`` where its host is one beyond ASCII.
    """
    try:
        # Servers send raw bytes of any charset here; percent-encoded they mean the same to the server that sent them.
        url = urljoin(base, quote(location.strip(), safe=_URL_CHARACTERS)).partition("#")[0]
        named = _ESCAPED.match(url)
        if named is None or "%" not in named[2]:
            return url
        host = unquote(named[2], errors="strict")  # a host's name is not the server's to read, but the DNS's
    except ValueError as error:
        raise Refused("bad_url", f"redirected to what is not an address: {error}") from error
    return sendable(f"{named[1]}{host}{url[named.end() :]}")


@lru_cache(maxsize=4096)
def _place(scheme: str, netloc: str) -> Place:
    if scheme not in DEFAULT_PORTS:
        raise Refused("scheme", f"{scheme or 'no scheme'}: only http and https are fetched")
    if "@" in netloc:
        raise Refused("userinfo", "an address with a user name or password in it; leave them out")
    host, address = _host(netloc)
    return Place(scheme, host, _port(scheme, netloc), address)


def _port(scheme: str, netloc: str) -> int:
    try:
        port = urlsplit(f"//{netloc}").port
    except ValueError as error:
        raise Refused("port", f"not a port: {error}") from error
    if port in BAD_PORTS:
        raise Refused("port", f"port {port} belongs to another protocol than HTTP")
    return port or DEFAULT_PORTS[scheme]


def _host(netloc: str) -> tuple[str, IPv4Address | IPv6Address | None]:
    if "[" in netloc:
        return _ipv6(netloc)
    host = _ascii(netloc.partition(":")[0]).lower().removesuffix(".")
    labels = host.split(".")
    if len(host) > _MAX_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise Refused("bad_host", f"{host[:80]!r} is not a host's name")
    # The URL standard reads a host whose last label is a number as an IPv4 address, in many spellings.
    return _ipv4(host) if _NUMBER.fullmatch(labels[-1]) else (host, None)


def _ascii(host: str) -> str:
    if host.isascii():
        return host
    if len(host) > _MAX_HOST:
        raise Refused("bad_host", "a host's name that is too long")
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise Refused("bad_host", f"{host[:80]!r} is not an internationalized host's name: {error}") from error


def _ipv4(host: str) -> tuple[str, IPv4Address]:
    try:
        return host, IPv4Address(host)
    except AddressValueError as error:
        raise Refused("bad_host", f"{host!r} is a disguised address; write four decimal numbers") from error


def _ipv6(netloc: str) -> tuple[str, IPv6Address]:
    bracketed = _BRACKETED.fullmatch(netloc)
    try:
        address = IPv6Address(bracketed[1] if bracketed else "")
    except AddressValueError as error:
        raise Refused("bad_host", f"{netloc[:80]!r} is not an IPv6 address") from error
    return address.compressed, address
