"""Calls of addresses that take them, refuse them, lie in private networks, or never end."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from socialindex.deliver.call import Hooks, check_address
from socialindex.errors import InvalidInput
from tests.unit.deliver.receivers import called, receiver, status

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

CONTACT = "https://crawler.example.com/crawler"
SECONDS = 0.6


def hooks(**fields: Any) -> Hooks:
    return Hooks(CONTACT, **{"allow_loopback": True, "seconds": SECONDS, **fields})


@pytest.mark.parametrize("code", [200, 202, 204, 299])
def test_what_is_taken_is_taken(code: int) -> None:
    with receiver(lambda handler: status(handler, code)) as there:
        outcome = called(hooks(), f"{there.url}/hook?a=b", b'{"a":1}')
        assert (outcome.verdict, outcome.status, outcome.answer) == ("taken", code, None)
        (call,) = there.calls
        assert (call.path, call.body) == ("/hook?a=b", b'{"a":1}')
        assert call.headers["Content-Type"] == "application/json"
        assert call.headers["webhook-id"] == "msg_a"
        assert call.headers["User-Agent"] == f"socialindex-deliver/1 (+{CONTACT})"


@pytest.mark.parametrize(
    ("code", "verdict", "reason"),
    [
        (400, "again", "status"),
        (404, "again", "status"),
        (429, "again", "status"),
        (500, "again", "status"),
        (304, "again", "redirect"),
        (410, "gone", "status"),
    ],
)
def test_what_is_not_taken_is_told_with_its_beginning(code: int, verdict: str, reason: str) -> None:
    body = ("거절합니다 \r\n\x00" + "x" * 5_000).encode()
    with receiver(lambda handler: status(handler, code, b"" if code == 304 else body, Retry_After="120")) as there:
        outcome = called(hooks(), there.url)
    assert (outcome.verdict, outcome.status, outcome.reason, outcome.retry_after) == (verdict, code, reason, 120.0)
    if code != 304:
        assert outcome.answer is not None
        assert outcome.answer.startswith("거절합니다 xxx")
        assert len(outcome.answer) == 200


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(code: int) -> None:
    with receiver() as inside, receiver(lambda handler: status(handler, code, Location=inside.url)) as there:
        outcome = called(hooks(), there.url)
    assert (outcome.verdict, outcome.status, outcome.reason) == ("again", code, "redirect")
    assert inside.calls == []


# --- out to harm -----------------------------------------------------------------------------------------------------


def silent(_handler: BaseHTTPRequestHandler) -> None:
    time.sleep(3 * SECONDS)


def drips(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(30):
        handler.wfile.write(b"X-A: b\r\n")
        handler.wfile.flush()
        time.sleep(SECONDS / 10)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(500)
    handler.end_headers()
    for _ in range(10_000):
        handler.wfile.write(b"y" * 65_536)


def slow_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(503)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    time.sleep(3 * SECONDS)


def many_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(5_000)))


def nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")
    handler.close_connection = True


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


@pytest.mark.parametrize(
    ("does", "status_", "reason"),
    [
        (silent, None, "timeout"),
        (drips, None, "timeout"),
        (endless, 500, "status"),
        (slow_body, 503, "status"),
        (many_headers, None, "bad_response"),
        (nonsense, None, "bad_response"),
        (hangs_up, None, "reset"),
    ],
)
def test_nobody_keeps_us_waiting(
    does: Callable[[BaseHTTPRequestHandler], None], status_: int | None, reason: str
) -> None:
    with receiver(does) as there:
        began = time.monotonic()
        outcome = called(hooks(), there.url)
        assert time.monotonic() - began < 2 * SECONDS
    assert (outcome.verdict, outcome.status, outcome.reason) == ("again", status_, reason)
    assert len(there.calls) == 1


class Names(AbstractResolver):
    """A DNS that answers what it is told to, in turn; without addresses, that there is no such name."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(self, host: str, port: int = 0, family: Any = None) -> list[ResolveResult]:  # noqa: ARG002 - the interface
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            ResolveResult(hostname=host, host=one, port=port, family=socket.AF_INET, proto=0, flags=0) for one in found
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["169.254.169.254"], ["127.0.0.1"], ["192.168.1.1", "93.184.215.14"], ["100.64.0.1"], ["0.0.0.0"]],
)
def test_names_of_private_addresses_are_to_whoever_asks_as_those_that_there_are_not(addresses: list[str]) -> None:
    """A tenant who names a webhook cannot find out by it which names there are inside."""
    private, unknown = (
        called(hooks(allow_loopback=False, resolver=Names(found)), "https://hooks.example.com/")
        for found in (addresses, [])
    )
    assert private == unknown
    assert (private.verdict, private.reason, private.detail) == (
        "again", "dns", "the name of its host does not resolve to a public address",
    )  # fmt: skip


def test_a_name_that_changes_after_it_was_looked_at_is_refused() -> None:
    """DNS rebinding: public at first, then this machine."""
    names = Names(["127.0.0.1"])
    with receiver() as there:
        port = there.url.rpartition(":")[2]
        check_address(f"https://hooks.example.com:{port}/", allow_loopback=False)
        outcome = called(hooks(allow_loopback=False, resolver=names), f"https://hooks.example.com:{port}/")
    assert (outcome.verdict, outcome.reason) == ("again", "dns")
    assert there.calls == []


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://localhost/",
        "https://a.localhost/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/",
        "https://user:password@hooks.example.com/",
        "https://hooks.example.com:25/",
        "https:///x",
        "hooks.example.com",
        "https://hooks.example.com/\r\nX: y",
    ],
)
def test_an_address_that_cannot_be_called_is_refused_when_it_is_given(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_address(url, allow_loopback=False)
    assert caught.value.field == "url"
    assert caught.value.remedy
    assert called(hooks(allow_loopback=False), url).verdict == "never"


def test_loopback_is_called_on_the_local_stack_only_and_nothing_else_without_https() -> None:
    check_address("http://127.0.0.1:8080/hook", allow_loopback=True)
    check_address("https://hooks.example.com/hook", allow_loopback=True)
    for url in ("http://hooks.example.com/", "https://10.0.0.1/"):
        with pytest.raises(InvalidInput):
            check_address(url, allow_loopback=True)
