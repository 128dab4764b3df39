"""The crawl stage: CrawlQueue -> fetched responses -> archive and NormalizeQueue; follow-ups -> frontier."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from aws_lambda_powertools import Logger

from socialindex.batch import Batch, BatchAnswer
from socialindex.correlation import following
from socialindex.crawl.attempt import Workshop
from socialindex.crawl.credentials import Credentials
from socialindex.crawl.drain import Drain, beat
from socialindex.crawl.fetch import Fetcher
from socialindex.crawl.recorder import Recorder
from socialindex.crawl.states import States
from socialindex.errors import Unavailable
from socialindex.messages import CrawlGroup, decode
from socialindex.outcomes import Tally

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterable

    from socialindex.aws.archive import Archive
    from socialindex.aws.channels import Channels
    from socialindex.aws.frontier import Frontier
    from socialindex.aws.hosts import Hosts
    from socialindex.aws.outcomes import Outcomes
    from socialindex.aws.queues import Queue
    from socialindex.crawl.rhythm import Polling
    from socialindex.crawl.settings import FetchSettings, Habits

STAGE = "crawl"
_REPORT_SECONDS = 5.0
_THREADS = 32
"""For calls of tables, queues and buckets, whose client blocks."""

logger = Logger(child=True)


class Parts(NamedTuple):
    """What the stage stands on."""

    channels: Channels
    hosts: Hosts
    frontier: Frontier
    archive: Archive
    normalize_queue: Queue
    dead_letters: Queue
    outcomes: Outcomes


class Crawl:
    """Drains groups of hosts, a hundred at once, each at its own pace.

    A host that another crawler has is passed over; one that must wait too long is let go until its time comes.
    """

    def __init__(
        self,
        parts: Parts,
        fetch: FetchSettings,
        habits: Habits,
        polling: Polling,
        credentials: Credentials | None = None,
        *,
        lease_seconds: float,
    ) -> None:
        self._parts = parts
        self._fetch = fetch
        self._habits = habits
        self._polling = polling
        self._credentials = credentials or Credentials()
        self._lease_seconds = lease_seconds

    def handle(self, event: dict[str, Any], seconds: float) -> BatchAnswer:
        """Crawl the hosts that an SQS event names, for at most so many seconds."""
        tally = Tally(STAGE)
        batch = Batch(event, self._parts.dead_letters, tally, swept=True)
        deadline = time.time() + seconds
        for record in batch.records:
            try:
                group = decode(record.body, CrawlGroup)
                self._credentials.refresh()
                with following(record.correlation):
                    asyncio.run(self._drain(list(dict.fromkeys(group.hosts)), deadline, tally))
            except Exception as error:  # noqa: BLE001 - a batch never fails for one item; the verdict is the batch's
                batch.failed(record, error)
        self._parts.outcomes.add(tally.take())
        return batch.answer()

    async def _drain(self, hosts: list[str], deadline: float, tally: Tally) -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
        parts = self._parts
        recorder = Recorder(parts.archive, parts.normalize_queue, parts.frontier, parts.channels, tally)
        async with Fetcher(self._fetch) as fetcher, recorder, _beside(self._report(tally)):
            shop = Workshop(
                fetcher=fetcher,
                channels=parts.channels,
                hosts=parts.hosts,
                frontier=parts.frontier,
                recorder=recorder,
                dead_letters=parts.dead_letters,
                tally=tally,
                credentials=self._credentials,
                polling=self._polling,
                states=States(parts.channels, time.time),
            )
            await drain_all(shop, hosts, self._habits, lease_seconds=self._lease_seconds, deadline=deadline)

    async def _report(self, tally: Tally) -> None:
        """Write counts down while the work goes on: an invocation lasts minutes, and ``status`` is looked at."""
        while True:
            await asyncio.sleep(_REPORT_SECONDS)
            await asyncio.to_thread(self._parts.outcomes.add, tally.take())


async def drain_all(shop: Workshop, hosts: list[str], habits: Habits, *, lease_seconds: float, deadline: float) -> None:
    """Drain those of the hosts that nobody else has, all at once, until ``deadline`` (Unix time).

    Raises:
        Unavailable: a part of ours did not answer at one of them; the others were drained.
    """

    async def lease(host: str) -> Drain | None:
        leased = await asyncio.to_thread(shop.hosts.lease, host, lease_seconds)
        return Drain(shop, leased, habits, deadline=deadline) if leased else None

    leased = await asyncio.gather(*map(lease, hosts), return_exceptions=True)
    drains = [drain for drain in leased if isinstance(drain, Drain)]
    async with _beside(beat(drains, lease_seconds)):
        ends = await asyncio.gather(*(drain.run() for drain in drains), return_exceptions=True)
    _raise_first([*leased, *ends])


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run something endless beside a block; what goes wrong in it is raised at the block's end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _raise_first(ends: Iterable[object]) -> None:
    """Raise what went wrong at a host, once all others are done: an error of ours before a part that was down."""
    errors = [end for end in ends if isinstance(end, BaseException)]
    for error in errors:
        logger.warning("a host was not drained", extra={"reason": type(error).__name__})
    for error in sorted(errors, key=lambda error: isinstance(error, Unavailable)):
        raise error
