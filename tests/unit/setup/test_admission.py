"""Roles are put, left alone and taken away, through an API that keeps them as the security plugin's does.

The plugin itself, and what it makes of them: tests/integration/test_roles.py.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import opensearchpy
import pytest

from socialindex.cli import cli, main
from socialindex.errors import Forbidden, InvalidSettings, Unauthorized, Unavailable
from socialindex.organizations import Organization, Workspace
from socialindex.setup.admission import Admission
from socialindex.setup.roles import people
from socialindex.setup.security import put_roles

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 28, tzinfo=UTC)
FIRST, SECOND, GONE = (f"org_{letter * 16}" for letter in "abc")
ROOM, NEXT, LOST = (f"ws_{letter * 16}" for letter in "abc")
ARNS = {"index": "arn:aws:iam::111122223333:role/index"}


@dataclass
class Plugin:
    """What the engine keeps: roles, who has them, and whether refusals are written down."""

    roles: dict[str, Any] = field(default_factory=dict)
    rolesmapping: dict[str, Any] = field(default_factory=dict)
    audit: dict[str, Any] | None = field(default_factory=lambda: {"enabled": True})
    """None where an engine has no audit log."""
    refusal: tuple[int, Any] | None = None
    patches: int = 0
    authorization: str | None = None
    url: str = ""

    def answer(self, path: str, changes: list[dict[str, Any]]) -> tuple[int, Any]:
        if self.refusal:
            return self.refusal
        self.patches += bool(changes)
        if path.endswith("/audit"):
            return self._audited(changes)
        kept: dict[str, Any] = getattr(self, path.rpartition("/")[2])
        for change in changes:
            name = change["path"].removeprefix("/")
            if change["op"] == "remove":
                del kept[name]
            else:
                kept[name] = {"reserved": False, "hidden": False, "static": False, **change["value"]}
        return 200, kept

    def _audited(self, changes: list[dict[str, Any]]) -> tuple[int, Any]:
        if self.audit is None:
            return 501, {"status": "NOT_FOUND", "message": "Method GET not supported for this action."}
        self.audit |= {change["path"].removeprefix("/config/"): change["value"] for change in changes}
        return 200, {"_readonly": [], "config": self.audit}


@pytest.fixture
def plugin() -> Iterator[Plugin]:
    kept = Plugin()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            kept.authorization = self.headers.get("Authorization")
            status, told = kept.answer(self.path, json.loads(self.rfile.read(length) or b"[]"))
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_PATCH = do_GET  # noqa: N815 - as the base class has it

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        kept.url = f"http://127.0.0.1:{server.server_port}"
        yield kept
        server.shutdown()
        thread.join()


@dataclass
class Organizations:
    """Organizations by their ids, with their rooms; it stands in for the table."""

    rooms: dict[str, list[str]]
    deleted: frozenset[str] = frozenset()

    def all(self, after: str, limit: int) -> list[Organization]:
        names = [name for name in sorted(self.rooms) if name > after][: min(limit, 2)]
        return [self._organization(name) for name in names]

    def _organization(self, name: str) -> Organization:
        gone = NOW if name in self.deleted else None
        return Organization(id=name, name=name, plan="internal", created_at=NOW, deleted_at=gone)

    def workspaces(self, organization: str) -> list[Workspace]:
        rooms = self.rooms[organization]
        return [Workspace(id=room, organization=organization, name=room, created_at=NOW) for room in rooms]


def admission(plugin: Plugin, organizations: Organizations) -> Admission:
    return Admission(opensearchpy.OpenSearch(plugin.url), organizations)  # type: ignore[arg-type]


def test_people_functions_and_rooms_of_living_organizations_are_let_in(plugin: Plugin) -> None:
    organizations = Organizations({FIRST: [ROOM], SECOND: [NEXT], GONE: [LOST]}, deleted=frozenset({GONE}))
    changed = admission(plugin, organizations).put(ARNS)
    assert set(changed) == set(plugin.roles) == {*people(), "socialindex-index", ROOM, NEXT}
    assert plugin.rolesmapping[ROOM]["backend_roles"] == [FIRST]
    assert plugin.rolesmapping["socialindex-index"]["backend_roles"] == [*ARNS.values()]


def test_put_again_nothing_is_written(plugin: Plugin) -> None:
    here = admission(plugin, Organizations({FIRST: [ROOM]}))
    here.put(ARNS)
    before = plugin.patches
    assert here.put(ARNS) == []
    assert plugin.patches == before


def test_what_is_ours_and_needed_no_more_is_taken_away_and_nothing_else(plugin: Plugin) -> None:
    admission(plugin, Organizations({FIRST: [ROOM, NEXT]})).put({**ARNS, "search": "arn"})
    others = {"ws_mine": {"cluster_permissions": []}, "all_access": {"cluster_permissions": ["*"]}}
    plugin.roles |= others
    changed = admission(plugin, Organizations({FIRST: [NEXT]})).put(ARNS)
    assert changed == ["socialindex-search", ROOM]
    assert set(plugin.roles) == {*people(), "socialindex-index", NEXT, *others}
    assert set(plugin.rolesmapping) == {*people(), "socialindex-index", NEXT}


def test_a_role_that_somebody_changed_is_put_right(plugin: Plugin) -> None:
    here = admission(plugin, Organizations({}))
    here.put(ARNS)
    plugin.roles["socialindex-analyst"]["index_permissions"][0]["dls"] = None
    plugin.rolesmapping["socialindex-index"]["backend_roles"].append("somebody")
    assert here.put(ARNS) == ["socialindex-analyst", "socialindex-index"]
    assert plugin.roles["socialindex-analyst"]["index_permissions"][0]["dls"]
    assert plugin.rolesmapping["socialindex-index"]["backend_roles"] == [*ARNS.values()]


@pytest.mark.parametrize(
    ("there", "told", "then"),
    [
        ({"enabled": False}, ["audit log"], {"enabled": True, "audit/log_request_body": False}),
        ({"enabled": True, "audit/log_request_body": True}, [], {"enabled": True, "audit/log_request_body": True}),
        (None, [], None),
    ],
    ids=["off", "as somebody wants it", "an engine without one"],
)
def test_what_is_refused_is_written_down(
    plugin: Plugin, there: dict[str, Any] | None, told: list[str], then: dict[str, Any] | None
) -> None:
    here = admission(plugin, Organizations({}))
    here.put(ARNS)
    plugin.audit = there
    assert here.put(ARNS) == told
    assert plugin.audit == then
    assert here.put(ARNS) == []


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"status": "UNAUTHORIZED"}, Unauthorized),
        (403, {"status": "FORBIDDEN"}, Forbidden),
        (409, {"status": "CONFLICT"}, Unavailable),
        (503, {}, Unavailable),
        (400, {"error": "no handler found for uri [/_plugins/_security/api/roles] and method [GET]"}, InvalidSettings),
    ],
)
def test_a_refusal_says_what_it_means(plugin: Plugin, status: int, body: Any, error: type[Exception]) -> None:
    plugin.refusal = (status, body)
    with pytest.raises(error):
        put_roles(opensearchpy.OpenSearch(plugin.url, max_retries=0), people(), ours=lambda _: False)


def test_a_wrong_password_is_answered_in_words(
    plugin: Plugin, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin.refusal = (401, {"status": "UNAUTHORIZED"})
    monkeypatch.setenv("SOCIALINDEX_DASHBOARDS_PASSWORD", "wrong")
    words = ["socialindex", "dashboards", "roles", "--engine", plugin.url, "--user", "admin"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "the password is wrong" in capsys.readouterr().err


def test_the_command_puts_roles_once(
    plugin: Plugin, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOCIALINDEX_DASHBOARDS_PASSWORD", "p@ss:w/rd")
    command = ["dashboards", "roles", "--engine", plugin.url, "--user", "admin", "--function", "index=arn"]
    cli.main([*command, "--json"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out)["changed"] == [*sorted([*people(), "socialindex-index"])]
    assert plugin.authorization == f"Basic {base64.b64encode(b'admin:p@ss:w/rd').decode()}"
    cli.main(command, standalone_mode=False)
    assert "there already" in capsys.readouterr().out
