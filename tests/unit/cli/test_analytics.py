"""Figures on the command line: what people see, what is asked, and JSON as the API gave it."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from socialindex.cli import main
from socialindex.cli.analytics_show import spark
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BLIND = {
    "source": "gnuboard",
    "channel": None,
    "channels": 12_000,
    "since": "2026-11-20T03:00:00Z",
    "until": None,
    "kind": "down",
}
COVERAGE = {
    "from": "2026-11-18T15:00:00Z",
    "to": "2026-11-21T15:00:00Z",
    "time_zone": "Asia/Seoul",
    "undated": 3,
    "blind": [BLIND],
    "silent": [],
    "health_since": "2026-06-01T00:00:00Z",
    "kept_since": None,
    "history_since": "2026-10-29",
    "sample": {"posts": 500, "of": 18250},
    "estimates": [],
    "notes": [{"position": 4, "message": "Did you mean [AND]?"}],
}


def bucket(day: int, posts: int, *blind: str) -> dict[str, Any]:
    return {
        "at": f"2026-11-{day}T15:00:00Z",
        "posts": posts,
        "deduplicated": posts // 2,
        "all": 900,
        "share": posts / 900,
        "partial": False,
        "blind": list(blind),
        "partly_blind": [],
        "metrics": None,
    }


def series(value: str | None, *counts: int) -> dict[str, Any]:
    shares = [count / 900 for count in counts]
    return {
        "value": value,
        "label": None,
        "posts": sum(counts),
        "deduplicated": 1,
        "counts": list(counts),
        "shares": shares,
    }


TRENDS = {
    "total": 1234,
    "deduplicated": 301,
    "all": 2468,
    "interval": "day",
    "buckets": [bucket(18, 0), bucket(19, 100), bucket(20, 1134, "gnuboard")],
    "series": [series("gnuboard", 0, 50, 1000)],
    "others": series(None, 0, 50, 134),
    "unknown": series(None, 0, 0, 0),
    "coverage": COVERAGE,
}
TERM = {"term": "발열", "score": 3.5, "posts": 120, "background": 1300, "example": "p1"}
TERMS = {
    "total": 412,
    "background": 18250,
    "terms": [TERM, {**TERM, "term": "[bold]", "score": 1.75}],
    "pairs": None,
    "coverage": COVERAGE,
}
CARD = {
    "key": "ak_1",
    "name": "김철수",
    "handle": None,
    "url": None,
    "kind": None,
    "source": "gnuboard",
    "posts": 12,
    "followers": None,
    "views": 4321,
    "engagement": 0,
    "reach": 4321,
    "reach_by": "views",
    "first_post": None,
    "last_post": None,
}
AUTHORS = {"items": [CARD], "authors": 57, "unnamed": 8, "coverage": COVERAGE}
MOOD = {"posts": 10, "positive": 2, "neutral": 3, "negative": 4, "unknown": 1, "average": -0.25}
SENTIMENT = {
    "total": 10,
    "mood": MOOD,
    "interval": "day",
    "buckets": [{**MOOD, "at": "2026-11-18T15:00:00Z"}],
    "positive": {"words": [], "samples": []},
    "negative": {"words": [TERM], "samples": ["p1"]},
    "coverage": COVERAGE,
}
VOICE = {"name": "누리폰", "posts": 90, "deduplicated": 60, "share": 0.75, "share_deduplicated": 0.7, "parts": []}
VOICES = {
    "total": 110,
    "deduplicated": 80,
    "voices": [VOICE, {**VOICE, "name": "가온폰", "posts": 0, "share": None}],
    "overlaps": [{"names": ["누리폰", "가온폰"], "posts": 10}],
    "coverage": COVERAGE,
}
ANSWERS: dict[str, Any] = {
    "POST /v1/trends": (200, TRENDS),
    "POST /v1/analytics/terms": (200, TERMS),
    "POST /v1/authors": (200, AUTHORS),
    "POST /v1/sentiment": (200, SENTIMENT),
    "POST /v1/share-of-voice": (200, VOICES),
}


class Run(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def api() -> Iterator[ApiServer]:
    with serving(dict(ANSWERS)) as api:
        yield api


@pytest.fixture
def cli(api: ApiServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    for name, value in {"SOCIALINDEX_URL": api.url, "SOCIALINDEX_KEY": "si_abc", "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> Run:
        monkeypatch.setattr(sys, "argv", ["socialindex", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return Run(int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (
            ("trends", "배터리"),
            ["1,234 posts", "301 without copies", "50% of all", "·▁█  by day, at most 1,134", "  !", "others", "184"],
        ),
        (("trends", "배터리 and"), ["Did you mean [AND]? (at character 4)"]),
        (("trends",), ["2026-11-18 15:00 to 2026-11-21 15:00 UTC", "Asia/Seoul", "3 posts without a date"]),
        (
            ("trends",),
            ["Posts may be missing: gnuboard, 12,000 channels, 11-20 03:00 to now UTC", "from 2026-10-29 on"],
        ),
        (("related", "누리폰"), ["발열", "120", "1,300", "█" * 24, "[bold]", "a sample of 500 of 18,250"]),
        (("authors", "배터리"), ["57 authors", "8 posts of people", "김철수", "4,321", "-", "ak_1"]),
        (("sentiment", "배터리"), ["10 posts, -0.25 on average", "negative", "발열"]),
        (("share-of-voice", "누리폰", "가온폰"), ["110 posts", "75%", "가온폰", "10 posts are in both"]),
    ],
)
def test_figures_are_shown_to_people(cli: Callable[..., Run], words: tuple[str, ...], shown: list[str]) -> None:
    run = cli(*words)
    assert (run.code, run.err) == (0, "")
    assert [part for part in shown if part not in run.out] == []


@pytest.mark.parametrize(
    ("width", "pieces"),
    [
        (None, ["2026-11-01 00:00", "2026-11-03 00:00", "2026-11-05 00:00"]),
        ("80", ["2026-11-01 00:00", "2026-11-03 00:00", "2026-11-05 00:00"]),
        ("30", ["2026-11-01 00:00", "2026-11-01 12:00", "2026-11-02 00:00", "2026-11-02 12:00"]),
        ("50", ["2026-11-01 00:00", "2026-11-02 00:00", "2026-11-03 00:00"]),
        ("1000", []),
    ],
)
def test_a_line_of_many_hours_comes_in_pieces_that_fit(
    cli: Callable[..., Run], api: ApiServer, monkeypatch: pytest.MonkeyPatch, width: str | None, pieces: list[str]
) -> None:
    """Without a width, as in a pipe, it is the usual one. Pieces begin at the zone's midnight where that has room."""
    began = datetime(2026, 10, 31, 15, tzinfo=UTC)
    counts = [hour % 5 for hour in range(720)]
    times = [f"{began + timedelta(hours=hour):%Y-%m-%dT%H:%M:%SZ}" for hour in range(720)]
    hours = [{**bucket(1, count), "at": at} for count, at in zip(counts, times, strict=True)]
    hours[-1]["blind"] = ["gnuboard"]
    found = {**TRENDS, "interval": "hour", "buckets": hours, "series": [], "others": None, "unknown": None}
    api.answers["POST /v1/trends"] = (200, found)
    if width is None:
        monkeypatch.delenv("COLUMNS")
    else:
        monkeypatch.setenv("COLUMNS", width)
    lines = cli("trends", "x").out.splitlines()
    drawn = [line for line in lines if "▂" in line or "█" in line]
    assert "".join(line[18:] if pieces else line[:720] for line in drawn) == spark(counts)
    assert [line[:16] for line in drawn[: len(pieces)]] == pieces
    assert max(map(len, drawn)) <= int(width or 80)
    marks = next(line for line in lines if line.endswith("!"))
    assert len(marks) == (len(drawn[-1]) if pieces else 720)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("trends", "x"), TRENDS),
        (("related", "x"), TERMS),
        (("authors", "x"), AUTHORS),
        (("sentiment", "x"), SENTIMENT),
        (("share-of-voice", "x", "y"), VOICES),
    ],
)
def test_json_is_the_answer(cli: Callable[..., Run], words: tuple[str, ...], answer: Any) -> None:
    assert json.loads(cli(*words, "--json").out) == answer


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (("trends",), {}),
        (("trends", "x", "--by", "source", "--interval", "week"), {"q": "x", "by": "source", "interval": "week"}),
        (
            ("sentiment", "x", "--source", "feed", "--from", "2026-11-01T00:00:00Z", "--time-zone", "Asia/Seoul"),
            {"q": "x", "source": ["feed"], "from": "2026-11-01T00:00:00+00:00", "time_zone": "Asia/Seoul"},
        ),
        (("trends", "--from", "2026-11-01"), {"from": "2026-11-01T00:00:00+00:00"}),
        (
            ("trends", "--to", "2026-11-02", "--from", "2026-11-01", "--time-zone", "Asia/Seoul"),
            {"from": "2026-11-01T00:00:00+09:00", "to": "2026-11-02T00:00:00+09:00", "time_zone": "Asia/Seoul"},
        ),
        (("related", "x", "--of", "hashtags", "--limit", "5"), {"q": "x", "of": "hashtags", "limit": 5}),
        (
            ("share-of-voice", "a OR b", "c", "--within", "d"),
            {"q": "d", "queries": [{"name": "a OR b", "q": "a OR b"}, {"name": "c", "q": "c"}]},
        ),
        (("share-of-voice", "a", "a"), {"queries": [{"name": "a", "q": "a"}, {"name": "a", "q": "a"}]}),
    ],
)
def test_options_become_the_request(
    cli: Callable[..., Run], api: ApiServer, words: tuple[str, ...], asked: dict[str, Any]
) -> None:
    assert cli(*words).code == 0
    assert api.asked[-1].body == asked


@pytest.mark.parametrize("command", ["trends", "related", "authors", "sentiment", "share-of-voice"])
def test_help_teaches_by_an_example(cli: Callable[..., Run], command: str) -> None:
    run = cli(command, "--help")
    assert (run.code, run.err) == (0, "")
    assert f"\n  socialindex {command} " in run.out
    assert "\\b" not in run.out


def test_a_mistake_in_the_query_is_told_in_words(cli: Callable[..., Run], api: ApiServer) -> None:
    problem = {"detail": "a quote is missing", "position": 7, "remedy": "close it", "status": 400}
    api.answers["POST /v1/trends"] = (400, problem)
    run = cli("trends", '"x')
    assert (run.code, run.out) == (1, "")
    assert "a quote is missing (at character 7)\nRemedy: close it" in run.err
    assert "Traceback" not in run.err


@pytest.mark.parametrize(
    ("values", "line"), [([], ""), ([0, 0], "··"), ([7], "█"), ([0, 1, 1000], "·▁█"), ([1, 2, 3, 4], "▂▄▆█")]
)
def test_a_line_tells_nothing_from_little(values: list[int], line: str) -> None:
    assert spark(values) == line
