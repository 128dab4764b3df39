"""Requests in, Dashboards' answers out: with events of an HTTP API, and a server on loopback behind the gate."""

from __future__ import annotations

import base64
import gzip
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pytest

from infra.local.events.http_event import Answer, Place, Request, answer, event
from infra.local.events.routes import Match
from infra.local.template.model import Route
from socialindex.errors import InvalidSettings
from socialindex.gate.gate import BODY_LIMIT, SEARCH_LIMIT, Gate
from socialindex.gate.routes import BASE
from socialindex.gate.upstream import ANSWER_LIMIT, Upstream
from socialindex.observing import logger
from tests.unit.gate.behind import Behind, behind

if TYPE_CHECKING:
    from collections.abc import Iterator

SEARCH = f"{BASE}/internal/search/opensearch"
BODY = {"params": {"index": "mentions", "body": {"size": 0, "query": {"match": {"text": "배터리"}}}}}
ROUTE = Match(Route(function="GateFunction", api="GateApi", method="ANY", path="$default"), {})


@pytest.fixture(scope="module")
def served() -> Iterator[Behind]:
    with behind() as there:
        yield there


@pytest.fixture
def server(served: Behind) -> Behind:
    served.forget()
    return served


def ask(
    server: Behind,
    method: str,
    path: str,
    body: bytes = b"",
    *,
    query: str = "",
    headers: dict[str, str] | None = None,
    timeout: float = 20.0,
) -> Answer:
    """What a browser gets."""
    said = {"Content-Type": "application/json", "Host": "dashboards.example", **(headers or {})}
    asked = Request(
        method=method,
        path=path,
        query=query,
        protocol="HTTP/1.1",
        headers=list(said.items()),
        body=body,
        source_ip="192.0.2.1",
    )
    payload = event(asked, ROUTE, Place(account="111122223333", request_id="r1"), datetime.now(UTC))
    told = Gate(Upstream(server.url, timeout=timeout)).handle(msgspec.json.decode(payload))
    found = answer(msgspec.json.encode(told))
    assert found is not None
    return found


def refusal(told: Answer) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(told.body)
    assert set(body) == {"statusCode", "error", "message"}
    assert body["statusCode"] == told.status
    return body


def headers(told: Answer) -> dict[str, str]:
    return dict(told.headers)


def test_a_search_is_passed_on_written_anew(server: Behind) -> None:
    sent = json.dumps(BODY, indent=2).encode()
    told = ask(server, "POST", SEARCH, sent, headers={"Content-Type": "application/json; charset=utf-8"})
    assert (told.status, told.body) == (200, b"passed")
    assert (server.method, server.path) == ("POST", SEARCH)
    assert json.loads(server.body) == BODY
    assert b"\n" not in server.body
    assert "배터리".encode() in server.body


def test_dashboards_hears_who_asks_and_nothing_that_would_say_otherwise(server: Behind) -> None:
    wanted = {"osd-xsrf": "true", "osd-version": "3.3.0", "securitytenant": "__user__", "authorization": "Bearer x"}
    forged = {"x-proxy-user": "admin", "x-forwarded-for": "127.0.0.1", "x-amz-security-token": "x", "upgrade": "h2c"}
    cookies = {"Cookie": "security_authentication=a; security_authentication_saml1=b"}
    ask(server, "GET", f"{BASE}/app/home", query="a=1&a=2", headers={**wanted, **forged, **cookies})
    assert server.path == f"{BASE}/app/home?a=1&a=2"
    assert {name: server.headers.get(name) for name in wanted} == wanted
    assert server.headers["cookie"] == cookies["Cookie"]
    assert not set(forged) & set(server.headers)
    assert server.headers["host"] == server.url.removeprefix("http://")


def test_an_answer_keeps_its_cookies_its_coding_and_its_bytes(server: Behind) -> None:
    packed = gzip.compress(bytes(range(256)))
    server.answer = packed
    server.said = [("Content-Encoding", "gzip"), ("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2"), ("ETag", '"x"')]
    told = ask(server, "GET", f"{BASE}/bundles/core/core.entry.js", headers={"Accept-Encoding": "gzip"})
    assert told.body == packed
    assert [value for name, value in told.headers if name == "set-cookie"] == ["a=1; Path=/", "b=2"]
    assert headers(told)["content-encoding"] == "gzip"
    assert headers(told)["etag"] == '"x"'
    assert not {"connection", "transfer-encoding", "server", "content-length"} & set(headers(told))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("{url}/_dashboards/app/home", "/_dashboards/app/home"),
        ("/_dashboards/app/login", "/_dashboards/app/login"),
        ("https://idp.example/sso?SAMLRequest=x", "https://idp.example/sso?SAMLRequest=x"),
        ("{url}.evil.example/", "{url}.evil.example/"),
        ("{url}//evil.example/", "{url}//evil.example/"),
    ],
)
def test_redirects_are_for_the_browser_and_stay_at_the_gates_address(server: Behind, said: str, told: str) -> None:
    server.status, server.said = 302, [("Location", said.format(url=server.url))]
    found = ask(server, "GET", f"{BASE}/auth/saml/login")
    assert (found.status, headers(found)["location"]) == (302, told.format(url=server.url))
    assert server.requests == 1


def test_forms_and_files_pass_as_they_are(server: Behind) -> None:
    kind = "multipart/form-data; boundary=x"
    file = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n\xff\x00\r\n--x--\r\n'
    ask(
        server,
        "POST",
        f"{BASE}/api/saved_objects/_import",
        file,
        query="overwrite=true",
        headers={"Content-Type": kind},
    )
    assert (server.body, server.headers["content-type"]) == (file, kind)
    assert server.path == f"{BASE}/api/saved_objects/_import?overwrite=true"


def test_the_root_leads_to_dashboards(server: Behind) -> None:
    told = ask(server, "GET", "/")
    assert (told.status, headers(told)["location"]) == (302, "/_dashboards/app/home")
    assert server.requests == 0


class Refused(NamedTuple):
    """A request that does not pass, and what is told of it."""

    status: int
    words: str
    path: str = SEARCH
    body: bytes = json.dumps(BODY).encode()
    more: dict[str, str] = {}


SUGGEST = json.dumps({"params": {"index": "a", "body": {"suggest": {}}}}).encode()
REFUSED = [
    Refused(403, "Make a visualization", f"{BASE}/api/console/proxy"),
    Refused(400, "plain address", f"{BASE}/app/%2e%2e/internal"),
    Refused(400, "suggest", body=SUGGEST),
    Refused(400, "no JSON", body=b'{"params": {}, "params": {}}'),
    Refused(400, "no JSON", body=b""),
    Refused(400, "application/json", more={"Content-Type": "text/plain"}),
    Refused(400, "application/json", more={"Content-Type": "application/x-ndjson"}),
    Refused(400, "packed", body=gzip.compress(SUGGEST), more={"Content-Encoding": "gzip"}),
    Refused(413, "filters", body=b'"' + b"a" * SEARCH_LIMIT + b'"'),
    Refused(413, "fewer saved objects", f"{BASE}/api/saved_objects/_import", b"a" * (BODY_LIMIT + 1)),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.words)
def test_what_does_not_pass_is_told_as_dashboards_tells_errors(server: Behind, case: Refused) -> None:
    told = ask(server, "POST", case.path, case.body, headers=case.more)
    assert told.status == case.status
    assert case.words in refusal(told)["message"]
    assert server.requests == 0


def test_a_body_that_is_no_base64_is_refused(server: Behind) -> None:
    asked = {
        "rawPath": SEARCH,
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "POST"}},
        "body": "é",
        "isBase64Encoded": True,
    }
    told = Gate(Upstream(server.url)).handle(asked)
    assert told["statusCode"] == 400
    assert server.requests == 0


BARE = {"rawPath": f"{BASE}/app/home", "requestContext": {"http": {"method": "GET"}}}


@pytest.mark.parametrize("value", ["a\r\nx-proxy-user: admin", "a\nb", "a\x00", "\ud800"], ids=repr)
def test_a_header_that_is_more_than_one_is_refused(server: Behind, value: str) -> None:
    for said in ({"headers": {"accept-language": value}}, {"cookies": ["a=b", f"c={value}"]}):
        assert Gate(Upstream(server.url)).handle({**BARE, **said})["statusCode"] == 400
    assert server.requests == 0


def test_a_header_passes_in_the_bytes_in_which_it_came(server: Behind) -> None:
    Gate(Upstream(server.url)).handle({**BARE, "headers": {"user-agent": "\x00"}, "cookies": ["a=배터리", "b=é"]})
    assert server.headers["cookie"].encode("latin-1").decode() == "a=배터리; b=é"


def test_an_event_without_headers_is_a_request(server: Behind) -> None:
    assert Gate(Upstream(server.url)).handle(BARE)["statusCode"] == 200
    assert Gate(Upstream(server.url)).handle({**BARE, "rawPath": SEARCH})["statusCode"] == 403


def test_an_answer_that_is_too_large_says_what_to_narrow(server: Behind) -> None:
    server.answer = b"x" * (ANSWER_LIMIT + 1)
    told = ask(server, "POST", SEARCH, json.dumps(BODY).encode())
    assert told.status == 413
    assert "Narrow" in refusal(told)["message"]


def test_the_largest_answer_fits_into_a_functions(server: Behind) -> None:
    server.answer = b"\xff" * ANSWER_LIMIT
    told = ask(server, "GET", f"{BASE}/bundles/core/core.entry.js")
    assert told.body == server.answer
    assert len(base64.b64encode(told.body)) < 6 * 1024 * 1024 - 100_000


def test_a_dashboards_that_does_not_answer_is_told(server: Behind) -> None:
    server.wait = 1.0
    assert "Try again" in refusal(ask(server, "GET", f"{BASE}/app/home", timeout=0.5))["message"]
    gone = Behind("http://127.0.0.1:9")
    assert ask(gone, "GET", f"{BASE}/app/home").status == 502


def test_refusals_name_nobody_in_the_log(server: Behind, monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", log)
    body = json.dumps({"params": {"index": "mentions", "body": {"suggest": {"text": "secretword"}}}}).encode()
    ask(server, "POST", SEARCH, body, headers={"Cookie": "a=secretcookie", "Authorization": "Bearer secrettoken"})
    assert json.loads(log.getvalue())["message"] == "refused"
    assert "secret" not in log.getvalue()


@pytest.mark.parametrize(
    "url", ["", "engine.example", "ftp://engine.example", "https://engine.example/x", "https://u@e.example/"]
)
def test_the_address_behind_it_is_an_origin(url: str) -> None:
    with pytest.raises(InvalidSettings, match="address"):
        Upstream(url)
