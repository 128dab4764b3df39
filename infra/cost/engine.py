"""How large the engine must be: a rule for nodes, disks and shards."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

import msgspec

from infra.cost.quantities import batch, the

if TYPE_CHECKING:
    from infra.cost.load import Load
    from infra.cost.prices import Prices

HOURS: Final = 730
ZONES: Final = 3
_MANY_NODES: Final = 30
"""Data nodes above which dedicated managers are of the larger kind."""
SMALL_GB: Final = 30.0
PRODUCTION_GB: Final = 600.0
"""Disks of infra/engine.yaml's two sizes: one of 30 GB, without replicas, and three of 200."""
_SMALL_CORES: Final = 0.4
"""What t3.medium.search bears for long: two cores, of which its credits give a fifth each."""


class Kind(msgspec.Struct, frozen=True):
    """A kind of data node: its price's name, cores, GB of heap and the most GB of gp3 that the service puts into it."""

    name: str
    cores: int
    heap: int
    disk: int


KINDS: Final = (
    Kind("r7g_large", 2, 8, 1_536),
    Kind("r7g_xlarge", 4, 16, 3_072),
    Kind("r7g_2xlarge", 8, 32, 6_144),
    Kind("r7g_4xlarge", 16, 32, 12_288),
)


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What a load asks of the engine.

    GB on disk, with replicas; cores, at the peak; shards of a month's index of posts, of mentions, and of all that are
    kept, with replicas.
    """

    disk: float
    cores: float
    post_shards: int
    mention_shards: int
    shards: int


class Engine(msgspec.Struct, frozen=True, kw_only=True):
    """A domain of Amazon OpenSearch Service, as infra/engine.yaml makes them: dollars are a month's."""

    kind: str
    nodes: int
    disk: float
    """GB of gp3, all nodes."""
    managers: str
    """Kind of the three dedicated managers; empty where there are none."""
    dollars: float


def need(load: Load) -> Need:
    """What a load asks for, with one replica."""
    posts, mentions = _month_gb(load.posts), _month_gb(load.matched)
    post_shards, mention_shards = _shards(posts), _shards(mentions)
    return Need(
        disk=(posts + mentions) * (load.months + 1) * 2 * the("engine", "disk_spare"),
        cores=_cores(load),
        post_shards=post_shards,
        mention_shards=mention_shards,
        shards=ceil((post_shards + mention_shards) * (load.months + 1)) * 2,
    )


def _month_gb(documents: float) -> float:
    """GB of a month's index without replicas, of so many documents a day."""
    return documents * the("content", "month_days") * the("engine", "post_bytes") / 1e9


def _shards(month_gb: float) -> int:
    return max(1, ceil(month_gb / the("engine", "shard_gb")))


def _cores(load: Load) -> float:
    """Cores at the peak, with room: writing, finding mentions, answering."""
    writing = (load.posts + load.matched) * the("engine", "post_core_seconds")
    month_millions = load.posts * the("content", "month_days") / 1e6
    call = the("engine", "call_core_seconds") + month_millions * the("engine", "call_million_core_seconds")
    seconds = writing + percolating(load) + load.calls * call
    return seconds / 86_400 * the("engine", "peak") / the("engine", "busy_share")


def percolating(load: Load) -> float:
    """Seconds a day in which the engine holds posts against topics: by requests and topics, hardly by posts."""
    return index_events(load) * load.topics * the("index", "percolate_topic_seconds")


def index_events(load: Load) -> float:
    """Invocations of the index function a day; one request for mentions each."""
    return load.events(index_batch(), load.posts)


def index_batch() -> float:
    """Posts of a full event of the index function."""
    return batch("index") * the("index", "message_posts")


def cheapest(load: Load, prices: Prices) -> Engine:
    """The cheapest domain that bears the load: nodes by disk, cores and shards, in three zones."""
    wanted = need(load)
    made = [_production(kind, wanted, prices) for kind in KINDS]
    if wanted.disk / 2 <= SMALL_GB and wanted.cores <= _SMALL_CORES:
        made.append(_small(prices))
    return min(made, key=lambda engine: engine.dollars)


def _small(prices: Prices) -> Engine:
    dollars = prices.cost("opensearch", "t3_medium", HOURS) + prices.cost("opensearch", "gp3_gb_month", SMALL_GB)
    return Engine(kind="t3_medium", nodes=1, disk=SMALL_GB, managers="", dollars=dollars)


def _production(kind: Kind, wanted: Need, prices: Prices) -> Engine:
    least = max(
        wanted.disk / kind.disk, wanted.cores / kind.cores, wanted.shards / kind.heap / the("engine", "heap_shards")
    )
    nodes = max(1, ceil(least / ZONES)) * ZONES
    disk = max(wanted.disk, PRODUCTION_GB)
    managers = "m7g_large" if nodes <= _MANY_NODES else "m7g_2xlarge"
    hours = prices.cost("opensearch", kind.name, HOURS * nodes) + prices.cost("opensearch", managers, HOURS * 3)
    dollars = hours + prices.cost("opensearch", "gp3_gb_month", disk)
    return Engine(kind=kind.name, nodes=nodes, disk=disk, managers=managers, dollars=dollars)
