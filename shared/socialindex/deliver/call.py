"""One call of somebody's address, which is as hostile as any: public addresses only, looked at when connecting.

Redirects are not followed, an answer is read for some hundred bytes and seconds, and nothing of it is trusted. The
session is the crawler's own, with its guards (``crawl.addresses``).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import aiohttp
from yarl import URL

from socialindex.crawl.addresses import check_place
from socialindex.crawl.exchange import head_of, open_session
from socialindex.crawl.faults import translated
from socialindex.crawl.headers import retry_after
from socialindex.crawl.settings import FetchSettings
from socialindex.crawl.transient import Transient
from socialindex.crawl.urls import place_of, sendable
from socialindex.deliver.delivery import EXCERPT
from socialindex.deliver.lines import one_line
from socialindex.deliver.outcome import Outcome
from socialindex.errors import InvalidInput, Refused, SocialIndexError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.abc import AbstractResolver

SECONDS: Final = 10.0
"""From asking until the answer's head, and the beginning of its body, are there."""
_CONNECT_SECONDS: Final = 5.0
_READ: Final = 4 * EXCERPT
"""Bytes of an answer that are read: a character has up to four."""
_GONE: Final = 410
_LONGEST: Final = 86_400.0
_SUCCESS: Final = range(200, 300)
_REDIRECTS: Final = range(300, 400)


def check_address(url: str, *, allow_loopback: bool) -> None:
    """Pass an address that may be called, as far as it tells by itself.

    Raises:
        InvalidInput: it is no https address of a public host; with ``allow_loopback``, http is taken on this machine.
    """
    try:
        place = place_of(url)
        check_place(place, allow_loopback=allow_loopback)
    except Refused as refused:
        remedy = "send the https address of a public host"
        raise InvalidInput(f"this address cannot be called: {refused}", field="url", remedy=remedy) from refused
    is_loopback = allow_loopback and place.address is not None and place.address.is_loopback
    if place.scheme != "https" and not is_loopback:
        raise InvalidInput("only https addresses are called", field="url", remedy="send an https address")


class Hooks:
    """Calls addresses over one pool of connections; made and closed within one event loop.

    Args:
        contact: who we are, for the User-Agent: a page or a mail address.
        allow_loopback: whether this machine may be called: the local stack only.
        resolver: the DNS; the system's own where it is ``None``.
        seconds: for one call.
    """

    def __init__(
        self,
        contact: str,
        *,
        allow_loopback: bool = False,
        resolver: AbstractResolver | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._loopback = allow_loopback
        self._resolver = resolver
        self._settings = FetchSettings(
            contact=contact,
            token="socialindex-deliver",  # noqa: S106 - a product token, no secret
            allow_loopback=allow_loopback,
            connect_seconds=_CONNECT_SECONDS,
            request_seconds=seconds,
            dns_cache_seconds=0,
        )

    async def open(self) -> None:
        """Open the pool."""
        self._session = open_session(self._settings, self._resolver)

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def call(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Post a JSON body, and see whether it was taken: only by a status of 200 to 299."""
        sent = {"Content-Type": "application/json", "Accept": "*/*", "Accept-Encoding": "identity", **headers}
        try:
            check_address(url, allow_loopback=self._loopback)
            target = URL(sendable(url), encoded=True)
            async with self._session.post(target, data=body, headers=sent, allow_redirects=False) as response:
                return await _judged(response)
        except (aiohttp.ClientError, TimeoutError) as error:
            return _failed(translated(error, place_of(url).site))
        except SocialIndexError as error:
            return _failed(error)


async def _judged(response: aiohttp.ClientResponse) -> Outcome:
    status = response.status
    try:
        if status in _SUCCESS:
            return Outcome("taken", status)
        asked = retry_after(head_of(response).headers, datetime.now(tz=UTC), at_most=_LONGEST)
        return Outcome(
            "gone" if status == _GONE else "again",
            status,
            "redirect" if status in _REDIRECTS else "status",
            _words(status),
            await _excerpt(response),
            asked,
        )
    finally:
        response.close()  # what is left of the answer is not waited for


def _words(status: int) -> str:
    if status == _GONE:
        return "it answered 410: it wants nothing more"
    if status in _REDIRECTS:
        return f"it answered {status}: redirects are not followed, give the address itself"
    return f"it answered {status} instead of 200 to 299"


async def _excerpt(response: aiohttp.ClientResponse) -> str | None:
    """The beginning of an answer, as text in one line; what does not come in time is not waited for."""
    try:
        raw = await response.content.read(_READ)
    except (aiohttp.ClientError, TimeoutError):
        return None
    return one_line(raw.decode("utf-8", "replace"), EXCERPT) or None


_UNRESOLVED: Final = Outcome("again", None, "dns", "the name of its host does not resolve to a public address")
"""The same for names of private addresses and for those that there are not: whoever names a destination is shown what
came of it, and must not learn from it which names are known inside the network."""


def _failed(error: SocialIndexError) -> Outcome:
    match error:
        case Transient(reason="dns") | Refused(reason="private_address"):
            return _UNRESOLVED
        case Transient():
            return Outcome("again", error.status, error.reason, str(error))
        case Refused():
            return Outcome("never", None, error.reason, str(error))
        case InvalidInput():
            return Outcome("never", None, "bad_url", str(error))
        case _:
            return Outcome("again", None, "bad_response", str(error))
