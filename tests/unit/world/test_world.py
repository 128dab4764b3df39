from __future__ import annotations

import asyncio
import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.local.world import SITES, Faults, World, WorldConfig, running_world
from tests.unit.world.client import get
from tests.unit.world.conftest import ANCHOR, MovableClock, story

if TYPE_CHECKING:
    from infra.local.world.config import Site

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("site", SITES)
def test_head_answers_like_get_without_a_body(world: World, site: Site) -> None:
    base = world.addresses.as_dict()[site]
    answer, head = get(f"{base}/"), get(f"{base}/", method="HEAD")
    assert head.status == answer.status == 200
    assert head.body == b""
    assert head.headers["content-type"] == answer.headers["content-type"]


@pytest.mark.parametrize("site", ["news", "social", "slow", "flaky"])
def test_an_unknown_path_is_404(world: World, site: str) -> None:
    assert get(f"{world.addresses.as_dict()[site]}/no/such/page").status == 404


@pytest.mark.parametrize("site", SITES)
def test_every_site_compresses_when_asked(world: World, site: Site) -> None:
    assert get(f"{world.addresses.as_dict()[site]}/", Accept_Encoding="gzip").headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("site", SITES)
def test_every_site_has_the_redirects_that_must_not_be_followed(world: World, site: Site) -> None:
    base = world.addresses.as_dict()[site]
    assert get(f"{base}/go/private").headers["location"] == "http://10.0.0.1/"
    assert get(f"{base}/go/metadata").headers["location"].startswith("http://169.254.169.254/")
    assert get(f"{base}/go/loop").status == 302


def test_one_host_asks_for_a_crawl_delay(world: World) -> None:
    assert "Crawl-delay: 1\n" in get(f"{world.addresses.slow}/robots.txt").text


def test_everything_arrives_by_the_clock(world: World, clock: MovableClock) -> None:
    urls = {item.uri: item for item in world.truth.arrivals(story(world)) if item.kind in {"post", "article"}}
    assert len(urls) > 10
    for item in urls.values():
        url = item.uri.replace("/users/", "/@").replace("/statuses/", "/")
        seconds = (item.published_at - ANCHOR).total_seconds()
        clock.move(seconds - 1)
        assert not _shows(url)
        clock.move(seconds)
        assert _shows(url)


def _shows(url: str) -> bool:
    answer = get(url)
    return answer.status == 200 and 'id="validation_check"' not in answer.text


def test_the_slow_host_takes_its_time_and_the_others_do_not() -> None:
    with running_world(WorldConfig(faults=Faults(slow_seconds=2.0))) as world:
        started = time.monotonic()
        get(f"{world.addresses.news}/")
        middle = time.monotonic()
        get(f"{world.addresses.slow}/")
        ended = time.monotonic()
    assert middle - started < 2.0 <= ended - middle


def test_the_flaky_host_fails_every_third_time_in_two_ways() -> None:
    with running_world(WorldConfig(faults=Faults(flaky_every=3, flaky_retry_after=7))) as world:
        outcomes = [_outcome(f"{world.addresses.flaky}/feed.xml") for _ in range(6)]
        statuses = [visit.status for visit in world.requests.visits("flaky")]
    assert outcomes == [200, 200, "503 after 7", 200, 200, "cut"]
    assert statuses == [200, 200, 503, 200, 200, 0]


def _outcome(url: str) -> int | str:
    try:
        answer = get(url)
    except (http.client.IncompleteRead, ConnectionError):
        return "cut"
    return f"503 after {answer.headers['retry-after']}" if answer.status == 503 else answer.status


@pytest.mark.parametrize(
    ("faults", "path", "sign"),
    [
        (Faults(poison_status=True), "social:/api/v1/timelines/tag/배터리", b'"created_at":"soon"'),
        (Faults(poison_feed=True), "news:/en/atom.xml", b"broken & <entry"),
    ],
)
def test_poison_is_where_it_was_asked_for(faults: Faults, path: str, sign: bytes) -> None:
    site, _, rest = path.partition(":")
    with running_world(WorldConfig(anchor=ANCHOR, clock=MovableClock(), faults=faults)) as world:
        assert sign in get(world.addresses.as_dict()[site] + rest).body


def test_a_poisoned_post_lacks_the_skins_marks() -> None:
    with running_world(WorldConfig(faults=Faults(poison_thread=True))) as world:
        board = next(board for board in world.data.boards if board.table == "qna")
        number = next(thread.number for thread in board.threads if thread.key == "hot-charging")
        assert "bo_v_con" not in get(f"{world.addresses.board}/qna/{number}").text


def test_requests_are_logged_so_that_politeness_can_be_judged() -> None:
    with running_world(WorldConfig(faults=Faults(slow_seconds=1.0))) as world:
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: get(f"{world.addresses.slow}/feed.xml?x=1", User_Agent="tester/1"), range(3)))
        get(f"{world.addresses.news}/robots.txt")
        get(f"{world.addresses.news}/")
        log = world.requests
    assert log.concurrency("slow") == 3
    assert log.rate("slow", window=5) == 3
    assert all(gap < 0 for gap in log.gaps("slow"))
    assert {(visit.path, visit.user_agent) for visit in log.visits("slow")} == {("/feed.xml?x=1", "tester/1")}
    assert log.concurrency("news") == 1
    assert len(log.visits("news", "/robots.txt")) == 1
    assert log.gaps("news")[0] >= 0
    assert log.rate("board") == 0


def test_a_second_start_shows_the_same_world_later(tmp_path: Path) -> None:
    later = MovableClock(ANCHOR + timedelta(hours=5))
    with running_world(WorldConfig(data=tmp_path, anchor=ANCHOR, clock=MovableClock())) as first:
        ports = tuple(int(url.rpartition(":")[2]) for url in first.addresses.as_dict().values())
        before = first.truth
    with running_world(WorldConfig(data=tmp_path, seed=99, ports=ports, clock=later)) as second:
        assert second.truth == before
        assert "환불 입금 확인했어요" in get(f"{second.addresses.board}/free").text


def test_a_taken_port_is_named_and_nothing_is_left_running() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(OSError, match=f"port {port}, wanted for the sample world's news"),
            running_world(WorldConfig(ports=(0, port, 0, 0, 0))),
        ):
            pass


def test_it_runs_inside_an_event_loop_too() -> None:
    async def visit() -> int:
        async with World(WorldConfig(faults=Faults(slow_seconds=0))) as world:
            return (await asyncio.to_thread(get, f"{world.addresses.slow}/")).status

    assert asyncio.run(visit()) == 200


def test_as_a_process_it_says_where_it_is_and_ends_on_sigterm(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "infra.local.world", "--data", str(tmp_path), "--now", "2026-11-28T12:00:00+09:00"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        status = get(f"{ready['addresses']['board']}/free").status
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert status == 200
    assert ready["anchor"] == "2026-11-28T03:00:00+00:00"
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert {channel["name"] for channel in manifest["channels"] if channel.get("suggested")} >= {
        "board-free",
        "social-local",
    }


def test_what_breaks_out_is_shown_from_then_on_and_changes_nothing_before(tmp_path: Path) -> None:
    clock = MovableClock()
    config = WorldConfig(data=tmp_path, anchor=ANCHOR, clock=clock, faults=Faults(slow_seconds=0, flaky_every=0))

    async def live() -> tuple[set[str], list[set[str]], World]:
        async with World(config) as world:
            before, after = world.truth.expected(clock()), []
            clock.move(100)
            await world.break_out()
            await world.break_out()  # once is enough
            for seconds in (100, 219, 220):
                clock.move(seconds)
                after.append(world.truth.expected(clock()))
            url = next(uri for uri in after[1] - before if "/free/" in uri or "wr_id" in uri)
            assert await asyncio.to_thread(_shows, url)
            return before, after, world

    before, (at_once, nearly, all_of_it), world = asyncio.run(live())
    assert before < at_once < nearly < all_of_it
    assert len(nearly - at_once) > 30
    assert [uri for uri in all_of_it - nearly if "out-news" in uri], "the newspaper comes after everybody else"
    clock.move(500)
    with running_world(config) as again:  # it is remembered
        assert len(again.truth.expected(clock())) == len(world.truth.expected(clock()))


def test_a_signal_lets_something_break_out(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "infra.local.world", "--data", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + 20
        while "outbreak" not in (tmp_path / "world.json").read_text("utf-8"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
