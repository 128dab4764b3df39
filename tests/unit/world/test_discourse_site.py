from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.world.client import get
from tests.unit.world.platforms import crawl, recognized, reread

if TYPE_CHECKING:
    from infra.local.world import Channel, World
    from tests.unit.world.conftest import MovableClock

NAMES = ["all", "support", "tips", "tag", "topic", "user"]


def base(world: World) -> str:
    return world.addresses.more["discourse"]


def channel(world: World, name: str) -> Channel:
    return world.truth.channel(f"discourse-{name}")


def numbered(world: World, slug: str) -> int:
    """The number of the topic with a slug."""
    topics = get(f"{base(world)}/latest.json").json["topic_list"]["topics"]
    return next(int(topic["id"]) for topic in topics if topic["slug"] == slug)


@pytest.mark.parametrize("name", NAMES)
def test_a_crawl_finds_what_the_manifest_promises(world: World, clock: MovableClock, name: str) -> None:
    found = crawl(channel(world, name), now=clock())
    assert found.kept == channel(world, name).expected(clock())
    assert found.deleted <= set(channel(world, name).excluded())
    assert found.unread == []


@pytest.mark.parametrize("name", ["all", "support", "topic"])
def test_a_later_poll_finds_what_is_new_and_reads_little_else_again(
    world: World, clock: MovableClock, name: str
) -> None:
    first = crawl(channel(world, name), now=clock())
    clock.move(3_600)
    second = crawl(channel(world, name), now=clock(), cursor=first.cursor)
    assert channel(world, name).expected(clock()) - first.kept <= second.kept
    assert second.requests < first.requests


@pytest.mark.parametrize("name", ["all", "support", "tag", "user"])
def test_the_history_holds_everything(world: World, clock: MovableClock, name: str) -> None:
    assert crawl(channel(world, name), now=clock(), walk=True).kept >= channel(world, name).expected(clock())


def test_posts_read_again_show_their_figures_and_that_they_are_gone(world: World, clock: MovableClock) -> None:
    topic = numbered(world, "back-cover-lifted")
    uris = [f"{base(world)}/t/{topic}/{number}" for number in (1, 7, 8, 18)]
    found = reread(channel(world, "all"), [*uris, f"{base(world)}/t/999/1"], now=clock())
    assert found.deleted == {*uris[1:], f"{base(world)}/t/999/1"}
    first = found.drafts[uris[0]].metrics
    assert first
    assert (first.likes, first.views) == (42, 4120)
    assert found.requests == 2


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/", "/latest"),
        ("/c/support/5", "/c/support/5"),
        ("/tag/배터리", "/tag/%EB%B0%B0%ED%84%B0%EB%A6%AC"),
        ("/u/Gaeul/activity", "/u/gaeul"),
    ],
)
def test_what_a_person_pastes_is_recognized_by_its_page(world: World, path: str, canonical: str) -> None:
    assert recognized(base(world) + path) == ("discourse", base(world) + canonical)


def test_a_posts_address_leads_to_its_topic(world: World) -> None:
    topic = numbered(world, "queue")
    assert recognized(f"{base(world)}/t/queue/{topic}/12") == ("discourse", f"{base(world)}/t/{topic}")


def test_an_edit_and_an_answer_are_shown_as_such(world: World, clock: MovableClock) -> None:
    topic = numbered(world, "back-cover-lifted")
    found = crawl(channel(world, "all"), now=clock())
    answer, quoting = (found.drafts[f"{base(world)}/t/{topic}/{number}"] for number in (4, 3))
    assert answer.edited_at
    assert answer.text
    assert "안전 상자" in answer.text
    assert quoting.quote_of == quoting.in_reply_to == f"{base(world)}/t/{topic}/2"
    assert quoting.text
    assert "저도 똑같습니다" not in quoting.text


def test_the_teams_own_category_is_nowhere(world: World) -> None:
    everything: list[Any] = [get(f"{base(world)}{path}").text for path in ("/posts.json", "/latest.json", "/")]
    assert not any("대외비" in text for text in everything)
    assert get(f"{base(world)}/c/staff/3.json").status == 404
    assert get(f"{base(world)}/c/staff/3/l/latest.json?order=activity").status == 404
    assert get(f"{base(world)}/c/3/show.json").status == 404


def test_a_category_is_shown_as_its_team_wants_and_by_activity_where_that_is_asked_for(world: World) -> None:
    shown, latest = (
        get(f"{base(world)}/c/support/5{path}").json["topic_list"]["topics"]
        for path in (".json", "/l/latest.json?order=activity")
    )
    assert shown == sorted(latest, key=lambda topic: topic["views"], reverse=True)
    assert latest == sorted(shown, key=lambda topic: (topic["pinned"], topic["bumped_at"]), reverse=True)
    assert shown != latest


def test_hidden_and_deleted_words_are_nowhere(world: World) -> None:
    topic = numbered(world, "back-cover-lifted")
    posts = get(f"{base(world)}/t/{topic}.json").json["post_stream"]["posts"]
    assert [post["post_number"] for post in posts] == [1, 2, 3, 4, 5, 6, 7]
    assert (posts[5]["hidden"], posts[6]["user_deleted"]) == (True, True)
    assert not any(word in post["cooked"] for post in posts for word in ("욕설", "전화번호", "광고"))


def test_a_long_topic_comes_in_pages(world: World) -> None:
    topic = numbered(world, "queue")
    first, second = (get(f"{base(world)}/t/{topic}.json?page={page}").json["post_stream"] for page in (1, 2))
    assert (len(first["posts"]), len(second["posts"]), len(first["stream"])) == (20, 7, 27)
    assert get(f"{base(world)}/t/{topic}.json?page=3").status == 404
    around = get(f"{base(world)}/t/{topic}/12.json").json["post_stream"]["posts"]
    assert [post["post_number"] for post in around] == list(range(7, 27))
