"""Parts that are slow, read-only or full, and clocks that are wrong: in the end all is as if nothing had been."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import msgspec
import pytest

from infra.local.events.batch import received as as_received
from socialindex import batch, engine
from socialindex.access import Caller, Scope
from socialindex.aws.clients import sqs
from socialindex.identity import post_id
from socialindex.mentions.byposts import refresh
from socialindex.messages import Archived, PostBatch, encode
from socialindex.model import Post
from socialindex.search.mentions import stream
from socialindex.search.mentions.stream import AskStream
from tests.integration.alert_world import Room, hours, mention, minutes, quiet_memory, said, topic_at
from tests.integration.clocks import clock_off_by
from tests.integration.fault_outside import Delivering, Erasing, Exporting
from tests.integration.fault_posts import Indexing, Normalizing, Topical
from tests.integration.fault_stages import Stages, function_parts, stages_on
from tests.integration.outgoing import Killed, outgoing
from tests.integration.slow_proxy import slow_proxy
from tests.integration.test_alerts import crisis
from tests.unit.deliver.receivers import receiver
from tests.unit.deliver.samples import of_alert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opensearchpy import OpenSearch

    from infra.local.servers import Running
    from tests.integration.fault_stages import Case
    from tests.integration.parts import Parts

pytestmark = pytest.mark.integration

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
OFF = timedelta(minutes=10)
"""By which clocks are wrong."""
TICK = 0.5
"""Seconds in which the engine's clock for changes moves on: it stands still for a fifth of a second at a time."""


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with function_parts(servers) as parts:
        yield parts


@pytest.fixture
def stages(parts: Parts, index: OpenSearch, engine_url: str) -> Iterator[Stages]:
    with stages_on(parts, engine_url) as stages:
        yield stages


def finished(case: Case, first: int = 1) -> Any:
    """What there is when messages have come again until they are done."""
    for receives in range(first, first + 5):
        with clock_off_by(OFF * (receives - 1)):
            went = case.attempt(receives)
        if went and case.is_done():
            return case.outcome()
    raise AssertionError("not done")


# What somebody waits for

MESSAGES = {
    "normalize": lambda: encode(Archived(key="raw/nowhere", offset=0, length=1, source="mastodon")),
    "index": lambda: encode(PostBatch(posts=[Post(id=post_id("urn:a"), uri="urn:a", source="feed", collected_at=AT)])),
    "deliver": lambda: encode(of_alert()),
}


@pytest.mark.parametrize("stage", MESSAGES)
def test_what_meets_a_throttled_part_is_tried_again_soon(
    stages: Stages, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """Not when the queue's visibility timeout is over: six minutes, and half an hour for an alert."""
    monkeypatch.setattr(batch, "_FIRST", 1.0)
    name = f"{stage.capitalize()}Queue"
    stages.parts.queue(name).send_all([MESSAGES[stage]()])
    event = {"Records": list(received(stages.parts, name))}
    with outgoing("out", 0) as calls:
        failed = stages.run(stage, event)["batchItemFailures"]
    assert calls.is_met
    assert len(failed) == 1
    assert [one["attributes"]["ApproximateReceiveCount"] for one in received(stages.parts, name)] == ["2"]
    stages.parts.receive(name)


def received(parts: Parts, queue: str) -> Iterator[dict[str, Any]]:
    """Messages as an event source mapping hands them over; it waits for one for three seconds."""
    url = parts.queue(queue).url
    answer = sqs().receive_message(QueueUrl=url, AttributeNames=["All"], WaitTimeSeconds=3)
    for message in answer.get("Messages", []):
        yield msgspec.json.decode(as_received(message, "arn:aws:sqs:queue", "region").record)


# The engine

BLOCKED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "read-only": ({}, {"cluster.blocks.read_only": True}),
    "full": ({"index.blocks.read_only_allow_delete": True}, {}),
}
"""Settings of all indices, and of the cluster: what a person sets, and what the engine itself does at the flood stage
of its disk (https://docs.opensearch.org/latest/install-and-configure/configuring-opensearch/cluster-settings/)."""


@pytest.mark.parametrize(("how", "is_new"), [("read-only", True), ("read-only", False), ("full", False)])
def test_posts_wait_while_the_engine_takes_no_writes(stages: Stages, how: str, is_new: bool) -> None:
    undisturbed = finished(Indexing(stages))
    if is_new:
        stages.engine.indices.delete(index="posts-*,mentions-*")
    case = Indexing(stages)
    with blocked(stages.engine, how):
        assert not case.attempt(1)
        assert not case.attempt(28)
        assert stages.parts.receive("IndexDeadLetters") == []
    assert finished(case, 29) == undisturbed


@contextmanager
def blocked(client: OpenSearch, how: str) -> Iterator[None]:
    """Whatever happens, the engine is as before afterwards: it is everybody's."""
    indices, cluster = BLOCKED[how]
    _put(client, indices, cluster)
    try:
        yield
    finally:
        _put(client, dict.fromkeys(indices), dict.fromkeys(cluster))


def _put(client: OpenSearch, indices: dict[str, Any], cluster: dict[str, Any]) -> None:
    if indices:
        client.indices.put_settings(index="posts-*,mentions-*", body=indices)
    if cluster:
        client.cluster.put_settings(body={"persistent": cluster})


def test_posts_wait_while_the_engine_is_slow(parts: Parts, index: OpenSearch, engine_url: str) -> None:
    with slow_proxy(engine_url) as proxy, patch.object(engine, "TIMEOUT", 2):
        stages = Stages(parts, engine_url, through=proxy.url)
        undisturbed = finished(Indexing(stages))
        case = Indexing(stages)
        proxy.delay = 3.0
        began = time.monotonic()
        assert not case.attempt(1)
        assert time.monotonic() - began < 30
        proxy.delay = 0.0
        assert finished(case, 2) == undisturbed


# Clocks


@pytest.mark.parametrize("off", [OFF, -OFF], ids=["ahead", "behind"])
@pytest.mark.parametrize("kind", [Normalizing, Indexing, Topical, Exporting, Erasing, Delivering])
def test_a_stage_whose_clock_is_wrong_does_the_same(stages: Stages, kind: Callable[..., Case], off: timedelta) -> None:
    with receiver() as there:
        given = (stages, there) if kind is Delivering else (stages,)
        undisturbed = finished(kind(*given))
        case = kind(*given)
        with clock_off_by(off):
            done = case.attempt(1) and case.is_done()
        assert (case.outcome() if done else finished(case, 2)) == undisturbed


@pytest.mark.parametrize("off", [OFF, -OFF], ids=["ahead", "behind"])
def test_a_writer_that_dies_with_a_wrong_clock_loses_no_mention(stages: Stages, off: timedelta) -> None:
    """A reading of this minute, whose document says that it was written ten minutes before."""
    now = datetime.now(tz=UTC)
    undisturbed = finished(Indexing(stages, now))
    other = Indexing(stages, now)
    with outgoing("killed before", None) as seen:
        other.attempt(1)
    bulk = next(number for number, call in enumerate(seen.calls) if call.endswith("/_bulk"))
    case = Indexing(stages, now)
    with clock_off_by(off):
        with outgoing("killed after", bulk), pytest.raises(Killed):
            case.attempt(1)
        assert case.attempt(2)
    assert case.outcome() == undisturbed


def test_alerts_are_found_by_a_clock_that_is_ahead_of_the_engines(parts: Parts, index: OpenSearch) -> None:
    parts.receive("DeliverQueue")
    room = Room(parts, index, datetime.now(tz=UTC) + OFF)
    topic = room.add(topic_at(room.now - hours(24 * 30)), quiet_memory(room.now - hours(1)))
    room.run()
    mention(index, topic, crisis(topic, room.now - minutes(1)))
    room.run(minutes(1))
    room.table.forget(topic.id)
    assert room.told() == {"alert.opened": 1}


def test_a_stream_read_by_a_clock_that_is_ahead_skips_nothing(
    parts: Parts, index: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BEHIND", -1_000)
    room = Room(parts, index, datetime.now(tz=UTC))
    topic = room.add(topic_at(room.now - hours(1)))
    caller = Caller(organization="org", workspaces=frozenset({topic.workspace}), scopes=frozenset({Scope.READ}))
    seen: list[str] = []
    offset: str | None = None
    for name in ("first", "second"):
        mention(index, topic, [said(name, room.now)])
        refresh(index)
        with clock_off_by(OFF):
            part = stream.read(index, caller, topic.id, AskStream(after=offset))
        seen += [item["mention"]["post"] for item in part.items]
        time.sleep(TICK)
        offset = part.offset
    room.table.forget(topic.id)
    assert seen == [post_id("first"), post_id("second")]
