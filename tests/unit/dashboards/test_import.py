"""Saved objects are brought to an OpenSearch Dashboards: what the server gets, and what becomes of its answers."""

from __future__ import annotations

import base64
import json
import sys
from email.parser import BytesParser
from email.policy import HTTP
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from infra.dashboards import objects
from socialindex.cli import main
from socialindex.errors import Forbidden, InvalidInput, Unauthorized, Unavailable
from socialindex.setup.dashboards import Dashboards, Names, bring_shipped, named
from tests.unit.dashboards.server import Server, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LINES = objects.ndjson("ko")


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as found:
        yield found


def file_of(server: Server) -> tuple[str, str, str]:
    """The name of the form's field, of its file, and what is in it."""
    head = f"Content-Type: {server.headers['Content-Type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + server.body)
    (part,) = message.iter_parts()
    disposition = part["Content-Disposition"].params
    return disposition["name"], disposition["filename"], part.get_content().decode()


def test_an_import_is_what_the_saved_objects_api_takes(server: Server) -> None:
    there = Dashboards(f"{server.url}/_dashboards/", user=("admin", "pass:word"))
    assert there.bring(LINES, tenant="acme") == LINES.count("\n")
    assert server.path == "/_dashboards/api/saved_objects/_import?overwrite=true"
    assert server.headers["osd-xsrf"]
    assert server.headers["securitytenant"] == "acme"
    assert base64.b64decode(server.headers["Authorization"].removeprefix("Basic ")) == b"admin:pass:word"
    assert file_of(server) == ("file", "socialindex.ndjson", LINES)


def test_what_is_shipped_goes_to_the_tenant_that_all_see(server: Server, tmp_path: Path) -> None:
    (tmp_path / "ko.ndjson").write_text(LINES, "utf-8")
    assert bring_shipped(Dashboards(server.url), tmp_path) == LINES.count("\n")
    assert server.headers["securitytenant"] == "global"


def test_what_is_shipped_again_keeps_the_names_that_were_filled_in(server: Server, tmp_path: Path) -> None:
    (tmp_path / "ko.ndjson").write_text(LINES, "utf-8")
    names = Names(topics={"tp_a": "누리폰"}, workspaces={"ws_a": "Invented Motors"})
    there = Dashboards(server.url)
    there.bring(named(LINES, Names(topics={"tp_b": "Somebody's own"})))
    bring_shipped(there, tmp_path)
    assert file_of(server)[2] == LINES, "names of another tenant are not for all"
    there.bring(named(LINES, names), tenant="global")
    assert there.names(tenant="global") == names
    bring_shipped(there, tmp_path)
    assert file_of(server)[2] == named(LINES, names)


@pytest.mark.parametrize(
    "formats", ["", "[]", '{"mention.topic": {"params": {"lookupEntries": "a"}}}', '{"url": {"id": "url"}}']
)
def test_what_people_made_of_the_formats_has_no_names(server: Server, formats: str) -> None:
    place = "/api/saved_objects/index-pattern/socialindex-mentions"
    server.kept["", place] = {"attributes": {"title": "mentions", "fieldFormatMap": formats}}
    assert Dashboards(server.url).names() == Names()


def test_without_tenant_and_user_none_are_sent(server: Server) -> None:
    Dashboards(server.url).bring(LINES)
    assert not {"securitytenant", "Authorization"} & server.headers.keys()


def test_a_request_can_be_signed_whole(server: Server) -> None:
    seen: list[Any] = []

    def sign(method: str, url: str, headers: Any, body: bytes) -> dict[str, str]:
        seen.append((method, url, dict(headers), body))
        return {"Authorization": "AWS4-HMAC-SHA256 ..."}

    Dashboards(server.url, sign=sign).bring(LINES, tenant="global")
    ((method, url, headers, body),) = seen
    assert (method, url) == ("POST", server.url + server.path)
    assert headers.items() <= server.headers.items()
    assert body == server.body
    assert server.headers["Authorization"] == "AWS4-HMAC-SHA256 ..."


REFUSED = {
    "success": False,
    "successCount": 3,
    "errors": [
        {"id": "socialindex-a", "type": "dashboard", "meta": {}, "error": {"type": "missing_references"}},
        {"id": "socialindex-b", "type": "search", "meta": {}, "error": {"type": "unknown", "message": "too large"}},
    ],
}


@pytest.mark.parametrize(
    ("status", "answer", "error", "words"),
    [
        (200, REFUSED, InvalidInput, "dashboard socialindex-a: missing_references; search socialindex-b: too large"),
        (200, {"success": False, "successCount": 0}, Unavailable, "did not import"),
        (401, {"message": "Unauthorized"}, Unauthorized, "password"),
        (403, {"message": "no"}, Forbidden, "tenant"),
        (200, "<html>", Unavailable, "no OpenSearch Dashboards"),
        (302, "", Unavailable, "no OpenSearch Dashboards (302)"),
        (503, "Server is not ready yet", Unavailable, "503"),
    ],
)
def test_a_refusal_says_what_to_do(server: Server, status: int, answer: Any, error: Any, words: str) -> None:
    server.status, server.answer = status, answer if isinstance(answer, str) else json.dumps(answer)
    with pytest.raises(error, match=words.replace("(", r"\(").replace(")", r"\)")):
        Dashboards(server.url).bring(LINES)


def test_where_nothing_answers_that_is_said() -> None:
    with pytest.raises(Unavailable, match="nothing answers at 127.0.0.1:9"):
        Dashboards("http://127.0.0.1:9").bring(LINES)


NO_ADDRESSES = [
    "search.example",
    "ftp://search.example",
    "https://user:word@search.example",  # pragma: allowlist secret
    "",
]


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="no address"):
        Dashboards(url)


def test_names_take_the_place_of_ids() -> None:
    names = Names(topics={"tp_a": '누리폰 "12"'}, workspaces={"ws_a": "Invented Motors"})
    before, after = ([json.loads(line) for line in text.splitlines()] for text in (LINES, named(LINES, names)))
    assert [each["id"] for each in after] == [each["id"] for each in before]
    mentions = next(each for each in after if each["id"] == "socialindex-mentions")["attributes"]
    formats = json.loads(mentions["fieldFormatMap"])
    assert formats["mention.topic"]["params"]["lookupEntries"] == [{"key": "tp_a", "value": '누리폰 "12"'}]
    assert formats["mention.workspace"]["params"]["lookupEntries"] == [{"key": "ws_a", "value": "Invented Motors"}]
    share = next(each for each in after if each["id"] == "socialindex-share-of-voice-share-ko")["attributes"]
    spec = json.loads(json.loads(share["visState"])["params"]["spec"])
    assert {"name": "names", "value": names.topics} in spec["params"]
    assert named(LINES, Names()) == named(named(LINES, names), Names())


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def type_in(*arguments: str, password: str = "") -> tuple[int, str]:
        monkeypatch.setenv("SOCIALINDEX_DASHBOARDS_PASSWORD", password)
        monkeypatch.setattr(sys, "argv", ["socialindex", "dashboards", "import", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return type_in


def test_the_command_brings_both_languages(server: Server, run: Callable[..., tuple[int, str]]) -> None:
    code, said = run("--url", server.url, "--tenant", "global", "--user", "admin", password="secret")
    assert code == 0, said
    assert "en.ndjson: " in said
    assert "ko.ndjson: " in said
    assert server.requests == 2
    assert "secret" not in said


def test_the_command_brings_other_files(server: Server, run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    own = tmp_path / "own.ndjson"
    own.write_text(LINES.splitlines()[0] + "\n", "utf-8")
    code, said = run("--url", server.url, "--file", str(own), "--json")
    assert (code, json.loads(said)) == (0, {"imported": {"own.ndjson": 1}})


def test_the_command_asks_for_a_password_that_is_missing(server: Server, run: Callable[..., tuple[int, str]]) -> None:
    code, said = run("--url", server.url, "--user", "admin")
    assert code != 0
    assert "SOCIALINDEX_DASHBOARDS_PASSWORD" in said
    assert server.requests == 0


class Api:
    """An API with workspaces of one topic each."""

    def __init__(self, *workspaces: str) -> None:
        self._names = workspaces

    def workspaces(self) -> list[Any]:
        return [SimpleNamespace(id=f"ws_{name}", name=name) for name in self._names]

    def topics(self, *, workspace: str, **_asked: Any) -> Any:
        items = [SimpleNamespace(id=f"tp_{workspace}", name=f"Recall of {workspace}")]
        return SimpleNamespace(items=items, next_cursor=None)


@pytest.mark.parametrize(
    ("workspaces", "more", "brought"),
    [
        (("rival", "client"), ["--tenant", "global"], False),
        (("rival", "client"), ["--tenant", "global", "--all-may-read"], True),
        (("rival", "client"), ["--user", "admin"], False),
        (("rival", "client"), ["--user", "admin", "--tenant", "Global"], False),
        (("rival", "client"), ["--user", "admin", "--tenant", "private"], True),
        (("rival", "client"), [], True),
        (("client",), ["--tenant", "global"], True),
    ],
)
def test_names_of_several_workspaces_are_for_all_only_where_that_is_said(
    server: Server,
    run: Callable[..., tuple[int, str]],
    monkeypatch: pytest.MonkeyPatch,
    workspaces: tuple[str, ...],
    more: list[str],
    brought: bool,
) -> None:
    monkeypatch.setattr("socialindex.cli.dashboards.client", lambda _: Api(*workspaces))
    code, said = run("--url", server.url, "--names", "--language", "en", *more, password="secret")
    assert (code == 0, server.requests) == (brought, int(brought)), said
    assert brought == (b"Recall of ws_client" in server.body) == ("--all-may-read" not in said)
