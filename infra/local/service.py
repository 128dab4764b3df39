"""The whole service on this machine: servers, the template's stack on them, the engine's setup and the first keys.

    with running_service(ServiceOptions(...)) as service:
        client = Client(service.stack.url, service.keys.client)

``make run`` and the integration tests start it alike; they differ in ports, data and the template's parameters.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from infra.local.cloud import Cloud
from infra.local.keys import Keys, first_keys
from infra.local.mailbox import mailbox
from infra.local.reach import Addresses, reach_of
from infra.local.servers import S3, DynamoDb, OpenSearch, Running, ServerConfig, Sqs, start_all
from infra.local.servers.s3 import S3Config
from infra.local.stack import Stack, StackSettings
from infra.local.standin import Credentials, keep_secret, standing_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from socialindex.ops.reach import LocalStack

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "template.yaml"

API_PORT_SETTING = "API_PORT"

PARAMETERS = {
    "EngineSigned": "false",
    "CrawlerContact": "http://localhost/crawler",
    "AllowLoopback": "true",
    "CrawlDelaySeconds": "0.05",
    "PollSeconds": "30",
    "PollFloorSeconds": "10",
    "PollCeilingSeconds": "120",
    "LeaseSeconds": "15",
    "TopicSettleSeconds": "20",
    "SandboxWorkspace": "public",
    "MailFrom": "alerts@socialindex.example",
}
"""The template's parameters on one machine: plain requests to the engine, and a sample world on loopback addresses
whose hosts are ours, so that we need not be slow with them. All that is public here is the sample world."""

_SECRET = "socialindex/credentials"  # noqa: S105 - a name
_RETRY_SECONDS = 5
"""After which a failed message is tried again here, where nobody wants to wait for minutes."""


@dataclass(frozen=True, kw_only=True)
class ServiceOptions:
    """What a service on this machine is made of."""

    data: Path
    servers: Sequence[ServerConfig]
    api_port: int = 0
    speed: float = 1.0
    parameters: dict[str, str] = field(default_factory=dict)
    """Beside or instead of ``PARAMETERS``."""
    credentials: Credentials = field(default_factory=dict)
    """Of platforms, by host; kept at a stand-in for Secrets Manager."""


class Service(NamedTuple):
    """A running service."""

    servers: Running
    stack: Stack
    keys: Keys
    cloud: Cloud

    def reach(self) -> LocalStack:
        """What operators need to know of it."""
        addresses = Addresses(engine=self.servers.get(OpenSearch).url, api=self.stack.url)
        return reach_of(self.stack.template, self.cloud, addresses)


@contextmanager
def running_service(options: ServiceOptions, say: Callable[[str], None] = lambda _: None) -> Iterator[Service]:
    """Start everything, and stop it at the end; ``say`` is told what is being done.

    Raises:
        InvalidInput: a port is taken, or the template cannot be run.
        Unavailable: a part cannot be had or does not answer.
    """
    say("Starting the engine, queues, tables and the bucket ...")
    with start_all(options.servers) as servers, _standing_in(options.credentials) as standin:
        cloud = cloud_at(servers, standin)
        settings = _settings(options, servers, cloud)
        say("Starting the functions of template.yaml ...")
        with mailbox(options.data / "mail", cloud, settings.parameters["MailFrom"]), Stack(settings) as stack:
            stack.invoke("SetupFunction", {})
            keys = first_keys(options.data, cloud, stack.table_name("AccessTable"))
            yield Service(servers, stack, keys, cloud)


def cloud_at(servers: Running, standin: str) -> Cloud:
    """Where the parts of AWS are: at these servers, and at the address of what stands in for the others."""
    bucket = servers.get(S3).config
    if not isinstance(bucket, S3Config):
        raise TypeError("the S3 server has no settings of its own")
    return Cloud(
        sqs=servers.get(Sqs).url,
        dynamodb=servers.get(DynamoDb).url,
        s3=servers.get(S3).url,
        standin=standin,
        region=bucket.region,
        access_key=bucket.access_key,
        secret_key=bucket.secret_key,
    )


@contextmanager
def _standing_in(credentials: Credentials) -> Iterator[str]:
    """The address of what stands in for Secrets Manager, which has the credentials, for SNS and for SES."""
    with standing_in() as url:
        if credentials:
            keep_secret(url, _SECRET, credentials)
        yield url


def _settings(options: ServiceOptions, servers: Running, cloud: Cloud) -> StackSettings:
    return StackSettings(
        template=TEMPLATE,
        data=options.data,
        cloud=cloud,
        name="socialindex",
        parameters={
            **PARAMETERS,
            "EngineUrl": servers.get(OpenSearch).url,
            "CredentialsSecret": _SECRET if options.credentials else "",
            **options.parameters,
        },
        port=options.api_port,
        port_setting=API_PORT_SETTING,
        speed=options.speed,
        retry_visibility=_RETRY_SECONDS,
    )
