"""Queues and the bucket on real servers; a scripted one where the real one never fails by halves."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from socialindex import warc
from socialindex.aws.archive import Archive
from socialindex.aws.clients import sqs
from socialindex.aws.queues import Queue
from socialindex.errors import ParseError, Unavailable
from socialindex.sources.base import Channel, Request, Response
from socialindex.warc import Exchange, Span, WarcObject
from tests.integration.parts import Parts, real_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        yield parts


# Queues


@pytest.mark.parametrize(
    "bodies",
    [
        [],
        ["one"],
        [f"body {number}" for number in range(35)],
        ["배" * 60_000] * 5,
        ["x" * 200_000, "small", "x" * 200_000, "small"],
    ],
    ids=["none", "one", "more than a batch", "more bytes than a batch", "large and small"],
)
def test_every_message_is_sent_once(parts: Parts, bodies: list[str]) -> None:
    assert parts.queue("NormalizeQueue").send_all(iter(bodies)) == len(bodies)
    assert sorted(body for body, _ in parts.receive("NormalizeQueue")) == sorted(bodies)


def test_messages_are_sent_in_as_few_calls_as_fit(parts: Parts) -> None:
    calls: list[int] = []

    def count(params: dict[str, Any], **_: Any) -> None:
        calls.append(len(params["Entries"]))

    sqs().meta.events.register("provide-client-params.sqs.SendMessageBatch", count)
    try:
        parts.queue("NormalizeQueue").send_all([*["x"] * 25, *["y" * 100_000] * 4])
    finally:
        sqs().meta.events.unregister("provide-client-params.sqs.SendMessageBatch", count)
    assert calls == [10, 10, 7, 2]
    assert len(parts.receive("NormalizeQueue")) == 29


@pytest.mark.parametrize(
    ("reason", "carried"),
    [
        ("ParseError: 모름", "ParseError: 모름"),
        (
            "ParseError: no date: a\x00b\x1b\ufffe\uffff\ud800 c",
            "ParseError: no date: a\ufffdb\ufffd\ufffd\ufffd\ufffd c",
        ),
    ],
)
def test_a_dead_letter_carries_its_reason(parts: Parts, reason: str, carried: str) -> None:
    parts.queue("NormalizeDeadLetters").put("{bad", reason=reason)
    assert parts.receive("NormalizeDeadLetters") == [("{bad", carried)]


def test_a_depth_tells_what_waits(parts: Parts) -> None:
    queue = parts.queue("IndexQueue")
    assert queue.depth() == (0, 0)
    queue.send_all(["a", "b", "c"])
    assert queue.depth() == (3, 0)
    parts.receive("IndexQueue")
    assert queue.depth() == (0, 0)


def test_a_queue_that_is_not_there_is_unavailable(parts: Parts) -> None:
    queue = Queue(parts.queue("IndexQueue").url + "-missing")
    with pytest.raises(Unavailable):
        queue.send_all(["a"])
    with pytest.raises(Unavailable):
        queue.put("a", reason="b")
    with pytest.raises(Unavailable):
        queue.depth()


class Picky:
    """A queue that refuses some entries of a batch, each so often."""

    def __init__(self, refusals: dict[str, int]) -> None:
        self.refusals = refusals
        self.taken: list[str] = []

    def answer(self, entries: list[dict[str, str]]) -> dict[str, Any]:
        refused = [entry for entry in entries if self._refuses(entry["MessageBody"])]
        taken = [entry for entry in entries if entry not in refused]
        self.taken += [entry["MessageBody"] for entry in taken]
        return {
            "Successful": [{"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": ""} for entry in taken],
            "Failed": [{"Id": entry["Id"], "Code": "InternalError", "SenderFault": False} for entry in refused],
        }

    def _refuses(self, body: str) -> bool:
        self.refusals[body] = self.refusals.get(body, 0) - 1
        return self.refusals[body] >= 0


@pytest.fixture
def picky(parts: Parts) -> Iterator[tuple[Picky, Queue]]:
    queue = Picky({})

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            answer = json.dumps(queue.answer(asked["Entries"])).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output clean."""

    def redirect(request: Any, **_: Any) -> None:
        request.url = f"http://127.0.0.1:{server.server_port}/"

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        sqs().meta.events.register("before-sign.sqs.SendMessageBatch", redirect)
        try:
            yield queue, Queue(f"http://127.0.0.1:{server.server_port}/0/picky")
        finally:
            sqs().meta.events.unregister("before-sign.sqs.SendMessageBatch", redirect)
            server.shutdown()


def test_what_a_queue_refuses_of_a_batch_is_sent_again_alone(picky: tuple[Picky, Queue]) -> None:
    server, queue = picky
    server.refusals = {"b": 1, "c": 2}
    assert queue.send_all(["a", "b", "c", "d"]) == 4
    assert server.taken == ["a", "d", "b", "c"]


def test_what_a_queue_keeps_refusing_is_told(picky: tuple[Picky, Queue]) -> None:
    server, queue = picky
    server.refusals = {"b": 100}
    with pytest.raises(Unavailable, match="refused 1 message"):
        queue.send_all(["a", "b"])
    assert server.taken == ["a"]


# The archive


def archived(*bodies: bytes) -> tuple[bytes, list[Span]]:
    growing = WarcObject()
    spans = [growing.add(exchange(body)) for body in bodies]
    return growing.data(), spans


def exchange(body: bytes) -> Exchange:
    url = "https://a.example/"
    channel = Channel(id="ch_1", source="feed", url=url, created_at=AT)
    return Exchange(channel, Response(request=Request(url=url), url=url, status=200, body=body, received_at=AT))


def test_each_record_of_a_stored_object_is_read_alone(parts: Parts) -> None:
    bodies = [b"%d" % number * 1_000 for number in range(20)]
    data, spans = archived(*bodies)
    key = parts.archive.store(data)
    found = [warc.read(parts.archive.read(key, span)).response.body for span in reversed(spans)]
    assert found == bodies[::-1]


def test_a_stored_object_is_walked_as_a_stream(parts: Parts) -> None:
    data, spans = archived(b"one", b"two", bytes(1_000_000))
    key = parts.archive.store(data)
    with parts.archive.open(key) as stream:
        assert [(span, found.response.body) for span, found in warc.walk(stream) if isinstance(found, Exchange)] == [
            (spans[0], b"one"),
            (spans[1], b"two"),
            (spans[2], bytes(1_000_000)),
        ]


def test_objects_are_listed_by_day_and_behind_a_key_in_the_order_of_storing(parts: Parts) -> None:
    before = set(parts.archive.keys())
    stored = [parts.archive.store(b"x") for _ in range(3)]
    assert len(set(stored)) == 3
    today = f"{datetime.now(tz=UTC):%Y-%m-%d}"
    assert set(parts.archive.keys()) - before == set(stored)
    assert set(stored) <= set(parts.archive.keys(today))
    assert list(parts.archive.keys("2001-01-01")) == []
    in_order = sorted(stored)
    assert [key for key in parts.archive.keys(after=in_order[0]) if key in stored] == in_order[1:]
    assert [key for key in parts.archive.keys(today, after=in_order[1]) if key in stored] == in_order[2:]


@pytest.mark.parametrize("place", [Span(1_000_000, 10), Span(5, 100)])
def test_a_place_where_nothing_is_cannot_be_read(parts: Parts, place: Span) -> None:
    key = parts.archive.store(archived(b"one")[0])
    with pytest.raises(ParseError):
        warc.read(parts.archive.read(key, place))


def test_an_object_that_is_not_there_cannot_be_read(parts: Parts) -> None:
    with pytest.raises(ParseError, match="raw/none"):
        parts.archive.read("raw/none", Span(0, 10))


def test_a_bucket_that_is_not_there_is_unavailable(parts: Parts) -> None:
    missing = Archive("no-such-bucket")
    for call in (
        lambda: missing.store(b"x"),
        lambda: missing.read("raw/k", Span(0, 1)),
        lambda: missing.open("raw/k"),
        lambda: list(missing.keys()),
    ):
        with pytest.raises(Unavailable):
            call()
