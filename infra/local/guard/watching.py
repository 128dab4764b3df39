"""Watches a process's calls of AWS and of the engine: each new one is written down, and refused if nothing allows it.

Clients are watched where every call passes, presigned addresses too: before parameters are sent or signed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import botocore.client
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.guard.calls import Call, needed
from infra.local.guard.engine import asked
from infra.local.guard.policy import Statement, allowed
from socialindex.aws import updating
from socialindex.opensearch import TransportError, Urllib3HttpConnection

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_DENIED = "neither the function's policy in template.yaml nor its role in the engine allows"


class Watch:
    """The calls of one function; ``record`` is a file that its processes share, a call a line."""

    def __init__(self, statements: list[Statement], record: Path) -> None:
        self._statements = statements
        self._record = record
        self._known: dict[Call, bool] = {}

    def refused(self, call: Call) -> bool:
        """Whether a call is refused."""
        short = _short(call)
        if short not in self._known:
            self._known[short] = allowed(self._statements, call)
            with self._record.open("a", encoding="utf-8") as record:
                record.write(f"{'' if self._known[short] else 'DENIED '}{short.action} {short.resource}\n")
        return not self._known[short]


def install(policy: Path, record: Path) -> None:
    """Watch this process from now on; ``policy`` is a JSON list of ``[actions, resources]``."""
    given = json.loads(policy.read_text("utf-8"))
    watch = Watch([Statement(*map(tuple, one)) for one in given], record)
    _watch_aws(watch)
    _watch_updates(watch)
    _watch_engine(watch)


def _watch_aws(watch: Watch) -> None:
    emit = botocore.client.BaseClient._emit_api_params  # type: ignore[attr-defined]  # noqa: SLF001 - all calls pass it

    def watched(self: Any, api_params: Mapping[str, Any], operation_model: Any, context: Any) -> Any:  # noqa: ANN401 - botocore's
        service, operation = operation_model.service_model.service_name, operation_model.name
        for call in needed(service, operation, api_params):
            if watch.refused(call):
                message = f"{_DENIED} {call.action} on {call.resource}"
                raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, operation)
        return emit(self, api_params, operation_model, context)

    botocore.client.BaseClient._emit_api_params = watched  # type: ignore[attr-defined]  # noqa: SLF001 - likewise


def _watch_updates(watch: Watch) -> None:
    """Those that go past boto3: what is refused has no plain answer, so that boto3 sends it again, and is refused."""
    send = updating._Sender.send  # noqa: SLF001 - all of them pass it

    def watched(self: Any, body: bytes) -> Any:  # noqa: ANN401 - as it has it
        if any(map(watch.refused, needed("dynamodb", "UpdateItem", json.loads(body)))):
            raise BotoCoreError
        return send(self, body)

    updating._Sender.send = watched  # type: ignore[method-assign]  # noqa: SLF001 - likewise


def _watch_engine(watch: Watch) -> None:
    perform = Urllib3HttpConnection.perform_request

    def watched(self: Any, method: str, url: str, params: Any, body: bytes | None, **further: Any) -> Any:  # noqa: ANN401 - opensearch-py's
        for call in (Call(f"es:ESHttp{method.capitalize()}", "engine"), *asked(method, url, body)):
            if watch.refused(call):
                raise TransportError(403, "access_denied", f"{_DENIED} {call.action} on {call.resource}")
        return perform(self, method, url, params, body, **further)

    Urllib3HttpConnection.perform_request = watched  # type: ignore[assignment, method-assign]


def _short(call: Call) -> Call:
    """Objects by the first part of their key: a policy tells them apart by no more."""
    bucket, _, key = call.resource.partition("/")
    prefix, _, rest = key.partition("/")
    return Call(call.action, f"{bucket}/{prefix}/...") if call.action.startswith("s3:") and rest else call
