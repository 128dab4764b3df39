"""The crawl stage itself, with all that it does for a page; tables, queues and bucket are stand-ins in memory."""

from __future__ import annotations

import sys
import time
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, cast
from unittest.mock import patch
from urllib.parse import urljoin

from lxml import html

from infra.bench.crawlers.told import tell
from infra.bench.memory import (
    LONG_AGO,
    MemoryArchive,
    MemoryChannels,
    MemoryFrontier,
    MemoryHosts,
    MemoryOutcomes,
    MemoryQueue,
)
from socialindex.aws.frontier import Pending
from socialindex.crawl.rhythm import Polling
from socialindex.crawl.settings import FetchSettings, Habits
from socialindex.crawl.stage import Crawl, Parts
from socialindex.messages import CrawlGroup, encode
from socialindex.sources.base import Adapter, Channel, Follow, Request

if TYPE_CHECKING:
    from socialindex.model import Draft
    from socialindex.sources.base import Recognized, Response

SECONDS: Final = 60.0
"""The crawl's deadline; it takes a few."""


class _Links(Adapter):
    """The least that reads these hosts: links of a list, titles of pages."""

    name = "bench"
    title = "Benchmark"

    def recognize(self, page: Response) -> Recognized | None:
        del page
        return None

    def start(self, channel: Channel) -> Request:
        return Request(url=channel.url, kind="list")

    def follow(self, channel: Channel, response: Response) -> Follow:
        del channel
        page = html.document_fromstring(response.body)
        if response.request.kind != "list":
            assert page.findtext(".//title")  # noqa: S101 - what is not read must not be counted
            return Follow()
        links = [urljoin(response.url, link.get("href", "")) for link in page.iter("a")]
        return Follow(requests=[Request(url=link, priority=1) for link in links])

    def posts(self, channel: Channel, response: Response) -> list[Draft | Exception]:
        del channel, response
        return []


def crawl(ports: list[str]) -> MemoryQueue:
    """Crawl these hosts by one invocation of the stage; the messages that it sent on, one a page."""
    adapter, queue, dead = _Links(), MemoryQueue(), MemoryQueue()
    channels = [_channel(port) for port in ports]
    frontier, hosts = MemoryFrontier(), [channel.id for channel in channels]
    for channel in channels:
        frontier.put(Pending(host=channel.id, channel=channel.id, request=adapter.start(channel), poll=True))
    parts = Parts(
        channels=cast("Any", MemoryChannels(channels)),
        hosts=cast("Any", MemoryHosts()),
        frontier=cast("Any", frontier),
        archive=cast("Any", MemoryArchive()),
        normalize_queue=cast("Any", queue),
        dead_letters=cast("Any", dead),
        outcomes=cast("Any", MemoryOutcomes()),
    )
    settings = FetchSettings(contact="https://crawler.example/", allow_loopback=True)
    habits = Habits(delay=0.0, daily=1_000_000)
    stage = Crawl(parts, settings, habits, Polling(), lease_seconds=SECONDS)
    with patch("socialindex.sources.find", lambda _name: adapter):
        stage.handle(_event(encode(CrawlGroup(hosts=hosts))), SECONDS)
    if dead.messages:
        raise RuntimeError(dead.messages[0])
    return queue


def _channel(port: str) -> Channel:
    host = f"127.0.0.1:{port}"
    return Channel(id=host, source=_Links.name, url=f"http://{host}/", created_at=LONG_AGO)


def _event(body: str) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": str(int(time.time() * 1000))}
    return {"Records": [{"messageId": "1", "body": body, "attributes": attributes, "eventSourceARN": "arn:bench"}]}


def _main(ports: list[str]) -> None:
    started = perf_counter()
    sent = crawl(ports)
    tell(len(set(sent.messages)), perf_counter() - started)


if __name__ == "__main__":
    _main(sys.argv[1:])
