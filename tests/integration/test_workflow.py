"""Mentions through the API on real servers: the stream, what people do, how fast, and figures of them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex.aws.exports import ExportsTable
from socialindex.errors import Unavailable
from socialindex.exports import pages
from socialindex.mentions import due as due_module
from socialindex.mentions import merge
from socialindex.mentions.desk import Desk
from socialindex.mentions.due import Due
from socialindex.mentions.telling import SHOWN
from socialindex.mentions.work import Note, Step, Who, Work
from socialindex.search import exports
from socialindex.search.mentions import stream
from socialindex.search.mentions.offset import Offset, encode
from tests.integration.mention_world import INDEX, NOW, POSTS, World, document, fresh, home
from tests.integration.parts import real_parts
from tests.integration.whole_api import Gateway, whole_api

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.local.servers import Running
    from socialindex.topics.topic import Topic

pytestmark = pytest.mark.integration

ANSWER = {"text": "교환해 드립니다.", "url": "https://social.example/answer", "approved_by": "Park"}
NAMES = ["a", "b", "c", "d", "e"]
BEYOND = 1.5
"""Seconds after which what changes is behind the offset of a stream that is a second ahead: the engine's own clock has
ticks of a fifth of a second."""
TICK = 1.0


@pytest.fixture(scope="module")
def api(servers: Running, engine_url: str) -> Iterator[Gateway]:
    with real_parts(servers) as parts, whole_api(parts, engine_url) as found:
        yield found


@pytest.fixture
def world(api: Gateway, engine_url: str) -> World:
    return fresh(api, engine_url)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that is not behind: tests refresh the engine themselves."""
    monkeypatch.setattr(stream, "BEHIND", -1_000)


def ids(items: Iterable[dict[str, Any]]) -> list[str]:
    return [item["mention"]["id"] for item in items]


# The stream


@pytest.mark.usefixtures("at_once")
def test_a_stream_tells_what_is_new_changed_and_gone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    topic = world.topic()
    first, second, third = world.match(topic, *map(document, "abc"))
    begun = world.done("GET", home(topic))
    assert set(ids(begun["items"])) == {first, second, third}
    assert not begun["more"]
    nothing = world.done("GET", home(topic), after=begun["offset"])
    assert (nothing["items"], nothing["more"]) == ([], False)

    time.sleep(BEYOND)
    world.change(second, merge.following({**document("b"), "metrics": {"likes": 9}, **later(1)}, topic.workspace))
    time.sleep(TICK)
    world.done("PATCH", home(topic, first), {"noise": True})
    time.sleep(TICK)
    world.change(third, merge.deleting(merge.seen({**document("c"), **later(2)})))
    told = world.done("GET", home(topic), after=nothing["offset"])
    assert ids(told["items"]) == [second, first, third]  # in the order of their changes
    assert told["items"][0]["metrics"]["likes"] == 9
    assert told["items"][1]["mention"]["noise"] is True
    gone = told["items"][2]
    assert gone.keys() == {"id", "mention"}
    assert gone["mention"]["gone"] == "deleted"
    assert "누리폰" not in str(gone)
    # Whoever begins now never had what is gone, unless our clock was ahead of the engine's.
    assert set(ids(world.done("GET", home(topic))["items"])) == {first, second, third}
    monkeypatch.setattr(stream, "_AHEAD", 0)
    assert set(ids(world.done("GET", home(topic))["items"])) == {first, second}


def later(minutes: int) -> dict[str, str]:
    return {"updated_at": (NOW + timedelta(minutes=minutes)).isoformat()}


@pytest.mark.usefixtures("at_once")
def test_a_stream_comes_in_parts(world: World) -> None:
    topic = world.topic()
    made = world.match(topic, *(document(str(number)) for number in range(25)))
    seen: list[str] = []
    query: dict[str, str] = {}
    more = True
    while more:
        part = world.done("GET", home(topic), limit=10, **query)
        seen += ids(part["items"])
        query, more = {"after": part["offset"]}, part["more"]
    assert sorted(seen) == sorted(made)


def test_a_stream_is_behind_so_that_nothing_can_come_before_its_end(world: World) -> None:
    topic = world.topic()
    world.match(topic, document("a"))
    told = world.done("GET", home(topic))
    assert (told["items"], told["more"]) == ([], False)
    assert told["offset"]


class Copy:
    """A client's copy of a topic, which follows the stream."""

    def __init__(self, world: World, topic: Topic) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self._world, self._topic = world, topic
        self._query: dict[str, str] = {}

    def go_on(self) -> bool:
        """Take one part; whether more is there."""
        told = self._world.call("GET", home(self._topic), limit=7, **self._query)
        assert told.status == 200, told
        for item in told.body["items"]:
            if "gone" in item["mention"]:
                self.items.pop(item["id"], None)
            else:
                self.items[item["id"]] = item
        self._query = {"after": told.body["offset"]}
        return bool(told.body["more"])


def happen(world: World, topic: Topic, number: int) -> None:
    """A mention that comes; of three one is erased then, and one changes."""
    (mention,) = world.match(topic, document(str(number)))
    if number % 3 == 0:
        world.change(mention, merge.erasing())
    if number % 3 == 1:
        changed = {**document(str(number)), "metrics": {"likes": number}, **later(1)}
        world.change(mention, merge.following(changed, topic.workspace))


def test_a_copy_that_follows_the_stream_is_what_is_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the engine's own refreshes, in a fraction of their time, while mentions come, change and go."""
    topic = world.topic()
    happen(world, topic, 0)  # makes the index
    world.client.indices.put_settings(index=INDEX, body={"index": {"refresh_interval": "100ms"}})
    monkeypatch.setattr(stream, "BEHIND", 3_000)
    monkeypatch.setattr(world, "refresh", lambda: None)
    copy = Copy(world, topic)
    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(lambda: list(map(partial(happen, world, topic), range(60))))
        while not written.done():
            copy.go_on()
        written.result()
    time.sleep(3.5)
    while copy.go_on():
        pass
    living = {"filter": [{"term": {"mention.topic": topic.id}}], "must_not": [{"exists": {"field": "mention.gone"}}]}
    there = world.client.search(index=INDEX, body={"size": 100, "query": {"bool": living}})["hits"]["hits"]
    assert len(there) == 40
    assert {hit["_source"]["id"]: hit["_source"].get("metrics") for hit in there} == {
        id_: item.get("metrics") for id_, item in copy.items.items()
    }


def test_an_old_offset_is_refused_with_what_to_do(world: World) -> None:
    topic = world.topic()
    old = int((datetime.now(tz=UTC) - timedelta(days=7, minutes=1)).timestamp() * 1000)
    told = world.call("GET", home(topic), after=encode(Offset(topic=topic.id, at=old, begun=old)))
    assert (told.status, told.body["type"]) == (410, "urn:socialindex:problem:offset-expired")
    assert "from=start" in told.body["remedy"]


@pytest.mark.parametrize("query", [{"after": "x"}, {"from": "yesterday"}, {"limit": "0"}, {"limit": "101"}])
def test_what_is_no_offset_is_refused(world: World, query: dict[str, str]) -> None:
    assert world.call("GET", home(world.topic()), **query).status == 400


@pytest.mark.usefixtures("at_once")
def test_a_stream_can_begin_with_what_comes_now(world: World) -> None:
    topic = world.topic()
    world.match(topic, document("a"))
    time.sleep(BEYOND)
    begun = world.done("GET", home(topic), from_="now")
    assert begun["items"] == []
    time.sleep(BEYOND)
    (second,) = world.match(topic, document("b"))
    assert ids(world.done("GET", home(topic), after=begun["offset"])["items"]) == [second]


@pytest.mark.usefixtures("at_once")
def test_every_post_that_a_stream_shows_is_counted(world: World) -> None:
    topic = world.topic()
    world.match(topic, *map(document, NAMES))
    before = world.call("GET", "/v1/usage", key=world.tenant.manager).body["posts"]["used"]
    world.done("GET", home(topic))
    after = world.call("GET", "/v1/usage", key=world.tenant.manager).body["posts"]["used"]
    assert after - before == len(NAMES)


# What people do


def test_a_mention_is_assigned_answered_and_closed(world: World) -> None:
    topic = world.topic(answer_minutes=60)
    (mention,) = world.match(topic, document("a"))
    one = home(topic, mention)
    assigned = world.done("PATCH", one, {"assignee": "Kim", "by": "Lee"})
    assert (assigned["work"]["status"], assigned["post"]["mention"]["status"]) == ("assigned", "assigned")
    due = (NOW + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert (assigned["work"]["due_at"], world.shown(mention)["mention"]["due_at"]) == (due, due)
    world.done("POST", f"{one}/notes", {"text": "전화했음", "by": "Kim"})
    world.done("PATCH", one, {"answer": ANSWER, "by": "Kim"})
    closed = world.done("PATCH", one, {"status": "closed"})
    seen = world.done("GET", one)
    closed["post"]["mention"]["changed_at"] = seen["post"]["mention"]["changed_at"]
    assert seen == closed
    assert closed["work"]["answer"]["approved_by"] == "Park"
    assert [step["status"] for step in closed["work"]["history"]] == ["assigned", "answered", "closed"]
    assert closed["work"]["history"][0]["by"]["name"] == "Lee"
    assert closed["work"]["history"][0]["by"]["key"].startswith("key_")
    assert [note["text"] for note in closed["work"]["notes"]] == ["전화했음"]
    shown = world.shown(mention)["mention"]
    assert (shown["status"], shown["assignee"]) == ("closed", "Kim")
    assert {"answered_at", "closed_at"} <= shown.keys()


def test_whoever_is_to_answer_is_told_once(world: World) -> None:
    topic = world.topic()
    (mention,) = world.match(topic, document("a", title="발열"))
    world.events()
    for _ in range(2):
        world.done("PATCH", home(topic, mention), {"assignee": "Kim"})
    world.done("PATCH", home(topic, mention), {"tags": ["vip"]})
    first, again = world.events()
    assert first["id"] == again["id"]
    assert (first["kind"], first["workspace"], first["topic"]) == ("mention.assigned", world.workspace, topic.id)
    told = first["data"]
    assert (told["assignee"], told["count"], told["mentions"][0]["id"]) == ("Kim", 1, mention)
    assert told["mentions"][0]["title"] == "발열"
    world.done("PATCH", home(topic, mention), {"assignee": "Lee"})
    assert [event["id"] == first["id"] for event in world.events()] == [False]


def test_nobody_overwrites_what_another_does_at_the_same_time(world: World) -> None:
    topic = world.topic()
    (mention,) = world.match(topic, document("a"))
    tags = [f"tag{number}" for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda tag: world.call("PATCH", home(topic, mention), {"add_tags": [tag]}), tags))
    world.refresh()
    kept = world.work.get(topic.id, document("a")["id"])
    assert sorted(kept.tags) == sorted(world.shown(mention)["mention"]["tags"]) == tags
    assert len(kept.history) == len(tags)


def test_a_mention_that_is_made_again_has_what_people_did(world: World) -> None:
    topic = world.topic()
    (mention,) = world.match(topic, document("a", sentiment=0.5))
    world.done("PATCH", home(topic, mention), {"assignee": "Kim", "sentiment": -1})
    before = world.shown(mention)
    world.client.delete(index=INDEX, id=mention)
    world.match(topic, document("a", sentiment=0.5))
    post = document("a")["id"]
    (work,) = world.work.of([(topic.id, post), (topic.id, "another")]).values()
    world.change(mention, merge.working(work))
    after = world.shown(mention)
    assert after["sentiment"] == before["sentiment"] == -1
    assert after["mention"]["machine_sentiment"] == 0.5
    assert after["mention"]["assignee"] == "Kim"


def test_many_are_changed_at_once_and_each_is_answered_for(world: World) -> None:
    topic, other = world.topic(), world.topic()
    made = world.match(topic, *map(document, NAMES))
    (foreign,) = world.match(other, document("a"))
    world.done("PATCH", home(topic, made[0]), {"assignee": "Kim"})
    told = world.done("POST", f"{home(topic)}/changes", {"mentions": [*made, foreign], "change": {"assignee": "Kim"}})
    results = {one["id"]: (one["result"], one["status"]) for one in told["results"]}
    assert results[made[0]] == ("unchanged", "assigned")
    assert {results[one] for one in made[1:]} == {("changed", "assigned")}
    assert results[foreign] == ("unknown", None)
    refused = world.done("POST", f"{home(topic)}/changes", {"mentions": made[:1], "change": {"status": "answered"}})
    assert refused["results"][0]["result"] == "refused"
    assert "needs its answer" in refused["results"][0]["detail"]


def test_a_bulk_change_tells_of_what_it_assigned_and_nobody_twice(world: World) -> None:
    topic = world.topic()
    made = world.match(topic, *map(document, NAMES))
    answered, noise, known, *new = made
    for mention in (answered, noise, known):
        world.done("PATCH", home(topic, mention), {"assignee": "Kim"})
    world.done("PATCH", home(topic, answered), {"answer": ANSWER})
    world.done("PATCH", home(topic, noise), {"noise": True})
    before = {event["id"] for event in world.events()}
    for _ in range(2):
        world.done("POST", f"{home(topic)}/changes", {"mentions": made, "change": {"assignee": "Kim"}})
    told = {event["id"]: event["data"] for event in world.events() if event["id"] not in before}
    ((count, mentions),) = [(data["count"], data["mentions"]) for data in told.values()]
    assert (count, {one["id"] for one in mentions}) == (len(new), set(new))
    assert {one["status"] for one in mentions} == {"assigned"}
    assert {one["excerpt"] for one in mentions} == {f"누리폰12 배터리 발열 {name}" for name in NAMES[3:]}


def test_a_change_that_ended_before_it_was_told_is_told_by_the_same_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = world.topic()
    made = world.match(topic, *map(document, NAMES))

    def down(*_: Any) -> None:
        raise Unavailable("the queue")

    change = {"assignee": "Kim"}
    with monkeypatch.context() as patch:
        patch.setattr(Desk, "tell", down)
        asked = {"mentions": made[:3], "change": change}
        assert world.call("POST", f"{home(topic)}/changes", asked).status == 503
    results = world.done("POST", f"{home(topic)}/changes", {"mentions": made, "change": change})["results"]
    assert sorted(one["result"] for one in results) == ["changed"] * 2 + ["unchanged"] * 3
    told = [{one["id"] for one in event["data"]["mentions"]} for event in world.events()]
    assert sorted(told, key=len) == [set(made[3:]), set(made[:3])]


def test_who_was_told_long_ago_is_told_no_more(world: World) -> None:
    topic = world.topic()
    (mention,) = world.match(topic, document("a"))
    world.done("PATCH", home(topic, mention), {"assignee": "Kim"})
    world.events()
    work = world.work.get(topic.id, document("a")["id"])
    world.work.save(msgspec.structs.replace(work, assigned_at=NOW - timedelta(hours=2)))
    world.done("PATCH", home(topic, mention), {"assignee": "Kim"})
    assert world.events() == []


def test_many_are_found_by_a_query(world: World) -> None:
    topic = world.topic()
    world.match(topic, *map(document, NAMES), document("ad", text="누리폰12 광고 이벤트"))
    asked = {"where": {"q": "광고", "status": ["new"]}, "change": {"noise": True}, "note": "광고", "by": "Kim"}
    told = world.done("POST", f"{home(topic)}/changes", asked)
    assert [one["result"] for one in told["results"]] == ["changed"]
    assert told["left"] == 0
    assert world.done("POST", f"{home(topic)}/changes", asked)["results"] == []
    assert world.done("GET", "/v1/posts", topic=topic.id)["total"] == len(NAMES)
    assert world.done("GET", "/v1/posts", topic=topic.id, noise="true")["total"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"mentions": ["mn_a"]},
        {"change": {"noise": True}},
        {"mentions": ["mn_a"], "where": {}, "change": {"noise": True}},
        {"where": {"topic": ["tp_b"]}, "change": {"noise": True}},
        {"mentions": ["mn_a"] * 1_001, "change": {"noise": True}},
    ],
)
def test_a_bulk_change_says_which_and_what(world: World, body: dict[str, Any]) -> None:
    assert world.call("POST", f"{home(world.topic())}/changes", body).status == 400


def test_a_thousand_are_changed_in_one_request(world: World) -> None:
    topic = world.topic()
    world.match(topic, *(document(str(number)) for number in range(1_010)))
    began = time.monotonic()
    told = world.done("POST", f"{home(topic)}/changes", {"where": {}, "change": {"status": "closed"}})
    assert time.monotonic() - began < 25  # an HTTP API gives up after 30 seconds
    assert (len(told["results"]), told["left"]) == (1_000, 10)
    assert {one["result"] for one in told["results"]} == {"changed"}


# Targets


class Faulty:
    """A queue that takes messages, and then says that it did not."""

    def __init__(self, world: World) -> None:
        self._queue = world.parts.queue("DeliverQueue")

    def send_all(self, bodies: Iterable[str]) -> int:
        self._queue.send_all(bodies)
        raise Unavailable("the queue")


def test_a_target_that_is_about_to_be_missed_is_warned_of_once(world: World) -> None:
    topic = world.topic(answer_minutes=60)
    found = [datetime.now(tz=UTC) - timedelta(minutes=minutes) for minutes in (10, 49, 50, 51)]
    made = [world.match(topic, document(name), at=at)[0] for name, at in zip(NAMES, found, strict=False)]
    for mention in made:
        world.done("PATCH", home(topic, mention), {"assignee": "Kim"})
    world.done("PATCH", home(topic, made[3]), {"answer": ANSWER})
    world.events()
    with pytest.raises(Unavailable):
        Due(world.client, world.work, world.topics, Faulty(world)).run()
    due = Due(world.client, world.work, world.topics, world.parts.queue("DeliverQueue"))
    assert due.run() == 2
    assert due.run() == 0
    first, again = world.events()
    assert (first["kind"], first["id"]) == ("mention.due", again["id"])
    assert {one["id"] for one in first["data"]["mentions"]} == set(made[1:3])
    assert (first["data"]["assignee"], first["data"]["count"]) == ("Kim", 2)


def test_a_topic_that_misses_many_targets_keeps_no_other_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_module, "MOST", 3)
    many, other = world.topic(answer_minutes=60), world.topic(answer_minutes=60)
    now = datetime.now(tz=UTC)
    late = world.match(many, *(document(name) for name in NAMES), at=now - timedelta(minutes=59))
    (one,) = world.match(other, document("f"), at=now - timedelta(minutes=50))
    for mention in late:
        world.done("PATCH", home(many, mention), {"assignee": "Kim"})
    world.done("PATCH", home(other, one), {"assignee": "Lee"})
    world.events()
    due = Due(world.client, world.work, world.topics, world.parts.queue("DeliverQueue"))
    assert due.run() == 3
    assert {told["data"]["assignee"] for told in world.events()} == {"Kim", "Lee"}
    assert [due.run() for _ in range(2)] == [3, 0]


def test_of_many_mentions_those_that_are_due_first_are_shown(world: World) -> None:
    topic, now = world.topic(answer_minutes=60), datetime.now(tz=UTC).replace(microsecond=0)
    found = [now - timedelta(minutes=59 - number) for number in range(SHOWN + 1)]
    made = [world.match(topic, document(f"{at:%M}", at=at), at=at)[0] for at in found]
    world.done("POST", f"{home(topic)}/changes", {"mentions": made[::-1], "change": {"assignee": "Kim"}})
    Due(world.client, world.work, world.topics, world.parts.queue("DeliverQueue")).run()
    assigned, due = (event for event in world.events() if event["topic"] == topic.id)
    assert [one["id"] for one in assigned["data"]["mentions"]] == made[:SHOWN]
    assert [one["id"] for one in due["data"]["mentions"]] == made[:SHOWN]


def test_a_mention_that_holds_no_more_notes_is_warned_of_and_can_be_answered(world: World) -> None:
    topic, found = world.topic(answer_minutes=60), datetime.now(tz=UTC) - timedelta(minutes=55)
    full, other = world.match(topic, document("full"), document("other"), at=found)
    for mention in (full, other):
        world.done("PATCH", home(topic, mention), {"assignee": "Kim"})
    notes = (world.call("POST", home(topic, full) + "/notes", {"text": "가" * 4_000}) for _ in range(40))
    refused = next(told for told in notes if told.status != 200)
    assert (refused.status, "write less" in refused.body["remedy"]) == (400, True)
    world.events()
    due = Due(world.client, world.work, world.topics, world.parts.queue("DeliverQueue"))
    assert due.run() == 2
    assert due.run() == 0
    (told,) = world.events()
    assert {one["id"] for one in told["data"]["mentions"]} == {full, other}
    answered = world.done("PATCH", home(topic, full), {"answer": {"text": "가" * 4_000}, "by": "Kim"})
    assert answered["work"]["status"] == "answered"


def test_where_there_is_no_room_the_oldest_changes_of_a_mention_go(world: World) -> None:
    topic, post = world.topic(), "p1"
    steps = [Step(at=NOW, by=Who(name=f"{number:0200}"), changed=["noise"], status="new") for number in range(100)]
    note = Note(id="nt_1", at=NOW, by=Who(), text="x" * 3_900)
    kept = world.work.save(Work(topic=topic.id, post=post, history=steps, notes=[note] * 95))
    assert kept.history[-1] == steps[-1]
    assert 10 < len(kept.history) < 90
    assert world.work.get(topic.id, post) == kept
    following = world.work.save(msgspec.structs.replace(kept, history=[*kept.history, steps[0]]))
    assert following.history[-2:] == [steps[-1], steps[0]]


def test_how_fast_mentions_are_answered(world: World) -> None:
    topic = world.topic(answer_minutes=30)
    found = datetime.now(tz=UTC) - timedelta(hours=2)
    taken = [("Kim", 10), ("Kim", 20), ("Lee", 60), ("Lee", None), (None, None)]
    made = world.match(topic, *map(document, NAMES), at=found)
    for mention, (assignee, minutes) in zip(made, taken, strict=True):
        if assignee:
            world.done("PATCH", home(topic, mention), {"assignee": assignee})
        if minutes:
            at = (found + timedelta(minutes=minutes)).isoformat()
            world.done("PATCH", home(topic, mention), {"answer": {**ANSWER, "at": at}})
    world.match(topic, document("old", at=NOW - timedelta(days=800)), at=found)
    (noise,) = world.match(topic, document("noise"), at=found)
    world.done("PATCH", home(topic, noise), {"noise": True})
    told = world.done("GET", f"/v1/topics/{topic.id}/answers")
    total = told["total"]
    assert told["target_minutes"] == 30
    assert {name: total[name] for name in ("mentions", "answered", "open", "assigned", "overdue")} == {
        "mentions": 5,
        "answered": 3,
        "open": 2,
        "assigned": 1,
        "overdue": 1,
    }
    assert (total["median_minutes"], total["within_target"], total["missed"]) == (20.0, 2, 2)
    assert total["share_within_target"] == 0.5
    people = {one["assignee"]: (one["mentions"], one["within_target"], one["missed"]) for one in told["assignees"]}
    assert people == {"Kim": (2, 2, 0), "Lee": (2, 0, 2)}
    assert sum(week["mentions"] for week in told["weeks"]) == 5


def test_nothing_is_known_of_a_topic_without_mentions(world: World) -> None:
    total = world.done("GET", f"/v1/topics/{world.topic().id}/answers")["total"]
    assert (total["mentions"], total["median_minutes"], total["share_within_target"]) == (0, None, None)


# Searches and figures of mentions


def test_a_search_for_a_topic_finds_its_mentions(world: World) -> None:
    topic, other = world.topic(), world.topic(name="GaonPhone")
    made = world.match(topic, *map(document, NAMES))
    world.match(other, document("a"))
    found = world.done("GET", "/v1/posts", topic=topic.id, q="발열", facets="source", fields="title", limit=2)
    assert found["total"] == len(NAMES)
    assert all(item["mention"]["topic"] == topic.id for item in found["items"])
    assert found["facets"]["source"]["values"][0]["posts"] == len(NAMES)
    world.done("PATCH", home(topic, made[0]), {"assignee": "Kim", "add_tags": ["vip"]})
    for filters in ({"assignee": "Kim"}, {"tag": "vip"}, {"status": "assigned"}):
        assert ids(world.done("GET", "/v1/posts", topic=topic.id, **filters)["items"]) == [made[0]]


def test_pages_of_two_topics_hold_a_post_once_for_each(world: World) -> None:
    topics = [world.topic(), world.topic()]
    made = [mention for topic in topics for mention in world.match(topic, *map(document, NAMES))]
    seen: list[str] = []
    query: dict[str, str] = {}
    while True:
        page = world.done("GET", "/v1/posts", topic=",".join(one.id for one in topics), limit=3, **query)
        seen += ids(page["items"])
        if page["next_cursor"] is None:
            break
        query = {"cursor": page["next_cursor"]}
    assert sorted(seen) == sorted(made)


def test_figures_are_those_of_mentions_without_noise(world: World) -> None:
    topic = world.topic()
    made = world.match(topic, *(document(name, sentiment=0.5) for name in NAMES))
    world.done("PATCH", home(topic, made[0]), {"noise": True})
    world.done("PATCH", home(topic, made[1]), {"sentiment": -1})
    about = {"topic": topic.id}
    assert world.done("GET", "/v1/trends", **about)["total"] == 4
    assert world.done("GET", "/v1/aggregate", by="source", **about)["table"]["cells"][0]["posts"] == 4
    mood = world.done("GET", "/v1/sentiment", **about)
    assert (mood["mood"]["positive"], mood["mood"]["negative"]) == (3, 1)
    assert mood["negative"]["samples"] == [document("b")["id"]]
    assert world.done("GET", "/v1/analytics/sources", **about)["total"] == 4
    assert world.done("POST", "/v1/queries/validate", {"q": "발열", "topic": [topic.id]})["estimate"]["posts"] == 4


def test_words_of_mentions_are_compared_with_posts(world: World) -> None:
    topic = world.topic()
    things = ["학교", "병원", "공항", "시장", "은행", "서점", "극장", "식당"]
    said = [document(thing, text=f"{thing}에서 누리폰12 봤는데 {thing} 사람들 리콜 얘기뿐") for thing in things]
    others = [document(f"o{number}", text=f"{things[number % 8]} 근처 점심 {number}") for number in range(40)]
    world.match(topic, *said)
    for post in [*said, *others]:
        world.client.index(index=POSTS, id=post["id"], body=post)
    world.refresh()
    told = world.done("GET", "/v1/analytics/terms", topic=topic.id)
    terms = {term["term"]: term for term in told["terms"]}
    assert (terms["리콜"]["posts"], terms["리콜"]["background"]) == (8, 8)
    assert terms["리콜"]["example"] in {post["id"] for post in said}
    assert "학교" not in terms
    assert not any("누리폰" in term for term in terms)


def test_topics_are_compared_raw_and_told_apart(world: World) -> None:
    ours, theirs = world.topic(name="ours"), world.topic(name="theirs")
    same = document("a")["cluster_id"]
    world.match(ours, document("a"), document("b", cluster_id=same), document("c", source="feed"))
    world.match(theirs, document("a"))
    named = [{"name": topic.name, "topic": topic.id} for topic in (ours, theirs)]
    told = world.done("POST", "/v1/share-of-voice", {"queries": named, "by": "source"})
    assert told["total"] == 3
    voices = {voice["name"]: voice for voice in told["voices"]}
    assert (voices["ours"]["posts"], voices["ours"]["deduplicated"], voices["ours"]["share"]) == (3, 2, 0.75)
    assert {part["value"]: part["posts"] for part in voices["ours"]["parts"]} == {"mastodon": 2, "feed": 1}
    assert told["overlaps"] == [{"names": ["ours", "theirs"], "posts": 1}]
    by_url = world.done("GET", "/v1/share-of-voice", topics=f"{ours.id},{theirs.id}", by="sentiment")
    assert [voice["posts"] for voice in by_url["voices"]] == [3, 1]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/posts"),
        ("GET", "/v1/trends"),
        ("GET", "/v1/sentiment"),
        ("GET", "/v1/analytics/terms"),
        ("GET", "/v1/authors"),
        ("GET", "/v1/share-of-voice"),
        ("POST", "/v1/workspaces/{id}/exports"),
    ],
)
def test_a_foreign_topic_is_unknown_wherever_it_is_named(world: World, method: str, path: str) -> None:
    stranger = world.api.done(world.tenant.manager, "POST", "/v1/workspaces", {"name": "next door"})["id"]
    foreign = world.topic(workspace=stranger)
    world.match(foreign, document("a"))
    words = set()
    for topic in (foreign.id, "tp_aaaaaaaaaaaaaaaa"):
        given = {"topics": f"{topic},{topic}x"} if "voice" in path else {"topic": topic}
        asked = {"topic": [topic]} if method == "POST" else ...
        told = world.call(method, path.format(id=world.workspace), asked, **({} if method == "POST" else given))
        assert told.status == 404
        words.add(told.body["detail"])
    assert words == {"there is no such topic"}


def test_an_export_of_a_topic_holds_its_mentions(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "BEHIND", -1_000)
    topic = world.topic()
    made = world.match(topic, *map(document, NAMES))
    world.done("PATCH", home(topic, made[0]), {"noise": True})
    asked = world.done("POST", f"/v1/workspaces/{world.workspace}/exports", {"topic": [topic.id], "fields": ["text"]})
    assert asked["total"] == len(NAMES) - 1
    kept = ExportsTable(world.parts.table("ExportsTable")).get(world.workspace, asked["id"]).job
    monkeypatch.setattr(pages, "PAGE", 3)
    reading = pages.Pages(world.client, kept)
    first = reading.next([])
    second = reading.next(first.after)
    assert sorted(ids([*first.items, *second.items])) == sorted(made[1:])


def test_what_a_workspace_brought_along_is_its_own_in_mentions_too(world: World) -> None:
    topic = world.topic()
    private = document("own", visibility=world.workspace, source="imported")
    world.match(topic, private, document("a"))
    assert world.done("GET", "/v1/posts", topic=topic.id)["total"] == 2
    sandbox = world.api.done(
        world.tenant.manager, "POST", "/v1/keys", {"label": "try", "scopes": ["read"], "sandbox": True}
    )["secret"]
    assert world.call("GET", "/v1/posts", key=sandbox, topic=topic.id).status == 404


def test_what_people_did_with_a_topic_can_be_forgotten(world: World) -> None:
    topic = world.topic()
    world.work.save(Work(topic=topic.id, post="p1"))
    world.work.save(msgspec.structs.replace(world.work.get(topic.id, "p1"), tags=["a"]))
    world.work.save(Work(topic=topic.id, post="p2"))
    assert world.work.forget_topic(topic.id) == 2
    assert world.work.of([(topic.id, "p1")]) == {}
