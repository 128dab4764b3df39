"""The topic commands: what they send, and what people read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from socialindex.cli import main
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME, ONE = "/v1/workspaces/ws_1/topics", "/v1/topics/tp_1"
TOPIC: dict[str, Any] = {
    "id": "tp_1",
    "workspace": "ws_1",
    "name": "[b]누리폰",
    "q": "누리폰 OR NuriPhone",
    "explanation": {"en": "with 누리폰 or NuriPhone", "ko": "누리폰이나 NuriPhone이 있는"},
    "notes": [{"position": 4, "message": "Did you mean [b]?"}],
    "language": [],
    "source": [],
    "revision": 1,
    "since": "2026-11-28T09:00:00Z",
    "state": "active",
    "trouble": None,
    "live": True,
    "backfill": {"done": False, "until": "2026-10-01T00:00:00Z", "found": 1_204},
    "answer_minutes": 60,
    "mentions": {"total": 1_204, "day": 31, "open": 9},
    "created_at": "2026-11-28T09:00:00Z",
    "changed_at": "2026-11-28T09:00:00Z",
}
SAMPLE: dict[str, Any] = {
    "post": "p1",
    "source": "feed",
    "platform": "news.example.com",
    "url": "https://news.example.com/1",
    "title": "누리폰 로켓 발사",
    "excerpt": None,
    "language": "ko",
    "published_at": "2026-11-27T09:00:00Z",
}
PROPOSAL: dict[str, Any] = {
    "name": "누리폰",
    "q": "누리폰 OR NuriPhone",
    "explanation": TOPIC["explanation"],
    "spellings": [
        {"text": "누리폰", "origin": "given", "posts": 900, "used": True},
        {"text": "누리 폰", "origin": "spacing", "posts": 0, "used": False},
    ],
    "estimate": {"posts": 1_204, "at_least": False, "per_day": 40.1},
    "languages": [{"value": "ko", "posts": 1_100}],
    "sources": [{"value": "gnuboard", "posts": 700}],
    "samples": [SAMPLE],
    "noise": [
        {"kind": "theme", "terms": ["로켓", "위성"], "posts": 84, "share": 0.07, "example": SAMPLE, "q": "누리폰 -로켓"}
    ],
    "competitors": [{"name": "갤럭탭", "q": "갤럭탭", "posts": 300}],
}
SUGGESTION: dict[str, Any] = {
    "text": "누리픈",
    "origin": "misspelling",
    "beside": "누리폰",
    "posts": 12,
    "new": 11,
    "example": SAMPLE,
    "q": "누리폰 OR 누리픈",
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiServer]:
    answers: dict[str, Any] = {
        "GET /v1/workspaces": (200, {"items": [{"id": "ws_1", "name": "A", "created_at": "2026-11-01T00:00:00Z"}]}),
        f"POST {HOME}/propose": (200, PROPOSAL),
        f"POST {HOME}": (201, TOPIC),
        f"GET {HOME}": (200, {"items": [TOPIC], "next_cursor": "more"}),
        f"GET {ONE}": (200, {**TOPIC, "state": "suspended", "live": False, "trouble": "It is too large."}),
        f"GET {ONE}/suggestions": [(200, {"items": [SUGGESTION]}), (200, {"items": []})],
        f"PATCH {ONE}": (200, TOPIC),
        f"DELETE {ONE}": (202, {**TOPIC, "state": "deleting"}),
    }
    with serving(answers) as server:
        monkeypatch.setenv("SOCIALINDEX_URL", server.url)
        monkeypatch.setenv("SOCIALINDEX_KEY", "si_key")
        monkeypatch.setenv("COLUMNS", "300")
        yield server


class Run(NamedTuple):
    code: int
    out: str


def run(capsys: pytest.CaptureFixture[str], *words: str) -> Run:
    code = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["socialindex", *words])
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
    return Run(code, capsys.readouterr().out)


def sent(api: ApiServer, method: str) -> list[Any]:
    return [each.body for each in api.asked if each.method == method]


def test_a_name_alone_is_proposed_and_watched(api: ApiServer, capsys: pytest.CaptureFixture[str]) -> None:
    told = run(capsys, "topics", "add", "누리폰", "--language", "ko", "--answer-minutes", "60")
    proposed, made = sent(api, "POST")
    assert proposed == {"name": "누리폰", "language": ["ko"]}
    assert made == {"name": "누리폰", "q": "누리폰 OR NuriPhone", "language": ["ko"], "answer_minutes": 60}
    assert told.code == 0
    assert "1,204 mentions, 31 of the last 24 hours, 9 open" in told.out
    assert "[b]누리폰" in told.out, "a name is never markup"
    assert "Did you mean [b]? (at character 4)" in told.out


def test_a_query_is_taken_as_it_is(api: ApiServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "topics", "add", "사고", "누리폰 폭발", "--workspace", "ws_1").code == 0
    assert sent(api, "POST") == [{"name": "사고", "q": "누리폰 폭발"}]


def test_a_proposal_shows_what_may_be_noise(api: ApiServer, capsys: pytest.CaptureFixture[str]) -> None:
    told = run(capsys, "topics", "propose", "누리폰", "--competitor", "갤럭탭", "--leave-out", "누리호")
    assert sent(api, "POST") == [{"name": "누리폰", "competitors": ["갤럭탭"], "leave_out": ["누리호"]}]
    for words in (
        "누리폰 OR NuriPhone",
        "1,204 posts in 30 days, 40.1 a day: ko 1,100; gnuboard 700",
        "written as 누리폰 (900)",
        "- 로켓, 위성: 84 posts (7%)",
        "누리폰 -로켓",
        "갤럭탭: 300 posts",
    ):
        assert words in told.out
    assert "누리 폰" not in told.out


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (("pause", "tp_1"), {"state": "paused"}),
        (("resume", "tp_1"), {"state": "active"}),
        (("change", "tp_1", "--query", "누리폰 OR 누리픈"), {"q": "누리폰 OR 누리픈"}),
    ],
)
def test_a_change_is_sent(
    api: ApiServer, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], body: dict[str, Any]
) -> None:
    assert run(capsys, "topics", *words).code == 0
    assert sent(api, "PATCH") == [body]


def test_topics_are_listed_shown_suggested_for_and_deleted(api: ApiServer, capsys: pytest.CaptureFixture[str]) -> None:
    listed = run(capsys, "topics", "list").out
    assert "tp_1" in listed
    assert "More with --cursor more" in listed
    assert "It is too large." in run(capsys, "topics", "show", "tp_1").out
    assert "누리픈" in run(capsys, "topics", "suggest", "tp_1").out
    assert "Nothing to suggest." in run(capsys, "topics", "suggest", "tp_1").out
    assert "are being deleted" in run(capsys, "topics", "rm", "tp_1", "--yes").out
    assert [each.method for each in api.asked].count("DELETE") == 1
