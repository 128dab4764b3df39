"""The import command: it uploads, shows what it would do, asks, follows, and reports."""

from __future__ import annotations

import io
import json
import re
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from socialindex.cli import main
from socialindex.imports.layout import Wishes
from socialindex.search import fields
from tests.unit.cli.terminal import Terminal
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FILE = "제목,내용\n좋아요,배터리\n"
HOME = "/v1/workspaces/ws_1/imports"
ONE = f"{HOME}/im_1"
REPORT = {
    "rows": 2,
    "accepted": 1,
    "rejected": 1,
    "empty": 0,
    "repeated": 0,
    "zone_assumed": 1,
    "wrong": {"별점": 120},
    "problems": [{"row": 3, "column": "별점", "value": "[b]최고", "what": "this is no rating", "remedy": "write 4"}],
}
VIEW = {
    "id": "im_1",
    "name": "[b]리뷰.csv",
    "state": "imported",
    "created_at": "2026-11-28T05:00:00Z",
    "plan": {"timezone": "Asia/Seoul"},
    "progress": {"rows": 2, "bytes": 30, "share": 1.0},
    "report": REPORT,
    "failure": None,
}
COLUMNS = [
    {"name": "제목", "field": "title", "why": "its name says so", "examples": ["[b]좋아요"]},
    {"name": "내용", "field": None, "why": None, "examples": ["배터리"]},
]
PROPOSAL = {
    "layout": {"format": "csv", "encoding": "cp949"},
    "columns": COLUMNS,
    "plan": {"mapping": {"title": "제목"}, "kind": "post", "timezone": "Asia/Seoul", "rating_max": 5},
    "notes": ["a note"],
}


class Bucket(NamedTuple):
    url: str
    taken: list[tuple[dict[str, str], bytes]]


class World(NamedTuple):
    api: ApiServer
    bucket: Bucket
    file: Path


@contextmanager
def taking(status: int = 200) -> Iterator[Bucket]:
    """A bucket that takes what is put into it."""
    taken: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            taken.append((headers, self.rfile.read(int(headers["content-length"]))))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield Bucket(f"http://127.0.0.1:{server.server_port}/put", taken)
        server.shutdown()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    file = tmp_path / "리뷰.csv"
    file.write_text(FILE, "cp949")
    size = len(FILE.encode("cp949"))
    with taking() as bucket:
        upload = {"method": "PUT", "url": bucket.url, "headers": {"Content-Length": str(size)}}
        answers: dict[str, Any] = {
            "GET /v1/workspaces": (200, {"items": [{"id": "ws_1"}]}),
            f"POST {HOME}": (201, {"import": VIEW, "upload": upload}),
            f"GET {ONE}/proposal": (200, PROPOSAL),
            f"GET {ONE}/proposal?encoding=cp949": (200, PROPOSAL),
            f"POST {ONE}/runs": (202, VIEW),
            f"GET {ONE}": [(200, {**VIEW, "state": "importing"}), (200, VIEW)],
            f"GET {HOME}": (200, {"items": [VIEW], "total": 1}),
            f"DELETE {ONE}": (202, {**VIEW, "state": "deleting"}),
        }
        with serving(answers) as api:
            monkeypatch.setenv("SOCIALINDEX_URL", api.url)
            monkeypatch.setenv("SOCIALINDEX_KEY", "si_key")
            monkeypatch.setenv("COLUMNS", "300")
            yield World(api, bucket, file)


class Run(NamedTuple):
    code: int
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], *words: str, typed: io.StringIO | None = None) -> Run:
    code = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["socialindex", *words])
        patch.setattr(sys, "stdin", typed or Terminal())
        try:
            main()
        except SystemExit as left:
            code = int(left.code or 0)
    return Run(code, *capsys.readouterr())


def started(world: World) -> list[Any]:
    return [asked.body for asked in world.api.asked if asked.path.endswith("/runs")]


def test_a_confirmed_file_is_uploaded_imported_and_reported(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--map", "text=내용", "--kind", "review", "--collection", "reviews")
    done = run(capsys, "import", str(world.file), *options, typed=Terminal("y\n"))
    assert done.code == 0, done.err
    for words in ("제목", "its name says so", "you said so", "[b]좋아요", "Asia/Seoul", "CP949", "a note", "--map"):
        assert words in done.out
    for words in ("2 rows: 1 good, 1 bad", "[b]최고", "this is no rating", "write 4", "119 more"):
        assert words in done.out
    ((headers, body),) = world.bucket.taken
    assert body == FILE.encode("cp949")
    assert "authorization" not in headers
    plan = {**PROPOSAL["plan"], "kind": "review", "collection": "reviews"}  # type: ignore[dict-item] # it is one
    assert started(world) == [{"plan": {**plan, "mapping": {"title": "제목", "text": "내용"}}, "dry_run": False}]


def test_who_says_no_leaves_nothing_behind(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "import", str(world.file), typed=Terminal("n\n")).code == 1
    assert started(world) == []
    assert world.api.asked[-1].method == "DELETE"


def test_what_nobody_can_confirm_is_not_even_uploaded(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    left = run(capsys, "import", str(world.file), typed=io.StringIO("y\n"))
    told = "Error: nobody is there to be asked\nRemedy: add --yes to confirm the proposal unseen\n"
    assert left == (1, "", told)
    assert (world.api.asked, world.bucket.taken) == ([], [])


def test_yes_asks_nobody_and_json_is_json(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    done = run(
        capsys, "import", str(world.file), "--yes", "--json", "--dry-run", "--encoding", "cp949", "--map", "title="
    )
    assert done.code == 0, done.err
    assert done.out.startswith("{")
    (body,) = started(world)
    assert (body["dry_run"], body["encoding"], body["plan"]["mapping"]) == (True, "cp949", {})


def test_the_help_tells_delimiters_apart(capsys: pytest.CaptureFixture[str]) -> None:
    told = " ".join(run(capsys, "import", "--help").out.split())
    assert re.search(r"--delimiter CHARACTER What parts the cells, if not detected, in quotes: , ; \| tab ", told)


@pytest.mark.parametrize(
    ("typed", "sent", "asked"), [(";", ";", "%3B"), ("|", "|", "%7C"), (",", ",", "%2C"), ("tab", "\t", "%09")]
)
def test_a_delimiter_can_be_named(
    world: World, capsys: pytest.CaptureFixture[str], typed: str, sent: str, asked: str
) -> None:
    world.api.answers[f"GET {ONE}/proposal?delimiter={asked}"] = (200, PROPOSAL)
    done = run(capsys, "import", str(world.file), "--yes", "--json", "--delimiter", typed)
    assert done.code == 0, done.err
    assert [body["delimiter"] for body in started(world)] == [sent]
    assert fields.from_query(Wishes, {"delimiter": sent}).delimiter == sent


@pytest.mark.parametrize("option", ["--time-zone", "--timezone"])
def test_the_zone_of_dates_is_named_as_everywhere_and_as_ever(
    world: World, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    done = run(capsys, "import", str(world.file), "--yes", "--json", option, "America/New_York")
    assert done.code == 0, done.err
    assert [body["plan"]["timezone"] for body in started(world)] == ["America/New_York"]


def test_what_dates_begin_with_can_be_said(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    done = run(
        capsys, "import", str(world.file), "--yes", "--json", "--map", "published_at=날", "--date-order", "day-first"
    )
    assert done.code == 0, done.err
    assert [body["plan"]["date_order"] for body in started(world)] == ["day-first"]


def test_a_failed_import_is_told_and_fails(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    failed = {**VIEW, "state": "failed", "failure": {"detail": "the file breaks off", "remedy": "pack it again"}}
    world.api.answers[f"GET {ONE}"] = (200, failed)
    done = run(capsys, "import", str(world.file), "--yes")
    assert done.code == 1
    assert "Remedy: pack it again" in done.out


def is_interrupted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", stop)


def is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = (401, {"title": "No", "detail": "revoked"})
    world.api.answers[f"GET {ONE}"] = [(200, {**VIEW, "state": "importing"}), refusal, (200, VIEW)]


@pytest.mark.parametrize("spoil", [is_interrupted, is_refused])
@pytest.mark.parametrize("words", [(), ("--workspace", "ws_1")])
def test_where_the_waiting_ends_before_the_import_it_is_told_how_to_look_at_it(
    world: World, capsys: pytest.CaptureFixture[str], spoil: Callable[[World, pytest.MonkeyPatch], None], words: Any
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        spoil(world, patch)
        left = run(capsys, "import", str(world.file), "--yes", *words)
    assert left.code == 1
    told = dict(line.split(": ", 1) for line in left.err.splitlines() if "imports" in line)
    assert list(told) == ["The import goes on. Look at it", "Take it back"]
    look, delete = (command.split()[1:] for command in told.values())
    assert "1 good" in run(capsys, *look).out
    assert "being deleted" in run(capsys, *delete, "--yes").out
    assert [each.method for each in world.api.asked].count("DELETE") == 1


def test_an_import_that_is_gone_does_not_go_on(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.api.answers[f"GET {ONE}"] = (404, {"title": "No", "detail": "there is no such import"})
    assert run(capsys, "import", str(world.file), "--yes").err == "Error: there is no such import\n"


def test_imports_are_listed_shown_and_deleted(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert "[b]리뷰.csv" in run(capsys, "imports", "list").out
    cursor = "1795856400000-im_aaaaaaaaaaaaaaaa"
    world.api.answers |= {
        f"GET {HOME}": (200, {"items": [VIEW], "total": 2, "next_cursor": cursor}),
        f"GET {HOME}?cursor={cursor}": (200, {"items": [{**VIEW, "id": "im_2"}], "total": 2, "next_cursor": None}),
    }
    listed = json.loads(run(capsys, "imports", "list", "--json").out)
    assert [one["id"] for one in listed] == [VIEW["id"], "im_2"]
    world.api.answers[f"GET {ONE}"] = (200, VIEW)
    assert "1 good" in run(capsys, "imports", "show", "im_1").out
    assert "being deleted" in run(capsys, "imports", "delete", "im_1", "--workspace", "ws_1", "--yes").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--map", "colour=x"), "field=column; fields: id, text"),
        (("--map", "text"), "field=column"),
        (("--json",), "add --yes"),
        (("--encoding", "utf-16"), "utf-8"),
        (("--workspace", "ws_none"), "no such thing"),
    ],
)
def test_a_mistake_is_told_in_words(
    world: World, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    done = run(capsys, "import", str(world.file), *words)
    assert done.code
    assert told in done.err
    assert started(world) == []


def test_a_key_of_many_workspaces_needs_to_know_which(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.api.answers["GET /v1/workspaces"] = (200, {"items": [{"id": "ws_1"}, {"id": "ws_2"}]})
    assert "--workspace with one of: ws_1, ws_2" in run(capsys, "import", str(world.file)).err
    world.api.answers["GET /v1/workspaces"] = (200, {"items": []})
    assert "use a key of a workspace" in run(capsys, "imports", "list").err


def test_an_upload_that_is_refused_or_impossible_is_told(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    with taking(403) as bucket:
        upload = {"method": "PUT", "url": bucket.url, "headers": {"Content-Length": "3"}}
        world.api.answers[f"POST {HOME}"] = (201, {"import": VIEW, "upload": upload})
        assert "refused with status 403" in run(capsys, "import", str(world.file)).err
    assert "broke off" in run(capsys, "import", str(world.file)).err
    empty = world.file.with_name("empty.csv")
    empty.touch()
    assert "is empty" in run(capsys, "import", str(empty)).err
