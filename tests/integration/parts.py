"""The template's tables, queues and bucket on the real local servers, as the stages see them."""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

from infra.local.provision import provision
from infra.local.service import cloud_at
from infra.local.standin import standing_in
from infra.local.template import Site, Template, read_template
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
    from collections.abc import Iterator

    from infra.local.cloud import Cloud
    from infra.local.servers import Running

TEMPLATE = Path(__file__).parents[2] / "template.yaml"


class Parts(NamedTuple):
    """Everything but the engine, empty at first."""

    template: Template
    cloud: Cloud

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
        return Archive(self.template.buckets["ArchiveBucket"].name)

    def table(self, logical_id: str) -> str:
        return self.template.tables[logical_id].name

    def queue(self, logical_id: str) -> Queue:
        return Queue(self.template.queues[logical_id].url)

    def receive(self, logical_id: str) -> list[tuple[str, str]]:
        """All messages of a queue with their reasons, taken out of it."""
        sqs, url = self.cloud.sqs_client(), self.template.queues[logical_id].url
        found: list[tuple[str, str]] = []
        while messages := _receive(sqs, url):
            for message in messages:
                reason = message.get("MessageAttributes", {}).get("reason", {}).get("StringValue", "")
                found.append((message["Body"], reason))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found


def _receive(sqs: Any, url: str) -> list[Any]:
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    messages: list[Any] = answer.get("Messages", [])
    return messages


@contextmanager
def real_parts(servers: Running) -> Iterator[Parts]:
    """Parts of their own on the servers; this process's stages use them until the block ends."""
    with standing_in() as standin:
        cloud = cloud_at(servers, standin)
        site, engine = Site(f"parts-{uuid.uuid4().hex[:8]}", cloud, "http://127.0.0.1"), "http://127.0.0.1:9"
        template = read_template(TEMPLATE, site, parameters={"EngineUrl": engine})
        provision(template, cloud)
        _forget()
        with patch.dict(os.environ, cloud.environment()):
            yield Parts(template, cloud)
        _forget()


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
