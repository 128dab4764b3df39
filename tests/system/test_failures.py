"""Killed in the middle, or fed with poison: nothing is lost, nothing is doubled, and every reason can be read."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3
import pytest

from infra.local.servers import OpenSearch
from infra.local.world import Faults, WorldConfig, running_world
from tests.system.conftest import Probe, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.world import World

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

QUICK = Faults(slow_seconds=0.05, flaky_every=0, crawl_delay=0)
CHANNELS = ("board-free", "board-qna", "news-main", "news-archive", "social-local")


@pytest.fixture
def world() -> Iterator[World]:
    """A world of its own for each test: its posts are nobody else's."""
    with running_world(WorldConfig(faults=QUICK)) as world:
        yield world


def kill(probe: Probe, function: str) -> None:
    """End a function's processes at once, as a crash would."""
    for pid in probe.service.stack.workers(function):
        os.kill(pid, signal.SIGKILL)


def indexed(probe: Probe, world: World) -> int:
    return sum(uri in world.truth.expected(world.config.clock()) for uri in probe.uris())


def assert_whole(probe: Probe, world: World) -> None:
    probe.wait_for(world.truth, *CHANNELS)
    assert [uri for uri, times in Counter(probe.uris()).items() if times > 1] == []


def test_killing_the_crawl_handler_loses_and_doubles_nothing(probe: Probe, world: World) -> None:
    probe.add(world.truth, *CHANNELS)
    eventually(lambda: indexed(probe, world), lambda count: int(str(count)) > 20)
    kill(probe, "CrawlFunction")
    time.sleep(2)
    kill(probe, "CrawlFunction")
    assert_whole(probe, world)


def test_killing_the_index_handler_loses_and_doubles_nothing(probe: Probe, world: World) -> None:
    probe.add(world.truth, *CHANNELS)
    eventually(lambda: len(probe.service.stack.workers("IndexFunction")), bool)
    for _ in range(6):
        kill(probe, "IndexFunction")
        time.sleep(1)
    assert_whole(probe, world)


def test_killing_the_engine_loses_and_doubles_nothing(probe: Probe, world: World) -> None:
    probe.add(world.truth, *CHANNELS)
    eventually(lambda: indexed(probe, world), lambda count: int(str(count)) > 20)
    engine = probe.service.servers.get(OpenSearch)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    time.sleep(5)
    engine.stop()
    engine.start()
    engine.wait_ready()
    assert_whole(probe, world)


POISON = {
    "CrawlQueue": ("CrawlDeadLetters", "CrawlGroup"),
    "NormalizeQueue": ("NormalizeDeadLetters", "Archived"),
    "IndexQueue": ("IndexDeadLetters", "PostBatch"),
}


@pytest.mark.parametrize(
    "body", ["not json", "{}", '{"hosts": 3, "key": 1, "posts": [{}]}', "\u0000"[:0] + "[" * 100_000]
)
@pytest.mark.parametrize("queue", POISON)
def test_a_poisoned_message_ends_in_the_dead_letters_with_its_reason(probe: Probe, queue: str, body: str) -> None:
    dead_letters, kind = POISON[queue]
    sqs = boto3.client("sqs")
    sqs.send_message(QueueUrl=probe.service.stack.queue_url(queue), MessageBody=body)
    letter = _letter(probe, dead_letters, body)
    assert kind in letter["reason"]


def test_batch_mates_of_a_poisoned_message_pass(probe: Probe) -> None:
    posts = [
        {
            "id": f"mate{number}",
            "uri": f"https://mates.example/{number}",
            "source": "feed",
            "collected_at": "2026-11-20T09:00:00Z",
        }
        for number in range(3)
    ]
    posts[1]["language"] = "x" * 40_000
    bodies = ["poison", json.dumps({"posts": posts})]
    boto3.client("sqs").send_message_batch(
        QueueUrl=probe.service.stack.queue_url("IndexQueue"),
        Entries=[{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)],
    )
    eventually(lambda: {uri for uri in probe.uris() if "mates.example" in uri}, lambda seen: len(seen) == 2)
    letter = _letter(probe, "IndexDeadLetters", "xxxx")
    assert "refuses the post" in letter["reason"]


def test_poison_in_pages_is_set_aside_while_the_rest_passes(probe: Probe) -> None:
    faults = Faults(
        slow_seconds=0.05, flaky_every=0, crawl_delay=0, poison_status=True, poison_feed=True, poison_thread=True
    )
    with running_world(WorldConfig(faults=faults)) as world:
        probe.add(world.truth, "board-qna")
        reason = _letter(probe, "NormalizeDeadLetters", world.addresses.board, anywhere=True)["reason"]
        assert "LayoutChanged" in reason
        eventually(lambda: len(_threads_without_posts(probe, world)), lambda count: int(str(count)) <= 1)


def _threads_without_posts(probe: Probe, world: World) -> set[str]:
    """Board posts that are missing, with or without their comments."""
    missing = world.truth.expected(datetime.now(tz=UTC), [world.truth.channel("board-qna")]) - set(probe.uris())
    return {uri.partition("#")[0] for uri in missing}


def _letter(probe: Probe, queue: str, part: str, *, anywhere: bool = False) -> dict[str, str]:
    """The dead letter whose body begins with or holds ``part``, with its reason; it is taken out of the queue."""
    sqs = boto3.client("sqs")
    url = probe.service.stack.queue_url(queue)
    found: list[dict[str, str]] = []

    def look() -> list[dict[str, str]]:
        answer = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=2, MessageAttributeNames=["All"], WaitTimeSeconds=1
        )
        for message in answer.get("Messages", []):
            if anywhere or part in message["Body"]:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                reason = message["MessageAttributes"]["reason"]["StringValue"]
                found.append({"body": message["Body"], "reason": str(reason)})
        return found

    eventually(look, bool, limit=60)
    return found[0]
