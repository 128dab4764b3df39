"""Counting only what changed: whatever happens to mentions, it comes to the same as counting everything."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from socialindex.alert.counting import counted
from socialindex.alert.model import STEP, floor
from socialindex.alert.recent import KEPT
from socialindex.alert.tally import Tally
from socialindex.mentions.merge import deleting, going, moving
from tests.integration.alert_world import ago, hours, mention, minutes, said, topic_at

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from opensearchpy import OpenSearch

    from socialindex.alert.counting import Counted
    from socialindex.model import Post
    from socialindex.topics.topic import Topic

pytestmark = pytest.mark.integration
NEWER = 2**50


class Talk:
    """Things that happen to the mentions of a topic, by lot."""

    def __init__(self, engine: OpenSearch, topic: Topic, chance: random.Random) -> None:
        self._engine, self._topic, self._chance = engine, topic, chance
        self._living: list[Post] = []

    def goes_on(self, now: datetime) -> None:
        """Some say something, now or earlier or ahead of time; and something happens to one who did."""
        chance, names = self._chance, [f"{self._topic.id} {len(self._living)} {number}" for number in range(5)]
        ages = [chance.choice((0.2, 1, 4, 7, 90, 355, 400, -3)) for _ in names]
        posts = [
            said(name, now - minutes(age), name, sentiment=chance.choice((-0.6, None)), cluster_id=names[0])
            for name, age in zip(names, ages, strict=True)
        ]
        mention(self._engine, self._topic, posts)
        self._living += posts
        fate = chance.choice(({}, going("edited", NEWER, 1), deleting(NEWER), {"work": {"worked": 1, "noise": True}}))
        post = self._living.pop(chance.randrange(len(self._living)))
        if fate:
            mention(self._engine, self._topic, [post], **fate)
        other = chance.choice(posts)
        mention(self._engine, self._topic, [other], **moving(other.cluster_id or "", other.id))


@pytest.mark.parametrize("seed", range(3))
def test_counting_what_changed_is_counting_everything(index: OpenSearch, seed: int) -> None:
    chance, now = random.Random(seed), ago(2)  # noqa: S311 - cases, the same in every run
    topics = [topic_at(ago(100)) for _ in range(3)]
    talks = [Talk(index, topic, chance) for topic in topics]
    names, tally = [topic.id for topic in topics], Tally(index)
    for _ in range(8):
        for talk in chance.sample(talks, 2):
            talk.goes_on(now)
        asked = names[: chance.choice((1, 2, 3, 3))]
        found = tally.counted(asked, now.timestamp(), lost=0.0)
        assert found == everything(index, asked, now)
        now += minutes(chance.choice((0.5, 1, 1, 5, 6)))


def test_what_a_process_has_counted_is_not_asked_for_again(index: OpenSearch) -> None:
    now, topic, tally = ago(2), topic_at(ago(100)), Tally(index)
    mention(index, topic, [said(f"at {age}", now - minutes(age), f"{age}") for age in (1, 30, 100)])
    first = tally.counted([topic.id], now.timestamp(), lost=0.0)[topic.id]
    index.delete_by_query(index="mentions-*", body={"query": {"match_all": {}}}, params={"refresh": "true"})
    later = now + minutes(1)

    kept = tally.counted([topic.id], later.timestamp(), lost=0.0)[topic.id]
    assert len(first) == 3
    assert kept == {at: each for at, each in first.items() if at < floor(now.timestamp()) - STEP}

    assert not tally.counted([topic.id], later.timestamp(), lost=later.timestamp())[topic.id]


@pytest.mark.parametrize("after", [minutes(16), hours(5)])
def test_what_was_counted_long_ago_is_counted_anew(index: OpenSearch, after: timedelta) -> None:
    now, topic, tally = ago(6), topic_at(ago(100)), Tally(index)
    mention(index, topic, [said("then", now - minutes(30), "kim")])
    assert tally.counted([topic.id], now.timestamp(), lost=0.0)[topic.id]
    index.delete_by_query(index="mentions-*", body={"query": {"match_all": {}}}, params={"refresh": "true"})
    assert not tally.counted([topic.id], (now + after).timestamp(), lost=0.0)[topic.id]


def test_a_topic_is_counted_whole_once_an_hour(index: OpenSearch) -> None:
    now, topic, tally = ago(6), topic_at(ago(100)), Tally(index)
    mention(index, topic, [said("then", now - minutes(30), "kim")])
    assert tally.counted([topic.id], now.timestamp(), lost=0.0)[topic.id]
    index.delete_by_query(index="mentions-*", body={"query": {"match_all": {}}}, params={"refresh": "true"})
    found = [tally.counted([topic.id], (now + minutes(10 * n)).timestamp(), lost=0.0)[topic.id] for n in range(7)]
    assert found[1]
    assert not found[-1]


def everything(engine: OpenSearch, topics: list[str], now: datetime) -> dict[str, dict[int, Counted]]:
    found: dict[str, dict[int, Counted]] = {name: {} for name in topics}
    moment = now.timestamp()
    for name, each in counted(engine, topics, floor(moment) - (KEPT - 1) * STEP, moment):
        found[name][each.bucket.at] = each
    return found
