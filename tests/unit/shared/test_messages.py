"""Messages between stages: what is packed comes out, in order, in bodies that queues take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from socialindex.errors import ParseError
from socialindex.messages import MAX_BODY, Archived, CrawlGroup, PostBatch, decode, encode, pack
from socialindex.model import Post

if TYPE_CHECKING:
    from collections.abc import Sequence

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def post(number: int, text: str | None = None) -> Post:
    return Post(id=f"p{number}", uri=f"https://a.example/{number}", source="feed", collected_at=AT, text=text)


def sized(number: int, size: int) -> Post:
    """A post of so many bytes when encoded."""
    return post(number, "x" * (size - len(msgspec.json.encode(post(number, "")))))


def unpacked(bodies: Sequence[str]) -> list[Post]:
    return [entry for body in bodies for entry in decode(body, PostBatch).posts]


SIZES = st.lists(
    st.one_of(st.integers(200, 400), st.integers(60_000, 70_000), st.integers(195_000, 199_000)), max_size=8
)


@settings(max_examples=60)
@given(SIZES, st.booleans(), st.booleans())
@example([100_000, 99_990], True, True).via("only the wrapper is too much")
def test_whatever_is_packed_comes_out_in_order_and_fits(sizes: list[int], live: bool, replay: bool) -> None:
    posts = [sized(number, size) for number, size in enumerate(sizes)]
    bodies = pack(posts, live=live, replay=replay)
    assert unpacked(bodies) == posts
    assert all(len(body.encode()) <= MAX_BODY for body in bodies)
    assert all((decode(body, PostBatch).live, decode(body, PostBatch).replay) == (live, replay) for body in bodies)


def test_whatever_a_post_says_a_queue_takes_and_gives_back() -> None:
    posts = [post(1, "hid\ufffeden \uffff 배터리 \U0001ffff \\uffff \x00")]
    (body,) = pack(posts)
    assert not {"\x00", "\ufffe", "\uffff"} & set(body)
    assert unpacked([body]) == posts


@pytest.mark.parametrize("filler", ["x", "배", "🔋", '"'])
def test_bodies_are_measured_in_bytes_as_they_are_sent(filler: str) -> None:
    posts = [post(number, filler * 30_000) for number in range(6)]
    bodies = pack(posts)
    assert unpacked(bodies) == posts
    assert max(len(body.encode()) for body in bodies) <= MAX_BODY


def test_a_body_is_filled_to_the_brim() -> None:
    wrapper = len(encode(PostBatch(posts=[], live=True, replay=True)))
    room = (MAX_BODY - wrapper - 9) // 10
    assert len(pack([sized(number, room) for number in range(10)], live=True, replay=True)) == 1


def test_nothing_packed_is_no_message() -> None:
    assert pack([]) == []


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("", PostBatch, "PostBatch"),
        ("not json", PostBatch, "PostBatch"),
        ("[1]", CrawlGroup, "CrawlGroup"),
        ("{}", CrawlGroup, "hosts"),
        ('{"hosts": 3}', CrawlGroup, "$.hosts"),
        ('{"hosts": ["a", 3]}', CrawlGroup, "$.hosts[1]"),
        ('{"key": "k", "offset": "0", "length": 1, "source": "feed"}', Archived, "$.offset"),
        ('{"key": "k", "offset": 0, "length": 1}', Archived, "source"),
        ('{"posts": [{"id": "p"}]}', PostBatch, "$.posts[0]"),
        ("[" * 100_000, PostBatch, "PostBatch"),
        ('{"hosts": ["' + "\ud800" + '"]}', CrawlGroup, "CrawlGroup"),
    ],
)
def test_what_is_no_message_is_told_with_its_field(body: str, kind: type[msgspec.Struct], said: str) -> None:
    with pytest.raises(ParseError, match=f"no {kind.__name__} message") as refused:
        decode(body, kind)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "message",
    [
        CrawlGroup(hosts=["board.example", "127.0.0.1:8080"]),
        Archived(key="raw/k", offset=3, length=9, source="feed", replay=True),
    ],
)
def test_a_message_comes_out_as_it_went_in(message: CrawlGroup | Archived) -> None:
    assert decode(encode(message), type(message)) == message
