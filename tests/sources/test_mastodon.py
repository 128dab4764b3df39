"""What the fixtures of one answer cannot show: walks over many answers, and the addresses that people paste."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.errors import InvalidInput
from socialindex.sources.base import Channel, Request, Response
from socialindex.sources.mastodon import ADAPTER

if TYPE_CHECKING:
    from collections.abc import Callable

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def channel(url: str = "https://social.example/tags/battery", **fields: dict[str, str]) -> Channel:
    return msgspec.convert(
        {"id": "ch_test", "source": "mastodon", "url": url, "created_at": BEGIN, **fields},
        Channel,
    )


def number(time: datetime, count: int) -> int:
    return (int(time.timestamp() * 1000) << 16) + count


def in_base(value: int, digits: str) -> str:
    rest, last = divmod(value, len(digits))
    return (in_base(rest, digits) if rest else "") + digits[last]


ID_MAKERS: dict[str, Callable[[datetime, int], str]] = {
    "mastodon": lambda time, count: str(number(time, count)),
    "gotosocial": lambda time, count: in_base(number(time, count) << 64, CROCKFORD).rjust(26, "0"),
    "akkoma": lambda time, count: in_base(number(time, count) << 48, BASE62),
    "counter": lambda _, count: str(95 + count),
}


def order(status_id: str) -> tuple[int, str]:
    return len(status_id), status_id


@dataclass
class Server:
    """A server's timeline, with the ways that servers differ in."""

    software: str
    cap: int
    links: str
    """``always``, ``full`` (where the page is), or ``never``."""
    knows_since_id: bool
    statuses: dict[str, datetime] = field(default_factory=dict)

    def publish(self, written: datetime) -> str:
        status_id = ID_MAKERS[self.software](written, len(self.statuses))
        self.statuses[status_id] = written
        return status_id

    def answer(self, request: Request, now: datetime) -> Response:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        below, above = query.get("max_id"), query.get("since_id") if self.knows_since_id else None
        found = sorted(self.statuses, key=order, reverse=True)
        found = [each for each in found if (not below or order(each) < order(below))]
        found = [each for each in found if (not above or order(each) > order(above))]
        page = found[: min(self.cap, int(query["limit"]))]
        marks = [{"id": each, "created_at": self.statuses[each]} for each in page]
        linked = self.links == "always" or (self.links == "full" and len(page) == self.cap)
        headers = {"link": f'<https://social.example/?max_id={page[-1]}>; rel="next"'} if linked and page else {}
        return Response(
            request=request,
            url=request.url,
            status=200,
            headers=headers,
            body=msgspec.json.encode(marks),
            received_at=now,
        )


@dataclass
class Crawler:
    """Polls a channel and drains its frontier, whatever gets lost of it."""

    server: Server
    channel: Channel = field(default_factory=channel)
    waiting: dict[str, Request] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    fetched: int = 0
    moves: int = 0

    def poll(self, now: datetime, *, budget: int = 10_000, loses: bool = False) -> None:
        request = ADAPTER.start(self.channel)
        self.waiting[request.url] = request
        for _ in range(budget):
            if not self.waiting:
                return
            self._fetch(min(self.waiting.values(), key=lambda each: each.priority), now)
        if loses:
            self.waiting.clear()

    def _fetch(self, request: Request, now: datetime) -> None:
        del self.waiting[request.url]
        response = self.server.answer(request, now)
        self.fetched += 1
        self.seen.update(each["id"] for each in msgspec.json.decode(response.body))
        follow = ADAPTER.follow(self.channel, response)
        self.waiting.update({each.url: each for each in follow.requests})
        if follow.cursor is not None:
            self.moves += 1
            self.channel = msgspec.structs.replace(self.channel, cursor=follow.cursor)


SERVERS = st.builds(
    Server,
    software=st.sampled_from(sorted(ID_MAKERS)),
    cap=st.sampled_from([20, 40]),
    links=st.sampled_from(["always", "full", "never"]),
    knows_since_id=st.booleans(),
)
POLLS = st.lists(
    st.tuples(
        st.integers(0, 130),  # statuses since the last poll
        st.integers(0, 25),  # minutes that they took to arrive
        st.integers(0, 6),  # requests until the crawler is interrupted
        st.booleans(),  # whether what waits is lost then
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=150)
@given(server=SERVERS, polls=POLLS)
def test_no_status_is_lost_by_bursts_interruptions_late_arrivals_or_the_ways_of_servers(
    server: Server, polls: list[tuple[int, int, int, bool]]
) -> None:
    now = BEGIN
    for minute in range(3):
        server.publish(now - timedelta(hours=2, minutes=minute))
    crawler = Crawler(server)
    crawler.poll(now)
    promised = set[str]()
    for count, late, budget, loses in polls:
        now += timedelta(minutes=10)
        promised |= {server.publish(now - timedelta(minutes=late, milliseconds=each)) for each in range(count)}
        crawler.poll(now, budget=budget, loses=loses)
    crawler.poll(now + timedelta(minutes=1))
    crawler.poll(now + timedelta(minutes=40))
    assert promised <= crawler.seen
    assert "gaps" not in crawler.channel.cursor


def test_a_quiet_poll_takes_one_request_and_reads_one_status_again() -> None:
    server = Server("mastodon", 40, "always", knows_since_id=True)
    for minute in range(90):
        server.publish(BEGIN - timedelta(minutes=minute + 60))
    crawler = Crawler(server)
    crawler.poll(BEGIN)
    assert crawler.fetched == 3
    crawler.seen.clear()
    crawler.poll(BEGIN + timedelta(minutes=10))
    assert crawler.fetched == 4
    assert crawler.moves == 1
    assert crawler.seen == {crawler.channel.cursor["newest"]}


def test_a_burst_is_read_by_the_poll_that_meets_it() -> None:
    server = Server("mastodon", 40, "always", knows_since_id=True)
    server.publish(BEGIN - timedelta(hours=1))
    crawler = Crawler(server)
    crawler.poll(BEGIN)
    for second in range(100):
        server.publish(BEGIN + timedelta(minutes=5, seconds=second))
    crawler.poll(BEGIN + timedelta(minutes=10))
    assert crawler.seen == set(server.statuses)


def test_news_of_many_pages_are_walked_once_even_while_polls_go_on() -> None:
    server = Server("gotosocial", 40, "always", knows_since_id=True)
    server.publish(BEGIN - timedelta(hours=9))
    crawler = Crawler(server)
    crawler.poll(BEGIN - timedelta(hours=8))
    for second in range(4_000):
        server.publish(BEGIN - timedelta(hours=1, seconds=second))
    for minute in range(20):
        crawler.poll(BEGIN + timedelta(minutes=minute), budget=8)
    assert crawler.seen == set(server.statuses)
    assert crawler.fetched < 4_000 / 40 + 20 + 10


def test_a_cursor_stays_small_however_many_gaps_are_open() -> None:
    server = Server("gotosocial", 20, "always", knows_since_id=True)
    server.publish(BEGIN - timedelta(hours=1))
    crawler = Crawler(server)
    crawler.poll(BEGIN)
    for poll in range(1, 100):
        now = BEGIN + timedelta(hours=poll)
        for second in range(25):
            server.publish(now - timedelta(minutes=35, seconds=second))
        crawler.poll(now, budget=1, loses=True)
    assert len(msgspec.json.encode(crawler.channel.cursor)) < 4_096
    crawler.poll(now)
    assert crawler.seen == set(server.statuses)


ACCOUNT = ["https://social.example/api/v1/accounts/lookup?acct=mina", "https://social.example/api/v1/accounts/mina"]
REMOTE = ["https://social.example/api/v1/accounts/lookup?acct=mina%40far.example"]
SERVER = [
    f"https://social.example{path}"
    for path in ("/api/v2/instance", "/api/v1/instance", "/nodeinfo/2.0", "/nodeinfo/2.0.json")
]


@pytest.mark.parametrize(
    ("pasted", "asked"),
    [
        ("https://social.example", SERVER),
        ("https://social.example/explore", SERVER),
        ("https://social.example/public/local", SERVER),
        ("https://social.example/main/public", SERVER),
        ("https://social.example/tags/배터리", SERVER),
        ("https://social.example/tag/PB10", SERVER),
        ("https://social.example/@mina", ACCOUNT),
        ("HTTPS://Social.Example/@Mina?x=1#y", ACCOUNT),
        ("https://social.example/@mina@social.example", ACCOUNT),
        ("https://social.example/@mina/117600000000000009", ACCOUNT),
        ("https://social.example/users/mina", ACCOUNT),
        ("https://social.example/users/mina/statuses/117600000000000009", ACCOUNT),
        ("https://social.example/web/@mina", ACCOUNT),
        ("https://social.example/mina", ACCOUNT),
        ("https://social.example/@mina@far.example", REMOTE),
        ("https://social.example/board/free/12", []),
        ("https://social.example/tags/a/b", []),
        ("https://social.example/@a@b@c", []),
        ("ftp://social.example/@mina", []),
        ("not an address", []),
        ("https://social.example/@" + "m" * 1_000, []),
    ],
)
def test_probes_ask_what_proves_the_pasted_address(pasted: str, asked: list[str]) -> None:
    assert [request.url for request in ADAPTER.probes(pasted)] == asked


@pytest.mark.parametrize(
    ("url", "first"),
    [
        ("https://social.example/public/local", "/api/v1/timelines/public?limit=40&local=true"),
        ("https://social.example/tags/%EB%B0%B0", "/api/v1/timelines/tag/%EB%B0%B0?limit=40"),
        ("https://social.example/@mina", "/api/v1/accounts/lookup?acct=mina"),
        ("https://social.example/@mina@far.example", "/api/v1/accounts/lookup?acct=mina%40far.example"),
    ],
)
def test_a_poll_begins_at_the_timeline_or_with_a_look_up(url: str, first: str) -> None:
    assert ADAPTER.start(channel(url)).url == "https://social.example" + first


def test_a_known_account_is_not_looked_up_again() -> None:
    begun = channel("https://social.example/@mina", cursor={"account": "12", "newest": "117", "floor": "116"})
    assert ADAPTER.start(begun).url == "https://social.example/api/v1/accounts/12/statuses?limit=40&since_id=116"


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (channel("https://social.example/board/free/12"), "url"),
        (channel(options={"pages": "many"}), "pages"),
        (channel(options={"pages": "-1"}), "pages"),
    ],
)
def test_a_channel_that_cannot_be_crawled_is_refused_by_the_name_of_its_field(broken: Channel, named: str) -> None:
    with pytest.raises(InvalidInput) as error:
        ADAPTER.start(broken)
    assert error.value.field == named
    assert error.value.remedy
