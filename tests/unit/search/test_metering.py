"""When a count is waited for, when it runs beside the engine's work, and when neither is asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex.access import Caller, Scope
from socialindex.aws.usage import Charge, Standing
from socialindex.errors import TooManyRequests, Unavailable
from socialindex.plans import PLANS
from socialindex.search.http import Answer
from socialindex.search.metering import Meter

if TYPE_CHECKING:
    from datetime import datetime

LIMITS = msgspec.structs.replace(PLANS["trial"], queries_a_day=100, queries_a_minute=1_000, posts_a_month=50)
CALLER = Caller(
    organization="org_a", workspaces=frozenset(), scopes=frozenset({Scope.READ}), key="key_a", limits=LIMITS
)
OK = Answer(200, {})


@dataclass
class Counters:
    """Counts in memory; while ``gate`` is closed, a count does not end."""

    used: int = 0
    given: int = 0
    counted: list[Charge] = field(default_factory=list)
    back: list[Charge] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.gate.set()

    def call(self, charge: Charge, _now: datetime) -> Standing:
        self.gate.wait(5)
        if self.error:
            raise self.error
        self.counted.append(charge)
        if self.used + charge.queries > charge.limits.queries_a_day:
            return Standing(self.used, posts=self.given, refused="day")
        if self.given + charge.posts > charge.limits.posts_a_month:
            return Standing(self.used, posts=self.given, refused="posts")
        self.used, self.given = self.used + charge.queries, self.given + charge.posts
        return Standing(self.used, posts=self.given)

    def posts(self, charge: Charge, _now: datetime) -> Standing:
        return self.call(charge._replace(queries=0), _now)

    def give_back(self, charge: Charge, _now: datetime) -> None:
        self.back.append(charge)


def begin(meter: Meter, weight: int = 1, *, posts: bool = False, waits: bool = False, caller: Caller = CALLER) -> Any:
    return meter.begin(caller, "r", weight, gives_posts=posts, waits=waits)


def known(used: int) -> tuple[Meter, Counters]:
    """A meter that has just counted a call, after which so many queries are used."""
    counters = Counters(used=used - 1)
    meter = Meter(counters)
    begin(meter).settle(OK)
    return meter, counters


def test_where_plenty_is_left_the_engine_is_not_kept_waiting() -> None:
    meter, counters = known(used=50)
    counters.gate.clear()
    count = begin(meter)
    assert counters.used == 50
    counters.gate.set()
    count.settle(OK)
    assert counters.used == 51


@pytest.mark.parametrize(("used", "waits"), [(96, False), (50, True)])
def test_where_little_is_left_or_something_changes_the_count_comes_first(used: int, waits: bool) -> None:
    meter, counters = known(used)
    begin(meter, waits=waits)
    assert counters.used == used + 1


def test_where_nothing_is_known_the_count_comes_first() -> None:
    counters = Counters(used=100)
    with pytest.raises(TooManyRequests, match="100 queries of this day"):
        begin(Meter(counters))


def test_where_nothing_is_left_nobody_is_asked() -> None:
    meter, counters = known(used=100)
    with pytest.raises(TooManyRequests):
        begin(meter)
    assert len(counters.counted) == 1


def test_a_heavy_call_is_refused_where_a_light_one_is_not() -> None:
    meter, _ = known(used=98)
    with pytest.raises(TooManyRequests):
        begin(meter, weight=3)
    begin(meter, weight=2).settle(OK)


def test_a_new_plan_counts_at_once() -> None:
    meter, _ = known(used=100)
    richer = msgspec.structs.replace(CALLER, limits=msgspec.structs.replace(LIMITS, queries_a_day=101))
    with pytest.raises(TooManyRequests):
        begin(meter)
    # What was remembered is compared with what is granted now; the counters of this test know the new plan too.
    begin(meter, caller=richer).settle(OK)


def test_an_answer_that_was_not_counted_does_not_leave() -> None:
    meter, counters = known(used=50)
    counters.error = Unavailable("table usage: no answer")
    count = begin(meter)
    with pytest.raises(Unavailable):
        count.settle(OK)


@pytest.mark.parametrize(("status", "times"), [(200, 0), (400, 0), (404, 0), (500, 1), (503, 1)])
def test_only_our_own_failures_are_given_back(status: int, times: int) -> None:
    meter, counters = known(used=50)
    begin(meter).settle(Answer(status, {}))
    assert len(counters.back) == times


def test_posts_are_counted_with_their_call_in_one() -> None:
    meter, counters = known(used=1)
    begin(meter, posts=True).settle(Answer(200, {}, posts=30))
    assert [(charge.queries, charge.posts) for charge in counters.counted] == [(1, 0), (1, 30)]


def test_what_we_fail_to_give_is_not_counted_at_all_where_the_count_comes_last() -> None:
    meter, counters = known(used=1)
    begin(meter, posts=True).settle(Answer(503, {}))
    assert (counters.used, counters.back) == (1, [])


@pytest.mark.parametrize("waits", [False, True])
def test_posts_that_are_used_up_are_refused_before_the_engine_is_asked(waits: bool) -> None:
    meter, counters = known(used=1)
    begin(meter, posts=True, waits=waits).settle(Answer(200, {}, posts=30))
    with pytest.raises(TooManyRequests, match="50 posts of this month"):
        begin(meter, posts=True, waits=waits).settle(Answer(200, {}, posts=30))
    begin(meter, posts=True, waits=waits).settle(Answer(200, {}, posts=20))
    asked = len(counters.counted)
    with pytest.raises(TooManyRequests):
        begin(meter, posts=True, waits=waits)
    assert len(counters.counted) == asked
    begin(meter).settle(OK)


def test_headers_tell_the_policy_and_what_is_left_of_it() -> None:
    assert Meter(Counters()).headers(CALLER) == {"RateLimit-Policy": '"day";q=100;w=86400, "minute";q=1000;w=60'}
    meter, _ = known(used=42)
    day, minute = meter.headers(CALLER)["RateLimit"].split(", ")
    assert day.startswith('"day";r=58;t=')
    assert minute == '"minute";r=1000;t=0'


@dataclass(frozen=True)
class Expected:
    """A call of which it is said how many posts it can hold: what is counted, one after the other, and of the month."""

    posts: int
    given: int
    counts: list[tuple[int, int]]
    month: int


EXPECTED = {
    "as many as there can be": Expected(20, 20, [(1, 20)], 20),
    "fewer are taken back": Expected(20, 3, [(1, 20), (0, -17)], 3),
    "more than are left are counted afterwards": Expected(60, 5, [(1, 5)], 5),
}


@pytest.mark.parametrize("case", EXPECTED.values(), ids=EXPECTED)
def test_posts_that_are_expected_are_counted_beside_the_engines_work(case: Expected) -> None:
    meter, counters = known(used=1)
    count = begin(meter, posts=True)
    count.expect(case.posts)
    count.settle(Answer(200, {}, posts=case.given))
    assert [(charge.queries, charge.posts) for charge in counters.counted[1:]] == case.counts
    assert counters.given == case.month


def test_posts_that_are_expected_need_not_fit_as_long_as_those_that_come_do() -> None:
    meter, counters = known(used=1)
    count = begin(meter, posts=True)
    counters.given = 45  # somebody else took them meanwhile
    count.expect(20)
    count.settle(Answer(200, {}, posts=5))
    assert (counters.used, counters.given) == (2, 50)


def test_posts_that_were_expected_of_an_answer_that_failed_are_given_back() -> None:
    meter, counters = known(used=1)
    count = begin(meter, posts=True)
    count.expect(20)
    count.settle(Answer(503, {}))
    assert [(charge.queries, charge.posts) for charge in counters.back] == [(1, 20)]
