"""The crawl stage itself, with all that it does for a page, and the adapter that reads sitemaps.

Tables, queues and bucket are stand-ins in memory.
"""

from __future__ import annotations

import sys
import time
from time import perf_counter
from typing import Any, Final, cast

from infra.bench.crawlers.hosts import PAGES, SITEMAP
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
from socialindex.sources.article import ADAPTER
from socialindex.sources.base import Channel

SECONDS: Final = 60.0
"""The crawl's deadline; it takes a few."""


def crawl(ports: list[str]) -> MemoryQueue:
    """Crawl these hosts by one invocation of the stage; the messages that it sent on, one a page."""
    queue, dead = MemoryQueue(), MemoryQueue()
    channels = [_channel(port) for port in ports]
    frontier, hosts = MemoryFrontier(), [channel.id for channel in channels]
    for channel in channels:
        frontier.put(Pending(host=channel.id, channel=channel.id, request=ADAPTER.start(channel), poll=True))
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
    stage.handle(_event(encode(CrawlGroup(hosts=hosts))), SECONDS)
    if dead.messages:
        raise RuntimeError(dead.messages[0])
    return queue


def _channel(port: str) -> Channel:
    host = f"127.0.0.1:{port}"
    url, options = f"http://{host}{SITEMAP}", {"pages": str(PAGES)}
    return Channel(id=host, source=ADAPTER.name, url=url, options=options, created_at=LONG_AGO)


def _event(body: str) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": str(int(time.time() * 1000))}
    return {"Records": [{"messageId": "1", "body": body, "attributes": attributes, "eventSourceARN": "arn:bench"}]}


def _main(ports: list[str]) -> None:
    started = perf_counter()
    sent = crawl(ports)
    tell(len(set(sent.messages)), perf_counter() - started)


if __name__ == "__main__":
    _main(sys.argv[1:])
