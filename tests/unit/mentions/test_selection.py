"""Selections of mentions: whose topics they name is looked at in one place, and what else follows from a topic."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex.access import Caller, Scope
from socialindex.errors import InvalidInput, InvalidSettings, NotFound
from socialindex.search import listening
from socialindex.search.analytics.buckets import scale_of
from socialindex.search.analytics.voices_asked import Named, VoiceParameters, Voices, check, named, placed
from socialindex.search.analytics.window import window_of
from socialindex.search.selection import Selection, index_of, queries_of, selected, sources_of
from socialindex.topics.topic import Topic, Watched

if TYPE_CHECKING:
    from collections.abc import Iterator

AT = datetime(2026, 11, 28, tzinfo=UTC)
CALLER = Caller(organization="org_a", workspaces=frozenset({"ws_a"}), scopes=frozenset({Scope.READ}))


def topic(id_: str, workspace: str, **watched: Any) -> Topic:
    return Topic(
        id=id_,
        workspace=workspace,
        organization="org_a",
        name=id_,
        watched=Watched(**{"q": "누리폰", **watched}),
        since=AT,
        created_at=AT,
        changed_at=AT,
    )


class Topics:
    def __init__(self) -> None:
        self.asked = 0
        self.kept = {
            "tp_a": topic("tp_a", "ws_a", source=["mastodon"]),
            "tp_b": topic("tp_b", "ws_a", q="가온폰"),
            "tp_x": topic("tp_x", "ws_x"),
        }

    def of(self, caller: Caller, topic_id: str) -> Topic:
        self.asked += 1
        found = self.kept.get(topic_id)
        if found is None or found.workspace not in caller.workspaces:
            raise NotFound("there is no such topic")
        return found


@pytest.fixture
def topics() -> Iterator[Topics]:
    found = Topics()
    listening.use(found)
    yield found
    listening.use(None)


def test_a_topic_leads_to_its_mentions(topics: Topics) -> None:
    assert index_of(Selection()) == "posts"
    about = Selection(q="발열", topic=["tp_a"], status=["new"], assignee=["Kim"], tag=["vip"])
    assert index_of(about) == "mentions"
    clauses = selected(CALLER, about)["bool"]["filter"]
    assert {"terms": {"mention.workspace": ["ws_a"]}} in clauses
    assert {"terms": {"mention.topic": ["tp_a"]}} in clauses
    assert {"terms": {"mention.status": ["new"]}} in clauses
    assert {"bool": {"must_not": {"term": {"mention.noise": True}}}} in clauses
    assert {"bool": {"must_not": {"exists": {"field": "mention.gone"}}}} in clauses
    assert topics.asked == 1


@pytest.mark.parametrize("ids", [["tp_x"], ["tp_none"], ["tp_a", "tp_x"]])
@pytest.mark.usefixtures("topics")
def test_foreign_topics_are_unknown_ones(ids: list[str]) -> None:
    with pytest.raises(NotFound, match="^there is no such topic$"):
        selected(CALLER, Selection(topic=ids))


def test_what_is_remembered_of_a_topic_is_nobody_elses(topics: Topics) -> None:
    selected(CALLER, Selection(topic=["tp_a"]))
    selected(CALLER, Selection(topic=["tp_a"]))
    assert topics.asked == 1
    with pytest.raises(NotFound):
        selected(msgspec.structs.replace(CALLER, workspaces=frozenset({"ws_x"})), Selection(topic=["tp_a"]))


def test_without_topics_in_use_none_is_found() -> None:
    listening.use(None)
    with pytest.raises(InvalidSettings):
        selected(CALLER, Selection(topic=["tp_a"]))


@pytest.mark.usefixtures("topics")
def test_a_plan_that_goes_back_so_far_shows_public_posts_no_further() -> None:
    caller = msgspec.structs.replace(CALLER, since=date(2026, 11, 1))
    (clause,) = [one for one in selected(caller, Selection(topic=["tp_a"]))["bool"]["filter"] if "2026" in str(one)]
    assert clause["bool"]["should"][0] == {"term": {"mention.public": False}}


@pytest.mark.parametrize("field", ["status", "assignee", "tag", "noise"])
def test_filters_of_mentions_need_a_topic(field: str) -> None:
    values: dict[str, Any] = {"status": ["new"], "noise": True}
    with pytest.raises(InvalidInput) as refused:
        Selection(**{field: values.get(field, ["x"])}).check()
    assert refused.value.field == field


@pytest.mark.usefixtures("topics")
def test_what_a_topic_looks_for_is_known() -> None:
    both = Selection(q="발열", topic=["tp_a", "tp_b"])
    assert queries_of(CALLER, both) == ["발열", "누리폰", "가온폰"]
    assert sources_of(CALLER, both) == []
    assert sources_of(CALLER, Selection(topic=["tp_a"])) == ["mastodon"]
    assert sources_of(CALLER, Selection(topic=["tp_a"], source=["feed"])) == ["feed"]


# Voices


def voices(*given: Named, **fields: Any) -> Voices:
    return Voices(queries=list(given), **fields)


def tried(asked: Voices) -> None:
    check(asked, scale_of(window_of(asked, AT), "day"))


def test_topics_can_be_voices() -> None:
    asked = voices(Named(name="ours", topic="tp_a"), Named(name="theirs", topic="tp_b"))
    tried(asked)
    assert placed(asked).topic == ["tp_a", "tp_b"]
    assert named(VoiceParameters(topics=["tp_a", "tp_b"])).queries[1] == Named(name="tp_b", topic="tp_b")


@pytest.mark.parametrize(
    "asked",
    [
        voices(Named(name="ours", topic="tp_a"), Named(name="theirs", q="가온폰")),
        voices(Named(name="ours", topic="tp_a"), Named(name="ours too", topic="tp_a")),
        voices(Named(name="ours"), Named(name="theirs", q="가온폰")),
        voices(Named(name="ours", q="누리폰", topic="tp_a"), Named(name="theirs", topic="tp_b")),
        voices(Named(name="ours", q="누리폰"), Named(name="theirs", q="가온폰"), topic=["tp_a"]),
    ],
)
def test_voices_that_cannot_be_compared_are_refused(asked: Voices) -> None:
    with pytest.raises(InvalidInput) as refused:
        tried(asked)
    assert refused.value.remedy


@pytest.mark.parametrize("count", [0, 1, 11])
def test_a_url_gives_two_to_ten_voices(count: int) -> None:
    with pytest.raises(InvalidInput, match="voices are given"):
        named(VoiceParameters(queries=[f"q{number}" for number in range(count)]))
