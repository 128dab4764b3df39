"""What operators type: nothing is done unasked, and nothing at all in a dry run."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import msgspec
import pytest

from socialindex.cli import main, ops_snapshots
from socialindex.ops.reach import LocalStack
from tests.unit.cli.terminal import Terminal
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEYS = {"items": [{"id": "key_1", "label": "dashboard"}, {"id": "key_2", "label": "robot"}]}
ROTATED = {"key": {"id": "key_2", "label": "robot"}, "secret": "si_new"}
NOBODY = "http://127.0.0.1:9"
REFUSED = (401, {"title": "Unauthorized", "detail": "the API key does not count"})


@pytest.fixture
def api() -> Iterator[ApiServer]:
    answers: dict[str, Any] = {"GET /v1/keys": (200, KEYS), "POST /v1/keys/key_2/rotation": (200, ROTATED)}
    with serving(answers) as api:
        yield api


@pytest.fixture
def run(
    api: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """Run a command beside a local stack of which only the API answers: its end, and what it printed."""
    stack = LocalStack(name="local", environment={}, resources={}, engine=NOBODY, api=api.url)
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "stack.json").write_bytes(msgspec.json.encode(stack))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOCIALINDEX_KEY", "si_abc")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("SOCIALINDEX_STACK", raising=False)

    def run(*words: str, typed: io.StringIO | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["socialindex", "ops", *words])
        monkeypatch.setattr(sys, "stdin", typed or io.StringIO())
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0), *capsys.readouterr()

    with patch.dict(os.environ):
        yield run


ROTATE = ["rotate-keys", "key_2", "--grace-hours", "0"]
WOULD = "1 keys get new secrets, the old ones count for 0 hours more: key_2 (robot)."


def asked(api: ApiServer) -> list[str]:
    return [f"{each.method} {each.path}" for each in api.asked]


def test_a_dry_run_says_what_would_be_done(run: Callable[..., tuple[int, str, str]], api: ApiServer) -> None:
    code, out, told = run(*ROTATE, "--dry-run")
    assert (code, out) == (0, "")
    assert told == f"On stack local: {WOULD}\nA dry run: nothing was done.\n"
    code, out, told = run(*ROTATE, "--dry-run", "--yes", "--json")
    assert json.loads(out) == {"dry_run": True, "stack": "local", "would": WOULD, "keys": ["key_2"]}
    assert asked(api) == ["GET /v1/keys"] * 2


def test_without_a_terminal_nothing_is_done_unasked(run: Callable[..., tuple[int, str, str]], api: ApiServer) -> None:
    code, out, told = run(*ROTATE)
    assert (code, out) == (1, "")
    assert "Error: nobody is there to be asked\nRemedy: add --yes" in told
    assert asked(api) == ["GET /v1/keys"]


@pytest.mark.parametrize(("answer", "is_done"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_who_is_there_is_asked(
    run: Callable[..., tuple[int, str, str]], api: ApiServer, answer: str, *, is_done: bool
) -> None:
    code, out, _ = run(*ROTATE, typed=Terminal(answer))
    assert (code, "si_new" in out) == ((0, True) if is_done else (1, False))
    assert ("POST /v1/keys/key_2/rotation" in asked(api)) is is_done


def test_each_new_secret_is_shown_as_it_is_made_and_what_is_left_is_told(
    run: Callable[..., tuple[int, str, str]], api: ApiServer
) -> None:
    api.answers["POST /v1/keys/key_1/rotation"] = (200, {**ROTATED, "key": KEYS["items"][0]})
    api.answers["POST /v1/keys/key_2/rotation"] = REFUSED
    code, out, told = run("rotate-keys", "--yes")
    assert (code, out) == (1, "key_1  dashboard  si_new\n")
    assert "set SOCIALINDEX_KEY to its new secret, and go on with key_2" in told


def test_a_key_that_cannot_be_rotated_keeps_no_other_from_it(
    run: Callable[..., tuple[int, str, str]], api: ApiServer
) -> None:
    over = "this key is revoked, or its time is over: make another one"
    api.answers["POST /v1/keys/key_1/rotation"] = (409, {"title": "Conflict", "detail": over})
    code, out, told = run("rotate-keys", "--yes", "--grace-hours", "0")
    assert (code, out) == (1, "key_2  robot  si_new\n")
    assert f"key_1 (dashboard) stays as it is: {over}" in told


def test_a_key_that_is_not_there_is_told_before_any_is_rotated(
    run: Callable[..., tuple[int, str, str]], api: ApiServer
) -> None:
    code, _, told = run("rotate-keys", "key_1", "key_9", "--yes")
    assert (code, told) == (1, "Error: there are no such keys: key_9\n")
    assert asked(api) == ["GET /v1/keys"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["letters", "list"], "stack local has no CrawlDeadLetters"),
        (["letters", "redrive", "spam", "--yes"], "Error: Invalid value for 'STAGE': 'spam' is not one of"),
        (["pause", "host", "ftp://a.example", "--reason", "x", "--yes"], "is no host"),
        (["replay", "--until", "2026-11-28", "--yes"], "an end without a beginning"),
        (["replay", "--source", "gnubord"], "no source is named 'gnubord'"),
        (["replay", "--day", "2026-11-28", "--since", "2026-11-01"], "a day and a span of days"),
        (["replay", "--since", "2026-11-28", "--until", "2026-11-27"], "stack local has no ArchiveBucket"),
        (["snapshots", "register", "mine", "--bucket", "b"], "use --bucket, --region and --role together, or beside"),
        (["snapshots", "list"], "stack local has no SuppressionsTable"),
    ],
)
def test_what_cannot_be_done_is_told_with_a_remedy(
    run: Callable[..., tuple[int, str, str]], words: list[str], told: str, api: ApiServer
) -> None:
    api.answers.clear()
    code, _, error = run(*words)
    assert code in {1, 2}
    assert told in error


def test_without_a_stack_it_is_said_how_to_name_one(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    (tmp_path / ".local" / "stack.json").unlink()
    code, _, told = run("pauses")
    assert code == 1
    assert "Remedy: name the stack with --stack or SOCIALINDEX_STACK, or start the local one" in told


def test_a_restoring_that_stands_still_is_given_up(
    run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    item = {"index": "posts-g1-2026.11", "target": "posts-g1-2026.11", "way": "whole"}
    now = {"item": item, "phase": "coming", "through": -1, "part": 0.4}
    acts = {"plan": [item], "step": now}
    monkeypatch.setattr("socialindex.cli.ops_asking.How.engine", lambda _, act, **__: acts[act])
    monkeypatch.setattr(ops_snapshots, "_POLL_SECONDS", 0.0)
    monkeypatch.setattr(ops_snapshots, "_STALLED_SECONDS", 0.0)
    code, out, told = run("snapshots", "restore", "mine", "monday", "--yes")
    assert code == 1
    assert "posts-g1-2026.11 comes back whole: it is not there" in told
    assert "posts-g1-2026.11: coming, 40%" in out
    assert "posts-g1-2026.11 does not come: ask the engine's _cluster/allocation/explain why" in told


def test_nobody_else_waits_for_what_operators_need() -> None:
    code = (
        "import sys, socialindex.cli; print([name for name in sys.modules if name.startswith('socialindex.cli.ops_')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)  # noqa: S603 - ours
    assert ran.stdout == b"[]\n"
