"""A bare crawl of the stand-ins of platforms that are read by their APIs, with the secrets that they ask for."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from infra.local.world.sites.reddit import CLIENT_ID, CLIENT_SECRET, TOKEN_PATH
from infra.local.world.sites.youtube import KEY, KEY_HEADER
from socialindex import sources
from socialindex.channels.recognize import recognize
from socialindex.errors import Discarded
from socialindex.model import Draft
from socialindex.sources.base import Channel, Known, Request, Response
from tests.unit.crawl.site import LOCAL
from tests.unit.world.client import get

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.local.world import Channel as Truth
    from socialindex.sources.base import Adapter

_MOST_REQUESTS = 300


@dataclass
class Found:
    """What a crawl came to."""

    cursor: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)
    verdicts: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    requests: int = 0

    @property
    def kept(self) -> set[str]:
        return {uri for uri, draft in self.drafts.items() if not draft.deleted}

    @property
    def deleted(self) -> set[str]:
        return {uri for uri, draft in self.drafts.items() if draft.deleted}


def recognized(pasted: str) -> tuple[str, str]:
    """The source and the channel's address that the real recognition makes of a pasted address."""
    found = asyncio.run(recognize(pasted, LOCAL))
    return found.source, found.recognized.url


def secrets(source: str, base: str) -> dict[str, str]:
    """The headers that the crawl stage would add."""
    if source == "youtube":
        return {KEY_HEADER: KEY}
    return {"Authorization": f"bearer {token(base)}"} if source == "reddit" else {}


def token(base: str, secret: str = CLIENT_SECRET) -> str:
    """A token of the stand-in for Reddit, by client credentials."""
    basic = b64encode(f"{CLIENT_ID}:{secret}".encode()).decode()
    asked = urllib.request.Request(  # noqa: S310 - loopback
        base + TOKEN_PATH, data=b"grant_type=client_credentials", headers={"Authorization": f"Basic {basic}"}
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - loopback
        found: str = json.load(answer)["access_token"]
        return found


def crawl(truth: Truth, *, now: datetime, cursor: dict[str, str] | None = None, walk: bool = False) -> Found:
    """Poll a channel, or walk its history, until nothing follows."""
    adapter = sources.find(truth.source)
    channel = Channel(
        id="ch_test",
        source=truth.source,
        url=recognized(truth.url)[1],
        created_at=datetime(2026, 11, 1, tzinfo=UTC),
        cursor=cursor or {},
        options=truth.options,
    )
    first = adapter.backfill(channel) if walk else adapter.start(channel)
    return drain(adapter, channel, [first] if first else [], now)


def reread(truth: Truth, uris: Iterable[str], *, now: datetime) -> Found:
    """Read posts of a channel again."""
    adapter = sources.find(truth.source)
    created = datetime(2026, 11, 1, tzinfo=UTC)
    channel = Channel(id="ch_test", source=truth.source, url=recognized(truth.url)[1], created_at=created)
    return drain(adapter, channel, adapter.reread(channel, [Known(uri=uri) for uri in uris]), now)


def drain(adapter: Adapter, channel: Channel, requests: Iterable[Request], now: datetime) -> Found:
    found, waiting, seen = Found(cursor=channel.cursor), list(requests), set[str]()
    base = "/".join(channel.url.split("/")[:3])
    headers = {name.replace("-", "_"): value for name, value in secrets(adapter.name, base).items()}
    while waiting:
        waiting.sort(key=lambda request: request.priority)
        request = waiting.pop(0)
        answer = get(request.url, **headers)
        found.requests += 1
        assert found.requests <= _MOST_REQUESTS
        response = Response(
            request=request,
            url=request.url,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            received_at=now,
        )
        follow = adapter.follow(channel, response)
        if follow.cursor is not None:
            channel = msgspec.structs.replace(channel, cursor=follow.cursor)
            found.cursor = follow.cursor
        fresh = [each for each in follow.requests if each.kind + each.url not in seen]
        seen.update(each.kind + each.url for each in fresh)
        waiting += fresh
        _read(adapter, channel, response, found)
    return found


def _read(adapter: Adapter, channel: Channel, response: Response, found: Found) -> None:
    for post in adapter.posts(channel, response):
        if isinstance(post, Draft):
            found.drafts[post.uri] = post
        elif isinstance(post, Discarded):
            found.verdicts.append(post.reason)
        else:
            found.unread.append(str(post))
