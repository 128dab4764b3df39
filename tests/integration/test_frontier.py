"""The frontier on a real DynamoDB: what waits is there once, in its order, until it is settled."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialindex.aws.frontier import Frontier, Pending
from socialindex.aws.tables import Table
from socialindex.identity import request_id
from socialindex.sources.base import Priority, Request
from tests.integration.parts import Parts, real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

NOW = 1_764_000_000.0
BEGAN = datetime(2026, 11, 20, 9, 0, 0, 250_000, tzinfo=UTC)
"""When a walk through a channel's history began."""


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        yield parts


@pytest.fixture(scope="module")
def frontier(parts: Parts) -> Frontier:
    return Frontier(parts.table("FrontierTable"), chance=lambda: 0.0)


@pytest.fixture
def host() -> str:
    return unique("host")


def pending(host: str, path: str, *, priority: Priority = 0, not_before: float = 0.0, **fields: Any) -> Pending:
    request = Request(url=f"https://{host}/{path}", priority=priority, context={"page": path}, headers={"Accept": "x"})
    return Pending(**{"host": host, "channel": "ch_1", "request": request, "not_before": not_before, **fields})


def paths(found: list[Pending]) -> list[str]:
    return [one.request.url.rpartition("/")[2] for one in found]


def due(frontier: Frontier, host: str, now: float = NOW, limit: int = 100) -> list[str]:
    return paths(frontier.due(host, now, limit))


def test_a_request_comes_back_as_it_was_put(frontier: Frontier, host: str) -> None:
    one = pending(host, "배터리?a=1", priority=2, not_before=NOW - 5.25, attempts=3, hops=2)
    assert frontier.put(one) is True
    assert frontier.due(host, NOW, 10) == [one]


def test_the_same_request_of_the_same_channel_waits_once(frontier: Frontier, host: str) -> None:
    first = pending(host, "a", not_before=NOW - 1)
    assert frontier.put(first) is True
    assert frontier.put(pending(host, "a", priority=2, attempts=5)) is False
    assert frontier.due(host, NOW, 10) == [first]
    assert frontier.put(pending(host, "a", channel="ch_2")) is True
    other_kind = msgspec.structs.replace(first, request=msgspec.structs.replace(first.request, kind="post"))
    assert frontier.put(other_kind) is True
    assert len(frontier.due(host, NOW, 10)) == 3


def test_the_urgent_comes_first_then_what_waits_longest(frontier: Frontier, host: str) -> None:
    waiting = [
        pending(host, "history", priority=2, not_before=NOW - 900),
        pending(host, "later", priority=1, not_before=NOW - 1),
        pending(host, "poll", priority=0, not_before=NOW - 1),
        pending(host, "sooner", priority=1, not_before=NOW - 60),
        pending(host, "first", priority=0),
    ]
    for one in waiting:
        frontier.put(one)
    assert due(frontier, host) == ["first", "poll", "sooner", "later", "history"]
    assert due(frontier, host, limit=3) == ["first", "poll", "sooner"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(get_args(Priority)), st.integers(-100_000, 100_000)),
        max_size=8,
        unique_by=lambda entry: entry[1],
    ),
    st.integers(0, 9),
)
def test_whatever_waits_the_order_is_by_priority_and_time_and_each_priority_has_its_places(
    frontier: Frontier, entries: list[tuple[Priority, int]], limit: int
) -> None:
    host = unique("host")
    waiting = [pending(host, str(ms), priority=rank, not_before=NOW + ms / 1000) for rank, ms in entries]
    for one in waiting:
        frontier.put(one)
    expected = [[str(ms) for rank, ms in sorted(entries) if ms <= 0 and rank == each] for each in get_args(Priority)]
    polls, pages, history = map(len, expected)
    last = min(history, max(limit // 5, limit - polls - pages))
    behind = min(pages + history, max(limit // 2, limit - polls))
    places = min(polls, limit - behind), behind - last if behind > last else 0, last
    found = due(frontier, host, limit=limit)
    assert len(found) == min(limit, polls + pages + history)
    assert found == [one for group, most in zip(expected, places, strict=True) for one in group[:most]]
    assert frontier.next_at(host) == min((one.not_before for one in waiting), default=None)


@pytest.mark.parametrize(
    ("waiting", "limit", "places"),
    [
        ((60, 60, 60), 10, (5, 3, 2)),
        ((60, 60, 60), 50, (25, 15, 10)),
        ((60, 0, 60), 10, (8, 0, 2)),  # nobody has more of what pages leave than history's share
        ((60, 60, 0), 10, (5, 5, 0)),
        ((3, 60, 60), 10, (3, 5, 2)),
        ((0, 60, 60), 10, (0, 8, 2)),
        ((60, 1, 0), 10, (9, 1, 0)),
        ((60, 0, 0), 10, (10, 0, 0)),
        ((2, 2, 2), 10, (2, 2, 2)),
    ],
)
def test_where_more_is_due_than_a_host_takes_the_urgent_leave_places(
    frontier: Frontier, host: str, waiting: tuple[int, ...], limit: int, places: tuple[int, ...]
) -> None:
    for priority, count in zip(get_args(Priority), waiting, strict=True):
        frontier.put_all([pending(host, f"{priority}-{number}", priority=priority) for number in range(count)])
    found = Counter(one.request.priority for one in frontier.due(host, NOW, limit))
    assert tuple(found[priority] for priority in get_args(Priority)) == places


@pytest.mark.parametrize(
    ("chance", "first"), [(0.0, "poll"), (0.49, "poll"), (0.5, "page"), (0.79, "page"), (0.8, "read again")]
)
def test_of_a_single_place_chance_decides_whose_it_is(parts: Parts, host: str, chance: float, first: str) -> None:
    frontier = Frontier(parts.table("FrontierTable"), chance=lambda: chance)
    for priority, name in zip(get_args(Priority), ("poll", "page", "read again"), strict=True):
        frontier.put(pending(host, name, priority=priority))
    assert due(frontier, host, limit=1) == [first]


def test_a_host_sees_its_own_requests_only(frontier: Frontier, host: str) -> None:
    frontier.put(pending(host, "a"))
    other = unique("host")
    assert due(frontier, other) == []
    assert frontier.next_at(other) is None


def test_what_is_postponed_waits_one_attempt_older(frontier: Frontier, host: str) -> None:
    one = pending(host, "a")
    frontier.put(one)
    frontier.postpone(one, NOW + 60)
    assert due(frontier, host) == []
    assert frontier.next_at(host) == NOW + 60
    (later,) = frontier.due(host, NOW + 60, 10)
    assert later == msgspec.structs.replace(one, not_before=NOW + 60, attempts=1)


def test_what_only_has_to_wait_is_no_attempt_older(frontier: Frontier, host: str) -> None:
    one = pending(host, "a", attempts=2)
    frontier.put(one)
    frontier.postpone(one, NOW + 60, failed=False)
    (later,) = frontier.due(host, NOW + 60, 10)
    assert later.attempts == 2


def test_what_is_settled_by_another_crawler_is_not_postponed(frontier: Frontier, host: str) -> None:
    frontier.put(pending(host, "a"))
    (waiting,) = frontier.due(host, NOW, 1)
    frontier.remove([waiting])
    frontier.postpone(waiting, NOW + 60)
    assert frontier.next_at(host) is None


def test_what_is_settled_is_gone_and_the_rest_stays(frontier: Frontier, host: str) -> None:
    waiting = [pending(host, str(number), not_before=float(number)) for number in range(40)]
    for one in waiting:
        frontier.put(one)
    frontier.remove(waiting[:35])
    frontier.remove(waiting[:35])
    frontier.remove([])
    assert due(frontier, host) == ["35", "36", "37", "38", "39"]


def test_a_request_may_wait_again_once_it_is_settled(frontier: Frontier, host: str) -> None:
    one = pending(host, "a")
    frontier.put(one)
    frontier.remove([one])
    assert frontier.put(one) is True


def test_what_was_just_put_is_seen_at_once(frontier: Frontier, host: str) -> None:
    for number in range(20):
        frontier.put(pending(host, str(number), not_before=float(number)))
        assert len(due(frontier, host)) == number + 1


def test_the_clock_of_today_is_in_order_too(frontier: Frontier, host: str) -> None:
    now = time.time()
    for path, at in (("b", now - 1), ("c", now + 9), ("a", now - 2)):
        frontier.put(pending(host, path, not_before=at))
    assert due(frontier, host, now) == ["a", "b"]


def test_many_are_put_at_once_but_for_those_that_wait_already(frontier: Frontier, host: str) -> None:
    first = pending(host, "0", not_before=NOW - 1, attempts=3)
    frontier.put(first)
    many = [pending(host, str(number), not_before=NOW - 60 + number) for number in range(60)]
    assert frontier.put_all(many) == [False, *[True] * 59]
    assert frontier.put_all([]) == []
    found = frontier.due(host, NOW, 100)
    assert len(found) == 60
    assert first in found


# Channels in turn


def flood(
    frontier: Frontier,
    host: str,
    channel: str,
    count: int,
    *,
    since: float,
    priority: Priority = 1,
    big: bool = False,
) -> None:
    """So many requests of a channel; ten big ones are more than a page of the table."""
    for number in range(count):
        one = pending(host, f"{channel}-{number}", priority=priority, channel=channel, not_before=since + number / 1000)
        context = {"seen": "x" * 120_000} if big else one.request.context
        frontier.put(msgspec.structs.replace(one, request=msgspec.structs.replace(one.request, context=context)))


def test_channels_take_turns_within_a_priority(frontier: Frontier, host: str) -> None:
    flood(frontier, host, "a", 4, since=NOW - 900)
    flood(frontier, host, "b", 2, since=NOW - 800)
    flood(frontier, host, "c", 1, since=NOW - 700, priority=0)
    assert due(frontier, host) == ["c-0", "a-0", "b-0", "a-1", "b-1", "a-2", "a-3"]


@pytest.mark.parametrize(("chance", "first"), [(0.0, "a-0"), (0.49, "a-0"), (0.5, "b-0"), (0.99, "b-0")])
def test_a_channel_with_many_requests_has_not_all_single_places(
    parts: Parts, host: str, chance: float, first: str
) -> None:
    """A host with pauses of half a minute takes days for all that a sitemap leads to; nobody else may wait so long."""
    frontier = Frontier(parts.table("FrontierTable"), chance=lambda: chance)
    flood(frontier, host, "a", 20, since=NOW - 900, priority=2)
    flood(frontier, host, "b", 1, since=NOW - 800, priority=2)
    assert due(frontier, host, limit=1) == [first]


@pytest.mark.parametrize(("chance", "first"), [(0.0, "a-0"), (0.34, "b-0"), (0.67, "c-0")])
def test_single_places_go_round_among_channels(parts: Parts, host: str, chance: float, first: str) -> None:
    frontier = Frontier(parts.table("FrontierTable"), chance=lambda: chance)
    for number, channel in enumerate("abc"):
        flood(frontier, host, channel, 1, since=NOW - 900 + number, priority=2)
    assert due(frontier, host, limit=1) == [first]


def test_a_channel_with_many_requests_leaves_room_for_those_behind_it(frontier: Frontier, host: str) -> None:
    flood(frontier, host, "a", 120, since=NOW - 900)
    flood(frontier, host, "b", 30, since=NOW - 800)
    flood(frontier, host, "c", 2, since=NOW - 700)
    found = due(frontier, host, limit=10)
    assert found == ["a-0", "b-0", "c-0", "a-1", "b-1", "c-1", "a-2", "b-2", "a-3", "b-3"]
    assert due(frontier, host, limit=40)[:6] == ["a-0", "b-0", "c-0", "a-1", "b-1", "c-1"]


def test_floods_of_more_than_a_page_leave_room_for_who_is_behind_all_of_them(frontier: Frontier, host: str) -> None:
    flood(frontier, host, "a", 12, since=NOW - 900, big=True)
    flood(frontier, host, "b", 12, since=NOW - 800, big=True)
    flood(frontier, host, "c", 12, since=NOW - 700, big=True)
    flood(frontier, host, "d", 1, since=NOW - 600)
    assert due(frontier, host, limit=10)[:4] == ["a-0", "b-0", "c-0", "d-0"]
    assert len(set(due(frontier, host, limit=10))) == 10


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.99])
def test_where_more_channels_flood_than_there_are_places_each_has_its_turn(
    parts: Parts, host: str, chance: float
) -> None:
    frontier = Frontier(parts.table("FrontierTable"), chance=lambda: chance)
    for number in range(12):
        flood(frontier, host, f"{number:02}", 8, since=NOW - 900 + number)
    begin = int(12 * chance)
    assert due(frontier, host, limit=6) == [f"{(begin + number) % 12:02}-0" for number in range(6)]


def test_what_waits_behind_a_flood_is_not_taken_before_its_time(frontier: Frontier, host: str) -> None:
    flood(frontier, host, "a", 20, since=NOW - 900)
    flood(frontier, host, "b", 1, since=NOW + 60)
    assert due(frontier, host, limit=5) == [f"a-{number}" for number in range(5)]


def test_a_poll_and_its_check_wait_side_by_side(frontier: Frontier, host: str) -> None:
    poll = pending(host, "feed", poll=True)
    assert frontier.put(poll) is True
    assert frontier.put(msgspec.structs.replace(poll, verifies=NOW)) is True
    frontier.remove([poll])
    (left,) = frontier.due(host, NOW, 10)
    assert left.verifies == NOW


def test_a_poll_pages_of_two_walks_and_a_page_read_again_wait_side_by_side(frontier: Frontier, host: str) -> None:
    plain = pending(host, "feed")
    poll = msgspec.structs.replace(plain, poll=True)
    walks = [msgspec.structs.replace(plain, walk=BEGAN + timedelta(seconds=later)) for later in range(2)]
    for one in (plain, poll, *walks):
        assert frontier.put(one) is True
        assert frontier.put(one) is False
    frontier.remove([poll])
    left = frontier.due(host, NOW, 10)
    assert not any(one.poll for one in left)
    assert {one.walk for one in left} == {None, *(one.walk for one in walks)}
    frontier.remove([one for one in left if one.walk == BEGAN])
    assert len(frontier.due(host, NOW, 10)) == 2


@pytest.mark.parametrize("fields", [{"poll": True}, {"walk": BEGAN}], ids=["poll", "history"])
def test_what_waits_under_an_id_of_before_is_postponed_and_removed_under_it(
    parts: Parts, frontier: Frontier, host: str, fields: dict[str, Any]
) -> None:
    """As it was put before ids told what a request is for."""
    request = Request(url=f"https://{host}/feed")
    old = Pending(host=host, channel="ch_1", request=request, **fields)
    name = request_id("ch_1", request.kind, request.url)
    body = msgspec.json.encode(old).decode()
    table = Table(parts.table("FrontierTable"))
    table.put({"host": host, "id": name, "rank": "0#000000000000000", "channel": "ch_1", "body": body})
    (found,) = frontier.due(host, NOW, 10)
    frontier.postpone(found, NOW - 1)
    (again,) = frontier.due(host, NOW, 10)
    assert (again.id, again.attempts) == (name, 1)
    frontier.remove([again])
    assert frontier.due(host, NOW, 10) == []
