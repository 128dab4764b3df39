"""The smoke test, against small servers that answer as an API does that is well, or not."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from infra import smoke

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Page = tuple[int, str, bytes]
KEY = "invented"
WELL: dict[str, list[Page]] = {
    "/crawler": [(200, "text/html; charset=utf-8", b"<!doctype html><html></html>")],
    "/v1/openapi.json": [(200, "application/json", b'{"openapi": "3.1.0"}')],
    "/v1/posts?q=battery": [(401, "application/problem+json", b"{}")],
    "/v1/posts?q=battery&limit=1": [(200, "application/json", b'{"posts": []}')],
}
"""Answers by path, in turn; the last one stays."""


@pytest.fixture
def serve() -> Iterator[Callable[[dict[str, list[Page]]], str]]:
    servers: list[ThreadingHTTPServer] = []

    def start(pages: dict[str, list[Page]]) -> str:
        left = {path: list(answers) for path, answers in pages.items()}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answers = left[self.path]
                status, kind, body = answers.pop(0) if len(answers) > 1 else answers[0]
                if "limit" in self.path and self.headers["Authorization"] != f"Bearer {KEY}":
                    status = 401
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("key", ["", KEY])
def test_an_api_that_is_well_passes(serve: Callable[[dict[str, list[Page]]], str], key: str) -> None:
    assert smoke.failures(serve(WELL), key) == []


@pytest.mark.parametrize(
    ("path", "page", "told"),
    [
        ("/crawler", (404, "application/problem+json", b"{}"), "crawler"),
        ("/v1/openapi.json", (200, "text/html", b"<html>a parked domain</html>"), "describes itself"),
        ("/v1/posts?q=battery", (200, "application/json", b"{}"), "without a key"),
        ("/v1/posts?q=battery&limit=1", (500, "application/problem+json", b"{}"), "engine"),
    ],
)
def test_what_is_not_well_is_named(
    serve: Callable[[dict[str, list[Page]]], str], path: str, page: Page, told: str
) -> None:
    (failure,) = smoke.failures(serve({**WELL, path: [page]}), KEY)
    assert told in failure
    assert path in failure
    assert KEY not in failure


def test_functions_that_start_are_waited_for(serve: Callable[[dict[str, list[Page]]], str]) -> None:
    pauses: list[float] = []
    starting: Page = (503, "application/json", b"{}")
    url = serve({**WELL, "/crawler": [starting, starting, *WELL["/crawler"]]})
    assert smoke.failures(url, "", pauses.append) == []
    assert pauses == [1.0, 4.0]


def test_nobody_there_is_told_after_bounded_tries() -> None:
    pauses: list[float] = []
    failed = smoke.failures("http://127.0.0.1:9", "", pauses.append)
    assert len(failed) == 3
    assert "refused" in failed[0]
    assert len(pauses) == 12


@pytest.mark.parametrize("arguments", [[], ["ftp://api.example"], ["https://api.example", "more"]])
def test_wrong_arguments_are_answered_by_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert smoke.main(arguments) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("key", ["", KEY])
def test_without_a_key_it_says_that_it_did_not_search(
    serve: Callable[[dict[str, list[Page]]], str],
    key: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SOCIALINDEX_KEY", key)
    assert smoke.main([serve(WELL)]) == 0
    told = capsys.readouterr()
    assert ("not searched" in told.err) is (not key)
    assert ("answered by the engine" in told.out) is bool(key)


def test_the_exit_code_says_it(serve: Callable[[dict[str, list[Page]]], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCIALINDEX_KEY", KEY)
    assert smoke.main([serve(WELL)]) == 0
    assert smoke.main([serve({**WELL, "/crawler": [(404, "text/html", b"")]})]) == 1
