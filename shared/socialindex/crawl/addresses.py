"""Which addresses may be fetched from: public ones, by plain URLs, whatever a name resolves to.

Three lines of defense, because each sees what the others cannot. ``check_url`` reads an address before anything is
sent. ``PublicResolver`` sees what a name resolves to and can name both in its error. ``public_socket`` sees the address
that is about to be connected to, which no second look-up and no odd spelling can change any more (DNS rebinding).

The ranges are written out because ``ipaddress``'s ``is_global`` and ``is_private`` changed between releases of Python
(CVE-2024-4032) and never looked into addresses that carry another one.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final

from aiohttp.abc import AbstractResolver, ResolveResult

from socialindex.crawl.urls import Place, place_of
from socialindex.errors import Refused, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aiohttp import AddrInfoType

# IANA's IPv4 and IPv6 special-purpose address registries (RFC 6890 and later).
_REFUSED: Final = {
    ip_network(block): kind
    for block, kind in {
        "0.0.0.0/8": "an unspecified address",
        "10.0.0.0/8": "a private address",
        "100.64.0.0/10": "an address behind a carrier's NAT",
        "127.0.0.0/8": "a loopback address",
        "169.254.0.0/16": "a link-local address",  # 169.254.169.254: instance metadata of AWS, Google Cloud and Azure
        "172.16.0.0/12": "a private address",
        "192.0.0.0/24": "a reserved address",
        "192.0.2.0/24": "an address for documentation",
        "192.88.99.0/24": "a reserved address",  # 6to4 relays, withdrawn by RFC 7526
        "192.168.0.0/16": "a private address",
        "198.18.0.0/15": "an address for benchmarks",
        "198.51.100.0/24": "an address for documentation",
        "203.0.113.0/24": "an address for documentation",
        "224.0.0.0/4": "a multicast address",
        "240.0.0.0/4": "a reserved address",
        "168.63.129.16/32": "a platform's own address",  # public by its number, but Azure's host answers there
        "::/128": "an unspecified address",
        "::1/128": "a loopback address",
        "2001::/23": "a reserved address",  # Teredo, ORCHID and other protocols of the IETF
        "2001:db8::/32": "an address for documentation",
        "2002::/16": "a reserved address",  # 6to4, which carries any IPv4 address
        "3fff::/20": "an address for documentation",
        "fc00::/7": "a private address",  # fd00:ec2::254: instance metadata of AWS
        "fe80::/10": "a link-local address",
        "ff00::/8": "a multicast address",
    }.items()
}
_UNICAST = IPv6Network("2000::/3")  # the only IPv6 space that is assigned for the public Internet so far
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: how a network without IPv4 reaches it, so not refused as such
_IPV4_BITS = 0xFFFF_FFFF
_LOOK_UPS: Final = ThreadPoolExecutor(100, thread_name_prefix="dns")
"""As many at once as there are connections: no name waits for others whose servers do not answer."""


def refusal(address: IPv4Address | IPv6Address, *, allow_loopback: bool = False) -> str | None:
    """Why an address must not be connected to, as words such as ``a private address``; None where it may.

    Args:
        address: the address itself, never a name.
        allow_loopback: let 127.0.0.0/8 and ::1 pass (the local stack), and nothing else beside the public ones.
    """
    if address.is_loopback and allow_loopback:
        return None
    if isinstance(address, IPv6Address) and address in _NAT64:
        address = IPv4Address(int(address) & _IPV4_BITS)
    for block, kind in _REFUSED.items():
        if address.version == block.version and address in block:
            return kind
    # What is left of IPv6 includes mapped (::ffff:0:0/96) and compatible IPv4 addresses.
    return None if address.version == 4 or address in _UNICAST else "a reserved address"  # noqa: PLR2004 - IPv4


def check_url(url: str, *, allow_loopback: bool = False) -> None:
    """See that an address is one that may be fetched, as far as the address itself tells.

    Raises:
        Refused: with the reason ``bad_url``, ``bad_host``, ``scheme``, ``userinfo``, ``port`` or ``private_address``.
    """
    check_place(place_of(url), allow_loopback=allow_loopback)


def check_place(place: Place, *, allow_loopback: bool = False) -> None:
    """Refuse a host that is a private address or ``localhost`` by its spelling.

    Raises:
        Refused: ``private_address``.
    """
    if place.address is not None:
        _check(place.host, [place.address], allow_loopback=allow_loopback)
    elif place.host.rpartition(".")[2] == "localhost" and not allow_loopback:  # RFC 6761, section 6.3
        raise _private(f"{place.host} is this machine itself")


async def check_resolved(url: str, *, resolver: AbstractResolver | None = None, allow_loopback: bool = False) -> None:
    """Look a host up and see that it may be fetched from, for an early and clear answer to a person.

    It protects nothing by itself: the name may change until it is used, and ``public_socket`` looks again.

    Raises:
        Refused: as ``check_url``, or ``private_address`` where the name resolves to one.
        Unavailable: the name does not resolve.
    """
    place = place_of(url)
    check_place(place, allow_loopback=allow_loopback)
    if place.address is None:
        guarded = PublicResolver(resolver or SystemResolver(), allow_loopback=allow_loopback)
        try:
            await guarded.resolve(place.host, place.port)
        except OSError as error:
            raise Unavailable(f"{place.host} is not known to the DNS; check the address's spelling") from error


class SystemResolver(AbstractResolver):
    """The system's own DNS, asked in threads that do nothing else.

    aiohttp's asks it in the event loop's, which table calls need: some dozens of names whose servers do not answer
    would hold up the heartbeats of all hosts until their leases were lost.
    """

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Addresses of a host.

        Raises:
            OSError: the name does not resolve.
        """
        look_up = partial(
            socket.getaddrinfo, host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
        )
        return [
            ResolveResult(
                hostname=host,
                host=str(target[0]),
                port=int(target[1]),
                family=found,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for found, _, protocol, _, target in await asyncio.get_running_loop().run_in_executor(_LOOK_UPS, look_up)
        ]

    async def close(self) -> None:
        """Nothing is to be closed: the threads are everybody's."""


class PublicResolver(AbstractResolver):
    """A resolver that refuses a name which resolves to any address that must not be connected to.

    Any, not all: a name with a public and a private address has no honest use, and is how rebinding is done.
    """

    def __init__(self, inner: AbstractResolver, *, allow_loopback: bool = False) -> None:
        self._inner = inner
        self._allow_loopback = allow_loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Addresses of a host.

        Raises:
            Refused: ``private_address``.
            OSError: the name does not resolve.
        """
        results = await self._inner.resolve(host, port, family)
        _check(host, (ip_address(result["host"]) for result in results), allow_loopback=self._allow_loopback)
        return results

    async def close(self) -> None:
        """Close the resolver inside."""
        await self._inner.close()


class ForbiddenAddressError(OSError):
    """What ``public_socket`` raises: a connection that fails, as far as connection code is concerned."""

    def __init__(self, message: str) -> None:
        super().__init__(errno.EACCES, message)


def public_socket(*, allow_loopback: bool = False) -> Callable[[AddrInfoType], socket.socket]:
    """A ``socket_factory`` for aiohttp's connector that opens sockets to public addresses only.

    It raises ``ForbiddenAddressError``, not ``Refused``: the code that races several addresses of a host against each
    other only knows what to do with an ``OSError``.
    """

    def open_socket(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, target = info
        try:
            _check("the host", [ip_address(target[0])], allow_loopback=allow_loopback)
        except Refused as refused:
            raise ForbiddenAddressError(str(refused)) from refused
        return socket.socket(family, kind, protocol)

    return open_socket


def _check(host: str, addresses: Iterable[IPv4Address | IPv6Address], *, allow_loopback: bool) -> None:
    for address in addresses:
        kind = refusal(address, allow_loopback=allow_loopback)
        if kind:
            verb = "is" if host == str(address) else f"resolves to {address},"
            raise _private(f"{host} {verb} {kind}")


def _private(what: str) -> Refused:
    return Refused("private_address", f"{what}; only public addresses are fetched")
