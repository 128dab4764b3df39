"""What administrators type to erase, and to walk a channel's history."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.cli import backfill, erasing, main
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POST = "a" * 26
REMOVAL = {
    "id": "rm_1",
    "posts": [POST],
    "authors": [],
    "reason": "subject_request",
    "by": "org_us",
    "created_at": "2026-11-20T09:00:00Z",
    "state": "running",
    "documents": 1,
    "day": "",
    "after": "",
    "objects": 0,
    "records": 0,
    "unreadable": 0,
    "finished_at": None,
}
DONE = {**REMOVAL, "state": "done", "objects": 7, "records": 2, "unreadable": 1}
WALK = {
    "channel": "ch_1",
    "state": "running",
    "pages": 3,
    "posts": 60,
    "oldest": "2024-05-01T00:00:00Z",
    "started_at": "2026-11-20T09:00:00Z",
    "updated_at": "2026-11-20T09:00:00Z",
    "reason": None,
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiServer]:
    for module in (erasing, backfill):
        monkeypatch.setattr(module, "_POLL_SECONDS", 0.0)
    answers: dict[str, Any] = {
        "POST /v1/removals": (202, REMOVAL),
        f"DELETE /v1/posts/{POST}": (202, REMOVAL),
        f"DELETE /v1/authors/{POST}": (202, REMOVAL),
        "GET /v1/removals": (200, {"items": [REMOVAL], "next_cursor": "1795165200000 rm_1"}),
        "GET /v1/removals?cursor=1795165200000+rm_1": (200, {"items": [{**REMOVAL, "id": "rm_2"}]}),
        "GET /v1/removals/rm_1": [(200, REMOVAL), (200, DONE)],
        "POST /v1/channels/ch_1/backfills": (202, WALK),
        "GET /v1/channels/ch_1/backfills": [(200, WALK), (200, {**WALK, "state": "done", "pages": 5})],
        "DELETE /v1/channels/ch_1/backfills": (200, {**WALK, "state": "cancelled"}),
    }
    with serving(answers) as api:
        yield api


@pytest.fixture
def cli(api: ApiServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    monkeypatch.setenv("SOCIALINDEX_URL", api.url)
    monkeypatch.setenv("SOCIALINDEX_KEY", "si_abc")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["socialindex", *words])
        with pytest.raises(SystemExit) as end:
            main()
        assert not end.value.code
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    ("words", "asked", "body"),
    [
        ([POST], f"DELETE /v1/posts/{POST}", None),
        ([POST, "--author"], f"DELETE /v1/authors/{POST}", None),
        (
            ["https://a.example/1", "--reason", "court_order"],
            "POST /v1/removals",
            {"url": "https://a.example/1", "reason": "court_order"},
        ),
    ],
)
def test_what_is_named_is_erased(
    cli: Callable[..., str], api: ApiServer, words: list[str], asked: str, body: object
) -> None:
    out = cli("erase", *words, "--yes")
    assert "rm_1  running: 1 posts, 0 authors; 1 documents deleted" in out
    ((method, path, sent),) = [(each.method, each.path, each.body) for each in api.asked]
    assert (f"{method} {path}", sent) == (asked, body)


def test_nothing_is_erased_unasked(
    api: ApiServer, cli: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    del cli
    monkeypatch.setattr(sys, "argv", ["socialindex", "erase", POST])
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1
    assert capsys.readouterr().out == ""
    assert api.asked == []


def test_waiting_shows_the_progress_until_the_archive_is_searched(cli: Callable[..., str]) -> None:
    out = cli("erase", POST, "--yes", "--wait")
    assert out.splitlines()[-1] == (
        "rm_1  done: 1 posts, 0 authors; 1 documents deleted; "
        "2 records removed from the archive, 7 of its objects searched, 1 unreadable"
    )


def test_removals_are_listed_and_shown(cli: Callable[..., str]) -> None:
    out = cli("removals")
    assert ["subject_request" in line for line in out.splitlines() if "rm_" in line] == [True, True]
    assert json.loads(cli("removals", "rm_1", "--json")) == REMOVAL


def test_a_walk_is_followed_to_its_end(cli: Callable[..., str], api: ApiServer) -> None:
    out = cli("backfill", "ch_1")
    assert out.splitlines()[0] == "running: 3 pages, 60 posts, the oldest of 2024-05-01"
    assert out.splitlines()[-1] == "done: 5 pages, 60 posts, the oldest of 2024-05-01"
    assert [each.method for each in api.asked] == ["POST", "GET", "GET"]


def test_of_a_board_whose_pages_list_addresses_it_is_not_said_that_there_are_no_posts(
    cli: Callable[..., str], api: ApiServer
) -> None:
    api.answers["POST /v1/channels/ch_1/backfills"] = (202, {**WALK, "state": "done", "posts": 0, "oldest": None})
    assert cli("backfill", "ch_1") == "done: 3 pages; posts that they list are read one by one\n"


def test_a_walk_goes_on_without_being_watched(cli: Callable[..., str], api: ApiServer) -> None:
    cli("backfill", "ch_1", "--no-wait")
    assert [each.method for each in api.asked] == ["POST"]


def test_a_walk_is_cancelled(cli: Callable[..., str]) -> None:
    assert json.loads(cli("backfill", "ch_1", "--cancel", "--json"))["state"] == "cancelled"
