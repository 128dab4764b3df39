"""From what an adapter read to what the index keeps: every value may be hostile, every post fits."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from socialindex import sources
from socialindex.errors import ParseError
from socialindex.identity import author_key, post_id
from socialindex.messages import MAX_BODY, PostBatch, encode
from socialindex.model import Author, Draft, Media, Metrics, Post
from socialindex.normalize.finish import finish, is_live
from socialindex.query import Is, parse
from socialindex.sources.base import Channel, Request, Response
from socialindex.warc import Exchange, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.sources.base import Adapter

RECEIVED = datetime(2026, 11, 20, 9, tzinfo=UTC)
BASE = "https://board.example/free/1"
URI = "https://board.example/free/1"
KEYWORD_BYTES = 32_766
"""Bytes of a term that Lucene takes; a longer one makes the engine refuse the whole document."""
KEYWORDS = {
    "uri": 2048,
    "url": 2048,
    "platform": 255,
    "language": 200,
    "mentions": 200,
    "hashtags": 200,
    "links": 2048,
    "id": 2048,
    "handle": 200,
    "name": 200,
}
"""``ignore_above`` of the mapping, beyond which a keyword is kept but found by nobody."""


def exchange(**channel: Any) -> Exchange:
    added = channel.pop("created_at", RECEIVED - timedelta(days=1))
    return Exchange(
        Channel(id="ch_1", source="gnuboard", url="https://board.example/free", created_at=added, **channel),
        Response(request=Request(url=BASE), url=BASE, status=200, received_at=RECEIVED),
    )


def finished(draft: Draft, **channel: Any) -> Post:
    return finish(draft, exchange(**channel), sources.find("gnuboard"), ("raw/k", Span(3, 9)))


def text_of(text: str) -> str | None:
    return finished(Draft(uri=URI, text=text)).text


# Text


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("plain", "plain"),
        ("  around \n", "around"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("nul\x00bell\x07del\x7fc1\x85", "nulbelldelc1"),
        ("escape\x1b[31mred", "escape[31mred"),
        ("zero\u200bwidth\ufeff\u2060", "zerowidth"),
        ("no\ufffecharac\uffffters", "nocharacters"),
        ("\u202eright to left\u202c", "right to left"),
        ("\u2066isolated\u2069\u200e\u200f\u061c", "isolated"),
        ("soft\u00adhyphen", "softhyphen"),
        ("half \ud83d of a pair \udd0b", "half  of a pair"),
        ("family 👨\u200d👩\u200d👧 joined", "family 👨\u200d👩\u200d👧 joined"),
        ("한글", "한글"),
        ("ㅤ", None),
        ("\u115f\u1160\uffa0", None),
        (" \n\t\u3000", None),
        ("\u200b\u202e\x00", None),
        ("", None),
    ],
)
def test_text_is_kept_without_what_nobody_sees(raw: str, kept: str | None) -> None:
    assert text_of(raw) == kept


def test_ten_megabytes_of_text_become_a_post_that_fits() -> None:
    began = time.process_time()
    post = finished(Draft(uri=URI, text="보조배터리 🔋 " * 1_000_000))
    cheap = time.process_time() - began < 0.5
    assert cheap
    assert (post.text or "")[:7] == "보조배터리 🔋"
    assert_taken(post)


# Dates


@pytest.mark.parametrize(
    ("date", "kept"),
    [
        (RECEIVED - timedelta(hours=1), RECEIVED - timedelta(hours=1)),
        (RECEIVED + timedelta(minutes=59), RECEIVED),
        (RECEIVED + timedelta(minutes=61), None),
        (datetime(1, 1, 1, tzinfo=UTC), None),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), None),
        (datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=12))), None),
        (datetime(1970, 1, 1, tzinfo=UTC), None),
        (datetime(1989, 12, 31, tzinfo=UTC), None),
        (datetime(1990, 1, 1, tzinfo=UTC), datetime(1990, 1, 1, tzinfo=UTC)),
        (datetime(2026, 11, 20, 9, tzinfo=timezone(timedelta(hours=9))), datetime(2026, 11, 20, 0, tzinfo=UTC)),
        (None, None),
    ],
)
def test_a_date_is_in_utc_and_possible_or_absent(date: datetime | None, kept: datetime | None) -> None:
    metrics = Metrics(likes=1, read_at=date)
    post = finished(Draft(uri=URI, published_at=date, edited_at=date, metrics=metrics))
    assert (post.published_at, post.edited_at) == (kept, kept)
    assert post.metrics
    assert post.metrics.read_at == (kept or RECEIVED)
    for moment in (post.published_at, post.edited_at, post.metrics.read_at):
        assert moment is None or moment.utcoffset() == timedelta()


# Counts


@pytest.mark.parametrize(
    ("count", "kept"), [(0, 0), (7, 7), (2**63 - 1, 2**63 - 1), (2**63, None), (-1, None), (10**40, None), (None, None)]
)
def test_a_count_is_possible_or_absent(count: int | None, kept: int | None) -> None:
    draft = Draft(uri=URI, metrics=Metrics(likes=count, views=1), author=Author(followers=count))
    post = finished(draft)
    assert post.metrics
    assert (post.metrics.likes, post.metrics.views) == (kept, 1)
    assert post.author
    assert post.author.followers == kept


def test_figures_that_are_all_absent_are_no_reading() -> None:
    assert finished(Draft(uri=URI, metrics=Metrics(likes=-3))).metrics is None


# Hashtags


@pytest.mark.parametrize(
    ("tags", "text", "kept"),
    [
        (["Battery", "BATTERY", "배터리"], None, ["battery", "배터리"]),
        (["#Recall", "##twice"], None, ["recall", "twice"]),
        ([], "today #리콜 and #Recall2026!", ["리콜", "recall2026"]),
        (["recall"], "#recall", ["recall"]),
        ([], "issue #1 and #12", []),
        ([], "a#b c&#39;d https://a.example/#top", []),
        ([], "#", []),
        (["#", " ", "\u200b", "12"], None, []),
        (["Straße"], None, ["strasse"]),
        # marks are letters of a tag, the full-width sign begins one as well
        ([], "यह फोन खराब है #हिन्दी", ["हिन्दी"]),
        (["हिन्दी"], "#हिन्दी #বাংলা", ["हिन्दी", "বাংলা"]),
        ([], "แบตบวม #ท่องเที่ยว #தமிழ்!", ["ท่องเที่ยว", "தமிழ்"]),
        ([], "#العَرَبِيَّة #Việt", ["العَرَبِيَّة", "việt"]),
        ([], "#می\u200cخواهم", ["میخواهم"]),  # noqa: RUF001 - as Persian is written
        ([], "#ශ්\u200dරී_ලංකා #누리\u200d폰 #a\u200db", ["ශ්\u200dරී_ලංකා", "누리", "a"]),
        ([], "हिन्दी#a ก่#ข กี#ค", []),
        ([], "#누리폰#배터리#12 #맛집＃카페 a#b#c", ["누리폰", "배터리", "맛집", "카페"]),  # noqa: RUF001 - as it is typed
        ([], "#हिन्दी#বাংলা &#39#a #b# #c##d", ["हिन्दी", "বাংলা", "b", "c", "d"]),
        (["＃리콜"], "＃누리폰 a＃b", ["리콜", "누리폰"]),  # noqa: RUF001 - as it is typed
        ([], "#1\ufe0f\u20e3 #누리\ufe0f", ["누리"]),
        ([], "#" + "\u0e01\u0e48" * 300, ["\u0e01\u0e48" * 50]),
        # of what a source names whole, the text is no second tag
        (["K-pop"], "today #K-pop #idol", ["k-pop", "idol"]),
        (["#sci-fi", "c++"], "#Sci-Fi#C++ #sci", ["sci-fi", "c++", "sci"]),
        (["k-pop", "k-popular", "k"], "＃k-popular #k-pop!", ["k-pop", "k-popular", "k"]),  # noqa: RUF001 - as it is typed
        (["k-pop"], "#k-popular", ["k-pop", "k"]),
        (["nuri phone"], "#nuri phone", ["nuri phone", "nuri"]),
        ([], "#K-pop", ["k"]),
    ],
)
def test_hashtags_are_folded_and_found_in_the_text(tags: list[str], text: str | None, kept: list[str]) -> None:
    assert finished(Draft(uri=URI, hashtags=tags, text=text)).hashtags == kept


@pytest.mark.parametrize("tag", ["हिन्दी", "தமிழ்", "ท่องเที่ยว", "\u0645\u06cc\u200c\u062e", "ශ්\u200dරී_ලංකා", "누리폰12"])
@pytest.mark.parametrize("sign", ["#", "\uff03"])
def test_a_hashtag_is_found_by_a_query_that_is_typed_as_it_is(sign: str, tag: str) -> None:
    asked = parse(f"{sign}{tag}")
    assert isinstance(asked, Is)
    assert finished(Draft(uri=URI, text=f"text {sign}{tag} text")).hashtags == [asked.value]


# Language


@pytest.mark.parametrize(
    ("declared", "channel", "language"),
    [
        ("en", None, "en"),
        ("EN-us", None, "en"),
        ("zh_Hant", None, "zh"),
        (None, "de", "de"),
        ("fr", "de", "fr"),
        (None, None, None),
        ("english", None, None),
        ("x", None, None),
        ("und", None, None),
        ("mul", "de", None),
        ("", "de", "de"),
    ],
)
def test_the_language_is_what_the_post_declares_or_else_its_channel(
    declared: str | None, channel: str | None, language: str | None
) -> None:
    assert finished(Draft(uri=URI, language=declared, text="배터리"), language=channel).language == language


# Identity, links and the rest


def test_a_post_is_who_its_publisher_says() -> None:
    post = finished(Draft(uri=URI, in_reply_to="u1", thread="u2", repost_of="u3", quote_of="u4"))
    assert (post.id, post.uri, post.source) == (post_id(URI), URI, "gnuboard")
    assert (post.in_reply_to, post.thread_id) == (post_id("u1"), post_id("u2"))
    assert (post.repost_of, post.quote_of) == (post_id("u3"), post_id("u4"))
    assert post.collected_at == RECEIVED


@pytest.mark.parametrize("uri", ["", " ", "\u200b", "\x00\n"])
def test_a_post_without_an_identity_is_none(uri: str) -> None:
    with pytest.raises(ParseError, match="identity"):
        finished(Draft(uri=uri, text="words"))


@pytest.mark.parametrize(
    ("url", "kept", "platform"),
    [
        (None, BASE, "board.example"),
        ("/free/1#c_3", BASE, "board.example"),
        ("https://Other.Example/p?utm_source=x", "https://other.example/p", "other.example"),
        ("https://kim:secret@other.example:8443/p", "https://other.example:8443/p", "other.example:8443"),
        ("javascript:alert(1)", None, "board.example"),
        ("http://[", None, "board.example"),
    ],
)
def test_an_address_is_canonical_or_absent(url: str | None, kept: str | None, platform: str) -> None:
    post = finished(Draft(uri=URI, url=url))
    assert (post.url, post.platform) == (kept, platform)


def test_links_are_absolute_clean_and_each_once() -> None:
    links = ["/a", "https://board.example/a?fbclid=1", "../b", "mailto:kim@example.com", "http://["]
    assert finished(Draft(uri=URI, links=links)).links == ["https://board.example/a", "https://board.example/b"]


def test_where_a_post_came_from_is_kept() -> None:
    provenance = finished(Draft(uri=URI)).provenance
    assert provenance
    assert (provenance.channel, provenance.adapter.partition("/")[0]) == ("ch_1", "gnuboard")
    assert (provenance.archive_key, provenance.archive_offset, provenance.archive_length) == ("raw/k", 3, 9)


def test_a_deleted_post_is_a_tombstone_without_words() -> None:
    post = finished(
        Draft(uri=URI, deleted=True, text="words", title="title", author=Author(name="Kim"), hashtags=["a"])
    )
    assert post.deleted_at == RECEIVED
    assert (post.text, post.title, post.author, post.hashtags) == (None, None, None, [])


@pytest.mark.parametrize(
    ("published", "live"),
    [(None, False), (timedelta(seconds=-1), False), (timedelta(), True), (timedelta(hours=1), True)],
)
def test_a_post_is_live_when_it_is_younger_than_its_channel(published: timedelta | None, live: bool) -> None:
    added = RECEIVED - timedelta(days=1)
    post = finished(Draft(uri=URI, published_at=None if published is None else added + published))
    assert is_live(post, exchange(created_at=added)) is live


# Whatever comes


TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
URL = st.one_of(TEXT, TEXT.map(lambda rest: f"https://a.example/{rest}"))
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))])
WHEN = st.one_of(st.none(), st.datetimes(timezones=ZONES))
COUNT = st.one_of(st.none(), st.integers(), st.integers(0, 2**63))
AUTHOR = st.builds(Author, id=TEXT, handle=TEXT, name=TEXT, url=URL, followers=COUNT)
MEDIA = st.builds(Media, kind=st.just("image"), url=URL, description=TEXT)
METRICS = st.builds(Metrics, likes=COUNT, replies=COUNT, views=COUNT, read_at=WHEN)
DRAFTS = st.builds(
    Draft,
    uri=URL,
    url=st.one_of(st.none(), URL),
    title=TEXT,
    text=TEXT,
    language=TEXT,
    author=AUTHOR,
    published_at=WHEN,
    edited_at=WHEN,
    deleted=st.booleans(),
    in_reply_to=TEXT,
    thread=TEXT,
    repost_of=TEXT,
    quote_of=TEXT,
    mentions=st.lists(TEXT, max_size=3),
    hashtags=st.lists(TEXT, max_size=3),
    links=st.lists(URL, max_size=3),
    media=st.lists(MEDIA, max_size=3),
    metrics=METRICS,
)


@settings(max_examples=200)
@given(DRAFTS)
def test_whatever_an_adapter_reads_becomes_a_post_that_the_index_takes_or_is_refused(draft: Draft) -> None:
    try:
        post = finished(draft)
    except ParseError:
        return
    assert_taken(post)


@settings(max_examples=40, deadline=2_000)
@given(
    piece=st.sampled_from(["a", "가", "🔋", '"', "ß", "ﬃ", "\u0390", "é", "\n"]),
    length=st.integers(0, 60_000),
    entries=st.integers(0, 400),
    entry_length=st.integers(0, 2_100),
)
@example("🔋", 80_000, 999, 1_000)
@example('"', 80_000, 999, 2_000)
@example("ﬃ", 80_000, 150, 100)
def test_however_much_an_adapter_reads_it_becomes_a_post_that_fits(
    piece: str, length: int, entries: int, entry_length: int
) -> None:
    long = piece * length
    many = [f"{number}{piece * entry_length}" for number in range(entries)]
    links = [f"https://a.example/{number}?{'x' * entry_length}" for number in range(entries)]
    draft = Draft(
        uri=f"https://a.example/{long}",
        url=links[0] if links else None,
        title=long,
        text=long,
        author=Author(id=long, handle=long, name=long, url=links[0] if links else None),
        mentions=many,
        hashtags=many,
        links=links,
        media=[Media(kind="image", url=link, description=long) for link in links],
    )
    assert_taken(finished(draft))


def assert_taken(post: Post) -> None:
    """Conditions first: a failure need not print a megabyte."""
    body = encode(PostBatch(posts=[post], live=True, replay=True))
    fits = len(body.encode()) <= MAX_BODY
    comes_back = msgspec.json.decode(body, type=PostBatch).posts == [post]
    assert fits
    assert comes_back
    for name, value in keywords(post):
        assert value == value.strip()
        assert value
        assert len(value) <= KEYWORDS[name]
        assert len(value.encode()) <= KEYWORD_BYTES
    assert max(len(post.mentions), len(post.hashtags), len(post.links), len(post.media)) <= 100


def keywords(post: Post) -> Iterator[tuple[str, str]]:
    """Values that the mapping takes as whole terms, by the field's last name."""
    singles = {"uri": post.uri, "url": post.url, "platform": post.platform, "language": post.language}
    if post.author:
        singles |= {"id": post.author.id, "handle": post.author.handle, "name": post.author.name}
    lists = {"mentions": post.mentions, "hashtags": post.hashtags, "links": post.links}
    yield from ((name, value) for name, value in singles.items() if value is not None)
    yield from itertools.chain.from_iterable(((name, value) for value in values) for name, values in lists.items())


def test_what_fits_is_kept_whole() -> None:
    links = [f"https://a.example/{number}/{'x' * 900}" for number in range(100)]
    assert finished(Draft(uri=URI, text="배" * 20_000, links=links)).links == links


def test_a_page_of_a_hundred_thousand_links_costs_little() -> None:
    links = [f"https://a.example/{number}" for number in range(100_000)]
    began = time.process_time()
    post = finished(Draft(uri=URI, links=links, hashtags=links, mentions=links))
    cheap = time.process_time() - began < 0.5
    assert cheap
    assert (len(post.links), len(post.mentions)) == (100, 100)


# Whose word it is


def told(uri: str, by: str, speaks_for: tuple[str, ...] = (), adapter: Adapter | None = None) -> bool:
    """Whether a post counts as hearsay that a host tells of."""
    channel = exchange(workspace="ws_a" if uri.startswith("import:") else None).channel
    response = Response(request=Request(url=by), url=by, status=200, received_at=RECEIVED)
    adapter = adapter or type("Api", (type(sources.find("gnuboard")),), {"speaks_for": speaks_for})()
    return finish(Draft(uri=uri, text="t"), Exchange(channel, response), adapter, ("raw/k", Span(3, 9))).hearsay


@pytest.mark.parametrize(
    ("uri", "by", "hearsay"),
    [
        ("https://a.example/1", "https://a.example/api", False),
        ("http://a.example/1", "https://A.example./api", False),
        ("https://a.example/1", "wss://a.example/stream", False),
        ("https://a.example:8443/1", "https://a.example:8443/api", False),
        ("https://a.example/1", "https://b.example/api", True),
        ("https://a.example/1", "https://a.example:8443/api", True),
        ("https://a.example/1", "https://www.a.example/api", True),
        ("https://a.example@b.example/1", "https://b.example/api", True),
        ("https://[bad/1", "https://b.example/api", True),
        ("at://did:plc:abc/app.bsky.feed.post/1", "https://a.example/api", True),
        ("tag:b.example,2026:1", "https://a.example/api", True),
        ("URN:UUID:1", "https://a.example/api", True),
    ],
)
def test_what_another_host_tells_than_the_one_named_is_hearsay(uri: str, by: str, *, hearsay: bool) -> None:
    assert told(uri, by) is hearsay


@pytest.mark.parametrize(
    ("named", "hearsay"),
    [("q.example", False), ("ko.q.example", False), ("notq.example", True), ("q.example.net", True)],
)
def test_an_api_speaks_for_the_domains_that_its_adapter_names(named: str, *, hearsay: bool) -> None:
    assert told(f"https://{named}/1", "https://api.example/", ("q.example",)) is hearsay


POST_AT = "at://did:plc:abc/app.bsky.feed.post/1"


@pytest.mark.parametrize(
    ("uri", "source", "by", "hearsay"),
    [
        (POST_AT, "bluesky", "https://public.api.bsky.app/xrpc/app.bsky.feed.getPosts", False),
        (f"{POST_AT}#repost=1", "bluesky", "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed", False),
        (POST_AT, "bluesky", "https://appview.example/xrpc/app.bsky.feed.getPosts", True),
        (POST_AT, "mastodon", "https://public.api.bsky.app/api/v1/timelines/public", True),
        (POST_AT, "feed", "https://a.example/feed", True),
        ("tag:b.example,2026:1", "feed", "https://a.example/feed", False),
        ("URN:UUID:1", "feed", "https://a.example/feed", False),
        ("import:ws_a/main/1", "feed", "https://a.example/feed", True),
        ("import:ws_a/main/1", "imported", "import:ws_a/main", False),
    ],
)
def test_an_identity_without_a_host_counts_from_the_source_that_has_such(
    uri: str, source: str, by: str, *, hearsay: bool
) -> None:
    assert told(uri, by, adapter=sources.find(source)) is hearsay


@pytest.mark.parametrize("workspace", [None, "ws_b"])
@pytest.mark.parametrize("uri", ["import:ws_a/main/1", "import:None/main/1", "import:/main/1"])
def test_nobody_else_claims_what_a_workspace_has_imported(uri: str, workspace: str | None) -> None:
    with pytest.raises(ParseError):
        finished(Draft(uri=uri, text="t"), workspace=workspace)


def test_an_author_with_an_identity_has_a_key_that_tells_nothing_about_it() -> None:
    known = finished(Draft(uri=URI, author=Author(id="https://a.example/users/kim", name="kim"))).author
    assert known is not None
    assert known.key == author_key("https://a.example/users/kim")
    assert len(known.key) == 26
    guest = finished(Draft(uri=URI, author=Author(name="ㅇㅇ"))).author
    assert guest is not None
    assert guest.key is None
