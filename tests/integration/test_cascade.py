"""One post's cascade on the real engine: all of it, or ``truncated``."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.identity import post_id
from socialindex.model import Author
from socialindex.search.network import cascade as module
from socialindex.search.network.cascade import cascade
from tests.integration.analytics_world import ANN, NOW, alike, post, write

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.model import Post

pytestmark = pytest.mark.integration


def spread(name: str, minutes: int, **of: str) -> Post:
    """A post by somebody of its own, so many minutes after the first."""
    given: dict[str, Any] = {field: post_id(other) for field, other in of.items()}
    at = NOW - timedelta(days=3) + timedelta(minutes=minutes)
    return post(name, published_at=at, author=Author(key=name, handle=name), text=name * 9, **given)


def reposted_and_quoted(reposts: int) -> list[Post]:
    """A post whose reposts are quoted once each."""
    wide = [spread(f"r{number}", number + 1, repost_of="root") for number in range(reposts)]
    deep = [spread(f"q{number}", number + 100, quote_of=f"r{number}") for number in range(reposts)]
    return [spread("root", 0), *wide, *deep]


def chain(length: int) -> list[Post]:
    """Quotes of quotes."""
    later = range(1, length)
    return [spread("root", 0), *(spread(f"q{n}", n, quote_of=f"q{n - 1}" if n > 1 else "root") for n in later)]


@pytest.mark.parametrize(
    ("posts", "sizes", "depth", "truncated"),
    [
        (reposted_and_quoted(8), {17}, 2, False),  # more in a step than are asked for at once
        (reposted_and_quoted(20), {20, 21}, 1, True),  # more than are looked at, the first among them or not
        (chain(12), {12}, 11, False),
        (chain(14), {13}, 12, True),  # more steps than are taken
    ],
    ids=["wide", "too many", "deep", "too deep"],
)
def test_a_cascade_is_whole_or_says_that_it_is_not(
    index: OpenSearch, monkeypatch: pytest.MonkeyPatch, posts: list[Post], sizes: set[int], depth: int, truncated: bool
) -> None:
    monkeypatch.setattr(module, "IDS", 3)
    monkeypatch.setattr(module, "MOST", 20)
    write(index, *posts)
    found = cascade(index, ANN, post_id("root"))
    assert found.size in sizes
    assert (found.depth, found.truncated) == (depth, truncated)


def test_what_came_from_a_copy_came_from_the_first(index: OpenSearch) -> None:
    posts = [spread("root", 0), spread("copy", 5), spread("again", 9, repost_of="copy"), spread("before", -5)]
    write(index, *posts)
    alike(index, "root", "root", "copy")
    found = cascade(index, ANN, post_id("root"))
    assert [(step.post, step.depth) for step in found.steps] == [
        (post_id("root"), 0), (post_id("copy"), 1), (post_id("again"), 2)
    ]  # fmt: skip
    assert not found.truncated
