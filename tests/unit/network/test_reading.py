"""Reading posts page by page, and a network made of them; the engine's answers are ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from socialindex.access import Caller
from socialindex.network import reading
from socialindex.network.making import built, measured, written
from socialindex.network.reading import Reader
from socialindex.network.trimming import without_light
from socialindex.network.wanted import AskNetwork
from socialindex.search.selection import Selection
from tests.unit.network.posts import written as post

if TYPE_CHECKING:
    from socialindex.model import Post

HANA, DURI, SEOK = "hana@x.example", "duri@x.example", "seok@x.example"
ANYBODY = Caller(organization="org_a", workspaces=frozenset(), scopes=frozenset())


class Engine:
    """Gives posts that match, answers to them, and posts by their ids."""

    def __init__(self, matching: list[Post], others: list[Post] | None = None) -> None:
        self.matching, self.others = matching, others or []
        self.asked: list[dict[str, Any]] = []

    def search(self, *, body: dict[str, Any], **_: Any) -> Any:
        self.asked.append(body)
        found = self._found(msgspec.json.encode(body["query"]).decode(), body)
        hits = [{"_source": msgspec.to_builtins(one), "sort": [one.id]} for one in found[: body["size"]]]
        return {"timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": hits}}

    def _found(self, query: str, body: dict[str, Any]) -> list[Post]:
        if "in_reply_to" in query:
            return [one for one in self.others if one.in_reply_to and one.in_reply_to in query]
        if '"ids"' in query:
            return [one for one in self.others if one.id in query]
        ids = [one.id for one in self.matching]
        start = ids.index(body["search_after"][0]) + 1 if "search_after" in body else 0
        return self.matching[start:]


def reader(engine: Engine, **given: Any) -> Reader:
    return Reader(cast("Any", engine), ANYBODY, Selection(), 0, **given)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE", 3)


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize(("most", "read", "questions"), [(10, 7, 3), (7, 7, 3), (6, 6, 2), (2, 2, 1)])
def test_pages_are_read_up_to_so_many_posts(most: int, read: int, questions: int) -> None:
    engine = Engine([post(str(number), HANA, -number) for number in range(7)])
    one = reader(engine)
    assert [each.uri[-1] for each in one.posts(most)] == [str(number) for number in range(read)]
    assert len(engine.asked) == questions
    told = one.read(7)
    assert (told.posts, told.of) == (read, 7)
    assert told.oldest == engine.matching[read - 1].published_at


@pytest.mark.usefixtures("pages")
def test_reading_ends_where_there_is_no_time_for_another_page() -> None:
    one = reader(Engine([post(str(number), HANA) for number in range(7)]))
    assert len(list(one.posts(10, lambda: False))) == 3


def test_what_may_not_be_read_is_counted_and_not_given() -> None:
    one = reader(Engine([post("a", HANA), post("b", DURI)]), sift=lambda items: items[1:])
    assert [each.uri[-1] for each in one.posts(10)] == ["b"]
    assert one.seen == 2


def test_a_post_that_two_topics_match_is_read_once() -> None:
    twice = post("a", HANA)
    assert len(list(reader(Engine([twice, twice])).posts(10))) == 1


def test_answers_count_though_they_do_not_match_and_authors_are_looked_up() -> None:
    root, answer = post("root", HANA), post("me too", DURI, 60, in_reply_to="root")
    elsewhere, quote = post("elsewhere", SEOK), post("quote", HANA, 90, quote_of="elsewhere")
    engine = Engine([quote, root], [answer, elsewhere])
    network = built(AskNetwork(), one := reader(engine), 100, lambda: True)
    names = [node.label for node in network.nodes]
    assert {(names[edge.source], names[edge.target]) for edge in network.edges} == {(DURI, HANA), (HANA, SEOK)}
    assert (one.read(2).posts, one.read(2).answers) == (2, 1)
    alone = built(AskNetwork(answers=False), reader(engine), 100, lambda: True)
    assert len(alone.edges) == 1


@pytest.mark.parametrize("file_format", ["json", "gexf", "graphml"])
def test_a_file_says_what_is_to_be_said_of_it(file_format: Any) -> None:
    network = built(AskNetwork(of="hashtags"), reader(Engine([post("a", HANA, hashtags=["x", "y"])])), 0, lambda: True)
    data = written(measured(network), file_format, {"read": {"posts": 1}, "note": "a < b & c"}).decode()
    assert "posts" in data
    assert ("a < b & c" in data) is (file_format == "json")


def test_light_edges_go_with_their_nodes_and_are_told() -> None:
    posts = [post(str(number), HANA, hashtags=["x", "y"]) for number in range(3)]
    whole = built(
        AskNetwork(of="hashtags"), reader(Engine([*posts, post("z", HANA, hashtags=["x", "w"])])), 0, lambda: True
    )
    heavy = without_light(whole, 2)
    assert [node.label for node in heavy.nodes] == ["#x", "#y"]
    assert [(edge.source, edge.target, edge.weight) for edge in heavy.edges] == [(0, 1, 3)]
    assert (heavy.left_out.edges, heavy.left_out.weight, heavy.left_out.nodes) == (1, 1, 1)
    assert without_light(whole, 1) is whole
