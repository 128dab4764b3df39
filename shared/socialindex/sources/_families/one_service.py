"""Platforms that are one service at one address and are read through an API only, not by their pages.

A server on this machine may stand in for such a platform: it speaks the API at its own origin, and its posts are its
own. Only loopback addresses are asked whether they do; any other host would be asked in vain.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from socialindex.errors import InvalidInput
from socialindex.sources.base import Request
from socialindex.text import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from socialindex.sources.base import Channel

T = TypeVar("T")

JSON: Final = {"Accept": "application/json"}
_MAX_DIGITS: Final = 9
_MAX_PASTED: Final = 700
"""Characters of an address that still fit a request's context."""


def origin_of(url: str) -> str:
    """Scheme, host and port of an address; empty where it is none."""
    parts = urlsplit(canonical_url(url) or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def host_name(url: str) -> str:
    """The host of an address without its port; empty where it is no address."""
    return urlsplit(canonical_url(url) or "").hostname or ""


def stand_in(url: str) -> str | None:
    """The origin of an address where a server on this machine can stand in for the platform; ``None`` elsewhere."""
    try:
        return origin_of(url) if ip_address(host_name(url)).is_loopback else None
    except ValueError:
        return None


def probe(url: str, path: str) -> list[Request]:
    """The request that tells whether a server on this machine speaks an API: none for other addresses."""
    origin = stand_in(url)
    if origin is None or len(url) > _MAX_PASTED:
        return []
    return [Request(url=origin + path, kind="probe", context={"pasted": url}, headers=JSON, leads=True)]


def number(channel: Channel, option: str, default: int) -> int:
    """An option of a channel that is a number.

    Raises:
        InvalidInput: it is none.
    """
    value = channel.options.get(option, str(default))
    if not (value.isascii() and value.isdecimal() and len(value) <= _MAX_DIGITS):
        raise InvalidInput(f"not a number: {value[:40]!r}", field=option, remedy=f"send a number, such as {default}")
    return int(value)


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """A sequence in parts of a size, the last one with what is left."""
    return (items[start : start + size] for start in range(0, len(items), size))
