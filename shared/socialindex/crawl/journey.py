"""One fetch under way: requests, retries and redirects until there is an answer or a verdict."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Final

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from socialindex.crawl.addresses import check_place
from socialindex.crawl.decompress import Body
from socialindex.crawl.exchange import Answer, Head, exchange
from socialindex.crawl.headers import rate_hint, robots_tags
from socialindex.crawl.streams import read_slice
from socialindex.crawl.transient import Transient
from socialindex.crawl.urls import host_of, is_stream, joined, over_http, place_of
from socialindex.crawl.verdicts import is_redirect, wants_body
from socialindex.errors import Discarded
from socialindex.model import Struct
from socialindex.sources.base import Request, Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from socialindex.crawl.settings import Expect, FetchSettings

_HARMLESS: Final = frozenset({"accept", "accept-language"})
"""Headers of a request that go along to another origin. Whatever else it has may be a secret."""
_OURS: Final = frozenset({"host", "user-agent", "accept-encoding"})
"""Headers that a request has no say in."""
_WIRES: Final = _OURS - {"user-agent"}
"""Headers that nobody has a say in. What we are called is a part of the credentials at some platforms' APIs."""
_VALIDATOR = re.compile(r"[ -~]{1,512}")


class Validators(Struct, frozen=True, kw_only=True):
    """What makes the next request for the same address conditional (RFC 9110, section 8.8), in the server's words."""

    etag: str | None = None
    last_modified: str | None = None


class Fetched(Struct, frozen=True, kw_only=True):
    """An answer with what its fetch cost and told.

    ``response.status`` is one of 2xx but 202, or 304, 404, 410 (these without a body), those of
    ``verdicts.EXPLAINED`` where they are expected, and, with ``moved_to``, a redirect's. A slice of a stream is a 200,
    one message a line.
    """

    response: Response
    wire_bytes: int
    """Of the body, before it was decoded."""
    elapsed: float
    """Seconds that the last request took; of a slice of a stream, until it began."""
    requests: int
    """Sent for this fetch, retries and redirects included."""
    validators: Validators
    """To keep for the next time."""
    not_modified: bool = False
    """True where the server says that what we have is current: ``response`` has no body then."""
    moved_to: str | None = None
    """A redirect that was not followed: it leads to another host, or the host's pace makes it wait."""
    redirects: list[str] = []
    """Addresses that were followed on the way, without the first."""
    robots_tags: frozenset[str] = frozenset()
    """Directives of X-Robots-Tag that apply to us."""
    rate_hint: float | None = None
    """Seconds to leave between requests as the server's rate limit headers have it; None where it has none."""


@dataclass(frozen=True)
class Means:
    """What a fetch is done with: the same for all fetches of a ``Fetcher``."""

    settings: FetchSettings
    session: ClientSession
    sleep: Callable[[float], Awaitable[None]]
    now: Callable[[], datetime]


@dataclass
class Journey:
    """One fetch. The arguments are those of ``Fetcher.fetch``."""

    means: Means
    request: Request
    validators: Validators
    allowed: Callable[[str], Awaitable[None]] | None
    other_hosts: bool
    delay: float
    expect: Expect
    secrets: Mapping[str, str]
    seconds: float | None = None
    slow_redirects: bool = False
    requests: int = 0
    redirects: list[str] = field(default_factory=list)
    began: float = field(default_factory=monotonic)

    async def travel(self) -> Fetched:
        """Ask, and follow redirects, until there is an answer.

        Raises:
            Refused, Discarded, Transient: as ``Fetcher.fetch``.
        """
        url = self.request.url
        if is_stream(url):
            return self._arrived(url, await self._listen(url), moved_to=None)
        while True:
            answer = await self._ask(url)
            target = self._target(url, answer.head)
            if target is None or not self._follows(url, target):
                return self._arrived(url, answer, moved_to=target)
            await self._pause()
            url = target

    async def _listen(self, url: str) -> Answer:
        """A slice of a stream. Where it fails, it is tried again later: a second slice at once would be none."""
        if self.allowed:
            await self.allowed(over_http(url))
        self.requests += 1
        means, headers = self.means, _without(_OURS, self.request.headers) | _without(_WIRES, self.secrets)
        seconds = means.settings.stream_seconds if self.seconds is None else self.seconds
        return await read_slice(means.session, url, headers, means.settings, means.now(), seconds=seconds)

    async def _ask(self, url: str) -> Answer:
        """The answer to one address, however often it must be asked."""
        check_place(place_of(url), allow_loopback=self.means.settings.allow_loopback)
        try:
            return await self._ask_once(url)
        except Transient as failure:
            if not (failure.brief and self._patient):
                raise
            return await self._ask_again(url, failure)

    async def _ask_again(self, url: str, failure: Transient) -> Answer:
        """The answer after a brief failure. Apart, since tenacity's machinery would take a third of a good request."""
        failures = [failure]

        async def attempt() -> Answer:
            if failures:
                raise failures.pop()
            return await self._ask_once(url)

        retrying = AsyncRetrying(
            sleep=self.means.sleep,
            stop=stop_after_attempt(1 + self.means.settings.retries),
            wait=self._wait,
            retry=retry_if_exception(_is_brief),
            reraise=True,
        )
        return await retrying(attempt)

    async def _ask_once(self, url: str) -> Answer:
        if monotonic() - self.began > self.means.settings.fetch_seconds:
            raise Transient("timeout", f"{host_of(url)}: not done in time with retries and redirects")
        if self.allowed:
            await self.allowed(url)
        self.requests += 1
        return await exchange(
            self.means.session, url, self._headers(url), judge=self._wants_body, make_body=self._make_body
        )

    def _wait(self, state: RetryCallState) -> float:
        settings = self.means.settings
        backoff = wait_random_exponential(multiplier=settings.retry_wait_seconds, max=settings.patience_seconds)
        return max(self.delay, backoff(state))

    @property
    def _patient(self) -> bool:
        """Whether the host's pace lets this fetch go on at all after its first request."""
        return self.delay <= self.means.settings.patience_seconds

    async def _pause(self) -> None:
        if self.delay:
            await self.means.sleep(min(self.delay, self.means.settings.patience_seconds))

    def _target(self, url: str, head: Head) -> str | None:
        """Where a redirect leads; None where the answer is none."""
        if not is_redirect(head.status):
            return None
        if head.location is None:
            raise Discarded("bad_redirect", f"status {head.status} without a Location")
        target = joined(url, head.location)
        check_place(place_of(target), allow_loopback=self.means.settings.allow_loopback)
        return target

    def _follows(self, url: str, target: str) -> bool:
        """Whether a redirect is followed here and now; if so, it is noted."""
        if target in {self.request.url, *self.redirects}:
            raise Discarded("redirect_loop", f"redirected in a circle, to {host_of(target)}")
        if len(self.redirects) >= self.means.settings.max_redirects:
            raise Discarded("redirects", f"more than {self.means.settings.max_redirects} redirects")
        if not (self._patient or self.slow_redirects):
            return False
        if not self.other_hosts and host_of(target) != host_of(url):
            return False
        self.redirects.append(target)
        return True

    def _headers(self, url: str) -> dict[str, str]:
        """What is sent beside what says who we are: the request's own, secrets to their origin, and conditions."""
        if not (self.request.headers or self.secrets):
            return _conditions(self.validators)
        own = _without(_OURS, self.request.headers) | _without(_WIRES, self.secrets)
        if url != self.request.url and place_of(url).origin != place_of(self.request.url).origin:
            own = {name: value for name, value in own.items() if name in _HARMLESS}
        return own | _conditions(self.validators)

    def _wants_body(self, head: Head) -> bool:
        if head.status == HTTPStatus.NOT_MODIFIED and self.validators == Validators():
            raise Transient("protocol", "status 304 to a request that was not conditional", status=head.status)
        return wants_body(head, self.expect, self.means.settings, self.means.now())

    def _make_body(self, encoding: str) -> Body:
        settings, first_bytes = self.means.settings, self.expect.first_bytes
        return Body(
            encoding,
            limit=settings.max_body_bytes if first_bytes is None else first_bytes,
            max_ratio=settings.max_ratio,
            ratio_floor=settings.ratio_floor_bytes,
            cut=first_bytes is not None,
        )

    def _arrived(self, url: str, answer: Answer, moved_to: str | None) -> Fetched:
        settings, now, head = self.means.settings, self.means.now(), answer.head
        not_modified = head.status == HTTPStatus.NOT_MODIFIED
        return Fetched(
            response=Response(
                request=self.request,
                url=url,
                status=head.status,
                headers=head.headers,
                body=answer.body,
                received_at=now,
            ),
            wire_bytes=answer.wire_bytes,
            elapsed=answer.seconds,
            requests=self.requests,
            validators=_validators(head, self.validators if not_modified else Validators()),
            not_modified=not_modified,
            moved_to=moved_to,
            redirects=self.redirects,
            robots_tags=robots_tags(head.robots_tags, settings.token, now),
            rate_hint=rate_hint(head.headers, now, at_most=settings.retry_after_max_seconds),
        )


def _is_brief(error: BaseException) -> bool:
    return isinstance(error, Transient) and error.brief


def _without(names: frozenset[str], headers: Mapping[str, str]) -> dict[str, str]:
    lower = {name.lower(): value for name, value in headers.items()}
    return {name: value for name, value in lower.items() if name not in names}


def _conditions(validators: Validators) -> dict[str, str]:
    conditions = {"if-none-match": validators.etag, "if-modified-since": validators.last_modified}
    return {name: value for name, value in conditions.items() if value is not None}


def _validators(head: Head, before: Validators) -> Validators:
    """The answer's validators; those of before where it has none. What could not be sent back is left out."""
    return Validators(
        etag=_sendable(head.headers.get("etag", "")) or before.etag,
        last_modified=_sendable(head.headers.get("last-modified", "")) or before.last_modified,
    )


def _sendable(value: str) -> str | None:
    return value if _VALIDATOR.fullmatch(value) else None
