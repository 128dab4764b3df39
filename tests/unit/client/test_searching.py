"""Searching: posts one by one, pages asked for when they are needed, and never more than wanted."""

from __future__ import annotations

import itertools
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.client import Client, InvalidInput
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POSTS = 230


class Index(dict[str, Any]):
    """Answers as a service with so many posts."""

    api: ApiServer

    def get(self, *_: Any) -> Any:
        body = self.api.asked[-1].body
        start, size = int(body.get("cursor", 0)), body["limit"]
        items = [{"id": f"p{number}"} for number in range(start, min(start + size, POSTS))]
        following = str(start + size) if start + size < POSTS else None
        facets = {"source": {"values": [], "others": 0, "too_few_by": 0}} if body.get("facets") and not start else None
        notes = [{"position": 2, "message": "Did you mean AND?"}] if " and " in body.get("q", "") else []
        return 200, {"items": items, "next_cursor": following, "total": POSTS, "facets": facets, "notes": notes}


@pytest.fixture
def api() -> Iterator[ApiServer]:
    index = Index()
    with serving(index) as api:
        index.api = api
        yield api


@pytest.fixture
def client(api: ApiServer) -> Client:
    return Client(api.url, "si_abc")


def sizes(api: ApiServer) -> list[int]:
    return [asked.body["limit"] for asked in api.asked]


@pytest.mark.parametrize(
    ("options", "found", "asked"),
    [
        ({}, POSTS, [100, 100, 100]),
        ({"limit": 5}, 5, [5]),
        ({"limit": 150}, 150, [100, 50]),
        ({"limit": 200}, 200, [100, 100]),
        ({"limit": 1000}, POSTS, [100, 100, 100]),
        ({"limit": 20, "page_size": 8}, 20, [8, 8, 4]),
        ({"page_size": 90}, POSTS, [90, 90, 90]),
        ({"highlight": True, "limit": 60}, 60, [50, 10]),
    ],
    ids=str,
)
def test_all_posts_are_given_and_no_more_are_asked_for(
    api: ApiServer, client: Client, options: dict[str, Any], found: int, asked: list[int]
) -> None:
    assert [post.id for post in client.search("x", **options)] == [f"p{number}" for number in range(found)]
    assert sizes(api) == asked


def test_nothing_is_asked_before_it_is_needed(api: ApiServer, client: Client) -> None:
    search = client.search("x")
    assert api.asked == []
    list(itertools.islice(search, 3))
    assert len(api.asked) == 1


def test_total_and_facets_come_with_the_first_page(api: ApiServer, client: Client) -> None:
    search = client.search("x", facets="source", limit=3)
    assert (search.total, list(search.facets)) == (POSTS, ["source"])
    assert len(list(search)) == 3
    assert len(api.asked) == 1


@pytest.mark.parametrize(("q", "notes"), [("x and y", [(2, "Did you mean AND?")]), ("x AND y", [])])
def test_notes_on_the_query_come_with_the_first_page(client: Client, q: str, notes: list[tuple[int, str]]) -> None:
    assert [(note.position, note.message) for note in client.search(q, limit=3).notes] == notes


def test_without_facets_there_are_none(client: Client) -> None:
    assert client.search("x", limit=3).facets == {}


def test_pages_go_on_from_a_cursor(api: ApiServer, client: Client) -> None:
    search = client.search("x", page_size=10)
    pages = list(itertools.islice(search.pages(), 2))
    again = search.page(pages[0].next_cursor)
    assert again == pages[1]
    assert api.asked[-1].body == {"q": "x", "limit": 10, "cursor": "10"}


def test_an_iteration_can_be_made_again(client: Client) -> None:
    search = client.search("x", limit=120)
    assert list(search) == list(search)


def test_python_names_and_single_values_become_the_requests(api: ApiServer, client: Client) -> None:
    client.search("x", source="feed", language=("ko", "en"), since="2026-11-01T00:00:00Z", until=None, limit=1).first  # type: ignore[arg-type]  # noqa: B018 - asked for its effect; None is left out
    assert api.asked[-1].body == {
        "q": "x",
        "source": ["feed"],
        "language": ["ko", "en"],
        "from": "2026-11-01T00:00:00Z",
        "limit": 1,
    }


@pytest.mark.parametrize(
    ("options", "most"), [({"page_size": 101}, "100,"), ({"page_size": 51, "highlight": True}, "50 with highlight")]
)
def test_pages_larger_than_the_api_gives_are_refused_by_their_name(
    client: Client, options: dict[str, Any], most: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        client.search("x", **options)
    assert refused.value.field == "page_size"
    assert refused.value.remedy.startswith(f"use at most {most}")


@pytest.mark.parametrize("options", [{"limit": 0}, {"limit": -1}, {"page_size": 0}])
def test_less_than_one_post_is_refused(client: Client, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        client.search("x", **options)
    assert [refused.value.field] == list(options)
    assert refused.value.remedy


@pytest.mark.parametrize(("guessed", "meant"), [("from_", "since"), ("to_", "until")])
def test_a_keyword_guessed_from_the_apis_from_is_told_the_clients(
    client: Client, api: ApiServer, guessed: str, meant: str
) -> None:
    asks: list[Callable[..., object]] = [client.search, client.trends, partial(client.alerts, workspace="ws_1")]
    for ask in asks:
        with pytest.raises(InvalidInput) as refused:
            ask(**{guessed: "2026-11-01T00:00:00Z"})
        assert (refused.value.field, refused.value.remedy) == (guessed, f"use {meant}")
    assert api.asked == []
