"""What people type to be told."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex.cli import destinations as commands
from socialindex.cli import main
from socialindex.deliver.delivery import Attempt, tried, view
from socialindex.deliver.fanout import delivery_of
from socialindex.search.destination_views import shown
from tests.unit.client.api_server import ApiServer, serving
from tests.unit.deliver.samples import AT, destination, of_alert

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = "/v1/workspaces/ws_a"


def plain(thing: Any) -> Any:
    return json.loads(msgspec.json.encode(thing))


HOOK = plain(shown(destination()))
MAIL = plain(shown(destination(way="email", address="duty@example.com", state="unconfirmed", secrets=None)))
WAITING = delivery_of(of_alert(), destination(), AT)
FAILED = plain(
    view(tried(WAITING, Attempt(at=AT, status=500, ms=12, reason="status", detail="it answered 500", answer="no [b]")))
)
LOG = f"{HOME}/deliveries/{WAITING.id}"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiServer]:
    monkeypatch.setattr(commands, "_PAUSE", 0.0)
    answers: dict[str, Any] = {
        "GET /v1/workspaces": (200, {"items": [{"id": "ws_a", "name": "A", "created_at": "2026-11-01T00:00:00Z"}]}),
        f"POST {HOME}/destinations": (201, {"destination": HOOK, "secret": "whsec_abc"}),
        f"GET {HOME}/destinations": (
            200,
            {"items": [HOOK, {**MAIL, "state": "disabled", "trouble": "it answered 410"}]},
        ),
        f"PATCH {HOME}/destinations/ds_a": (200, {**HOOK, "state": "paused"}),
        f"POST {HOME}/destinations/ds_a/rotation": (201, {"destination": HOOK, "secret": "whsec_new"}),
        f"POST {HOME}/destinations/ds_a/test": (202, plain(view(WAITING))),
        f"GET {LOG}": [(200, plain(view(WAITING))), (200, FAILED)],
        f"POST {LOG}/redeliver": (202, plain(view(WAITING))),
        f"DELETE {HOME}/destinations/ds_a": (204, b""),
        f"GET {HOME}/deliveries?destination=ds_a&state=failed&limit=20": (
            200,
            {"items": [FAILED], "next_cursor": "more"},
        ),
        "GET /v1/events": (200, {"items": [{"kind": "alert.opened", "when": "It began.", "schema": {}}]}),
    }
    with serving(answers) as api:
        monkeypatch.setenv("SOCIALINDEX_URL", api.url)
        monkeypatch.setenv("SOCIALINDEX_KEY", "si_key")
        monkeypatch.setenv("COLUMNS", "300")
        yield api


def run(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["socialindex", "destinations", *words])
        with pytest.raises(SystemExit) as stop:
            main()
    assert not stop.value.code, capsys.readouterr().err
    return capsys.readouterr().out


def test_a_webhook_is_added_and_its_secret_shown(api: ApiServer, capsys: pytest.CaptureFixture[str]) -> None:
    wishes = ["--event", "alert.opened", "--severity", "high", "--topic", "tp_a"]
    hours = ["--quiet", "22:00-07:00", "--crisis-passes", "--time-zone", "Asia/Seoul", "--language", "ko"]
    out = run(capsys, "add", "당직", "https://hooks.example.com/a", *wishes, *hours)
    assert "whsec_abc" in out
    asked = next(each.body for each in api.asked if each.method == "POST")
    assert asked == {
        "name": "당직",
        "way": "webhook",
        "url": "https://hooks.example.com/a",
        "wishes": {"events": ["alert.opened"], "severities": ["high"], "topics": ["tp_a"]},
        "quiet": {"from": "22:00", "to": "07:00", "crisis_passes": True},
        "time_zone": "Asia/Seoul",
        "language": "ko",
    }


@pytest.mark.parametrize(
    ("words", "way"), [(["duty@example.com"], "email"), (["https://chat.example.com/x", "--slack"], "slack")]
)
def test_the_way_follows_from_the_address(
    api: ApiServer, capsys: pytest.CaptureFixture[str], words: list[str], way: str
) -> None:
    run(capsys, "add", "당직", *words)
    (asked,) = [each.body for each in api.asked if each.method == "POST"]
    assert asked["way"] == way


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["list"], "it answered 410"),
        (["pause", "ds_a"], "paused"),
        (["resume", "ds_a"], "ds_a"),
        (["rotate", "ds_a"], "whsec_new"),
        (["test", "ds_a"], "it answered 500"),
        (["delivery", WAITING.id], "waiting"),
        (["redeliver", WAITING.id], "waiting"),
        (["log", "--destination", "ds_a", "--state", "failed"], "More with --cursor more"),
        (["delete", "ds_a", "--yes"], "ds_a is told nothing any more"),
        (["events"], "It began."),
    ],
)
def test_what_is_done_is_told(api: ApiServer, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert said in run(capsys, *words)


def test_what_others_answer_stays_text(api: ApiServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no [b]" in run(capsys, "test", "ds_a")


def test_hours_that_are_none_are_refused(api: ApiServer, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AssertionError, match="22:00-07:00"):
        run(capsys, "add", "x", "https://hooks.example.com/", "--quiet", "at night")
    assert api.asked == []
