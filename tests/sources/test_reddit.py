"""What the fixtures of one answer cannot show: re-reads, bounds, histories, and the addresses that people paste."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.errors import InvalidInput, ParseError
from socialindex.model import Draft
from socialindex.sources.base import Channel, Known, Request, Response
from socialindex.sources.reddit import ADAPTER

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SITE = "https://www.reddit.com"


def channel(url: str = f"{SITE}/r/nuriphone/", **fields: dict[str, str]) -> Channel:
    return Channel(id="ch_test", source="reddit", url=url, created_at=NOW, **fields)  # type: ignore[arg-type]


def answer(request: Request, body: Any) -> Response:
    return Response(request=request, url=request.url, status=200, body=msgspec.json.encode(body), received_at=NOW)


PASTED = [
    ("https://www.reddit.com/r/NuriPhone/", f"{SITE}/r/nuriphone/"),
    ("https://old.reddit.com/r/NuriPhone/new/", f"{SITE}/r/nuriphone/"),
    ("https://www.reddit.com/r/NuriPhone/.rss", f"{SITE}/r/nuriphone/"),
    ("https://www.reddit.com/r/NuriPhone+battery", f"{SITE}/r/nuriphone+battery/"),
    ("https://reddit.com/u/Hamzzi_k/comments", f"{SITE}/user/hamzzi_k/"),
    ("https://www.reddit.com/r/NuriPhone/comments/1nuri01/누리폰_12/abc1234/", f"{SITE}/comments/1nuri01/"),
    ("https://redd.it/1nuri01", f"{SITE}/comments/1nuri01/"),
    ("https://www.reddit.com/r/NuriPhone/search?q=battery+swelling&sort=new", f"{SITE}/r/nuriphone/search?q=battery"),
    ("https://www.reddit.com/search/?q=누리폰", f"{SITE}/search?q=%EB%88%84"),
]


@pytest.mark.parametrize(("pasted", "canonical"), PASTED)
def test_addresses_of_the_site_are_recognized_without_a_fetch(pasted: str, canonical: str) -> None:
    recognized = ADAPTER.by_address(pasted)
    assert recognized is not None
    assert recognized.url.startswith(canonical)
    again = ADAPTER.by_address(recognized.url)
    assert again is not None
    assert again.url == recognized.url
    assert ADAPTER.start(channel(recognized.url)).url.startswith("https://oauth.reddit.com/")


@pytest.mark.parametrize("path", ["", "r/popular/about/rules", "r/NuriPhone/s/AbCdEf", "login", "r/../new"])
def test_other_pages_of_the_site_say_what_to_paste(path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ADAPTER.by_address(f"{SITE}/{path}")
    assert refused.value.field == "url"
    assert "/r/name" in refused.value.remedy


@pytest.mark.parametrize("url", ["https://reddit.example/r/nuri", "https://notreddit.com/r/nuri", "nothing at all"])
def test_other_hosts_are_neither_recognized_nor_probed(url: str) -> None:
    assert ADAPTER.by_address(url) is None
    assert list(ADAPTER.probes(url)) == []


def test_a_listing_has_a_history_and_a_post_is_read_in_full_by_its_polls() -> None:
    history = ADAPTER.backfill(channel())
    assert history is not None
    assert (history.priority, history.context) == (2, {"walk": "history"})
    assert history.kind != ADAPTER.start(channel()).kind
    assert ADAPTER.backfill(channel(f"{SITE}/comments/1nuri01/")) is None


BASE36 = st.text("0123456789abcdefghijklmnopqrstuvwxyz", min_size=6, max_size=8)
POSTS = BASE36.map(lambda link: f"{SITE}/comments/{link}/")
COMMENTS = st.builds(lambda link, comment: f"{SITE}/comments/{link}/comment/{comment}/", BASE36, BASE36)


@given(uris=st.lists(st.one_of(POSTS, COMMENTS), max_size=250, unique_by=lambda uri: uri.split("/")[-2]))
def test_a_re_read_asks_for_everything_a_hundred_at_a_time_and_knows_what_an_answer_lacks(uris: list[str]) -> None:
    requests = list(ADAPTER.reread(channel(), [Known(uri=uri) for uri in uris]))
    assert len(requests) == -(-len(uris) // 100)
    assert all(len(msgspec.json.encode(request.context)) <= 1024 for request in requests)
    empty = {"kind": "Listing", "data": {"children": []}}
    answers = [post for request in requests for post in ADAPTER.posts(channel(), answer(request, empty))]
    assert [post.uri for post in answers if isinstance(post, Draft) and post.deleted] == uris


class Community:
    """A community's listings, newest first, an entry each quarter of an hour: a hundred are a day and an hour."""

    def __init__(self) -> None:
        self.entries = {f"e{n + 400}": NOW + timedelta(minutes=15 * n) for n in range(-400, 400)}
        self.late: dict[str, datetime] = {}
        self.read: set[str] = set()
        self.pages = 0

    def poll(self, place: Channel, now: datetime) -> Channel:
        waiting = [ADAPTER.start(place)]
        while waiting:
            request = waiting.pop(0)
            self.pages += 1
            follow = ADAPTER.follow(place, self.answer(request, now))
            place = msgspec.structs.replace(place, cursor=place.cursor if follow.cursor is None else follow.cursor)
            waiting += follow.requests
        return place

    def answer(self, request: Request, now: datetime) -> Response:
        query = dict(parse_qsl(urlsplit(request.url).query))
        kind = "t1" if "/comments" in request.url else "t3"
        shown = {name: at for name, at in (self.entries | self.late).items() if at <= now}
        names = sorted(shown, key=lambda name: shown[name], reverse=True)
        start = names.index(query["after"][3:]) + 1 if "after" in query else 0
        page = names[start : start + 100]
        self.read.update(f"{kind}_{name}" for name in page)
        things = [thing(kind, name, shown[name]) for name in page]
        after = f"{kind}_{page[-1]}" if len(page) == 100 else None
        body = {"kind": "Listing", "data": {"children": things, "after": after}}
        return Response(request=request, url=request.url, status=200, body=msgspec.json.encode(body), received_at=now)


def thing(kind: str, name: str, written: datetime) -> dict[str, Any]:
    data = {"id": name, "name": f"{kind}_{name}", "created_utc": written.timestamp(), "author": "hamzzi_k"}
    where = {"permalink": f"/r/nuriphone/comments/{name}/_/", "subreddit": "nuriphone"} | dict.fromkeys(
        ("link_id", "parent_id"), "t3_e0"
    )
    return {"kind": kind, "data": data | where | {"title": "글", "body": "글", "selftext": "", "num_comments": 0}}


@pytest.mark.parametrize(
    ("path", "listings", "found"),
    [
        ("r/nuriphone/", 2, {"t3_approved", "t1_approved"}),
        ("search?q=battery", 1, {"t3_approved"}),
        ("user/hamzzi_k/", 1, {"t3_approved"}),
    ],
)
def test_what_moderators_approve_hours_late_is_found_by_a_look_below_the_newest_hundred(
    path: str, listings: int, found: set[str]
) -> None:
    community, place = Community(), channel(f"{SITE}/{path}")
    hours = [NOW + timedelta(hours=hour) for hour in range(12)]
    for now in hours:
        place = community.poll(place, now)
    quiet = community.pages
    community.entries |= {f"x{n}": hours[-1] - timedelta(minutes=n) for n in range(100)}
    community.late = {"approved": hours[-1] - timedelta(hours=15)}
    for now in hours:
        place = community.poll(place, now + timedelta(hours=12))
    assert found <= community.read
    assert quiet <= listings * (12 + 1)
    assert community.pages - quiet <= listings * (12 + 2 * 2 + 2)


def test_posts_of_elsewhere_are_not_asked_for() -> None:
    posts = [Known(uri="https://reddit.example/comments/1nuri01/"), Known(uri=f"{SITE}/r/nuriphone/")]
    assert list(ADAPTER.reread(channel(), posts)) == []


@settings(deadline=None)
@given(budget=st.integers(0, 900), widths=st.lists(st.integers(1, 350), min_size=1, max_size=6))
def test_stubs_are_followed_no_further_than_a_channel_allows(budget: int, widths: list[int]) -> None:
    """However many stubs an answer has, and whatever stubs come out of them."""
    place = channel(f"{SITE}/comments/1nuri01/", options={"comments": str(budget)})
    stubs = [_more(f"t1_c{n}", width) for n, width in enumerate(widths)]
    post = {"id": "1nuri01", "name": "t3_1nuri01", "num_comments": 5000}
    head = {"kind": "Listing", "data": {"children": [{"kind": "t3", "data": post}]}}
    first = ADAPTER.start(place)
    waiting = ADAPTER.follow(place, answer(first, [head, {"kind": "Listing", "data": {"children": stubs}}])).requests
    asked = 0
    while waiting:
        request = waiting.pop()
        asked += 1
        things = {"json": {"errors": [], "data": {"things": stubs}}}
        waiting += ADAPTER.follow(place, answer(request, things)).requests
    assert asked <= -(-budget // 100)
    assert asked or not budget


def _more(parent: str, width: int) -> dict[str, Any]:
    children = [f"k{number}" for number in range(width)]
    return {"kind": "more", "data": {"count": width, "parent_id": parent, "children": children}}


@pytest.mark.parametrize("depth", [10, 100, 50_000])
def test_a_deep_conversation_is_read_or_refused_and_never_breaks_the_reader(depth: int) -> None:
    place = channel(f"{SITE}/comments/1nuri01/")
    comment = b'{"kind":"t1","data":{"id":"c","name":"t1_c","parent_id":"t3_1nuri01","link_id":"t3_1nuri01","replies":'
    begin, end = b'{"kind":"Listing","data":{"children":[' + comment, b"}}]}}"
    body = b'[{"kind":"Listing","data":{"children":[]}},' + begin * depth + b'""' + end * depth + b"]"
    response = msgspec.structs.replace(answer(ADAPTER.start(place), None), body=body)
    if depth > 1_000:
        with pytest.raises(ParseError):
            ADAPTER.posts(place, response)
    else:
        assert any(isinstance(post, Draft) for post in ADAPTER.posts(place, response))


@pytest.mark.parametrize(
    ("link", "mentions", "links"),
    [
        ("/u/mina", ["mina"], []),
        ("https://old.reddit.com/user/mina/", ["mina"], []),
        ("https://video.example/user/mina", [], ["https://video.example/user/mina"]),
        ("https://reddit.com.video.example/u/mina", [], ["https://reddit.com.video.example/u/mina"]),
    ],
)
def test_only_users_of_the_site_are_mentioned(link: str, mentions: list[str], links: list[str]) -> None:
    post = {"id": "p1", "name": "t3_p1", "selftext_html": f'<p>See <a href="{link}">them</a></p>'}
    read = _read(post)
    assert (read.mentions, read.links) == (mentions, links)


def test_the_users_of_a_stand_in_are_mentioned() -> None:
    site = "http://127.0.0.1:8080"
    html = f'<p><a href="/u/mina">mina</a> <a href="{SITE}/u/jun">jun</a> <a href="http://127.0.0.1/u/x">x</a></p>'
    read = _read({"id": "p1", "name": "t3_p1", "selftext_html": html}, site)
    assert (read.mentions, read.links) == (["mina", "jun"], ["http://127.0.0.1/u/x"])


@pytest.mark.parametrize(("html", "text"), [("<p>Vote!</p>", "Vote!\n○ Nuri X\n○ R&D"), (None, "○ Nuri X\n○ R&D")])
def test_the_options_of_a_poll_are_lines_of_its_text(html: str | None, text: str) -> None:
    options = [{"id": "1", "text": "Nuri X", "vote_count": 3}, {"id": "2", "text": "R&D"}, {"id": "3", "text": None}]
    poll = {"options": options, "total_vote_count": 3, "voting_end_timestamp": 1795153100000}
    assert _read({"id": "p1", "name": "t3_p1", "selftext_html": html, "poll_data": poll}).text == text


def _read(post: dict[str, Any], site: str = SITE) -> Draft:
    place = channel(f"{site}/r/nuriphone/")
    body = {"kind": "Listing", "data": {"children": [{"kind": "t3", "data": post}]}}
    (draft,) = ADAPTER.posts(place, answer(ADAPTER.start(place), body))
    assert isinstance(draft, Draft)
    return draft


@pytest.mark.parametrize("hostile", ["\r", "a/b", "a\n", "A", "", "a" * 14])
def test_an_id_that_is_none_becomes_no_address(hostile: str) -> None:
    """Of a comment or of what it belongs to: a verdict for the one thing, and the others are read."""
    good = {"id": "c1", "name": "t1_c1", "link_id": "t3_p1", "parent_id": "t3_p1", "body": "들떴어요", "author": "nuri"}
    things = [good, {**good, "id": hostile}, {**good, "link_id": f"t3_{hostile}"}]
    body = {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": each} for each in things]}}
    request = ADAPTER.start(channel())
    read = list(ADAPTER.posts(channel(), answer(request, body)))
    assert [post.uri for post in read if isinstance(post, Draft)] == [f"{SITE}/comments/p1/comment/c1/"]
    assert [type(post) for post in read if not isinstance(post, Draft)] == [ParseError, ParseError]
