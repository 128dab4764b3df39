"""Setup: puts index templates and stored scripts into the engine, and keeps the index as the dictionary says.

Safe to run again. The schedule's event goes on with a deployment that waits, puts everything again where the engine has
lost it, and goes on with a new generation of the index;
CloudFormation's is a deployment; an operator's (``ops``) is done; every other one puts everything.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from socialindex import engine, settings
from socialindex.alert.projection import project
from socialindex.aws.alerts import AlertsTable
from socialindex.aws.deployments import Deployments, being_taken_back
from socialindex.aws.dictionary import Dictionary
from socialindex.aws.imports import ImportsTable
from socialindex.aws.marks import Marks
from socialindex.aws.organizations import Organizations
from socialindex.aws.packages import DomainPackages
from socialindex.aws.signing import signer
from socialindex.aws.suppressions import Suppressions
from socialindex.aws.topics import TopicsTable
from socialindex.observing import observed
from socialindex.ops.cleaning import Cleaning
from socialindex.ops.engine_acts import Acts
from socialindex.query import names
from socialindex.setup import answering
from socialindex.setup.admission import Admission
from socialindex.setup.dashboards import Dashboards, bring_shipped
from socialindex.setup.deployment import Deployment, Parts
from socialindex.setup.loss import Loss
from socialindex.setup.rebuilding import SPARE_SECONDS, Rebuilding
from socialindex.setup.stage import Setup

if TYPE_CHECKING:
    from collections.abc import Mapping

_settings = settings.load()
_engine = engine.connect(_settings.engine_url, signed=_settings.engine_signed)
_dictionary = Dictionary(_settings.table("dictionary"))
_folder = Path(__file__).parent / "opensearch"
_setup = Setup(_engine, _folder, _dictionary.all)
_alerts = AlertsTable(_settings.table("alerts"))
_topics = TopicsTable(_settings.table("topics"))
_rebuilding = Rebuilding(_engine, _folder, _dictionary, _topics)
_loss = Loss(_setup.is_there, _topics.all, Marks(_settings.table("marks")))
_suppressions, _imports = Suppressions(_settings.table("suppressions")), ImportsTable(_settings.table("imports"))
_acts = Acts(_engine, Cleaning(_engine, _suppressions, _imports, _topics))
_admission = Admission(_engine, Organizations(_settings.table("access")))
names.use(_dictionary)


def _put(properties: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Put everything; a deployment gives its resource's properties: the functions' roles, and where Dashboards is."""
    _loss.note()
    told = {**_setup.run(), "alerts": project(_engine, _alerts.all())}
    if arns := (properties or {}).get("Roles"):
        told["roles"] = _admission.put(arns)
    if url := (properties or {}).get("Dashboards"):
        there = Dashboards(url, sign=signer(_settings.text("AWS_REGION")))
        told["dashboards"] = bring_shipped(there, _folder.with_name("dashboards"))
    return told


_deployment = Deployment(
    Parts(
        pending=Deployments(_settings.table("marks")),
        packages=DomainPackages,
        put=_put,
        being_taken_back=being_taken_back,
        answer=answering.send,
    )
)


@observed
def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own; JSON
    """Put everything that the engine must hold, or go on with a new generation of the index."""
    if "RequestType" in event:
        return {"deployment": _deployment.ask(event)}
    if "ops" in event:
        return _acts.do(event["ops"])
    match event.get("part"):
        case "generations":
            return _go_on(context)
        case "roles":
            return {"roles": _admission.mark() if _settings.engine_signed else "the engine knows no roles"}
    return _put()


def _go_on(context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's own
    """With what waits, what was lost, and what is being made."""
    if (outcome := _deployment.go_on(context.function_version)) != "done":
        return {"deployment": outcome}
    if _loss.note():
        return _put()
    until = time.time() + context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS
    told: dict[str, Any] = msgspec.to_builtins(_rebuilding.run(until)) or {}
    return told
