"""A bare crawl of the sample world with the real adapters: no stages, no pauses, everything in memory."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from socialindex.channels.autodiscovery import feed_links
from socialindex.errors import Discarded, ParseError
from socialindex.model import Draft
from socialindex.sources.base import Channel, Request, Response

if TYPE_CHECKING:
    from infra.local.world import Channel as Truth
    from socialindex.sources.base import Adapter

_AGENT = "socialindex-test/0 (+https://crawler.example.com/about)"
_MOST_REQUESTS = 400


@dataclass
class Crawl:
    """What a crawl found: posts by identity, verdicts by reason, and what could not be read."""

    drafts: list[Draft] = field(default_factory=list)
    discarded: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    requests: int = 0

    def uris(self) -> set[str]:
        return {draft.uri for draft in self.drafts if not draft.deleted}


def fetch(request: Request) -> Response:
    """One GET on loopback."""
    headers = {"User-Agent": _AGENT, **request.headers}
    asked = urllib.request.Request(urllib.parse.quote(request.url, safe=":/?&=%#@,+"), headers=headers)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - loopback
            status, url, found, body = answer.status, answer.url, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            status, url, found, body = error.code, error.url or request.url, error.headers, error.read()
    return Response(
        request=request,
        url=url,
        status=status,
        headers={name.lower(): value for name, value in found.items()},
        body=body,
        received_at=datetime.now(UTC),
    )


def recognize(adapter: Adapter, url: str) -> str:
    """The channel's address that an adapter makes of a pasted one, by way of the feed that the page names."""
    page = fetch(Request(url=url))
    found = adapter.recognize(page) or next(
        (made for link in feed_links(page) if (made := adapter.recognize(fetch(Request(url=link))))), None
    )
    assert found is not None, f"{adapter.name} does not recognize {url}"
    return found.url


def crawl(adapter: Adapter, truth: Truth) -> Crawl:
    """One whole poll of a channel: its first request and everything that follows."""
    found = Crawl()
    url = recognize(adapter, truth.url)
    channel = Channel(id=truth.name, source=truth.source, url=url, created_at=datetime.now(UTC), options=truth.options)
    waiting, asked = [adapter.start(channel)], set[str]()
    while waiting and found.requests < _MOST_REQUESTS:
        request = waiting.pop(0)
        if (key := f"{request.kind} {request.url}") in asked:
            continue
        asked.add(key)
        found.requests += 1
        waiting += _read(adapter, channel, fetch(request), found)
    return found


def _read(adapter: Adapter, channel: Channel, response: Response, found: Crawl) -> list[Request]:
    try:
        for post in adapter.posts(channel, response):
            _sort(post, found)
        return adapter.follow(channel, response).requests
    except (Discarded, ParseError) as error:
        _sort(error, found)
        return []


def _sort(post: Draft | Exception, found: Crawl) -> None:
    if isinstance(post, Draft):
        found.drafts.append(post)
    elif isinstance(post, Discarded):
        found.discarded.append(post.reason)
    else:
        found.unread.append(str(post))
