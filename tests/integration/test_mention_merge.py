"""What is learned of a mention is merged each by its own version: whatever the order, the document is the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialindex.engine import MENTIONS
from socialindex.errors import ParseError, Unavailable
from socialindex.mentions import merge
from socialindex.mentions.byposts import Update, erase, of_ids, of_posts, write, write_all
from socialindex.mentions.model import Mention, mention_id
from socialindex.mentions.work import Answered, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from opensearchpy import OpenSearch

    from socialindex.mentions.merge import Params

pytestmark = pytest.mark.integration

HOME = "mentions-g1-2026.11"
START = datetime(2026, 11, 20, 9, tzinfo=UTC)
SINCE = START - timedelta(days=1)
TOPIC, WORKSPACE = "tp_nuri", "ws_1"
CHANGING = {"changed_at"}


def document(version: int, post: str = "p1", **fields: Any) -> dict[str, Any]:
    """A post's document as it was in a version."""
    at = START + timedelta(minutes=version)
    return {
        "id": post,
        "uri": f"https://posts.example/{post}",
        "source": "feed",
        "kind": "post",
        "visibility": "public",
        "text": f"누리폰 {version}",
        "first_seen_at": START.isoformat(),
        "updated_at": at.isoformat(),
        "cluster_id": post,
        "signature": ["s"],
        "history": [{"text": "before"}],
        "versions": {"seen": version},
        **fields,
    }


def matching(version: int, revision: int = 1, *, topic: str = TOPIC, since: datetime = SINCE, **fields: Any) -> Params:
    return merge.matching(
        document(version, **fields),
        topic=topic,
        workspace=WORKSPACE,
        revision=revision,
        since=since,
        matched=["누리폰"],
        at=START + timedelta(minutes=version),
    )


def seen(version: int) -> int:
    return merge.seen(document(version))


def work(version: int, **fields: Any) -> Params:
    return merge.working(Work(topic=TOPIC, post="p1", version=version, **fields))


def bring(index: OpenSearch, *params: Params, name: str = "p1") -> None:
    """Bring these to the mention of a post, one after the other."""
    updates = (Update(HOME, mention_id(TOPIC, name), each, make=True) for each in params)
    assert write_all(index, updates) == len(params)


def mention(index: OpenSearch, name: str = "p1") -> dict[str, Any]:
    source: dict[str, Any] = index.get(index=HOME, id=mention_id(TOPIC, name))["_source"]
    return source


def shown(index: OpenSearch, name: str = "p1") -> dict[str, Any]:
    """A mention without what only the script needs, and without the times of writing."""
    doc = mention(index, name)
    inside = {field: value for field, value in doc["mention"].items() if field not in CHANGING}
    return {**{field: value for field, value in doc.items() if field != "versions"}, "mention": inside}


def test_a_match_shows_what_the_post_has_to_its_workspace_only(index: OpenSearch) -> None:
    bring(index, matching(1, sentiment=-0.5))
    doc = mention(index)
    of_mention = msgspec.convert(doc["mention"], Mention)
    assert doc | {"mention": None, "versions": None} == {
        **{name: value for name, value in document(1).items() if name not in {"signature", "history"}},
        "visibility": WORKSPACE,
        "sentiment": -0.5,
        "mention": None,
        "versions": None,
    }
    assert (of_mention.id, of_mention.topic, of_mention.post) == (mention_id(TOPIC, "p1"), TOPIC, "p1")
    assert (of_mention.public, of_mention.backfilled, of_mention.matched) == (True, False, ["누리폰"])
    assert (of_mention.status, of_mention.noise, of_mention.gone) == ("new", False, None)
    assert abs(of_mention.changed_at - datetime.now(tz=UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(("first_seen", "backfilled"), [(SINCE - timedelta(seconds=1), True), (SINCE, False)])
def test_a_mention_of_what_was_there_before_the_topic_is_backfilled(
    index: OpenSearch, first_seen: datetime, *, backfilled: bool
) -> None:
    bring(index, matching(1, first_seen_at=first_seen.isoformat()))
    assert mention(index)["mention"]["backfilled"] is backfilled


def changed(version: int = 1, revision: int = 2, **fields: Any) -> Params:
    """A match of the topic's backfill after its query was changed."""
    return matching(version, revision, since=START + timedelta(days=1), **fields)


@pytest.mark.parametrize("order", [*permutations([0, 1, 2])])
def test_what_was_news_stays_so_when_the_query_is_changed(index: OpenSearch, order: Sequence[int]) -> None:
    parts = [matching(1), merge.going("topic", seen(1), 2), changed(revision=3)]
    bring(index, *(parts[number] for number in order))
    assert (mention(index)["mention"]["revision"], mention(index)["mention"]["backfilled"]) == (3, False)


def test_what_the_changed_query_finds_anew_is_backfilled(index: OpenSearch) -> None:
    bring(index, changed(), changed(2, 3))
    assert mention(index)["mention"]["backfilled"] is True


def test_a_post_of_one_workspace_is_not_public(index: OpenSearch) -> None:
    bring(index, matching(1, visibility=WORKSPACE))
    assert mention(index)["mention"]["public"] is False


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_mention_follows_the_newest_version_of_its_post(index: OpenSearch, order: tuple[int, int]) -> None:
    bring(index, *(matching(version) for version in order))
    doc = mention(index)
    assert doc["text"] == "누리폰 2"
    assert doc["mention"]["matched_at"] == "2026-11-20T09:01:00Z"


def test_what_nobody_held_against_the_topic_counts_where_the_mention_is_there(index: OpenSearch) -> None:
    bring(index, matching(1), merge.following(document(3), WORKSPACE), merge.following(document(2), WORKSPACE))
    assert mention(index)["text"] == "누리폰 3"
    bring(index, merge.going("edited", seen(2), 1))
    assert mention(index)["mention"]["gone"] == "edited"


def test_the_same_again_costs_no_write(index: OpenSearch) -> None:
    everything = [matching(1), work(1, tags=["a"], sentiment=0.5), merge.following(document(2), WORKSPACE)]
    bring(index, *everything)
    before = index.get(index=HOME, id=mention_id(TOPIC, "p1"))
    bring(index, *everything, *everything)
    assert index.get(index=HOME, id=mention_id(TOPIC, "p1")) == before


def test_a_change_is_told_by_the_engines_clock(index: OpenSearch) -> None:
    bring(index, matching(1))
    first = mention(index)["mention"]["changed_at"]
    bring(index, matching(2))
    second = mention(index)["mention"]["changed_at"]
    assert datetime.fromisoformat(second) > datetime.fromisoformat(first)
    bring(index, merge.going("edited", seen(1), 1))
    assert mention(index)["mention"]["changed_at"] == second  # remembered, but nothing else is shown


# None any more


@pytest.mark.parametrize(
    ("gone", "reason"),
    [
        (merge.going("edited", seen(2), 1), "edited"),
        (merge.going("topic", seen(1), 2), "topic"),
        (merge.deleting(seen(2)), "deleted"),
        (merge.deleting(seen(1)), "deleted"),
        (merge.erasing(seen(1)), "erased"),
        (merge.erasing(), "erased"),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_a_mention_that_is_gone_has_ids_only(index: OpenSearch, gone: Params, reason: str, *, late: bool) -> None:
    parts = [matching(1, sentiment=0.5), work(1, tags=["a"], assignee="kim")]
    bring(index, *([gone, *parts] if late else [*parts, gone]))
    doc = mention(index)
    assert doc.keys() == {"id", "visibility", "mention", "versions"}
    kept = msgspec.convert(doc["mention"], Mention)
    assert (kept.gone, kept.post, kept.workspace, doc["visibility"]) == (reason, "p1", WORKSPACE, WORKSPACE)
    assert not {"matched", "tags", "assignee", "status"} & doc["mention"].keys()
    assert "누리폰" not in str(doc)


def test_it_comes_back_with_a_newer_version_and_what_people_did(index: OpenSearch) -> None:
    bring(index, matching(1), work(1, tags=["a"]), merge.going("edited", seen(2), 1))
    bring(index, matching(1), merge.following(document(3), WORKSPACE))
    assert mention(index)["mention"]["gone"] == "edited"
    bring(index, matching(4))
    doc = shown(index)
    assert (doc["text"], doc["mention"]["tags"]) == ("누리폰 4", ["a"])
    assert "gone" not in doc["mention"]


def test_it_comes_back_with_a_newer_revision_of_the_topic(index: OpenSearch) -> None:
    bring(index, matching(1), merge.going("topic", seen(1), 2), matching(1, 3))
    doc = mention(index)["mention"]
    assert ("gone" in doc, doc["revision"]) == (False, 3)


@pytest.mark.parametrize("version", [1, 9])
def test_what_was_erased_for_ever_never_comes_back(index: OpenSearch, version: int) -> None:
    bring(index, matching(1), work(1, tags=["a"]), merge.erasing(), matching(version, 9), work(2, tags=["b"]))
    doc = mention(index)
    assert doc["mention"]["gone"] == "erased"
    assert "work" not in doc["versions"]


def test_what_must_not_be_kept_as_it_was_may_be_kept_as_it_is(index: OpenSearch) -> None:
    bring(index, matching(1), merge.erasing(seen(1)), matching(2))
    assert mention(index)["text"] == "누리폰 2"


def test_what_comes_before_the_first_match_is_found_by_no_search(index: OpenSearch) -> None:
    bring(index, work(1, tags=["a"]))
    index.indices.refresh(index=MENTIONS)
    for field in ("mention.topic", "mention.post", "visibility", "mention.gone", "text"):
        assert index.count(index=MENTIONS, body={"query": {"exists": {"field": field}}})["count"] == 0
    bring(index, matching(1))
    assert mention(index)["mention"]["tags"] == ["a"]


def test_where_it_is_not_there_nothing_is_made_unless_asked(index: OpenSearch) -> None:
    bring(index, matching(1, post="p2"), name="p2")
    assert write(index, [Update(HOME, mention_id(TOPIC, "p1"), merge.deleting(seen(1)))]) == [None]
    assert not index.exists(index=HOME, id=mention_id(TOPIC, "p1"))


# What people do


DONE = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize("order", [*permutations([0, 1, 2])])
def test_the_newest_that_people_did_is_shown(index: OpenSearch, order: Sequence[int]) -> None:
    parts = [
        matching(1, sentiment=-0.5),
        work(1, status="assigned", assignee="kim", tags=["a", "b"], sentiment=0.5),
        work(2, status="answered", answered_at=DONE, noise=True, answer=Answered(text="secret"), tags=["c"]),
    ]
    bring(index, *(parts[number] for number in order))
    doc = mention(index)
    wanted = {"worked": 2, "status": "answered", "answered_at": "2026-11-21T00:00:00Z", "noise": True, "tags": ["c"]}
    assert {name: doc["mention"].get(name) for name in wanted} == wanted
    assert "assignee" not in doc["mention"]
    assert doc["sentiment"] == -0.5
    assert "secret" not in str(doc)
    msgspec.convert(doc["mention"], Mention)


def test_a_corrected_sentiment_is_shown_beside_the_machines(index: OpenSearch) -> None:
    bring(index, matching(1, sentiment=-0.5), work(1, sentiment=0.5))
    assert sentiments(index) == (0.5, -0.5)
    bring(index, matching(2, sentiment=-0.25))
    assert sentiments(index) == (0.5, -0.25)
    bring(index, work(2, sentiment=0.75))
    assert sentiments(index) == (0.75, -0.25)
    bring(index, work(3))
    assert sentiments(index) == (-0.25, None)


def test_a_sentiment_is_corrected_where_the_machine_knew_none(index: OpenSearch) -> None:
    bring(index, matching(1), work(1, sentiment=0.5))
    assert sentiments(index) == (0.5, None)
    bring(index, work(2))
    assert sentiments(index) == (None, None)


def sentiments(index: OpenSearch) -> tuple[float | None, float | None]:
    doc = mention(index)
    return doc.get("sentiment"), doc["mention"].get("machine_sentiment")


# Any order


class Event(NamedTuple):
    """Something that is learned of the mention."""

    kind: str
    version: int
    revision: int

    def params(self) -> Params:
        return PARAMS[self.kind](self)


def done(event: Event) -> Params:
    odd = event.version % 2 == 1
    return work(event.version, tags=[str(event.version)], sentiment=0.5 if odd else None, noise=odd)


PARAMS: dict[str, Callable[[Event], Params]] = {
    "match": lambda event: matching(event.version, event.revision, sentiment=event.version / 8),
    "old": lambda event: changed(event.version, event.revision, sentiment=event.version / 8),
    "edited": lambda event: merge.going("edited", seen(event.version), event.revision),
    "topic": lambda event: merge.going("topic", seen(event.version), event.revision),
    "deleted": lambda event: merge.deleting(seen(event.version)),
    "unkept": lambda event: merge.erasing(seen(event.version)),
    "erased": lambda _: merge.erasing(),
    "work": done,
    "both": lambda event: {**matching(event.version, event.revision, sentiment=event.version / 8), **done(event)},
    "post": lambda event: merge.following(document(event.version, sentiment=event.version / 8), WORKSPACE),
}
KINDS = ("match", "match", "old", "edited", "topic", "deleted", "unkept", "erased", "work", "work", "both")
EVENTS = st.lists(
    st.builds(Event, st.sampled_from(KINDS), st.integers(1, 5), st.integers(1, 3)), min_size=1, max_size=7
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), events=EVENTS)
def test_in_any_order_and_repeated_the_document_is_the_same(
    index: OpenSearch, data: st.DataObject, events: list[Event]
) -> None:
    events = one_word_of_each(events)
    shuffled = data.draw(st.permutations(events))
    fresh(index)
    bring(index, *(each.params() for each in events))
    straight = remembered(index)
    fresh(index)
    bring(index, *(each.params() for each in [*shuffled, *shuffled[:3]]))
    assert remembered(index) == straight
    assert ("gone" in straight["mention"] or "topic" not in straight["mention"]) == (not lives(events))


def one_word_of_each(events: list[Event]) -> list[Event]:
    """Only the first with each version of what people did: there is one such."""
    known: dict[object, Event] = {}
    for each in events:
        known.setdefault(each.version if each.kind in {"work", "both"} else each, each)
    return list(known.values())


def lives(events: Iterable[Event]) -> bool:
    """Whether there is a mention in the end."""
    held = [(each.version, each.revision) for each in events if each.kind in {"match", "old", "both"}]
    ended = [(each.version, each.revision) for each in events if each.kind in {"edited", "topic"}]
    ended += [(each.version, 99) for each in events if each.kind in {"deleted", "unkept"}]
    erased = any(each.kind == "erased" for each in events)
    return bool(held) and not erased and max(held) > max(ended, default=(0, 0))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.data(),
    events=st.lists(
        st.builds(Event, st.sampled_from(["match", "work", "post"]), st.integers(1, 5), st.just(1)), max_size=6
    ),
)
def test_once_it_is_there_what_nobody_held_against_the_topic_may_come_in_any_order_too(
    index: OpenSearch, data: st.DataObject, events: list[Event]
) -> None:
    found = []
    for order in (events, data.draw(st.permutations(events))):
        fresh(index)
        bring(index, matching(1, sentiment=1 / 8), *(each.params() for each in order))
        found.append(shown(index))
    assert found[0] == found[1]
    versions = [1, *(each.version for each in events if each.kind != "work")]
    assert found[0]["text"] == f"누리폰 {max(versions)}"


def fresh(index: OpenSearch) -> None:
    index.delete(index=HOME, id=mention_id(TOPIC, "p1"), params={"ignore": 404})


def remembered(index: OpenSearch) -> dict[str, Any]:
    """All of a mention but the times of writing."""
    doc = mention(index)
    doc["mention"] = {name: value for name, value in doc["mention"].items() if name not in CHANGING}
    return doc


# By their posts


def fill(index: OpenSearch, number: int) -> None:
    """Mentions of posts p0, p1, ..., each by two topics."""
    updates = [
        Update(HOME, mention_id(topic, f"p{post}"), matching(1, topic=topic, post=f"p{post}"), make=True)
        for post in range(number)
        for topic in (TOPIC, "tp_other")
    ]
    assert write_all(index, updates) == 2 * number


def test_mentions_are_found_by_their_posts_page_by_page(index: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socialindex.mentions.byposts.PAGE", 3)
    monkeypatch.setattr("socialindex.mentions.byposts.POSTS", 2)
    fill(index, 5)
    bring(index, merge.deleting(seen(1)), name="p2")
    wanted = ["p0", "p2", "p4", "unknown"]
    places = [place for page in of_posts(index, wanted, fresh=True) for place in page]
    assert sorted((place.post, place.topic) for place in places) == [
        ("p0", TOPIC),
        ("p0", "tp_other"),
        ("p2", "tp_other"),
        ("p4", TOPIC),
        ("p4", "tp_other"),
    ]
    assert {(place.home, place.workspace, place.revision, place.seen) for place in places} == {
        (HOME, WORKSPACE, 1, seen(1))
    }
    with_gone = [place for page in of_posts(index, wanted, gone=True) for place in page]
    assert [place.gone for place in with_gone if place.post == "p2" and place.topic == TOPIC] == ["deleted"]


@pytest.mark.parametrize("forever", [True, False])
def test_mentions_of_erased_posts_become_tombstones(
    index: OpenSearch, monkeypatch: pytest.MonkeyPatch, *, forever: bool
) -> None:
    monkeypatch.setattr("socialindex.mentions.byposts.PAGE", 3)
    fill(index, 4)
    index.indices.refresh(index=MENTIONS)
    assert erase(index, of_ids(["p0", "p1", "p2"]), forever=forever) == 6
    assert [mention(index, f"p{post}")["mention"].get("gone") for post in range(4)] == [*["erased"] * 3, None]
    bring(index, matching(2, post="p0"), name="p0")
    assert ("gone" in mention(index, "p0")["mention"]) is forever


def test_an_engine_without_mentions_has_none(index: OpenSearch) -> None:
    index.indices.delete(index="mentions-*")
    assert list(of_posts(index, ["p1"], fresh=True)) == []
    assert erase(index, of_ids(["p1"]), forever=True) == 0


def test_what_the_engine_refuses_is_told_apart(index: OpenSearch) -> None:
    bad = matching(1, language="x" * 40_000)
    verdicts = write(index, [Update(HOME, "a", bad, make=True), Update(HOME, "b", matching(1), make=True)])
    assert isinstance(verdicts[0], ParseError)
    assert verdicts[1] is None


def test_an_index_that_is_closed_is_a_reason_to_wait(index: OpenSearch) -> None:
    bring(index, matching(1))
    index.indices.add_block(index=HOME, block="write")
    (verdict,) = write(index, [Update(HOME, "b", matching(1), make=True)])
    assert isinstance(verdict, Unavailable)
    with pytest.raises(Unavailable):
        write_all(index, [Update(HOME, "b", matching(1), make=True)])
