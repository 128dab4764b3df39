"""The alert commands: what they send, and what people read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.cli import main
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME, ONE = "/v1/workspaces/ws_1/alerts", "/v1/alerts/al_1"
POST: dict[str, Any] = {
    "post": "p1",
    "source": "gnuboard",
    "url": "https://board.example.com/1",
    "title": "[b]뒷판이 들떴어요",
    "author": "뚝딱아빠",
    "published_at": "2026-11-28T05:00:00Z",
}
ALERT: dict[str, Any] = {
    "id": "al_1",
    "topic": "tp_1",
    "workspace": "ws_1",
    "topic_name": "[b]누리폰",
    "kind": "crisis",
    "severity": "high",
    "state": "open",
    "revision": 2,
    "since": "2026-11-28T05:00:00Z",
    "opened_at": "2026-11-28T05:10:00Z",
    "updated_at": "2026-11-28T05:40:00Z",
    "closed_at": None,
    "window_minutes": 60,
    "observed": 1_042,
    "expected": 4.04,
    "score": 9.0,
    "negative_share": 0.7,
    "usual_negative_share": 0.1,
    "mentions": 1_234,
    "sources": ["gnuboard"],
    "evidence": [POST, {"post": "p2", "source": "mastodon"}],
    "terms": [],
    "spreaders": [],
    "lead_time": {"minutes": 552.0, "first_post": POST, "first_article": None, "news_channels": 3},
    "explanation": {"en": "It may be a crisis.", "ko": "위기로 보입니다."},
    "blind": [],
    "acknowledged_at": None,
    "acknowledged_by": None,
    "assigned_to": None,
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiServer]:
    with serving({f"GET {ONE}": (200, ALERT)}) as found:
        monkeypatch.setenv("SOCIALINDEX_URL", found.url)
        monkeypatch.setenv("SOCIALINDEX_KEY", "si_client")
        monkeypatch.setenv("COLUMNS", "200")
        yield found


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["socialindex", "alerts", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
    assert not end.value.code
    return capsys.readouterr().out


def test_alerts_are_listed(api: ApiServer, capsys: pytest.CaptureFixture[str]) -> None:
    query = "state=open&severity=high&from=2026-11-01T00%3A00%3A00%2B00%3A00"
    api.answers[f"GET {HOME}?{query}"] = (200, {"items": [ALERT], "next_cursor": "123"})
    options = ["--state", "open", "--severity", "high", "--from", "2026-11-01T00:00:00Z"]
    listed = told(capsys, "list", "--workspace", "ws_1", *options)
    assert all(word in listed for word in ("al_1", "[b]누리폰", "crisis", "1,042", "4.0", "552 min", "--cursor 123"))


@pytest.mark.parametrize("width", ["110", "80", "72", "40"])
def test_a_narrow_terminal_breaks_no_id_word_or_figure(
    api: ApiServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    alert = {**ALERT, "id": "al_clrkq6ebdkwcxaxqxg3w4eh5"}
    api.answers[f"GET {HOME}"] = (200, {"items": [alert, {**alert, "kind": "burst"}], "next_cursor": None})
    monkeypatch.setenv("COLUMNS", width)
    listed = told(capsys, "list", "--workspace", "ws_1")
    values = (alert["id"], "2026-11-28 05:10", "[b]누리폰", "crisis", "burst", "high", "1,042", "4.0", "552 min")
    headers = ("opened", "topic", "kind", "severity", "state", "people", "usual", "lead")
    assert [part for part in (*values, *headers) if part not in listed] == []
    assert max(map(len, listed.splitlines())) <= int(width)


def test_an_empty_list_shows_what_would_be_in_it(
    api: ApiServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    api.answers[f"GET {HOME}"] = (200, {"items": [], "next_cursor": None})
    monkeypatch.setenv("COLUMNS", "80")
    assert "opened" in told(capsys, "list", "--workspace", "ws_1")


@pytest.mark.parametrize(
    ("options", "words"), [([], "It may be a crisis."), (["--language", "ko"], "위기로 보입니다.")]
)
def test_an_alert_is_explained(
    api: ApiServer,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    words: str,
) -> None:
    shown = told(capsys, "show", "al_1", *options)
    assert words in shown
    assert all(
        part in shown for part in ("[b]뒷판이 들떴어요", "https://board.example.com/1", "(gone)", "seen by nobody yet")
    )


@pytest.mark.parametrize(
    ("arguments", "body", "answer", "words"),
    [
        (
            ["acknowledge"],
            {"acknowledged": True},
            {"acknowledged_at": "2026-11-28T06:00:00Z", "acknowledged_by": "k"},
            "seen by k",
        ),
        (["assign"], {"assigned_to": None}, {}, "assigned to nobody"),
        (["assign", "김하나"], {"assigned_to": "김하나"}, {"assigned_to": "김하나"}, "assigned to 김하나"),
    ],
)
def test_people_say_who_takes_care(
    api: ApiServer,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    body: dict[str, Any],
    answer: dict[str, Any],
    words: str,
) -> None:
    api.answers[f"PATCH {ONE}"] = (200, {**ALERT, **answer})
    command, *person = arguments
    assert words in told(capsys, command, "al_1", *person)
    assert api.asked[-1].body == body
