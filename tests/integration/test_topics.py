"""Topics on the real servers: from a name to mentions, whatever interrupts it; what others have stays theirs."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec
import pytest

from socialindex.access import Caller, Scope
from socialindex.aws.topics import TopicsTable
from socialindex.aws.work import WorkTable
from socialindex.deliver.event import Event
from socialindex.dictionary import Cached, Entry
from socialindex.errors import Conflict, Unavailable
from socialindex.index.writer import Write, Writer
from socialindex.lease import LASTING
from socialindex.mentions.model import mention_id
from socialindex.mentions.writer import MentionWriter
from socialindex.messages import decode
from socialindex.model import Author, Post
from socialindex.plans import PLANS
from socialindex.search.api import Api
from socialindex.search.proposing.part import ProposingPart
from socialindex.search.topics import TopicsOfWorkspace, TopicsPart
from socialindex.topics import looking, stored
from socialindex.topics import topic as topics
from socialindex.topics.documents import Documents
from socialindex.topics.mending import Mending
from socialindex.topics.mentioning import Mentioning
from socialindex.topics.stage import RESERVE, Queues, Topics, Ways
from socialindex.topics.suspension import Suspension
from tests.integration.clocks import clock_off_by
from tests.integration.parts import Parts, event, real_parts, unique
from tests.integration.whole_api import post

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import opensearchpy

    from infra.local.servers import Running
    from socialindex.topics.looking import Hit
    from socialindex.topics.topic import Topic

pytestmark = pytest.mark.integration

HOME = "/v1/workspaces/{id}/topics"
ONE = "/v1/topics/{topic}"
LEFT = 600.0
NOW = datetime.now(tz=UTC).replace(microsecond=0)
NAMES = [Entry(name="누리폰", variants=["NuriPhone"], kind="product")]


class Killed(BaseException):
    """What ends a function in the middle of its work."""


class Told(NamedTuple):
    status: int
    body: Any


class Known:
    """A dictionary of some names."""

    def all(self) -> list[Entry]:
        return NAMES


class Dying:
    """Writes mentions, and ends the function in the midst of some call."""

    def __init__(self, mentions: Mentioning, at: int) -> None:
        self._mentions, self._left = mentions, at

    def write(self, topic: Topic, hits: Sequence[Hit]) -> None:
        self._left -= 1
        if self._left == 0:
            self._mentions.write(topic, hits[:1])
            raise Killed
        self._mentions.write(topic, hits)


class Down:
    """Writes no mentions: the engine has no room."""

    def write(self, _topic: Topic, _hits: Sequence[Hit]) -> None:
        raise Unavailable("the engine is overloaded")


class World:
    """The API and the stage, on real parts, for one organization with one workspace."""

    def __init__(self, parts: Parts, index: opensearchpy.OpenSearch) -> None:
        self.parts, self.engine = parts, index
        self.table, self.work = TopicsTable(parts.table("TopicsTable")), WorkTable(parts.table("WorkTable"))
        self.documents, self.mentions = Documents(index), Mentioning(MentionWriter(index, self.work), parts.outcomes)
        self.queue = parts.queue("TopicsQueue")
        self.workspace, self.organization = unique("ws"), unique("org")
        self.who = Caller(
            organization=self.organization,
            workspaces=frozenset({self.workspace}),
            scopes=frozenset({Scope.READ, Scope.WRITE}),
            limits=PLANS["trial"],
        )
        routes = [
            TopicsPart(index, self.table, self.queue).routes(),
            ProposingPart(index, self.table, Cached(Known())).routes(),
        ]
        self.api = Api(index, cast("Any", self), cast("Any", None), routes)

    def stage(self, *, settle: float = 0, **ways: Any) -> Topics:
        usual = Ways(self.engine, self.documents, self.mentions, [self.work.forget_topic], settle)
        dead, deliver = self.parts.queue("TopicsDeadLetters"), self.parts.queue("DeliverQueue")
        return Topics(
            self.table,
            usual._replace(**ways),
            Queues(self.queue, dead, deliver),
            self.parts.outcomes,
        )

    def call(self, route: str, body: Any = None, headers: dict[str, str] | None = None, **path: str) -> Told:
        path = {"id": self.workspace, **path} if "{id}" in route else path
        answer = self.api.handle({
            "requestContext": {"requestId": unique("r")},
            "routeKey": route,
            "pathParameters": path,
            "headers": {"authorization": "Bearer si_x", **(headers or {})},
            "body": json.dumps(body) if body is not None else None,
        })  # fmt: skip
        return Told(answer["statusCode"], json.loads(answer.get("body") or "null"))

    def caller(self, _key: str, **_fresh: bool) -> Caller:
        return self.who

    def make(self, q: str, **given: Any) -> str:
        told = self.call(f"POST {HOME}", {"name": "a topic", "q": q, **given})
        assert told.status == 201, told
        made: str = told.body["id"]
        return made

    def run(self, stage: Topics | None = None, *, rounds: int = 10) -> None:
        """Work until nothing is left to do, as often as messages and the schedule would."""
        worker = stage or self.stage()
        for _ in range(rounds):
            worker.sweep()
            bodies = list(dict.fromkeys(body for body, _ in self.parts.receive("TopicsQueue")))
            if not bodies:
                return
            assert worker.handle(event(*bodies), lambda: LEFT) == {"batchItemFailures": []}

    def show(self, topic: str) -> Any:
        told = self.call(f"GET {ONE}", topic=topic)
        assert told.status == 200, told
        return told.body

    def mentioned(self, topic: str) -> dict[str, dict[str, Any]]:
        """A topic's mentions by the posts' uris; those that are gone by their posts' ids."""
        self.engine.indices.refresh(index="mentions-*")
        body = {"query": {"term": {"mention.topic": topic}}, "size": 1_000}
        hits = self.engine.search(index="mentions", body=body)["hits"]["hits"]
        return {hit["_source"].get("uri", hit["_source"]["mention"]["post"]): hit["_source"] for hit in hits}

    def living(self, topic: str) -> set[str]:
        return {uri for uri, found in self.mentioned(topic).items() if "gone" not in found["mention"]}

    def write(self, *posts: Post) -> None:
        assert set(Writer(self.engine).write([Write(one, live=False, replay=False) for one in posts])) == {None}
        self.engine.indices.refresh(index="posts-*")

    def rewrite(self, uri: str, **fields: Any) -> None:
        """Give a post's document other fields, as if it had been written so."""
        found = self.engine.search(index="posts", body={"query": {"term": {"uri": uri}}})["hits"]["hits"][0]
        place = {"index": found["_index"], "id": found["_id"]}
        self.engine.update(**place, body={"doc": fields}, params={"refresh": "true"})


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as made:
        yield made


@pytest.fixture
def world(parts: Parts, index: opensearchpy.OpenSearch) -> World:
    parts.receive("TopicsQueue")
    parts.receive("DeliverQueue")
    made = World(parts, index)
    for kept in made.table.all():
        made.table.remove(kept.topic)
    return made


def about(uri: str, text: str, **given: Any) -> Post:
    at = given.pop("published_at", NOW - timedelta(hours=1))
    return post(uri, text=text, published_at=at, collected_at=NOW, **given)


def test_posts_that_are_there_become_mentions_and_new_ones_meet_the_topic(world: World) -> None:
    own, others = {"visibility": world.workspace}, {"visibility": "ws_other"}
    world.write(
        about("urn:1", "누리폰 배터리가 부풀었어요", source="gnuboard"),
        about("urn:2", "누리폰을 샀다", language="en"),
        about("urn:3", "감자탕이 맛있다"),
        about("urn:own", "우리 고객이 말하는 누리폰", **own),
        about("urn:others", "남의 고객이 말하는 누리폰", **others),
        about("urn:old", "누리폰 옛날 이야기", published_at=NOW - timedelta(days=60)),
    )
    topic = world.make("누리폰", language=["ko-KR", "kor"])
    first = world.show(topic)
    assert first["language"] == ["ko"]
    assert (first["state"], first["live"], first["backfill"]["until"]) == ("active", False, None)
    world.run()
    assert world.living(topic) == {"urn:1", "urn:own"}  # the trial plan goes thirty days back
    shown = world.show(topic)
    assert (shown["live"], shown["backfill"]["done"], shown["backfill"]["found"]) == (True, True, 2)
    assert shown["mentions"] == {"total": 2, "day": 2, "open": 2}
    mention = world.mentioned(topic)["urn:1"]
    assert mention["mention"]["backfilled"] is True
    assert mention["mention"]["matched"] == ["누리폰"]
    assert mention["visibility"] == world.workspace
    found = world.documents.find(topic)
    assert found
    assert found.revision == 1


def test_a_changed_query_brings_new_mentions_and_withdraws_others(world: World) -> None:
    world.write(
        about("urn:1", "누리폰 배터리"),
        about("urn:2", "누리폰 화면"),
        about("urn:3", "갤럭탭 배터리"),
    )
    topic = world.make("누리폰")
    world.run()
    assert world.living(topic) == {"urn:1", "urn:2"}
    told = world.call(f"PATCH {ONE}", {"q": "배터리"}, topic=topic)
    assert (told.status, told.body["revision"], told.body["live"]) == (200, 2, False)
    world.run()
    assert world.living(topic) == {"urn:1", "urn:3"}
    gone = [found["mention"] for found in world.mentioned(topic).values() if "gone" in found["mention"]]
    assert [each["gone"] for each in gone] == ["topic"]
    assert world.show(topic)["mentions"]["total"] == 2


def test_mentions_older_than_what_is_looked_through_stay_where_they_match(world: World) -> None:
    world.write(
        about("urn:new", "누리폰 배터리"),
        about("urn:old", "누리폰 배터리", published_at=NOW - timedelta(days=20)),
        about("urn:lost", "누리폰 화면", published_at=NOW - timedelta(days=20)),
    )
    topic = world.make("누리폰")
    world.run()
    world.call(f"PATCH {ONE}", {"q": "누리폰 배터리", "backfill_days": 2}, topic=topic)
    world.run()
    assert world.living(topic) == {"urn:new", "urn:old"}


def test_a_paused_topic_meets_nothing_and_makes_up_for_it(world: World) -> None:
    world.write(about("urn:1", "누리폰"))
    topic = world.make("누리폰")
    world.run()
    assert world.call(f"PATCH {ONE}", {"state": "paused"}, topic=topic).body["state"] == "paused"
    world.run()
    assert world.documents.find(topic) is None
    world.write(about("urn:between", "누리폰 그 사이"))
    told = world.call(f"PATCH {ONE}", {"state": "active"}, topic=topic)
    world.run()
    assert world.living(topic) == {"urn:1", "urn:between"}
    assert world.mentioned(topic)["urn:between"]["mention"]["backfilled"] is True
    assert world.documents.find(topic) is not None
    assert told.body["since"] > world.show(topic)["created_at"]


def test_what_was_on_its_way_when_a_topic_stopped_is_made_up_for_however_long_that_was(world: World) -> None:
    topic = world.make("누리폰")
    world.run()
    world.write(about("urn:on-its-way", "누리폰"))  # in the index, and not yet held against the topics
    assert world.call(f"PATCH {ONE}", {"state": "paused"}, topic=topic).status == 200
    world.run()
    stopped = datetime.now(tz=UTC) - timedelta(hours=1)
    kept = world.table.get(topic)
    world.table.save(kept, kept.topic, msgspec.structs.replace(kept.job, stopped_at=stopped))
    world.rewrite("urn:on-its-way", updated_at=(stopped - timedelta(seconds=30)).isoformat())
    assert world.call(f"PATCH {ONE}", {"state": "active"}, topic=topic).status == 200
    world.run()
    assert world.living(topic) == {"urn:on-its-way"}


def test_what_comes_while_the_engine_takes_a_topic_in_is_found_minutes_later(world: World) -> None:
    world.write(about("urn:1", "누리폰"))
    topic = world.make("누리폰")
    slow = world.stage(settle=10_000)
    world.run(slow)
    assert world.living(topic) == {"urn:1"}
    assert world.show(topic)["backfill"]["done"] is False
    world.write(about("urn:late", "누리폰, 오래전에 쓴 글", published_at=NOW - timedelta(days=3)))
    kept = world.table.get(topic)
    world.table.save(kept, kept.topic, msgspec.structs.replace(kept.job, work_at=0))
    world.run()
    assert world.living(topic) == {"urn:1", "urn:late"}
    assert world.show(topic)["backfill"]["done"] is True


def test_whoever_goes_on_after_a_death_loses_and_doubles_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "PAGE", 3)
    uris = [f"urn:{number}" for number in range(10)]
    world.write(*(about(uri, "누리폰 이야기", published_at=NOW - timedelta(hours=n)) for n, uri in enumerate(uris)))
    topic = world.make("누리폰")
    (message,) = {body for body, _ in world.parts.receive("TopicsQueue")}
    with pytest.raises(Killed):
        world.stage(mentions=Dying(world.mentions, at=3)).handle(event(message), lambda: LEFT)
    until = world.show(topic)["backfill"]["until"]
    assert until is not None
    changed = {uri: found["mention"]["changed_at"] for uri, found in world.mentioned(topic).items()}
    assert 6 < len(changed) < 10
    kept = world.table.get(topic)
    world.table.save(kept, kept.topic, msgspec.structs.replace(kept.job, work_at=0))  # the lease ran out
    world.run()
    found = world.mentioned(topic)
    assert found.keys() == set(uris)
    assert {uri: found[uri]["mention"]["changed_at"] for uri in changed} == changed


def test_an_outage_leaves_no_message_and_the_schedule_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that stays in flight for half an hour rings an alarm, though its topic is live a minute later."""
    world.write(about("urn:1", "누리폰 이야기"))
    topic = world.make("누리폰")
    stage, answers = world.stage(mentions=Down()), []
    ((message, _),) = set(world.parts.receive("TopicsQueue"))
    for minute in range(LASTING):
        with clock_off_by(timedelta(minutes=1.1 * minute)):
            answers.append(len(stage.handle(event(message), lambda: LEFT)["batchItemFailures"]))
    assert answers == [0] * (LASTING - 1) + [1], "an outage that lasts is heard of"
    with clock_off_by(timedelta(hours=1)):
        world.run()
    assert world.living(topic) == {"urn:1"}


def test_time_that_is_up_is_no_harm(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "PAGE", 2)
    world.write(*(about(f"urn:{number}", "누리폰 이야기") for number in range(5)))
    topic = world.make("누리폰")
    stage = world.stage()
    for _ in range(3):
        stage.sweep()
        bodies = [body for body, _ in world.parts.receive("TopicsQueue")][:1]
        stage.handle(event(*bodies), lambda: RESERVE)
        assert world.show(topic)["live"] is True
    world.run()
    assert len(world.living(topic)) == 5


def test_a_deleted_topic_takes_everything_along(world: World) -> None:
    world.write(about("urn:1", "누리폰"))
    topic = world.make("누리폰")
    world.run()
    assert world.table.count(world.organization) == 1
    assert world.call(f"DELETE {ONE}", topic=topic).status == 202
    assert world.call(f"GET {ONE}", topic=topic).status == 404
    assert world.call(f"DELETE {ONE}", topic=topic).status == 404
    assert world.table.count(world.organization) == 0
    world.run()
    assert world.table.find(topic) is None
    assert world.documents.find(topic) is None
    assert world.mentioned(topic) == {}
    (told,) = (decode(body, Event) for body, _ in world.parts.receive("DeliverQueue"))
    assert (told.kind, told.workspace, told.topic) == ("topic.deleted", world.workspace, topic)


def test_a_closed_workspace_takes_its_topics_along(world: World) -> None:
    topics = [world.make("누리폰"), world.make("갤럭탭")]
    world.run()
    rooms = TopicsOfWorkspace(world.table, world.queue)
    for _ in range(2):  # doing it again does no harm
        rooms.clear(world.workspace)
    world.run()
    assert [world.table.find(topic) for topic in topics] == [None, None]
    assert world.table.count(world.organization) == 0


def test_a_plan_has_so_many_topics_however_many_ask_at_once(world: World) -> None:
    body = {"name": "a topic", "q": "누리폰"}
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: world.call(f"POST {HOME}", body), range(12)))
    assert sorted(one.status for one in told) == [201] * 3 + [409] * 9
    assert world.table.count(world.organization) == 3
    made = [one.body["id"] for one in told if one.status == 201]
    assert {one["id"] for one in world.call(f"GET {HOME}").body["items"]} == set(made)
    world.call(f"DELETE {ONE}", topic=made[0])
    assert world.call(f"POST {HOME}", body).status == 201


def test_a_repeated_request_makes_one_topic(world: World) -> None:
    body, key = {"name": "a topic", "q": "누리폰"}, {"idempotency-key": unique("key")}
    told = [world.call(f"POST {HOME}", body, key) for _ in range(3)]
    assert len({one.body["id"] for one in told}) == 1
    assert world.table.count(world.organization) == 1
    assert world.call(f"POST {HOME}", {**body, "q": "갤럭탭"}, key).status == 409


def test_a_repeated_request_gets_its_topic_where_there_is_room_for_no_more(world: World) -> None:
    body, key = {"name": "a topic", "q": "누리폰"}, {"idempotency-key": unique("key")}
    first = world.call(f"POST {HOME}", body, key).body["id"]
    world.make("갤럭탭")
    world.make("가온폰")
    assert world.call(f"POST {HOME}", body).status == 409
    assert world.call(f"POST {HOME}", body, key).body["id"] == first


@pytest.mark.parametrize("q", ["", "lang:ko", "NOT 누리폰", "누리폰 OR views:>10", "kind:post source:feed"])
def test_a_topic_that_any_post_may_meet_is_refused(world: World, q: str) -> None:
    told = world.call(f"POST {HOME}", {"name": "a topic", "q": q})
    assert told.status == 400
    assert told.body["field"] == "q"
    assert told.body["remedy"]
    assert world.table.count(world.organization) == 0


def test_lost_topics_come_back_and_others_go(world: World) -> None:
    world.write(about("urn:1", "누리폰"))
    topic, other = world.make("누리폰"), world.make("갤럭탭")
    world.run()
    mending = Mending(world.table, world.documents)
    assert mending.mend() == {"taken_in": 0, "removed": 0}
    world.engine.delete_by_query(index="topics", body={"query": {"match_all": {}}}, params={"refresh": "true"})
    world.engine.indices.delete(index="mentions-*")
    world.documents.put(msgspec.structs.replace(world.table.get(other).topic, id="tp_nobodys"), 1)
    assert mending.mend() == {"taken_in": 2, "removed": 1}
    world.run()
    assert {document.id for document in world.documents.all()} == {topic, other}
    assert world.living(topic) == {"urn:1"}
    assert mending.mend() == {"taken_in": 0, "removed": 0}


def test_a_topic_that_an_earlier_release_compiled_is_stored_anew_and_nothing_is_news(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write(about("urn:1", "누리폰"))
    topic = world.make("누리폰")
    with monkeypatch.context() as earlier:
        earlier.setattr(topics, "compile_query", lambda _: {"term": {"title": "finds nothing"}})
        earlier.setattr(stored, "COMPILER", 0)
        world.run()
    before, mending = world.table.get(topic).topic, Mending(world.table, world.documents)
    assert mending.mend() == {"taken_in": 1, "removed": 0}
    world.run()
    document = world.engine.get(index="topics", id=topic)["_source"]
    assert document["query"] == before.watched.compiled()
    assert world.table.get(topic).topic == before
    assert world.show(topic)["mentions"]["total"] == 0
    assert mending.mend() == {"taken_in": 0, "removed": 0}


def test_a_topic_whose_query_is_read_no_more_is_shown_and_says_so(world: World) -> None:
    topic = world.make("누리폰")
    kept = world.table.get(topic)
    watched = msgspec.structs.replace(
        kept.topic.watched, q="누리폰 OR site:*.example.com"
    )  # taken by an earlier version
    world.table.save(kept, msgspec.structs.replace(kept.topic, watched=watched))
    explanation = world.show(topic)["explanation"]
    assert explanation["en"].startswith("Write it anew: ")
    assert "site" in explanation["ko"]


def test_a_suspended_topic_is_out_at_once_and_its_owner_is_told_once(world: World) -> None:
    topic = world.make("누리폰")
    world.run()
    suspension = Suspension(world.table, world.documents, world.queue)
    assert suspension.suspend(topic, "It is too large. Make it smaller.")
    assert not suspension.suspend(topic, "Again.")
    assert not suspension.suspend("tp_nobodys", "Nobody's.")
    assert world.documents.find(topic) is None
    world.run()
    (told,) = [json.loads(body) for body, _ in world.parts.receive("DeliverQueue")]
    assert (told["kind"], told["topic"], told["workspace"]) == ("topic.suspended", topic, world.workspace)
    assert told["data"]["trouble"] == "It is too large. Make it smaller."
    shown = world.show(topic)
    assert (shown["state"], shown["trouble"]) == ("suspended", "It is too large. Make it smaller.")
    again = world.call(f"PATCH {ONE}", {"q": "갤럭탭"}, topic=topic).body
    assert (again["state"], again["trouble"]) == ("active", None)
    world.run()
    assert world.show(topic)["live"]


def test_whoever_is_behind_changes_nothing_in_the_engine(world: World) -> None:
    topic = world.make("누리폰")
    world.run()
    kept = world.table.get(topic)
    world.documents.put(kept.topic, kept.version + 5)
    with pytest.raises(Conflict, match="newer version"):
        world.documents.put(kept.topic, kept.version)
    with pytest.raises(Conflict, match="newer version"):
        world.documents.remove(topic, kept.version)
    assert world.documents.find(topic) is not None


def test_what_people_did_is_there_when_a_mention_is_made_again(world: World) -> None:
    world.write(about("urn:1", "누리폰"))
    topic = world.make("누리폰")
    world.run()
    post_of = world.mentioned(topic)["urn:1"]["mention"]["post"]
    world.work.save(msgspec.structs.replace(world.work.get(topic, post_of), noise=True))
    world.engine.indices.delete(index="mentions-*")
    world.engine.delete_by_query(index="topics", body={"query": {"match_all": {}}}, params={"refresh": "true"})
    Mending(world.table, world.documents).mend()
    world.run()
    made = world.mentioned(topic)["urn:1"]["mention"]
    assert (made["id"], made["noise"]) == (mention_id(topic, post_of), True)
    assert world.show(topic)["mentions"]["total"] == 0


# The wizard


PHONE = ["배터리", "발열", "충전", "화면"]
ROCKET = ["로켓", "위성", "궤도", "발사"]
ELSE = [
    *("어제", "오늘", "친구", "회사", "동생", "주말", "지하철", "아침", "저녁", "가방", "우산", "영화", "커피"),
    *("점심", "버스", "학교", "시장", "공원", "산책", "여행", "사진", "노래", "창문", "의자", "책상", "시계", "모자"),
]
"""What people talk of besides, so that no two posts are copies of each other."""


def said(chance: random.Random, theme: list[str]) -> str:
    words = [*chance.sample(theme, min(3, len(theme))), *chance.sample(ELSE, 6)]
    chance.shuffle(words)
    return " ".join(words)


def story() -> list[Post]:
    """A phone that people write in several ways, and a rocket of nearly the same name."""
    chance = random.Random(12)  # noqa: S311 - invented words
    writers = [Author(id=f"a{number}", handle=f"writer{number}", name="Kim") for number in range(9)]
    by = [{"author": writers[number % 9]} for number in range(40)]
    return [
        *(about(f"urn:p{n}", f"누리폰 {said(chance, PHONE)}", **by[n]) for n in range(40)),
        *(about(f"urn:r{n}", f"누리폰 {said(chance, ROCKET)}", source="feed", **by[n]) for n in range(16)),
        *(about(f"urn:e{n}", f"NuriPhone(누리폰) battery {n}", language="en", **by[n]) for n in range(4)),
        *(about(f"urn:m{n}", f"누리픈 샀는데 {said(chance, [])}") for n in range(3)),
        *(about(f"urn:s{n}", f"누리 폰 어때요 {said(chance, [])}") for n in range(2)),
        *(about(f"urn:x{n}", f"감자탕 {said(chance, [])}") for n in range(60)),
        about("urn:secret", "누리펀 아무도 모르는 글", visibility="ws_other"),
    ]


def test_a_name_is_proposed_before_any_post_has_come_in(world: World) -> None:
    told = world.call(f"POST {HOME}/propose", {"name": "누리폰", "competitors": ["갤럭탭"]})
    assert told.status == 200, told
    assert (told.body["estimate"]["posts"], told.body["samples"], told.body["noise"]) == (0, [], [])
    assert {way["text"]: way["posts"] for way in told.body["spellings"]}["누리폰"] == 0
    assert [(each["name"], each["posts"]) for each in told.body["competitors"]] == [("갤럭탭", 0)]
    topic = world.make(told.body["q"])
    assert world.call(f"GET {ONE}/suggestions", topic=topic).status == 200


def test_a_name_is_enough_for_a_proposal(world: World) -> None:
    world.write(*story())
    told = world.call(f"POST {HOME}/propose", {"name": "누리폰", "competitors": ["갤럭탭"]})
    assert told.status == 200, told
    found = told.body
    used = {way["text"]: way["origin"] for way in found["spellings"] if way["used"]}
    assert used.keys() >= {"누리폰", "NuriPhone"}
    assert used["NuriPhone"] == "dictionary"
    assert found["estimate"]["posts"] >= 36
    assert found["estimate"]["per_day"] > 1
    assert {each["value"] for each in found["languages"]} == {"ko", "en"}
    assert len(found["samples"]) == 10
    assert [each["name"] for each in found["competitors"]] == ["갤럭탭"]
    themes = [group for group in found["noise"] if group["kind"] == "theme"]
    assert any({"로켓", "위성", "궤도"} & set(group["terms"]) for group in themes), found["noise"]
    rocket = next(group for group in themes if {"로켓", "위성", "궤도"} & set(group["terms"]))
    assert rocket["posts"] >= 10
    assert not {"배터리", "발열"} & {word for group in themes for word in group["terms"]}
    assert world.call(f"GET {HOME}").body["items"] == []  # nothing is made
    topic = world.make(rocket["q"])
    world.run()
    assert not [uri for uri in world.living(topic) if uri.startswith("urn:r")]


def test_names_in_brackets_are_found_without_a_dictionary(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Known, "all", lambda _: [])
    world.write(*story())
    found = world.call(f"POST {HOME}/propose", {"name": "누리폰"}).body
    assert {way["text"]: way["origin"] for way in found["spellings"]}["NuriPhone"] == "brackets"


def test_a_misspelling_and_a_spelling_are_suggested_with_what_they_add(world: World) -> None:
    world.write(*story())
    topic = world.make("누리폰 -로켓")
    told = world.call(f"GET {ONE}/suggestions", topic=topic)
    assert told.status == 200, told
    found = {each["text"]: each for each in told.body["items"]}
    assert "누리펀" not in found  # of a post that is not the caller's to see
    wrong = found["누리픈"]
    assert (wrong["origin"], wrong["posts"], wrong["new"]) == ("misspelling", 3, 3)
    assert "누리픈" in wrong["example"]["excerpt"]
    assert found["NuriPhone"]["origin"] == "dictionary"
    assert found["배터리"]["origin"] == "related"
    world.call(f"PATCH {ONE}", {"q": wrong["q"]}, topic=topic)
    world.run()
    assert {"urn:m0", "urn:m1", "urn:m2"} <= world.living(topic)
    assert "NOT 로켓" in wrong["q"]


def test_topics_of_others_are_not_there(world: World) -> None:
    topic = world.make("누리폰")
    world.run()
    world.who = msgspec.structs.replace(world.who, workspaces=frozenset({unique("ws")}))
    nothing = "tp_aaaaaaaaaaaaaaaa"
    for route in (f"GET {ONE}", f"PATCH {ONE}", f"DELETE {ONE}", f"GET {ONE}/suggestions"):
        foreign, unknown = (
            world.call(route, {"q": ""} if "PATCH" in route else None, topic=t) for t in (topic, nothing)
        )
        assert foreign.status == unknown.status == 404
        assert foreign.body["detail"] == unknown.body["detail"] == "there is no such topic"
    assert world.call(f"GET {HOME}").status == 404
    assert world.call(f"POST {HOME}/propose", {"name": "누리폰"}).status == 404
    assert world.table.get(topic).topic.state == "active"
