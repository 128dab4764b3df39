"""One post all the way: a world is crawled over real servers, and the API answers what it should and nothing else."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from infra import smoke
from infra.local.listening import listen
from infra.local.receiver import receiving
from infra.local.world import Faults, WorldConfig, running_world
from socialindex.client import ApiError, Client, InvalidRequest
from socialindex.metrics import Metric
from tests.system import cloudformation, examples, logs, runbook
from tests.system.conftest import LIMIT, WORLD_PORTS, Probe, eventually
from tests.template.monitoring import OURS, alarms, metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.receiver import Receiver
    from infra.local.world import World

ROOT = Path(__file__).parents[2]
README, GUIDE = ROOT / "README.md", ROOT / "docs/guide-api.md"

LEARNED = 15.0
"""Seconds for some runs of the alert stage, which looks every three."""
TOLD = 240.0
"""Seconds until an alert that has not arrived is lost."""

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def world(probe: Probe) -> Iterator[World]:
    """A world, wholly crawled."""
    with running_world(WorldConfig(ports=WORLD_PORTS, faults=Faults(slow_seconds=0.2, crawl_delay=0))) as world:
        probe.add(world.truth)
        probe.wait_for(world.truth)
        yield world


def test_everything_is_indexed_once_and_nothing_else(probe: Probe, world: World) -> None:
    found = Counter(probe.uris())
    assert {uri: times for uri, times in found.items() if times > 1} == {}
    assert set(found) & set(world.truth.excluded()) == set()


def test_what_tries_a_deployed_api_finds_this_one_well(probe: Probe, world: World) -> None:
    assert smoke.failures(probe.service.stack.url, probe.service.keys.client) == []


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_setup_answers_a_deployment_when_the_engine_holds_what_it_must(probe: Probe, kind: str) -> None:
    answers: list[dict[str, Any]] = []
    with cloudformation.listening(answers) as url:
        told = probe.service.stack.invoke("SetupFunction", cloudformation.request(kind, url))
    assert told == {"deployment": "done"}
    # The minute's own run may be about the same request: then both answer, and say the same.
    assert {(answer["Status"], answer["RequestId"]) for answer in answers} == {("SUCCESS", f"{kind}-1")}


def test_status_counts_what_was_not_indexed_by_reason(probe: Probe, world: World) -> None:
    assert {"secret", "robots", "not_indexable"} <= set(world.truth.excluded().values())
    stages = probe.client.status().stages
    assert stages["crawl"].reasons["discard"]["robots"] >= 1
    assert {"secret", "not_indexable", "not_discoverable", "not_public"} <= set(stages["normalize"].reasons["discard"])


def test_a_path_that_robots_forbids_is_neither_a_channel_nor_fetched(probe: Probe, world: World) -> None:
    (forbidden,) = [channel for channel in world.truth.channels if channel.refused == "robots"]
    with pytest.raises(ApiError, match="robots.txt forbids") as refusal:
        probe.admin.add_channel(forbidden.url)
    assert refusal.value.status == 422
    assert not set(probe.uris()) & {item.uri for item in forbidden.items}


@pytest.mark.parametrize(
    ("query", "form"),
    [("배터리", "배터리가"), ("배터리", "보조배터리"), ("battery", "batteries"), ("안 켜짐", "안 켜")],
)
def test_inflected_and_compounded_forms_are_found(probe: Probe, world: World, query: str, form: str) -> None:
    found = (f"{post.title} {post.text}" for post in probe.client.search(query))
    assert any(form in text for text in found)


def test_a_found_post_tells_source_author_and_utc_time(probe: Probe, world: World) -> None:
    (post,) = probe.client.search("배터리", source="gnuboard", limit=1)
    assert post.source == "gnuboard"
    assert post.author
    assert post.author.name
    assert post.published_at
    assert post.published_at.tzinfo == UTC
    assert probe.client.post(post.id).uri == post.uri


def test_pages_follow_each_other_without_gap_or_repeat(probe: Probe, world: World) -> None:
    found = probe.client.search(source="gnuboard", page_size=50)
    seen = [post.id for post in found]
    assert len(seen) == len(set(seen)) == found.total > 100


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"sort": "loudest"}, "sort"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-11-28T00:00:00"}, "from"),
        ({"from": "2026-11-28T00:00:00Z", "to": "2026-11-27T00:00:00Z"}, "from"),
        ({"cursor": "nonsense!"}, "cursor"),
        ({"q": '"open'}, "q"),
        ({"limt": 3}, "limt"),
    ],
)
def test_bad_input_gets_problem_details_that_name_the_field(probe: Probe, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        probe.client.call("POST", "/v1/posts/search", fields)
    assert (refusal.value.status, refusal.value.field) == (400, field)
    assert refusal.value.remedy


def test_a_cursor_of_another_search_is_refused(probe: Probe, world: World) -> None:
    cursor = probe.client.search("배터리", limit=1).first.next_cursor
    assert cursor
    with pytest.raises(InvalidRequest, match="another search"):
        probe.client.search("battery").page(cursor)


@pytest.mark.parametrize("key", ["", "si_wrong", "nonsense"])
def test_without_a_known_key_there_is_no_answer(probe: Probe, key: str) -> None:
    with pytest.raises(ApiError) as refusal:
        Client(probe.service.stack.url, key).usage()
    assert refusal.value.status == 401


def test_a_client_may_not_run_the_service(probe: Probe) -> None:
    with pytest.raises(ApiError) as refusal:
        probe.client.channels()
    assert refusal.value.status == 403


@pytest.mark.parametrize("post", ["nothing", "a" * 26, "%2e%2e"])
def test_an_unknown_post_is_not_found(probe: Probe, post: str) -> None:
    with pytest.raises(ApiError) as refusal:
        probe.client.post(post)
    assert refusal.value.status == 404


@pytest.mark.parametrize(
    ("path", "words"),
    [("/go/private", "10.0.0.1"), ("/go/metadata", "169.254.169.254")],
)
def test_a_redirect_to_a_private_address_is_refused(probe: Probe, world: World, path: str, words: str) -> None:
    with pytest.raises(ApiError, match=words) as refusal:
        probe.admin.add_channel(world.addresses.news + path)
    assert (refusal.value.status, refusal.value.problem["reason"]) == (422, "private_address")


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.5/", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:10.0.0.1]/", "http://192.168.1.1"],
)
def test_a_private_address_is_refused(probe: Probe, url: str) -> None:
    with pytest.raises(ApiError) as refusal:
        probe.admin.add_channel(url)
    assert (refusal.value.status, refusal.value.problem["reason"]) == (422, "private_address")


def test_a_host_whose_terms_forbid_it_is_refused_with_the_reason(probe: Probe) -> None:
    with pytest.raises(ApiError, match="DCInside") as refusal:
        probe.admin.add_channel("https://gall.dcinside.com/board/lists?id=x")
    assert refusal.value.problem["reason"] == "terms_forbidden"


def test_an_address_that_nobody_knows_says_what_was_tried(probe: Probe, world: World) -> None:
    with pytest.raises(ApiError, match="Tried:") as refusal:
        probe.admin.add_channel(f"{world.addresses.flaky}/nothing-here")
    assert refusal.value.status == 400


def test_a_channel_can_be_added_once_listed_and_removed(probe: Probe, world: World) -> None:
    channel = probe.admin.channels()[0]["channel"]
    with pytest.raises(ApiError) as refusal:
        probe.admin.add_channel(channel["url"])
    assert refusal.value.status == 409
    probe.admin.remove_channel(channel["id"])
    assert channel["id"] not in {state["channel"]["id"] for state in probe.admin.channels()}
    with pytest.raises(ApiError) as refusal:
        probe.admin.remove_channel(channel["id"])
    assert refusal.value.status == 404


def test_a_channels_history_is_walked_as_soon_as_somebody_asks(probe: Probe, world: World) -> None:
    boards = (one["channel"] for one in probe.admin.channels() if one["channel"]["source"] == "gnuboard")
    channel = next(boards)["id"]
    assert probe.admin.start_backfill(channel)["state"] == "running"
    eventually(lambda: probe.admin.backfill(channel)["state"], lambda state: state == "done")


# What documents show


@pytest.fixture
def reader(probe: Probe, world: World) -> dict[str, str]:
    """The environment of somebody who follows a document."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # the command is installed there
    return {"SOCIALINDEX_URL": probe.service.stack.url, "SOCIALINDEX_KEY": probe.service.keys.client, "PATH": path}


@pytest.mark.parametrize("session", ["curl", "python", "java"])
def test_every_example_of_the_guide_works(reader: dict[str, str], session: examples.Session, tmp_path: Path) -> None:
    needed = {"curl": shutil.which("curl"), "java": examples.java_with_compiler(), "python": sys.executable}
    if needed[session] is None:
        pytest.skip(f"there is no {session} here{' with a compiler' if session == 'java' else ''}")
    assert examples.unused_programs(GUIDE) == set()
    assert examples.failures(GUIDE, session, tmp_path, reader) == []


@pytest.mark.parametrize("session", ["curl", "python"])
@pytest.mark.parametrize("guide", ["guide-network", "guide-topic"])
def test_every_example_of_the_guides_to_listening_works(
    reader: dict[str, str], guide: str, session: examples.Session, tmp_path: Path
) -> None:
    assert examples.failures(ROOT / f"docs/{guide}.md", session, tmp_path, reader) == []


def test_the_example_of_the_readme_works_as_printed(reader: dict[str, str], tmp_path: Path) -> None:
    assert [block.language for block in examples.blocks(README) if block.session == "python"] == ["python"]
    assert examples.failures(README, "python", tmp_path, reader) == []


# Listening


@pytest.fixture(scope="module")
def told(probe: Probe, world: World) -> Iterator[Receiver]:
    """Who is told of what breaks out in the world, from a topic and a webhook on that are made before it."""
    with receiving() as receiver:
        listen(probe.client, receiver, Console(quiet=True), world.break_out_now, learned=LEARNED)
        eventually(lambda: _crises(receiver), bool, TOLD)
        yield receiver


def _crises(receiver: Receiver) -> list[dict[str, Any]]:
    return [call.event["data"] for call in receiver.calls() if call.event["data"]["kind"] == "crisis"]


def _lead(alert: dict[str, Any]) -> float | None:
    minutes: float | None = (alert["lead_time"] or {}).get("minutes")
    return minutes


def test_what_breaks_out_is_one_crisis_that_is_told_before_the_press_knows(told: Receiver, probe: Probe) -> None:
    eventually(lambda: _lead(_crises(told)[-1]), bool, TOLD)
    assert told.refused == 0
    assert len({alert["id"] for alert in _crises(told)}) == 1
    alert = _crises(told)[-1]
    assert alert["lead_time"]["minutes"] > 0
    assert alert["lead_time"]["first_article"]["title"] == "한빛전자 누리버즈 충전 케이스 발열 신고 잇따라"
    # Sources are those of the window that was looked at last: the last one may have fewer.
    assert any({"gnuboard", "mastodon"} <= set(each["sources"]) for each in _crises(told))
    assert "누리버즈" in alert["explanation"]["ko"]
    assert "누리버즈" in alert["explanation"]["en"]
    assert probe.client.alert(alert["id"]).severity == alert["severity"]


@pytest.mark.parametrize("session", ["curl", "python"])
def test_every_example_of_the_guide_to_alerts_works(
    told: Receiver, reader: dict[str, str], session: examples.Session, tmp_path: Path
) -> None:
    assert told.calls()
    assert examples.failures(ROOT / "docs/guide-alert.md", session, tmp_path, reader) == []


# What operators see


def test_one_id_finds_a_posts_way_from_the_crawl_to_who_is_told(told: Receiver, probe: Probe) -> None:
    alert = _crises(told)[0]["id"]
    eventually(lambda: logs.ids(probe.data, alert), bool)
    stages = {("crawl", "archived"), ("normalize", "normalized"), ("index", "indexed"), ("alert", "told")}
    for evidence in logs.ids(probe.data, alert):
        assert logs.way(probe.data, evidence) >= stages | {("deliver", "tried")}


def test_a_crawl_belongs_to_the_run_that_handed_it_out(probe: Probe, world: World) -> None:
    archived = [entry["correlation"] for entry in logs.entries(probe.data) if entry["message"] == "archived"]
    assert archived

    def strangers() -> list[list[str]]:  # a run says what it handed out after it has done so
        runs = {entry["function_request_id"] for entry in logs.entries(probe.data) if entry["message"] == "handed out"}
        return [ids for ids in archived if not set(ids) & runs]

    eventually(strangers, lambda left: not left)


def test_every_metric_is_measured_that_alarms_look_at(told: Receiver, probe: Probe) -> None:
    ours = [one for alarm in alarms().values() for one in metrics(alarm) if one["Namespace"] == OURS]
    outage = Metric.WAITED.value  # without one, nothing has to wait for its end
    quiet = [one for one in ours if one["MetricName"] != outage]
    wanted = {("SocialIndex/socialindex", one["Dimensions"][0]["Value"], one["MetricName"]) for one in quiet}
    eventually(lambda: wanted - logs.measured(probe.data), lambda missing: not missing)
    assert {name for _, _, name in logs.measured(probe.data)} | {outage} == {metric.value for metric in Metric}


def test_logs_name_no_person_and_quote_nobody(probe: Probe, world: World) -> None:
    words = logs.personal(probe)
    assert len(words) > 100
    assert logs.named(probe.data, words) == set()
    assert logs.named(probe.data, ["archived"]), "logs are read"


@pytest.mark.parametrize("page", runbook.PAGES)
def test_the_runbook_leads_to_where_all_is_well(probe: Probe, world: World, page: str, tmp_path: Path) -> None:
    runbook.walk(page, probe, tmp_path)


def test_replay_rebuilds_the_same_documents_without_a_fetch(probe: Probe, world: World) -> None:
    for state in probe.admin.channels():
        probe.admin.remove_channel(state["channel"]["id"])
    eventually(lambda: _busy(probe), lambda busy: not busy)
    before = _documents(probe)
    requests = len(world.requests.visits())
    probe.index.indices.delete(index="posts-*")
    answer = probe.admin.replay()
    while answer["next_after"]:
        answer = probe.admin.replay(after=answer["next_after"])
    # Clusters come together again in the runs of a schedule, behind all that was replayed.
    eventually(lambda: _differences(before, _documents(probe)), lambda found: not found, limit=2 * LIMIT)
    assert len(world.requests.visits()) == requests


WHEN_WRITTEN = ("indexed_at", "updated_at", "latency_ms", "versions")
"""What says when we wrote a document, which is another time after a rebuild."""


def _documents(probe: Probe) -> dict[str, dict[str, Any]]:
    probe.index.indices.refresh(index="posts-*")
    hits = probe.index.search(index="posts-*", body={"size": 10_000})["hits"]["hits"]
    return {hit["_id"]: {k: v for k, v in hit["_source"].items() if k not in WHEN_WRITTEN} for hit in hits}


def _differences(before: dict[str, dict[str, Any]], now: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What is not as it was: by document and field, both values."""
    found: dict[str, Any] = {}
    for each in before.keys() | now.keys():
        old, new = before.get(each, {}), now.get(each, {})
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        found |= {f"{each} {name}": (old.get(name), new.get(name)) for name in changed}
    return found


def _busy(probe: Probe) -> int:
    stages = probe.client.status().stages.values()
    return sum((stage.waiting or 0) + (stage.in_flight or 0) for stage in stages)
