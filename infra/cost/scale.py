"""Where each part saturates, and what to set for a load."""

from __future__ import annotations

from math import ceil, inf
from typing import TYPE_CHECKING

import msgspec

from infra.cost import engine
from infra.cost.model import uses
from infra.cost.quantities import functions, the
from socialindex.reread.schedule import STEPS
from socialindex.reread.stage import SECONDS

if TYPE_CHECKING:
    from infra.cost.load import Load
    from infra.cost.prices import Prices


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """As much as a part bears as ``template.yaml`` has it, with its peaks, and what takes its place beyond."""

    part: str
    posts: float
    """Posts a day."""
    then: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A setting that the load needs to be another than the template's."""

    what: str
    now: str
    then: str


def limits(load: Load) -> list[Limit]:
    """Where parts saturate with this load's topics and pages a post, the first to do so first."""
    pages = load.fetched / load.posts if load.posts else 1 / the("content", "posts_a_page")
    topics_second = load.topics * the("index", "percolate_topic_seconds")
    topics_post = topics_second / (engine.index_batch())
    documents = 1 + (load.matched / load.posts if load.posts else 0.0)
    kept = the("engine", "post_bytes") / 1e9 * documents * the("content", "month_days") * (load.months + 1)
    shard = the("engine", "shard_gb") * 1e9 / the("engine", "post_bytes") / the("content", "month_days")
    normalize = the("normalize", "post_seconds") + pages * the("normalize", "page_seconds")
    spare = the("engine", "disk_spare")
    looks = sum(step.since == "first_seen_at" for step in STEPS)
    found = [
        Limit(part="a month's one shard", posts=shard, then="number_of_shards of posts.json"),
        Limit(part="disk of Size=small", posts=engine.SMALL_GB / spare / kept, then="Size=production"),
        Limit(
            part="disks of Size=production",
            posts=engine.PRODUCTION_GB / 2 / spare / kept,
            then="VolumeGb, then larger nodes, then more; or RetentionMonths",
        ),
        _at_once("crawl", pages / the("crawl", "pages_second"), "more crawlers; then hosts: each gives a page in 2 s"),
        _at_once("normalize", normalize, "more at once; each is alone with its messages"),
        _at_once("index", the("index", "post_seconds") + topics_post, "more at once, up to the engine's write threads"),
        Limit(part="topics' one shard", posts=_peak(1 / topics_post), then="shards of topics.json, a core each")
        if topics_post
        else Limit(part="topics' one shard", posts=inf, then="no topics, no limit"),
        Limit(
            part="dispatch, one a minute",
            posts=_peak(the("crawl", "dispatch_polls_minute") / 60 / pages) if pages else inf,
            then="a dispatch for each part of the due shards",
        ),
        Limit(
            part="reread, one every five minutes",
            # No peaks: what is due at one is caught up with behind it.
            posts=86_400
            / the("crawl", "reread_every_seconds")
            * SECONDS
            / (looks * the("crawl", "reread_post_seconds")),
            then="a run for each step",
        ),
    ]
    return sorted(found, key=lambda limit: limit.posts)


def _at_once(name: str, seconds: float, then: str) -> Limit:
    posts = _peak(_most(name) / seconds) if seconds else inf
    return Limit(part=f"{name}, {_most(name)} at once", posts=posts, then=then)


def _peak(a_second: float) -> float:
    """Posts a day, where the peak may be so many a second."""
    return a_second * 86_400 / the("engine", "peak")


def _most(name: str) -> int:
    queue = functions()[name].queue
    return queue.scaling.get("MaximumConcurrency", 1) if queue else 1


def changes(load: Load, prices: Prices) -> list[Change]:
    """What to set for a load where it is another than the template's."""
    made, wanted = engine.cheapest(load, prices), engine.need(load)
    topics = ceil(engine.percolating(load) / 86_400 * the("engine", "peak"))
    size = "small" if not made.managers else "production"
    nodes = f"{size}: {made.nodes} {_node(made.kind)}, {made.disk / made.nodes:,.0f} GB each"
    found = [
        Change(what="Size, Sizes in infra/engine.yaml", now="small: 1 t3.medium, 30 GB each", then=nodes),
        Change(what="number_of_shards, posts.json", now="1", then=str(wanted.post_shards)),
        Change(what="number_of_shards, mentions.json", now="1", then=str(wanted.mention_shards)),
        Change(what="number_of_shards, topics.json", now="1", then=str(max(1, topics))),
        Change(what="MaximumBatchingWindowInSeconds, normalize and index", now=_window(), then=f"{load.window:g}"),
        *[_concurrency(name, load) for name in ("crawl", "normalize", "index")],
        Change(what="Concurrent executions of the account", now="1000", then=str(max(1_000, _all_at_once(load)))),
    ]
    return [change for change in found if change.now != change.then]


def _node(kind: str) -> str:
    return kind.replace("_", ".", 1)


def _window() -> str:
    queue = functions()["index"].queue
    return f"{queue.window if queue else 1:g}"


def _concurrency(name: str, load: Load) -> Change:
    most, wanted = _most(name), ceil(uses(load)[name].seconds / 86_400 * the("engine", "peak"))
    return Change(what=f"MaximumConcurrency, {name}", now=str(most), then=str(max(most, wanted)))


def _all_at_once(load: Load) -> int:
    return ceil(sum(use.seconds for use in uses(load).values()) / 86_400 * the("engine", "peak"))
