"""The real servers: what they keep, what they leave behind, and how they fail."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import opensearchpy
import psutil
import pytest

from infra.local.artifacts.cache import PROJECT
from infra.local.servers import (
    S3,
    DynamoDbConfig,
    OpenSearch,
    OpenSearchConfig,
    Running,
    S3Config,
    ServerConfig,
    SqsConfig,
    free_port,
    start_all,
)
from socialindex.errors import InvalidInput, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.integration

GONE_SECONDS = 10.0


def aws(service: Any, url: str, secret: str = S3Config.secret_key) -> Any:
    """A client with the dummies that the S3 server checks and the others ignore."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=S3Config.access_key,
        aws_secret_access_key=secret,
    )


def index_post(url: str, name: str) -> None:
    with opensearchpy.OpenSearch(url) as client:
        client.index(index=f"posts-{name}", id="1", body={"text": "보조배터리 발화"}, params={"refresh": "true"})


def posts(url: str, name: str) -> int:
    with opensearchpy.OpenSearch(url) as client:
        return int(client.count(index=f"posts-{name}", params={"ignore_unavailable": "true"})["count"])


def send_message(url: str, name: str) -> None:
    queues = aws("sqs", url)
    queue = queues.create_queue(QueueName=name)["QueueUrl"]
    queues.send_message(QueueUrl=queue, MessageBody="보조배터리")


def messages(url: str, name: str) -> int:
    queues = aws("sqs", url)
    found = queues.list_queues(QueueNamePrefix=name).get("QueueUrls", [])
    return sum(len(queues.receive_message(QueueUrl=queue).get("Messages", [])) for queue in found)


def put_item(url: str, name: str) -> None:
    tables = aws("dynamodb", url)
    tables.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    tables.put_item(TableName=name, Item={"id": {"S": "보조배터리"}})


def items(url: str, name: str) -> int:
    tables = aws("dynamodb", url)
    found = [each for each in tables.list_tables()["TableNames"] if each == name]
    return sum(tables.scan(TableName=each)["Count"] for each in found)


def put_versions(url: str, name: str) -> None:
    store = aws("s3", url)
    store.create_bucket(Bucket=name)
    store.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    store.put_object(Bucket=name, Key="보조/배터리", Body=b"1", Metadata={"source": "board"})
    store.put_object(Bucket=name, Key="보조/배터리", Body=b"2")


def versions(url: str, name: str) -> int:
    store = aws("s3", url)
    found = [each["Name"] for each in store.list_buckets().get("Buckets", []) if each["Name"] == name]
    return sum(len(store.list_object_versions(Bucket=each)["Versions"]) for each in found)


@dataclass(frozen=True)
class Kind:
    """A server, a way to put something under a name into it, and to count what it has under a name."""

    config: type[ServerConfig]
    put: Callable[[str, str], None]
    count: Callable[[str, str], int]
    per_put: int = 1

    def configured(self, data: Path, *, persistent: bool = True) -> ServerConfig:
        options: dict[str, Any] = {"data": data, "port": free_port(), "persistent": persistent}
        if self.config is OpenSearchConfig:
            options |= {"heap_mb": 512, "quick_start": True}
        return self.config(**options)


KINDS = {
    "OpenSearch": Kind(OpenSearchConfig, index_post, posts),
    "SQS": Kind(SqsConfig, send_message, messages),
    "DynamoDB": Kind(DynamoDbConfig, put_item, items),
    "S3": Kind(S3Config, put_versions, versions, per_put=2),
}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def group_of(leader: int) -> list[psutil.Process]:
    """The processes of a group, zombies left out."""
    members = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return members


def pids(running: Running) -> list[int]:
    return [server.pid for server in running.servers if server.pid is not None]


@pytest.mark.timeout(600)  # three starts of the engine, each of which may take a minute on a busy machine
@every_kind
def test_data_outlives_a_kill_and_a_stop(kind: Kind, tmp_path: Path) -> None:
    config = kind.configured(tmp_path / "데이터 1")
    with start_all([config]) as running:
        [leader] = pids(running)
        kind.put(running.servers[0].url, "first")
        os.killpg(leader, signal.SIGKILL)
    with start_all([config]) as running:
        kind.put(running.servers[0].url, "second")
    with start_all([config]) as running:
        url = running.servers[0].url
        assert [kind.count(url, "first"), kind.count(url, "second")] == [kind.per_put] * 2
        [leader] = pids(running)
        assert group_of(leader)
    assert group_of(leader) == []


@every_kind
def test_what_is_not_persistent_is_gone_after_the_stop(kind: Kind, tmp_path: Path) -> None:
    with start_all([kind.configured(tmp_path, persistent=False)]) as running:
        kind.put(running.servers[0].url, "first")
        assert kind.count(running.servers[0].url, "first") == kind.per_put
    assert not (tmp_path / "store").exists()


def test_korean_is_split_into_morphemes(servers: Running) -> None:
    with opensearchpy.OpenSearch(servers.get(OpenSearch).url) as client:
        tokens = client.indices.analyze(body={"tokenizer": "nori_tokenizer", "text": "보조배터리가 터졌다"})["tokens"]
    assert [token["token"] for token in tokens][:3] == ["보조", "배터리", "가"]


def test_thai_is_split_into_words_though_the_wheels_java_cannot(servers: Running) -> None:
    with opensearchpy.OpenSearch(servers.get(OpenSearch).url) as client:
        tokens = client.indices.analyze(body={"analyzer": "thai", "text": "สวัสดีชาวโลก"})["tokens"]
    assert len(tokens) > 1


def test_a_wrong_key_is_refused_as_in_s3(servers: Running) -> None:
    stranger = aws("s3", servers.get(S3).url, secret="wrong")
    with pytest.raises(stranger.exceptions.ClientError, match="SignatureDoesNotMatch"):
        stranger.list_buckets()


@every_kind
def test_a_taken_port_is_named_with_who_has_it(kind: Kind, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        other = SqsConfig(data=tmp_path / "other", port=free_port(), persistent=False)
        with pytest.raises(InvalidInput, match=f"port {port} is taken by .*{os.getpid()}") as caught:
            start_all([other, kind.config(data=tmp_path / "data", port=port)])
    assert caught.value.field in {"OPENSEARCH_PORT", "SQS_PORT", "DYNAMODB_PORT", "S3_PORT"}
    assert caught.value.field in caught.value.remedy
    assert not list(tmp_path.iterdir()), "nothing was begun"


def test_when_one_dies_its_log_is_shown_and_none_stays(tmp_path: Path) -> None:
    fine = S3Config(data=tmp_path / "s3", port=free_port(), persistent=False)
    dying = SqsConfig(data=tmp_path / "sqs", port=free_port(), heap_mb=1, persistent=False)
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    with pytest.raises(Unavailable, match=r"ElasticMQ ended while it started[\s\S]*heap"):
        start_all([fine, dying])
    assert {process.pid for process in psutil.Process().children(recursive=True)} <= before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", fine.port), timeout=1)


STARTER = """
import sys, threading, time
from pathlib import Path
from infra.local.servers import DynamoDbConfig, OpenSearchConfig, S3Config, SqsConfig, free_port
from infra.local.servers.running import server_for

data = Path(sys.argv[1])
kinds = [OpenSearchConfig, SqsConfig, DynamoDbConfig, S3Config]
started = [server_for(kind(data=data / kind.__name__, port=free_port())) for kind in kinds]

def start():
    for server in started:
        server.start()

# In a thread that ends: the servers must stay nevertheless.
thread = threading.Thread(target=start)
thread.start()
thread.join()
time.sleep(float(sys.argv[2]))
print(*(server.pid for server in started), flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("age", [0, 2], ids=["just started", "running"])
def test_servers_die_with_a_killed_parent(tmp_path: Path, age: int) -> None:
    search_path = os.pathsep.join([str(PROJECT / "shared"), str(PROJECT)])
    parent = subprocess.Popen(  # noqa: S603 -- our own script
        [sys.executable, "-c", STARTER, str(tmp_path), str(age)],
        env=os.environ | {"PYTHONPATH": search_path},
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout
        leaders = [int(pid) for pid in parent.stdout.readline().split()]
        assert [bool(group_of(leader)) for leader in leaders] == [True] * 4
        parent.kill()
    deadline = time.monotonic() + GONE_SECONDS
    while (left := [process for leader in leaders for process in group_of(leader)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []
