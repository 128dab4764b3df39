"""Feeds the stack as the crawl stage does, in a process of its own: responses to the archive, messages to the queue.

Once a second as many responses as hold what was said in it are archived in one object, which the crawl stage does, too.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from infra.bench.corpus import posts_of
from infra.bench.sustaining.audience import A_DAY, Audience, Probe
from infra.bench.sustaining.platforms import PLATFORMS, Board, Fediverse, Sky, Videos
from infra.bench.sustaining.said import Speech
from socialindex.aws.archive import Archive
from socialindex.aws.queues import Queue
from socialindex.crawl.rhythm import Poll, Rhythm
from socialindex.errors import Unavailable
from socialindex.messages import Archived, encode
from socialindex.warc import WarcObject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.queues import Queue as Pipe

    from infra.bench.sustaining.place import Place
    from socialindex.warc import Exchange, Span

READ_EVERY: Final = 1.25
"""Minutes between two readings of a place: a busy channel's, since polls are a minute apart at the least."""
PROBE_EVERY: Final = 4
"""Seconds between two probes: they come at all times of the alert stage's minute."""
_MANY: Final = 10_000
"""More places than a platform has: from here on those of probes."""
_PROBED: Final[tuple[type[Place], ...]] = (Board, Videos, Fediverse, Sky)
_TICK: Final = 1.0


class Fed(NamedTuple):
    """A second's responses: when they were archived, and one of the posts that are new in them."""

    at: float
    source: str
    post: str


class Probed(NamedTuple):
    """A probe's posts were archived."""

    at: float
    topic: str
    posts: int


class Wanted(NamedTuple):
    """Where to feed what."""

    environment: dict[str, str]
    bucket: str
    queue: str
    audience: Audience


class Feeder:
    """A feeder's end in this process.

    Attributes:
        told: what was archived, ``Fed`` and ``Probed``.
    """

    def __init__(self, wanted: Wanted) -> None:
        context = get_context("spawn")
        self.told: Pipe[Fed | Probed] = context.Queue()
        self._rate = context.Value("d", 0.0)
        self._probing = context.Value("b", 0)
        self._counts = context.Array("d", 3)
        self._stop = context.Event()
        parts = (self._rate, self._probing, self._counts, self._stop)
        self._process = context.Process(target=_feed, args=(wanted, self.told, *parts), daemon=True)

    def feed(self, posts_a_minute: float, *, probing: bool = False) -> None:
        """From now on as many new posts; with probes or without."""
        self._rate.value = posts_a_minute
        self._probing.value = int(probing)

    @property
    def pid(self) -> int | None:
        """Of its process."""
        return self._process.pid

    @property
    def counts(self) -> tuple[float, float, float]:
        """So far: new posts, posts in responses, messages."""
        new, shown, messages = self._counts[:]
        return new, shown, messages

    def check(self) -> None:
        """Make sure that it feeds.

        Raises:
            Unavailable: its process has ended.
        """
        if not self._process.is_alive():
            raise Unavailable("the feeder has ended; standard error says why")

    def start(self) -> None:
        """Begin, with nothing to feed."""
        self._process.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._process.join(10)
        self._process.kill()


@contextmanager
def feeding(wanted: Wanted) -> Iterator[Feeder]:
    """A feeder until the block ends."""
    feeder = Feeder(wanted)
    feeder.start()
    try:
        yield feeder
    finally:
        feeder.stop()


def _feed(wanted: Wanted, told: Pipe[Fed | Probed], rate: Any, probing: Any, counts: Any, stop: Any) -> None:  # noqa: ANN401 - shared values have no type of their own
    os.environ.update(wanted.environment)
    mouth = Mouth(wanted)
    last, number = time.time(), 0
    while not stop.wait(max(0.0, last + _TICK - time.time())):
        now = time.time()
        if number % PROBE_EVERY == 0 and probing.value and (probe := mouth.probe(now)):
            told.put(probe)
        fed, *done = mouth.tick(rate.value, now - last, now)
        for place, count in enumerate(done):
            counts[place] += count
        if fed:
            told.put(fed)
        last, number = now, number + 1


class Mouth:
    """Says what is said, at all places in turns."""

    def __init__(self, wanted: Wanted) -> None:
        self._archive = Archive(wanted.bucket)
        self._queue = Queue(wanted.queue)
        self._queries = len(wanted.audience.queries)
        self._speech = Speech(wanted.audience.queries)
        self._probes = iter(wanted.audience.probes)
        self._places: dict[type[Place], list[Place]] = {platform: [] for platform in PLATFORMS}
        self._turns = dict.fromkeys(PLATFORMS, 0)
        self._credit = dict.fromkeys(PLATFORMS, 0.0)
        self._number = _MANY

    def tick(self, rate: float, seconds: float, now: float) -> tuple[Fed | None, int, int, int]:
        """Say as much as is said in some seconds; one of the posts, and how many were new, shown, and sent for."""
        moment = datetime.fromtimestamp(now, tz=UTC)
        talked_of = max(1, min(self._queries, round(rate * 1440 / A_DAY)))
        new = shown = 0
        exchanges: list[Exchange] = []
        for platform in PLATFORMS:
            self._credit[platform] += rate * seconds / 60 * platform.weight / 100
            while self._credit[platform] >= platform.new:
                self._credit[platform] -= platform.new
                said = [self._speech.some(talked_of, moment) for _ in range(platform.new)]
                place = self._place(platform, rate)
                exchanges.append(place.read(said, moment))
                new, shown = new + platform.new, shown + place.shown
        if not exchanges:
            return None, 0, 0, 0
        self._send(exchanges)
        chosen = exchanges[int(now) % len(exchanges)]
        posts = posts_of(chosen)
        newest = posts[-1 if chosen.source == Board.source else 0]
        return Fed(now, chosen.source, newest.id), new, shown, len(exchanges)

    def probe(self, now: float) -> Probed | None:
        """Speak of the next quiet topic: a burst at several places, or once."""
        probe = next(self._probes, None)
        if probe is None:
            return None
        moment = datetime.fromtimestamp(now, tz=UTC)
        self._number += 1
        self._send([*self._burst(probe, moment)])
        return Probed(now, probe.topic, probe.posts)

    def _burst(self, probe: Probe, moment: datetime) -> Iterator[Exchange]:
        for place in range(min(probe.posts, len(_PROBED))):
            said = [self._speech.about(probe.query, moment) for _ in range(-(-probe.posts // len(_PROBED)))]
            yield _PROBED[place](self._number).read(said, moment)

    def _place(self, platform: type[Place], rate: float) -> Place:
        """The one whose turn it is, of as many as it takes for each to be read as often as polls come."""
        many = max(1, round(READ_EVERY * rate * platform.weight / 100 / platform.new))
        places = self._places[platform]
        places += [platform(number) for number in range(len(places), many)]
        self._turns[platform] += 1
        return places[self._turns[platform] % many]

    def _send(self, exchanges: list[Exchange]) -> None:
        archived = WarcObject()
        spans = [archived.add(exchange) for exchange in exchanges]
        key = self._archive.store(archived.data())
        self._queue.send_all(
            encode(_message(key, span, exchange)) for span, exchange in zip(spans, exchanges, strict=True)
        )


def _message(key: str, span: Span, exchange: Exchange) -> Archived:
    poll = None
    if exchange.response.request.priority == 0:
        at = exchange.response.received_at.timestamp()
        poll = Poll(channel=exchange.channel.id, at=at, rhythm=Rhythm(at=at - 60, newest=at - 60))
    return Archived(key=key, offset=span.offset, length=span.length, source=exchange.source, poll=poll)
