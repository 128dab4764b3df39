"""What the fixtures of one answer cannot show: walks over many answers, and the addresses that people paste."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.errors import Discarded, InvalidInput
from socialindex.model import Draft
from socialindex.sources.base import Channel, Known, Request, Response
from socialindex.sources.discourse import ADAPTER

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
BASE = "https://forum.example"
Json = dict[str, Any]


def channel(path: str = "/latest", **fields: dict[str, str]) -> Channel:
    return msgspec.convert(
        {"id": "ch_test", "source": "discourse", "url": BASE + path, "created_at": BEGIN, **fields}, Channel
    )


def moment(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Forum:
    """A forum's posts by their ids, with the ways that forums of different ages differ in.

    An ``old`` one looks for the newest posts among fifty ids only, of which some are nobody's to see. ``mega``: its
    topics are so long (10,000 posts) that their pages tell the last post's id in place of all ids. ``voted``: their
    pages have answers by votes unless they are asked for by time, and no answers to answers. ``unlisted``: nothing is
    to be kept. One that ``translates`` does so for whoever does not ask for originals, by the cookie of the named
    version.
    """

    old: bool = False
    mega: bool = False
    voted: bool = False
    unlisted: bool = False
    translates: str = ""
    posts: dict[int, Json] = field(default_factory=dict)
    next_id: int = 1

    def write(self, topic: int, time: datetime, *, hidden_before: int = 0) -> str:
        self.next_id += 1 + hidden_before
        numbers = [post["post_number"] for post in self.posts.values() if post["topic_id"] == topic]
        number = max(numbers, default=0) + 1
        self.posts[self.next_id] = {
            "id": self.next_id,
            "topic_id": topic,
            "post_number": number,
            "created_at": moment(time),
            "cooked": "<p>글</p>",
            "username": "mina",
            "actions_summary": [],
        }
        return f"{BASE}/t/{topic}/{number}"

    def delete(self, uri: str) -> None:
        *_, topic, number = uri.split("/")
        self.posts = {
            key: post
            for key, post in self.posts.items()
            if (post["topic_id"], post["post_number"]) != (int(topic), int(number))
        }

    def answer(self, request: Request, now: datetime) -> Response:
        parts = urlsplit(request.url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body, status = self._body(parts.path.removesuffix(".json").split("/")[1:], query), 200
        if self.translates and self.translates not in request.headers.get("Cookie", "").split("; "):
            body = msgspec.json.decode(msgspec.json.encode(body).replace("글".encode(), b"a translation"))
        if body is None:
            body, status = {"errors": ["gone"], "error_type": "not_found"}, 404
        return Response(
            request=request, url=request.url, status=status, body=msgspec.json.encode(body), received_at=now
        )

    def _body(self, path: list[str], query: dict[str, str]) -> Json | list[Json] | None:
        if path == ["posts"]:
            return {"latest_posts": self._latest(int(query.get("before", "0")))}
        if path[0] == "u":
            return self._latest(0)
        if path[0] == "t":
            near = int(path[2]) if len(path) > 2 else None
            return self._topic(int(path[1]), near, int(query.get("page", "1")), query.get("filter", ""))
        if path[:2] == ["posts", "by_number"]:
            wanted = (int(path[2]), int(path[3]))
            return next((p for p in self.posts.values() if (p["topic_id"], p["post_number"]) == wanted), None)
        by_activity = path[0] == "tag" or (path[-2:] == ["l", "latest"] and query.get("order") == "activity")
        return self._list(int(query.get("page", "0")), "bumped_at" if by_activity else "created_at")

    def _latest(self, before: int) -> list[Json]:
        newest = sorted(self.posts, reverse=True)
        if self.old:
            top = before or max(newest, default=0)
            return [self.posts[each] for each in newest if top - 50 < each <= top]
        return [self.posts[each] for each in newest if not before or each < before][:50]

    def _topic(self, topic: int, near: int | None, page: int, order: str) -> Json | None:
        stream = [key for key in sorted(self.posts) if self.posts[key]["topic_id"] == topic]
        if self.voted:
            stream = [key for key in stream if not self.posts[key].get("reply_to_post_number")]
        by_votes = self.voted and order != "activity"
        if by_votes:
            stream.sort(key=lambda key: self.posts[key]["post_number"] * 7 % 11 * (self.posts[key]["post_number"] > 1))
        numbers = [self.posts[key]["post_number"] for key in stream]
        if not stream or (page - 1) * 20 >= len(stream):
            return None
        first = (page - 1) * 20
        if near is not None:
            found = (at for at, n in enumerate(numbers) if (n == near if by_votes else n >= near))
            at = next(found, 0 if by_votes else len(numbers))
            first = max(0, min(at - 5, len(numbers) - 20))
        shown = [self.posts[key] for key in stream[first : first + 20]]
        long = {"isMegaTopic": True, "firstId": stream[0], "lastId": stream[-1]}
        ids = long if self.mega else {"stream": stream}
        kind = {"visible": not self.unlisted} | ({"is_post_voting": True} if self.voted else {})
        return {"id": topic, "title": "글", "slug": "s", "post_stream": {"posts": shown, **ids}, **kind}

    def _list(self, page: int, order: str) -> Json:
        """A page of a list. A category's own view is by creation, as its administrators want it."""
        topics: dict[int, list[Json]] = {}
        for key in sorted(self.posts):
            topics.setdefault(self.posts[key]["topic_id"], []).append(self.posts[key])
        rows = [
            {
                "id": topic,
                "created_at": posts[0]["created_at"],
                "bumped_at": posts[-1]["created_at"],
                "highest_post_number": posts[-1]["post_number"],
            }
            for topic, posts in topics.items()
        ]
        rows.sort(key=lambda row: row[order], reverse=True)
        more = {"more_topics_url": "/x"} if len(rows) > (page + 1) * 30 else {}
        return {"topic_list": {"topics": rows[page * 30 : (page + 1) * 30], **more}}


@dataclass
class Crawler:
    """Polls a channel and drains its frontier; what waits may be interrupted, and is kept."""

    forum: Forum
    channel: Channel = field(default_factory=channel)
    waiting: dict[str, Request] = field(default_factory=dict)
    seen: dict[str, bool] = field(default_factory=dict)
    """Identities, and whether they are deleted."""
    asked: list[Request] = field(default_factory=list)
    texts: set[str | None] = field(default_factory=set)

    def poll(self, now: datetime, *, budget: int = 10_000) -> None:
        request = ADAPTER.start(self.channel)
        self.waiting[request.url] = request
        self.drain(now, budget)

    def drain(self, now: datetime, budget: int = 10_000) -> None:
        for _ in range(budget):
            if not self.waiting:
                return
            self._fetch(min(self.waiting.values(), key=lambda each: each.priority), now)

    def _fetch(self, request: Request, now: datetime) -> None:
        del self.waiting[request.url]
        self.asked.append(request)
        response = self.forum.answer(request, now)
        found = [*self._posts(response)]
        self.seen.update({post.uri: post.deleted for post in found})
        self.texts.update(post.text for post in found)
        if response.status == 404:
            return
        follow = ADAPTER.follow(self.channel, response)
        self.waiting = {each.url: each for each in follow.requests} | self.waiting
        if follow.cursor is not None:
            self.channel = msgspec.structs.replace(self.channel, cursor=follow.cursor)

    def _posts(self, response: Response) -> Iterator[Draft]:
        if response.status == 200 or response.request.kind == "post":
            yield from (post for post in ADAPTER.posts(self.channel, response) if isinstance(post, Draft))


POLLS = st.lists(
    st.tuples(
        st.lists(st.integers(1, 12), max_size=90),  # topics that are written in since the last poll
        st.integers(0, 70),  # ids before each that nobody sees
        st.integers(1, 8),  # requests until the crawler is interrupted
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=80)
@given(path=st.sampled_from(["/latest", "/c/support/5"]), old=st.booleans(), voted=st.booleans(), polls=POLLS)
def test_no_post_is_lost_by_bursts_interruptions_or_the_ways_of_forums(
    path: str,
    old: bool,
    voted: bool,
    polls: list[tuple[list[int], int, int]],
) -> None:
    now = BEGIN
    forum = Forum(old=old, voted=voted)
    forum.write(1, now - timedelta(hours=2))
    crawler = Crawler(forum, channel(path, options={"topic_pages": "20"}))
    crawler.poll(now)
    promised = set[str]()
    for topics, hidden, budget in polls:
        now += timedelta(minutes=10)
        for second, topic in enumerate(topics):
            promised.add(forum.write(topic, now - timedelta(seconds=len(topics) - second), hidden_before=hidden))
        crawler.poll(now, budget=budget)
    crawler.drain(now)
    crawler.poll(now + timedelta(minutes=5))
    assert promised <= set(crawler.seen)


@pytest.mark.parametrize(
    ("meanwhile", "after"),
    [
        pytest.param(60, 0, id="only answers since it was drafted"),
        pytest.param(60, 5, id="newer topics before the next look"),
        pytest.param(0, 0, id="nothing since it was drafted"),
    ],
)
def test_a_shared_draft_is_found_within_an_hour_of_its_publication(meanwhile: int, after: int) -> None:
    """It is then of the time of its publication, but its posts have the ids that they had as a draft's."""
    forum, now = Forum(), BEGIN
    forum.write(1, now - timedelta(hours=2))
    crawler = Crawler(forum)
    uri = forum.write(2, now - timedelta(hours=1))
    drafted = forum.posts.pop(forum.next_id)
    for minute in range(meanwhile):
        forum.write(1, now - timedelta(minutes=60 - minute))
    crawler.poll(now)
    now += timedelta(minutes=30)
    forum.posts[drafted["id"]] = drafted | {"created_at": moment(now)}
    for topic in range(after):
        forum.write(10 + topic, now + timedelta(minutes=topic + 1))
    asked = len(crawler.asked)
    for minute in range(5, 65, 5):
        crawler.poll(now + timedelta(minutes=minute))
    assert uri in crawler.seen
    assert len(crawler.asked) - asked <= 12 + 1 + 1 + after + 1, "a look, and each topic once, but one that is as new"


def test_an_answer_is_found_wherever_the_category_shows_its_topic() -> None:
    forum = Forum()
    for topic in range(70):
        forum.write(topic, BEGIN - timedelta(days=9, minutes=-topic))
    crawler = Crawler(forum, channel("/c/ideas/7"))
    crawler.poll(BEGIN)
    answer = forum.write(0, BEGIN + timedelta(minutes=5))
    crawler.poll(BEGIN + timedelta(minutes=10))
    assert answer in crawler.seen


@pytest.mark.parametrize(
    ("post_type", "code", "verdict"),
    [(1, None, None), (2, None, None), (2, "split_topic", "notice"), (3, None, "notice"), (4, None, "whisper")],
)
def test_a_post_with_staff_color_is_one_and_what_tells_of_moderation_is_none(
    post_type: int, code: str | None, verdict: str | None
) -> None:
    forum = Forum()
    uri = forum.write(7, BEGIN)
    forum.posts[forum.next_id] |= {"post_type": post_type, **({"action_code": code} if code else {})}
    post, *gone = ADAPTER.posts(channel("/t/7"), forum.answer(ADAPTER.start(channel("/t/7")), BEGIN))
    assert getattr(post, "reason", None) == verdict
    assert gone == ([Draft(uri=uri, deleted=True)] if verdict == "notice" else []), "a notice has a moved post's number"
    assert verdict or (isinstance(post, Draft) and post.uri == uri and not post.deleted)


@pytest.mark.parametrize("version", ["automatically_translate=false", "content-localization-show-original=true"])
@pytest.mark.parametrize("path", ["/latest", "/c/support/5", "/t/3", "/u/mina"])
def test_posts_are_read_as_they_were_written_where_a_forum_translates_them(path: str, version: str) -> None:
    forum = Forum(translates=version)
    for number in range(60):
        forum.write(3, BEGIN - timedelta(hours=3, minutes=-number))
    crawler = Crawler(forum, channel(path))
    crawler.poll(BEGIN)
    again = [*ADAPTER.reread(crawler.channel, [Known(uri=uri) for uri in crawler.seen])]
    history = ADAPTER.backfill(crawler.channel)
    crawler.waiting = {
        request.url: request for request in [*again, *([history] if history and path != "/u/mina" else [])]
    }
    crawler.drain(BEGIN)
    assert len(crawler.seen) >= 50
    assert crawler.texts == {"글"}


@pytest.mark.parametrize(("localized", "language"), [(True, None), (False, "ko"), (None, "ko")])
def test_a_translation_is_not_in_the_language_of_its_original(*, localized: bool | None, language: str | None) -> None:
    forum = Forum()
    forum.write(7, BEGIN)
    forum.posts[forum.next_id] |= {"locale": "ko", "is_localized": localized}
    (post,) = ADAPTER.posts(channel("/t/7"), forum.answer(ADAPTER.start(channel("/t/7")), BEGIN))
    assert isinstance(post, Draft)
    assert post.language == language


@pytest.mark.parametrize("path", ["/latest", "/c/support/5", "/tag/battery"])
def test_a_quiet_poll_takes_one_request(path: str) -> None:
    forum = Forum()
    for minute in range(30):
        forum.write(minute % 4, BEGIN - timedelta(hours=3, minutes=-minute))
    crawler = Crawler(forum, channel(path))
    crawler.poll(BEGIN)
    asked = len(crawler.asked)
    crawler.poll(BEGIN + timedelta(minutes=10))
    assert len(crawler.asked) == asked + 1


@pytest.mark.parametrize(
    ("old", "mega", "voted"),
    [(True, False, False), (False, False, False), (False, True, False), (False, False, True)],
)
@pytest.mark.parametrize(("path", "pages"), [("/latest", 40), ("/c/support/5", 3)])
def test_the_history_holds_everything_and_ends(path: str, pages: int, *, old: bool, mega: bool, voted: bool) -> None:
    forum = Forum(old=old, mega=mega, voted=voted)
    topics = [n % 70 if n % 2 else 0 for n in range(900)]
    times = [BEGIN - timedelta(days=9, minutes=-n) for n in range(900)]
    written = {forum.write(topics[n], times[n], hidden_before=n % 3) for n in range(900)}
    crawler = Crawler(forum, channel(path))
    request = ADAPTER.backfill(crawler.channel)
    assert request
    crawler.waiting[request.url] = request
    crawler.drain(BEGIN)
    assert set(crawler.seen) == written
    walked = [each for each in crawler.asked if each.context.get("walk") == "history"]
    assert len(walked) <= pages
    assert {each.priority for each in crawler.asked} == {2}
    assert crawler.channel.cursor == {}


@pytest.mark.parametrize(("mega", "voted"), [(False, False), (True, False), (False, True)])
def test_a_topic_is_read_to_its_end_over_several_polls(*, mega: bool, voted: bool) -> None:
    forum = Forum(mega=mega, voted=voted)
    written = [forum.write(7, BEGIN - timedelta(hours=9, minutes=-n)) for n in range(230)]
    for uri in written[50:60]:
        forum.delete(uri)
    crawler = Crawler(forum, channel("/t/7"))
    for minute in range(0, 40, 10):
        crawler.poll(BEGIN + timedelta(minutes=minute))
    assert set(crawler.seen) == set(written) - set(written[50:60])
    news = forum.write(7, BEGIN + timedelta(minutes=41))
    crawler.poll(BEGIN + timedelta(minutes=50))
    assert news in crawler.seen
    assert crawler.channel.cursor == {"last": "231"} | ({"voted": "1"} if voted else {})


@pytest.mark.parametrize("voted", [False, True])
def test_a_quiet_poll_of_a_topic_takes_one_request(*, voted: bool) -> None:
    forum = Forum(voted=voted)
    written = [forum.write(7, BEGIN - timedelta(hours=9, minutes=-n)) for n in range(30)]
    crawler = Crawler(forum, channel("/t/7"))
    for minute in (0, 10):
        crawler.poll(BEGIN + timedelta(minutes=minute))
    asked = len(crawler.asked)
    crawler.poll(BEGIN + timedelta(minutes=20))
    assert len(crawler.asked) == asked + 1
    forum.voted = False  # as administrators can change it
    written.append(forum.write(7, BEGIN + timedelta(minutes=21)))
    crawler.poll(BEGIN + timedelta(minutes=30))
    assert set(crawler.seen) == set(written)


@settings(deadline=None, max_examples=60)
@given(
    count=st.integers(1, 120),
    deleted=st.sets(st.integers(2, 120), max_size=40),
    known=st.sets(st.integers(1, 120), min_size=1),
    mega=st.booleans(),
    answers_to_answers=st.none() | st.sets(st.integers(2, 120), max_size=20),
)
def test_what_is_read_again_is_found_or_found_deleted(
    count: int, deleted: set[int], known: set[int], mega: bool, answers_to_answers: set[int] | None
) -> None:
    forum = Forum(mega=mega and answers_to_answers is None, voted=answers_to_answers is not None)
    written = [forum.write(7, BEGIN - timedelta(hours=9, minutes=-n)) for n in range(count)]
    for post in forum.posts.values():
        post["reply_to_post_number"] = 2 if post["post_number"] in (answers_to_answers or ()) else None
    for number in deleted:
        if number <= count:
            forum.delete(written[number - 1])
    asked = [f"{BASE}/t/7/{number}" for number in known]
    crawler = Crawler(forum)
    for request in ADAPTER.reread(crawler.channel, [Known(uri=uri) for uri in asked]):
        crawler.waiting[request.url] = request
        crawler.drain(BEGIN)
    alive = {uri for at, uri in enumerate(written, 1) if at not in deleted}
    assert {uri: crawler.seen[uri] for uri in asked} == {uri: uri not in alive for uri in asked}
    assert all(uri in alive for uri, gone in crawler.seen.items() if not gone)


def test_nothing_is_kept_of_a_topic_with_votes_that_was_unlisted() -> None:
    forum = Forum(voted=True, unlisted=True)
    written = [forum.write(7, BEGIN - timedelta(hours=9, minutes=-n)) for n in range(30)]
    for post in forum.posts.values():
        post["reply_to_post_number"] = 2 if post["post_number"] in {3, 8, 21} else None
    held = set(written)
    for request in ADAPTER.reread(channel(), [Known(uri=uri) for uri in written[:20]]):
        answer = forum.answer(request, BEGIN)
        told = [*ADAPTER.posts(channel(), answer)]
        held -= {post.uri for post in told if isinstance(post, Discarded) or (isinstance(post, Draft) and post.deleted)}
        assert ADAPTER.follow(channel(), answer).requests == []
    assert held.isdisjoint(written[:20])


def test_one_request_reads_twenty_posts_of_a_topic_again() -> None:
    known = [Known(uri=f"{BASE}/t/7/{number}") for number in range(1, 21)]
    elsewhere = [Known(uri="https://other.example/t/7/1"), Known(uri=f"{BASE}/p/12")]
    requests = [*ADAPTER.reread(channel(), [*known, *elsewhere])]
    assert [(request.url, request.priority) for request in requests] == [(f"{BASE}/t/7.json", 2)]


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://forum.example/t/swollen-battery/12/3", "https://forum.example/t/12.json"),
        ("https://forum.example/t/12", "https://forum.example/t/12.json"),
        ("https://forum.example/c/support/battery/17", "https://forum.example/c/17/show.json"),
        ("https://forum.example/c/support/17/l/latest.json?order=activity", "https://forum.example/c/17/show.json"),
        ("https://company.example/forum/t/a/12", "https://company.example/forum/t/12.json"),
    ],
)
def test_probes_ask_for_the_document_behind_an_address(url: str, asked: str) -> None:
    assert [request.url for request in ADAPTER.probes(url)] == [asked]


@pytest.mark.parametrize(
    "url",
    [
        "https://forum.example/",
        "https://social.example/tags/a",
        "https://forum.example/u/mina",
        "https://x.example/c/a",
        "?",
    ],
)
def test_addresses_that_tell_too_little_are_not_probed(url: str) -> None:
    assert [*ADAPTER.probes(url)] == []


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("/latest", "/posts.json"),
        ("/c/support/battery/17", "/c/support/battery/17/l/latest.json?order=activity"),
        ("/tag/%EB%B0%B0%ED%84%B0%EB%A6%AC", "/tag/%EB%B0%B0%ED%84%B0%EB%A6%AC.json"),
        ("/t/12", "/t/12.json"),
        ("/u/mina", "/u/mina/activity.json"),
    ],
)
def test_a_poll_begins_at_the_place(path: str, first: str) -> None:
    assert ADAPTER.start(channel(path)).url == BASE + first


def test_a_list_only_leads_to_topics() -> None:
    assert ADAPTER.start(channel("/c/support/5")).leads
    assert not ADAPTER.start(channel()).leads


@pytest.mark.parametrize(
    ("broken", "named"),
    [(channel("/wiki/12"), "url"), (channel("/t/12", options={"topic_pages": "many"}), "topic_pages")],
)
def test_a_channel_that_cannot_be_crawled_is_refused_by_the_name_of_its_field(broken: Channel, named: str) -> None:
    with pytest.raises(InvalidInput) as error:
        ADAPTER.start(broken)
    assert error.value.field == named
    assert error.value.remedy


def test_comments_below_a_post_are_read_again_together_by_way_of_their_topic() -> None:
    uris = ["/t/12/3#comment-303-48", "/t/12/3#comment-303-43", "/t/12/1#comment-301-40", "/t/12/3#other"]
    known = [Known(uri=base + uri, kind="comment") for base in (BASE, "https://other.example") for uri in uris]
    found = {request.url: request.context["asked"] for request in ADAPTER.reread(channel(), known)}
    assert found == {f"{BASE}/t/12/3.json": "43 48", f"{BASE}/t/12.json": "40"}


@pytest.mark.parametrize("comments", [3, None, {"count": 1}, "none", [1]])
def test_what_another_plugin_calls_comments_hides_no_post(comments: Any) -> None:
    forum = Forum(voted=True)
    forum.write(12, BEGIN)
    for post in forum.posts.values():
        post["comments"] = post["comments_count"] = comments
    request = Request(url=f"{BASE}/t/12.json", kind="topic")
    found = [*ADAPTER.posts(channel(), forum.answer(request, BEGIN))]
    assert [post.uri for post in found if isinstance(post, Draft)] == [f"{BASE}/t/12/1"]
    assert not ADAPTER.follow(channel(), forum.answer(request, BEGIN)).requests
