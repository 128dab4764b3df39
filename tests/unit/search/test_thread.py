"""A conversation as a tree, however its posts hang together."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.access import Caller, Scope
from socialindex.errors import NotFound, Unavailable
from socialindex.search.http import Answer, HttpRequest
from socialindex.search.thread import MOST, Thread, ThreadPart, thread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.search.turns import Turn

CALLER = Caller(organization="org_a", workspaces=frozenset({"ws_a"}), scopes=frozenset({Scope.READ}))


@dataclass(eq=False)  # a client counts as itself, as the real one does
class Engine:
    """Holds posts, and finds what a conversation is asked by: beginnings, answers, ids. Remembers the questions."""

    posts: list[dict[str, Any]]
    answer: dict[str, Any] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def search(self, *, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.bodies.append(body)
        found = [post for post in self.posts if any(self._is(post, clause) for clause in _leaves(body["query"]))]
        hits = [{"_source": post} for post in found[: body["size"]]]
        return {"timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": hits}, **self.answer}

    def _is(self, post: dict[str, Any], clause: dict[str, Any]) -> bool:
        (kind, asked), *_ = clause.items()
        if kind == "ids":
            return post["id"] in asked["values"]
        (name, values), *_ = asked.items()
        return "deleted_at" not in post and post.get(name) in values


def _leaves(query: Any) -> Iterator[dict[str, Any]]:
    """The clauses that say which posts are meant, without those that say who may see them."""
    if isinstance(query, list):
        for each in query:
            yield from _leaves(each)
    elif "bool" in query:
        yield from _leaves(
            [clause for clauses in query["bool"].values() if isinstance(clauses, list) for clause in clauses]
        )
    elif "ids" in query or ("terms" in query and {"thread_id", "in_reply_to"} & set(query["terms"])):
        yield query


def post(name: str, answers: str | None = None, thread: str | None = None, at: str = "") -> dict[str, Any]:
    given = {"id": name, "in_reply_to": answers, "thread_id": thread, "published_at": at or None}
    return {key: value for key, value in given.items() if value is not None}


def asked(posts: list[dict[str, Any]], name: str, depth: int = 20) -> Thread:
    return thread(cast("Any", Engine(posts)), CALLER, name, depth)


def drawn(turns: list[Turn]) -> str:
    """``a(b c)``: b and c answer a; ``-a`` is deleted, ``?a`` missing, ``a+2`` has two below that are not shown."""
    return " ".join(_drawn(turn) for turn in turns)


def _drawn(turn: Turn) -> str:
    mark = {"post": "", "deleted": "-", "missing": "?"}[turn.state]
    below = f"({drawn(turn.replies)})" if turn.replies else ""
    return f"{mark}{turn.id}{f'+{turn.hidden}' if turn.hidden else ''}{below}"


GONE = {"id": "b", "deleted_at": "2026-11-28T09:00:00Z", "author": {"key": "k"}}
LONG = {"text": '"가\n' * 22_000}
CASES = [
    ("alone", [post("a")], "a", "a"),
    ("by its beginning", [post("a", thread="a"), post("b", "a", "a"), post("c", "b", "a")], "c", "a(b(c))"),
    ("without a beginning named", [post("a"), post("b", "a"), post("c", "b"), post("d", "a")], "c", "a(b(c) d)"),
    (
        "of a board, which tells no more",
        [post("a", thread="a"), post("b", thread="a"), post("c", thread="a")],
        "b",
        "a(b c)",
    ),
    ("by time", [post("a"), post("b", "a", at="2026-11-02"), post("c", "a", at="2026-11-01")], "a", "a(c b)"),
    ("parent missing", [post("b", "a"), post("c", "a"), post("d", "c")], "d", "?a(b c(d))"),
    ("beginning missing", [post("b", thread="a"), post("c", "b", "a")], "c", "?a(b(c))"),
    ("parent deleted", [post("a"), GONE, post("c", "b", thread="a")], "c", "a(-b(c))"),
    ("parent deleted, no beginning", [GONE, post("c", "b")], "c", "-b(c)"),
    ("parent missing within", [post("a", thread="a"), post("c", "b", "a"), post("d", "b", "a")], "c", "a(?b(c d))"),
    ("a beginning below a gap", [post("a", "b", "a"), post("c", "b", "a")], "c", "a(?b(c))"),
    ("an answer to itself", [post("a", "a", "a"), post("b", "a", "a")], "b", "a(b)"),
    ("a ring", [post("a", "c"), post("b", "a"), post("c", "b")], "b", "a(b(c))"),
    ("an answer that calls itself a beginning", [post("a", "b", "a")], "a", "?b(a)"),
    ("another conversation", [post("a"), post("b", "a"), post("x"), post("y", "x")], "a", "a(b)"),
]


@pytest.mark.parametrize(("posts", "name", "tree"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_conversation_is(posts: list[dict[str, Any]], name: str, tree: str) -> None:
    found = asked(posts, name)
    assert drawn(found.turns) == tree
    assert found.asked == name
    assert found.posts == sum("deleted_at" not in one for one in posts if one["id"] not in "xy")
    assert not found.truncated


def test_of_a_deleted_post_nothing_is_shown() -> None:
    (beginning,) = asked([post("a"), GONE, post("c", "b", thread="a")], "c").turns
    (gone,) = beginning.replies
    assert (gone.id, gone.state, gone.post) == ("b", "deleted", None)
    assert beginning.post == post("a")


@pytest.mark.parametrize(("depth", "tree"), [(1, "a+4"), (2, "a(b+2 e)"), (3, "a(b(c+1) e)"), (4, "a(b(c(d)) e)")])
def test_what_is_deeper_than_asked_for_is_counted(depth: int, tree: str) -> None:
    posts = [post("a"), post("b", "a"), post("c", "b"), post("d", "c"), post("e", "a")]
    assert drawn(asked(posts, "a", depth).turns) == tree


@pytest.mark.parametrize(("depth", "charged"), [(1, 1), (2, 3), (3, 5), (20, 6)])
def test_the_posts_that_are_shown_are_charged(depth: int, charged: int) -> None:
    posts = [post("a", thread="a"), post("b", "a"), post("c", "b"), post("d", "c"), post("e", "a"), post("f", "x", "a")]
    name = "GET /v1/posts/{id}/thread"
    request = HttpRequest("1", name, {"id": "a"}, {"depth": str(depth)}, {}, {})
    answer = ThreadPart(cast("Any", Engine(posts))).routes()[name].handle(request, CALLER)
    assert answer.posts == charged


def test_a_conversation_that_is_too_large_to_be_sent_is_cut_and_says_so() -> None:
    found = asked([post("p0", thread="p0") | LONG, *(post(f"p{n}", "p0", "p0") | LONG for n in range(1, 200))], "p0")
    assert found.truncated
    assert 20 < found.posts < 100
    sent = json.dumps(Answer(200, found).encoded(), ensure_ascii=False)
    assert len(sent.encode()) < 6_000_000


def test_a_conversation_beyond_a_thousand_is_cut_and_says_so() -> None:
    whole = [post("p0", thread="p0"), *(post(f"p{number}", "p0", "p0") for number in range(1, MOST))]
    assert not asked(whole, "p0").truncated
    cut = asked([*whole, post("more", "p0", "p0")], "p0")
    assert cut.truncated
    assert cut.posts == MOST


def test_a_chain_that_no_beginning_names_is_followed_so_far() -> None:
    posts = [post("p0"), *(post(f"p{number}", f"p{number - 1}") for number in range(1, 100))]
    engine = Engine(posts)
    found = thread(cast("Any", engine), CALLER, "p50", 50)
    assert found.truncated
    assert len(engine.bodies) < 20


def test_every_question_is_filtered_by_who_asks() -> None:
    engine = Engine([post("a"), post("b", "a")])
    thread(cast("Any", engine), CALLER, "b", 5)
    assert len(engine.bodies) > 1
    for body in engine.bodies:
        assert {"terms": {"visibility": ["public", "ws_a"]}} in body["query"]["bool"]["filter"]


def test_without_the_post_there_is_no_conversation() -> None:
    with pytest.raises(NotFound):
        asked([post("b", "a")], "a")
    with pytest.raises(Unavailable):
        thread(cast("Any", Engine([post("a")], {"timed_out": True})), CALLER, "a", 5)


NAMES = st.sampled_from("abcdefgh")
ALL = 8
"""Places that hang on one another at most."""


@given(st.dictionaries(NAMES, st.tuples(st.none() | NAMES, st.none() | NAMES), min_size=1), st.integers(1, ALL))
def test_every_post_has_one_place_whatever_sources_say(
    links: dict[str, tuple[str | None, str | None]], depth: int
) -> None:
    posts = [post(name, *link) for name, link in links.items()]
    found = asked(posts, posts[0]["id"], depth)
    places: list[Turn] = []
    waiting = list(found.turns)
    while waiting:
        turn = waiting.pop()
        places.append(turn)
        waiting += turn.replies
    shown = [turn.id for turn in places]
    assert len(shown) == len(set(shown))
    known = {turn.id for turn in places if turn.state == "post"}
    assert found.posts == len(known) + sum(turn.hidden for turn in places)
    assert depth < ALL or posts[0]["id"] in known
