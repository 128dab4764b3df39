"""People who ask the engine through the gate: its function's own handler, with events of an HTTP API."""

from __future__ import annotations

import json
import os
import runpy
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch
from urllib.parse import parse_qsl

import msgspec

from infra.local.events.http_event import Place, Request, answer, event
from infra.local.events.routes import Match
from infra.local.service import TEMPLATE
from infra.local.template.model import Route
from socialindex import settings
from socialindex.gate.routes import BASE
from tests.integration.gate_standin import dashboards
from tests.integration.secured import Person, Told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Handler = Callable[[dict[str, Any], object], dict[str, Any]]

ROUTE: Final = Match(Route(function="GateFunction", api="GateApi", method="ANY", path="$default"), {})
CONTEXT: Final = SimpleNamespace(
    function_name="gate", memory_limit_in_mb=1024, invoked_function_arn="arn", aws_request_id="test"
)


@dataclass(frozen=True)
class Visitor(Person):
    """Somebody who has nothing but the gate: what they would ask the engine, they have Dashboards ask."""

    handler: Handler | None = None

    def ask(self, method: str, path: str, body: object = None, tenant: str | None = None) -> Told:
        """Ask what the engine would be asked; what Dashboards has no words for is asked for by its path."""
        where, _, query = path.partition("?")
        if method == "POST" and where.endswith("/_search") and where.count("/") == 2:
            params = {"index": where.split("/")[1], "body": body or {}, **dict(parse_qsl(query))}
            return self.say("/internal/search/opensearch", {"params": params}, tenant=tenant)
        if where == "/_msearch" and isinstance(body, str):
            lines = [json.loads(line) for line in body.splitlines()]
            pairs = zip(lines[::2], lines[1::2], strict=True)
            return self.say("/internal/_msearch", {"searches": [{"header": head, "body": one} for head, one in pairs]})
        return self.say(where, body, method, query=query, tenant=tenant)

    def say(self, path: str, body: object, method: str = "POST", *, query: str = "", tenant: str | None = None) -> Told:
        """One request at the gate."""
        assert self.handler is not None
        said = {"Content-Type": "application/json", "osd-xsrf": "true", "securitytenant": tenant or "", **self.headers}
        asked = Request(
            method=method,
            path=BASE + path,
            query=query,
            protocol="HTTP/1.1",
            headers=list(said.items()),
            body=b"" if body is None else json.dumps(body).encode(),
            source_ip="192.0.2.1",
        )
        payload = event(asked, ROUTE, Place(account="111122223333", request_id="r1"), datetime.now(UTC))
        told = answer(msgspec.json.encode(self.handler(msgspec.json.decode(payload), CONTEXT)))
        assert told is not None, "the gateway cannot read the function's answer"
        return Told(told.status, told.body.decode())


@contextmanager
def gate(engine_url: str) -> Iterator[Handler]:
    """The handler, before a stand-in for Dashboards."""
    with dashboards(engine_url) as url, patch.dict(os.environ, {"ENGINE_URL": url}):
        settings.load.cache_clear()
        yield runpy.run_path(str(TEMPLATE.parent / "functions" / "gate" / "app.py"))["handler"]
    settings.load.cache_clear()
