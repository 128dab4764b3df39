"""What goes wrong on the wire, sorted into what may pass and what is a verdict."""

from __future__ import annotations

from typing import Final, NamedTuple

import aiohttp

from socialindex.crawl.addresses import ForbiddenAddressError
from socialindex.crawl.transient import Transient
from socialindex.errors import Discarded, Refused, SocialIndexError


class _Fault(NamedTuple):
    reason: str
    what: str
    brief: bool = False


_FAULTS: Final[dict[type[BaseException], _Fault]] = {
    aiohttp.ClientConnectorCertificateError: _Fault("tls", "its certificate is not valid"),
    aiohttp.ClientConnectorSSLError: _Fault("tls", "no secure connection"),
    aiohttp.ClientConnectorDNSError: _Fault("dns", "its name does not resolve"),
    aiohttp.ClientConnectorError: _Fault("connect", "it does not take connections"),
    TimeoutError: _Fault("timeout", "it did not answer in time"),
    aiohttp.ServerDisconnectedError: _Fault("reset", "it closed the connection without an answer", brief=True),
    aiohttp.ClientOSError: _Fault("reset", "the connection broke", brief=True),
    aiohttp.ClientPayloadError: _Fault("truncated", "its answer broke off or is garbled", brief=True),
    aiohttp.ClientError: _Fault("protocol", "the exchange failed"),
}
"""The most specific classes first."""


def translated(error: Exception, site: str) -> SocialIndexError:
    """The project's error for what the HTTP client raised.

    Args:
        error: an ``aiohttp.ClientError`` or a ``TimeoutError``.
        site: the host that was asked, for the message.
    """
    cause = getattr(error, "os_error", None)
    if isinstance(cause, ForbiddenAddressError):
        return Refused("private_address", f"{site}: {cause.strerror}")
    if isinstance(error, aiohttp.ClientResponseError):
        return Discarded("bad_response", f"{site} does not answer in HTTP, or with headers beyond all bounds")
    if isinstance(error, aiohttp.InvalidURL):
        return Refused("bad_url", f"{site}: an address that cannot be sent")
    fault = next(fault for kind, fault in _FAULTS.items() if isinstance(error, kind))
    return Transient(fault.reason, f"{site}: {fault.what}", brief=fault.brief)
