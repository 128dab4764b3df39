"""What the fixtures of one answer cannot show: walks and slices over many answers, any facets, pasted addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.errors import Discarded, InvalidInput
from socialindex.sources._bluesky.places import place_of
from socialindex.sources._bluesky.richtext import rich_text
from socialindex.sources._bluesky.views import Record
from socialindex.sources.base import Channel, Known, Request, Response
from socialindex.sources.bluesky import ADAPTER

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
DID = "did:plc:haneul2exampleaccount234"
PROFILE = f"https://bsky.app/profile/{DID}"
STREAM = "wss://jetstream2.us-east.bsky.network/subscribe"


def channel(url: str = PROFILE, **fields: dict[str, str]) -> Channel:
    return msgspec.convert({"id": "ch_test", "source": "bluesky", "url": url, "created_at": BEGIN, **fields}, Channel)


def asked(request: Request, name: str) -> list[str]:
    return parse_qs(urlsplit(request.url).query).get(name, [])


def response(request: Request, body: bytes, now: datetime) -> Response:
    return Response(request=request, url=request.url, status=200, body=body, received_at=now)


def instant(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


@dataclass
class AppView:
    """An author's feed, paged by time as an AppView pages it."""

    page: int
    times: dict[str, datetime] = field(default_factory=dict)

    def publish(self, at: datetime) -> None:
        key = f"3k{len(self.times):011}"
        self.times[f"at://{DID}/app.bsky.feed.post/{key}"] = at

    def answer(self, request: Request, now: datetime) -> Response:
        below = next(iter(asked(request, "cursor")), "9")
        order = sorted(((instant(at), uri) for uri, at in self.times.items() if at <= now), reverse=True)
        page = [(at, uri) for at, uri in order if f"{at}/{uri}" < below][: self.page]
        feed: dict[str, Any] = {"feed": [{"post": post(uri, at)} for at, uri in page]}
        if len(page) == self.page:
            feed["cursor"] = "/".join(page[-1])
        return response(request, msgspec.json.encode(feed), now)


def post(uri: str, at: str) -> dict[str, Any]:
    author = {"did": DID, "handle": "haneul.test", "labels": []}
    return {"uri": uri, "author": author, "record": {"text": "글", "createdAt": at}, "indexedAt": at}


@dataclass
class Crawler:
    """Polls a channel and drains its frontier, whatever gets lost of it."""

    server: AppView
    channel: Channel
    seen: set[str] = field(default_factory=set)
    fetched: int = 0

    def poll(self, now: datetime, *, budget: int = 10_000) -> None:
        waiting = [ADAPTER.start(self.channel)]
        while waiting and budget:
            budget -= 1
            waiting += self.fetch(waiting.pop(0), now)

    def fetch(self, request: Request, now: datetime) -> list[Request]:
        answer = self.server.answer(request, now)
        self.fetched += 1
        self.seen |= {each.uri for each in ADAPTER.posts(self.channel, answer) if not isinstance(each, Exception)}
        follow = ADAPTER.follow(self.channel, answer)
        if follow.cursor is not None:
            self.channel = msgspec.structs.replace(self.channel, cursor=follow.cursor)
        return follow.requests


KNOWN = {"did": DID, "profile_at": instant(BEGIN + timedelta(days=365))}
POLLS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 100), max_size=40),  # seconds before the poll at which posts were written
        st.integers(0, 4),  # requests until the crawler is interrupted
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, max_examples=100)
@given(page=st.integers(2, 9), polls=POLLS)
def test_no_post_of_an_author_is_lost_by_bursts_or_interruptions(page: int, polls: list[tuple[list[int], int]]) -> None:
    crawler = Crawler(AppView(page), channel(cursor=KNOWN))
    now = BEGIN
    crawler.server.publish(now - timedelta(hours=1))
    crawler.poll(now)
    for ages, budget in polls:
        now += timedelta(minutes=5)
        for age in ages:
            crawler.server.publish(now - timedelta(seconds=age))
        crawler.poll(now, budget=budget)
    crawler.poll(now + timedelta(minutes=5))
    assert crawler.seen == set(crawler.server.times)


def test_a_post_that_shows_late_is_found_by_the_next_poll() -> None:
    crawler = Crawler(AppView(50), channel(cursor=KNOWN))
    crawler.server.publish(BEGIN - timedelta(seconds=10))
    crawler.poll(BEGIN)
    crawler.server.publish(BEGIN - timedelta(seconds=70))
    crawler.poll(BEGIN + timedelta(minutes=1))
    assert crawler.seen == set(crawler.server.times)


def test_what_a_bridge_brings_to_a_list_hours_late_is_found_by_a_look() -> None:
    """It stands where it was written, below the hundred posts of a poll's page."""
    crawler = Crawler(AppView(100), channel(f"{PROFILE}/lists/3klist", cursor=KNOWN))
    for hour in range(30):
        for minute in range(10):
            crawler.server.publish(BEGIN + timedelta(hours=hour, minutes=-minute - 5))
        crawler.poll(BEGIN + timedelta(hours=hour))
    crawler.server.publish(BEGIN + timedelta(hours=29 - 15))
    before = crawler.fetched
    for hour in range(30, 36):
        crawler.poll(BEGIN + timedelta(hours=hour))
    assert crawler.seen == set(crawler.server.times)
    assert crawler.fetched - before <= 6 + 3, "a look at a day"


def test_a_poll_without_news_is_one_request() -> None:
    crawler = Crawler(AppView(5), channel(cursor=KNOWN, options={"pages": "2"}))
    for minute in range(30):
        crawler.server.publish(BEGIN - timedelta(hours=1, minutes=minute))
    crawler.poll(BEGIN)
    assert crawler.fetched == 2
    crawler.poll(BEGIN + timedelta(hours=1))
    assert crawler.fetched == 3


def test_history_is_walked_to_its_end_page_by_page_and_leaves_the_cursor_alone() -> None:
    crawler = Crawler(AppView(4), channel(cursor={**KNOWN, "newest": instant(BEGIN)}))
    for day in range(11):
        crawler.server.publish(BEGIN - timedelta(days=day))
    first = ADAPTER.backfill(crawler.channel)
    assert first is not None
    waiting = [first]
    while waiting:
        assert [request.context["walk"] for request in waiting] == ["history"]
        assert [request.priority for request in waiting] == [2]
        waiting = crawler.fetch(waiting[0], BEGIN)
    assert crawler.seen == set(crawler.server.times)
    assert crawler.channel.cursor["newest"] == instant(BEGIN)


@pytest.mark.parametrize(
    ("place", "cursor", "walks"),
    [
        (PROFILE, {}, True),
        ("https://bsky.app/profile/haneul.test", {}, False),
        ("https://bsky.app/profile/haneul.test", {"did": DID}, True),
        (f"{PROFILE}/lists/3kfriends", {}, True),
        (f"{PROFILE}/feed/battery-news", {}, False),
        (f"{PROFILE}/post/3kfirst", {}, False),
        (STREAM, {}, False),
    ],
)
def test_authors_and_lists_have_a_history(place: str, cursor: dict[str, str], *, walks: bool) -> None:
    assert (ADAPTER.backfill(channel(place, cursor=cursor)) is not None) is walks


def message(number: int, time_us: int) -> bytes:
    commit = {
        "operation": "create",
        "collection": "app.bsky.feed.post",
        "rkey": f"3k{number}",
        "record": {"text": "글", "langs": ["ko"]},
    }
    return msgspec.json.encode({"did": DID, "time_us": time_us, "kind": "commit", "commit": commit})


@settings(deadline=None, max_examples=100)
@given(
    gaps=st.lists(st.integers(0, 3_000_000), max_size=60),
    sizes=st.lists(st.integers(1, 12), min_size=1, max_size=6),
    lag=st.integers(0, 8),
)
def test_slices_ask_for_every_post_once_wherever_they_are_cut(gaps: list[int], sizes: list[int], lag: int) -> None:
    began = int(BEGIN.timestamp()) * 1_000_000
    times = [began + sum(gaps[: index + 1]) for index in range(len(gaps))]
    stream = [(time, message(index, time)) for index, time in enumerate(times)]
    end = datetime.fromtimestamp((times[-1] if times else began) / 1_000_000 + lag, UTC)
    found: list[str] = []
    now_channel = channel(STREAM, options={"languages": "ko"})
    for size, now in [*((size, end) for size in sizes), (1_000, end + timedelta(minutes=1))]:
        request = ADAPTER.start(now_channel)
        since = int(asked(request, "cursor")[0])
        body = b"\n".join([each for time, each in stream if time >= since][:size])
        follow = ADAPTER.follow(now_channel, response(request, body, now))
        found += [uri for query in follow.requests for uri in asked(query, "uris")]
        if follow.cursor is not None:
            now_channel = msgspec.structs.replace(now_channel, cursor=follow.cursor)
    assert found == [f"at://{DID}/app.bsky.feed.post/3k{index}" for index in range(len(gaps))]


@pytest.mark.parametrize(
    ("count", "age", "left", "goes_on"),
    [(1_000, 120, "3", True), (1_000, 120, "0", False), (1_000, 30, "3", False), (999, 120, "3", False)],
)
def test_a_full_slice_of_the_past_is_followed_by_the_next(*, count: int, age: int, left: str, goes_on: bool) -> None:
    began = int(BEGIN.timestamp()) * 1_000_000
    wish = channel(STREAM, options={"languages": "ja"})
    request = msgspec.structs.replace(ADAPTER.start(wish), context={"left": left})
    body = b"\n".join(message(index, began + index) for index in range(count))
    follow = ADAPTER.follow(wish, response(request, body, BEGIN + timedelta(seconds=age)))
    assert [asked(each, "cursor") for each in follow.requests] == ([[str(began + count - 1)]] if goes_on else [])
    assert follow.cursor is not None
    assert follow.cursor["time_us"] == str(began + count - 1)


def test_a_stream_begins_where_its_channel_was_made_or_so_many_hours_before() -> None:
    began = int(BEGIN.timestamp()) * 1_000_000
    first = ADAPTER.start(channel(STREAM))
    assert first.leads
    assert urlsplit(first.url).scheme == "wss"
    assert asked(first, "wantedCollections") == ["app.bsky.feed.post"]
    assert asked(first, "cursor") == [str(began)]
    assert asked(ADAPTER.start(channel(STREAM, options={"hours": "2"})), "cursor") == [str(began - 7_200_000_000)]
    assert asked(ADAPTER.start(channel(STREAM, cursor={"time_us": "5"})), "cursor") == ["5"]


def test_the_verdict_on_what_an_author_shows_to_the_signed_in_only_names_it() -> None:
    """So that what we hold of it is taken down."""
    uri = f"at://{DID}/app.bsky.feed.post/3k2a"
    shown = post(uri, instant(BEGIN))
    label = {"src": DID, "uri": f"at://{DID}/app.bsky.actor.profile/self", "val": "!no-unauthenticated"}
    shown["author"]["labels"] = [label]
    (request,) = ADAPTER.reread(channel(), [Known(uri=uri)])
    body = msgspec.json.encode({"posts": [shown]})
    (verdict,) = ADAPTER.posts(channel(), response(request, body, BEGIN))
    assert isinstance(verdict, Discarded)
    assert (verdict.reason, verdict.uri) == ("no_unauthenticated", uri)


def test_posts_are_read_again_25_at_once_and_reposts_not_at_all() -> None:
    posts = [Known(uri=f"at://{DID}/app.bsky.feed.post/3k{number}") for number in range(60)]
    other = [
        Known(uri=f"at://{DID}/app.bsky.feed.repost/3krepost", kind="repost"),
        Known(uri="https://social.example/1"),
    ]
    requests = [*ADAPTER.reread(channel(), [*posts, *other, posts[0]])]
    assert [len(asked(request, "uris")) for request in requests] == [25, 25, 10]
    assert [uri for request in requests for uri in asked(request, "uris")] == [post.uri for post in posts]
    assert {(request.kind, request.priority) for request in requests} == {("posts", 2)}


def test_long_identities_make_smaller_queries() -> None:
    posts = [Known(uri=f"at://did:web:{'a' * 400}/app.bsky.feed.post/3k{number}") for number in range(20)]
    requests = [*ADAPTER.reread(channel(STREAM, options={"appview": "https://appview.example"}), posts)]
    assert sum(len(asked(request, "uris")) for request in requests) == 20
    assert all(len(request.url) <= 4_000 for request in requests)
    assert all(request.url.startswith("https://appview.example/xrpc/") for request in requests)


@pytest.mark.parametrize(
    ("pasted", "canonical"),
    [
        ("https://bsky.app/profile/Haneul.Test", "https://bsky.app/profile/haneul.test"),
        ("https://bsky.app/profile/@haneul.test/", "https://bsky.app/profile/haneul.test"),
        (f"https://bsky.app/profile/{DID}", f"https://bsky.app/profile/{DID}"),
        ("https://bsky.app/profile/did%3Aweb%3Ahaneul.test", "https://bsky.app/profile/did:web:haneul.test"),
        ("https://bsky.app/profile/haneul.test/followers", "https://bsky.app/profile/haneul.test"),
        ("https://bsky.app/profile/haneul.test/lists/3k2a", "https://bsky.app/profile/haneul.test/lists/3k2a"),
        ("https://bsky.app/profile/haneul.test/feed/bat-1/liked-by", "https://bsky.app/profile/haneul.test/feed/bat-1"),
        (
            "https://bsky.app/profile/haneul.test/post/3k2a?utm_source=x#a",
            "https://bsky.app/profile/haneul.test/post/3k2a",
        ),
        ("http://127.0.0.1:8406/profile/haneul.test", "http://127.0.0.1:8406/profile/haneul.test"),
        ("https://public.api.bsky.app/profile/haneul.test", "https://bsky.app/profile/haneul.test"),
        ("https://bsky.app/profile/haneul", None),
        ("https://bsky.app/profile/did:plc", None),
        ("https://bsky.app/", None),
        ("https://bsky.app/starter-pack/haneul.test/3k2a", None),
        ("wss://jetstream.example/subscribe", None),
    ],
)
def test_pasted_addresses_lead_to_places(pasted: str, canonical: str | None) -> None:
    place = place_of(pasted)
    assert (place and place.url) == canonical
    assert canonical is None or place_of(canonical) == place


@pytest.mark.parametrize(
    ("pasted", "url", "appview"),
    [
        (STREAM, STREAM, "https://public.api.bsky.app"),
        (
            "wss://Jetstream.Example/subscribe?wantedDids=x&cursor=1",
            "wss://jetstream.example/subscribe",
            "https://public.api.bsky.app",
        ),
        ("ws://127.0.0.1:8406/subscribe", "ws://127.0.0.1:8406/subscribe", "http://127.0.0.1:8406"),
        (
            "wss://À.example:443/subscribe",
            "wss://xn--0ca.example/subscribe",
            "https://public.api.bsky.app",
        ),
    ],
)
def test_a_stream_is_known_by_its_address(pasted: str, url: str, appview: str) -> None:
    found = ADAPTER.by_address(pasted)
    assert found is not None
    assert (found.url, found.options) == (url, {"appview": appview})


@pytest.mark.parametrize(
    "url", [PROFILE, "wss://relay.example/", "https://jetstream.example/subscribe", "ws://x", "ws://a b/subscribe"]
)
def test_other_addresses_say_nothing_by_themselves(url: str) -> None:
    assert ADAPTER.by_address(url) is None


@pytest.mark.parametrize("path", ["hashtag/battery", "search?q=nuriphone", "topic/battery"])
def test_a_search_is_refused_and_the_stream_is_named(path: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        ADAPTER.by_address(f"https://bsky.app/{path}")
    assert STREAM in refusal.value.remedy


def test_an_appview_is_asked_for_the_account_of_a_pasted_address() -> None:
    probes = [*ADAPTER.probes("http://appview.example:2584/profile/haneul.test/lists/3k2a")]
    assert [urlsplit(probe.url).netloc for probe in probes] == ["appview.example:2584"]
    assert asked(probes[0], "actor") == ["haneul.test"]
    assert [*ADAPTER.probes("https://appview.example/")] == []
    assert [*ADAPTER.probes(f"{PROFILE}/post/{'a' * 800}")] == []


@pytest.mark.parametrize(
    ("url", "options", "named"),
    [
        ("https://bsky.app/", {}, "url"),
        (PROFILE, {"pages": "many"}, "pages"),
        (STREAM, {"hours": "-1"}, "hours"),
        (STREAM, {"appview": "appview.example"}, "appview"),
        (STREAM, {"words": ",".join(map(str, range(101)))}, "words"),
    ],
)
def test_what_cannot_be_crawled_names_the_field(url: str, options: dict[str, str], named: str) -> None:
    wrong = channel(url, options=options, cursor={} if url == STREAM else KNOWN)
    empty = b'{"feed": [{"post": {"record": {}, "indexedAt": "2026-11-20T00:00:00Z"}}]}'
    with pytest.raises(InvalidInput) as refusal:
        ADAPTER.follow(wrong, response(ADAPTER.start(wrong), empty, BEGIN))
    assert refusal.value.field == named


OFFSETS = st.one_of(st.integers(-5, 80), st.integers())
FEATURES = st.sampled_from(
    [
        {"$type": "app.bsky.richtext.facet#link", "uri": "https://example.com/a/long/way"},
        {"$type": "app.bsky.richtext.facet#mention", "did": DID},
        {"$type": "app.bsky.richtext.facet#tag", "tag": "배터리"},
        {"$type": "app.example.facet#other"},
        {"$type": 7},
        "feature",
    ]
)
FACETS = st.lists(
    st.fixed_dictionaries(
        {
            "index": st.fixed_dictionaries({"byteStart": OFFSETS, "byteEnd": OFFSETS}),
            "features": st.lists(FEATURES, max_size=3),
        }
    ),
    max_size=8,
)


def record(text: str, facets: list[Any]) -> Record:
    return msgspec.json.decode(msgspec.json.encode({"text": text, "facets": facets}), type=Record)


@settings(deadline=None, max_examples=300)
@given(text=st.text(max_size=40), facets=FACETS)
def test_any_facets_leave_the_text_whole_and_name_only_what_they_say(text: str, facets: list[Any]) -> None:
    rich = rich_text(record(text, facets))
    assert rich.text == text
    assert set(rich.links) <= {"https://example.com/a/long/way"}
    assert set(rich.hashtags) <= {"배터리"}
    assert all(name in text or name == DID for name in rich.mentions)


PIECES = st.lists(st.tuples(st.sampled_from("ltm-"), st.text("가나다 🔋é漢a", min_size=1, max_size=6)), max_size=8)


@settings(deadline=None, max_examples=200)
@given(pieces=PIECES)
def test_facets_at_true_offsets_are_all_found_in_order(pieces: list[tuple[str, str]]) -> None:
    facets, at = [], 0
    for index, (kind, text) in enumerate(pieces):
        end = at + len(text.encode())
        feature = {
            "l": {"$type": "app.bsky.richtext.facet#link", "uri": f"https://example.com/{index}"},
            "t": {"$type": "app.bsky.richtext.facet#tag", "tag": f"t{index}"},
            "m": {"$type": "app.bsky.richtext.facet#mention", "did": f"did:plc:{index}"},
        }.get(kind)
        if feature:
            facets.append({"index": {"byteStart": at, "byteEnd": end}, "features": [feature]})
        at = end
    rich = rich_text(record("".join(text for _, text in pieces), facets))
    assert rich.links == [f"https://example.com/{index}" for index, (kind, _) in enumerate(pieces) if kind == "l"]
    assert rich.hashtags == [f"t{index}" for index, (kind, _) in enumerate(pieces) if kind == "t"]
    named = [text.strip() or f"did:plc:{index}" for index, (kind, text) in enumerate(pieces) if kind == "m"]
    assert rich.mentions == list(dict.fromkeys(named))


@pytest.mark.parametrize(
    ("shown", "uri", "text"),
    [
        ("example.com/a/lo...", "https://example.com/a/long", "https://example.com/a/long"),
        ("https://www.example.com/a…", "https://example.com/a/long", "https://example.com/a/long"),
        ("example.com/b/lo...", "https://example.com/a/long", "example.com/b/lo..."),
        ("example.com", "https://example.com/", "example.com"),
        ("...", "https://example.com/", "..."),
        ("여기", "https://example.com/", "여기"),
    ],
)
def test_a_shortened_address_is_written_out_where_it_is_the_links_own(shown: str, uri: str, text: str) -> None:
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": uri}
    facet = {"index": {"byteStart": 4, "byteEnd": 4 + len(shown.encode())}, "features": [feature]}
    rich = rich_text(record(f"🔋{shown} 끝", [facet]))
    assert rich.text == f"🔋{text} 끝"
    assert rich.links == [uri]
