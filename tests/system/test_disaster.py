"""The engine's data is gone while crawling goes on, and functions die: all comes back, and nobody is told twice."""

from __future__ import annotations

import os
import shutil
import signal
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from infra.local.receiver import receiving
from infra.local.servers import OpenSearch
from infra.local.world import Faults, WorldConfig, running_world
from socialindex.client import ApiError
from socialindex.engine import answering
from tests.system.conftest import Probe, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.receiver import Receiver
    from infra.local.world import World
    from socialindex.client.models import Topic

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

QUICK = Faults(slow_seconds=0.05, flaky_every=0, crawl_delay=0)
BEFORE = ("board-free", "news-main", "social-local")
"""Channels that are crawled until the disaster: what they gave is compared, document by document."""
MEANWHILE = ("board-qna",)
"""Channels that are crawled while it happens, none of which has another reading of the same posts."""
UNHEARD = '"케이스가 뜨거워서"'
"""What nobody has said before something breaks out."""
BY_CLOCK = ("indexed_at", "updated_at", "latency_ms", "versions", "cluster_id")
"""What says when we wrote a document, and what the writer of clusters makes of it minutes later."""
MENTION_BY_CLOCK = ("matched_at", "changed_at")
Documents = dict[str, dict[str, Any]]


class Story(NamedTuple):
    """What there was before the disaster."""

    world: World
    receiver: Receiver
    posts: Documents
    mentions: Documents
    alerts: Documents
    erased: str
    offset: str
    """A client's place in the stream of mentions."""
    topic: Topic
    """With mentions at which people worked."""


@pytest.fixture(scope="module")
def story(probe: Probe) -> Iterator[Story]:
    """A service with mentions, notes, an alert that was told and a post that was erased; then its engine loses all."""
    with running_world(WorldConfig(faults=QUICK)) as world, receiving() as receiver:
        channels = probe.add(world.truth, *BEFORE)
        probe.wait_for(world.truth, *BEFORE)
        topic = _listen(probe, world, receiver)
        erased = _work(probe, topic)
        for channel in channels:
            probe.admin.remove_channel(channel["id"])  # type: ignore[index] # as the API has it
        eventually(lambda: _busy(probe), lambda busy: not busy)
        stream = probe.client.mentions(topic.id)
        for _ in stream:
            pass
        told = Story(
            world,
            receiver,
            documents(probe, "posts"),
            documents(probe, "mentions"),
            documents(probe, "alerts"),
            erased,
            stream.offset or "",
            topic,
        )
        _disaster(probe, world)
        _replay(probe)
        eventually(lambda: _lacking(told.posts, documents(probe, "posts")), lambda lacking: not lacking)
        eventually(lambda: _lacking(_living(told.mentions), documents(probe, "mentions")), lambda lacking: not lacking)
        yield told


def _listen(probe: Probe, world: World, receiver: Receiver) -> Topic:
    """Watch what everybody talks about, and what nobody does until it breaks out."""
    wishes = {"events": ["alert.opened", "alert.updated", "alert.closed"]}
    receiver.trust(probe.client.add_destination("Duty", "webhook", url=receiver.url, wishes=wishes).secret)
    topics = [probe.client.add_topic(name, name) for name in ("누리폰", UNHEARD)]
    eventually(lambda: [probe.client.topic(one.id).backfill.done for one in topics], all)
    world.break_out_now()
    eventually(lambda: [call.event["data"]["kind"] for call in receiver.calls()], lambda kinds: "first" in kinds)
    return topics[0]


def _work(probe: Probe, topic: Topic) -> str:
    """What people did with a mention; the id of a post that is erased, which is a mention too."""
    worked, erased = sorted(documents(probe, "mentions").values(), key=lambda each: str(each["mention"]["id"]))[:2]
    mention = worked["mention"]["id"]
    probe.client.change_mention(topic.id, mention, status="assigned", assignee="minji")
    probe.client.note_mention(topic.id, mention, "전화했음")
    probe.admin.erase_post(erased["id"])
    return str(erased["id"])


def _disaster(probe: Probe, world: World) -> None:
    """The engine's disk is empty from one moment to the next, while other channels are crawled, and functions die."""
    engine = probe.service.servers.get(OpenSearch)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    probe.add(world.truth, *MEANWHILE)
    engine.stop()
    shutil.rmtree(engine.store)
    _kill(probe)
    engine.start()
    engine.wait_ready()
    _kill(probe)


def _kill(probe: Probe) -> None:
    for function in ("IndexFunction", "AlertFunction", "DeliverFunction", "TopicsFunction", "SetupFunction"):
        for pid in probe.service.stack.workers(function):
            os.kill(pid, signal.SIGKILL)


def _replay(probe: Probe) -> None:
    """Read the whole archive again: all that a person has to do."""
    answer = probe.admin.replay()
    while answer["next_after"]:
        answer = probe.admin.replay(after=answer["next_after"])


def documents(probe: Probe, alias: str) -> Documents:
    """All that searches see of a family, by ids, without the clock's part."""
    hits = eventually(lambda: _hits(probe, alias))  # its shards may just be starting
    found = {hit["_id"]: {k: v for k, v in hit["_source"].items() if k not in BY_CLOCK} for hit in hits}
    for each in found.values():
        if "mention" in each:
            each["mention"] = {k: v for k, v in each["mention"].items() if k not in MENTION_BY_CLOCK}
    return found


def _hits(probe: Probe, alias: str) -> list[dict[str, Any]]:
    there = {"ignore_unavailable": "true"}
    with answering():
        probe.index.indices.refresh(index=alias, params=there)
        answer = probe.index.search(index=alias, body={"size": 10_000}, params=there)
    hits: list[dict[str, Any]] = answer["hits"]["hits"]
    return hits


def _busy(probe: Probe) -> int:
    stages = probe.client.status().stages.values()
    return sum((stage.waiting or 0) + (stage.in_flight or 0) for stage in stages)


def _lacking(before: Documents, now: Documents) -> Documents:
    """What is not as it was."""
    return {name: document for name, document in before.items() if now.get(name) != document}


def _living(mentions: Documents) -> Documents:
    return {name: each for name, each in mentions.items() if "gone" not in each["mention"]}


def test_all_posts_come_back_as_they_were(probe: Probe, story: Story) -> None:
    assert len(story.posts) > 50
    assert _lacking(story.posts, documents(probe, "posts")) == {}


def test_what_was_fetched_meanwhile_is_there_once(probe: Probe, story: Story) -> None:
    probe.wait_for(story.world.truth, *MEANWHILE)
    uris = probe.uris()
    assert sorted(uris) == sorted(set(uris))


def test_mentions_come_back_with_what_people_did_and_no_others(probe: Probe, story: Story) -> None:
    before, now = _living(story.mentions), _living(documents(probe, "mentions"))
    assert [each for each in before.values() if each["mention"].get("assignee") == "minji"]
    assert _lacking(before, now) == {}
    assert {name for name, each in now.items() if each["id"] in story.posts} == set(before)


def test_what_was_erased_does_not_come_back(probe: Probe, story: Story) -> None:
    assert story.erased not in documents(probe, "posts")
    mentions = [each["mention"] for each in documents(probe, "mentions").values()]
    assert [each for each in mentions if each["post"] == story.erased and "gone" not in each] == []


def test_no_index_is_other_than_its_template_says(probe: Probe, story: Story) -> None:
    """An index that a write made before the templates were back would be seen by no search."""
    for family in ("posts", "mentions", "topics"):
        made = probe.index.indices.get_alias(index=f"{family}-*")
        assert made
        assert [name for name, index in made.items() if family not in index["aliases"]] == []


def test_alerts_are_shown_again_and_nobody_is_told_twice(probe: Probe, story: Story) -> None:
    assert story.alerts
    eventually(lambda: set(story.alerts) - set(documents(probe, "alerts")), lambda lacking: not lacking)
    opened = [call.event["data"] for call in story.receiver.calls() if call.event["type"] == "alert.opened"]
    happened = [(alert["topic"], alert["kind"], alert["since"]) for alert in opened]
    assert len(happened) == len(set(happened))
    assert [alert["kind"] for alert in opened].count("first") == 1
    closed = [call.event["data"]["id"] for call in story.receiver.calls() if call.event["type"] == "alert.closed"]
    assert closed == []


def test_a_copy_of_mentions_is_told_to_begin_anew(probe: Probe, story: Story) -> None:
    """What was deleted before somebody heard of it is nowhere any more."""
    with pytest.raises(ApiError) as refusal:
        probe.client.mentions(story.topic.id, after=story.offset).part()
    assert refusal.value.status == 410


def test_what_came_meanwhile_is_mentioned_too(probe: Probe, story: Story) -> None:
    probe.wait_for(story.world.truth, *MEANWHILE)

    def missing() -> set[str]:
        posts = {post.id for post in probe.client.search(story.topic.q)} - set(story.posts)
        assert posts
        return posts - {post.id for post in probe.client.search("", topic=story.topic.id)}

    eventually(missing, lambda posts: not posts)
