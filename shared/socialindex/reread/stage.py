"""The reread stage, every few minutes: posts whose time has come -> requests of the lowest priority in the frontier."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec
from aws_lambda_powertools import Logger

from socialindex import sources
from socialindex.aws.frontier import Pending
from socialindex.batch import reason_of
from socialindex.crawl.urls import host_of, over_http
from socialindex.errors import Refused
from socialindex.outcomes import OutcomeStore, Tally
from socialindex.reread.schedule import STEPS, due, start, uris
from socialindex.sources.base import REREAD_CONTEXT, Known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opensearchpy import OpenSearch

    from socialindex.aws.channels import Channels
    from socialindex.aws.frontier import Frontier
    from socialindex.aws.hosts import Hosts
    from socialindex.aws.marks import Marks
    from socialindex.reread.schedule import Item, Step
    from socialindex.sources.base import Channel, Request

STAGE = "reread"
LIMIT = 1_000
"""Posts of a step that are looked up at once."""
SECONDS = 180.0
"""For so long a run goes on with steps of which more is due; a page of each of them may follow. What is left then, the
next run begins with."""
LEASE = 360.0
"""Seconds for which nobody else runs, longer than the function lives: two would move a step's mark back and forth."""
THREADS = 16
"""Calls of tables at once: the time goes into waiting for them."""

logger = Logger(child=True)


class Reread:
    """Hands out posts to be read again; running twice hands out nothing twice, since a request waits once."""

    def __init__(
        self,
        engine: OpenSearch,
        channels: Channels,
        frontier: Frontier,
        hosts: Hosts,
        marks: Marks,
        outcomes: OutcomeStore,
    ) -> None:
        self._engine = engine
        self._channels = channels
        self._frontier = frontier
        self._hosts = hosts
        self._marks = marks
        self._outcomes = outcomes

    def run(self, limit: int = LIMIT, now: datetime | None = None, *, seconds: float = SECONDS) -> dict[str, int]:
        """Put requests for due posts in the frontier; how many posts were due, and how many requests read them.

        Steps take turns, so that one with a million due posts leaves the others their time.

        Args:
            limit: posts of a step that are looked up at once.
            now: the clock, for tests.
            seconds: see ``SECONDS``.

        Raises:
            Unavailable: a part does not answer; what was not handed out stays due.
        """
        moment, until = now or datetime.now(tz=UTC), time.monotonic() + seconds
        told = {"posts": 0, "requests": 0}
        with self._marks.alone(STAGE, LEASE) as alone:
            steps = deque(STEPS if alone else ())
            while steps:
                step = steps.popleft()
                posts, requests = self._step(step, limit, moment)
                told = {"posts": told["posts"] + posts, "requests": told["requests"] + requests}
                if posts == limit and time.monotonic() < until:
                    steps.append(step)
        return told

    def _step(self, step: Step, limit: int, now: datetime) -> tuple[int, int]:
        tally = Tally(STAGE)
        mark = self._marks.get(step.name) or start(step, now)
        found = due(self._engine, step, mark, now, limit)
        requests = self._hand_out([each.post for each in found], now, tally)
        # Last, so that a crash before it only means that the same requests are put once more, under the same ids.
        self._marks.put(step.name, found[-1].mark if found else mark)
        self._outcomes.add(tally.take())
        return len(found), requests

    def _hand_out(self, posts: list[Item], now: datetime, tally: Tally) -> int:
        threads = uris(self._engine, (post["thread_id"] for post in posts if "thread_id" in post))
        at = now.timestamp()
        # Several posts can be read by one request.
        found = {pending.id: (pending, source) for pending, source in self._pending(posts, threads, at, tally)}
        self._frontier.put_all([pending for pending, _ in found.values()])
        for _, source in found.values():
            tally.add("ok", source=source)
        hosts = {pending.host for pending, _ in found.values()}
        with ThreadPoolExecutor(THREADS) as pool:
            deque(pool.map(lambda host: self._hosts.wake(host, at), hosts), maxlen=0)
        return len(found)

    def _pending(
        self, posts: list[Item], threads: dict[str, str], at: float, tally: Tally
    ) -> Iterator[tuple[Pending, str]]:
        for channel, group in self._by_channel(posts):
            known = [_known(post, threads) for post in group]
            for request in _requests(channel, known, tally):
                try:
                    host = host_of(over_http(request.url))
                except Refused as verdict:
                    tally.add("discard", source=channel.source, reason=verdict.reason)
                else:
                    yield Pending(host=host, channel=channel.id, request=request, not_before=at), channel.source

    def _by_channel(self, posts: list[Item]) -> Iterator[tuple[Channel, list[Item]]]:
        """Posts of each channel that is still crawled."""
        by_channel = sorted(posts, key=_channel_of)
        groups = {name: list(group) for name, group in groupby(by_channel, key=_channel_of) if name}
        with ThreadPoolExecutor(THREADS) as pool:
            states = list(pool.map(self._channels.get, groups))
        for state, group in zip(states, groups.values(), strict=True):
            if state is not None:
                yield state.channel, group


def _requests(channel: Channel, posts: list[Known], tally: Tally) -> Iterable[Request]:
    try:
        wanted = list(sources.find(channel.source).reread(channel, posts))
    except Exception as error:  # noqa: BLE001 - a channel that its adapter cannot take must not stop the others
        logger.warning("nothing is read again", extra={"channel": channel.id, "reason": reason_of(error)})
        tally.add("discard", source=channel.source, reason="invalid_channel")
        return []
    return [
        msgspec.structs.replace(request, priority=2, context=request.context | REREAD_CONTEXT) for request in wanted
    ]


def _known(post: Item, threads: dict[str, str]) -> Known:
    published = post.get("published_at")
    return Known(
        uri=post["uri"],
        kind=post.get("kind", "post"),
        url=post.get("url"),
        thread=threads.get(post.get("thread_id", "")),
        published_at=datetime.fromisoformat(published) if published else None,
    )


def _channel_of(post: Item) -> str:
    channel: str = post.get("provenance", {}).get("channel", "")
    return channel
