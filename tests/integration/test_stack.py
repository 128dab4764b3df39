"""The local stack on the real servers: what it promises of AWS's behavior, seen from outside."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import psutil
import pytest
import requests

from infra.local.cloud import Cloud
from infra.local.events import front
from infra.local.runtime.outcome import FunctionFailed, RequestTooLarge
from infra.local.servers import S3, DynamoDb, Sqs
from infra.local.servers.s3 import S3Config
from infra.local.stack import Stack, StackSettings
from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

SAMPLE = Path(__file__).parent / "sample_stack" / "template.yaml"
PATIENCE = 30.0


@pytest.fixture(scope="module")
def cloud(servers: Running) -> Cloud:
    bucket = servers.get(S3).config
    assert isinstance(bucket, S3Config)
    return Cloud(
        sqs=servers.get(Sqs).url,
        dynamodb=servers.get(DynamoDb).url,
        s3=servers.get(S3).url,
        access_key=bucket.access_key,
        secret_key=bucket.secret_key,
    )


def settings(cloud: Cloud, data: Path, **given: Any) -> StackSettings:
    plain: dict[str, Any] = {"name": f"test-{uuid.uuid4().hex[:8]}", "retry_visibility": 0, "grace": 0.5}
    return StackSettings(template=SAMPLE, data=data, cloud=cloud, **{**plain, **given})


@pytest.fixture(scope="module")
def stack(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(settings(cloud, tmp_path_factory.mktemp("stack"))) as running:
        yield running


class Ledger:
    """What the sample's functions noted in the table."""

    def __init__(self, stack: Stack, cloud: Cloud) -> None:
        self._table = stack.table_name("Table")
        self._dynamodb = cloud.dynamodb_client()

    def entry(self, key: str) -> dict[str, str]:
        item = self._dynamodb.get_item(TableName=self._table, Key={"id": {"S": key}}, ConsistentRead=True).get(
            "Item", {}
        )
        return {name: str(next(iter(value.values()))) for name, value in item.items()}

    def visits(self, key: str) -> int:
        return int(self.entry(key).get("visits", "0"))


@pytest.fixture
def ledger(stack: Stack, cloud: Cloud) -> Ledger:
    return Ledger(stack, cloud)


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def send(cloud: Cloud, url: str, *bodies: str) -> None:
    entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)]
    assert "Failed" not in cloud.sqs_client().send_message_batch(QueueUrl=url, Entries=entries)  # type: ignore[arg-type]


def waiting(cloud: Cloud, url: str) -> int:
    """Messages in a queue, visible or not."""
    found = cloud.sqs_client().get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"]) + int(found["ApproximateNumberOfMessagesNotVisible"])


def keys(kind: str, count: int) -> list[str]:
    run = uuid.uuid4().hex[:8]
    return [f"{kind}-{run}-{n}" for n in range(count)]


def do(stack: Stack, what: str) -> object:
    return stack.invoke("OddFunction", {"pathParameters": {"do": what}})


# Queues


def test_a_failed_message_is_tried_again_alone_and_ends_in_the_dead_letters(
    stack: Stack, cloud: Cloud, ledger: Ledger
) -> None:
    good, (bad,) = keys("good", 4), keys("bad", 1)
    send(cloud, stack.queue_url("Queue"), *good, bad)
    eventually(lambda: waiting(cloud, stack.queue_url("Queue")) == 0 and ledger.visits(bad) == 3)
    assert [ledger.visits(key) for key in good] == [1, 1, 1, 1]
    received = cloud.sqs_client().receive_message(QueueUrl=stack.queue_url("DeadLetters"), WaitTimeSeconds=5)
    assert [message["Body"] for message in received["Messages"]] == [bad]


def test_a_fifo_queue_keeps_to_its_rules(stack: Stack, cloud: Cloud, ledger: Ledger) -> None:
    url, (bad,), good = stack.queue_url("Ordered"), keys("bad", 1), keys("good", 2)
    for body in (good[0], good[0], bad, good[1]):
        cloud.sqs_client().send_message(QueueUrl=url, MessageBody=body, MessageGroupId="group")
    eventually(lambda: waiting(cloud, url) == 0)
    assert [ledger.visits(key) for key in (*good, bad)] == [1, 1, 2]
    assert waiting(cloud, stack.queue_url("OrderedDeadLetters")) == 1


def test_a_killed_process_loses_no_message(stack: Stack, cloud: Cloud, ledger: Ledger) -> None:
    (slow,), good = keys("slow", 1), keys("good", 3)
    errors = stack.counters("WorkFunction").errors
    send(cloud, stack.queue_url("Queue"), slow, *good)
    eventually(lambda: ledger.visits(slow) == 1)
    for pid in stack.workers("WorkFunction"):
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: waiting(cloud, stack.queue_url("Queue")) == 0)
    assert ledger.visits(slow) == 2
    assert all(ledger.visits(key) >= 1 for key in good)
    assert stack.counters("WorkFunction").errors > errors
    assert "signal: SIGKILL" in str(stack.counters("WorkFunction").last_error)


def test_no_more_batches_are_in_work_than_the_mapping_allows(cloud: Cloud, tmp_path: Path) -> None:
    turns = keys("turn", 8)
    with Stack(settings(cloud, tmp_path, concurrency=5)) as stack:
        send(cloud, stack.queue_url("Turns"), *turns)
        notes = Ledger(stack, cloud)
        eventually(lambda: all(notes.visits(key) for key in turns))
        spans = [(float(entry["began"]), float(entry["ended"])) for entry in map(notes.entry, turns)]
        assert len(stack.workers("TurnFunction")) == 2
    overlaps = [sum(began <= moment < ended for began, ended in spans) for moment, _ in spans]
    assert max(overlaps) <= 2


def test_a_batch_is_gathered_for_its_window(stack: Stack, cloud: Cloud, ledger: Ledger) -> None:
    crowd, url = keys("crowd", 30), stack.queue_url("Crowd")
    for start in range(0, 30, 10):
        send(cloud, url, *crowd[start : start + 10])
    eventually(lambda: all(ledger.visits(key) for key in crowd))
    sizes = [int(ledger.entry(key)["company"]) for key in crowd]
    assert 10 < max(sizes) <= 25
    eventually(lambda: waiting(cloud, url) == 0)


def test_a_failed_message_stays_hidden_for_its_queues_visibility_timeout(cloud: Cloud, tmp_path: Path) -> None:
    (bad,) = keys("bad", 1)
    with Stack(settings(cloud, tmp_path, retry_visibility=None)) as stack:
        send(cloud, stack.queue_url("Queue"), bad)
        eventually(lambda: stack.counters("WorkFunction").invocations == 1)
        time.sleep(3)
        assert Ledger(stack, cloud).visits(bad) == 1
        assert waiting(cloud, stack.queue_url("Queue")) == 1


def test_what_was_in_work_when_the_stack_stopped_is_visible_at_once(cloud: Cloud, tmp_path: Path) -> None:
    made = settings(cloud, tmp_path)
    (slow,) = keys("slow", 1)
    with Stack(made) as first:
        send(cloud, first.queue_url("Queue"), slow)
        eventually(lambda: Ledger(first, cloud).visits(slow) == 1)
    with Stack(made) as second:
        eventually(lambda: waiting(cloud, second.queue_url("Queue")) == 0)
        assert Ledger(second, cloud).visits(slow) == 2


# Invocations


def test_a_function_has_the_templates_environment_and_lambdas(stack: Stack, cloud: Cloud) -> None:
    environment = do(stack, "environment")
    assert isinstance(environment, dict)
    expected = {
        "TABLE": stack.table_name("Table"),
        "AWS_REGION": cloud.region,
        "AWS_ENDPOINT_URL_SQS": cloud.sqs,
        "AWS_ENDPOINT_URL_DYNAMODB": cloud.dynamodb,
        "AWS_ENDPOINT_URL_S3": cloud.s3,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
        "_HANDLER": "app.odd",
        "LAMBDA_TASK_ROOT": str(SAMPLE.parent / "functions"),
    }
    assert environment.items() >= expected.items()
    assert "HOME" not in environment


def test_the_context_knows_function_and_deadline(stack: Stack) -> None:
    answer = do(stack, "context")
    assert isinstance(answer, list)
    name, arn, remaining = answer
    assert arn == f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    assert 0 < remaining <= 3000


@pytest.mark.parametrize(
    ("what", "kind", "said"),
    [
        ("raise", "ValueError", "on purpose"),
        ("exit", "Runtime.ExitError", "exit status 3"),
        ("sleep", "Sandbox.Timedout", "Task timed out after 3.00 seconds"),
        ("huge", "Function.ResponseSizeTooLarge", "6291556 bytes"),
    ],
)
def test_a_failure_is_told_as_lambda_tells_it_and_the_next_invocation_works(
    stack: Stack, what: str, kind: str, said: str
) -> None:
    before = stack.counters("OddFunction")
    with pytest.raises(FunctionFailed) as caught:
        do(stack, what)
    after = stack.counters("OddFunction")
    assert caught.value.kind == kind
    assert said in json.loads(caught.value.payload)["errorMessage"]
    assert after.errors == before.errors + 1
    assert after.timeouts == before.timeouts + (what == "sleep")
    assert do(stack, "nothing") == "well"


def test_what_a_process_cannot_say_itself_is_in_its_log(cloud: Cloud, tmp_path: Path) -> None:
    with Stack(settings(cloud, tmp_path)) as stack, pytest.raises(FunctionFailed):
        do(stack, "exit")
    assert "Runtime exited with error: exit status 3" in (tmp_path / "logs" / "OddFunction.log").read_text("utf-8")


def test_an_event_that_lambda_would_refuse_is_refused(stack: Stack) -> None:
    with pytest.raises(RequestTooLarge, match="smaller than 6291456 bytes"):
        stack.invoke("EchoFunction", "x" * 6_291_456)
    assert stack.invoke("EchoFunction", {"x": "x" * 6_000_000}) == {"x": "x" * 6_000_000}


def test_a_function_that_cannot_start_says_why_and_is_tried_again(cloud: Cloud, tmp_path: Path) -> None:
    with Stack(settings(cloud, tmp_path)) as stack:
        for _ in range(2):
            with pytest.raises(FunctionFailed, match="Unable to import module 'nowhere'") as caught:
                stack.invoke("BrokenFunction", {})
            assert caught.value.kind == "Runtime.ImportModuleError"
        assert stack.workers("BrokenFunction") == []
    assert "No module named 'nowhere'" in (tmp_path / "logs" / "BrokenFunction.log").read_text("utf-8")


def test_an_idle_process_is_kept_and_one_that_died_is_replaced(stack: Stack) -> None:
    do(stack, "nothing")
    (first,) = stack.workers("OddFunction")
    do(stack, "nothing")
    assert stack.workers("OddFunction") == [first]
    os.kill(first, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(first)] if psutil.pid_exists(first) else [], timeout=PATIENCE)
    assert do(stack, "nothing") == "well"
    assert stack.workers("OddFunction") != [first]


def test_unknown_names_are_refused(stack: Stack) -> None:
    with pytest.raises(InvalidInput, match="no function NoFunction"):
        stack.invoke("NoFunction", {})
    with pytest.raises(InvalidInput, match="no queue Table"):
        stack.queue_url("Table")


# Schedules


def test_a_schedule_fires_at_the_start_and_at_its_rate(cloud: Cloud, tmp_path: Path) -> None:
    with Stack(settings(cloud, tmp_path, speed=3600.0)) as stack:
        notes = Ledger(stack, cloud)
        eventually(lambda: notes.visits("tick") >= 3)
        event = json.loads(notes.entry("tick")["event"])
    age = datetime.now(UTC) - datetime.fromisoformat(event["at"])
    assert timedelta(0) <= age < timedelta(seconds=PATIENCE)


# HTTP


def test_a_request_reaches_the_function_and_its_answer_the_client(stack: Stack) -> None:
    response = requests.post(
        f"{stack.url}/v1/items/배터리 1?q=가&q=b", data="{}", headers={"Content-Type": "application/json"}, timeout=10
    )
    event = response.json()
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert event["routeKey"] == "ANY /v1/items/{id}"
    assert event["rawPath"] == "/v1/items/배터리 1"
    assert event["pathParameters"] == {"id": "배터리 1"}
    assert event["queryStringParameters"] == {"q": "가,b"}
    assert event["body"] == "{}"
    assert event["requestContext"]["http"]["sourceIp"] == event["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert event["requestContext"]["requestId"] == response.headers["apigw-requestid"]


def test_bytes_come_back_as_they_are(stack: Stack) -> None:
    response = requests.get(f"{stack.url}/v1/picture", timeout=10)
    assert (response.headers["content-type"], response.content) == ("image/png", bytes(range(256)))


def test_a_body_is_not_decompressed_on_the_way(stack: Stack) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    event = requests.put(f"{stack.url}/v1/items/1", data=b"\x1f\x8bno gzip", headers=headers, timeout=10).json()
    assert (event["isBase64Encoded"], event["body"]) == (True, "H4tubyBnemlw")


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("GET", "/v2", 404, "Not Found"),
        ("POST", "/v1/picture", 404, "Not Found"),
        ("GET", "/v1/odd/raise", 500, "Internal Server Error"),
        ("GET", "/v1/odd/exit", 500, "Internal Server Error"),
        ("GET", "/v1/odd/sleep", 500, "Internal Server Error"),
        ("GET", "/v1/odd/huge", 500, "Internal Server Error"),
        ("GET", "/v1/odd/malformed", 500, "Internal Server Error"),
        ("GET", "/v1/items/" + "x" * 10_300, 431, "Request Header Fields Too Large"),
        ("GET", "/v1/items/" + "x" * 100_000, 431, "Request Header Fields Too Large"),
    ],
)
def test_what_goes_wrong_is_answered_as_by_api_gateway(
    stack: Stack, method: str, path: str, status: int, message: str
) -> None:
    response = requests.request(method, stack.url + path, timeout=10)
    assert (response.status_code, response.json()) == (status, {"message": message})


def test_header_values_count_towards_the_limit(stack: Stack) -> None:
    assert requests.get(f"{stack.url}/v1/picture", headers={"x": "y" * 9_000}, timeout=10).status_code == 200
    assert requests.get(f"{stack.url}/v1/picture", headers={"x": "y" * 10_240}, timeout=10).status_code == 431


def test_bytes_that_are_no_text_are_replaced(stack: Stack) -> None:
    host, port = stack.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        client.sendall(b"GET /v1/items/%FF?a=%FF HTTP/1.1\r\nHost: a:b:c\r\nX-A: \xff\xe9\r\nConnection: close\r\n\r\n")
        head, _, body = b"".join(iter(lambda: client.recv(65_536), b"")).partition(b"\r\n\r\n")
    event = json.loads(body)
    assert head.startswith(b"HTTP/1.1 200 ")
    assert (event["headers"]["x-a"], event["pathParameters"], event["queryStringParameters"]) == (
        "\ufffd\ufffd",
        {"id": "\ufffd"},
        {"a": "\ufffd"},
    )


@pytest.mark.parametrize("size", [7_000_000, 10_485_761], ids=["more than a function takes", "more than the API takes"])
def test_a_body_that_is_too_large_is_refused(stack: Stack, size: int) -> None:
    response = requests.post(f"{stack.url}/v1/items/1", data=b"x" * size, timeout=10)
    assert (response.status_code, response.json()) == (413, {"message": "Request Entity Too Large"})


def test_a_function_that_answers_too_late_is_not_waited_for(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "INTEGRATION_SECONDS", 0.2)
    response = requests.get(f"{stack.url}/v1/odd/sleep", timeout=10)
    assert (response.status_code, response.json()) == (503, {"message": "Service Unavailable"})


def test_under_overload_some_are_answered_and_the_others_refused_at_once(cloud: Cloud, tmp_path: Path) -> None:
    """Twelve at once, of whom three are taken: one after the other, by one process. Then all is as before."""
    with Stack(settings(cloud, tmp_path, concurrency=1, requests=3)) as stack:

        def nap(_: int = 0) -> tuple[int, bool]:
            response = requests.get(f"{stack.url}/v1/odd/nap", timeout=10)
            refused = response.status_code == 503 and response.json() == {"message": "Service Unavailable"}
            return response.status_code, refused

        assert nap() == (200, False)
        with ThreadPoolExecutor(12) as crowd:
            began = time.monotonic()
            answers = sorted(crowd.map(nap, range(12)))
            took = time.monotonic() - began
        assert answers == [(200, False)] * 3 + [(503, True)] * 9
        assert took < PATIENCE / 3, "nobody waited for those who were refused"
        assert nap() == (200, False)
        counters = stack.counters("OddFunction")
        assert (counters.invocations, counters.throttled, counters.errors) == (5, 9, 0)


# Start and stop


def test_a_second_start_finds_all_data(cloud: Cloud, tmp_path: Path) -> None:
    made = settings(cloud, tmp_path)
    with Stack(made) as stack:
        cloud.s3_client().put_object(Bucket=stack.bucket_name("Bucket"), Key="k", Body=b"kept")
        cloud.dynamodb_client().put_item(TableName=stack.table_name("Table"), Item={"id": {"S": "kept"}})
    with Stack(made) as stack:
        assert cloud.s3_client().get_object(Bucket=stack.bucket_name("Bucket"), Key="k")["Body"].read() == b"kept"
        assert Ledger(stack, cloud).entry("kept") == {"id": "kept"}


def test_a_table_with_other_keys_is_not_used(cloud: Cloud, tmp_path: Path) -> None:
    name = f"test-{uuid.uuid4().hex[:8]}"
    with Stack(settings(cloud, tmp_path, name=name)):
        pass
    with pytest.raises(InvalidInput, match="id HASH S.*key HASH S") as caught:
        Stack(settings(cloud, tmp_path, name=name, parameters={"KeyName": "key"})).start()
    assert caught.value.field == "Table"
    assert f"Delete the table {name}-Table" in caught.value.remedy


def test_a_taken_port_is_named(cloud: Cloud, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidInput, match=f"port {port} is taken") as caught:
            Stack(settings(cloud, tmp_path, port=port)).start()
    assert caught.value.field == "API_PORT"


def test_nothing_is_left_after_a_stop(cloud: Cloud, tmp_path: Path) -> None:
    stack = Stack(settings(cloud, tmp_path))
    stack.start()
    stack.invoke("EchoFunction", {})
    pids = stack.workers("EchoFunction")
    url = stack.url
    stack.stop()
    stack.stop()
    assert pids
    assert not any(map(psutil.pid_exists, pids))
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=1)


KILLED = """
import sys, time
from pathlib import Path
import msgspec
from infra.local.stack import Stack, StackSettings
with Stack(msgspec.json.decode(sys.argv[1], type=StackSettings, dec_hook=lambda kind, value: kind(value))) as stack:
    stack.invoke("EchoFunction", {})
    print(*stack.workers("EchoFunction"), flush=True)
    time.sleep(60)
"""


def test_the_functions_die_with_a_stack_that_is_killed(cloud: Cloud, tmp_path: Path) -> None:
    made = msgspec.json.encode(settings(cloud, tmp_path), enc_hook=str).decode()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(  # noqa: S603 - ours
        [sys.executable, "-c", KILLED, made], stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        parent.kill()
    assert children
    assert psutil.wait_procs(children, timeout=PATIENCE)[1] == []
