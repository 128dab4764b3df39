"""What the fixtures of one answer cannot show of feeds: hostile sizes, every spelling of a date, a second opinion."""

from __future__ import annotations

import calendar
import io
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import feedparser
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.errors import Discarded, InvalidInput, ParseError
from socialindex.model import Draft
from socialindex.sources._families.feeds.dates import parse_date
from socialindex.sources._families.feeds.entries import MAX_ENTRIES
from socialindex.sources.base import Channel, Follow, Response
from socialindex.sources.feed import ADAPTER
from socialindex.text import canonical_url, html_to_text
from tests.sources.harness import FOLDER, Case

if TYPE_CHECKING:
    from collections.abc import Iterable

SEOUL = timezone(timedelta(hours=9))
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def channel(**options: str) -> Channel:
    return Channel(id="ch_test", source="feed", url="https://news.example.com/feed", created_at=NOW, options=options)


def response(body: str, content_type: str = "application/xml") -> Response:
    request = ADAPTER.start(channel())
    headers = {"content-type": content_type}
    return Response(request=request, url=request.url, status=200, headers=headers, body=body.encode(), received_at=NOW)


def drafts(body: str) -> list[Draft]:
    return [post for post in ADAPTER.posts(channel(), response(body)) if isinstance(post, Draft)]


@pytest.mark.parametrize(
    "name",
    ["page-atom-0.3", "page-media", "page-relative-links", "page-rss-1.0", "page-rss-2.0", "page-summary-only"],
)
def test_feedparser_finds_the_same_in_a_well_formed_feed(name: str) -> None:
    case = Case(FOLDER / "feed" / name)
    answer = case.response(ADAPTER)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": answer.url}
    judge = feedparser.parse(io.BytesIO(answer.body), response_headers=headers)
    ours = [post for post in ADAPTER.posts(case.channel(), answer) if isinstance(post, Draft)]
    assert not judge.bozo
    assert [post.title for post in ours] == [html_to_text(entry.title).text for entry in judge.entries]
    assert [post.url for post in ours] == [canonical_url(entry.link) for entry in judge.entries]
    assert [post.published_at for post in ours] == [_date(entry) for entry in judge.entries]


def _date(entry: Any) -> datetime:
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC)


def test_a_whole_text_ends_without_its_notice_and_its_reporters_mail_address() -> None:
    text = "<p>누리폰12를 거두어들인다.</p><p>홍길동 기자 gildong@news.example.com</p><p>ⓒ 새벽일보 무단전재 금지</p>"
    item = f"<item><link>https://news.example.com/1</link><content:encoded>{escape(text)}</content:encoded></item>"
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    [post] = drafts(f'<rss version="2.0" {spaces}><channel><title>새벽</title>{item}</channel></rss>')
    assert post.text == "누리폰12를 거두어들인다.\n\n홍길동 기자"


WORDS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\u00ad"), min_size=1, max_size=8)
LINES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
ARTICLES = st.lists(st.tuples(LINES, LINES, st.datetimes(datetime(1990, 1, 2), datetime(2100, 1, 1))), max_size=5)  # noqa: DTZ001 - in UTC


@given(ARTICLES)
def test_what_is_written_as_rss_is_read(articles: list[tuple[str, str, datetime]]) -> None:
    items = (
        f"<item><title>{escape(escape(title))}</title><link>https://news.example.com/{number}</link>"
        f"<description>{escape(escape(text))}</description><pubDate>{when:%d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for number, (title, text, when) in enumerate(articles)
    )
    found = drafts(f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>")
    _assert_same(found, articles)


@given(ARTICLES)
def test_what_is_written_as_json_feed_is_read(articles: list[tuple[str, str, datetime]]) -> None:
    items = [
        {"id": str(number), "url": f"https://news.example.com/{number}", "title": title, "content_text": text}
        | {"date_published": f"{when.isoformat()}Z"}
        for number, (title, text, when) in enumerate(articles)
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    found = drafts(msgspec.json.encode(feed).decode())
    _assert_same(found, articles)


def _assert_same(found: list[Draft], articles: Iterable[tuple[str, str, datetime]]) -> None:
    seconds = [post.published_at.replace(microsecond=0) for post in found if post.published_at]
    assert [(post.title, post.text) for post in found] == [(title, text) for title, text, _ in articles]
    assert seconds == [when.replace(microsecond=0, tzinfo=UTC) for _, _, when in articles]


@pytest.mark.parametrize(
    ("title", "language", "hour"),
    [
        ("누리폰12 리콜, 내일부터", "", 0),
        ("누리폰12 리콜, 내일부터", "en-us", 0),
        ("リコールのお知らせ", "", 0),
        ("How to read 한글 in an afternoon", "", 9),
        ("新闻发布会", "", 9),
        ("Recall of phones", "ko", 0),
        ("Recall of phones", "", 9),
    ],
)
def test_a_date_without_a_zone_is_local_time_where_the_titles_are(title: str, language: str, hour: int) -> None:
    item = f"<title>{title}</title><link>https://news.example.com/1</link><pubDate>2026-11-20 09:15</pubDate>"
    told = f"<language>{language}</language>" if language else ""
    [post] = drafts(f"<rss version='2.0'><channel><title>Wire</title>{told}<item>{item}</item></channel></rss>")
    assert post.published_at == datetime(2026, 11, 20, hour, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Fri, 20 Nov 2026 09:15:30 +0900", "2026-11-20T00:15:30Z"),
        ("Fri, 20 Nov 2026 09:15:30 GMT", "2026-11-20T09:15:30Z"),
        ("Fri, 20 Nov 2026 09:15:30 EST", "2026-11-20T14:15:30Z"),
        ("Fri, 20 Nov 2026 09:15:30 KST", "2026-11-20T00:15:30Z"),
        ("Fri, 20 Nov 2026 09:15:30 XYZ", "2026-11-20T00:15:30Z"),
        ("20 November 26 09:15", "2026-11-20T00:15:00Z"),
        ("Friday, 20-Nov-98 09:15:30 GMT", "1998-11-20T09:15:30Z"),
        ("20 Nov 2026 9:15:30 PM +0900", "2026-11-20T12:15:30Z"),
        ("금, 20 11월 2026 09:15:30 +0900", "2026-11-20T00:15:30Z"),
        ("Fri Nov 20 09:15:30 2026", "2026-11-20T00:15:30Z"),
        ("Fri Nov 20 2026 09:15:30 GMT-0500 (EST)", "2026-11-20T14:15:30Z"),
        ("November 20th, 2026", "2026-11-19T15:00:00Z"),
        ("November 20, 2026 12:10 am", "2026-11-19T15:10:00Z"),
        ("2026-11-20T09:15:30Z", "2026-11-20T09:15:30Z"),
        ("2026-11-20T09:15:30.5+09:00", "2026-11-20T00:15:30.500000Z"),
        ("2026-11-20T09:15:30.123456789Z", "2026-11-20T09:15:30.123456Z"),
        ("2026-11-20T09:15:30 +0900", "2026-11-20T00:15:30Z"),
        ("2026-11-20T09:15:60Z", "2026-11-20T09:15:59Z"),
        ("2026-11-20T09:15", "2026-11-20T00:15:00Z"),
        ("2026-11-20 09:15:30", "2026-11-20T00:15:30Z"),
        ("2026.11.20 09:15", "2026-11-20T00:15:00Z"),
        ("26/11/20 09:15", "2026-11-20T00:15:00Z"),
        ("2026-11-20", "2026-11-19T15:00:00Z"),
        ("20261120091530", "2026-11-20T00:15:30Z"),
        ("20261120T091530Z", "2026-11-20T09:15:30Z"),
        ("2026년 11월 20일 오후 3:15", "2026-11-20T06:15:00Z"),
        ("2026년 11월 20일 오후 3시 5분", "2026-11-20T06:05:00Z"),
        ("2026-11-20 15시15분 09초", "2026-11-20T06:15:09Z"),
        ("2026. 11. 20. 오전 12:05:00", "2026-11-19T15:05:00Z"),
        ("2026-11-20 PM 3:15", "2026-11-20T06:15:00Z"),
        ("20-11-2026", None),
        ("31 Nov 2026 09:15:30 GMT", None),
        ("Fri, 20 Nov 2026 25:15:30 GMT", None),
        ("Fri, 20 Nov 2026 09:15:30 +9900", None),
        ("0001-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-05:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_is_read_however_it_is_written(written: str, moment: str | None) -> None:
    assert parse_date(written, SEOUL) == (msgspec.convert(moment, datetime) if moment else None)


@given(st.text(st.sampled_from("0123456789:-+/. TZNovFri오후년월일"), max_size=40) | st.text(max_size=120))
def test_no_text_is_refused_as_a_date(text: str) -> None:
    moment = parse_date(text, SEOUL)
    assert moment is None or moment.tzinfo is UTC


def test_where_a_feed_hides_when_no_page_says_it() -> None:
    places = [request.url for request in ADAPTER.probes("https://blog.example/kim/?page=2")]
    assert places[0] == "https://blog.example/kim/feed"
    assert places[6] == "https://blog.example/feed"
    assert len(places) == len(set(places)) == 9
    assert len(list(ADAPTER.probes("https://blog.example"))) == 6
    assert list(ADAPTER.probes("mailto:kim@example.com")) == []


@pytest.mark.parametrize(
    ("feed", "page"),
    [
        ("https://misskey.example/@sora.atom", "https://misskey.example/@sora"),
        ("https://misskey.example/@so.ra.json", "https://misskey.example/@so.ra"),
        ("https://gts.example/@ann/feed.rss", "https://gts.example/@ann"),
        ("https://social.example/@mina.rss", "https://social.example/@mina"),
        ("https://social.example/@mina.rss?page=2", "https://social.example/@mina"),
        ("https://social.example/@mina/tagged/battery.rss", "https://social.example/@mina"),
        ("https://social.example/@mina/with_replies.rss", "https://social.example/@mina"),
        ("https://social.example/@mina/media.rss", "https://social.example/@mina"),
        ("https://piefed.example/u/jun/feed", "https://piefed.example/u/jun"),
        ("https://piefed.example/u/jun@other.example/feed", "https://piefed.example/u/jun@other.example"),
        ("https://piefed.example/u/jun/feed?limit=100", "https://piefed.example/u/jun"),
        ("https://piefed.example/u/jun/feeds", None),
        ("https://news.example/kim.rss", None),
        ("https://news.example/feed/@kim", None),
    ],
)
def test_a_persons_page_is_read_once_a_day_whether_the_feed_changed_or_not(feed: str, page: str | None) -> None:
    of_person = msgspec.structs.replace(channel(), url=feed, cursor={"history": "asked"})
    for tell in (ADAPTER.follow, ADAPTER.unchanged):
        assert [request.url for request in tell(of_person, response("<feed/>")).requests] == ([page] if page else [])
    read = msgspec.structs.replace(of_person, cursor={"history": "asked", "person": f"{NOW:%Y-%m-%d} noindex"})
    for tell in (ADAPTER.follow, ADAPTER.unchanged):
        assert not tell(read, response("<feed/>")).requests


@pytest.mark.parametrize(("before", "after"), [("", ""), ("2026-11-19", ""), ("2026-11-19 noindex", " noindex")])
def test_a_persons_page_is_asked_for_once_a_day_whatever_it_answers(before: str, after: str) -> None:
    """At its own pace: it is no post that a poll found, and one that is not there was asked for at each poll."""
    cursor = {"history": "asked"} | ({"person": before} if before else {})
    of_person = msgspec.structs.replace(channel(), url="https://misskey.example/@sora.atom", cursor=cursor)
    for tell in (ADAPTER.follow, ADAPTER.unchanged):
        told = tell(of_person, response("<feed/>"))
        assert [request.priority for request in told.requests] == [2]
        assert told.cursor == {"history": "asked", "person": f"{NOW:%Y-%m-%d}{after}"}
        answer = msgspec.structs.replace(response("<p>gone"), request=told.requests[0], status=404)
        asked = msgspec.structs.replace(of_person, cursor=told.cursor)
        assert ADAPTER.follow(asked, answer) == Follow()
        assert ADAPTER.unchanged(asked, response("")) == Follow()


@pytest.mark.parametrize(("before", "is_read"), [("", True), ("2026-11-19", True), ("2026-11-19 noindex", False)])
def test_a_feed_is_read_again_as_soon_as_its_persons_page_begins_to_say_no(before: str, *, is_read: bool) -> None:
    of_person = msgspec.structs.replace(
        channel(), url="https://misskey.example/@sora.atom", cursor={"history": "asked", "person": before}
    )
    page = msgspec.structs.replace(response(""), request=ADAPTER.unchanged(of_person, response("")).requests[0])
    said = msgspec.structs.replace(page, body=b"<meta name=robots content=noindex><p>sora")
    told = ADAPTER.follow(of_person, said)
    assert [(request.kind, request.url) for request in told.requests] == [("feed", of_person.url)] * is_read
    again = msgspec.structs.replace(of_person, cursor=told.cursor)
    assert ADAPTER.follow(again, response("<feed/>")) == Follow()


WALL = """<!doctype html><html lang="en"><head><title>Making sure you&#39;re not a bot!</title>
<meta name="robots" content="noindex,nofollow">
<script id="anubis_version" type="application/json">"v1.23.0"</script></head><body id="top"></body></html>"""


@pytest.mark.parametrize(("status", "body"), [(404, "<p>gone"), (200, WALL)])
def test_a_page_that_is_not_there_says_neither_yes_nor_no(status: int, body: str) -> None:
    of_person = msgspec.structs.replace(channel(), url="https://misskey.example/@sora.atom")
    of_many = msgspec.structs.replace(channel(), url="https://piefed.example/feed")
    feed = response(
        "<rss><channel><item><title>t</title><link>https://piefed.example/post/1</link></item></channel></rss>"
    )
    asked = [(of_person, ADAPTER.unchanged(of_person, response(""))), (of_many, ADAPTER.follow(of_many, feed))]
    for theirs, told in asked:
        (request,) = told.requests
        answer = msgspec.structs.replace(response(body), request=request, status=status)
        assert ADAPTER.follow(theirs, answer) == Follow()
        assert not list(ADAPTER.posts(theirs, answer))


@pytest.mark.parametrize(
    ("feed", "entry"),
    [
        ("https://piefed.example/community/battery/feed", "https://piefed.example/post/1"),
        ("https://piefed.example/community/battery@lemmy.example/feed", "https://piefed.example/c/battery/p/1/swollen"),
        ("https://piefed.example/feed", "https://piefed.example/c/battery@lemmy.example/p/1/swollen"),
        ("https://piefed.example/community/battery/feed?limit=100", "https://piefed.example/post/1"),
        ("https://piefed.example/tag/battery/feed", "https://piefed.example/post/1"),
        ("https://piefed.example/topic/science/energy.rss", "https://piefed.example/post/1"),
        ("https://piefed.example/f/science/energy.rss", "https://piefed.example/c/battery/p/1/swollen"),
        ("https://mbin.example/feed", "https://mbin.example/m/battery/t/1/swollen"),
        ("https://mbin.example/feed?magazine=battery", "https://mbin.example/m/battery@lemmy.example/t/1/swollen"),
        ("https://mbin.example/rss?user=jun", "https://mbin.example/m/battery/t/1"),
    ],
)
def test_what_the_page_of_an_entry_refuses_is_taken_down_and_not_kept_again(feed: str, entry: str) -> None:
    body = f"<rss><channel><item><title>t</title><link>{entry}</link></item></channel></rss>"
    theirs = msgspec.structs.replace(channel(), url=feed)
    polled = ADAPTER.follow(theirs, response(body))
    (request,) = polled.requests
    assert request.url == entry
    theirs = msgspec.structs.replace(theirs, cursor=polled.cursor or {})
    assert ADAPTER.follow(theirs, response(body)) == Follow()
    page = msgspec.structs.replace(response("<meta name=robots content=noindex><p>t"), request=request)
    (verdict,) = ADAPTER.posts(theirs, page)
    assert isinstance(verdict, Discarded)
    assert verdict.uri == entry
    theirs = msgspec.structs.replace(theirs, cursor=ADAPTER.follow(theirs, page).cursor or {})
    (again,) = ADAPTER.posts(theirs, response(body))
    assert isinstance(again, Discarded)
    assert again.uri == entry


def test_each_entrys_page_is_read_again_within_a_week_and_few_of_them_a_day() -> None:
    """Of a server's 1,000 communities all pages each day were as many requests as a host gets in a day."""
    theirs = msgspec.structs.replace(channel(), url="https://piefed.example/community/battery/feed")
    read = dict[str, int]()
    for day in range(30):
        uris = [f"https://piefed.example/post/{number}" for number in range(day, day + 20)]
        items = "".join(f"<item><title>t</title><link>{uri}</link></item>" for uri in uris)
        answer = response(f"<rss><channel>{items}</channel></rss>")
        told = ADAPTER.follow(theirs, msgspec.structs.replace(answer, received_at=NOW + timedelta(days=day)))
        theirs = msgspec.structs.replace(theirs, cursor=told.cursor or {})
        read |= dict.fromkeys((request.url for request in told.requests), day)
        assert len(told.requests) <= (4 if day else 20)
        assert all(day - read[uri] <= 7 for uri in uris)


def test_pages_of_what_was_there_before_they_were_asked_for_are_not_counted_as_news() -> None:
    theirs = msgspec.structs.replace(channel(), url="https://piefed.example/community/battery/feed")
    body, found = "", list[list[int]]()
    for number in (1, 2):
        body += f"<item><title>t</title><link>https://piefed.example/post/{number}</link></item>"
        told = ADAPTER.follow(theirs, response(f"<rss><channel>{body}</channel></rss>"))
        found.append([request.priority for request in told.requests])
        theirs = msgspec.structs.replace(theirs, cursor=told.cursor or {})
    assert found == [[2], [1]]


@pytest.mark.parametrize(
    ("feed", "entry"),
    [
        ("https://blog.example/feed", "https://blog.example/2026/swollen"),
        ("https://piefed.example/feed", "https://news.example/post/1"),
        ("https://blog.example/rss", "https://blog.example/post/1"),
    ],
)
def test_pages_of_entries_elsewhere_are_not_asked_for_wishes(feed: str, entry: str) -> None:
    body = f"<rss><channel><item><title>t</title><link>{entry}</link></item></channel></rss>"
    assert not ADAPTER.follow(msgspec.structs.replace(channel(), url=feed), response(body)).requests


@pytest.mark.parametrize(
    ("enclosure", "is_refused"),
    [
        ('url="https://cdn.example/1.mp3" type="audio/mpeg"', True),
        ('url="https://cdn.example/play/1" type="application/octet-stream"', True),
        ('url="https://cdn.example/1.pdf" type="application/pdf"', True),
        ('url="https://cdn.example/play/1"', True),
        ('url="https://cdn.example/1.png" type="image/png"', False),
    ],
)
def test_a_show_that_is_kept_out_of_directories_is_refused_whatever_its_episodes_are(
    enclosure: str, *, is_refused: bool
) -> None:
    feed = (
        '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Show</title>'
        "<itunes:block>yes</itunes:block><item><guid isPermaLink='false'>1</guid><title>One</title>"
        f"<link>https://blog.example/1</link><enclosure {enclosure}/></item></channel></rss>"
    )
    if is_refused:
        with pytest.raises(Discarded, match="not to be indexed"):
            list(ADAPTER.posts(channel(), response(feed)))
    else:
        assert len(list(ADAPTER.posts(channel(), response(feed)))) == 1


KNOWN = {"url": "https://blog.example/feed", "cursor": {"history": "asked"}}


def test_a_known_feed_that_looks_like_one_is_read_for_its_posts_alone() -> None:
    broken = response('<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>')
    known = msgspec.structs.replace(channel(), **KNOWN)
    assert ADAPTER.follow(known, broken) == Follow()
    with pytest.raises(ParseError):
        list(ADAPTER.posts(known, broken))


@pytest.mark.parametrize("body", ["", "<p>Just a moment", '{"error": "maintenance"}'])
def test_a_known_feed_that_is_none_any_more_is_told_before_its_poll_counts_as_answered(body: str) -> None:
    with pytest.raises(ParseError):
        ADAPTER.follow(msgspec.structs.replace(channel(), **KNOWN), response(body))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_nothing_follows_from_a_known_feed_however_it_is_written(encoding: str) -> None:
    feed = "<feed xmlns='http://www.w3.org/2005/Atom'><link rel='next' href='/feed?page=2'/></feed>"
    written = msgspec.structs.replace(response(""), body=feed.encode(encoding))
    assert ADAPTER.follow(msgspec.structs.replace(channel(), **KNOWN), written) == Follow()


def paged(shape: str, page: int, newest: int) -> str:
    """A page of ten entries of a feed that has older ones, down to number 1, as software of that shape writes it."""
    numbers = range(newest - 10 * (page - 1), max(0, newest - 10 * page), -1)
    links = [f"https://news.example.com/{number}" for number in numbers]
    if shape == "json":
        found = [{"id": link, "url": link, "title": "글", "authors": [{"url": "https://mina.test/"}]} for link in links]
        further = {"next_url": f"https://news.example.com/feed?page={page + 1}"}
        version = {"version": "https://jsonfeed.org/version/1.1"}
        return msgspec.json.encode({**version, "title": "글", **further, "items": found}).decode()
    if shape == "atom":
        items = [f"<entry><title>글</title><link href='{link}'/><id>{link}</id></entry>" for link in links]
        older = f"<id>urn:x</id><link rel='next' href='/feed?page={page + 1}'/>"
        return f"<feed xmlns='http://www.w3.org/2005/Atom'>{older}{''.join(items)}</feed>"
    items = [f"<item><title>글</title><link>{link}</link></item>" for link in links]
    generator = "<link>https://news.example.com</link><generator>https://wordpress.org/?v=6.8</generator>"
    return f"<rss version='2.0'><channel>{generator}{''.join(items)}</channel></rss>"


def polled(shape: str, place: Channel, newest: int, now: datetime) -> tuple[Channel, set[str], int]:
    """The channel after a poll, what was read, and how many documents were."""
    waiting, read, fetched = [ADAPTER.start(place)], set[str](), 0
    while waiting:
        asked = waiting.pop()
        fetched += 1
        page = int(asked.url.rpartition("=")[2]) if "=" in asked.url else 1
        shown = msgspec.structs.replace(response(paged(shape, page, newest)), request=asked, received_at=now)
        read |= {post.uri for post in ADAPTER.posts(place, shown) if isinstance(post, Draft)}
        follow = ADAPTER.follow(place, shown)
        place = place if follow.cursor is None else msgspec.structs.replace(place, cursor=follow.cursor)
        waiting += follow.requests
    return place, read, fetched


@pytest.mark.parametrize("shape", ["wordpress", "atom", "json"])
def test_what_a_feed_no_longer_shows_is_read_from_its_older_pages(shape: str) -> None:
    place, _, first = polled(shape, channel(pages="2"), 40, NOW)
    place, _, quiet = polled(shape, place, 49, NOW + timedelta(hours=1))
    place, read, burst = polled(shape, place, 95, NOW + timedelta(hours=2))
    assert {f"https://news.example.com/{number}" for number in range(50, 96)} <= read
    assert (first, quiet, burst) == (2, 1, 5)
    assert polled(shape, place, 96, NOW + timedelta(hours=3))[2] == 1


@pytest.mark.parametrize("shape", ["wordpress", "atom", "json"])
def test_a_feed_that_shows_others_at_each_poll_is_caught_up_with_once_an_hour(shape: str) -> None:
    place, _, _ = polled(shape, channel(pages="1"), 1_000, NOW)
    fetched = []
    for minute in range(0, 100, 20):
        place, _, pages = polled(shape, place, 2_000 + 500 * minute, NOW + timedelta(minutes=minute))
        fetched.append(pages)
    assert fetched == [20, 1, 1, 20, 1]


@pytest.mark.parametrize(
    "part", ["<link ", "<link href=", "<link>", "<link> ", '<link href="', '"id":', '"id": "a', "<a:"]
)
def test_to_look_for_a_gap_costs_little(part: str) -> None:
    body = f'<feed><link rel="next" href="/a"/><entry>{part * 400_000}'
    began = time.process_time()
    ADAPTER.follow(msgspec.structs.replace(channel(), **KNOWN), response(body))
    assert time.process_time() - began < 1


def test_the_option_pages_is_a_number() -> None:
    with pytest.raises(InvalidInput) as caught:
        ADAPTER.follow(channel(pages="many"), response("<feed><link rel='next' href='/feed?page=2'/></feed>"))
    assert caught.value.field == "pages"


ITEM = "<item><title>t</title><link>https://news.example.com/{}</link></item>"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<rss><channel>" + "<item/>" * 300_000 + "</channel></rss>", id="entries"),
        pytest.param("<rss><channel>" + "<item>" * 100_000, id="nested entries"),
        pytest.param("<rss><channel><item><link>https://x.example/</link>" + "<description>" * 100_000, id="depth"),
        pytest.param("<rss>" + "<![CDATA[" * 200_000, id="open CDATA"),
        pytest.param("<!DOCTYPE x [" * 100_000 + "<rss>", id="open document types"),
        pytest.param("<!DOCTYPE x [" + "]   " * 200_000 + "<rss/>", id="document type that does not close"),
        pytest.param("<rss>" + "&" * 1_000_000, id="ampersands"),
        pytest.param("<rss " + " ".join(f'a{n}="x"' for n in range(50_000)) + "/>", id="attributes"),
        pytest.param("{" + '"a":[' * 100_000, id="nested JSON"),
        pytest.param("<rss><channel><item><author>" + "a@" * 500_000 + "</author></item></channel></rss>", id="author"),
        pytest.param(
            "<rss><channel><item><title>" + "&lt;b&gt;" * 300_000 + "</title></item></channel></rss>", id="title"
        ),
    ],
)
def test_hostile_feeds_cost_little(body: str) -> None:
    started = time.process_time()
    try:
        posts = list(ADAPTER.posts(channel(), response(body)))
    except ParseError:
        posts = []
    assert time.process_time() - started < 5
    assert len(posts) <= MAX_ENTRIES
