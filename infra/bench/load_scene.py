"""What the load test asks: the whole service over a small index, with two clients; and who is at work in it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from infra.bench.load_requests import Client
from infra.bench.progress import say
from infra.local.servers import DynamoDb, OpenSearch
from socialindex.access import Scope
from socialindex.aws.founding import new_key, new_organization
from socialindex.aws.organizations import Organizations
from socialindex.client import Client as Api
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from infra.bench.load_watch import Processes
    from infra.local.service import Service

TOPIC: Final = '배터리 OR 누리폰 OR "Nuri Phone"'
FUNCTIONS: Final = ("SearchFunction", "NetworkFunction")
"""Those that answer requests."""
_PATIENCE: Final = 120.0
_LOOK: Final = 0.5


def listening_client(service: Service) -> Client:
    """The service's client, with a topic that has mentions.

    Raises:
        Unavailable: the topic has none in time.
    """
    api = Api(service.stack.url, service.keys.client)
    (workspace,) = api.workspaces()
    topic = api.add_topic("배터리", TOPIC)
    say("  filling a topic ...")
    deadline = time.monotonic() + _PATIENCE
    while not api.call("GET", f"/v1/topics/{topic.id}/mentions?limit=1&from=start")["items"]:
        if time.monotonic() > deadline:
            raise Unavailable(f"topic {topic.id} has no mentions after {_PATIENCE:.0f} seconds")
        time.sleep(_LOOK)
    return Client(service.keys.client, workspace.id, topic.id)


def loud_client(service: Service) -> Client:
    """A client whose plan grants thirty requests a minute, all at once if need be."""
    organizations = Organizations(service.stack.table_name("AccessTable"))
    organization = new_organization(organizations, "A loud client", "trial")
    key = new_key(organizations, organization, workspaces=[], scopes=[Scope.READ])
    return Client(key, workspace="", topic="")


def processes(service: Service) -> Processes:
    """Who works on a request, by what they are."""
    found = {name: service.stack.workers(name) for name in FUNCTIONS}
    servers = {kind.name: service.servers.get(kind).pid for kind in (OpenSearch, DynamoDb)}
    return {**found, **{name: [pid] for name, pid in servers.items() if pid}, "gateway": [os.getpid()]}


def failures(service: Service) -> int:
    """Invocations that ended in an error, of the functions that answer requests."""
    return sum(service.stack.counters(name).errors for name in FUNCTIONS)
