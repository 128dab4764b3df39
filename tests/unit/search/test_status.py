"""Status: sums over what the stages counted and what the engine holds."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec
import pytest
from opensearchpy.exceptions import ConnectionError as EngineConnectionError
from opensearchpy.exceptions import ConnectionTimeout

import socialindex
from socialindex.access import Caller, Scope, visible_to
from socialindex.aws.outcomes import Counted
from socialindex.aws.queues import Depth
from socialindex.engine import TIMEOUT
from socialindex.errors import Unavailable
from socialindex.outcomes import Tally
from socialindex.search.coverage import covered
from socialindex.search.erasures import ErasurePart
from socialindex.search.http import HttpRequest
from socialindex.search.status import Latency, StageStatus, Status, status

CALLER = Caller(organization="org_a", workspaces=frozenset({"ws_a"}), scopes=frozenset({Scope.READ}))
ADMINISTRATOR = msgspec.structs.replace(CALLER, scopes=frozenset(Scope))
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def counted(  # noqa: PLR0917 - the columns of a table
    stage: str, day: str, source: str, outcome: str, reason: str, times: int, hour: int = 0
) -> Counted:
    at = NOON + timedelta(hours=hour)
    return Counted(stage=stage, day=day, source=source, outcome=outcome, reason=reason, times=times, last_at=at)


COUNTS = [
    counted("crawl", "2026-11-19", "feed", "ok", "", 10, -24),
    counted("crawl", "2026-11-20", "feed", "ok", "", 5, 1),
    counted("crawl", "2026-11-20", "feed", "discard", "robots", 2),
    counted("crawl", "2026-11-20", "feed", "retry", "timeout", 3),
    counted("crawl", "2026-11-20", "mastodon", "ok", "", 1, -1),
    counted("crawl", "2026-11-20", "mastodon", "discard", "not_modified", 7, 2),
    counted("crawl", "2026-11-20", "", "quarantine", "ParseError", 1),
    counted("normalize", "2026-11-20", "feed", "discard", "robots", 1),
    counted("normalize", "2026-11-20", "feed", "discard", "noindex", 4),
    counted("normalize", "2026-11-20", "feed", "ok", "", 9, 5),
    counted("normalize", "2026-11-20", "imported", "ok", "", 100),
    counted("imports", "2026-11-20", "imported", "ok", "", 3),
    counted("dispatch", "2026-11-20", "gone_source", "discard", "invalid_channel", 2),
]


class Outcomes:
    def read(self, stage: str) -> list[Counted]:
        return [count for count in COUNTS if count.stage == stage]


class Queue:
    def __init__(self, waiting: int, in_flight: int) -> None:
        self._depth = Depth(waiting, in_flight)

    def depth(self) -> Depth:
        return self._depth


def bucket(source: str, posts: int, live: int, p50: float | None, p95: float | None) -> dict[str, Any]:
    values = {"50.0": p50, "95.0": p95}
    return {"key": source, "doc_count": posts, "live": {"doc_count": live, "latency": {"values": values}}}


class Engine:
    def __init__(self, *buckets: dict[str, Any]) -> None:
        self._buckets = buckets

    def search(self, **_: Any) -> dict[str, Any]:
        found = {"aggregations": {"sources": {"buckets": self._buckets}}} if self._buckets else {}
        return {"timed_out": False, "_shards": {"failed": 0}, **found}


def told(*buckets: dict[str, Any], caller: Caller = CALLER) -> Status:
    queues = {"crawl": (Queue(4, 2), Queue(3, 1)), "normalize": (Queue(0, 0), Queue(0, 0))}
    engine = Engine(*buckets)
    return status(cast("Any", Outcomes()), cast("Any", queues), cast("Any", engine), caller)


def test_a_stage_sums_its_outcomes_over_days_and_sources() -> None:
    assert told().stages["crawl"] == StageStatus(
        outcomes={"ok": 16, "discard": 9, "retry": 3, "quarantine": 1},
        reasons={
            "discard": {"robots": 2, "not_modified": 7},
            "retry": {"timeout": 3},
            "quarantine": {"ParseError": 1},
        },
        waiting=4,
        in_flight=2,
        dead_letters=4,
    )


def test_every_stage_that_counts_is_shown_to_administrators() -> None:
    packages = [each.name for each in pkgutil.iter_modules(socialindex.__path__) if each.ispkg]
    names = [f"socialindex.{name}.stage" for name in packages if importlib.util.find_spec(f"socialindex.{name}.stage")]
    stages = [stage for stage in map(importlib.import_module, names) if getattr(stage, "Tally", None) is Tally]
    assert len(stages) > 5
    assert told(caller=ADMINISTRATOR).stages.keys() == {"mentions", *(stage.STAGE for stage in stages)}


def test_a_stage_without_a_queue_has_no_depths() -> None:
    dispatch = told().stages["dispatch"]
    assert (dispatch.waiting, dispatch.in_flight, dispatch.dead_letters) == (None, None, None)


def test_a_stage_that_did_nothing_yet_is_shown_all_the_same() -> None:
    assert told().stages["index"] == StageStatus(outcomes={}, reasons={})


def test_a_source_sums_what_was_discarded_in_all_stages() -> None:
    assert told().sources["feed"].discarded == {"robots": 3, "noindex": 4}


def test_the_last_success_is_that_of_the_crawl() -> None:
    assert told().sources["feed"].last_success_at == NOON + timedelta(hours=1)


def test_an_answer_that_nothing_is_new_is_a_success_and_discards_nothing() -> None:
    mastodon = told().sources["mastodon"]
    assert mastodon.last_success_at == NOON + timedelta(hours=2)
    assert mastodon.discarded == {}


def test_a_source_that_never_worked_has_no_success() -> None:
    found = told().sources["gone_source"]
    assert (found.last_success_at, found.posts, found.latency) == (None, 0, None)


def test_latency_is_in_seconds_of_live_posts_only() -> None:
    sources = told(bucket("feed", 100, 40, 1_234.5, 98_765.0), bucket("gnuboard", 7, 0, None, None)).sources
    assert (sources["feed"].posts, sources["feed"].latency) == (100, Latency(p50=1.2, p95=98.8, posts=40))
    assert (sources["gnuboard"].posts, sources["gnuboard"].latency) == (7, None)
    assert sources["mastodon"].posts == 0


def test_sources_are_in_order() -> None:
    assert list(told(bucket("gnuboard", 1, 0, None, None)).sources) == ["feed", "gnuboard", "gone_source", "mastodon"]


def test_posts_are_counted_of_those_that_the_caller_may_see() -> None:
    class Asked:
        def search(self, *, body: dict[str, Any], **_: Any) -> dict[str, Any]:
            self.query = body["query"]
            return {"timed_out": False, "_shards": {"failed": 0}}

    engine = Asked()
    status(cast("Any", Outcomes()), {}, cast("Any", engine), CALLER)
    assert engine.query == {"bool": {"filter": visible_to(CALLER)}}


class Silent:
    """Takes requests and answers none, in a time that passes at once."""

    def __init__(self, error: EngineConnectionError) -> None:
        self._error = error
        self.waited: float = 0

    def search(self, *, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.waited += params.get("request_timeout", TIMEOUT)
        raise self._error


@pytest.mark.parametrize("kind", [EngineConnectionError, ConnectionTimeout])
def test_of_an_engine_that_hangs_status_tells_soon_that_it_does_and_all_the_rest(
    kind: type[EngineConnectionError],
) -> None:
    engine = Silent(kind("N/A", "x", OSError("x")))
    found = status(cast("Any", Outcomes()), {}, cast("Any", engine), CALLER)
    assert engine.waited < 5
    assert not found.engine_answers
    assert found.stages == status(cast("Any", Outcomes()), {}, cast("Any", Engine()), CALLER).stages
    feed = found.sources["feed"]
    assert (feed.posts, feed.latency, feed.last_success_at) == (None, None, NOON + timedelta(hours=1))


PARTS = [{"timed_out": True, "_shards": {"failed": 0}}, {"timed_out": False, "_shards": {"failed": 1}}]


@pytest.mark.parametrize("part", PARTS, ids=["not in time", "not everywhere"])
def test_a_part_of_what_the_engine_holds_is_not_told_as_all(part: dict[str, Any]) -> None:
    unseen = {"first": {"value": None}, "last": {"value": None}, "live": {"doc_count": 0}}
    figures = {"sources": {"buckets": [{"key": "feed", "doc_count": 10, **unseen}]}, "channels": {"buckets": []}}

    class Partly:
        def search(self, **_: Any) -> dict[str, Any]:
            return {**part, "hits": {"hits": []}, "aggregations": figures}

    engine = cast("Any", Partly())
    silent = status(cast("Any", Outcomes()), {}, engine, CALLER)
    assert (silent.engine_answers, silent.sources["feed"].posts) == (False, None)
    with pytest.raises(Unavailable):
        covered(engine, CALLER, [])
    removal = HttpRequest("r", "", {}, {}, {}, {"body": '{"url": "https://a.example/1"}'})
    with pytest.raises(Unavailable):
        ErasurePart(engine, cast("Any", None)).routes()["POST /v1/removals"].handle(removal, ADMINISTRATOR)


def test_what_clients_brought_is_counted_for_administrators_only() -> None:
    admin = told(caller=ADMINISTRATOR)
    assert (admin.stages["imports"].outcomes, admin.stages["normalize"].outcomes["ok"]) == ({"ok": 3}, 109)
    assert told().stages.keys() == {"dispatch", "crawl", "normalize", "index", "reread"}
    assert told().stages["normalize"].outcomes["ok"] == 9
