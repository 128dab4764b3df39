"""Fetching files, against a real repository on loopback that breaks in the ways that networks break."""

from __future__ import annotations

import hashlib
import io
import re
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from infra.local.artifacts import cache_folder, prepare
from infra.local.artifacts.cache import only_one
from infra.local.artifacts.durable import whole_folder
from infra.local.artifacts.fetch import fetch
from infra.local.artifacts.lockfile import Coordinate, LockedFile, read_lock
from infra.local.artifacts.progress import board
from infra.local.artifacts.repository import Repository
from infra.local.artifacts.versitygw import build_versitygw, versitygw_binary
from infra.local.servers.ports import free_port
from infra.local.together import together
from socialindex.errors import InvalidSettings, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONTENT = bytes(range(256)) * 4_000
LOST = 64 * 1024  # bytes that a broken connection may cost
SERVER_ZIP = Coordinate.parse("com.example:server:1.0:zip")


def locked(content: bytes, coordinate: Coordinate = SERVER_ZIP) -> LockedFile:
    return LockedFile(coordinate, len(content), hashlib.sha512(content).hexdigest())


@dataclass
class FakeRepository:
    """A Maven repository on loopback; its fields say how it misbehaves, per answered request where they are lists."""

    files: dict[str, bytes] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)  # bytes of the body after which the connection is cut
    statuses: list[int] = field(default_factory=list)  # answered instead of the file
    ignores_range: bool = False
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    base: str = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range")
        self.asked.append((request.path, wanted))
        body = self.files.get(request.path)
        if self.statuses or body is None:
            request.send_error(self.statuses.pop(0) if self.statuses else 404)
            return
        start = int(re.findall(r"\d+", wanted)[0]) if wanted and not self.ignores_range else 0
        if start >= len(body):
            request.send_error(416)
            return
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(body) - start))
        request.end_headers()
        request.wfile.write(body[start:][: self.cuts.pop(0) if self.cuts else None])
        request.close_connection = True

    def starts(self) -> list[int]:
        return [int(re.findall(r"\d+", wanted)[0]) if wanted else 0 for _, wanted in self.asked]

    def publish(self, content: bytes, coordinate: Coordinate = SERVER_ZIP) -> LockedFile:
        self.files[f"/{coordinate.path}"] = content
        return locked(content, coordinate)


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRepository]:
    fake = FakeRepository()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        fake.base = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("MAVEN_REPOSITORY", fake.base)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield fake
        server.shutdown()
        thread.join()


def bring(*files: LockedFile, to: Path, terminal: bool = False) -> str:
    """Fetch and return what was shown meanwhile."""
    shown = io.StringIO()
    with board(Console(file=shown, force_terminal=terminal, width=120)) as lines:
        fetch(files, to, lines, threading.Event())
    return shown.getvalue()


def left_in(cache: Path) -> list[Path]:
    return [path for path in cache.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("com.example:server:1.0:jar", "com/example/server/1.0/server-1.0.jar"),
        ("com.example.deep:a_2.13:1.0.0:zip", "com/example/deep/a_2.13/1.0.0/a_2.13-1.0.0.zip"),
        ("com.example:native:2:linux-x86_64:so", "com/example/native/2/native-2-linux-x86_64.so"),
    ],
)
def test_a_coordinate_names_a_path(written: str, path: str) -> None:
    coordinate = Coordinate.parse(written)
    assert coordinate.path == path
    assert str(coordinate) == written


@pytest.mark.parametrize("written", ["", "com.example:server:1.0", "a:b:c:d:e:f"])
def test_what_is_no_coordinate_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"values to unpack|more than five parts"):
        Coordinate.parse(written)


@given(size=st.integers(0, 10**12), sha512=st.binary(min_size=64, max_size=64).map(bytes.hex))
def test_a_locked_file_reads_what_it_writes(size: int, sha512: str) -> None:
    file = LockedFile(SERVER_ZIP, size, sha512)
    assert LockedFile.parse(str(file)) == file


@pytest.mark.parametrize("name", ["opensearch", "elasticmq", "dynamodb"])
def test_our_locks_pin_every_file_once_and_in_order(name: str) -> None:
    files = read_lock(name).files
    coordinates = [file.coordinate for file in files]
    assert coordinates == sorted(set(coordinates))
    assert all(re.fullmatch(r"[0-9a-f]{128}", file.sha512) and file.size > 0 for file in files)


def test_files_arrive_under_their_names(repository: FakeRepository, tmp_path: Path) -> None:
    coordinates = [Coordinate.parse(f"com.example:part{number}:1:jar") for number in range(20)]
    files = [repository.publish(str(each).encode(), each) for each in coordinates]
    bring(*files, to=tmp_path)
    assert [file.kept_in(tmp_path).read_bytes() for file in files] == [str(each).encode() for each in coordinates]
    assert len(left_in(tmp_path)) == 20


def test_what_two_servers_share_is_fetched_once(repository: FakeRepository, tmp_path: Path) -> None:
    file = repository.publish(CONTENT)
    bring(file, file, to=tmp_path)
    assert len(repository.asked) == 1


def test_what_is_there_is_neither_fetched_nor_shown(repository: FakeRepository, tmp_path: Path) -> None:
    file = repository.publish(CONTENT)
    bring(file, to=tmp_path)
    repository.asked.clear()
    assert bring(file, to=tmp_path) == ""
    assert repository.asked == []


def test_a_cut_download_goes_on_where_it_broke_off(repository: FakeRepository, tmp_path: Path) -> None:
    file = repository.publish(CONTENT)
    repository.cuts = [300_000, 400_000]
    bring(file, to=tmp_path)
    assert file.kept_in(tmp_path).read_bytes() == CONTENT
    first, second, third = repository.starts()
    assert first == 0
    assert 300_000 - LOST < second <= 300_000
    assert second + 400_000 - LOST < third <= second + 400_000


def test_a_later_run_goes_on_with_what_an_earlier_one_left(repository: FakeRepository, tmp_path: Path) -> None:
    file = repository.publish(CONTENT)
    repository.cuts = [100_000, 0, 0, 0, 0]
    with pytest.raises(Unavailable):
        bring(file, to=tmp_path)
    assert not file.kept_in(tmp_path).exists()
    repository.asked.clear()
    bring(file, to=tmp_path)
    assert file.kept_in(tmp_path).read_bytes() == CONTENT
    [start] = repository.starts()
    assert 100_000 - LOST < start <= 100_000


def test_a_repository_without_ranges_is_asked_for_all(repository: FakeRepository, tmp_path: Path) -> None:
    file = repository.publish(CONTENT)
    repository.cuts, repository.ignores_range = [300_000], True
    bring(file, to=tmp_path)
    assert file.kept_in(tmp_path).read_bytes() == CONTENT


def test_a_beginning_that_the_repository_does_not_know_is_forgotten(repository: FakeRepository, tmp_path: Path) -> None:
    file = repository.publish(CONTENT)
    part = file.kept_in(tmp_path).with_name("server-1.0.zip.part")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 1000)
    repository.statuses = [416]
    bring(file, to=tmp_path)
    assert file.kept_in(tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_repository_is_asked_again(repository: FakeRepository, tmp_path: Path, status: int) -> None:
    file = repository.publish(CONTENT)
    repository.statuses = [status, status]
    bring(file, to=tmp_path)
    assert len(repository.asked) == 3


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(b"x" * len(CONTENT), id="same size"),
        pytest.param(CONTENT + b"x", id="longer"),
        pytest.param(CONTENT * 3, id="much longer"),
    ],
)
def test_other_content_is_refused_and_deleted(repository: FakeRepository, tmp_path: Path, forged: bytes) -> None:
    repository.publish(forged)
    with pytest.raises(Unavailable, match=r"server-1\.0\.zip came with another content"):
        bring(locked(CONTENT), to=tmp_path)
    assert left_in(tmp_path) == []
    assert len(repository.asked) == 1


def test_a_file_that_nobody_has_is_not_asked_for_again(repository: FakeRepository, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"answered 404 for com\.example:server:1\.0:zip"):
        bring(locked(CONTENT), to=tmp_path)
    assert len(repository.asked) == 1


def test_offline_the_message_says_what_is_missing_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MAVEN_REPOSITORY", f"http://user:hidden@127.0.0.1:{free_port()}/maven")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    files = [locked(CONTENT, Coordinate.parse(f"com.example:part{number}:1:jar")) for number in range(7)]
    with pytest.raises(Unavailable) as caught:
        bring(*files, to=tmp_path)
    message = str(caught.value)
    for part in ("127.0.0.1", "7 MB", "part0-1.jar", "and 2 more", "MAVEN_REPOSITORY", "HTTPS_PROXY", str(tmp_path)):
        assert part in message
    assert "hidden" not in message


def test_lines_tell_size_and_end(repository: FakeRepository, tmp_path: Path) -> None:
    shown = bring(repository.publish(CONTENT), to=tmp_path).splitlines()
    assert shown[0] == "Fetching 1 files: 1.0 MB"
    assert re.fullmatch(r"Fetching 1 files: 1\.0 MB, \d+\.\d MB/s", shown[-1])


def test_a_terminal_shows_the_whole_bar_also_after_a_restart(repository: FakeRepository, tmp_path: Path) -> None:
    file = repository.publish(CONTENT)
    repository.cuts, repository.ignores_range = [300_000], True
    shown = bring(file, to=tmp_path, terminal=True)
    assert "1.0/1.0 MB" in shown
    assert "1.3" not in shown


def test_an_address_that_is_none_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAVEN_REPOSITORY", "maven.example.com/?token=hidden")
    with pytest.raises(InvalidSettings) as caught:
        Repository.of_environment()
    assert caught.value.field == "MAVEN_REPOSITORY"
    assert "hidden" not in str(caught.value)


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOCIALINDEX_CACHE", str(tmp_path / "cache"))
    assert cache_folder() == tmp_path / "cache"
    monkeypatch.delenv("SOCIALINDEX_CACHE")
    assert cache_folder() == Path(__file__).parents[3] / ".local" / "cache"


def test_one_process_fills_a_cache_while_the_other_waits_and_says_so(tmp_path: Path) -> None:
    shown, order = io.StringIO(), []
    with board(Console(file=shown)) as lines:

        def second() -> None:
            with only_one(tmp_path, lines):
                order.append("second")

        with only_one(tmp_path, lines):
            thread = threading.Thread(target=second)
            thread.start()
            while "Waiting for another process" not in shown.getvalue():
                thread.join(0.01)
            order.append("first")
        thread.join()
    assert order == ["first", "second"]


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "server"

    def crash() -> None:
        with whole_folder(target) as folder:
            (folder / "half").touch()
            raise Unavailable

    with pytest.raises(Unavailable):
        crash()
    assert not target.exists()
    with whole_folder(target) as folder:
        (folder / "all").touch()
    assert [path.name for path in target.iterdir()] == ["all"]


def test_one_failure_ends_what_runs_beside_it() -> None:
    ended = threading.Event()

    def fails() -> None:
        raise Unavailable("gone")

    tasks: list[Callable[[], object]] = [ended.wait, fails]
    with pytest.raises(Unavailable, match="gone"):
        together(tasks, ended.set)
    assert ended.is_set()


def test_without_go_proxy_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("GOPROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("GOFLAGS", "-mod=mod")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with (
        board(Console(file=io.StringIO())) as lines,
        pytest.raises(Unavailable, match=r"cannot reach the Go module proxy[\s\S]*GOPROXY"),
    ):
        build_versitygw(tmp_path, lines, threading.Event())
    assert not versitygw_binary(tmp_path).exists()


def test_when_files_cannot_be_had_the_build_beside_ends_and_their_error_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MAVEN_REPOSITORY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as silent:  # a Go proxy that never answers
        monkeypatch.setenv("GOPROXY", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(Unavailable, match="cannot reach the package repository"):
            prepare({"elasticmq", "versitygw"}, cache=tmp_path, console=Console(file=io.StringIO()))
