"""Requests/s of a thousand hosts with a second's delay each, beside the most that they bear (by a virtual clock).

The scheduling is the real one: dispatch queues hosts every minute, crawlers lease and drain them, a hundred at once, at
their pace, and let them go when their time is up. Tables, queues and hosts are stand-ins in memory with virtual
latencies, so the figures say how well hosts are kept busy, and nothing of the machine.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from infra.bench.figure import Figure, compared
from infra.bench.memory import MemoryHosts, MemoryOutcomes, MemoryQueue, NoChannels
from infra.bench.progress import say
from infra.bench.virtual import EPOCH, VirtualLoop
from socialindex.aws.channels import ChannelState
from socialindex.aws.frontier import Pending
from socialindex.crawl.attempt import Workshop
from socialindex.crawl.credentials import Credentials
from socialindex.crawl.fetch import Fetched, FetchSettings, Validators
from socialindex.crawl.recorder import Recorder
from socialindex.crawl.rhythm import Polling
from socialindex.crawl.settings import Habits
from socialindex.crawl.stage import drain_all
from socialindex.crawl.states import States
from socialindex.dispatch.stage import Dispatch
from socialindex.messages import CrawlGroup, decode
from socialindex.outcomes import Tally
from socialindex.sources.base import Channel, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.messages import Tagged

DELAY: Final = 1.0
ANSWER_SECONDS: Final = (0.1, 0.3)
"""What a host takes to answer, from and to: hosts do not go in step."""
CALL_SECONDS: Final = 0.005
"""What a table or a queue takes."""
START_SECONDS: Final = 1.0
"""From a message to its crawler's first call."""
WORK_SECONDS: Final = 775.0
"""Of a crawler, as in ``functions/crawl``: its timeout without the reserve."""
WARM_UP_SECONDS: Final = 5.0
"""In which every host is leased and its robots.txt read."""
MINUTE: Final = 60.0
LEASE_SECONDS: Final = 60.0

_EMPTY = b'<rss version="2.0"><channel><title>A feed</title></channel></rss>'


def run() -> list[Figure]:
    """Requests per second with a thousand hosts at work, and of a few over half an hour, with crawlers that end."""
    return [
        compared("schedule", "requests/s", [simulated(hosts=1_000, seconds=30.0)]),
        compared("schedule_handover", "requests/s", [simulated(hosts=10, seconds=2 * 780.0)]),
    ]


def simulated(*, hosts: int, seconds: float) -> tuple[float, float]:
    """Requests per second in so many seconds once all hosts are at work, and the most that there could have been."""
    began = time.perf_counter()
    loop = VirtualLoop(CALL_SECONDS)
    world = World(loop, hosts)
    with closing(loop):
        loop.run_until_complete(_crawled(world, WARM_UP_SECONDS + seconds))
    passed = time.perf_counter() - began
    say(f"  {world.asked} requests to {hosts} hosts in {seconds:.0f} virtual seconds, {passed:.0f} real ones")
    return world.asked / seconds, hosts / (DELAY + sum(ANSWER_SECONDS) / 2)


async def _crawled(world: World, seconds: float) -> None:
    """Dispatch every minute, and crawl what it queues."""
    crawlers: list[asyncio.Task[None]] = []
    for _ in range(int(seconds // MINUTE) + 1):
        world.dispatch().run(Polling())
        crawlers += [asyncio.create_task(_crawler(world, group)) for group in world.queued()]
        await asyncio.sleep(min(MINUTE, seconds - world.loop.time()))
    for crawler in crawlers:
        crawler.cancel()
    await asyncio.gather(*crawlers, return_exceptions=True)


async def _crawler(world: World, hosts: list[str]) -> None:
    """One invocation of the crawl stage."""
    await asyncio.sleep(START_SECONDS)
    parts, tally = cast("Any", world), Tally("crawl")
    async with Recorder(parts, parts, parts, parts, tally) as recorder:
        shop = Workshop(
            fetcher=parts,
            channels=parts,
            hosts=parts,
            frontier=parts,
            recorder=recorder,
            dead_letters=parts,
            tally=tally,
            credentials=Credentials(),
            polling=Polling(),
            states=States(parts, world.loop.unix_time),
            clock=world.loop.unix_time,
        )
        deadline = world.loop.unix_time() + WORK_SECONDS
        habits = Habits(delay=DELAY, daily=1_000_000)
        await drain_all(shop, hosts, habits, lease_seconds=LEASE_SECONDS, deadline=deadline)


class World(MemoryHosts):
    """Stand-ins for tables, queues, archive and hosts in one: hosts that always have work, and answer soon."""

    def __init__(self, loop: VirtualLoop, hosts: int) -> None:
        super().__init__(loop.unix_time, {f"h{number}.example": EPOCH for number in range(hosts)})
        self.loop = loop
        self.asked = 0
        self._chance = random.Random(1)  # noqa: S311 - the same simulation every time
        self.settings = FetchSettings(contact="https://crawler.example/")
        self._done: dict[str, int] = defaultdict(int)
        self._crawl_queue = MemoryQueue()

    def dispatch(self) -> Dispatch:
        """The dispatch stage on this world."""
        parts, queue = cast("Any", self), cast("Any", self._crawl_queue)
        channels, outcomes = cast("Any", NoChannels()), cast("Any", MemoryOutcomes())
        return Dispatch(channels, parts, parts, queue, outcomes, clock=self.loop.unix_time)

    def queued(self) -> list[list[str]]:
        """Groups of hosts that were queued since the last look."""
        messages, self._crawl_queue.messages = self._crawl_queue.messages, []
        return [decode(message, CrawlGroup).hosts for message in messages]

    # Frontier

    def due(self, host: str, now: float, limit: int) -> list[Pending]:
        """The next requests, without an end."""
        first = self._done[host]
        return [_pending(host, number, now) for number in range(first, first + limit)]

    def next_at(self, host: str) -> float:
        """Always due."""
        del host
        return EPOCH

    def remove(self, done: Iterable[Pending]) -> None:
        """Go on behind what is settled."""
        for pending in done:
            self._done[pending.host] = max(self._done[pending.host], int(pending.request.context["number"]) + 1)

    # Channels, archive, queue

    def get(self, channel: str) -> ChannelState:
        """A channel that has been polled before."""
        at = datetime.fromtimestamp(EPOCH, UTC)
        cursor = {"history": "asked"}
        url = f"https://{channel}/feed"
        return ChannelState(
            channel=Channel(id=channel, source="feed", url=url, created_at=at, cursor=cursor), poll_at=0.0
        )

    def store(self, data: bytes) -> str:
        """Keep nothing."""
        del data
        return "raw/object"

    def send_tagged(self, messages: Iterable[Tagged]) -> int:
        """Send nothing."""
        return sum(1 for _ in messages)

    # Fetcher

    def now(self) -> datetime:
        """The virtual time."""
        return datetime.fromtimestamp(self.loop.unix_time(), UTC)

    async def fetch(self, request: Request, **options: Any) -> Fetched:  # noqa: ANN401 - as the fetcher's
        """An answer without news; no robots.txt."""
        if options.get("allowed"):
            await options["allowed"](request.url)
            self.asked += self.loop.time() >= WARM_UP_SECONDS
        elapsed = self._chance.uniform(*ANSWER_SECONDS)
        await asyncio.sleep(elapsed)
        status, body = (404, b"") if request.kind == "robots" else (200, _EMPTY)
        response = Response(request=request, url=request.url, status=status, body=body, received_at=self.now())
        validators = Validators()
        return Fetched(response=response, wire_bytes=len(body), elapsed=elapsed, requests=1, validators=validators)


def _pending(host: str, number: int, now: float) -> Pending:
    request = Request(url=f"https://{host}/{number}", kind="feed", context={"number": str(number)})
    return Pending(host=host, channel=host, request=request, not_before=now)
