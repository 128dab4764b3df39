"""The API with organizations, plans and the audit log on a real table, and an engine that only counts questions."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from socialindex.access import Scope
from socialindex.aws.access import Access
from socialindex.aws.audit import AuditLog
from socialindex.aws.founding import new_key, new_organization
from socialindex.aws.imports import ImportsTable, Uploads
from socialindex.aws.usage import Usage
from socialindex.organizations import ALL
from socialindex.search.api import Api
from socialindex.search.auditing import Auditor
from socialindex.search.closing import ImportsOfWorkspace
from socialindex.search.imports import ImportsPart
from socialindex.search.keys import KeysPart
from socialindex.search.metering import Meter
from socialindex.search.organizations import OrganizationsPart
from socialindex.search.usage import UsagePart
from socialindex.search.workspaces import WorkspacesPart
from tests.integration.parts import unique

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.parts import Parts


@dataclass(eq=False)  # a client counts as itself, as the real one does
class Engine:
    """Finds as many posts as it is told to, and counts how often it is asked; or fails."""

    posts: int = 0
    fails: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)

    def search(self, **question: Any) -> dict[str, Any]:
        self.asked.append(question)
        time.sleep(0.002)
        hits = [{"_id": str(number), "_source": {"id": str(number)}, "sort": [number]} for number in range(self.posts)]
        return {
            "timed_out": self.fails,
            "_shards": {"failed": 0},
            "hits": {"hits": hits, "total": {"value": self.posts}},
            "aggregations": {},
        }


class Told(NamedTuple):
    status: int
    headers: dict[str, str]
    body: Any


class Environment:
    """One process of the search function: what it remembers is its own."""

    def __init__(self, parts: Parts, engine: Engine, clock: Callable[[], float]) -> None:
        table = parts.table("AccessTable")
        self.access = Access(table, sandbox="ws_sample", clock=clock)
        self.usage = Usage(parts.table("UsageTable"))
        self.log = AuditLog(parts.table("AuditTable"), 730)
        imports, queue = ImportsTable(parts.table("ImportsTable")), parts.queue("ImportsQueue")
        uploads, rooms = Uploads(parts.bucket), [ImportsOfWorkspace(imports, queue)]
        changed = self.access.forget
        self.api = Api(
            cast("Any", engine),
            self.access,
            cast("Any", None),
            [
                OrganizationsPart(parts.organizations, rooms, changed).routes(),
                WorkspacesPart(parts.organizations, rooms, changed).routes(),
                KeysPart(parts.organizations, changed).routes(),
                UsagePart(parts.organizations, self.usage, self.log).routes(),
                ImportsPart(imports, uploads, queue).routes(),
            ],
            meter=Meter(self.usage),
            auditor=Auditor(self.log),
        )


class Service:
    """Calls the API as clients do; each request goes to the environment that is named."""

    def __init__(self, parts: Parts, environments: int = 1) -> None:
        self.parts = parts
        self.engine = Engine()
        self.ahead = 0.0
        """Seconds that the look-up of keys is ahead of time."""
        self.environments = [
            Environment(parts, self.engine, lambda: time.time() + self.ahead) for _ in range(environments)
        ]
        operator = new_organization(parts.organizations, "The operator")
        self.admin = new_key(parts.organizations, operator, workspaces=[ALL], scopes=list(Scope))

    def call(
        self,
        key: str,
        route: str,
        body: Any = None,
        *,
        id: str = "",  # noqa: A002 - the parameter's name
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        at: int = 0,
    ) -> Told:
        answer = self.environments[at].api.handle(
            {
                "requestContext": {"requestId": unique("r")},
                "routeKey": route,
                "pathParameters": {"id": id} if id else {},
                "queryStringParameters": query or {},
                "headers": {"authorization": f"Bearer {key}", **(headers or {})},
                "body": None if body is None else json.dumps(body),
            }
        )
        return Told(answer["statusCode"], answer["headers"], json.loads(answer.get("body") or "null"))

    def done(self, key: str, route: str, body: Any = None, **further: Any) -> Any:
        """The body of a success."""
        told = self.call(key, route, body, **further)
        assert told.status < 300, told
        return told.body

    def organization(self, plan: str = "agency", **limits: int) -> Organization:
        body = {"name": unique("Invented Agency"), "plan": plan, "limits": limits}
        made = self.done(self.admin, "POST /v1/organizations", body)
        manager = new_key(
            self.parts.organizations, made["id"], workspaces=[ALL], scopes=[Scope.MANAGE, Scope.READ], label="manager"
        )
        return Organization(self, made["id"], manager)


class Organization(NamedTuple):
    """An organization with the key of who runs it."""

    service: Service
    id: str
    manager: str

    def workspace(self) -> str:
        made: str = self.service.done(self.manager, "POST /v1/workspaces", {"name": unique("client")})["id"]
        return made

    def key(self, **fields: Any) -> tuple[str, str]:
        """A new key's id and secret."""
        body = {"label": "a machine", "scopes": ["read"], **fields}
        made = self.service.done(self.manager, "POST /v1/keys", body)
        return made["key"]["id"], made["secret"]
