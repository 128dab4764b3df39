"""Who listens: topics that have been talked about for two weeks, and quiet ones that something will happen to.

They are put where the API puts them, and with the memory that the alert stage would have of them: ours would take a
minute for five topics to learn it, and what it knew of none would be a burst of all.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
from opensearchpy import helpers

from infra.bench.mentions.chance import Chance
from infra.bench.percolate_topics import topics
from infra.bench.sustaining.platforms import PLATFORMS
from infra.bench.sustaining.said import Speech
from socialindex.alert.asking import NEGATIVE
from socialindex.alert.detect import Memory, observe
from socialindex.alert.model import STEP, Bucket, Heard, floor
from socialindex.alert.watch import Known, Watch
from socialindex.aws.alert_items import KeptWatch
from socialindex.aws.alerts import AlertsTable
from socialindex.aws.topics import TopicsTable
from socialindex.engine import TOPICS
from socialindex.normalize.enrich import Enricher
from socialindex.normalize.reading import items
from socialindex.topics.job import Job
from socialindex.topics.stored import stored
from socialindex.topics.topic import Topic, Watched
from socialindex.warc import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opensearchpy import OpenSearch

    from infra.local.service import Service

A_DAY: Final = 20_000
"""Mentions of a topic: what a command center reads."""
DAYS: Final = 14
_QUIET_A_DAY: Final = 12
_THREADS: Final = 8
_SAMPLE: Final = 20
"""Responses of each platform by which it is known how people speak."""
_BAR: Final = 20_000
"""Followers from which on an author is one of reach: more than any has."""
_MOST: Final = 1_000_000
_UNHEARD: Final = ("쩡쭈뻐끄뜨쌔쿼퓨", "qzxvjk")
_LATIN: Final = 0.3
_LENGTH: Final = 8
BURST: Final = 12
"""Posts of a burst, of as many people."""
_CHUNK: Final = 50
"""Topics of one bulk request: an engine that has just started takes some milliseconds for each."""


class Probe(NamedTuple):
    """A quiet topic that is spoken of once: by one post, its first ever, or by a burst of them."""

    topic: str
    query: str
    posts: int


class Audience(NamedTuple):
    """Topics that posts are held against."""

    queries: list[str]
    """Of topics that are talked about all the time."""
    probes: list[Probe]


class Manner(NamedTuple):
    """How people speak, of which the topics' memories tell."""

    judged: float
    negative: float
    """Share of the judged."""
    promotional: float


def gathered(service: Service, engine: OpenSearch, workspace: str, number: int, probes: int) -> Audience:
    """Put so many topics into the service, and as many quiet ones of a workspace as there are to be probes.

    Raises:
        Unavailable: a part does not take them.
    """
    now = datetime.now(tz=UTC)
    made = [_living(topic, now) for topic in topics(number + probes)]
    listened, quiet = made[:number], [_quiet(topic, workspace) for topic in made[number:]]
    manner = manner_of([topic.watched.q for topic in listened])
    usual, silent = (memory(daily, manner, now.timestamp()) for daily in (A_DAY, _QUIET_A_DAY))
    never = memory(0, manner, now.timestamp())
    kept = [(topic, usual) for topic in listened]
    kept += [(topic, (silent, never)[place % 2]) for place, topic in enumerate(quiet)]
    _keep(service, kept, now.timestamp())
    helpers.bulk(engine, _actions([*listened, *quiet]), chunk_size=_CHUNK)
    engine.indices.refresh(index=TOPICS)
    told = [Probe(topic.id, topic.watched.q, (BURST, 1)[place % 2]) for place, topic in enumerate(quiet)]
    return Audience([topic.watched.q for topic in listened], told)


def memory(daily: int, manner: Manner, now: float, days: int = DAYS) -> Memory:
    """What the alert stage knows of a topic after days of so many mentions each, the last six hours among them.

    Of a topic that was just made it would know no quiet minutes, without which it tells of a burst some minutes later.
    """
    known, chance = Memory(mentioned=daily > 0), Chance(f"memory {daily}")
    current = floor(now)
    for at in range(current - days * 86_400, current, STEP):
        observe(known, _bucket(at, daily, manner, chance))
    known.incident = None
    return known


def manner_of(queries: list[str]) -> Manner:
    """How people speak, by a sample of responses."""
    speech, enrich, now = Speech(queries, seed=99), Enricher(None), datetime.now(tz=UTC)
    posts = [
        enrich(post)
        for platform in PLATFORMS
        for number in range(_SAMPLE)
        for post, _ in items(
            platform(number).read([speech.some(len(queries), now) for _ in range(platform.new)], now),
            ("raw/sample.warc.gz", Span(0, 1)),
        ).posts
    ]
    judged = [post.sentiment for post in posts if post.sentiment is not None]
    below = NEGATIVE["range"]["sentiment"]["lt"]
    return Manner(
        len(judged) / len(posts),
        sum(sentiment < below for sentiment in judged) / max(len(judged), 1),
        sum(bool(post.promotional) for post in posts) / len(posts),
    )


def _bucket(at: int, daily: int, manner: Manner, chance: Chance) -> Bucket:
    mean = daily * STEP / 86_400
    promotional = chance.poisson(mean * manner.promotional)
    heard = {platform.source: _heard(mean * platform.weight / 100, manner, chance) for platform in PLATFORMS}
    voices, negative = (sum(getattr(one, name) for one in heard.values()) for name in ("voices", "negative"))
    return Bucket(
        at=at,
        mentions=voices + promotional,
        distinct=voices + promotional,
        promotional=promotional,
        voices=voices,
        judged=max(negative, round(voices * manner.judged)),
        negative=negative,
        sources={source: one for source, one in heard.items() if one.voices},
    )


def _heard(mean: float, manner: Manner, chance: Chance) -> Heard:
    voices = chance.poisson(mean * (1 - manner.promotional))
    return Heard(voices, chance.binomial(voices, manner.judged * manner.negative))


def _quiet(topic: Topic, workspace: str) -> Topic:
    """A topic with a name that nobody uses but its probe."""
    return msgspec.structs.replace(topic, workspace=workspace, watched=Watched(q=unheard(topic.id)))


def unheard(topic: str) -> str:
    """A name in syllables, or letters, that no word of ``million_text`` has together."""
    chance = random.Random(f"name {topic}")  # noqa: S311 - the same names in every run
    return "".join(chance.choices(_UNHEARD[chance.random() < _LATIN], k=_LENGTH))


def _living(topic: Topic, now: datetime) -> Topic:
    return msgspec.structs.replace(topic, since=now, synced=topic.revision, backfill_done=True, backfilled_until=now)


def _keep(service: Service, kept: list[tuple[Topic, Memory]], now: float) -> None:
    table = TopicsTable(service.stack.table_name("TopicsTable"))
    alerts = AlertsTable(service.stack.table_name("AlertsTable"))
    chance = random.Random("looks")  # noqa: S311 - spreads what is done once an hour

    def keep(topic: Topic, watch: Watch) -> None:
        table.add(topic, Job(history_days=0, step="done"), _MOST)
        alerts.keep(topic.id, KeptWatch(watch, 0))

    watches = [_watch(known, now, chance.random()) for _, known in kept]
    with ThreadPoolExecutor(_THREADS) as threads:
        list(threads.map(keep, (topic for topic, _ in kept), watches))


def _watch(known: Memory, now: float, when: float) -> Watch:
    """A watch whose hourly and daily looks come at some time, as those of topics do that were not made together."""
    told = Known(looked_at=now - 3_600 * when, bar=_BAR, bar_at=now - 80_000 * when)
    return Watch(memory=known, revision=1, known=told, due_at=now + 3_600 * when)


def _actions(made: Iterable[Topic]) -> Iterable[dict[str, object]]:
    return ({"_index": TOPICS, "_id": topic.id, **stored(topic)} for topic in made)
