"""Dollars a month, by service and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from infra.cost import engine
from infra.cost.engine import HOURS
from infra.cost.quantities import batch, functions, the

if TYPE_CHECKING:
    from infra.cost.engine import Engine
    from infra.cost.load import Load
    from infra.cost.prices import Prices


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """What a function does in a day: invocations, and seconds billed."""

    events: float
    seconds: float


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """A month's dollars: lines by service, the functions' parts of Lambda's, and the engine that was reckoned with."""

    region: str
    services: dict[str, dict[str, float]]
    functions: dict[str, float]
    engine: Engine

    @property
    def total(self) -> float:
        """Dollars of all services."""
        return sum(sum(lines.values()) for lines in self.services.values())


def bill(load: Load, prices: Prices) -> Bill:
    """What a load costs a month by a table of prices; PriceError where the table lacks one."""
    used = uses(load)
    by_function = {name: _lambda(name, use, prices) for name, use in used.items()}
    made = engine.cheapest(load, prices)
    services = {
        "Lambda": {"invocations and time": sum(by_function.values())},
        "SQS": _sqs(load, prices),
        "DynamoDB": _dynamodb(load, used, prices),
        "S3": _s3(load, prices),
        "OpenSearch Service": _opensearch(made, prices),
        **_edge(load, used, made, prices),
    }
    return Bill(region=prices.region, services=services, functions=by_function, engine=made)


def uses(load: Load) -> dict[str, Use]:
    """What each function does in a day."""
    pages, index = load.fetched, engine.index_events(load)
    scheduled = {name: _scheduled(one.runs_day) for name, one in functions().items()}
    polls = pages / the("crawl", "dispatch_polls_minute") * 60
    looks = functions()["alert"].runs_day * load.topics * the("alerts", "topic_seconds")
    deliveries = load.topics * the("alerts", "topic_mails")
    crawling = max(pages / the("crawl", "pages_second"), min(pages * the("crawl", "page_seconds"), 86_400))
    normalizing = load.posts * the("normalize", "post_seconds") + pages * the("normalize", "page_seconds")
    indexing = load.posts * the("index", "post_seconds") + index * the("index", "event_seconds")
    added = {
        "dispatch": Use(events=0, seconds=polls),
        "crawl": Use(events=crawling / 60, seconds=crawling),
        "normalize": Use(events=load.events(batch("normalize"), pages), seconds=normalizing),
        "index": Use(events=index, seconds=indexing + engine.percolating(load)),
        "search": Use(events=load.calls, seconds=load.calls * the("api", "call_seconds")),
        "alert": Use(events=0, seconds=looks),
        "deliver": Use(events=deliveries, seconds=deliveries * the("alerts", "delivery_seconds")),
    }
    return {name: _sum(use, added.get(name)) for name, use in scheduled.items()}


def _scheduled(runs: float) -> Use:
    return Use(events=runs, seconds=runs * the("alerts", "run_seconds"))


def _sum(first: Use, second: Use | None) -> Use:
    if second is None:
        return first
    return Use(events=first.events + second.events, seconds=first.seconds + second.seconds)


def _month(a_day: float) -> float:
    return a_day * the("content", "month_days")


def _lambda(name: str, use: Use, prices: Prices) -> float:
    time = prices.cost("lambda", "gb_second", _month(use.seconds) * functions()[name].gb)
    return time + prices.cost("lambda", "request", _month(use.events))


def _sqs(load: Load, prices: Prices) -> dict[str, float]:
    """A message is sent, received and deleted, ten in a request; a full one of posts counts by its 64 KB."""
    pages = load.fetched * 3 / 10
    posts = 3 * max(load.posts * the("index", "message_post_bytes") / 64_000, load.events(batch("normalize"), 0))
    polling = sum(the("network", "poller_receives") for one in functions().values() if one.queue)
    return {
        "messages": prices.cost("sqs", "request", _month(pages + posts)),
        "polling": prices.cost("sqs", "request", polling),
    }


def _dynamodb(load: Load, used: dict[str, Use], prices: Prices) -> dict[str, float]:
    events = sum(used[name].events for name in ("normalize", "index")) + _objects(load)
    writes = load.fetched * the("tables", "page_writes") + load.calls * the("tables", "call_writes")
    writes += events * the("tables", "event_writes")
    reads = load.fetched * the("tables", "page_reads") + load.calls * the("tables", "call_reads")
    reads += load.posts * the("tables", "post_reads")
    kept = load.fetched * the("tables", "page_bytes") + load.topics * the("tables", "topic_bytes")
    kept_gb = the("tables", "kept_gb") + kept / 1e9
    return {
        "writes": prices.cost("dynamodb", "write", _month(writes)),
        "reads": prices.cost("dynamodb", "read", _month(reads)),
        "storage": prices.cost("dynamodb", "gb_month", kept_gb) + prices.cost("dynamodb", "backup_gb_month", kept_gb),
    }


def _objects(load: Load) -> float:
    """Archive objects a day: full ones, or one a second and crawler while it works."""
    return max(load.fetched / the("crawl", "object_pages"), min(load.fetched, 86_400))


def _s3(load: Load, prices: Prices) -> dict[str, float]:
    """An object is written once, each response read once; after a month objects are Intelligent-Tiering's."""
    month_gb = _month(load.fetched) * the("content", "page_packed_bytes") / 1e9
    watched = _month(_objects(load)) * load.months
    old = prices.cost("s3", "idle_gb_month", month_gb * load.months) + prices.cost("s3", "watched_object", watched)
    made = _month(_objects(load))
    writing = prices.cost("s3", "put", made) + (prices.cost("s3", "tiered_object", made) if load.months else 0.0)
    return {
        "requests": writing + prices.cost("s3", "get", _month(load.fetched)),
        "storage": prices.cost("s3", "gb_month", month_gb) + old,
    }


def _opensearch(made: Engine, prices: Prices) -> dict[str, float]:
    disk = prices.cost("opensearch", "gp3_gb_month", made.disk)
    return {"nodes": made.dollars - disk, "disks": disk}


def _edge(load: Load, used: dict[str, Use], made: Engine, prices: Prices) -> dict[str, dict[str, float]]:
    """What stands around: the gateway, schedules, watching, the network, keys, mail."""
    mails, ways = _month(load.topics * the("alerts", "topic_mails")), 2 if made.managers else 1
    out_gb = _month(load.calls * the("api", "answer_bytes") + load.fetched * the("tables", "page_bytes")) / 1e9
    runs = _month(sum(one.runs_day for one in functions().values()))
    return {
        "HTTP API": {"calls": prices.cost("api", "request", _month(load.calls))},
        "EventBridge Scheduler": {"runs": prices.cost("scheduler", "invocation", runs)},
        "CloudWatch": _cloudwatch(_month(sum(use.events for use in used.values())), prices),
        "NAT and endpoints": _network(ways, mails, prices),
        "KMS": {"keys": prices.cost("kms", "key", the("network", "keys")) + prices.cost("kms", "request", mails)},
        "Secrets Manager": _secrets(used, prices),
        "SES": {"mails": prices.cost("ses", "mail", mails)},
        "Data out": {"answers, requests of the crawler": prices.cost("data_out", "gb", out_gb)},
    }


def _cloudwatch(events: float, prices: Prices) -> dict[str, float]:
    logs_gb = events * the("watching", "log_bytes") / 1e9
    return {
        "logs": prices.cost("cloudwatch", "log_gb", logs_gb) + prices.cost("cloudwatch", "log_gb_month", logs_gb),
        "metrics": prices.cost("cloudwatch", "metric", the("watching", "metrics")),
        "alarms": prices.cost("cloudwatch", "alarm", the("watching", "alarm_metrics")),
        "traces": prices.cost("cloudwatch", "trace", events * the("watching", "trace_share")),
    }


def _secrets(used: dict[str, Use], prices: Prices) -> dict[str, float]:
    """Dispatch and the crawler read the platforms' credentials, once an invocation at most."""
    reads = _month(used["dispatch"].events + used["crawl"].events)
    kept = prices.cost("secrets", "secret", the("network", "secrets"))
    return {"secrets": kept, "reads": prices.cost("secrets", "request", reads)}


def _network(ways: int, mails: float, prices: Prices) -> dict[str, float]:
    """The crawler is outside the network, so that no page goes through NAT; a mail or webhook is some 20 KB."""
    hours = HOURS * ways
    return {
        "NAT": prices.cost("network", "nat_hour", hours) + prices.cost("network", "nat_gb", mails * 20_000 / 1e9),
        "addresses": prices.cost("network", "address_hour", hours),
        "endpoint of SQS": prices.cost("network", "endpoint_hour", hours)
        + prices.cost("network", "endpoint_gb", mails * 20_000 / 1e9),
    }
