"""What an engine says no to is told in its words, with a remedy; before anybody is asked, where it can be known."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import msgspec
import pytest

from socialindex.cli import main
from socialindex.ops.reach import LocalStack
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Run = tuple[int, str, str]

_LOWERCASE = "[mine:Monday] Invalid snapshot name [Monday], must be lowercase"
_OUTSIDE = "[m2] location [/etc] doesn't match any of the locations specified by path.repo"
_MONDAY = {"snapshot": "monday", "state": "SUCCESS", "start_time_in_millis": 0, "indices": ["posts-g1-2026.11"]}


def _no(status: int, kind: str, reason: str, **more: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    """An error as OpenSearch 3 writes it."""
    return status, {"error": {"type": kind, "reason": reason, **more}, "status": status}, _JSON


_JSON = {"Content-Type": "application/json"}
_CAUSE = {"type": "repository_exception", "reason": _OUTSIDE}
ANSWERS: dict[str, Any] = {
    "GET /_snapshot": (200, {"mine": {"type": "fs"}}, _JSON),
    "GET /_snapshot/mine/monday": (200, {"snapshots": [_MONDAY]}, _JSON),
    "GET /_snapshot/mine/Monday": _no(404, "snapshot_missing_exception", "[mine:Monday] is missing"),
    "PUT /_snapshot/mine/Monday?wait_for_completion=false": _no(400, "invalid_snapshot_name_exception", _LOWERCASE),
    "PUT /_snapshot/m2": _no(500, "repository_exception", "[m2] failed to create repository", caused_by=_CAUSE),
}


@pytest.fixture
def engine() -> Iterator[ApiServer]:
    with serving(dict(ANSWERS)) as engine:
        yield engine


@pytest.fixture
def run(
    engine: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Run]]:
    """Run a command beside a local stack of which only the engine answers: its end, and what it printed."""
    tables = {f"{name}Table": name for name in ("Suppressions", "Imports", "Topics")}
    environment = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
    stack = LocalStack(name="local", environment=environment, resources=tables, engine=engine.url, api=engine.url)
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "stack.json").write_bytes(msgspec.json.encode(stack))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOCIALINDEX_STACK", raising=False)

    def run(*words: str) -> Run:
        monkeypatch.setattr(sys, "argv", ["socialindex", "ops", "snapshots", *words])
        code: Any = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        return int(code or 0), *capsys.readouterr()

    with patch.dict(os.environ):
        yield run


@pytest.mark.parametrize("way", ["--yes", "--dry-run"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere",), "there is no repository nowhere: `ops snapshots register` makes one"),
        (("cs-automated-enc",), "cs-automated-enc cannot be written to\nRemedy: the service fills it"),
        (("mine", "--name", "monday"), "mine has a snapshot monday already\nRemedy: give another --name"),
    ],
)
def test_what_cannot_be_taken_is_told_before_it_is_said_to_be(
    run: Callable[..., Run], engine: ApiServer, words: tuple[str, ...], told: str, way: str
) -> None:
    code, out, error = run("take", *words, way)
    assert (code, out) == (1, "")
    assert error.startswith(f"Error: {told}")
    assert all(asked.method == "GET" for asked in engine.asked)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("take", "mine", "--name", "Monday"), f"{_LOWERCASE}\nRemedy: give another --name"),
        (("register", "m2", "--folder", "/etc"), f"{_OUTSIDE}\nRemedy: see that the place exists"),
    ],
)
def test_what_the_engine_refuses_is_told_in_its_words(run: Callable[..., Run], words: Any, told: str) -> None:
    code, out, error = run(*words, "--yes")
    assert (code, out) == (1, "")
    assert told in error


def test_a_restoring_of_a_month_that_is_not_there_is_told_which_are(run: Callable[..., Run]) -> None:
    code, _, error = run("restore", "mine", "monday", "--month", "2026.12", "--dry-run")
    assert (code, error) == (1, "Error: snapshot monday has no posts or mentions of these months; it has 2026.11\n")


def test_where_there_is_no_snapshot_it_is_said_so(run: Callable[..., Run], engine: ApiServer) -> None:
    engine.answers["GET /_snapshot"] = (200, {}, _JSON)
    code, out, _ = run("list")
    assert (code, out) == (0, "There are no snapshots: `socialindex ops snapshots take REPOSITORY` takes one.\n")
