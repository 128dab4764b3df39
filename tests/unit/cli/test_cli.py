"""The command line: it teaches, answers in words or JSON, and never shows a stack trace."""

from __future__ import annotations

import io
import json
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

import pytest

from socialindex.aws.clients import dynamodb
from socialindex.cli import main
from socialindex.client import waiting
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

POST = {
    "id": "p1",
    "uri": "https://board.example/1",
    "source": "gnuboard",
    "title": "[bold]배터리[/bold]",
    "text": "부풀었어요\n\n" + "길다 " * 200,
    "author": {"name": "김철수"},
    "published_at": "2026-11-20T09:00:00Z",
    "hashtags": ["리콜"],
}
NOTE = {"position": 4, "message": '"and" is looked for as a word. Did you mean AND?'}
BARE = {"id": "p2", "uri": "https://board.example/2", "source": "feed"}
CHANNEL = {"id": "ch_1", "source": "feed", "url": "https://a.example/[/feed]"}
ADDED = {"channel": CHANNEL, "why": "it is an RSS feed"}
MANY = [{"kind": "down", "source": "feed", "events": 12_000}, {"kind": "errors", "source": "lemmy", "events": 1}]
STATUS: dict[str, Any] = {
    "events": [{"id": "he_1", "finding": {"kind": "down", "source": "feed", "message": "It fails [so]."}}],
    "event_counts": MANY,
    "stages": {
        "crawl": {"outcomes": {"ok": 3}, "reasons": {}, "waiting": 1, "in_flight": 0, "dead_letters": 2},
        "dispatch": {"outcomes": {}, "reasons": {}, "waiting": None, "in_flight": None, "dead_letters": None},
    },
    "sources": {
        "feed": {
            "posts": 7,
            "last_success_at": "2026-11-20T09:00:00Z",
            "latency": {"p50": 1.2, "p95": 3.4, "posts": 5},
            "discarded": {"robots": 2},
        },
        "mastodon": {"posts": 0, "last_success_at": None, "latency": None, "discarded": {}},
        "imported": {"posts": 12, "last_success_at": None, "latency": None, "discarded": {}},
    },
}
NO_POSTS = {name: {**source, "posts": None, "latency": None} for name, source in STATUS["sources"].items()}
"""Sources where the engine does not answer."""
CARD = {
    "name": "youtube",
    "title": "YouTube",
    "gives": ["views"],
    "needs": ["credentials"],
    "paste": ["https://y.example/@a"],
}
ENTRY = {"domains": ["board.example"], "name": "b", "verdict": "forbidden", "reason": "[no]", "source": "article 9"}
FINDING = {
    "kind": "down",
    "source": "feed",
    "since": "2026-11-20T09:00:00Z",
    "message": "https://a.example: the last 3 polls failed ([gone]).",
    "evidence": {"failures": 3},
}
EVENT = {"id": "he_1", "finding": FINDING, "opened_at": "2026-11-20T09:05:00Z", "seen_at": "2026-11-20T09:05:00Z"}
LASTS = {"since": "2026-11-20T09:00:00Z", "until": None}
COVERAGE = {
    "sources": [
        {
            "source": "feed",
            "channels": 2,
            "posts": 7,
            "first_post": "2026-11-01T00:00:00Z",
            "last_post": None,
            "latency_p50": 1.5,
            "latency_p95": None,
        }
    ],
    "channels": [],
    "gaps": [
        {"source": "feed", "channel": None, "channels": None, **LASTS, "kind": "errors"},
        {"source": "feed", "channel": None, "channels": 12_000, **LASTS, "kind": "down"},
    ],
    "not_covered": [{"what": "board.example", "why": "[no] (article 9)"}],
}
ANSWERS: dict[str, Any] = {
    "GET /v1/health?days=7": (200, {"open": [EVENT], "closed": []}),
    "GET /v1/health?days=30": (200, {"open": [], "closed": []}),
    "GET /v1/health?days=60": (200, {"open": [EVENT], "closed": [], "open_counts": MANY, "closed_counts": []}),
    "GET /v1/coverage?days=7": (200, COVERAGE),
    "GET /v1/sources": (200, {"items": [CARD]}),
    "GET /v1/terms": (200, {"items": [ENTRY], "unreviewed": ["blog.example"]}),
    "GET /v1/terms/board.example": (200, {"host": "board.example", "may_crawl": False, "terms": ENTRY}),
    "GET /v1/terms/new.example": (200, {"host": "new.example", "may_crawl": True, "terms": None}),
    "PUT /v1/terms/board.example": (200, ENTRY),
    "DELETE /v1/terms/board.example": (204, b""),
    "POST /v1/posts/search": (200, {"items": [POST, BARE], "next_cursor": "abc", "total": 2, "notes": [NOTE]}),
    "GET /v1/posts/p1": (200, POST),
    "GET /v1/channels": (200, {"items": [{"channel": CHANNEL, "poll_at": 1.0, "failures": 4}]}),
    "POST /v1/channels": (201, ADDED),
    "DELETE /v1/channels/ch_1": (204, b""),
    "GET /v1/status": (200, STATUS),
    "POST /v1/replays": (202, {"objects": 2, "responses": 30, "next_after": None}),
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
def cli(
    api: ApiServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Run]:
    """The command as a shell would run it, in an empty folder; arguments of the environment by name."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, **environment: str | None) -> Run:
        plain = {"SOCIALINDEX_URL": api.url, "SOCIALINDEX_KEY": "si_abc", "COLUMNS": "200"}
        for name, value in {**plain, **environment}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["socialindex", *words])
        code: Any = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        return Run(int(code or 0), *capsys.readouterr())

    return run


COMMANDS = [
    (),
    ("up",),
    ("search",),
    ("post",),
    ("channels",),
    ("channels", "add"),
    ("channels", "list"),
    ("channels", "remove"),
    ("sources",),
    ("health",),
    ("coverage",),
    ("terms",),
    ("terms", "set"),
    ("terms", "unset"),
    ("status",),
    ("replay",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_teaches(cli: Callable[..., Run], command: tuple[str, ...], flag: str) -> None:
    run = cli(*command, flag, SOCIALINDEX_URL=None, SOCIALINDEX_KEY=None)
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(f"Usage: socialindex {' '.join(command)}".rstrip())
    assert len(run.out.splitlines()) > 5
    assert "\b" not in run.out
    assert "\\b" not in run.out


def test_the_help_names_every_command(cli: Callable[..., Run]) -> None:
    out = cli("--help").out
    assert all(command[0] in out for command in COMMANDS if command)


def test_the_help_of_the_status_says_who_sees_imported_posts(cli: Callable[..., Run]) -> None:
    told = " ".join(cli("status", "--help").out.split())
    assert "imported are counted for a key of that workspace only: set SOCIALINDEX_KEY" in told


def test_the_help_of_an_export_fits_a_terminal(cli: Callable[..., Run]) -> None:
    out = cli("export", "--help").out
    assert "--field FIELD" in out
    assert "latency_ms" in out
    assert max(map(len, out.splitlines())) <= 100


def test_it_says_its_version(cli: Callable[..., Run]) -> None:
    assert cli("--version").out.startswith("socialindex, version ")


# Answers for people


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (
            ("search", "배터리"),
            ["2 posts", "gnuboard", "김철수", "2026-11-20 09:00:00 UTC", "[bold]배터리[/bold]", "…"],
        ),
        (("search", "배터리"), ["feed", "unnamed", "date unknown", "https://board.example/2", "--cursor abc"]),
        (("search", "배터리 and 발열"), ['"and" is looked for as a word. Did you mean AND? (at character 4)']),
        (("post", "p1"), ["[bold]배터리[/bold]", "부풀었어요", "리콜"]),
        (("channels", "list"), ["ch_1", "https://a.example/[/feed]", "not yet", "4"]),
        (("channels", "add", "https://a.example"), ["ch_1", "it is an RSS feed"]),
        (("channels", "remove", "ch_1"), ["ch_1 is no longer crawled"]),
        (("health",), ["open", "down", "2026-11-20 09:00", "it lasts", "the last 3 polls failed ([gone])"]),
        (("health", "--days", "30"), ["All is well"]),
        (("health", "--days", "60"), ["newest 1 that are open", "down, feed: 12,000", "errors, lemmy: 1"]),
        (
            ("coverage",),
            [
                "feed",
                "2026-11-01 00:00",
                "1.5 s",
                "errors",
                "all",
                "12,000 channels",
                "board.example",
                "[no] (article 9)",
            ],
        ),
        (("sources",), ["youtube", "views", "credentials", "https://y.example/@a"]),
        (("terms",), ["board.example", "forbidden", "[no] (article 9)", "not yet by clause", "blog.example"]),
        (("terms", "--host", "board.example"), ["board.example must not be crawled", "article 9"]),
        (("terms", "--host", "new.example"), ["new.example may be crawled", "nobody has reviewed"]),
        (
            ("terms", "set", "board.example", "--verdict", "forbidden", "--reason", "a", "--source", "b"),
            ["board.example: forbidden, from now on"],
        ),
        (("terms", "unset", "board.example"), ["What was entered for board.example is gone"]),
        (
            ("status",),
            [
                "down",
                "It fails [so].",
                "12,001 are open: down feed 12,000, errors lemmy 1",
                "crawl",
                "robots 2",
                "1.2 s",
                "3.4 s",
                "not yet",
            ],
        ),
        (("replay",), ["30 responses of 2 archive objects"]),
    ],
)
def test_an_answer_is_shown_to_people(cli: Callable[..., Run], words: tuple[str, ...], shown: list[str]) -> None:
    run = cli(*words)
    assert (run.code, run.err) == (0, "")
    for part in shown:
        assert part in run.out


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("search", "배터리"), ANSWERS["POST /v1/posts/search"][1]),
        (("post", "p1"), POST),
        (("channels", "list"), ANSWERS["GET /v1/channels"][1]["items"]),
        (("channels", "add", "https://a.example"), ADDED),
        (("channels", "remove", "ch_1"), {"removed": "ch_1"}),
        (("status",), STATUS),
        (("replay",), {"objects": 2, "responses": 30}),
    ],
)
def test_json_is_json_and_nothing_else(cli: Callable[..., Run], words: tuple[str, ...], answer: Any) -> None:
    run = cli(*words, "--json")
    assert (run.code, run.err) == (0, "")
    assert json.loads(run.out) == answer
    assert "\\u" not in run.out


# Status


@pytest.mark.parametrize(
    ("changes", "rows", "silent"),
    [
        ({}, [["feed", "7"], ["mastodon", "0", "not", "yet"], ["imported", "12", "-"]], False),
        (
            {"engine_answers": False, "sources": NO_POSTS},
            [["feed", "-"], ["mastodon", "-", "not", "yet"], ["imported", "-", "-"]],
            True,
        ),
    ],
)
def test_status_shows_what_is_known_of_sources(
    cli: Callable[..., Run], api: ApiServer, changes: dict[str, Any], rows: list[list[str]], *, silent: bool
) -> None:
    api.answers["GET /v1/status"] = (200, {**STATUS, **changes})
    lines = [line.split() for line in cli("status").out.splitlines()]
    assert all(any(line[: len(row)] == row for line in lines) for row in rows)
    assert ("The engine does not answer" in cli("status").out) is silent


# Encodings


@pytest.mark.parametrize("encoding", ["cp949", "latin-1", "ascii"])
@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("search", "배터리"), r"\U0001f525"),
        (("post", "p1"), r"\U0001f525"),
        (("search", "배터리", "--json"), r"\ud83d\udd25"),
        (("mentions", "tp_a", "--json"), r"\ud83d\udd25"),
    ],
)
def test_what_a_terminal_has_no_letter_for_is_shown_by_its_number(
    cli: Callable[..., Run],
    api: ApiServer,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    shown: str,
    encoding: str,
) -> None:
    post = {**POST, "title": "뜨거워요 🔥"}
    api.answers["POST /v1/posts/search"] = (200, {"items": [post], "next_cursor": None, "total": 1})
    api.answers["GET /v1/posts/p1"] = (200, post)
    part = {"items": [post], "offset": "o", "more": False}
    api.answers["GET /v1/topics/tp_a/mentions?from=start&limit=100"] = (200, part)
    file = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(file, encoding, write_through=True))
    run = cli(*words)
    assert (run.code, run.err) == (0, "")
    text = file.getvalue().decode(encoding)
    assert shown in text
    assert "--json" not in words or "뜨거워요 🔥" in json.dumps(json.loads(text), ensure_ascii=False)


# Widths


LONG = {"id": f"ch_{'a' * 26}", "source": "gnuboard", "url": f"https://board.example.com/{'z' * 60}"}
TOPIC = {
    "id": "tp_aaaaaaaaaaaaaaaa",
    "name": "누리폰 배터리 발열 사고",
    "q": "(누리폰 OR NuriPhone) NEAR/10 (폭발 OR 발열 OR 화재 OR 연기 OR 리콜)",
    "workspace": "ws_a",
    "explanation": {"en": "", "ko": ""},
    "language": [],
    "source": [],
    "revision": 1,
    "since": "2026-11-20T09:00:00Z",
    "state": "active",
    "trouble": None,
    "live": True,
    "backfill": {"done": True, "until": None, "found": 0},
    "answer_minutes": None,
    "mentions": None,
    "created_at": "2026-11-20T09:00:00Z",
    "changed_at": "2026-11-20T09:00:00Z",
}
LISTS: dict[str, tuple[tuple[str, ...], Any, list[str]]] = {
    "channels": (
        ("channels", "list"),
        {"GET /v1/channels": (200, {"items": [{"channel": LONG, "poll_at": 1.0}]})},
        [LONG["id"], LONG["url"]],
    ),
    "topics": (
        ("topics", "list", "--workspace", "ws_a"),
        {"GET /v1/workspaces/ws_a/topics": (200, {"items": [TOPIC], "next_cursor": None})},
        [str(TOPIC["id"]), str(TOPIC["q"])],
    ),
}


@pytest.mark.parametrize("which", LISTS)
@pytest.mark.parametrize("width", ["80", "72"])
def test_a_narrow_terminal_cuts_nothing_off(cli: Callable[..., Run], api: ApiServer, which: str, width: str) -> None:
    words, answers, (id, long) = LISTS[which]  # noqa: A001 - the column's name
    api.answers |= answers
    run = cli(*words, COLUMNS=width)
    assert id in run.out
    assert "…" not in run.out
    assert Counter(run.out) >= Counter(long.replace(" ", ""))


@pytest.mark.parametrize("which", LISTS)
def test_behind_a_pipe_a_row_is_a_line(cli: Callable[..., Run], api: ApiServer, which: str) -> None:
    words, answers, whole = LISTS[which]
    api.answers |= answers
    assert [all(part in line for part in whole) for line in cli(*words, COLUMNS=None).out.splitlines()] == [False, True]


def test_a_command_to_go_on_with_can_be_copied(cli: Callable[..., Run], api: ApiServer) -> None:
    part = {"items": [], "offset": "o" * 300, "more": False}
    api.answers["GET /v1/topics/tp_a/mentions?from=start&limit=100"] = (200, part)
    assert cli("mentions", "tp_a", COLUMNS="80").out == f"Go on: socialindex mentions tp_a --after {'o' * 300}\n"


@pytest.mark.parametrize(
    ("after", "asked", "code", "said"),
    [
        ([], "from=start", 503, "Go on: socialindex mentions tp_a --after o2\n"),
        (["--after", "o1"], "after=o1", 401, "Go on: socialindex mentions tp_a --after o2\n"),
        (["--after", "o2"], "", 410, ""),
    ],
)
def test_a_stream_that_ends_early_can_be_gone_on_with(
    cli: Callable[..., Run], api: ApiServer, after: list[str], asked: str, code: int, said: str
) -> None:
    home = "GET /v1/topics/tp_a/mentions"
    api.answers[f"{home}?{asked}&limit=100"] = (200, {"items": [], "offset": "o2", "more": True})
    api.answers[f"{home}?after=o2&limit=100"] = (code, {"title": "No", "detail": "not now"})
    run = cli("mentions", "tp_a", *after, "--follow")
    assert (run.code, run.out, run.err.splitlines()[0]) == (1, said, "Error: not now")


# Questions


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (("search",), {"limit": 10}),
        (("search", "a b", "--sort", "best"), {"q": "a b", "sort": "best", "limit": 10}),
        (
            ("search", "x", "--source", "feed", "--source", "gnuboard", "--hashtag", "리콜", "--limit", "3"),
            {"q": "x", "source": ["feed", "gnuboard"], "hashtag": ["리콜"], "limit": 3},
        ),
        (
            ("search", "--from", "2026-11-01T00:00:00Z", "--to", "2026-12-01T00:00:00Z", "--cursor", "abc"),
            {
                "from": "2026-11-01T00:00:00+00:00",
                "to": "2026-12-01T00:00:00+00:00",
                "cursor": "abc",
                "limit": 10,
            },
        ),
        (
            ("search", "--from", "2026-11-01", "--to", "2026-12-01"),
            {"from": "2026-11-01T00:00:00+00:00", "to": "2026-12-01T00:00:00+00:00", "limit": 10},
        ),
        (
            ("search", "--from", "2026-11-01", "--to", "2026-11-02t09:30", "--time-zone", "Asia/Seoul"),
            {
                "from": "2026-11-01T00:00:00+09:00",
                "to": "2026-11-02T09:30:00+09:00",
                "time_zone": "Asia/Seoul",
                "limit": 10,
            },
        ),
        (("search", "--from", "2026-11-01 09:00+09:00"), {"from": "2026-11-01T09:00:00+09:00", "limit": 10}),
        (("channels", "add", "u", "--option", "pages=20"), {"url": "u", "options": {"pages": "20"}}),
        (("replay", "--day", "2026-11-20", "--source", "feed"), {"day": "2026-11-20", "source": "feed", "after": ""}),
    ],
)
def test_options_become_the_request(
    cli: Callable[..., Run], api: ApiServer, words: tuple[str, ...], asked: dict[str, Any]
) -> None:
    assert cli(*words).code == 0
    assert api.asked[-1].body == asked


def test_a_replay_goes_on_until_the_end(cli: Callable[..., Run], api: ApiServer) -> None:
    parts = [
        (202, {"objects": 20, "responses": 500, "next_after": "raw/k"}),
        (202, {"objects": 1, "responses": 5, "next_after": None}),
    ]
    api.answers["POST /v1/replays"] = parts
    assert json.loads(cli("replay", "--json").out) == {"objects": 21, "responses": 505}
    assert [asked.body["after"] for asked in api.asked] == ["", "raw/k"]


@pytest.mark.parametrize(("place", "named"), [(".local", None), ("else where", "else where")])
def test_address_and_key_are_read_from_where_the_stack_writes_them(
    cli: Callable[..., Run], api: ApiServer, tmp_path: Path, place: str, named: str | None
) -> None:
    folder = tmp_path / place
    folder.mkdir()
    for name, text in (("api-url", api.url), ("client-key", "si_client"), ("admin-key", "si_admin")):
        (folder / name).write_text(f"{text}\n", "utf-8")
    asked = (
        (("post", "p1"), "si_client"),
        (("usage",), "si_client"),
        (("usage", "--organization", "org_1"), "si_admin"),
        (("channels", "list"), "si_admin"),
        (("status",), "si_admin"),
    )
    used = {"used": 0, "left": 1, "renewed_at": "2026-12-01T00:00:00Z"}
    usage = (200, {"queries": used, "posts": used, "keys": []})
    api.answers |= dict.fromkeys(("GET /v1/usage", "GET /v1/usage?organization=org_1"), usage)
    for words, key in asked:
        assert cli(*words, SOCIALINDEX_URL=None, SOCIALINDEX_KEY=None, SOCIALINDEX_DATA=named).code == 0
        assert api.asked[-1].headers["authorization"] == f"Bearer {key}"


# Mistakes


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("search", "x", "--from"), "add it, such as 2026-11-29T09:00+09:00 or 2026-11-29T09:00Z, or give --time-zone"),
        (("trends", "x", "--to"), "add it, such as 2026-11-29T09:00+09:00 or 2026-11-29T09:00Z, or give --time-zone"),
        (("keys", "add", "k", "--expires"), "add it, such as 2026-11-29T09:00+09:00 or 2026-11-29T09:00Z\n"),
    ],
)
@pytest.mark.parametrize("typed", ["2026-11-29T09:00", "2026-11-29 09:00"])
def test_a_time_without_its_zone_is_refused_in_the_words_of_the_command_line(
    cli: Callable[..., Run], api: ApiServer, words: tuple[str, ...], typed: str, remedy: str
) -> None:
    run = cli(*words, typed)
    assert (run.code, run.out, api.asked) == (1, "", [])
    assert run.err.startswith(f"Error: {words[-1]}: {typed!r} is a time without its zone\nRemedy: {remedy}")


@pytest.mark.parametrize("typed", ["last week", "2026-13-01", "11/01/2026", "2026-11-29T25:00Z", ""])
@pytest.mark.parametrize(
    ("words", "option"), [(("search", "x"), "--from"), (("trends", "x"), "--to"), (("keys", "add", "k"), "--expires")]
)
def test_what_is_no_time_is_refused_with_what_the_option_takes(
    cli: Callable[..., Run], api: ApiServer, words: tuple[str, ...], option: str, typed: str
) -> None:
    run = cli(*words, option, typed)
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith(
        f"Error: {option}: {typed!r} is no day and no time\nRemedy: write a day such as 2026-11-01"
    )
    assert api.asked == []


@pytest.mark.parametrize(
    "words",
    [
        ("serach",),
        ("search", "--limit", "0"),
        ("search", "--limit", "many"),
        ("search", "--sort", "first"),
        ("search", "a", "b"),
        ("post",),
        ("channels", "add"),
        ("channels", "add", "u", "--option", "pages"),
        ("channels", "add", "u", "--option", "=3"),
        ("replay", "--day"),
    ],
)
def test_a_mistake_on_the_command_line_is_told_in_words(cli: Callable[..., Run], words: tuple[str, ...]) -> None:
    run = cli(*words)
    assert run.code == 2
    assert "Error: " in run.err
    assert_no_trace(run)


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("search", "-광고"), "a query that begins with - goes last, behind --, such as: -- '-광고 누리폰'"),
        (("share-of-voice", "누리폰", "-광고"), "a query that begins with - goes last"),
        (("topics", "add", "누리폰", "-광고"), "a query that begins with - goes last"),
        (("channels", "rm", "ch_1"), "here it is socialindex channels remove"),
        (("topics", "delete", "tp_1"), "here it is socialindex topics rm"),
        (("keys", "delete", "key_1"), "here it is socialindex keys revoke"),
        (("ops", "lettres"), "did you mean socialindex ops letters?"),
        (("dictionary", "list"), "socialindex dictionary alone shows what there is\n"),
        (("terms", "board.test"), "socialindex terms --host board.test what holds for a host"),
    ],
)
def test_what_was_probably_meant_is_told(cli: Callable[..., Run], words: tuple[str, ...], remedy: str) -> None:
    run = cli(*words)
    assert run.code == 2
    assert remedy in run.err.partition("\nRemedy: ")[2]
    assert_no_trace(run)


@pytest.mark.parametrize("words", [("serach",), ("search", "--nope"), ("post", "-x"), ("channels", "frobnicate")])
def test_what_click_says_itself_or_nobody_knows_is_not_told_again(
    cli: Callable[..., Run], words: tuple[str, ...]
) -> None:
    run = cli(*words)
    assert run.code == 2
    assert "Remedy: " not in run.err


AGAIN = "this secret still counts: rotate again later, or with grace_hours 0, which ends all earlier secrets at once"


@pytest.mark.parametrize(
    ("words", "route", "problem", "told"),
    [
        (
            ("keys", "rotate", "key_1"),
            "POST /v1/keys/key_1/rotation",
            (409, {"detail": AGAIN}),
            f"Error: {AGAIN.replace('grace_hours', '--grace-hours')}\n",
        ),
        (
            ("organizations", "list", "--cursor", "x"),
            "GET /v1/organizations?cursor=x",
            (400, {"detail": "Expected `str` of length >= 2 - at `$.cursor`", "field": "cursor", "remedy": "give one"}),
            "Error: --cursor: Expected `str` of length >= 2\nRemedy: give one\n",
        ),
        (
            ("topics", "change", "tp_1", "--query", "x"),
            "PATCH /v1/topics/tp_1",
            (400, {"detail": "it finds all", "field": "q", "position": 0, "remedy": "add a word"}),
            "Error: --query: it finds all (at character 0)\nRemedy: add a word\n",
        ),
        (
            ("organizations", "add", ""),
            "POST /v1/organizations",
            (400, {"detail": "Expected `str` of length >= 1 - at `$.name`", "field": "name", "remedy": "give a text"}),
            "Error: NAME: Expected `str` of length >= 1\nRemedy: give a text\n",
        ),
        (
            ("destinations", "add", "crisis", "", "--workspace", "ws_1"),
            "POST /v1/workspaces/ws_1/destinations",
            (400, {"detail": "Expected `str` of length >= 1 - at `$.url`", "field": "url", "remedy": "give a text"}),
            "Error: ADDRESS: Expected `str` of length >= 1\nRemedy: give a text\n",
        ),
        (
            ("search", "a ("),
            "POST /v1/posts/search",
            (400, {"detail": "a group is open", "field": "q", "position": 2, "remedy": "Close the group with )."}),
            "Error: a group is open (at character 2)\nRemedy: Close the group with ).\n",
        ),
    ],
)
def test_what_the_api_refuses_is_told_by_the_options_of_the_command(
    cli: Callable[..., Run], api: ApiServer, words: tuple[str, ...], route: str, problem: Any, told: str
) -> None:
    api.answers[route] = problem
    assert cli(*words) == (1, "", told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("topics", "change", "tp_1"),
            "nothing is to be changed\nRemedy: give some of --name, --query, --answer-minutes",
        ),
        (
            ("organizations", "change", "org_1"),
            "nothing is to be changed\nRemedy: give some of --name, --plan, --limit",
        ),
        (("dictionary", "set", ""), "an id or a name is empty\nRemedy: give the one that is meant"),
        (("topics", "show", ""), "an id or a name is empty\nRemedy: give the one that is meant"),
        (("post", ""), "an id or a name is empty\nRemedy: give the one that is meant"),
    ],
)
def test_what_says_nothing_is_not_sent(
    cli: Callable[..., Run], api: ApiServer, words: tuple[str, ...], told: str
) -> None:
    assert cli(*words) == (1, "", f"Error: {told}\n")
    assert api.asked == []


HALF = b"\xb9\xe8".decode("utf-8", "surrogateescape")
"""A word of a terminal that does not write UTF-8, as Python has it."""


@pytest.mark.parametrize(
    "words",
    [
        ("search", HALF),
        ("search", "--source", HALF),
        ("post", HALF),
        ("channels", "add", HALF),
        ("dictionary", "rm", HALF),
        ("usage", "--organization", HALF),
        ("members", "list", "--organization", HALF),
        ("exports", "list", "--workspace", "ws_a", "--cursor", HALF),
    ],
)
def test_words_that_are_no_unicode_are_told_in_words(cli: Callable[..., Run], api: ApiServer, words: Any) -> None:
    run = cli(*words)
    assert run.code == 1
    assert "Error: this is no Unicode text\nRemedy: " in run.err
    assert_no_trace(run)
    assert not api.asked


@pytest.mark.parametrize(
    "words",
    [
        ("export", "배터리", "-o"),
        ("exports", "download", "ex_1", "-o"),
        ("network", "배터리", "-o"),
        ("report", "tp_1", "-o"),
    ],
)
@pytest.mark.parametrize(
    ("file", "said"),
    [("reports/2026/file.gexf", "there is no folder reports/2026"), ("x" * 300 + ".gexf", "File name too long")],
)
def test_a_place_where_nothing_can_be_saved_is_told_before_anything_is_asked(
    cli: Callable[..., Run], api: ApiServer, tmp_path: Path, words: tuple[str, ...], file: str, said: str
) -> None:
    run = cli(*words, file)
    assert run.code == 1
    assert f"{said}\nRemedy: " in run.err
    assert_no_trace(run)
    assert not api.asked
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_told_in_words(cli: Callable[..., Run], api: ApiServer) -> None:
    api.answers["GET /v1/topics/tp_1/report?language=en&format=html"] = (200, b"<html>")
    run = cli("report", "tp_1", "-o", "/dev/full")
    assert (run.code, run.err) == (1, "Error: No space left on device\nRemedy: make room on the disk\n")


PROBLEM = {"title": "No", "detail": "a quote is missing", "position": 7, "remedy": "close it", "status": 400}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((400, PROBLEM), ["Error: a quote is missing (at character 7)", "Remedy: close it"]),
        ((401, {"title": "An API key is needed"}), ["Error: An API key is needed", "Remedy: set SOCIALINDEX_KEY"]),
        ((403, {"detail": "the key lacks it"}), ["Error: the key lacks it", "Remedy: set SOCIALINDEX_KEY"]),
        ((503, {"message": "Service Unavailable"}), ["Error: Service Unavailable", "Remedy: give the command again"]),
        ((503, {"detail": "a part is away", "request_id": "r-1"}), ["Error: a part is away", "\nRequest: r-1 ("]),
        ((500, {"title": "It failed", "request_id": "r-2"}), ["Error: It failed", "\nRequest: r-2 ("]),
        ((500, b"<html>"), ["Error: <html>"]),
        ((200, b"<html>Welcome"), ["is not the API"]),
    ],
)
def test_a_refusal_of_the_api_is_told_in_words(
    cli: Callable[..., Run], api: ApiServer, answer: tuple[int, Any], said: list[str]
) -> None:
    api.answers["GET /v1/status"] = answer
    run = cli("status")
    assert (run.code, run.out) == (1, "")
    assert all(words in run.err for words in said)
    assert_no_trace(run)


def test_a_mistake_of_the_user_names_no_request(cli: Callable[..., Run], api: ApiServer) -> None:
    api.answers["GET /v1/status"] = (400, {**PROBLEM, "request_id": "r-3"})
    assert cli("status").err == "Error: a quote is missing (at character 7)\nRemedy: close it\n"


def test_a_terminal_that_waits_says_for_what(
    cli: Callable[..., Run], api: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_SILENCE", 0.5)
    away = (503, {"detail": "the engine does not answer"}, {"Retry-After": "1"})
    api.answers["GET /v1/status"] = [away, (200, STATUS)]
    run = cli("status", "--json")
    assert (run.code, json.loads(run.out)) == (0, STATUS)
    assert run.err.startswith("the engine does not answer: asking again in 1 s (")


def test_a_terminal_does_not_wait_for_a_longer_pause_than_somebody_sits_there(
    cli: Callable[..., Run], api: ApiServer
) -> None:
    api.answers["GET /v1/status"] = (503, {"detail": "the engine does not answer"}, {"Retry-After": "40"})
    assert cli("status").err.startswith("Error: the engine does not answer\n")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"AWS_REGION": None}, "You must specify a region."),
        ({"AWS_PROFILE": "nobody"}, "The config profile (nobody) could not be found"),
        ({}, "Unable to locate credentials"),
    ],
)
def test_a_first_key_without_credentials_or_region_is_told_what_is_missing(
    cli: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, environment: dict[str, str | None], said: str
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    nowhere = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    dynamodb.cache_clear()
    with patch.dict(os.environ):
        run = cli("bootstrap", "AccessTable", "Ours", **{**nowhere, "AWS_EC2_METADATA_DISABLED": "true", **environment})
    dynamodb.cache_clear()
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith(f"Error: {said}\nRemedy: set AWS_PROFILE (or AWS_ACCESS_KEY_ID")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SOCIALINDEX_URL": "http://127.0.0.1:1"}, "nothing answers at http://127.0.0.1:1"),
        ({"SOCIALINDEX_URL": "127.0.0.1:8080"}, "no address"),
        ({"SOCIALINDEX_KEY": "si_배터리"}, "key"),
        ({"SOCIALINDEX_URL": None}, "SOCIALINDEX_URL"),
        ({"SOCIALINDEX_KEY": None}, "SOCIALINDEX_KEY"),
    ],
)
def test_a_mistake_in_the_environment_is_told_in_words(
    cli: Callable[..., Run], environment: dict[str, str | None], said: str
) -> None:
    run = cli("status", **environment)
    assert (run.code, run.out) == (1, "")
    assert said in run.err
    assert "\nRemedy: " in run.err
    assert_no_trace(run)


def assert_no_trace(run: Run) -> None:
    assert "Traceback" not in run.out + run.err
