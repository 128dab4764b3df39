from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import feedparser
import pytest

from infra.local.world import Channel as Truth
from infra.local.world import Faults, WorldConfig, running_world
from tests.unit.world.client import get
from tests.unit.world.conftest import ANCHOR, MovableClock
from tests.unit.world.platforms import crawl, recognized, reread

if TYPE_CHECKING:
    from infra.local.world import World

Json = dict[str, Any]


def api(world: World, path: str) -> Any:
    return get(f"{world.addresses.social}/api{path}").json


def walk(url: str) -> list[Json]:
    """All statuses of a timeline, by the ``next`` links."""
    found: list[Json] = []
    while url:
        answer = get(url)
        found += answer.json
        match = re.search(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
        url = match[1] if match else ""
    return found


def local_timeline(world: World, query: str = "") -> str:
    return f"{world.addresses.social}/api/v1/timelines/public?local=true{query}"


def account(world: World, name: str) -> Json:
    entity: Json = api(world, f"/v1/accounts/lookup?acct={name}")
    return entity


def statuses_of(world: World, name: str, query: str = "") -> list[Json]:
    return walk(f"{world.addresses.social}/api/v1/accounts/{account(world, name)['id']}/statuses?limit=40{query}")


def test_nodeinfo_and_both_instance_entities_name_the_software(world: World) -> None:
    links = get(f"{world.addresses.social}/.well-known/nodeinfo").json["links"]
    assert get(links[0]["href"]).json["software"]["name"] == "mastodon"
    assert api(world, "/v2/instance")["source_url"].endswith("mastodon/mastodon")
    assert api(world, "/v1/instance")["version"] == api(world, "/v2/instance")["version"]


@pytest.mark.parametrize("limit", [7, 40])
def test_walking_the_local_timeline_shows_each_public_status_once(world: World, limit: int) -> None:
    found = [status["uri"] for status in walk(local_timeline(world, f"&limit={limit}"))]
    truth = world.truth.channel("social-local")
    expected = [item.uri for item in truth.items if item.published_at <= ANCHOR]
    assert len(found) == len(set(found))
    assert set(found) == set(expected)


def test_identities_and_pages_are_at_the_servers_own_address(world: World) -> None:
    status = api(world, "/v1/timelines/public?local=true&limit=1")[0]
    name, id_ = status["account"]["username"], status["id"]
    assert status["uri"] == f"{world.addresses.social}/users/{name}/statuses/{id_}"
    assert status["url"] == f"{world.addresses.social}/@{name}/{id_}"
    assert get(status["url"]).status == 200


def test_min_id_gives_the_oldest_above_and_since_id_the_newest(world: World) -> None:
    ids = [status["id"] for status in walk(local_timeline(world, "&limit=40"))]
    pivot = ids[30]
    assert [s["id"] for s in get(local_timeline(world, f"&limit=5&min_id={pivot}")).json] == ids[25:30]
    assert [s["id"] for s in get(local_timeline(world, f"&limit=5&since_id={pivot}")).json] == ids[:5]
    assert [s["id"] for s in get(local_timeline(world, f"&limit=5&max_id={pivot}")).json] == ids[31:36]


def test_a_limit_is_at_most_forty_and_twenty_by_default(world: World) -> None:
    assert len(get(local_timeline(world)).json) == 20
    assert len(get(local_timeline(world, "&limit=400")).json) == 40


def test_tag_timelines_find_tags_of_any_case(world: World) -> None:
    lower = api(world, "/v1/timelines/tag/nuriphone?limit=40")
    assert [s["id"] for s in lower] == [s["id"] for s in api(world, "/v1/timelines/tag/NuriPhone?limit=40")]
    assert all("nuriphone" in [tag["name"] for tag in status["tags"]] for status in lower)
    assert {status["account"]["acct"] for status in lower} >= {"fixit_fern", "lena@gadgets.example"}


def test_the_federated_timeline_has_posts_of_other_servers(world: World) -> None:
    remote = walk(f"{world.addresses.social}/api/v1/timelines/public?remote=true")
    assert remote
    assert all(status["uri"].startswith(("https://todam.example/", "https://gadgets.example/")) for status in remote)


def test_boosts_are_on_profiles_only(world: World) -> None:
    boost = next(status for status in statuses_of(world, "safety_watch") if status["reblog"])
    assert boost["uri"].endswith(f"/statuses/{boost['id']}/activity")
    assert boost["content"] == ""
    assert boost["reblog"]["content"]
    assert all(status["reblog"] is None for status in walk(local_timeline(world, "&limit=40")))


def test_unlisted_statuses_are_on_profiles_only_and_private_ones_nowhere(world: World) -> None:
    own = {status["visibility"] for status in statuses_of(world, "fixit_fern")}
    assert own == {"public", "unlisted"}
    assert {status["visibility"] for status in walk(local_timeline(world, "&limit=40"))} == {"public"}
    private = next(status for status in world.data.statuses if status.visibility == "private")
    assert get(f"{world.addresses.social}/api/v1/statuses/{private.id}").status == 404
    assert private.id not in {status["id"] for status in statuses_of(world, "mori_k")}


@pytest.mark.parametrize(
    ("name", "indexable", "discoverable"),
    [("mori_k", True, True), ("quiet_room", False, True), ("shy_otter", False, False), ("hidden_pine", True, False)],
)
def test_accounts_carry_their_flags(world: World, name: str, *, indexable: bool, discoverable: bool) -> None:
    entity = account(world, name)
    assert (entity["indexable"], entity["discoverable"]) == (indexable, discoverable)


def test_there_are_polls_warnings_pictures_replies_and_bots(world: World) -> None:
    found = walk(local_timeline(world, "&limit=40"))
    assert any(status["poll"] and status["poll"]["votes_count"] for status in found)
    assert any(status["sensitive"] and status["spoiler_text"] for status in found)
    assert any(medium["description"] for status in found for medium in status["media_attachments"])
    assert any(medium["description"] is None for status in found for medium in status["media_attachments"])
    assert any(status["in_reply_to_id"] for status in found)
    assert any(status["account"]["bot"] for status in found)


def test_content_is_html_as_mastodon_writes_it(world: World) -> None:
    key = next(status for status in world.data.statuses if status.key == "smoke-share")
    content = api(world, f"/v1/statuses/{key.id}")["content"]
    assert '<span class="invisible">http://</span>' in content
    assert (
        f'<a href="{world.addresses.social}/tags/누리폰12" class="mention hashtag" rel="tag">#<span>누리폰12</span></a>'
        in content
    )
    answer = next(status for status in world.data.statuses if status.answers)
    entity = api(world, f"/v1/statuses/{answer.id}")
    assert 'class="u-url mention"' in entity["content"]
    assert entity["mentions"]


def test_a_context_has_ancestors_and_descendants(world: World) -> None:
    key = next(status for status in world.data.statuses if status.key == "social-first")
    context = api(world, f"/v1/statuses/{key.id}/context")
    assert len(context["descendants"]) >= 2
    assert [s["id"] for s in api(world, f"/v1/statuses/{context['descendants'][0]['id']}/context")["ancestors"]] == [
        key.id
    ]


def test_an_edit_shows_once_it_is_made(world: World, clock: MovableClock) -> None:
    key = next(status for status in world.data.statuses if status.key == "live-edited")
    before = api(world, f"/v1/statuses/{key.id}")
    clock.move(281)
    after = api(world, f"/v1/statuses/{key.id}")
    assert before["edited_at"] is None
    assert after["edited_at"] == "2026-11-28T03:04:40.000Z"
    assert before["content"] != after["content"]
    assert before["uri"] == after["uri"]


def test_pages_of_people_and_tags_have_mastodons_marks(world: World) -> None:
    profile = get(f"{world.addresses.social}/@mori_k").text
    assert "id='initial-state'" in profile
    assert f"href='{world.addresses.social}/users/mori_k' rel='alternate' type='application/activity+json'" in profile
    assert "content='Mastodon' name='application-name'" in get(f"{world.addresses.social}/tags/누리폰12").text


@pytest.mark.parametrize("path", ["/@mori_k.rss", "/tags/누리폰12.rss"])
def test_the_feeds_that_pages_name_exist(world: World, path: str) -> None:
    entries = feedparser.parse(get(world.addresses.social + path).body).entries
    ours = [entry.link for entry in entries if entry.link.startswith(world.addresses.social)]
    assert ours
    assert all(get(link).status == 200 for link in ours)


@pytest.mark.parametrize("path", ["/api/v1/statuses/1", "/api/v1/accounts/1", "/api/v1/accounts/lookup?acct=nobody"])
def test_what_is_missing_answers_404_in_json(world: World, path: str) -> None:
    answer = get(world.addresses.social + path)
    assert (answer.status, answer.json) == (404, {"error": "Record not found"})


def test_the_rate_limit_is_announced_and_kept() -> None:
    config = WorldConfig(anchor=ANCHOR, clock=MovableClock(), faults=Faults(rate_limit=2))
    with running_world(config) as world:
        answers = [get(local_timeline(world)) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].headers["x-ratelimit-reset"] == "2026-11-28T03:05:00.000Z"


def test_trends_are_in_the_order_of_their_weight(world: World) -> None:
    trends = api(world, "/v1/trends/statuses?limit=40")
    weights = [status["favourites_count"] + 2 * status["reblogs_count"] for status in trends]
    assert weights == sorted(weights, reverse=True)
    assert api(world, "/v1/trends/statuses?limit=5&offset=10") == trends[10:15]


def test_several_statuses_come_at_once_without_those_that_are_nobodys_to_see(world: World) -> None:
    private = next(status.id for status in world.data.statuses if status.visibility == "private")
    ids = [status["id"] for status in walk(local_timeline(world, "&limit=40"))[:3]]
    query = "&".join(f"id[]={each}" for each in [*ids, private, "1"])
    assert [status["id"] for status in api(world, f"/v1/statuses?{query}")] == ids


def home(world: World) -> str:
    return world.addresses.social.partition("://")[2]


@pytest.mark.parametrize("pasted", ["@mori_k@{}", "acct:mori_k@{}", "acct:@Mori_K@{}", "{}/@mori_k"])
def test_a_handle_is_recognized_as_its_account(world: World, pasted: str) -> None:
    assert recognized(pasted.format(home(world))) == ("mastodon", f"{world.addresses.social}/@mori_k")


def test_a_post_and_the_trends_are_recognized(world: World) -> None:
    key = next(status for status in world.data.statuses if status.key == "social-first")
    page = f"{world.addresses.social}/@mori_k/{key.id}"
    assert recognized(page) == ("mastodon", page)
    assert recognized(f"{world.addresses.social}/explore") == ("mastodon", f"{world.addresses.social}/explore")


def place(world: World, path: str) -> Truth:
    return Truth(name="place", source="mastodon", url=world.addresses.social + path, items=[])


def test_a_conversation_is_read_whole(world: World, clock: MovableClock) -> None:
    key = next(status for status in world.data.statuses if status.key == "social-first")
    found = crawl(place(world, f"/@mori_k/{key.id}"), now=clock())
    first = f"{world.addresses.social}/users/mori_k/statuses/{key.id}"
    assert found.requests == 2
    assert len(found.kept) >= 3
    assert {draft.thread for draft in found.drafts.values()} == {first}
    assert {draft.in_reply_to for uri, draft in found.drafts.items() if uri != first} >= {first}


def test_trends_are_read(world: World, clock: MovableClock) -> None:
    found = crawl(place(world, "/explore"), now=clock())
    assert len(found.kept) > 40
    assert found.requests == 3


def test_the_history_of_a_hashtag_holds_everything(world: World, clock: MovableClock) -> None:
    channel = world.truth.channel("social-tag-누리폰12")
    assert crawl(channel, now=clock(), walk=True).kept >= channel.expected(clock())


def test_statuses_read_again_are_found_or_found_deleted(world: World, clock: MovableClock) -> None:
    uris = [status["uri"] for status in statuses_of(world, "fixit_fern") if status["reblog"] is None]
    gone = f"{world.addresses.social}/users/fixit_fern/statuses/117000000000000001"
    found = reread(place(world, "/@fixit_fern"), [*uris, gone], now=clock())
    assert found.deleted == {gone}
    assert found.requests < len(uris)
    assert found.verdicts == ["not_public"] * sum(
        s["visibility"] == "unlisted" for s in statuses_of(world, "fixit_fern")
    )
