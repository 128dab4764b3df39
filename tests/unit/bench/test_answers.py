"""What the benchmark of answers asks, catches and sends; and what the one of the index stage hands over."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import msgspec
import pytest

from infra.bench.answers import TURNS, Taken, figures, overhead
from infra.bench.answers_questions import CLASSES, SEARCH, Chooser
from infra.bench.answers_wire import Wire, body_of, total_of
from infra.bench.index_stage import MESSAGES, events
from infra.bench.million_posts import CHUNK
from socialindex import engine
from socialindex.engine import answering
from socialindex.errors import Unavailable
from socialindex.messages import MAX_BODY, PostBatch, decode
from socialindex.search import fields
from socialindex.search.analytics.aggregate import Aggregate
from socialindex.search.analytics.trends import Trends
from socialindex.search.analytics.voices_asked import Voices
from socialindex.search.ask import AskBody
from socialindex.search.http import Answer
from socialindex.search.selection import Selection, query_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER = {"hits": {"total": {"value": 3}, "hits": []}}
KINDS: dict[str, type[Selection]] = {
    "/v1/trends": Trends,
    "/v1/aggregate": Aggregate,
    "/v1/share-of-voice": Voices,
    SEARCH: AskBody,
}


class Engine(ThreadingHTTPServer):
    """An engine that notes what it is asked, and finds three posts; of ``/down`` it says that it is overloaded."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.asked: list[tuple[str, bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Asked(BaseHTTPRequestHandler):
    server: Engine

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.path, body))
        answer = json.dumps(ANSWER).encode()
        self.send_response(503 if self.path == "/down" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def listening() -> Iterator[Engine]:
    with Engine() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_what_is_caught_is_not_sent_and_what_is_sent_is_the_same(listening: Engine) -> None:
    client = engine.connect(listening.url, signed=False)
    wire = Wire(client, listening.url)
    with wire.unplugged() as sent, pytest.raises(Unavailable), answering():
        client.search(index="posts", body={"size": 7})
    assert listening.asked == []
    client.search(index="posts", body={"size": 7})
    assert total_of(wire.send(sent[0])) == 3
    assert listening.asked[0] == listening.asked[1] == ("/posts/_search", b'{"size":7}')


def test_an_engine_that_refuses_is_no_figure(listening: Engine) -> None:
    wire = Wire(engine.connect(listening.url, signed=False), listening.url)
    with wire.unplugged() as sent, pytest.raises(Unavailable), answering():
        engine.connect(listening.url, signed=False).search(index="posts", body={})
    with pytest.raises(Unavailable, match="503"):
        wire.send(sent[0]._replace(url="/down"))


def test_of_several_searches_the_first_counts() -> None:
    other = {"hits": {"total": {"value": 9}}}
    assert total_of(json.dumps({"responses": [ANSWER, other]}).encode()) == 3


@pytest.mark.parametrize("accepts", ["", "gzip"])
def test_a_body_is_read_packed_or_not(accepts: str) -> None:
    long = {"total": 3, "items": ["post"] * 1_000}
    assert msgspec.json.decode(body_of(Answer(200, long).encoded(accepts))) == long


@pytest.mark.parametrize("name", CLASSES)
def test_questions_are_such_as_the_api_takes(name: str) -> None:
    chooser = Chooser(name)
    asked = [CLASSES[name](chooser) for _ in range(TURNS)]
    for question in asked:
        read = fields.from_body(KINDS[question.path], json.dumps(question.body))
        query_of(read)
        read.check()
    assert len({json.dumps(question.body) for question in asked}) > TURNS * 0.8
    assert asked[0] == CLASSES[name](Chooser(name))


def test_figures_compare_the_percentiles_of_each_round() -> None:
    def round_of(extra: float) -> dict[str, list[Taken]]:
        return {"rare": [Taken(engine + extra, engine) for engine in map(float, range(1, 101))]}

    rounds = [round_of(2.0), round_of(4.0), round_of(3.0)]
    median, high = figures("rare", rounds)
    assert (median.name, median.value, median.baseline) == ("answers_rare_p50", 53.5, 50.5)
    assert (high.name, high.ratio) == ("answers_rare_p95", 1.03)
    assert (overhead(rounds).value, overhead(rounds).spread) == (3.0, (2.0, 4.0))


def test_the_index_stage_gets_events_as_a_queue_makes_them() -> None:
    handed = events(2)
    bodies = [record["body"] for event in handed for record in event["Records"]]
    assert [len(event["Records"]) for event in handed[:-1]] == [MESSAGES] * (len(handed) - 1)
    assert MAX_BODY / 2 < max(map(len, bodies)) <= MAX_BODY
    assert sum(len(decode(body, PostBatch).posts) for body in bodies) == 2 * CHUNK
