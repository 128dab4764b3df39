"""What is left of a post of which only the title may be stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from socialindex import terms
from socialindex.model import Author, Media, Metrics, Post
from socialindex.terms import Terms
from socialindex.terms.keeping import DERIVED, LEFT_OUT, bare, is_title_only, refreshes

if TYPE_CHECKING:
    from collections.abc import Iterator

AT = datetime(2026, 11, 29, tzinfo=UTC)
OF_THE_TITLE: dict[str, Any] = {"sentiment": 0.5, "entities": ["N"], "promotional": True, "signature": ["s"]}


def post(**fields: Any) -> Post:
    given: dict[str, Any] = {"platform": "news.example", "title": "T", "language": "ko", "metrics": Metrics(likes=1)}
    given |= fields
    return Post(id="p", uri="u", source="feed", collected_at=AT, author=Author(name="kim"), **given)


def written() -> dict[str, Any]:
    lists: dict[str, Any] = {name: ["a"] for name in ("links", "mentions", "hashtags")}
    return {"text": "t", "excerpt": True, "media": [Media(kind="image")], **lists}


def test_the_text_and_all_that_tells_of_it_go() -> None:
    assert {*written()} == {*LEFT_OUT}
    assert {*OF_THE_TITLE} == {*DERIVED}
    assert bare(post(**written(), **OF_THE_TITLE)) == post()


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_was_found_goes_with_each_of_what_it_may_have_been_found_in(name: str) -> None:
    assert bare(post(**{name: written()[name]}, **OF_THE_TITLE)) == post()


def test_what_was_found_in_the_title_stays() -> None:
    assert bare(post(**OF_THE_TITLE)) == post(**OF_THE_TITLE)


class Edits:
    def all(self) -> list[Terms]:
        given: dict[str, Any] = {"name": "N", "verdict": "allowed", "reason": "r", "source": "s"}
        return [
            Terms(domains=["news.example"], keep="title_and_link", **given),
            Terms(domains=["open.news.example"], **given),
            Terms(domains=["videos.example"], refresh_days=30, through=["api.example"], **given),
            Terms(domains=["clips.videos.example"], **given),
        ]


@pytest.fixture
def limited() -> Iterator[None]:
    terms.use(Edits())
    yield
    terms.use(None)


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize(
    ("fields", "is_limited"),
    [
        ({}, True),
        ({"platform": "m.news.example:8080"}, True),
        ({"platform": "open.news.example"}, False),
        ({"platform": "other.example"}, False),
        ({"platform": None}, False),
        ({"visibility": "ws_1"}, False),  # a client brought it along
    ],
)
def test_the_terms_of_the_host_say_whether_only_the_title_may_be_stored(
    fields: dict[str, Any], *, is_limited: bool
) -> None:
    assert is_title_only(post(**fields)) is is_limited


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize(
    ("url", "is_kept_so"),
    [
        ("https://videos.example/1", True),
        ("https://www.videos.example:8080/1", True),
        ("https://clips.videos.example/1", False),
        ("https://api.example/1", True),
        ("https://other.example/1", False),
    ],
)
def test_the_terms_say_whether_what_an_address_gives_must_be_read_again(url: str, *, is_kept_so: bool) -> None:
    assert refreshes(url) is is_kept_so
