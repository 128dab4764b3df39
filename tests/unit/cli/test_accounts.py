"""What administrators and agencies type to run organizations."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.cli import main
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ORGANIZATION = {
    "id": "org_a",
    "name": "Invented Motors",
    "plan": "trial",
    "limits": {"queries_a_day": 500, "history_days": None},
    "adjusted": {},
    "created_at": "2026-11-28T09:00:00Z",
}
THING = {"id": "ws_a", "name": "cars", "created_at": "2026-11-28T09:00:00Z"}
KEY = {
    "id": "key_a",
    "label": "dashboard",
    "scopes": ["read"],
    "workspaces": ["*"],
    "member": None,
    "sandbox": False,
    "created_at": "2026-11-28T09:00:00Z",
    "expires_at": None,
    "revoked_at": None,
    "used_on": None,
    "rotated_at": None,
    "previous_until": None,
}
USAGE = {
    "organization": "org_a",
    "limits": {},
    "queries": {"used": 1234, "left": 8766, "renewed_at": "2026-11-29T00:00:00Z"},
    "posts": {"used": 5, "left": 0, "renewed_at": "2026-12-01T00:00:00Z"},
    "days": [],
    "keys": [{"id": "key_a", "label": "dashboard", "queries_today": 7, "queries_month": 8, "posts_month": 5}],
}
ENTRY = {
    "id": "au_a",
    "at": "2026-11-28T09:00:00Z",
    "organization": "org_us",
    "key": "key_us",
    "act": "POST /v1/keys",
    "target": "/v1/keys/key_a",
    "status": None,
}
CLOSED = {"id": "ws_a", "workspaces": 1, "imports": 3}


@pytest.fixture
def api() -> Iterator[ApiServer]:
    answers: dict[str, Any] = {
        "POST /v1/organizations": (201, ORGANIZATION),
        "GET /v1/organizations": (200, {"items": [ORGANIZATION], "next_cursor": "org_a"}),
        "PATCH /v1/organizations/org_a": (200, ORGANIZATION),
        "DELETE /v1/organizations/org_a": (202, {**CLOSED, "id": "org_a"}),
        "POST /v1/workspaces": (201, THING),
        "POST /v1/workspaces?organization=org_b": (201, THING),
        "GET /v1/workspaces": (200, {"items": [THING]}),
        "DELETE /v1/workspaces/ws_a": (202, CLOSED),
        "POST /v1/members": (201, {**THING, "id": "mb_a"}),
        "GET /v1/members": (200, {"items": []}),
        "DELETE /v1/members/mb_a": (204, b""),
        "POST /v1/keys": (201, {"key": KEY, "secret": "si_new"}),
        "GET /v1/keys": (200, {"items": [KEY]}),
        "POST /v1/keys/key_a/rotation": (201, {"key": KEY, "secret": None}),
        "DELETE /v1/keys/key_a": (204, b""),
        "GET /v1/usage": (200, USAGE),
        "GET /v1/audit": (200, {"items": [ENTRY], "next_cursor": None}),
    }
    with serving(answers) as api:
        yield api


@pytest.fixture
def cli(api: ApiServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    monkeypatch.setenv("SOCIALINDEX_URL", api.url)
    monkeypatch.setenv("SOCIALINDEX_KEY", "si_abc")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["socialindex", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert ended.value.code == 0, printed.err
        return printed.out

    return run


COMMANDS = [
    (("organizations", "add", "Invented Motors"), ["org_a", "plan trial", "500", "all"]),
    (("organizations", "list"), ["Invented Motors", "--cursor org_a"]),
    (("organizations", "change", "org_a", "--plan", "agency"), ["org_a"]),
    (("organizations", "remove", "org_a", "--yes"), ["org_a is gone", "3 imports"]),
    (("workspaces", "add", "cars"), ["ws_a  cars"]),
    (("workspaces", "add", "cars", "--organization", "org_b"), ["ws_a  cars"]),
    (("workspaces", "list"), ["ws_a", "cars", "2026-11-28"]),
    (("workspaces", "remove", "ws_a", "--yes"), ["ws_a is gone"]),
    (("members", "add", "소라"), ["mb_a"]),
    (("members", "list"), ["name"]),
    (("members", "remove", "mb_a", "--yes"), ["mb_a is gone"]),
    (("keys", "add", "dashboard"), ["key_a  dashboard", "si_new", "not shown again"]),
    (("keys", "list"), ["dashboard", "never"]),
    (("keys", "rotate", "key_a"), ["cannot be shown again"]),
    (("keys", "revoke", "key_a", "--yes"), ["key_a is revoked"]),
    (("usage",), ["1,234", "8,766", "dashboard"]),
    (("audit",), ["POST /v1/keys", "/v1/keys/key_a", "?"]),
]


@pytest.mark.parametrize(("arguments", "words"), COMMANDS, ids=[" ".join(arguments) for arguments, _ in COMMANDS])
def test_a_command_asks_the_api_and_shows_the_answer(
    cli: Callable[..., str], arguments: tuple[str, ...], words: list[str]
) -> None:
    shown = cli(*arguments)
    assert [word for word in words if word not in shown] == []
    json.loads(cli(*arguments, "--json"))


def test_what_is_typed_is_what_is_sent(cli: Callable[..., str], api: ApiServer) -> None:
    cli("keys", "add", "dashboard", "--scope", "read", "--scope", "export", "--workspace", "ws_a", "--member", "mb_a")
    cli("keys", "add", "visitor", "--expires", "2027-11-28")
    assert api.asked.pop().body["expires_at"] == "2027-11-28T00:00:00+00:00"
    cli("organizations", "add", "Invented", "--limit", "queries_a_day=7", "--limit", "history_days=none")
    assert [asked.body for asked in api.asked] == [
        {
            "label": "dashboard",
            "scopes": ["read", "export"],
            "workspaces": ["ws_a"],
            "member": "mb_a",
            "sandbox": False,
        },
        {"name": "Invented", "plan": "trial", "limits": {"queries_a_day": 7, "history_days": None}},
    ]


@pytest.mark.parametrize("limit", ["queries_a_day", "queries_a_day=x", "colour=1", "=1"])
def test_a_limit_that_is_none_is_told_before_anything_is_sent(
    cli: Callable[..., str], api: ApiServer, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["socialindex", "organizations", "add", "a", "--limit", limit])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert api.asked == []
