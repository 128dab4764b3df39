"""The moody host is difficult in every way that it promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.world import Faults, WorldConfig, running_world
from infra.local.world.sites.moody.site import LIES_SECONDS, RETRY_AFTER, THROTTLES_EVERY
from tests.unit.world.client import get
from tests.unit.world.conftest import ANCHOR, MovableClock

if TYPE_CHECKING:
    from infra.local.world import World


def _address(world: World) -> str:
    return world.addresses.more["moody"]


def test_its_validators_lie_while_it_posts() -> None:
    clock = MovableClock()
    with running_world(WorldConfig(anchor=ANCHOR, clock=clock)) as world:
        feed = f"{_address(world)}/feed.xml"
        before, tag = get(feed).text, get(feed).headers["etag"]
        clock.move(LIES_SECONDS - 1)
        assert get(feed).headers["etag"] == tag
        assert get(feed).text != before
        clock.move(LIES_SECONDS)
        assert get(feed).headers["etag"] != tag


def test_it_throttles_now_and_then() -> None:
    with running_world(WorldConfig(anchor=ANCHOR, clock=MovableClock())) as world:
        answers = [get(f"{_address(world)}/feed.xml") for _ in range(THROTTLES_EVERY)]
    assert [answer.status for answer in answers] == [200] * (THROTTLES_EVERY - 1) + [429]
    assert answers[-1].headers["retry-after"] == str(RETRY_AFTER)


def test_it_edits_what_it_posted() -> None:
    clock = MovableClock()
    with running_world(WorldConfig(anchor=ANCHOR, clock=clock)) as world:
        post = f"{_address(world)}/posts/mood-7"
        clock.move(46)
        assert "(고침)" not in get(post).text
        clock.move(120)
        assert "(고침)" in get(post).text


def test_one_day_it_says_no() -> None:
    clock = MovableClock()
    faults = Faults(moody_closes_after=60)
    with running_world(WorldConfig(anchor=ANCHOR, clock=clock, faults=faults)) as world:
        robots = f"{_address(world)}/robots.txt"
        assert "Disallow:\n" in get(robots).text
        clock.move(60)
        assert "Disallow: /\n" in get(robots).text


def test_everything_that_it_will_post_is_in_its_truth() -> None:
    clock = MovableClock()
    with running_world(WorldConfig(anchor=ANCHOR, clock=clock)) as world:
        truth = world.truth.channel("blog-moody")
        clock.move(600)
        text = get(f"{_address(world)}/feed.xml").text
        shown = {item.uri for item in truth.items if f"<link>{item.uri}</link>" in text}
        assert len(shown) == 40
        assert shown <= truth.expected(clock.now)
