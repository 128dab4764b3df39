"""The sample AppView and Jetstream, seen from outside, and read by the real adapter."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
import msgspec
import pytest

from socialindex.errors import Discarded
from socialindex.model import Draft
from socialindex.sources.base import Channel, Known, Recognized, Request, Response
from socialindex.sources.bluesky import ADAPTER
from tests.unit.world.client import Answer, get
from tests.unit.world.conftest import ANCHOR, MovableClock
from tests.unit.world.crawl import fetch

if TYPE_CHECKING:
    from infra.local.world import Channel as Truth
    from infra.local.world import World

Json = dict[str, Any]
HANDLES = ("goyohan.test", "hanbit-care.test", "quiet-window.test")
EVERYTHING = timedelta(days=30)


def base(world: World) -> str:
    return world.addresses.as_dict()["bluesky"]


def ask(world: World, method: str, **parameters: str | list[str]) -> Answer:
    return get(f"{base(world)}/xrpc/{method}?{urlencode(parameters, doseq=True, quote_via=quote)}")


def feed(world: World, actor: str, **parameters: str) -> list[Json]:
    items: list[Json] = ask(world, "app.bsky.feed.getAuthorFeed", actor=actor, **parameters).json["feed"]
    return items


def post_named(world: World, actor: str, text: str) -> Json:
    return next(item["post"] for item in feed(world, actor) if text in item["post"]["record"]["text"])


def listen(url: str, *, sure: int = 0, least: int = 0) -> list[Json]:
    """The messages of a while, or as soon as there are ``least``; so many are ``sure`` to come, however late."""
    return asyncio.run(_listen(url, sure or least, least))


async def _listen(url: str, sure: int, least: int) -> list[Json]:
    assert urlsplit(url).hostname == "127.0.0.1", "traffic stays on loopback"
    told: list[Json] = []
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as stream:
        try:
            while not least or len(told) < least:
                told.append(await stream.receive_json(timeout=0.4 if len(told) >= sure else 20.0))
        except TimeoutError:
            pass
    return told


def stream_url(world: World, since: datetime | None = None, **parameters: str | list[str]) -> str:
    cursor = {} if since is None else {"cursor": str(micros(since))}
    return f"{base(world).replace('http', 'ws')}/subscribe?{urlencode({**cursor, **parameters}, doseq=True)}"


def micros(time: datetime) -> int:
    return int(time.timestamp() * 1_000_000)


def test_it_introduces_itself_as_an_appview(world: World) -> None:
    assert "AppView" in get(f"{base(world)}/").text
    assert "Crawling the public parts of the API is allowed" in get(f"{base(world)}/robots.txt").text
    document = get(f"{base(world)}/.well-known/did.json").json
    assert document["service"][0]["type"] == "BskyAppView"
    assert document["service"][0]["serviceEndpoint"] == base(world)
    assert "version" in ask(world, "_health").json


def test_a_profile_is_found_by_handle_and_by_did(world: World) -> None:
    by_handle = ask(world, "app.bsky.actor.getProfile", actor="Goyohan.test").json
    assert by_handle["did"].startswith("did:plc:")
    assert len(by_handle["did"]) == 32
    assert by_handle == ask(world, "app.bsky.actor.getProfile", actor=by_handle["did"]).json
    assert by_handle["followersCount"] == 1204
    assert ask(world, "com.atproto.identity.resolveHandle", handle="goyohan.test").json == {"did": by_handle["did"]}


@pytest.mark.parametrize(
    ("method", "parameters", "status", "error"),
    [
        ("app.bsky.actor.getProfile", {"actor": "nobody.test"}, 400, "Profile not found"),
        ("app.bsky.actor.getProfile", {}, 400, 'must have the property "actor"'),
        ("com.atproto.identity.resolveHandle", {"handle": "nobody.test"}, 400, "Unable to resolve handle"),
        ("app.bsky.feed.getAuthorFeed", {"actor": "goyohan.test", "limit": "101"}, 400, "greater than 100"),
        ("app.bsky.feed.getPostThread", {"uri": "at://did:plc:x/app.bsky.feed.post/y"}, 400, "Post not found"),
        ("app.bsky.feed.getPosts", {"uris": ["at://x"] * 26}, 400, "more than 25"),
        ("app.bsky.feed.getFeed", {"feed": "at://x"}, 400, "could not find feed"),
        ("app.bsky.feed.searchPosts", {"q": "battery"}, 403, "Request forbidden"),
        ("app.bsky.feed.getTimeline", {}, 501, "Method Not Implemented"),
    ],
)
def test_errors_are_the_platforms_own(
    world: World, method: str, parameters: dict[str, str | list[str]], status: int, error: str
) -> None:
    answer = ask(world, method, **parameters)
    assert answer.status == status
    assert error in answer.text.replace('\\"', '"')


def test_pages_of_a_feed_join_without_gaps(world: World) -> None:
    whole = [item["post"]["uri"] for item in feed(world, "goyohan.test", limit="100")]
    joined: list[str] = []
    cursor: dict[str, str] | None = {}
    while cursor is not None:
        page = ask(world, "app.bsky.feed.getAuthorFeed", actor="goyohan.test", limit="3", **cursor).json
        joined += [item["post"]["uri"] for item in page["feed"]]
        cursor = {"cursor": page["cursor"]} if "cursor" in page else None
    assert joined == whole
    assert len(whole) > 6


def test_facets_are_utf8_offsets_of_the_shown_text(world: World) -> None:
    record = post_named(world, "goyohan.test", "기사가 났다")["record"]
    shown = [
        (
            record["text"].encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(),
            facet["features"][0],
        )
        for facet in record["facets"]
    ]
    assert [feature["$type"].partition("#")[2] for _, feature in shown] == ["link", "mention"]
    assert shown[0][0] == shown[0][1]["uri"].removeprefix("http://")
    assert shown[1][0] == "@hanbit-care.test"


def test_quotes_reposts_pins_and_labels_are_shown_as_the_lexicons_say(world: World) -> None:
    quoting = post_named(world, "cell-notes.test", "전형적인 가스 팽창")
    assert quoting["embed"]["record"]["$type"] == "app.bsky.embed.record#viewRecord"
    assert quoting["embed"]["record"]["author"]["handle"] == "goyohan.test"
    assert (quoting["repostCount"], quoting["likeCount"]) == (2, 315)
    gone = post_named(world, "riverbend.test", "leave the support person")
    assert gone["embed"]["record"]["$type"] == "app.bsky.embed.record#viewNotFound"
    reasons = [item["reason"]["$type"] for item in feed(world, "goyohan.test") if "reason" in item]
    assert reasons == ["app.bsky.feed.defs#reasonRepost"] * 2
    pinned = feed(world, "hanbit-care.test", includePins="true")
    assert pinned[0]["reason"] == {"$type": "app.bsky.feed.defs#reasonPin"}
    assert "reason" not in feed(world, "hanbit-care.test")[0]
    burned = post_named(world, "dalkong-mom.test", "그을렸어요")
    assert [(label["src"], label["val"]) for label in burned["labels"]] == [(burned["author"]["did"], "graphic-media")]


def test_accounts_for_the_signed_in_are_handed_out_with_their_label(world: World) -> None:
    items = feed(world, "quiet-window.test")
    assert items
    assert all(
        [label["val"] for label in item["post"]["author"]["labels"]] == ["!no-unauthenticated"] for item in items
    )
    assert 'content="noindex' in get(f"{base(world)}/profile/quiet-window.test").text
    assert "noindex" not in get(f"{base(world)}/profile/goyohan.test").text


def test_a_deleted_post_vanishes_and_is_missed_where_it_was_answered(world: World, clock: MovableClock) -> None:
    clock.move(300)
    mistake = post_named(world, "goyohan.test", "아직 아니었다")
    assert ask(world, "app.bsky.feed.getPosts", uris=[mistake["uri"]]).json["posts"]
    clock.move(401)
    assert ask(world, "app.bsky.feed.getPosts", uris=[mistake["uri"]]).json["posts"] == []
    answer = post_named(world, "cell-notes.test", "이름은 지우시는")
    thread = ask(world, "app.bsky.feed.getPostThread", uri=answer["uri"]).json["thread"]
    assert thread["parent"] == {
        "$type": "app.bsky.feed.defs#notFoundPost",
        "uri": answer["record"]["reply"]["parent"]["uri"],
        "notFound": True,
    }


def test_pages_are_shells_whoever_they_are_about(world: World) -> None:
    for path in ("profile/goyohan.test", "profile/goyohan.test/post/3kx", "profile/nobody.test", "search?q=x"):
        answer = get(f"{base(world)}/{path}")
        assert (answer.status, '<div id="root">' in answer.text) == (200, True)


def test_the_stream_replays_from_its_cursor_in_order_and_inclusively(world: World) -> None:
    told = listen(stream_url(world, ANCHOR - EVERYTHING, wantedCollections="app.bsky.feed.post"), sure=11)
    times = [message["time_us"] for message in told]
    assert times == sorted(times)
    assert {message["commit"]["collection"] for message in told if message["kind"] == "commit"} == {
        "app.bsky.feed.post"
    }
    assert {message["commit"]["operation"] for message in told if message["kind"] == "commit"} == {"create", "delete"}
    middle = told[10]
    again = listen(f"{stream_url(world)}cursor={middle['time_us']}&wantedCollections=app.bsky.feed.post", least=1)
    assert again[0] == middle


def test_the_stream_without_a_cursor_tells_only_what_happens_now(world: World, clock: MovableClock) -> None:
    assert listen(stream_url(world)) == []
    clock.move(39)

    async def live() -> Json:
        async with aiohttp.ClientSession() as session, session.ws_connect(stream_url(world)) as stream:
            await asyncio.sleep(0.2)
            clock.move(41)
            message: Json = await stream.receive_json(timeout=5)
            return message

    message = asyncio.run(live())
    assert "회수 상자가 왔어요" in message["commit"]["record"]["text"]
    assert message["time_us"] == micros(ANCHOR + timedelta(seconds=40))


def test_the_stream_filters_by_collection_and_account(world: World) -> None:
    did = ask(world, "com.atproto.identity.resolveHandle", handle="safety-bell.test").json["did"]
    own = listen(stream_url(world, ANCHOR - EVERYTHING, wantedDids=did), sure=1)
    assert {message["did"] for message in own} == {did}
    reposts = listen(stream_url(world, ANCHOR - EVERYTHING, wantedCollections="app.bsky.feed.repost"), sure=5)
    assert len(reposts) == 5
    everything = listen(stream_url(world, ANCHOR - EVERYTHING, wantedCollections="app.bsky.*"), sure=31)
    assert len(everything) > 30


def test_the_stream_wants_a_websocket_and_a_number(world: World) -> None:
    assert get(f"{base(world)}/subscribe").status == 426
    assert get(f"{base(world)}/subscribe?cursor=yesterday").status == 400


# The real adapter


def recognized(url: str) -> Recognized | None:
    """As a pasted address is recognized: by itself, by its page, by the answers to probes."""
    found = ADAPTER.by_address(url)
    if found is None:
        found = ADAPTER.recognize(fetch(Request(url=url)))
    answers = (ADAPTER.recognize(fetch(probe)) for probe in ADAPTER.probes(url))
    return found or next((answer for answer in answers if answer), None)


def read(request: Request) -> Response:
    """One request on loopback; a stream's slice as the crawl stage makes it."""
    if not request.url.startswith("ws"):
        return fetch(request)
    body = b"".join(msgspec.json.encode(message) + b"\n" for message in listen(request.url))
    return Response(request=request, url=request.url, status=200, body=body, received_at=datetime.now(UTC))


def crawl(channel: Channel, now: datetime) -> tuple[list[Draft], Counter[str]]:
    """Everything that one poll leads to: posts, and verdicts by reason. Nothing may be unreadable."""
    posts: list[Draft] = []
    reasons = Counter[str]()
    waiting = [ADAPTER.start(channel)]
    while waiting:
        answer = msgspec.structs.replace(read(waiting.pop(0)), received_at=now)
        for each in ADAPTER.posts(channel, answer):
            if isinstance(each, Draft):
                posts.append(each)
            else:
                assert isinstance(each, Discarded), each
                reasons[each.reason] += 1
        follow = ADAPTER.follow(channel, answer)
        waiting += follow.requests
        channel = msgspec.structs.replace(channel, cursor=follow.cursor or channel.cursor)
    return posts, reasons


def channel_of(truth: Truth) -> Channel:
    found = recognized(truth.url)
    assert found is not None
    options = {**found.options, **truth.options}
    return Channel(id=truth.name, source="bluesky", url=found.url, created_at=ANCHOR, options=options)


@pytest.mark.parametrize(
    "name",
    [
        *(f"bluesky-{name}" for name in ("goyohan", "hanbit-care", "cell-notes", "dalkong-mom", "riverbend")),
        *(f"bluesky-{name}" for name in ("hoshizora", "safety-bell", "list", "feed", "thread", "stream")),
    ],
)
def test_a_crawl_finds_exactly_what_the_manifest_says(world: World, name: str) -> None:
    truth = world.truth.channel(name)
    posts, _ = crawl(channel_of(truth), ANCHOR + timedelta(minutes=1))
    found = {post.uri for post in posts if not post.deleted}
    assert found == truth.expected(ANCHOR)
    assert found.isdisjoint(truth.excluded())


def test_what_says_no_is_counted_with_its_reason(world: World) -> None:
    truth = world.truth.channel("bluesky-stream")
    _, reasons = crawl(channel_of(truth), ANCHOR + timedelta(minutes=1))
    assert reasons == {"no_unauthenticated": 1}
    assert set(world.truth.channel("bluesky-riverbend").excluded().values()) == {"deleted", "hidden"}


def test_an_account_for_the_signed_in_is_refused_when_it_is_pasted(world: World) -> None:
    truth = world.truth.channel("bluesky-quiet-window")
    assert truth.refused == "no_unauthenticated"
    with pytest.raises(Discarded) as refusal:
        recognized(truth.url)
    assert refusal.value.reason == truth.refused


def test_the_stream_finds_what_happens_while_the_world_runs(world: World, clock: MovableClock) -> None:
    truth = world.truth.channel("bluesky-stream")
    channel = channel_of(truth)
    crawl(channel, ANCHOR + timedelta(minutes=1))
    clock.move(600)
    posts, _ = crawl(msgspec.structs.replace(channel, options={**channel.options, "hours": "0"}), clock.now)
    arrived = {item.uri for item in world.truth.arrivals([truth]) if item.until is None}
    assert arrived <= {post.uri for post in posts}
    assert len(arrived) >= 3


def test_a_deleted_post_is_found_deleted_by_reading_it_again(world: World, clock: MovableClock) -> None:
    truth = world.truth.channel("bluesky-goyohan")
    channel = channel_of(truth)
    uri = next(item.uri for item in truth.items if item.until)
    clock.move(300)
    (request,) = ADAPTER.reread(channel, [Known(uri=uri)])
    assert [post.deleted for post in ADAPTER.posts(channel, fetch(request)) if isinstance(post, Draft)] == [False]
    clock.move(500)
    assert [post.deleted for post in ADAPTER.posts(channel, fetch(request)) if isinstance(post, Draft)] == [True]


def test_two_channels_are_shown_to_newcomers_beside_the_stream(world: World) -> None:
    names = {channel.name for channel in world.truth.suggested() if channel.source == "bluesky"}
    assert names == {"bluesky-hanbit-care", "bluesky-goyohan", "bluesky-stream"}
