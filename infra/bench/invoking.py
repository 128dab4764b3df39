"""Functions' handlers in this process: a real event in, its answer out, as Lambda calls them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

import msgspec

from infra.local.events.http_event import Place, Request, event
from infra.local.events.routes import Routes
from infra.local.provision import provision
from infra.local.service import PARAMETERS, TEMPLATE
from infra.local.template import Site, read_template
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from infra.local.cloud import Cloud
    from infra.local.template.model import Function, Template

    Handler = Callable[[dict[str, Any], SimpleNamespace], dict[str, Any]]

_FUNCTION: Final = "SearchFunction"
NOBODY: Final = "http://127.0.0.1:9"
"""The discard port: for what is not needed."""


def provisioned(cloud: Cloud, engine: str) -> Template:
    """The template before this engine; its tables are there, and nothing else of it."""
    site = Site("socialindex", cloud, NOBODY)
    template = read_template(TEMPLATE, site, parameters={**PARAMETERS, "EngineUrl": engine})
    provision(msgspec.structs.replace(template, queues={}, buckets={}, topics={}), cloud)
    return template


class Invoker:
    """The search function's handler with an API key.

    Args:
        template: whose search function it is; its environment counts while the function is loaded.
        key: of who asks.
        accepts: what the client unpacks.
    """

    def __init__(self, template: Template, key: str, accepts: str = "") -> None:
        function = template.functions[_FUNCTION]
        self.module = module_of(function)
        self._handler: Handler = self.module.handler
        self.context = context_of(function)
        self._routes = Routes(template.routes)
        self._headers = [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json")]
        self._headers += [("Accept-Encoding", accepts)] if accepts else []

    def event(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The event of a POST.

        Raises:
            LookupError: the template has no such route.
        """
        match = self._routes.match("POST", path)
        if match is None:
            raise LookupError(f"the template has no route POST {path}")
        request = Request(
            method="POST",
            path=path,
            query="",
            protocol="HTTP/1.1",
            headers=self._headers,
            body=msgspec.json.encode(body),
            source_ip="127.0.0.1",
        )
        place = Place(account="000000000000", request_id=f"bench-{os.urandom(6).hex()}")
        made: dict[str, Any] = msgspec.json.decode(event(request, match, place, datetime.now(tz=UTC)))
        return made

    def __call__(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What the handler gives back.

        Raises:
            Unavailable: it is no success.
        """
        answer = self._handler(payload, self.context)
        if answer["statusCode"] != 200:  # noqa: PLR2004 - HTTP's OK
            raise Unavailable(f"{payload.get('body')}: {answer['body']}")
        return answer


def context_of(function: Function) -> SimpleNamespace:
    """What Lambda says of an invocation, as far as a logger asks for it."""
    return SimpleNamespace(
        function_name=function.name,
        memory_limit_in_mb=function.memory,
        invoked_function_arn=function.arn,
        aws_request_id="bench",
    )


def module_of(function: Function) -> ModuleType:
    """The function's module, imported with the environment that the template gives it."""
    spec = spec_from_file_location(f"{function.code.name}_app", function.code / "app.py")
    if spec is None or spec.loader is None:
        raise LookupError(f"{function.code}/app.py is not there")
    module = module_from_spec(spec)
    with patch.dict(os.environ, function.environment):
        spec.loader.exec_module(module)
    return module
