"""The export commands: they follow, fetch over connections that break, and leave only whole files."""

from __future__ import annotations

import json
import re
import shlex
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from socialindex.cli import exports, main
from socialindex.client import download as download_module
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = bytes(range(256)) * 40
HOME = "/v1/workspaces/ws_1/exports"
ONE = f"{HOME}/ex_1"
DONE: dict[str, Any] = {
    "id": "ex_1",
    "workspace": "ws_1",
    "state": "done",
    "q": "[b]배터리",
    "format": "csv",
    "compression": "none",
    "sort": "newest",
    "created_at": "2026-11-28T05:00:00Z",
    "started_at": None,
    "finished_at": None,
    "expires_at": "2026-12-05T05:00:00Z",
    "total": 1_003,
    "seen": 1_003,
    "posts": 1_000,
    "bytes": len(DATA),
    "left_out": [
        {"reason": "terms", "whose": "Closed", "posts": 2},
        {"reason": "terms", "whose": None, "posts": 1},
    ],
    "shortened": [{"reason": "terms", "whose": "Titles", "posts": 4}],
    "failure": None,
    "file_name": "ex_1.csv",
    "link": None,
    "link_expires_at": None,
    "notes": [],
}
RUNNING = {**DONE, "state": "running", "seen": 500, "posts": 498}


@dataclass
class Bucket:
    """Serves the file; breaks off after so many bytes as long as ``breaks`` says."""

    url: str = ""
    breaks: list[int] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    status: int | None = None

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.ranges.append(handler.headers.get("range"))
        self.keys.append(handler.headers.get("authorization"))
        if self.status:
            handler.send_response(self.status)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        start = int(match[1]) if (match := re.match(r"bytes=(\d+)-", handler.headers.get("range") or "")) else 0
        body = DATA[start:]
        handler.send_response(206 if match else 200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: self.breaks.pop(0)] if self.breaks else body)
        handler.close_connection = True


@contextmanager
def bucket() -> Iterator[Bucket]:
    served = Bucket()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.answer(self)

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        served.url = f"http://127.0.0.1:{server.server_port}/file"
        yield served
        server.shutdown()


class World(NamedTuple):
    api: ApiServer
    bucket: Bucket
    file: Path


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(exports, "_POLL_SECONDS", 0.0)
    monkeypatch.setattr(download_module, "_PAUSE", 0.0)
    with bucket() as served:
        answers: dict[str, Any] = {
            "GET /v1/workspaces": (200, {"items": [{"id": "ws_1", "name": "A", "created_at": "2026-11-01T00:00:00Z"}]}),
            f"POST {HOME}": (202, {**RUNNING, "state": "queued"}),
            f"GET {ONE}": [(200, RUNNING), *[(200, {**DONE, "link": served.url})] * 12],
            f"GET {HOME}": (200, {"items": [DONE, RUNNING], "next_cursor": "more"}),
            f"DELETE {ONE}": (202, {**DONE, "state": "deleting"}),
        }
        with serving(answers) as api:
            monkeypatch.setenv("SOCIALINDEX_URL", api.url)
            monkeypatch.setenv("SOCIALINDEX_KEY", "si_key")
            monkeypatch.setenv("COLUMNS", "300")
            monkeypatch.chdir(tmp_path)
            yield World(api, served, tmp_path / "배터리.csv")


class Run(NamedTuple):
    code: int
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], *words: str) -> Run:
    code = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["socialindex", *words])
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return Run(code, out, err)


def test_an_export_is_followed_and_saved(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--format", "csv", "--field", "title", "--source", "feed", "--from", "2026-11-01", "--gzip"]
    words += ["--time-zone", "Asia/Seoul"]
    told = run(capsys, "export", "배터리", *words, "--deduplicate", "-o", str(world.file))
    assert (told.code, world.file.read_bytes()) == (0, DATA)
    asked = next(each.body for each in world.api.asked if each.method == "POST")
    assert asked == {
        "q": "배터리",
        "from": "2026-11-01T00:00:00+09:00",
        "format": "csv",
        "fields": ["title"],
        "source": ["feed"],
        "sort": "newest",
        "deduplicate": True,
        "compression": "gzip",
    }
    assert told.out.startswith("ex_1  done"), "a file gets no lines of a bar"
    for words_told in (
        "ex_1  done: 1,000 posts, 10,240 bytes",
        "2 posts are left out by the terms of Closed.",
        "1 posts are left out by the terms of the host.",
        "4 posts have only title and link, by the terms of Titles.",
        f"Saved as {world.file}.",
    ):
        assert words_told in told.out
    assert world.bucket.keys == [None], "the API's key is for the API"
    assert list(world.file.parent.iterdir()) == [world.file]


def test_who_exports_is_told_what_of_the_query_may_not_be_meant(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = {**RUNNING, "notes": [{"position": 4, "message": "Did you mean [AND]?"}]}
    world.api.answers[f"POST {HOME}"] = (202, noted)
    told = run(capsys, "export", "배터리 and", "-o", str(world.file)).out
    assert told.startswith("Did you mean [AND]? (at character 4)\nex_1  done")


def test_a_download_goes_on_where_it_broke_off(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.bucket.breaks = [1_000, 0, 3_000]
    told = run(capsys, "exports", "download", "ex_1", "-o", str(world.file))
    assert (told.code, world.file.read_bytes()) == (0, DATA)
    assert world.bucket.ranges == [None, "bytes=1000-", "bytes=1000-", "bytes=4000-"]


def test_a_later_command_goes_on_as_well(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.bucket.breaks = [2_000, *[0] * download_module.TRIES]
    told = run(capsys, "exports", "download", "ex_1")
    assert (told.code, "after 2000 of 10240 bytes" in told.err) == (1, True)
    assert not Path("ex_1.csv").exists()
    world.bucket.ranges.clear()
    assert run(capsys, "exports", "download", "ex_1").code == 0
    assert world.bucket.ranges == ["bytes=2000-"]
    assert Path("ex_1.csv").read_bytes() == DATA


def breaks_off(world: World) -> None:
    world.bucket.breaks = [2_000, *[0] * download_module.TRIES]


def is_refused(world: World) -> None:
    world.api.answers[f"GET {ONE}"] = [(200, RUNNING), (401, {"title": "No", "detail": "revoked"}), *fetched(world)]


def has_a_full_disk(world: World) -> None:
    part_of(world).symlink_to("/dev/full")


def fetched(world: World) -> list[tuple[int, Any]]:
    return [(200, {**DONE, "link": world.bucket.url})] * 4


def part_of(world: World) -> Path:
    return world.file.with_name(f"{world.file.name}.ex_1.part")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (breaks_off, "the download of ex_1 broke off after 2000 of 10240 bytes"),
        (is_refused, "revoked"),
        (has_a_full_disk, "No space left on device\nRemedy: make room on the disk"),
    ],
)
def test_where_an_export_cannot_be_fetched_now_it_is_told_how_it_can_be_later(
    world: World, capsys: pytest.CaptureFixture[str], spoil: Callable[[World], None], said: str
) -> None:
    spoil(world)
    told = run(capsys, "export", "배터리", "--workspace", "ws_1", "-o", world.file.name)
    assert (told.code, said in told.err) == (1, True)
    later = shlex.split(told.err.split("Fetch it later: ")[1].splitlines()[0])
    if spoil is has_a_full_disk:
        part_of(world).unlink()
    assert run(capsys, *later[1:]).code == 0
    assert world.file.read_bytes() == DATA
    assert [each.method for each in world.api.asked].count("POST") == 1, "each export is paid for"


def test_an_export_that_is_gone_is_not_promised(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.api.answers[f"GET {ONE}"] = (404, {"title": "No", "detail": "there is no such export"})
    assert run(capsys, "export", "배터리").err == "Error: there is no such export\n"


def test_a_part_that_is_too_large_is_thrown_away(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    part = part_of(world)
    part.write_bytes(DATA + b"more")
    assert run(capsys, "exports", "download", "ex_1", "-o", str(world.file)).code == 1
    assert not part.exists()
    assert not world.file.exists()


def test_a_bucket_that_refuses_is_told(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.bucket.status = 403
    told = run(capsys, "exports", "download", "ex_1", "-o", str(world.file))
    assert (told.code, len(world.bucket.ranges)) == (1, download_module.TRIES)


def test_an_empty_file_is_saved_without_a_request(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.api.answers[f"GET {ONE}"] = (200, {**DONE, "bytes": 0, "link": world.bucket.url})
    assert run(capsys, "exports", "download", "ex_1", "-o", str(world.file)).code == 0
    assert (world.file.read_bytes(), world.bucket.ranges) == (b"", [])


def test_a_failure_is_told_with_what_to_do(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    failure = {"detail": "it broke", "remedy": "ask again"}
    world.api.answers[f"GET {ONE}"] = (200, {**RUNNING, "state": "failed", "failure": failure})
    told = run(capsys, "export", "배터리")
    assert (told.code, "it broke: ask again." in told.out) == (1, True)


def test_a_file_that_is_gone_is_told(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.api.answers[f"GET {ONE}"] = (200, {**RUNNING, "state": "expired"})
    told = run(capsys, "exports", "download", "ex_1")
    assert (told.code, "export the posts again" in told.err) == (1, True)


def test_exports_are_listed_shown_and_deleted(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    listed = run(capsys, "exports", "list").out
    assert "[b]배터리" in listed
    assert "2026-12-05 05:00" in listed
    assert "More with --cursor more" in listed
    assert json.loads(run(capsys, "exports", "show", "ex_1", "--json").out) == RUNNING
    assert "are being deleted" in run(capsys, "exports", "delete", "ex_1", "--yes").out
    assert world.api.asked[-1].method == "DELETE"
