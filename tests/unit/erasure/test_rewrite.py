"""Rewriting an object of the archive: what was erased is gone, and everything else is where it was."""

from __future__ import annotations

import gzip
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from socialindex import terms
from socialindex.erasure.filler import filler
from socialindex.erasure.rewrite import rewrite
from socialindex.errors import ParseError, Unavailable
from socialindex.identity import author_key, post_id
from socialindex.model import Author, Post
from socialindex.normalize.reading import items
from socialindex.sources.base import Channel, Request, Response
from socialindex.terms import Terms
from socialindex.warc import Exchange, Kept, Moved, Span, WarcObject, read_any, read_at, walk, walk_all
from tests.integration import pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{}</channel></rss>'
ITEM = "<item><title>title {0}</title><link>https://news.example/{0}</link><guid>https://news.example/{0}</guid></item>"
KEY = "raw/2026/11/20/o.warc.gz"


# What fills the place of a record


@settings(deadline=None)
@given(st.integers(360, 300_000), st.one_of(st.none(), st.builds(Span, st.integers(0, 10**9), st.integers(1, 10**8))))
@example(16_777_216, Span(16_777_216, 1_000_000))
@example(421, None)  # the record of an empty answer
def test_a_filler_has_the_asked_length_and_says_where_to_read_on(length: int, rest: Span | None) -> None:
    member = filler(length, rest, AT)
    assert len(member) == length
    assert read_any(member) == Moved(rest)
    assert gzip.decompress(member).startswith(b"WARC/1.1\r\n")


def test_what_is_shorter_than_any_record_cannot_be_filled() -> None:
    with pytest.raises(ValueError, match="cannot be filled"):
        filler(100, None, AT)


def test_other_readers_of_web_archives_take_a_filler_for_metadata() -> None:
    record = next(iter(ArchiveIterator(io.BytesIO(filler(5_000, None, AT)), check_digests="raise")))
    assert record.rec_type == "metadata"
    assert record.rec_headers.get_header("SocialIndex-Erased") == "2026-11-20T09:00:00Z"


# Objects


def exchange(*numbers: int, url: str = "https://news.example/feed", source: str = "feed") -> Exchange:
    """A page of a feed."""
    channel = Channel(id="ch_1", source=source, url=url, created_at=AT)
    body = FEED.format("".join(ITEM.format(number) for number in numbers)).encode()
    headers = {"content-type": "application/rss+xml"}
    request = Request(url=url, kind="feed")
    response = Response(request=request, url=url, status=200, headers=headers, body=body, received_at=AT)
    return Exchange(channel, response)


def archived(*exchanges: Exchange) -> tuple[bytes, list[Span]]:
    growing = WarcObject()
    spans = [growing.add(each) for each in exchanges]
    return growing.data(), spans


def listed(*numbers: int) -> Callable[[Sequence[Post]], list[str | None]]:
    """A suppression list."""
    ids = {post_id(f"https://news.example/{number}") for number in numbers}
    return lambda posts: ["erased" if post.id in ids else None for post in posts]


def uris(data: bytes) -> list[str]:
    """Everything that a replay of the object would give."""
    found = (items(held, (KEY, span)) for span, held in walk(io.BytesIO(data)))
    return [post.uri.rpartition("/")[2] for each in found for post, _ in each.posts]


class Archive:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, key: str, span: Span) -> bytes:
        assert key == KEY
        return self.data[span.offset : span.offset + span.length]


def test_an_object_without_anything_erased_stays_as_it_is() -> None:
    data, _ = archived(exchange(1, 2))
    assert rewrite(data, KEY, listed(9), AT) == (None, 0, 0)


def test_the_other_posts_of_the_same_response_are_kept_and_other_records_stay_in_place() -> None:
    data, spans = archived(exchange(1), exchange(2, 3, 4), exchange(5), exchange(3))
    done = rewrite(data, KEY, listed(3), AT)
    assert (done.records, done.unreadable) == (2, 0)
    assert done.data is not None
    assert sorted(uris(done.data)) == ["1", "2", "4", "5"]
    for number in (0, 2):
        span = spans[number]
        assert done.data[span.offset : span.offset + span.length] == data[span.offset : span.offset + span.length]


def test_a_message_that_points_to_the_erased_record_finds_what_was_kept() -> None:
    data, spans = archived(exchange(1, 2))
    done = rewrite(data, KEY, listed(1), AT)
    assert done.data is not None
    held = read_at(Archive(done.data), KEY, spans[0])
    assert isinstance(held, Kept)
    assert [(post.title, post.provenance and post.provenance.archive_offset) for post in held.posts] == [("title 2", 0)]


def test_of_a_record_that_held_nothing_else_nothing_is_kept() -> None:
    data, spans = archived(exchange(1), exchange(2))
    done = rewrite(data, KEY, listed(1), AT)
    assert done.data is not None
    assert len(done.data) == len(data)
    assert read_at(Archive(done.data), KEY, spans[0]) == Kept("", [])
    assert b"news.example/1" not in b"".join(gzip.decompress(done.data).split(b"\r\n"))


def test_what_was_kept_can_be_erased_in_turn() -> None:
    data, spans = archived(exchange(1, 2, 3), exchange(4))
    for number in (1, 3, 2):
        done = rewrite(data, KEY, listed(number), AT)
        assert done.records == 1
        assert done.data is not None
        data = done.data
    assert uris(data) == ["4"]
    assert read_at(Archive(data), KEY, spans[0]) == Kept("", [])
    assert rewrite(data, KEY, listed(1, 2, 3), AT).data is None


def test_a_record_that_nobody_can_read_is_counted_and_left() -> None:
    data, _ = archived(exchange(1, source="retired"), exchange(2))
    done = rewrite(data, KEY, listed(2), AT)
    assert (done.records, done.unreadable) == (1, 1)


def test_a_list_that_does_not_answer_stops_the_rewriting() -> None:
    def down(_: Sequence[Post]) -> list[str | None]:
        raise Unavailable("no answer")

    with pytest.raises(Unavailable):
        rewrite(archived(exchange(1))[0], KEY, down, AT)


def test_a_damaged_object_is_told() -> None:
    data, _ = archived(exchange(1), exchange(2))
    with pytest.raises(ParseError):
        rewrite(data[:-60], KEY, listed(1), AT)


def test_a_filler_that_points_back_is_damaged() -> None:
    growing = filler(1_000, Span(0, 1_000), AT)
    with pytest.raises(ParseError, match="before it"):
        read_at(Archive(growing), KEY, Span(0, 1_000))


def test_every_record_of_a_rewritten_object_can_be_walked() -> None:
    data, _ = archived(exchange(1, 2), exchange(3))
    done = rewrite(data, KEY, listed(1), AT).data
    assert done is not None
    kinds = [type(held) for _, held in walk_all(io.BytesIO(done))]
    assert kinds == [Moved, Exchange, Kept]


# What its host or its author has since withdrawn


class Register:
    """Terms as an operator has edited them: of a host that is forbidden, or a register that does not answer."""

    def __init__(self, *forbidden: str, is_down: bool = False) -> None:
        self._forbidden = forbidden
        self._is_down = is_down

    def all(self) -> list[Terms]:
        if self._is_down:
            raise Unavailable("no answer")
        return [
            Terms(domains=[host], name=host, verdict="forbidden", reason="r", source="s", edited_at=AT)
            for host in self._forbidden
        ]


@pytest.fixture
def register() -> Iterator[Callable[[Register], None]]:
    """Lets another register of terms hold for a test."""
    yield terms.use
    terms.use(None)


ANNA, BORA = author_key("anna"), author_key("bora")


def kept(host: str, author: str) -> Post:
    """A post that an earlier erasure has left."""
    uri = f"https://{host}/{author}"
    own = Author(id=author, key=author_key(author), name=author)
    return Post(
        id=post_id(uri), uri=uri, url=uri, source="feed", text=f"words of {author}", author=own, collected_at=AT
    )


def by(*authors: str) -> Callable[[Sequence[Post]], list[str | None]]:
    """A suppression list that has authors."""
    return lambda posts: ["erased" if post.author and post.author.key in authors else None for post in posts]


def rest(*posts: Post) -> bytes:
    growing = WarcObject()
    growing.add(Kept("feed", list(posts)))
    return growing.data()


def plain(data: bytes) -> bytes:
    return gzip.decompress(data)


@pytest.mark.parametrize(("erased", "left"), [(ANNA, [b"words of chae"]), (BORA, [b"words of anna", b"words of chae"])])
def test_a_host_that_is_forbidden_now_hides_neither_its_authors_nor_others(
    register: Callable[[Register], None], erased: str, left: list[bytes]
) -> None:
    data = rest(kept("a.example", "anna"), kept("b.example", "bora"), kept("a.example", "chae"))
    register(Register("b.example"))
    done = rewrite(data, KEY, by(erased), AT)
    assert (done.records, done.unreadable) == (1, 0)
    assert done.data is not None
    assert b"words of bora" not in plain(done.data)
    assert all(words in plain(done.data) for words in left)
    assert (b"words of anna" in plain(done.data)) is (b"words of anna" in left)


def test_a_replay_takes_down_what_is_forbidden_now_and_keeps_the_rest(register: Callable[[Register], None]) -> None:
    register(Register("b.example"))
    held = Kept("feed", [kept("a.example", "anna"), kept("b.example", "bora")])
    found = items(held, (KEY, Span(0, 1)))
    assert [(post.text, post.withdrawn, post.deleted_at) for post, _ in found.posts] == [
        ("words of anna", False, None),
        (None, True, AT),
    ]
    assert [str(verdict) for verdict in found.aside] == ["terms_forbidden"]


def test_a_response_that_its_adapter_refuses_is_told_as_one_that_nobody_has_read() -> None:
    url = "https://board.example/bbs/board.php?bo_table=free"
    channel = Channel(id="ch_1", source="gnuboard", url=url, created_at=AT)
    body = '<html><body><script>alert("목록을 볼 권한이 없습니다.");</script></body></html>'.encode()
    response = Response(request=Request(url=url, kind="list"), url=url, status=200, body=body, received_at=AT)
    done = rewrite(archived(Exchange(channel, response))[0], KEY, listed(1), AT)
    assert done == (None, 0, 1)


def test_a_register_of_terms_that_does_not_answer_stops_the_rewriting(register: Callable[[Register], None]) -> None:
    register(Register(is_down=True))
    with pytest.raises(Unavailable):
        rewrite(rest(kept("a.example", "anna")), KEY, by(ANNA), AT)


@pytest.mark.parametrize("indexable", [True, False])
def test_an_author_is_erased_whether_or_not_they_agree_to_be_indexed(*, indexable: bool) -> None:
    anna, bora = pages.status(1, "anna", "words of anna"), pages.status(2, "bora", "words of bora")
    anna["account"] = {**anna["account"], "indexable": indexable}
    data, _ = archived(pages.exchange([anna, bora]))
    done = rewrite(data, KEY, by(author_key("https://social.example/users/anna")), AT)
    assert (done.records, done.unreadable) == (1, 0)
    assert done.data is not None
    assert b"words of anna" not in plain(done.data)
    assert b"words of bora" in plain(done.data)
