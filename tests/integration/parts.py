"""The template's tables, queues and bucket on the real local servers, as the stages see them.

Each is made when it is asked for first: most tests need three of some forty.
"""

from __future__ import annotations

import atexit
import json
import os
import threading
import uuid
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from unittest.mock import patch

import msgspec

from infra.local.provision import provision
from infra.local.service import cloud_at
from infra.local.standin import standing_in
from infra.local.template import Site, Template, load, template_of
from socialindex.aws import clients
from socialindex.aws.access import Access
from socialindex.aws.archive import Archive
from socialindex.aws.channels import Channels
from socialindex.aws.frontier import Frontier
from socialindex.aws.hosts import Hosts
from socialindex.aws.organizations import Organizations
from socialindex.aws.outcomes import Outcomes
from socialindex.aws.queues import Queue

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from infra.local.cloud import Cloud
    from infra.local.servers import Running
    from infra.local.template.model import Bucket, Function, Table, Topic
    from infra.local.template.model import Queue as Queued

    Stored = Queued | Table | Bucket | Topic

P = TypeVar("P")

TEMPLATE = Path(__file__).parents[2] / "template.yaml"


class Parts:
    """Everything but the engine, empty at first.

    ``template`` names all that there may be; what its names are used for, beside this class, must be ``make``d.
    """

    def __init__(self, template: Template, cloud: Cloud) -> None:
        self.template = template
        self.cloud = cloud
        self._made = set[str]()
        self._making = threading.Lock()

    @property
    def channels(self) -> Channels:
        return Channels(self.table("ChannelsTable"))

    @property
    def hosts(self) -> Hosts:
        return Hosts(self.table("HostsTable"))

    @property
    def frontier(self) -> Frontier:
        return Frontier(self.table("FrontierTable"))

    @property
    def outcomes(self) -> Outcomes:
        return Outcomes(self.table("OutcomesTable"))

    @property
    def access(self) -> Access:
        return Access(self.table("AccessTable"))

    @property
    def organizations(self) -> Organizations:
        return Organizations(self.table("AccessTable"))

    @property
    def archive(self) -> Archive:
        return Archive(self.bucket)

    @property
    def bucket(self) -> str:
        """The archive's name."""
        self.make("ArchiveBucket")
        return self.template.buckets["ArchiveBucket"].name

    def table(self, logical_id: str) -> str:
        self.make(logical_id)
        return self.template.tables[logical_id].name

    def topic(self, logical_id: str) -> str:
        """The topic's ARN."""
        self.make(logical_id)
        return self.cloud.arn("sns", self.template.topics[logical_id].name)

    def queue(self, logical_id: str) -> Queue:
        return Queue(self._url(logical_id))

    def make(self, *logical_ids: str) -> None:
        """Let these be there, and the queues that their dead letters go to."""
        with self._making:
            wanted = {*logical_ids, *self._letters(logical_ids)} - self._made
            kinds = ("queues", "tables", "buckets", "topics")
            parts = {kind: _in(getattr(self.template, kind), wanted) for kind in kinds}
            provision(msgspec.structs.replace(self.template, **parts), self.cloud)
            self._made |= wanted

    def make_for(self, function: Function) -> None:
        """Let all be there that a function's environment names."""
        template, named = self.template, " ".join(function.environment.values())
        stores: list[Stored] = [*template.queues.values(), *template.tables.values()]
        stores += [*template.buckets.values(), *template.topics.values()]
        self.make(*(store.logical_id for store in stores if store.name in named))

    def _letters(self, logical_ids: Collection[str]) -> list[str]:
        queues = self.template.queues
        policies = (queue.attributes.get("RedrivePolicy", "{}") for queue in _in(queues, logical_ids).values())
        targets = {json.loads(policy).get("deadLetterTargetArn") for policy in policies}
        return [name for name, queue in queues.items() if queue.arn in targets]

    def receive(self, logical_id: str) -> list[tuple[str, str]]:
        """All messages of a queue with their reasons, taken out of it."""
        sqs, url = self.cloud.sqs_client(), self._url(logical_id)
        found: list[tuple[str, str]] = []
        while messages := _receive(sqs, url):
            for message in messages:
                reason = message.get("MessageAttributes", {}).get("reason", {}).get("StringValue", "")
                found.append((message["Body"], reason))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def _url(self, logical_id: str) -> str:
        self.make(logical_id)
        return self.template.queues[logical_id].url


def _in(parts: dict[str, P], names: Collection[str]) -> dict[str, P]:
    return {name: part for name, part in parts.items() if name in names}


def _receive(sqs: Any, url: str) -> list[Any]:
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    messages: list[Any] = answer.get("Messages", [])
    return messages


@contextmanager
def real_parts(servers: Running) -> Iterator[Parts]:
    """Parts of their own on the servers; this process's stages use them until the block ends."""
    cloud = cloud_at(servers, _standin())
    site, engine = Site(f"parts-{uuid.uuid4().hex[:8]}", cloud, "http://127.0.0.1"), "http://127.0.0.1:9"
    template = template_of(_document(), TEMPLATE.parent, site, parameters={"EngineUrl": engine})
    _forget()
    with patch.dict(os.environ, cloud.environment()):
        yield Parts(template, cloud)
    _forget()


@cache
def _document() -> dict[str, object]:
    """The template's file, parsed once for all tests of this process: that takes most of the time to read it."""
    return load(TEMPLATE)


@cache
def _standin() -> str:
    """One for all tests of this process, whose memory it keeps what it is told in anyway."""
    running = ExitStack()
    atexit.register(running.close)
    return running.enter_context(standing_in())


def _forget() -> None:
    """The stages keep their clients for the life of a process."""
    for client in (clients.dynamodb, clients.sqs, clients.s3, clients.secretsmanager, clients.sns, clients.sesv2):
        client.cache_clear()


def unique(kind: str) -> str:
    """A name that no other test has."""
    return f"{kind}-{uuid.uuid4().hex[:12]}"


def event(*bodies: str, receives: int = 1) -> dict[str, Any]:
    """An SQS event of these messages, named by their numbers."""
    attributes = {"ApproximateReceiveCount": str(receives)}
    return {
        "Records": [
            {"messageId": str(number), "body": body, "attributes": attributes} for number, body in enumerate(bodies)
        ]
    }
