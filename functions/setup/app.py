"""Setup: puts index templates and stored scripts into the engine, and keeps the index as the dictionary says.

Safe to run again. The schedule's event goes on with a deployment that waits, and with a new generation of the index;
CloudFormation's is a deployment; every other one puts everything.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from aws_lambda_powertools import Logger

from socialindex import engine, settings
from socialindex.alert.projection import project
from socialindex.aws.alerts import AlertsTable
from socialindex.aws.deployments import Deployments, being_taken_back
from socialindex.aws.dictionary import Dictionary
from socialindex.aws.packages import DomainPackages
from socialindex.aws.topics import TopicsTable
from socialindex.query import names
from socialindex.setup import answering
from socialindex.setup.deployment import Deployment, Parts
from socialindex.setup.rebuilding import SPARE_SECONDS, Rebuilding
from socialindex.setup.stage import Setup

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = Logger()
_settings = settings.load()
_engine = engine.connect(_settings.engine_url, signed=_settings.engine_signed)
_dictionary = Dictionary(_settings.table("dictionary"))
_folder = Path(__file__).parent / "opensearch"
_setup = Setup(_engine, _folder, _dictionary.all)
_alerts = AlertsTable(_settings.table("alerts"))
_rebuilding = Rebuilding(_engine, _folder, _dictionary, TopicsTable(_settings.table("topics")))
names.use(_dictionary)


def _put(_properties: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Put everything; a deployment gives its resource's properties, such as the functions' roles."""
    return {**_setup.run(), "alerts": project(_engine, _alerts.all())}


_deployment = Deployment(
    Parts(
        pending=Deployments(_settings.table("marks")),
        packages=DomainPackages,
        put=_put,
        being_taken_back=being_taken_back,
        answer=answering.send,
    )
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's own
    """Put everything that the engine must hold, or go on with a new generation of the index."""
    if "RequestType" in event:
        return {"deployment": _deployment.ask(event)}
    if event.get("part") != "generations":
        return _put()
    if (outcome := _deployment.go_on()) != "done":
        return {"deployment": outcome}
    until = time.time() + context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS
    told: dict[str, Any] = msgspec.to_builtins(_rebuilding.run(until)) or {}
    return told
