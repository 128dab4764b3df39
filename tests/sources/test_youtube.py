"""What the fixtures of one answer cannot show: re-reads, costs, histories, and the addresses that people paste."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.errors import InvalidInput
from socialindex.sources._youtube.drafts import links_in
from socialindex.sources.base import Channel, Known, Priority, Request, Response
from socialindex.sources.youtube import ADAPTER

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SITE = "https://www.youtube.com"
CHANNEL = "UCnuri0000000000000000AA"


def channel(url: str = f"{SITE}/channel/{CHANNEL}", **fields: dict[str, str]) -> Channel:
    return Channel(id="ch_test", source="youtube", url=url, created_at=NOW, **fields)  # type: ignore[arg-type]


PASTED = [
    ("https://www.youtube.com/@Nuri.Lab", f"{SITE}/@nuri.lab"),
    ("https://m.youtube.com/@nuri.lab/videos", f"{SITE}/@nuri.lab"),
    ("https://www.youtube.com/@누리수리소", f"{SITE}/@%EB%88%84%EB%A6%AC%EC%88%98%EB%A6%AC%EC%86%8C"),
    ("https://www.youtube.com/@ซ่อมมือถือ", f"{SITE}/@%E0%B8%8B%E0%B9%88"),
    (f"youtube.com/channel/{CHANNEL}/about", f"{SITE}/channel/{CHANNEL}"),
    ("https://www.youtube.com/user/nurilab", f"{SITE}/user/nurilab"),
    ("https://www.youtube.com/playlist?list=PLnuri_battery&si=x", f"{SITE}/playlist?list=PLnuri_battery"),
    ("https://www.youtube.com/watch?v=nuri12a0001&list=PLx&t=12s", f"{SITE}/watch?v=nuri12a0001"),
    ("https://youtu.be/nuri12a0001?si=share", f"{SITE}/watch?v=nuri12a0001"),
    ("https://www.youtube.com/shorts/nuri12a0001", f"{SITE}/watch?v=nuri12a0001"),
    ("https://www.youtube.com/results?search_query=누리폰+폭발", f"{SITE}/results?search_query="),
    ("https://www.youtube.com/hashtag/누리폰12", f"{SITE}/results?search_query=%23"),
]


@pytest.mark.parametrize(("pasted", "canonical"), PASTED)
def test_addresses_of_the_site_are_recognized_without_a_fetch(pasted: str, canonical: str) -> None:
    recognized = ADAPTER.by_address(pasted if "://" in pasted else f"https://{pasted}")
    assert recognized is not None
    assert recognized.url.startswith(canonical)
    again = ADAPTER.by_address(recognized.url)
    assert again is not None
    assert again.url == recognized.url
    assert ADAPTER.start(channel(recognized.url)).url.startswith("https://www.googleapis.com/youtube/v3/")


@pytest.mark.parametrize("path", ["", "feed/subscriptions", "watch?v=short", "playlist", "results", "c/nuri", "@a"])
def test_other_pages_of_the_site_say_what_to_paste(path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ADAPTER.by_address(f"{SITE}/{path}")
    assert refused.value.field == "url"
    assert "@handle" in refused.value.remedy


@pytest.mark.parametrize("url", ["https://video.example/@nuri", "https://youtube.com.evil.example/@nuri", "nothing"])
def test_other_hosts_are_neither_recognized_nor_probed(url: str) -> None:
    assert ADAPTER.by_address(url) is None
    assert list(ADAPTER.probes(url)) == []


def test_only_a_search_is_dear_and_it_has_no_history() -> None:
    search = channel(f"{SITE}/results?search_query=nuri")
    assert ADAPTER.start(search).cost == 100
    assert ADAPTER.backfill(search) is None
    for url in (f"{SITE}/channel/{CHANNEL}", f"{SITE}/watch?v=nuri12a0001", f"{SITE}/playlist?list=PLnuri"):
        history = ADAPTER.backfill(channel(url))
        assert history is not None
        assert (ADAPTER.start(channel(url)).cost, history.cost) == (1, 1)
        assert (history.priority, history.context["walk"]) == (2, "history")


def test_a_search_asks_again_for_what_its_index_may_have_been_late_with() -> None:
    place = channel(f"{SITE}/results?search_query=nuri", cursor={"newest": "2026-11-20T01:00:00Z"})
    assert "publishedAfter=2026-11-19T19%3A00%3A00Z" in ADAPTER.start(place).url


def test_the_key_is_no_part_of_any_address() -> None:
    assert "key=" not in ADAPTER.start(channel()).url


VIDEO = st.integers(0, 200).map(lambda number: f"nuri12a{number:04}")
VIDEOS = VIDEO.map(lambda video: f"{SITE}/watch?v={video}")
COMMENTS = st.builds(lambda video, n: f"{SITE}/watch?v={video}&lc=Ugcomment{n:017}", VIDEO, st.integers(0, 400))
REPLIES = st.builds(lambda comment, n: f"{comment}.9reply{n:016}", COMMENTS, st.integers(0, 400))


@given(uris=st.lists(st.one_of(VIDEOS, COMMENTS, REPLIES), max_size=250, unique_by=lambda uri: uri.rpartition("=")[2]))
def test_a_re_read_asks_for_everything_fifty_at_a_time_and_knows_what_an_answer_lacks(uris: list[str]) -> None:
    requests = list(ADAPTER.reread(channel(), [Known(uri=uri) for uri in uris]))
    assert sum(request.cost for request in requests) <= len(uris) // 50 + 3
    assert all(len(msgspec.json.encode(request.context)) <= 1024 for request in requests)
    kinds = {"videos": "video", "threads": "commentThread", "single": "comment"}
    gone = []
    for request in requests:
        body = msgspec.json.encode({"kind": f"youtube#{kinds[request.kind]}ListResponse", "pageInfo": {}})
        empty = msgspec.structs.replace(_answered(request.url, body), request=request)
        gone += [post.uri for post in ADAPTER.posts(channel(), empty) if getattr(post, "deleted", False)]  # type: ignore[union-attr]
    assert sorted(gone) == sorted(uris)


@pytest.mark.parametrize("priority", [1, 2])
def test_all_replies_of_a_comment_are_read_up_to_a_bound(priority: Priority) -> None:
    (first,) = _parts(1, priority)
    requests = [first]
    while follow := ADAPTER.follow(channel(), _replies(requests[-1], f"T{len(requests)}")).requests:
        requests += follow
    assert ADAPTER.follow(channel(), _replies(first, None)).requests == []
    assert [parse_qs(urlsplit(request.url).query).get("pageToken", [None])[0] for request in requests] == [
        None,
        *(f"T{page}" for page in range(1, 10)),
    ]
    assert {(request.kind, request.priority, request.context["video"]) for request in requests} == {
        ("replies", priority, "nuri12a0001")
    }
    assert {parse_qs(urlsplit(request.url).query)["parentId"][0] for request in requests} == {"Ugcomment0"}


@pytest.mark.parametrize(("priority", "asked"), [(1, 20), (2, 90)])
def test_a_poll_asks_for_the_replies_of_some_comments_and_a_history_for_all(priority: Priority, asked: int) -> None:
    requests = _parts(90, priority)
    assert [parse_qs(urlsplit(request.url).query)["parentId"][0] for request in requests] == [
        f"Ugcomment{number}" for number in range(asked)
    ]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("https://wiki.example/Swelling_(battery)", ["https://wiki.example/Swelling_(battery)"]),
        ("(see https://wiki.example/Swelling_(battery)).", ["https://wiki.example/Swelling_(battery)"]),
        ("(https://news.example/a)입니다", ["https://news.example/a"]),
        ("https://news.example/a(b", ["https://news.example/a"]),
    ],
)
def test_parentheses_of_an_address_are_told_from_those_of_the_sentence(text: str, links: list[str]) -> None:
    assert links_in(text) == links


@pytest.mark.parametrize(("fresh", "lists"), [(0, 1), (1, 1), (49, 1), (50, 2), (120, 3), (999, 20)])
def test_every_new_video_of_a_channel_is_found_however_many_came_since_the_last_poll(fresh: int, lists: int) -> None:
    dates = [NOW - timedelta(minutes=number) for number in range(1_500)]
    cursor = {"uploads": "UUnuri", "owner": CHANNEL, "looked": "2026-11-20", "newest": dates[fresh].isoformat()}
    waiting, asked, pages = [ADAPTER.start(channel(cursor=cursor))], set[str](), 0
    while waiting:
        request = waiting.pop(0)
        query = parse_qs(urlsplit(request.url).query)
        if request.kind == "videos":
            asked |= set(query["id"][0].split(",")) if request.priority == 1 else set()
            continue
        begin, pages = int(query.get("pageToken", ["0"])[0]), pages + 1
        body = msgspec.json.encode(_uploads(dates, begin))
        answer = msgspec.structs.replace(_answered(request.url, body), request=request)
        waiting += ADAPTER.follow(channel(cursor=cursor), answer).requests
    assert asked == {_video(number) for number in range(fresh)}
    assert pages == lists


@pytest.mark.parametrize(
    ("privacy", "seen", "asked"),
    [("public", "", 1), ("public", "nuri07b0031:129", 1), ("public", "nuri07b0031:130", 0), ("unlisted", "", 0)],
)
def test_comments_are_asked_for_where_an_older_video_that_is_talked_about_has_more(
    privacy: str, seen: str, asked: int
) -> None:
    cursor = {"uploads": "UUnuri", "owner": CHANNEL, "seen": seen}
    request = ADAPTER.follow(channel(cursor=cursor), _talk("nuri07b0031")).requests[0]
    video = {
        "id": "nuri07b0031",
        "snippet": {"channelId": CHANNEL},
        "status": {"privacyStatus": privacy},
        "statistics": {"commentCount": "130"},
    }
    body = msgspec.json.encode({"kind": "youtube#videoListResponse", "items": [video]})
    answer = msgspec.structs.replace(_answered(request.url, body), request=request)
    found = ADAPTER.follow(channel(cursor=cursor), answer).requests
    assert [each.context["video"] for each in found] == ["nuri07b0031"] * asked
    assert {each.context["left"] for each in found} <= {"0"}


def test_a_channel_whose_comments_are_not_wanted_is_not_asked_what_is_talked_about() -> None:
    cursor = {"uploads": "UUnuri", "owner": CHANNEL, "looked": "2026-11-20", "talked": "2026-11-19T09:00:00+00:00"}
    for options, kinds in [({}, ["talk"]), ({"comments": "0"}, [])]:
        polled = channel(cursor=cursor, options=options)
        request = ADAPTER.start(polled)
        body = msgspec.json.encode(_uploads([], 0))
        answer = msgspec.structs.replace(_answered(request.url, body), request=request)
        assert [each.kind for each in ADAPTER.follow(polled, answer).requests] == kinds


def test_the_newest_comments_of_a_channel_lead_to_some_videos_only() -> None:
    answer = _talk(*(_video(number % 60) for number in range(100)))
    [request] = ADAPTER.follow(channel(cursor={"owner": CHANNEL}), answer).requests
    assert parse_qs(urlsplit(request.url).query)["id"] == [",".join(_video(number) for number in range(20))]


def _talk(*videos: str) -> Response:
    """The newest comments of a channel, on these videos."""
    snippet = {"textDisplay": "들떴어요", "publishedAt": NOW.isoformat()}
    threads = [
        {"id": f"Ug{n}", "snippet": {"videoId": video, "topLevelComment": {"id": f"Ug{n}", "snippet": snippet}}}
        for n, video in enumerate(videos)
    ]
    body = msgspec.json.encode({"kind": "youtube#commentThreadListResponse", "items": threads})
    request = Request(url="https://a.example", kind="talk", priority=2)
    return msgspec.structs.replace(_answered(request.url, body), request=request)


def _video(number: int) -> str:
    return f"nuri12a{number:04}"


def _uploads(dates: list[datetime], begin: int) -> dict[str, Any]:
    """A page of a channel's uploads, newest first."""
    numbers = range(begin, min(begin + 50, len(dates)))
    items = [
        {
            "snippet": {"publishedAt": dates[number].isoformat()},
            "contentDetails": {"videoId": _video(number), "videoPublishedAt": dates[number].isoformat()},
            "status": {"privacyStatus": "public"},
        }
        for number in numbers
    ]
    further = {"nextPageToken": str(begin + 50)} if begin + 50 < len(dates) else {}
    return {
        "kind": "youtube#playlistItemListResponse",
        "pageInfo": {"totalResults": len(dates)},
        "items": items,
    } | further


def test_posts_of_elsewhere_are_not_asked_for() -> None:
    posts = [Known(uri="https://video.example/watch?v=nuri12a0001"), Known(uri=f"{SITE}/watch?v=short")]
    assert list(ADAPTER.reread(channel(), posts)) == []


def _parts(comments: int, priority: Priority) -> list[Request]:
    """What is asked for after a page of comments of which each has more replies than came along."""
    tops = [{"id": f"Ugcomment{number}", "snippet": {"textDisplay": "들떴어요"}} for number in range(comments)]
    threads = [{"id": top["id"], "snippet": {"totalReplyCount": 250, "topLevelComment": top}} for top in tops]
    request = Request(url="https://a.example", kind="comments", priority=priority, context={"video": "nuri12a0001"})
    body = msgspec.json.encode({"kind": "youtube#commentThreadListResponse", "items": threads})
    return ADAPTER.follow(channel(), msgspec.structs.replace(_answered(request.url, body), request=request)).requests


def _replies(request: Request, token: str | None) -> Response:
    page = {"kind": "youtube#commentListResponse", "items": [], **({"nextPageToken": token} if token else {})}
    return msgspec.structs.replace(_answered(request.url, msgspec.json.encode(page)), request=request)


def _answered(url: str, body: bytes) -> Response:
    return Response(request=Request(url=url), url=url, status=200, body=body, received_at=NOW)
