"""One id finds a post's whole way: what is sent and logged carries the ids of what it belongs to."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from socialindex.aws import clients
from socialindex.aws.queues import Queue
from socialindex.correlation import MAX_IDS, Ids, current, following, of_event, of_place
from socialindex.messages import Tagged
from socialindex.observing import logger, observed

if TYPE_CHECKING:
    from collections.abc import Iterator

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
CONTEXT = SimpleNamespace(
    function_name="f", memory_limit_in_mb=128, invoked_function_arn="arn", aws_request_id="invocation-1"
)


def record(*ids: str) -> dict[str, Any]:
    attribute = {"stringValue": " ".join(ids), "dataType": "String"}
    return {"messageId": "m", "body": "b", "messageAttributes": {"correlation": attribute} if ids else {}}


@pytest.mark.parametrize(
    ("event", "ids"),
    [
        ({"Records": [record("a", "b"), record("b", "c"), record()]}, ("a", "b", "c")),
        ({"Records": [{"messageId": "m", "body": "from the version before"}]}, ()),
        ({"requestContext": {"requestId": "request-1"}, "routeKey": "GET /v1/posts"}, ("request-1",)),
        ({"part": "clusters"}, ("invocation-1",)),
        ({}, ("invocation-1",)),
    ],
)
def test_an_invocation_begins_with_the_ids_of_what_invokes_it(event: dict[str, Any], ids: tuple[str, ...]) -> None:
    assert of_event(event, "invocation-1") == ids
    assert observed(lambda _event, _context: current())(event, CONTEXT) == ids
    assert current() == ()


def test_an_archived_response_is_named_by_its_object_and_place() -> None:
    assert of_place("raw/2026/11/28/093012-1f2e3d4c5b6a7988.warc.gz", 10_432) == "093012-1f2e3d4c5b6a7988:10432"


def test_tasks_and_threads_of_the_work_inherit_its_ids() -> None:
    async def work() -> set[Ids]:
        return set(await asyncio.gather(asyncio.to_thread(current), asyncio.create_task(_current())))

    with following(["a"]):
        assert asyncio.run(work()) == {("a",)}


async def _current() -> Ids:
    return current()


def test_a_log_entry_has_the_ids_of_its_work_or_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", log)

    @observed
    def handler(_event: dict[str, Any], _context: object) -> None:
        logger.info("first")
        with following(["b"]):
            logger.info("second")
            logger.info("third", extra={"correlation": ("c",)})

    handler({"Records": [record("a")]}, CONTEXT)
    entries = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(entry["message"], entry["correlation"]) for entry in entries] == [
        ("first", ["a"]),
        ("second", ["b"]),
        ("third", ["c"]),
    ]
    assert {entry["function_request_id"] for entry in entries} == {"invocation-1"}


# On the wire


Sent = tuple[dict[str, Any], str | None]
"""A request's body, and its trace."""


class _Sqs(BaseHTTPRequestHandler):
    requests: ClassVar[list[Sent]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.requests.append((body, self.headers.get("X-Amzn-Trace-Id")))
        answer = json.dumps({"Successful": [], "Failed": [], "MessageId": "m"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Queue, list[Sent]]]:
    """A queue that a server on loopback takes messages for, as a function sees it."""
    _Sqs.requests.clear()
    server = HTTPServer(("127.0.0.1", 0), _Sqs)
    url = f"http://127.0.0.1:{server.server_port}"
    for name, value in {
        "AWS_ENDPOINT_URL_SQS": url,
        "AWS_DEFAULT_REGION": "ap-northeast-2",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "_X_AMZN_TRACE_ID": TRACE,
    }.items():
        monkeypatch.setenv(name, value)
    clients.sqs.cache_clear()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Queue(f"{url}/1/queue"), _Sqs.requests
    finally:
        server.shutdown()
        server.server_close()
        clients.sqs.cache_clear()


def test_messages_carry_ids_and_the_trace_that_x_ray_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    with sqs(monkeypatch) as (queue, requests):
        with following(["request-1", "093012-ab:7"]):
            queue.send_all(["one"])
            queue.put("two", reason="poison")
        queue.send_tagged([Tagged("three", ["c"]), Tagged("four", [])])
    (sent, trace), (letter, _), (tagged, _) = requests
    assert trace == TRACE
    assert _ids(sent["Entries"][0]) == "request-1 093012-ab:7"
    assert letter["MessageAttributes"]["reason"]["StringValue"] == "poison"
    assert _ids(letter) == "request-1 093012-ab:7"
    assert [_ids(entry) for entry in tagged["Entries"]] == ["c", None]


def test_no_message_grows_beyond_what_a_queue_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    with sqs(monkeypatch) as (queue, requests):
        queue.send_tagged([Tagged("x" * 100_000, [f"093012-1f2e3d4c5b6a7988:{number}" for number in range(1_000)])] * 3)
    assert [len(body["Entries"]) for body, _ in requests] == [2, 1]
    assert len((_ids(requests[0][0]["Entries"][0]) or "").split()) == MAX_IDS


def _ids(entry: dict[str, Any]) -> str | None:
    found: str | None = entry.get("MessageAttributes", {}).get("correlation", {}).get("StringValue")
    return found
