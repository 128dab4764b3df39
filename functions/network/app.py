"""Network: HTTP API -> networks; NetworkQueue -> files of large ones; and every minute, those whose time has come.

It has requirements of its own (igraph), which no other function has: docs/decisions/0016-networks.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex import engine, settings, terms
from socialindex.aws.access import Access
from socialindex.aws.audit import AuditLog
from socialindex.aws.dictionary import Dictionary
from socialindex.aws.health import Health
from socialindex.aws.network_files import NetworkFiles
from socialindex.aws.networks import NetworksTable
from socialindex.aws.outcomes import Outcomes
from socialindex.aws.queues import Queue
from socialindex.aws.suppressions import Suppressions
from socialindex.aws.terms import TermsTable
from socialindex.aws.topics import TopicsTable
from socialindex.aws.usage import Usage
from socialindex.network.stage import Networks, Queues, Ways
from socialindex.observing import observed
from socialindex.query import names
from socialindex.search import listening
from socialindex.search.analytics.part import AnalyticsPart
from socialindex.search.auditing import Auditor
from socialindex.search.door import Door
from socialindex.search.metering import Meter
from socialindex.search.network.cascade import CascadePart
from socialindex.search.network.jobs import Jobs
from socialindex.search.network.looking import Looking
from socialindex.search.network.needs import NeedsPart
from socialindex.search.network.part import NetworkPart
from socialindex.search.network.spreading import SpreadPart

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_settings = settings.load()
_engine = engine.connect(_settings.engine_url, signed=_settings.engine_signed)
terms.use(TermsTable(_settings.table("terms")))
names.use(Dictionary(_settings.table("dictionary")))
listening.use(TopicsTable(_settings.table("topics")))
_table, _files = NetworksTable(_settings.table("networks")), NetworkFiles(_settings.archive_bucket)
_queues = Queues(own=Queue(_settings.queue("network")), dead_letters=Queue(_settings.dead_letters("network")))
_analytics = AnalyticsPart(_engine, Health(_settings.table("health")), _settings.retention_months)
_looking = Looking(_engine, _analytics)
_api = Door(
    Access(_settings.table("access"), sandbox=_settings.sandbox_workspace),
    [
        NetworkPart(_looking, Jobs(_table, _files, _queues.own)).routes(),
        SpreadPart(_looking).routes(),
        NeedsPart(_looking).routes(),
        CascadePart(_engine).routes(),
    ],
    meter=Meter(Usage(_settings.table("usage"))),
    auditor=Auditor(AuditLog(_settings.table("audit"), _settings.audit_days)),
)
_networks = Networks(
    _table,
    Ways(engine=_engine, suppressions=Suppressions(_settings.table("suppressions")), files=_files),
    _queues,
    Outcomes(_settings.table("outcomes")),
)


@observed
def handler(event: dict[str, Any], _context: LambdaContext) -> Any:  # noqa: ANN401 - what each of the three answers
    """Answer a request; work at networks that a message names; at a schedule's event, wake those that are due."""
    if "routeKey" in event:
        return _api.handle(event)
    if "Records" in event:
        return _networks.handle(event)
    return {"woken": _networks.sweep()}
