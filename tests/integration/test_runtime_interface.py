"""The handlers under AWS's own runtime interface client and emulator, so that what works locally works there.

Twice: those of the source tree under this Python, and what ``sam build`` made of them under Lambda's.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from contextlib import ExitStack
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import msgspec
import pytest

from infra.local.keys import first_keys
from infra.local.provision import provision
from infra.local.servers import OpenSearch
from infra.local.service import PARAMETERS, TEMPLATE, cloud_at
from infra.local.standin import standing_in
from infra.local.template import Site, Template, read_template
from socialindex import sources, warc
from socialindex.aws import clients
from socialindex.aws.archive import Archive
from socialindex.aws.channels import Channels
from socialindex.aws.frontier import Frontier, Pending
from socialindex.crawl.urls import host_of
from socialindex.identity import channel_id
from socialindex.messages import Archived, CrawlGroup, decode, encode
from socialindex.sources.base import Channel
from socialindex.warc import Span
from tests.integration.building import HERE, build
from tests.integration.emulator import Emulator, Python, emulator_path, lambda_python

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import opensearchpy

    from infra.local.cloud import Cloud
    from infra.local.servers import Running

pytestmark = pytest.mark.integration

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>새 소식</title><link>http://{host}/</link>
<item><title>보조배터리 리콜</title><link>http://{host}/recall</link><guid>http://{host}/recall</guid>
<pubDate>Fri, 20 Nov 2026 09:00:00 +0900</pubDate><description>배터리가 부풀었다는 신고</description></item>
</channel></rss>
"""


class Lambda:
    """The template's functions, each under an emulator that starts when it is asked for first."""

    def __init__(self, template: Template, cloud: Cloud, folder: Path, running: ExitStack, python: Python) -> None:
        self.template = template
        self.cloud = cloud
        self.python = python
        self._folder = folder
        self._running = running
        self._emulators: dict[str, Emulator] = {}

    def invoke(self, logical_id: str, event: object) -> Any:
        if logical_id not in self._emulators:
            self._emulators[logical_id] = self._running.enter_context(self.emulator(logical_id))
        return self._emulators[logical_id].invoke(event)

    def once(self, logical_id: str, event: object) -> Any:
        """The answer of a function that is stopped again."""
        with self.emulator(logical_id) as emulator:
            return emulator.invoke(event)

    def emulator(self, logical_id: str) -> Emulator:
        log = self._folder / f"{logical_id}.log"
        return Emulator(self.template.functions[logical_id], self.cloud, log, self.python)

    def receive(self, queue: str) -> list[Any]:
        """Messages of a queue, taken out of it."""
        sqs, url = self.cloud.sqs_client(), self.template.queues[queue].url
        answer = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1, MessageAttributeNames=["All"]
        )
        messages = answer.get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return list(messages)


@pytest.fixture(scope="module")
def cloud(servers: Running) -> Iterator[Cloud]:
    with standing_in() as standin:
        yield cloud_at(servers, standin)


@pytest.fixture(scope="module", params=["source", "built"])
def functions(
    request: pytest.FixtureRequest, servers: Running, cloud: Cloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lambda]:
    """A stack of the template's own wiring, without anything that polls or fires."""
    built = request.param == "built"
    path = build(HERE, tmp_path_factory.mktemp("built")) if built else TEMPLATE
    parameters = {**PARAMETERS, "EngineUrl": servers.get(OpenSearch).url}
    site = Site(f"rie-{uuid.uuid4().hex[:8]}", cloud, "http://127.0.0.1")
    template = read_template(path, site, parameters=parameters)
    provision(template, cloud)
    with ExitStack() as running:
        folder = tmp_path_factory.mktemp("emulator")
        yield Lambda(template, cloud, folder, running, lambda_python() if built else Python())


@pytest.fixture(autouse=True)
def aws(cloud: Cloud) -> Iterator[None]:
    """Lets this process use the stages' own tables and bucket; their clients are kept for a process's life."""

    def forget() -> None:
        for client in (clients.dynamodb, clients.sqs, clients.s3):
            client.cache_clear()

    forget()
    with patch.dict(os.environ, cloud.environment()):
        yield
    forget()


@pytest.fixture
def key(functions: Lambda, tmp_path: Path) -> str:
    return first_keys(tmp_path, functions.cloud, functions.template.tables["AccessTable"].name).client


@pytest.fixture
def feed_host() -> Iterator[str]:
    """A host with a feed of one article."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/feed.xml"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
            self.end_headers()
            if found:
                self.wfile.write(FEED.format(host=self.headers["Host"]).encode())

        def log_message(self, *_: object) -> None:
            """Nothing: what it was asked is not the point."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def sqs_event(*bodies: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html."""
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": "handle",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
            }
            for number, body in enumerate(bodies)
        ]
    }


def http_event(parameters: dict[str, str], key: str = "") -> dict[str, Any]:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html."""
    return {
        "version": "2.0",
        "routeKey": "GET /v1/posts",
        "rawPath": "/v1/posts",
        "headers": {"authorization": f"Bearer {key}"} if key else {},
        "queryStringParameters": parameters,
        "requestContext": {"requestId": "request-1", "http": {"method": "GET", "path": "/v1/posts"}},
        "isBase64Encoded": False,
    }


def add_channel(functions: Lambda, host: str) -> Channel:
    """A feed that is to be polled now."""
    url = f"http://{host}/feed.xml"
    channel = Channel(id=channel_id("feed", url), source="feed", url=url, created_at=datetime.now(tz=UTC))
    tables = functions.template.tables
    Channels(tables["ChannelsTable"].name).add(channel)
    first = sources.find("feed").start(channel)
    Frontier(tables["FrontierTable"].name).put(Pending(host=host_of(url), channel=channel.id, request=first))
    return channel


def test_search_refuses_without_a_key_in_problem_details(functions: Lambda, engine_url: str) -> None:
    answer = functions.invoke("SearchFunction", http_event({"q": "배터리"}))
    assert answer["statusCode"] == 401
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert answer["headers"]["WWW-Authenticate"] == "Bearer"
    assert json.loads(answer["body"])["type"] == "urn:socialindex:problem:unauthorized"


def test_a_post_goes_all_the_way(functions: Lambda, index: opensearchpy.OpenSearch, key: str, feed_host: str) -> None:
    channel = add_channel(functions, feed_host)
    group = encode(CrawlGroup(hosts=[feed_host]))
    assert functions.invoke("CrawlFunction", sqs_event(group)) == {"batchItemFailures": []}

    [archived] = [message["Body"] for message in functions.receive("NormalizeQueue")]
    place = decode(archived, Archived)
    member = Archive(functions.template.buckets["ArchiveBucket"].name).read(place.key, Span(place.offset, place.length))
    exchange = warc.read(member)
    assert exchange.response.body.decode() == FEED.format(host=feed_host)
    assert exchange.channel.id == channel.id

    assert functions.invoke("NormalizeFunction", sqs_event(archived)) == {"batchItemFailures": []}
    [posts] = [message["Body"] for message in functions.receive("IndexQueue")]
    assert functions.invoke("IndexFunction", sqs_event(posts)) == {"batchItemFailures": []}

    index.indices.refresh(index="posts")
    answer = functions.invoke("SearchFunction", http_event({"q": "배터리"}, key))
    assert answer["statusCode"] == 200
    [item] = msgspec.json.decode(answer["body"])["items"]
    assert (item["source"], item["title"]) == ("feed", "보조배터리 리콜")
    assert item["published_at"] == "2026-11-20T00:00:00Z"


@pytest.mark.parametrize("stage", ["Crawl", "Normalize", "Index"])
def test_a_malformed_message_ends_in_the_dead_letters_and_counts_as_handled(
    functions: Lambda, engine_url: str, stage: str
) -> None:
    answer = functions.invoke(f"{stage}Function", sqs_event("not json"))
    assert answer == {"batchItemFailures": []}
    [letter] = functions.receive(f"{stage}DeadLetters")
    assert letter["Body"] == "not json"
    assert letter["MessageAttributes"]["reason"]["StringValue"].startswith("ParseError: no ")


def test_every_function_of_the_template_answers_the_event_that_wakes_it(functions: Lambda, engine_url: str) -> None:
    template = functions.template
    asked = {route.function for route in template.routes}
    woken = {source.function for source in template.sources}
    timed = {schedule.function: schedule.input or "{}" for schedule in template.schedules}
    assert set(template.functions) == asked | woken | set(timed) | {"SetupFunction"}
    for name in template.functions:
        event = sqs_event("not json") if name in woken else json.loads(timed.get(name, "{}"))
        answer = functions.once(name, http_event({}) if name in asked else event)
        assert (answer or {}).get("statusCode", 401) in {401, 404}, name


def test_no_process_is_left(functions: Lambda) -> None:
    with functions.emulator("SearchFunction") as emulator:
        emulator.invoke(http_event({}))
        processes = emulator.processes()
    assert len(processes) == 2
    assert [process for process in processes if process.is_running()] == []


def test_without_the_emulator_it_says_what_installs_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make test"):
        emulator_path(tmp_path)
