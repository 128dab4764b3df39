"""More posts than the pipeline can write, while clients ask: how far it falls behind, and that nothing is lost."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, NamedTuple

from infra.bench.corpus import posts_of
from infra.bench.load_curve import row
from infra.bench.load_requests import Step, arrivals
from infra.bench.load_sending import sent
from infra.bench.pipeline import archived, searchable
from infra.bench.progress import say
from infra.bench.service import engine_of
from socialindex.aws.queues import Queue
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.bench.corpus import Corpus
    from infra.bench.load_curve import Row
    from infra.bench.load_requests import Client
    from infra.local.service import Service

COPIES: Final = 12
"""Of the small world: about 6,500 posts in 1,600 responses."""
SECONDS: Final = 15.0
"""In which they arrive: twice as fast as two cores index them, or faster."""
_FIRST: Final = 500
"""Number of the first copy: the hosts of others are taken."""
_LOOK: Final = 1.0
_PATIENCE: Final = 240.0
_QUEUES: Final = ("Normalize", "Index")


class Look(NamedTuple):
    """What was seen at a moment."""

    at: float
    """Seconds from the first post."""
    arrived: int
    """Responses put on the queue so far."""
    found: int
    """Posts of the flood that a search finds."""
    waiting: tuple[int, ...]
    """Messages on each of the queues, those in work included."""


class Flooded(NamedTuple):
    """What became of a flood."""

    posts: int
    lost: int
    given_up: int
    """Messages in dead letters."""
    written: float
    """Seconds from the first post until a search found all."""
    behind: float
    """Seconds that a search was behind what had arrived, at worst."""
    looks: list[Look]
    asked: Row
    """What clients found meanwhile."""


def flood(service: Service, corpus: Corpus, client: Client, rate: float) -> Flooded:
    """Let posts arrive faster than they can be written, ask all the while, and wait until all are found.

    Raises:
        Unavailable: they are not found in time, or requests cannot be sent.
    """
    copies = range(_FIRST, _FIRST + COPIES)
    messages = archived(service, (page for number in copies for page in corpus.copy(number)))
    posts = COPIES * len({post.id for exchange in corpus.exchanges for post in posts_of(exchange)})
    say(f"  {posts:,} posts in {len(messages):,} responses arrive within {SECONDS:.0f} s ...")
    asking = arrivals([Step(rate, 2 * SECONDS)], client, seed=99)
    with ThreadPoolExecutor(1) as other:
        answers = other.submit(sent, service.stack.url, asking)
        looks = _Watch(service, messages).until(posts)
        asked = row(rate, 2 * SECONDS, answers.result())
    return Flooded(
        posts=posts,
        lost=posts - looks[-1].found,
        given_up=sum(_depth(service, f"{name}DeadLetters") for name in _QUEUES),
        written=next(one.at for one in looks if one.found >= posts),
        behind=_behind(looks, posts, len(messages)),
        looks=looks,
        asked=asked,
    )


class _Watch:
    """Puts messages on the queue at an even rate, and looks once a second at what became of them."""

    def __init__(self, service: Service, messages: list[str]) -> None:
        self._service = service
        self._messages = messages
        self._engine = engine_of(service)
        self._queue = Queue(service.stack.queue_url("NormalizeQueue"))
        self._before = searchable(self._engine)
        self._arrived = 0

    def until(self, posts: int) -> list[Look]:
        """Looks until so many posts more are found and nothing waits, or until it takes too long."""
        began = time.perf_counter()
        looks: list[Look] = []
        while not looks or looks[-1].found < posts or any(looks[-1].waiting):
            at = time.perf_counter() - began
            if at > _PATIENCE:
                raise Unavailable(f"only {looks[-1].found} of {posts} posts are found after {_PATIENCE:.0f} seconds")
            self._let_arrive(at)
            looks.append(self._look(at))
            time.sleep(max(0.0, began + len(looks) * _LOOK - time.perf_counter()))
        return looks

    def _let_arrive(self, at: float) -> None:
        due = min(len(self._messages), int((at + _LOOK) / SECONDS * len(self._messages)))
        self._queue.send_all(self._messages[self._arrived : due])
        self._arrived = due

    def _look(self, at: float) -> Look:
        waiting = tuple(_depth(self._service, f"{name}Queue") for name in _QUEUES)
        return Look(at, self._arrived, searchable(self._engine) - self._before, waiting)


def _depth(service: Service, queue: str) -> int:
    depth = Queue(service.stack.queue_url(queue)).depth()
    return depth.waiting + depth.in_flight


def _behind(looks: Sequence[Look], posts: int, messages: int) -> float:
    """At worst, the age of the oldest response whose posts are not found, taking them to be found in order."""

    def arrived_at(number: float) -> float:
        return next((one.at for one in looks if one.arrived > number), looks[-1].at)

    return max(one.at - arrived_at(one.found / posts * messages) for one in looks if one.found < posts)
