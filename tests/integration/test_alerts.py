"""Alerts on the real engine and tables: what is counted, what is told, and that it is told once."""

from __future__ import annotations

import functools
import json
import time
from datetime import datetime
from itertools import takewhile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex.access import Caller
from socialindex.alert.alert import Alert
from socialindex.alert.announcing import announce
from socialindex.alert.counting import changed_within, counted
from socialindex.alert.gaps import NAME
from socialindex.alert.identity import alert_id
from socialindex.alert.model import STEP, Bucket, Heard, floor
from socialindex.alert.projection import INDEX, project
from socialindex.alert.rare import Window
from socialindex.alert.shown import shown
from socialindex.alert.stage import Alerts
from socialindex.alert.story import story
from socialindex.alert.talking import talks
from socialindex.aws import clients, tables
from socialindex.aws.alerts import AlertsTable
from socialindex.aws.queues import Queue
from socialindex.aws.tables import Table
from socialindex.aws.work import WorkTable
from socialindex.deliver.event import Event
from socialindex.errors import InvalidCursor, InvalidInput, NotFound, Unavailable
from socialindex.index.writer import Write, Writer
from socialindex.mentions.merge import going
from socialindex.mentions.work import Work
from socialindex.messages import decode
from socialindex.reread.schedule import Mark
from socialindex.search.alerts import AlertsPart
from socialindex.search.http import HttpRequest
from socialindex.search.topics import doom
from socialindex.topics.topic import Watched
from socialindex.watch.events import Finding, HealthEvent
from tests.integration.alert_story import QUERY, about, first_article, world_posts
from tests.integration.alert_world import (
    Room,
    ago,
    hours,
    mention,
    minutes,
    quiet_memory,
    said,
    topic_at,
)
from tests.integration.fault_stages import function_parts, stages_on
from tests.integration.parts import event as sqs_event
from tests.integration.parts import real_parts, unique
from tests.unit.deliver.samples import alert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opensearchpy import OpenSearch

    from infra.local.servers import Running
    from socialindex.aws.alert_items import KeptAlert
    from socialindex.aws.values import Item
    from socialindex.model import Post
    from socialindex.topics.topic import Topic
    from tests.integration.parts import Parts

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as found:
        yield found


@pytest.fixture
def room(parts: Parts, index: OpenSearch) -> Iterator[Room]:
    parts.receive("DeliverQueue")
    room = Room(parts, index, ago(2))
    yield room
    room.leave()


def test_voices_are_counted_where_they_are_their_own(index: OpenSearch) -> None:
    at = ago(3)
    topic, other = topic_at(ago(30)), topic_at(ago(30))
    within = at + minutes(1)
    posts = [
        said("a", within, "kim", sentiment=-0.6),
        said("again", within, "kim", sentiment=0.4),
        said("copy", within, "lee", cluster_id="a", sentiment=-0.6),
        said("of old", within, "park", cluster_id="long ago", sentiment=-0.6),
        said("guest", within, sentiment=0.0),
        said("another guest", within),
        said("ad", within, "shop", promotional=True, sentiment=0.9),
        said("toot", within, "choi", source="mastodon", sentiment=-0.3),
        said("news", within, "paper", source="feed", kind="article", sentiment=-0.2),
        said("followed", at + minutes(4.9), "star", source="mastodon", followers=70_000),
        said("next", at + minutes(5), "kim"),
        said("before", at - minutes(0.1), "kim"),
        said("there already", within, "jung", first_seen_at=ago(40)),
    ]
    mention(index, topic, posts)
    mention(index, topic, [said("noise", within, "noisy")], work={"worked": 1, "noise": True})
    gone = said("gone", within, "gone")
    mention(index, topic, [gone])
    mention(index, topic, [gone], **going("edited", 2**50, 1))
    mention(index, other, [said("a", within, "kim")])

    begin = floor(at.timestamp())
    found = dict(counted(index, [topic.id], begin, begin + STEP))[topic.id]

    assert found.bucket == Bucket(
        at=begin,
        mentions=10,
        distinct=9,
        promotional=1,
        voices=6,
        judged=4,
        negative=3,
        sources={"gnuboard": Heard(3, 1), "mastodon": Heard(2, 1), "feed": Heard(1, 1)},
    )
    assert (found.articles, found.followers) == (1, 70_000)
    both = {topic.id, other.id}
    assert {name for name, _ in counted(index, sorted(both), begin, begin + STEP)} == both
    assert set(changed_within(index, 60)) == both


def crisis(topic: Topic, end: datetime) -> list[Post]:
    """Half an hour in which three times as many speak as usual, in three sources, and most are angry."""
    posts = []
    for step in range(6):
        for number in range(27):
            name, at = f"{topic.id} {step} {number}", end - minutes(29 - 5 * step - number / 10)
            posts.append(
                said(
                    name,
                    at,
                    f"{name} author",
                    source=("gnuboard", "mastodon", "bluesky")[number % 3],
                    text=f"누리폰 {'배터리에서 연기가' if number % 2 else '가격이'} {_different(27 * step + number)}",
                    sentiment=-0.7 if number % 4 else 0.2,
                )
            )
    return posts


def test_an_incident_is_one_alert_from_its_beginning_to_its_end(room: Room, index: OpenSearch) -> None:
    room.now = ago(16)
    topic = room.add(topic_at(ago(24 * 30)), quiet_memory(room.now - hours(1)))
    mention(index, topic, [*usual(topic, room.now), *crisis(topic, room.now)])

    room.run()
    (opened,) = room.events()
    alert = opened.data
    assert (opened.kind, opened.workspace, opened.topic) == ("alert.opened", "ws_a", topic.id)
    assert (alert["kind"], alert["state"], alert["revision"]) == ("crisis", "open", 1)
    assert (alert["mentions"], alert["observed"]) == (162, 162)
    assert alert["observed"] > 1.4 * alert["expected"]
    assert alert["negative_share"] > 0.5
    assert {"gnuboard", "mastodon", "bluesky"} == set(alert["sources"])
    assert {"배터리", "연기"} <= {each["term"] for each in alert["terms"]}
    assert len(alert["evidence"]) == 5
    assert all(each["excerpt"].startswith("누리폰") and each["sentiment"] < 0 for each in alert["evidence"])
    assert alert["lead_time"]["minutes"] is None
    assert "위기" in alert["explanation"]["ko"]
    assert "crisis" in alert["explanation"]["en"]

    room.run(minutes(1))
    assert room.told() == {"alert.opened": 1}

    article = said("news", room.now, "paper", source="feed", kind="article")
    mention(index, topic, [article])
    room.run(minutes(1))
    *_, updated = room.events()
    assert updated.kind == "alert.updated"
    assert updated.data["lead_time"]["minutes"] == pytest.approx(30, abs=2)
    assert updated.data["lead_time"]["first_article"]["post"] == article.id

    for _ in range(32):
        room.run(minutes(20))
    assert room.told()["alert.closed"] == 1
    last = room.events()[-1]
    assert last.kind == "alert.closed"
    assert (last.data["state"], last.data["id"]) == ("closed", alert["id"])
    assert [event.data["revision"] for event in room.events()] == list(range(1, len(room.events()) + 1))
    assert len(room.events()) < 24

    before = len(room.events())
    for _ in range(3):
        room.run(minutes(60))
    assert len(room.events()) == before


def complaints(topic: Topic, end: datetime) -> list[Post]:
    """A usual quarter of an hour, in which six voices speak of smoke."""
    posts = []
    for number in range(24):
        name = f"{topic.id} complaint {number}"
        what = f"충전 중에 배터리에서 연기가 {_different(number)}" if number < 6 else _different(40 + number)
        source = ("gnuboard", "mastodon", "bluesky")[number % 3]
        at = end - minutes(14 - number * 7 % 24 / 2)
        mood = -0.7 if number < 8 else 0.2
        posts.append(said(name, at, f"{name} author", source=source, text=f"누리폰 {what}", sentiment=mood))
    return posts


def test_a_word_that_goes_round_opens_what_counts_take_further(room: Room, index: OpenSearch) -> None:
    room.now = ago(16)
    topic = room.add(topic_at(ago(24 * 30)), quiet_memory(room.now - hours(1)))
    names = [f"{topic.id} before {number}" for number in range(400)]
    before = [
        said(name, room.now - hours(30 + number), f"{name} author", text=f"누리폰 화면 색상 {_different(number)}")
        for number, name in enumerate(names)
    ]
    early = complaints(topic, room.now)
    mention(index, topic, [*before, *early])
    time.sleep(2)
    since = time.monotonic()
    twice = said("again", room.now - minutes(1), f"{topic.id} complaint 0 author", text="누리폰 연기", sentiment=-0.7)
    calm = said("calm", room.now - minutes(1), "calm", text="누리폰 연기 영상", sentiment=0.4, thread_id=twice.id)
    mention(index, topic, [twice, calm])

    hour, now = 3_600, room.now.timestamp()
    ((name, talk),) = talks(index, [Window(topic, hour, now, new=time.monotonic() - since + 1)])
    assert (name, talk.voices, talk.negative, talk.of) == (topic.id, 26, 9, 400)
    assert talk.before == dict.fromkeys(talk.before, 0)
    smoke = [each for each in talk.said if "연기" in each.words]
    assert len(smoke) == 7
    assert [each.thread for each in smoke if not each.is_negative] == [twice.id]
    assert {each.source for each in smoke if each.is_negative} == {"gnuboard", "mastodon", "bluesky"}
    assert min(each.at for each in smoke) == (room.now - minutes(14)).timestamp()
    assert {word for each in talk.said for word in each.words} == {"연기", "배터리", "충전"}
    assert dict(talks(index, [Window(topic, hour, now, new=0)])) == {}
    assert dict(talks(index, [Window(topic, hour, now - hour, new=600)])) == {}
    assert dict(talks(index, [Window(topic, hour, now, new=600)])) == {topic.id: talk}

    room.run()
    (opened,) = room.events()
    assert (opened.data["kind"], opened.data["state"], opened.data["observed"]) == ("term", "open", 6)
    assert opened.data["terms"][0]["term"] in {"연기", "충전", "배터리"}
    assert datetime.fromisoformat(opened.data["since"]) == early[0].published_at
    assert "새로운 낱말" in opened.data["explanation"]["ko"]

    mention(index, topic, crisis(topic, room.now + minutes(31)))
    room.run(minutes(31))
    last = room.events()[-1]
    assert (last.kind, last.data["kind"], last.data["id"]) == ("alert.updated", "crisis", opened.data["id"])


def _different(number: int) -> str:
    """Some words, others for each number, that say nothing."""
    letters = "가나다라마바사아자차카타파하"
    return " ".join(letters[number // 14**place % 14] + letters[(number * 3 + place) % 14] for place in range(3))


def usual(topic: Topic, end: datetime) -> list[Post]:
    """What was said of a topic in the two days before the last six hours."""
    names = [f"{topic.id} usual {number}" for number in range(60)]
    return [
        said(name, end - hours(6 + place / 2), f"{name} author", text=f"누리폰 화면 색상 {_different(place)}")
        for place, name in enumerate(names)
    ]


class Killed(BaseException):
    """The process is gone."""


class Death:
    """Kills after so many writes to tables and queues, whether or not the last one was still done."""

    def __init__(self, patch: pytest.MonkeyPatch, after: int, *, done: bool) -> None:
        self.left, self.done = after, done
        put, update, send = Table.put, Table.update, Queue.send_all
        patch.setattr(Table, "put", lambda *given, **named: self(put, *given, **named))
        patch.setattr(Table, "update", lambda *given, **named: self(update, *given, **named))
        patch.setattr(Queue, "send_all", lambda *given, **named: self(send, *given, **named))

    def __call__(self, write: Callable[..., Any], *given: Any, **named: Any) -> Any:
        if self.left == 0:
            raise Killed
        self.left -= 1
        answer = write(*given, **named) if self.left or self.done else None
        if not self.left:
            raise Killed
        return answer


@pytest.mark.parametrize("at", ["the beginning", "the end"])
@pytest.mark.parametrize("done", [True, False], ids=["after the write", "instead of the write"])
def test_a_run_that_is_killed_doubles_and_loses_nothing(room: Room, index: OpenSearch, at: str, done: bool) -> None:
    room.now = ago(16)
    topic = room.add(topic_at(ago(24 * 30)), quiet_memory(room.now - hours(1)))
    mention(index, topic, crisis(topic, room.now))
    if at == "the end":
        room.run()
        while "alert.closed" not in room.told():
            before = room.items(topic)
            room.run(minutes(30))
        room.events()
    else:
        before = room.items(topic)

    def heard(death: int) -> dict[str, str] | None:
        """What is told by the events' ids, where a run is killed and another follows; ``None``: it outlived that."""
        room.restore(topic, before)
        if death and not dies(room, death, done=done):
            return None
        room.run()
        room.run()
        return {event.id: event.kind for event in room.news()}

    alone = heard(0)
    assert alone
    assert list(alone.values()) == ["alert.opened" if at == "the beginning" else "alert.closed"]
    deaths = list(takewhile(lambda told: told is not None, map(heard, range(1, 30))))
    assert 4 < len(deaths) < 29
    assert deaths == [alone] * len(deaths)
    assert len(room.table.page("ws_a", limit=50, topic=topic.id).alerts) == 1


def dies(room: Room, after: int, *, done: bool) -> bool:
    """Whether a run that is killed after so many writes comes so far."""
    with pytest.MonkeyPatch.context() as patch:
        Death(patch, after, done=done)
        try:
            room.run()
        except Killed:
            is_dead = True
        else:
            is_dead = False
    room.unlock()
    return is_dead


def write(posts: list[Post], index: OpenSearch) -> None:
    """Index posts, and let them be found."""
    assert set(Writer(index).write([Write(post, live=False, replay=False) for post in posts])) == {None}
    index.indices.refresh(index="posts-*")


def test_the_worlds_incident_is_one_crisis_told_hours_before_the_press(room: Room, index: OpenSearch) -> None:
    anchor = ago(1)
    start = anchor - hours(72)
    everything = world_posts(anchor)
    posts = about(everything)
    write(everything, index)
    topic = room.add(topic_at(start - hours(24), name="누리폰 12", watched=Watched(q=QUERY)))
    mention(index, topic, posts)

    room.now = start
    while room.now < start + hours(12):
        room.run(minutes(15))
    at_noon = room.events()
    while room.now < anchor:
        room.run(minutes(60))
    events = room.events()

    assert room.told()["alert.opened"] == 1
    assert len({event.data["id"] for event in events}) == 1
    assert at_noon[0].at < first_article(posts, start) - hours(3)
    worst = at_noon[-1].data
    assert worst["kind"] == "crisis"
    assert worst["severity"] == "high"
    # At which hour of the clock it runs decides which sources are far above their usual in the last window alone.
    assert any({"gnuboard", "mastodon"} <= set(event.data["sources"]) for event in at_noon)
    assert worst["lead_time"]["minutes"] == pytest.approx(9.2 * 60, abs=10)
    assert worst["lead_time"]["first_post"]["title"] == "누리폰 12 뒷판이 살짝 들뜬 것 같아요"
    assert "배터리" in {each["term"] for each in worst["terms"]}
    assert any("부푼" in each["excerpt"] + each.get("title", "") for each in worst["evidence"])
    assert "위기로 보입니다" in worst["explanation"]["ko"]
    assert "첫 글이 올라오고 9시간" in worst["explanation"]["ko"]
    assert "may be in a crisis" in worst["explanation"]["en"]
    assert "The first article came 9 hours" in worst["explanation"]["en"]
    assert worst["lead_time"]["news_channels"] == 1
    assert len(events) < 60


SMOKE = "누리폰 12의 배터리에서 연기가 났다는 신고가 들어왔다. 제조사는 배터리를 조사한다고 밝혔다"


def before_the_crisis(name: str, earlier: float, text: str, **given: Any) -> Callable[[datetime], Post]:
    """What was said so many minutes before everybody speaks of it."""
    return lambda began: said(name, began - minutes(earlier), name, text=text, **given)


PRESS: dict[str, Any] = {"source": "feed", "kind": "article"}


@pytest.mark.parametrize(
    ("earlier", "lead"),
    [
        ([], 120),
        ([before_the_crisis("press", 12, SMOKE, **PRESS)], -12),
        ([before_the_crisis("press", 12, "곧 나온다", title=SMOKE, **PRESS)], -12),
        ([before_the_crisis("press", 12, SMOKE, first_seen_at=ago(24 * 31), **PRESS)], -12),
        ([before_the_crisis("press", 12, SMOKE, **PRESS), before_the_crisis("first", 40, SMOKE)], 28),
        ([before_the_crisis("first", 40, SMOKE)], 120),
        ([before_the_crisis("press", 12, "누리폰 신작 발표회가 열렸다", **PRESS)], 120),
        ([before_the_crisis("press", 7 * 60, SMOKE, **PRESS)], 120),
    ],
    ids=[
        "none",
        "an article began it",
        "a headline did",
        "before the topic",
        "somebody was earlier still",
        "a post alone",
        "an article about something else",
        "an article of long before",
    ],
)
def test_an_article_that_an_incident_began_with_is_the_first(
    room: Room, index: OpenSearch, earlier: list[Callable[[datetime], Post]], lead: float
) -> None:
    room.now = ago(16)
    topic = room.add(topic_at(ago(24 * 30)), quiet_memory(room.now - hours(1)))
    began = room.now - minutes(29)
    later = said("later", began + minutes(120), "late paper", text=SMOKE, **PRESS)
    mention(index, topic, [*usual(topic, room.now), *crisis(topic, room.now), *(made(began) for made in earlier)])
    room.run()
    mention(index, topic, [later])
    for _ in range(3):
        room.run(minutes(45))
    last = room.events()[-1].data
    assert last["lead_time"]["minutes"] == pytest.approx(lead, abs=2)


def test_what_people_speak_of_later_does_not_hide_the_article(index: OpenSearch) -> None:
    began = ago(16)
    topic = topic_at(ago(24 * 30))
    article = said("press", began - minutes(12), "paper", text=SMOKE, **PRESS)
    early = [
        said(f"e{n}", began + minutes(n), f"e{n}", text=f"누리폰 배터리에서 연기가 {_different(n)}") for n in range(9)
    ]
    late = [
        said(f"l{n}", began + hours(9), f"l{n}", text=f"누리폰 {word} {_different(n)}")
        for n, word in enumerate(["환불", "사과", "예약", "직원"] * 25)
    ]
    mention(index, topic, [*usual(topic, began), article, *early, *late])
    since, until = began.timestamp(), (began + hours(10)).timestamp()
    for end in (since + 3600, until):
        told = story(index, topic, since, end, until)
        assert told.first_article
        assert told.first_article.post == article.id
    assert {"환불", "사과", "예약", "직원"} <= {each.term for each in told.terms}


def test_history_teaches_and_tells_nothing(room: Room, index: OpenSearch) -> None:
    since = ago(12)
    room.now = since + minutes(10)
    topic = room.add(topic_at(since, backfill_done=False))
    loud = [msgspec.structs.replace(post, first_seen_at=since - hours(1)) for post in crisis(topic, since)]
    quiet = [said(f"{topic.id} {number}", since - hours(number), f"author {number}") for number in range(7, 400)]
    mention(index, topic, [*quiet, *loud])

    room.run()
    assert room.table.watches([topic.id])[topic.id].watch.revision == 0

    kept = room.topics.get(topic.id)
    room.topics.save(kept, msgspec.structs.replace(kept.topic, backfill_done=True))
    room.run(minutes(1))
    watch = room.table.watches([topic.id])[topic.id].watch
    assert (watch.revision, watch.memory.mentioned, watch.memory.incident) == (1, True, None)
    assert watch.memory.baseline.buckets > 288
    assert watch.memory.baseline.expected(floor(since.timestamp())).rate < 1

    for _ in range(8):
        room.run(minutes(60))
    assert room.events() == []

    mention(index, topic, crisis(topic, room.now))
    room.run(minutes(1))
    assert room.told() == {"alert.opened": 1}


def test_what_was_found_late_does_not_teach_where_we_have_watched(room: Room, index: OpenSearch) -> None:
    since = ago(12)
    room.now = since + minutes(1)
    watched, unwatched = room.add(topic_at(since)), room.add(topic_at(since))
    for topic in (watched, unwatched):
        late = [
            said(f"{topic.id} late {number}", since - hours(number), f"late {number}", first_seen_at=since - hours(1))
            for number in range(8, 300)
        ]
        mention(index, topic, late)
    prompt = [said(f"{watched.id} {number}", since - hours(20 * number + 9), "kim") for number in range(12)]
    mention(index, watched, prompt)
    room.run()
    memories = [room.table.watches([topic.id])[topic.id].watch.memory for topic in (watched, unwatched)]
    voices = [sum(memory.baseline.voices) for memory in memories]
    assert voices[0] < 15
    assert voices[1] > 150


def test_hours_without_a_run_are_no_silence_of_whoever_speaks_again_later(room: Room, index: OpenSearch) -> None:
    """The topic has no appointment: nobody had spoken of it for two hours when the runs stopped."""
    room.now = ago(40)
    room.marks.put(NAME, Mark(0, "[]"))
    topic = room.add(topic_at(ago(24 * 30)), quiet_memory(room.now - hours(2)))
    before = room.table.watches([topic.id])[topic.id].watch.memory.baseline.buckets
    room.run()
    room.run(hours(30))
    mention(index, topic, [said(f"{topic.id} again", room.now + hours(2), "kim")])
    room.run(hours(2))
    baseline = room.table.watches([topic.id])[topic.id].watch.memory.baseline
    assert baseline.buckets == pytest.approx(before + 12 * (6 + 2 + 2), abs=2)


def test_a_first_mention_is_told_once(room: Room, index: OpenSearch) -> None:
    room.now = ago(12)
    topic = room.add(topic_at(room.now - hours(48)))
    for number in range(3):
        mention(index, topic, [said(f"{topic.id} {number}", room.now, "kim")])
        room.run(minutes(20))
    (event,) = room.events()
    assert (event.kind, event.data["kind"], event.data["state"]) == ("alert.opened", "first", "closed")
    assert event.data["evidence"][0]["excerpt"] == f"누리폰 {topic.id} 0"
    assert (event.data["evidence"][0]["author"], event.data["observed"]) == ("kim", 1)


def test_what_was_blind_raises_nothing_and_is_named(room: Room, index: OpenSearch) -> None:
    room.now = ago(12)
    topic = room.add(topic_at(ago(24 * 30)), quiet_memory(room.now - hours(1)))
    finding = Finding(kind="errors", source="mastodon", since=room.now - minutes(20), message="", evidence={})
    room.health.keep(HealthEvent(id="he_a", finding=finding, opened_at=room.now, seen_at=room.now))
    mention(index, topic, [post for post in crisis(topic, room.now) if post.source != "mastodon"])
    room.run()
    room.health.close(HealthEvent(id="he_a", finding=finding, opened_at=room.now, seen_at=room.now, closed_at=room.now))
    (event,) = room.events()
    assert event.data["blind"] == ["mastodon"]
    memory = room.table.watches([topic.id])[topic.id].watch.memory
    assert memory.recent.moments[-2].seen == pytest.approx(0.67, abs=0.02)


def test_a_new_word_and_an_author_of_reach_are_told_once(room: Room, index: OpenSearch) -> None:
    room.now = ago(12)
    memory = quiet_memory(room.now - hours(1))
    topic = room.add(topic_at(ago(24 * 30)), memory)
    usual_ones = [
        msgspec.structs.replace(post, author=msgspec.structs.replace(post.author, followers=100))
        for post in usual(topic, room.now)
        if post.author
    ]
    mention(index, topic, [*usual_ones, said("star's own", room.now - hours(9), "star", followers=50_000)])
    room.run()
    assert room.events() == []

    words = [
        said(
            f"{topic.id} new {number}",
            room.now + minutes(number),
            f"new {number}",
            text=f"누리폰 리콜 {_different(number)}",
        )
        for number in range(12)
    ]
    stars = [said("again", room.now, "star", followers=50_000), said("hello", room.now, "nova", followers=20_000)]
    mention(index, topic, [*words, *stars])
    for _ in range(4):
        room.run(minutes(45))

    alerts = {event.data["kind"]: event.data for event in room.events()}
    assert room.told() == {"alert.opened": 2}
    assert alerts["term"]["terms"][0]["term"] == "리콜"
    assert alerts["term"]["observed"] == 12
    assert "“리콜”" in alerts["term"]["explanation"]["ko"]
    assert [each["name"] for each in alerts["reach"]["spreaders"]] == ["nova"]
    assert alerts["reach"]["evidence"][0]["author"] == "nova"


def test_a_topic_that_is_paused_or_gone_is_not_watched(room: Room, index: OpenSearch) -> None:
    room.now = ago(12)
    topic = room.add(topic_at(ago(24 * 30)), quiet_memory(room.now - hours(1)))
    mention(index, topic, crisis(topic, room.now))
    room.run()
    kept = room.topics.get(topic.id)
    room.topics.save(kept, msgspec.structs.replace(kept.topic, state="paused"))
    room.run(minutes(1))
    assert room.told() == {"alert.opened": 1, "alert.closed": 1}
    assert topic.id not in set(room.table.due(room.now.timestamp() + 86_400))

    room.topics.remove(topic)
    room.run(minutes(1))
    assert room.table.watches([topic.id]) == {}
    assert room.table.page("ws_a", limit=10, topic=topic.id) == ([], None)


def test_an_alert_of_a_topic_that_is_deleted_is_told_to_be_over(room: Room, index: OpenSearch) -> None:
    room.now = ago(12)
    topic = room.add(topic_at(ago(24 * 30)), quiet_memory(room.now - hours(1)))
    mention(index, topic, crisis(topic, room.now))
    room.run()
    (opened,) = room.events()
    room.topics.doom(room.topics.get(topic.id))
    for _ in range(2):
        room.run(minutes(1))
    assert room.told() == {"alert.opened": 1, "alert.closed": 1}
    closed = room.events()[-1].data
    assert (closed["id"], closed["state"], closed["revision"]) == (opened.data["id"], "closed", 2)
    assert datetime.fromisoformat(closed["closed_at"]) == room.now - minutes(1)
    assert "잦아들었습니다" in closed["explanation"]["ko"]
    assert room.items(topic) == []


def test_one_run_at_a_time(room: Room) -> None:
    with room.marks.alone("alert", 60) as alone:
        assert alone
        assert room.run() == {"skipped": 1}
    assert "seen" in room.run()


def test_an_alert_that_cannot_be_told_keeps_no_other_topic_waiting(
    room: Room, index: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a run leaves is told by the next before all else: each run ended with it, and no topic was looked at."""
    room.now = ago(12)
    first, second = (room.add(topic_at(ago(24 * 30)), quiet_memory(room.now - hours(1))) for _ in range(2))
    mention(index, first, crisis(first, room.now))

    def announced(engine: OpenSearch, queue: Queue, kept: KeptAlert) -> None:
        if kept.alert.topic == first.id:
            raise ValueError("nobody can say this")
        announce(engine, queue, kept)

    monkeypatch.setattr("socialindex.alert.record.announce", announced)
    room.run()
    mention(index, second, crisis(second, room.now))
    room.run(minutes(1))
    assert [event.topic for event in room.events()] == [second.id]
    monkeypatch.undo()
    room.run(minutes(1))
    assert {event.topic for event in room.events()} == {first.id, second.id}


def test_what_a_person_does_while_an_alert_is_told_has_it_not_wait_again(room: Room, index: OpenSearch) -> None:
    """It waited for ever: each run looked at it, and found that it was told."""
    room.now = ago(12)
    topic = room.add(topic_at(ago(24 * 30)), quiet_memory(room.now - hours(1)))
    mention(index, topic, crisis(topic, room.now))
    room.run()
    (kept,) = room.table.of_topic(topic.id)
    alert = msgspec.structs.replace(kept.alert, revision=kept.alert.revision + 1)
    untold = room.table.save(kept, alert, "alert.updated")
    assert untold

    def taken(one: Alert) -> Alert:
        room.table.tell(untold)  # a run does, meanwhile
        return msgspec.structs.replace(one, assigned_to="당직")

    assert room.table.change(alert.id, taken).assigned_to == "당직"
    assert (topic.id, alert.id) not in room.table.untold(time.time())


def test_a_run_that_is_killed_keeps_the_next_waiting_for_a_minute_only(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lease was for all the time that a run may take: longer than an alert may."""
    left: list[Item] = []
    leases = Table(room.parts.table("MarksTable"))
    real = room.marks.get

    def seen(name: str) -> Mark | None:
        left.extend(item for item in [leases.get({"name": "alert.lease"})] if item)
        return real(name)

    monkeypatch.setattr(room.marks, "get", seen)
    room.run()
    leases.put(left[0])  # as it is where nobody lets go of it
    assert room.run() == {"skipped": 1}
    now = time.time() + 61
    monkeypatch.setattr("socialindex.aws.lease.time", SimpleNamespace(time=lambda: now))
    assert "seen" in room.run()


def test_a_lease_lasts_for_as_long_as_its_holder_works(room: Room) -> None:
    with room.marks.alone("long", 0.9, beats=True):
        for _ in range(4):
            time.sleep(0.6)
            with room.marks.alone("long", 60) as another:
                assert not another
    with room.marks.alone("long", 60) as another:
        assert another


def test_a_run_without_time_leaves_topics_to_the_next(room: Room, index: OpenSearch) -> None:
    room.now = ago(12)
    topic = room.add(topic_at(ago(24 * 30)), quiet_memory(room.now - hours(1)))
    mention(index, topic, crisis(topic, room.now))
    assert room.stage.run(lambda: 10.0)["seen"] == 0
    assert room.events() == []
    room.run(minutes(1))
    assert room.told() == {"alert.opened": 1}


def test_alerts_are_listed_shown_acknowledged_and_assigned(room: Room, index: OpenSearch) -> None:
    room.now = ago(12)
    workspace = unique("ws")
    topics = [
        room.add(topic_at(ago(24 * 30), workspace=workspace, name=f"topic {number}"), quiet_memory(room.now - hours(1)))
        for number in range(3)
    ]
    for topic in topics:
        mention(index, topic, crisis(topic, room.now))
        room.run(minutes(6))
    api = Asked(AlertsPart(index, room.table), workspace)

    page = api("GET /v1/workspaces/{id}/alerts", {"limit": "2"}, id=workspace)
    rest = api("GET /v1/workspaces/{id}/alerts", {"limit": "2", "cursor": page.next_cursor}, id=workspace)
    assert [each.topic for each in [*page.items, *rest.items]] == [topic.id for topic in reversed(topics)]
    assert rest.next_cursor is None
    assert all("위기" in each.explanation["ko"] for each in page.items)
    assert all(each.evidence[0].excerpt.startswith("누리폰") for each in page.items)

    newest = page.items[0]
    middle = page.items[1].opened_at
    for given, expected in (
        ({"topic": topics[0].id}, [topics[0]]),
        ({"state": "open", "kind": "crisis", "severity": newest.severity}, topics[::-1]),
        ({"state": "closed"}, []),
        ({"from": middle.isoformat()}, topics[:0:-1]),
        ({"to": middle.isoformat()}, topics[:1]),
        ({"from": middle.isoformat(), "to": newest.opened_at.isoformat()}, topics[1:2]),
    ):
        found = api("GET /v1/workspaces/{id}/alerts", given, id=workspace).items
        assert [each.topic for each in found] == [topic.id for topic in expected], given

    assert api("PATCH /v1/alerts/{alert}", {"assigned_to": "김하나"}, alert=newest.id).assigned_to == "김하나"
    seen = api("PATCH /v1/alerts/{alert}", {"acknowledged": True}, alert=newest.id)
    again = api("PATCH /v1/alerts/{alert}", {"acknowledged": True, "assigned_to": None}, alert=newest.id)
    assert (seen.acknowledged_by, seen.assigned_to) == ("key_a", "김하나")
    assert (again.acknowledged_at, again.assigned_to) == (seen.acknowledged_at, None)
    assert api("GET /v1/alerts/{alert}", {}, alert=newest.id) == again

    news = room.news()
    while "alert.closed" not in {event.kind for event in news}:
        room.run(minutes(30))
        news = room.news()
    assert api("GET /v1/alerts/{alert}", {}, alert=newest.id).acknowledged_by == "key_a"
    assert {event.kind for event in room.events()} <= {"alert.opened", "alert.updated", "alert.closed"}


def an_alert(topic: str, workspace: str, opened_at: datetime, **given: Any) -> Alert:
    """An alert with no more in it than must be."""
    return Alert(
        id=alert_id(topic, opened_at.isoformat()),
        topic=topic,
        workspace=workspace,
        topic_name=topic,
        kind="burst",
        state="closed",
        revision=1,
        since=opened_at,
        opened_at=opened_at,
        updated_at=opened_at,
        window_minutes=60,
        observed=30,
        expected=3.0,
        score=9.0,
        **given,
    )


def test_rare_alerts_are_listed_behind_however_many_others(
    room: Room, index: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The local server ends no page at 1 MB of what a filter drops, as DynamoDB does; ``Limit`` makes it end pages."""
    workspace, begin = unique("ws"), ago(24 * 30)
    for number in range(120):
        topic, severity = ("tp_rare", "high") if number < 2 else ("tp_often", "low")
        alert = an_alert(topic, workspace, begin + minutes(number), severity=severity)
        assert room.table.save(None, alert, "alert.opened")
    in_small_pages = SimpleNamespace(query=functools.partial(clients.dynamodb().query, Limit=5))
    monkeypatch.setattr(tables, "dynamodb", lambda: in_small_pages)
    api = Asked(AlertsPart(index, room.table), workspace)
    for given in ({"severity": "high"}, {"topic": "tp_rare"}, {"severity": "high", "limit": "1"}):
        found = walked(api, workspace, given)
        assert [each.opened_at for each in found] == [begin + minutes(1), begin], given


def walked(api: Asked, workspace: str, given: dict[str, str]) -> list[Alert]:
    """All pages of a list."""
    page = api("GET /v1/workspaces/{id}/alerts", given, id=workspace)
    found: list[Alert] = page.items
    while page.next_cursor:
        page = api("GET /v1/workspaces/{id}/alerts", {**given, "cursor": page.next_cursor}, id=workspace)
        found = [*found, *page.items]
    return found


@pytest.mark.parametrize(
    ("route", "given", "error"),
    [
        ("GET /v1/workspaces/{id}/alerts", {"cursor": "x"}, InvalidCursor),
        ("GET /v1/workspaces/{id}/alerts", {"limit": "51"}, InvalidInput),
        ("GET /v1/workspaces/{id}/alerts", {"kind": "fire"}, InvalidInput),
        (
            "GET /v1/workspaces/{id}/alerts",
            {"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"},
            InvalidInput,
        ),
        ("GET /v1/alerts/{alert}", {}, NotFound),
        ("PATCH /v1/alerts/{alert}", {"acknowledged": False}, NotFound),
    ],
)
def test_what_cannot_be_asked(room: Room, index: OpenSearch, route: str, given: Any, error: type[Exception]) -> None:
    api = Asked(AlertsPart(index, room.table), "ws_a")
    with pytest.raises(error):
        api(route, given, id="ws_a", alert="al_nothing")


def test_an_alert_shows_no_more_than_the_index(room: Room, index: OpenSearch) -> None:
    room.now = ago(12)
    topic = room.add(topic_at(ago(24 * 30)), quiet_memory(room.now - hours(1)))
    mention(index, topic, crisis(topic, room.now))
    room.run()
    (listed,) = room.table.page("ws_a", limit=1, topic=topic.id).alerts
    kept = msgspec.json.encode(listed).decode()
    assert "배터리에서" not in kept
    assert "author" not in kept.replace('"author":null', "")

    erased = listed.evidence[0].post
    mention(index, topic, [post for post in crisis(topic, room.now) if post.id == erased], gone="erased")
    (alert,) = shown(index, [listed])
    assert [each.excerpt is None for each in alert.evidence] == [True, False, False, False, False]


class Asked:
    """The routes of a part as a key of a workspace asks them."""

    def __init__(self, part: AlertsPart, workspace: str) -> None:
        self._routes = part.routes()
        self._caller = Caller(organization="org_a", workspaces=frozenset({workspace}), scopes=frozenset(), key="key_a")

    def __call__(self, route: str, given: dict[str, Any], **path: str) -> Any:
        is_list = route.startswith("GET")
        query = given if is_list else {}
        raw = {} if is_list else {"body": json.dumps(given)}
        request = HttpRequest(id="r", route=route, path=path, query=query, headers={}, raw=raw)
        return self._routes[route].handle(request, self._caller).body


def test_alerts_of_a_deleted_topic_are_shown_nowhere_though_nobody_speaks_of_it(
    servers: Running, engine_url: str, index: OpenSearch
) -> None:
    with function_parts(servers) as parts, stages_on(parts, engine_url) as stages:
        topic, table = stages.watch(unique("quiet")), AlertsTable(parts.table("AlertsTable"))
        told = {"topic": topic.id, "workspace": topic.workspace}
        runs = alert(id=unique("al"), **told)
        over = alert(id=unique("al"), **told, state="closed", closed_at=ago(48))
        for each in (over, runs):
            kept = table.save(None, each, "alert.opened")
            assert kept
            table.tell(kept)
            project(index, [kept])
        doom(stages.topics, parts.queue("TopicsQueue"), topic.id)
        stages.run("alert", {})
        while bodies := [body for body, _ in parts.receive("TopicsQueue")]:
            stages.run("topics", sqs_event(*bodies))
            stages.run("topics", {})
        assert stages.topics.find(topic.id) is None
        assert list(table.of_topic(topic.id)) == []
        assert not any(index.exists(index=INDEX, id=each.id) for each in (over, runs))
        events = [decode(body, Event) for body, _ in parts.receive("DeliverQueue")]
        said = [(event.kind, event.data.get("id")) for event in events if event.topic == topic.id]
        assert sorted(set(said), key=str) == [("alert.closed", runs.id), ("topic.deleted", None)]
        assert said[0] == ("alert.closed", runs.id)


def test_targets_are_warned_of_while_some_topics_cannot_be_looked_at(
    servers: Running, engine_url: str, index: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise Unavailable("the engine did not look everywhere in time")

    monkeypatch.setattr(Alerts, "_looked", fails)
    with function_parts(servers) as parts, stages_on(parts, engine_url) as stages:
        topic, post = stages.watch(unique("due")), said(unique("due"), ago(1))
        mention(index, topic, [post])
        WorkTable(parts.table("WorkTable")).save(
            Work(topic=topic.id, post=post.id, status="assigned", assignee="Kim", due_at=ago(0), warn_at=ago(1))
        )
        with pytest.raises(Unavailable):
            stages.run("alert", {})
        events = [decode(body, Event) for body, _ in parts.receive("DeliverQueue")]
        assert [(event.kind, event.topic) for event in events if event.topic == topic.id] == [("mention.due", topic.id)]
