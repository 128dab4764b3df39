"""What the fixtures of one answer cannot show: walks over many answers, and the addresses that people paste."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.errors import Discarded, InvalidInput
from socialindex.sources.base import REREAD_CONTEXT, Channel, Known, Request, Response
from socialindex.sources.mastodon import ADAPTER

if TYPE_CHECKING:
    from collections.abc import Callable

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


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
    "sharkey": lambda time, count: in_base(number(time, count), BASE36),
    "mitra": lambda time, count: str(UUID(int=number(time, count) << 64)),
}


def order(status_id: str) -> tuple[int, str]:
    return len(status_id), status_id


def key(request: Request) -> str:
    """By which the frontier keeps one of several."""
    return f"{request.kind} {request.url}"


@dataclass
class Server:
    """A server's timeline, with the ways that servers differ in."""

    software: str
    cap: int
    links: str
    """``always``, ``full`` (where the page is), or ``never``."""
    knows_since_id: bool
    climbs: bool = False
    """Whether it answers from the oldest up where it is asked for what is newer, as forks of Misskey do."""
    statuses: dict[str, datetime] = field(default_factory=dict)

    def publish(self, written: datetime, delivered: datetime | None = None) -> str:
        """A status; Mastodon gives one that is delivered to it an id of that time, and leaves its date as it is."""
        status_id = ID_MAKERS[self.software](delivered or written, len(self.statuses))
        self.statuses[status_id] = written
        return status_id

    def answer(self, request: Request, now: datetime) -> Response:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        below, above = query.get("max_id"), query.get("since_id") if self.knows_since_id else None
        found = sorted(self.statuses, key=order, reverse=True)
        found = [each for each in found if (not below or order(each) < order(below))]
        found = [each for each in found if (not above or order(each) > order(above))]
        if self.climbs and above and not below:
            found.reverse()
        page = found[: min(self.cap, int(query["limit"]))]
        marks = [{"id": each, "created_at": self.statuses[each]} for each in page]
        linked = self.links == "always" or (self.links == "full" and len(page) == self.cap)
        oldest = min(page, key=order, default="")
        headers = {"link": f'<https://social.example/?max_id={oldest}>; rel="next"'} if linked and page else {}
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
    kinds: set[str] = field(default_factory=set)
    fetched: int = 0
    moves: int = 0

    def poll(self, now: datetime, *, budget: int = 10_000, loses: bool = False) -> None:
        request = ADAPTER.start(self.channel)
        self.waiting[key(request)] = request
        for _ in range(budget):
            if not self.waiting:
                return
            self._fetch(min(self.waiting.values(), key=lambda each: each.priority), now)
        if loses:
            self.waiting.clear()

    def walk(self, request: Request, now: datetime) -> list[Request]:
        """The requests of a walk through the history."""
        walked = [request]
        while self.waiting or len(walked) == 1:
            self.waiting.setdefault(key(walked[-1]), walked[-1])
            self._fetch(walked[-1], now)
            walked += self.waiting.values()
        return walked

    def _fetch(self, request: Request, now: datetime) -> None:
        del self.waiting[key(request)]
        response = self.server.answer(request, now)
        self.fetched += 1
        self.kinds.add(request.kind)
        self.seen.update(each["id"] for each in msgspec.json.decode(response.body))
        follow = ADAPTER.follow(self.channel, response)
        self.waiting.update({key(each): each for each in follow.requests})
        if follow.cursor is not None:
            self.moves += 1
            self.channel = msgspec.structs.replace(self.channel, cursor=follow.cursor)


SERVERS = st.builds(
    Server,
    software=st.sampled_from(sorted(ID_MAKERS)),
    cap=st.sampled_from([20, 40]),
    links=st.sampled_from(["always", "full", "never"]),
    knows_since_id=st.booleans(),
    climbs=st.booleans(),
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


def test_a_burst_is_read_also_from_a_server_that_answers_from_the_oldest_up() -> None:
    server = Server("sharkey", 40, "always", knows_since_id=True, climbs=True)
    for minute in range(3):
        server.publish(BEGIN - timedelta(hours=2) + timedelta(minutes=minute))
    crawler = Crawler(server)
    crawler.poll(BEGIN)
    for hour in range(1, 4):
        for second in range(100):
            server.publish(BEGIN + timedelta(hours=hour, seconds=second))
        crawler.poll(BEGIN + timedelta(hours=hour, minutes=10))
        assert crawler.seen == set(server.statuses)
        crawler.poll(BEGIN + timedelta(hours=hour, minutes=40))
    assert crawler.fetched == 2 + 3 * (4 + 4)
    crawler.poll(BEGIN + timedelta(hours=9))
    assert crawler.channel.cursor["newest"] == max(server.statuses, key=order)


def test_a_status_that_was_delivered_late_hides_none_that_is_fetched_after_it() -> None:
    """Its id is of the time of arrival, that of a status that is fetched of the time of writing, which is below."""
    server = Server("mastodon", 40, "always", knows_since_id=True)
    for minute in range(3):
        server.publish(BEGIN - timedelta(hours=2, minutes=minute))
    crawler = Crawler(server)
    crawler.poll(BEGIN)
    written, polled = BEGIN + timedelta(minutes=5), BEGIN + timedelta(minutes=10)
    server.publish(written)
    server.publish(BEGIN - timedelta(hours=5), delivered=polled)
    crawler.poll(polled)
    boosted = server.publish(written - timedelta(minutes=1))
    crawler.poll(BEGIN + timedelta(minutes=20))
    assert boosted in crawler.seen


@pytest.mark.parametrize(("software", "cap", "hourly"), [("mastodon", 40, 5), ("gotosocial", 20, 20)])
def test_what_arrives_hours_late_is_found_by_a_look_within_hours(software: str, cap: int, hourly: int) -> None:
    server = Server(software, cap, "always", knows_since_id=True)
    crawler = Crawler(server)
    hours, missed = 48, set[str]()
    for hour in range(hours):
        now = BEGIN + timedelta(hours=hour)
        for each in range(hourly):
            server.publish(now - timedelta(minutes=40, seconds=each))
        if hour in {30, 40}:
            missed.add(server.publish(now - timedelta(hours=16)))
        crawler.poll(now)
    assert missed <= crawler.seen
    day = 24 * hourly / cap + 1
    assert crawler.fetched <= hours + hours / 6 * (day + 1)


def test_nothing_is_lost_where_a_page_of_a_look_fails_for_good() -> None:
    """The next look reads what it would have shown, so that nobody need hear of it."""
    server = Server("mastodon", 40, "always", knows_since_id=True)
    for minute in range(0, 20 * 60, 10):
        server.publish(BEGIN - timedelta(hours=1, minutes=minute))
    newest, floor = sorted(server.statuses, key=order, reverse=True)[:2]
    looked = (BEGIN - timedelta(hours=7)).isoformat()
    place = channel(cursor={"newest": newest, "floor": floor, "looked": looked})
    waiting, pages = [ADAPTER.start(place)], []
    while waiting:
        follow = ADAPTER.follow(place, server.answer(waiting.pop(), BEGIN))
        waiting += follow.requests
        pages += [request.context for request in follow.requests if request.kind == "late"]
    assert len(pages) > 1
    assert all(context.items() >= REREAD_CONTEXT.items() for context in pages)


@pytest.mark.parametrize("url", ["https://social.example/public/local", "https://social.example/@mina"])
def test_where_nobody_else_writes_nothing_is_looked_for(url: str) -> None:
    server = Server("mastodon", 40, "always", knows_since_id=True)
    crawler = Crawler(server, channel(url, cursor={"account": "7"}))
    for hour in range(20):
        server.publish(BEGIN + timedelta(hours=hour, minutes=-5))
        crawler.poll(BEGIN + timedelta(hours=hour))
    assert crawler.kinds == {"timeline"}


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
    assert crawler.fetched < 4_000 / 40 + 20 + 10 + 1_000 / 40, "a look takes a thousand"


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


def test_the_history_is_walked_page_by_page_beside_the_polls() -> None:
    server = Server("mastodon", 40, "always", knows_since_id=True)
    for minute in range(130):
        server.publish(BEGIN - timedelta(minutes=minute + 60))
    crawler = Crawler(server)
    crawler.poll(BEGIN)
    cursor = crawler.channel.cursor
    crawler.seen.clear()
    request = ADAPTER.backfill(crawler.channel)
    assert request
    pages = crawler.walk(request, BEGIN)
    assert crawler.seen == set(server.statuses)
    assert {(page.priority, page.context["walk"]) for page in pages} == {(2, "history")}
    assert (len(pages), crawler.channel.cursor) == (5, cursor)


ACCOUNT = [
    "https://social.example/api/v1/accounts/lookup?acct=mina",
    "https://social.example/api/v1/accounts/mina",
    "https://social.example/.well-known/webfinger?resource=acct%3Amina%40social.example",
]
STATUS = ["https://social.example/api/v1/statuses/117600000000000009"]
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
        ("https://social.example/@mina/117600000000000009", STATUS),
        ("https://social.example/@mina/media", ACCOUNT),
        (
            "https://social.example/notice/AhGT3Q7ks0rEIaHv2q",
            ["https://social.example/api/v1/statuses/AhGT3Q7ks0rEIaHv2q"],
        ),
        (
            "https://social.example/@mina/statuses/01HZX4D2MPZ9T3V0N5T5Q6Z7CW",
            ["https://social.example/api/v1/statuses/01HZX4D2MPZ9T3V0N5T5Q6Z7CW"],
        ),
        ("https://social.example/@mina@far.example/117600000000000009", STATUS),
        ("https://social.example/users/mina", ACCOUNT),
        ("https://social.example/users/mina/statuses/117600000000000009", STATUS),
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
        ("https://social.example/explore", "/api/v1/trends/statuses?limit=40"),
        ("https://social.example/@mina/117600000000000009", "/api/v1/statuses/117600000000000009"),
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
        (channel("https://social.example/explore", options={"pages": "some"}), "pages"),
        (
            channel("https://social.example/@mina", cursor={"account": "12"}, options={"exclude_replies": "yes"}),
            "exclude_replies",
        ),
    ],
)
def test_a_channel_that_cannot_be_crawled_is_refused_by_the_name_of_its_field(broken: Channel, named: str) -> None:
    with pytest.raises(InvalidInput) as error:
        ADAPTER.start(broken)
    assert error.value.field == named
    assert error.value.remedy


def test_a_hashtags_filters_and_an_accounts_are_asked_of_the_server() -> None:
    tag = channel(options={"any": "#누리폰12 nuriphone", "none": "ad"})
    assert parse_qs(urlsplit(ADAPTER.start(tag).url).query) == {
        "limit": ["40"],
        "any[]": ["누리폰12", "nuriphone"],
        "none[]": ["ad"],
    }
    account = channel("https://social.example/@mina", cursor={"account": "12"}, options={"exclude_reblogs": "true"})
    assert ADAPTER.start(account).url.endswith("/accounts/12/statuses?limit=40&exclude_reblogs=true")


def page(channel: Channel, request: Request, body: object, now: datetime = BEGIN) -> Response:
    return Response(request=request, url=request.url, status=200, body=msgspec.json.encode(body), received_at=now)


def test_trends_are_read_as_far_as_the_option_says_and_as_there_are_any() -> None:
    explore = channel("https://social.example/explore", options={"pages": "3"})
    full, short = [{"id": str(number)} for number in range(40)], [{"id": "1"}]
    request = ADAPTER.start(explore)
    asked = []
    for body in (full, full, full):
        asked.append(request.url.rpartition("?")[2])
        following = ADAPTER.follow(explore, page(explore, request, body))
        request = following.requests[0] if following.requests else request
        assert following.cursor is None
    assert asked == ["limit=40", "limit=40&offset=40", "limit=40&offset=80"]
    assert not following.requests
    assert not ADAPTER.follow(explore, page(explore, ADAPTER.start(explore), short)).requests


def test_the_conversations_of_a_page_are_read_where_the_channel_wishes_it() -> None:
    statuses = [
        {
            "id": str(each),
            "uri": f"https://social.example/users/a/statuses/{each}",
            "visibility": seen,
            "replies_count": n,
        }
        for each, seen, n in ((104, "public", 1), (103, "unlisted", 9), (102, "public", 5), (101, "public", 0))
    ]
    asking, silent = channel(options={"threads": "1"}), channel()
    follow = ADAPTER.follow(asking, page(asking, ADAPTER.start(asking), statuses))
    assert [each.url for each in follow.requests] == ["https://social.example/api/v1/statuses/102/context"]
    assert not ADAPTER.follow(silent, page(silent, ADAPTER.start(silent), statuses)).requests


def own(*numbers: int) -> list[Known]:
    return [Known(uri=f"https://social.example/users/mina/statuses/{117 * 10**15 + number}") for number in numbers]


def test_what_the_server_published_is_read_again_twenty_at_a_time() -> None:
    mina = channel("https://social.example/@mina")
    requests = [*ADAPTER.reread(mina, own(*range(45)))]
    asked = [parse_qs(urlsplit(request.url).query)["id[]"] for request in requests]
    assert [len(ids) for ids in asked] == [20, 20, 5]
    assert len({each for ids in asked for each in ids}) == 45
    assert {(request.priority, request.kind) for request in requests} == {(2, "statuses")}


@given(st.lists(st.text("abc가é", min_size=1, max_size=400), max_size=50, unique=True))
def test_what_a_request_asks_for_fits_its_context(names: list[str]) -> None:
    known = [Known(uri=f"https://social.example/users/{name}/statuses/12{at}") for at, name in enumerate(names)]
    for request in ADAPTER.reread(channel("https://social.example/@mina"), known):
        assert len(request.context["asked"]) <= 900


@pytest.mark.parametrize(
    "known",
    [
        Known(uri="https://far.example/users/rin/statuses/117600000000000009"),
        Known(uri="https://social.example/users/mina/statuses/1176/activity", kind="repost"),
        Known(uri="https://social.example/objects/5f0c-1"),
    ],
)
def test_a_status_whose_id_the_server_alone_knows_is_not_read_again(known: Known) -> None:
    assert [*ADAPTER.reread(channel("https://social.example/@mina"), [known])] == []


UUIDS = ("0199aaaa-0000-7000-8000-000000000001", "0199aaaa-0000-7000-8000-000000000002")


@pytest.mark.parametrize(
    ("newest", "path", "is_own"),
    [
        ("ag5t0k19w0a10001", "/notes/ag5t0k00w0a10001", True),
        ("117600000000000009", "/notes/ag5t0k00w0a10001", False),
        ("1176000000000009", "/notes/ag5t0k00w0a10001", False),
        (UUIDS[0], f"/objects/{UUIDS[1]}", True),
        ("AhGT3Q7ks0rEIaHv2q", f"/objects/{UUIDS[1]}", False),
        ("", f"/objects/{UUIDS[1]}", False),
    ],
)
def test_an_address_that_ends_in_an_id_is_read_again_where_the_servers_ids_are_such(
    newest: str, path: str, is_own: bool
) -> None:
    mina = channel("https://social.example/@mina", cursor={"account": "12", "newest": newest, "single": "1"})
    known = Known(uri=f"https://social.example{path}")
    asked = [(request.url, request.context) for request in ADAPTER.reread(mina, [known])]
    status = f"https://social.example/api/v1/statuses/{path.rpartition('/')[2]}"
    assert asked == ([(status, {"uri": known.uri})] if is_own else [])


def test_each_is_asked_for_by_itself_where_the_server_takes_no_more() -> None:
    alone = channel("https://social.example/@mina", cursor={"account": "12", "single": "1"})
    known = [
        *own(1),
        Known(uri="https://social.example/objects/5f", url="https://social.example/notice/AhGT3Q7ks0rEIaHv2q"),
    ]
    assert [
        (request.url.rpartition("/")[2], request.kind, request.context) for request in ADAPTER.reread(alone, known)
    ] == [
        ("117000000000000001", "post", {"uri": known[0].uri}),
        ("AhGT3Q7ks0rEIaHv2q", "post", {"uri": known[1].uri}),
    ]


@pytest.mark.parametrize("url", ["https://social.example/explore", "https://social.example/@mina/117600000000000009"])
def test_what_has_no_history_is_not_walked(url: str) -> None:
    assert ADAPTER.backfill(channel(url)) is None


@pytest.mark.parametrize("pasted", ADAPTER.paste)
def test_what_the_adapter_says_can_be_pasted_is_probed(pasted: str) -> None:
    url = pasted if "://" in pasted else "https://social.example/@mina"
    assert [*ADAPTER.probes(url)]


@pytest.mark.parametrize(
    ("name", "flag", "taken_down"),
    [
        ("anna", "limited", True),
        ("anna", "suspended", True),
        ("anna@far.example", "limited", False),
        ("anna@far.example", "suspended", False),
        ("anna@far.example", "noindex", True),
    ],
)
def test_what_a_server_thinks_of_anothers_account_takes_nothing_down(name: str, flag: str, taken_down: bool) -> None:
    account = {"id": "7", "acct": name, "url": "https://far.example/@anna", flag: True}
    status = {"id": "9", "uri": "https://far.example/9", "account": account, "visibility": "public", "content": "<p>x"}
    here = channel()
    (verdict,) = ADAPTER.posts(here, page(here, ADAPTER.start(here), [status]))
    assert isinstance(verdict, Discarded)
    assert (verdict.reason, bool(verdict.uri)) == (flag, taken_down)


@pytest.mark.parametrize(
    ("asked", "acct", "home", "meant"),
    [
        ("@mina", "mina", "social.town.example", True),
        ("@mina", "Mina", "social.town.example", True),
        ("@mina", "mina@town.example", "social.town.example", True),  # Hollo's are whole
        ("@mina@town.example", "mina", "social.town.example", True),  # the server's own domain
        ("@mina@other.example", "mina@other.example", "other.example", True),
        ("@mina@社.example", "mina@xn--fiz.example", "xn--fiz.example", True),
        ("@mina@other.example", "mina@handles.test", "other.example", True),
        ("@mina", "mina_fan", "social.town.example", False),
        ("@mina", "mina@other.example", "other.example", False),
        ("@mina@other.example", "mina", "social.town.example", False),
        ("@mina@other.example", "mina@another.example", "another.example", False),
    ],
)
def test_an_account_is_read_if_it_is_the_one_that_was_looked_up(asked: str, acct: str, home: str, meant: bool) -> None:
    here = channel(f"https://social.town.example/{asked}")
    account = {"id": "7", "acct": acct, "url": f"https://{home}/@mina"}
    answer = page(here, ADAPTER.start(here), account)
    if meant:
        assert ADAPTER.follow(here, answer).cursor == {"account": "7"}
        return
    with pytest.raises(Discarded, match="the server knows") as verdict:
        ADAPTER.follow(here, answer)
    assert verdict.value.reason == "gone"
