"""Search: HTTP API -> answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from socialindex import engine, settings, terms
from socialindex.alert.deeds import Deeds
from socialindex.aws.access import Access
from socialindex.aws.acts import ActsTable
from socialindex.aws.alerts import AlertsTable
from socialindex.aws.archive import Archive
from socialindex.aws.audit import AuditLog
from socialindex.aws.branding import Brandings
from socialindex.aws.channels import Channels
from socialindex.aws.consents import ConsentsTable
from socialindex.aws.deliveries import DeliveriesTable
from socialindex.aws.destinations import DestinationsTable
from socialindex.aws.dictionary import Dictionary
from socialindex.aws.export_files import Files
from socialindex.aws.exports import ExportsTable
from socialindex.aws.frontier import Frontier
from socialindex.aws.health import Health
from socialindex.aws.hosts import Hosts
from socialindex.aws.imports import ImportsTable, Uploads
from socialindex.aws.marks import Marks
from socialindex.aws.networks import NetworksTable
from socialindex.aws.organizations import Organizations
from socialindex.aws.outcomes import Outcomes
from socialindex.aws.queues import Queue
from socialindex.aws.secrets import Secret
from socialindex.aws.suppressions import Suppressions
from socialindex.aws.terms import TermsTable
from socialindex.aws.topics import TopicsTable
from socialindex.aws.usage import Usage
from socialindex.aws.work import WorkTable
from socialindex.crawl.credentials import Credentials
from socialindex.dictionary import Cached
from socialindex.exports.charges import Charges
from socialindex.mentions.desk import Desk
from socialindex.mentions.forgetting import Memories
from socialindex.observing import observed
from socialindex.query import names
from socialindex.report.figures import Reporter
from socialindex.search import listening
from socialindex.search.acts import ActsPart
from socialindex.search.alerts import AlertsPart
from socialindex.search.analytics.part import AnalyticsPart
from socialindex.search.api import Api
from socialindex.search.auditing import Auditor
from socialindex.search.authors import AuthorsPart
from socialindex.search.backfills import BackfillPart
from socialindex.search.branding import BrandingPart
from socialindex.search.closing import ImportsOfWorkspace
from socialindex.search.cluster import ClusterPart
from socialindex.search.crawler import CrawlerPart
from socialindex.search.deliveries import DeliveriesPart
from socialindex.search.destination_making import Ground
from socialindex.search.destinations import DestinationsOfWorkspace, DestinationsPart
from socialindex.search.dictionary import DictionaryPart
from socialindex.search.erasures import ErasurePart
from socialindex.search.events import EventsPart
from socialindex.search.exports import ExportsOfWorkspace, ExportsPart
from socialindex.search.health import HealthPart
from socialindex.search.imports import ImportsPart
from socialindex.search.keys import KeysPart
from socialindex.search.mentions.part import MentionsPart
from socialindex.search.metering import Meter
from socialindex.search.network.jobs import NetworksOfWorkspace
from socialindex.search.openapi import OpenApiPart
from socialindex.search.operations import Operations, Stores
from socialindex.search.organizations import OrganizationsPart
from socialindex.search.proposing.part import ProposingPart
from socialindex.search.queries import QueriesPart
from socialindex.search.report import ReportPart
from socialindex.search.sources import SourcesPart
from socialindex.search.terms import TermsPart
from socialindex.search.thread import ThreadPart
from socialindex.search.topics import TopicsOfWorkspace, TopicsPart
from socialindex.search.usage import UsagePart
from socialindex.search.workspaces import WorkspacesPart
from socialindex.setup.loss import lost_at

if TYPE_CHECKING:
    from socialindex.search.within import Rooms

_QUEUED_STAGES = ("crawl", "imports", "normalize", "index", "exports", "topics", "network", "deliver")

_settings = settings.load()
_engine = engine.connect(_settings.engine_url, signed=_settings.engine_signed)
_stores = Stores(
    channels=Channels(_settings.table("channels")),
    hosts=Hosts(_settings.table("hosts")),
    outcomes=Outcomes(_settings.table("outcomes")),
    archive=Archive(_settings.archive_bucket),
    health=Health(_settings.table("health")),
    queues={stage: (Queue(_settings.queue(stage)), Queue(_settings.dead_letters(stage))) for stage in _QUEUED_STAGES},
)
_terms = TermsTable(_settings.table("terms"))
terms.use(_terms)
_dictionary = Dictionary(_settings.table("dictionary"))
names.use(_dictionary)
_topics, _topics_queue = TopicsTable(_settings.table("topics")), Queue(_settings.queue("topics"))
listening.use(_topics)
_work, _deliver_queue = WorkTable(_settings.table("work")), Queue(_settings.queue("deliver"))
_desk = Desk(_engine, _work, _deliver_queue)
_analytics = AnalyticsPart(_engine, Health(_settings.table("health")), _settings.retention_months)
_access = Access(_settings.table("access"), sandbox=_settings.sandbox_workspace)
_organizations = Organizations(_settings.table("access"))
_usage = Usage(_settings.table("usage"))
_audit = AuditLog(_settings.table("audit"), _settings.audit_days)
_exports, _exports_queue = ExportsTable(_settings.table("exports")), Queue(_settings.queue("exports"))
_alerts = AlertsTable(_settings.table("alerts"))
_destinations = DestinationsTable(_settings.table("destinations"))
_deliveries = DeliveriesTable(_settings.table("deliveries"))
_consents = ConsentsTable(_settings.table("deliveries"))
_brandings = Brandings(_settings.table("access"))
_ground = Ground(sends_mail=bool(_settings.mail_from), allow_loopback=_settings.allow_loopback)
_rooms: list[Rooms] = [
    TopicsOfWorkspace(_topics, _topics_queue),
    DestinationsOfWorkspace(_destinations, _deliveries),
    _brandings,
    ImportsOfWorkspace(ImportsTable(_settings.table("imports")), Queue(_settings.queue("imports"))),
    ExportsOfWorkspace(_exports, _exports_queue),
    NetworksOfWorkspace(NetworksTable(_settings.table("networks")), Queue(_settings.queue("network"))),
]
_api = Api(
    _engine,
    _access,
    Operations(_stores, _engine, _settings.fetch, Credentials(Secret(_settings.credentials_secret).read)),
    [
        TermsPart(_terms, _stores.channels).routes(),
        SourcesPart().routes(),
        DictionaryPart(_dictionary).routes(),
        HealthPart(Health(_settings.table("health")), _stores.channels, _engine).routes(),
        _analytics.routes(),
        AuthorsPart(_engine, _analytics).routes(),
        ThreadPart(_engine).routes(),
        ClusterPart(_engine).routes(),
        QueriesPart(_engine).routes(),
        OpenApiPart().routes(),
        CrawlerPart(_settings.fetch, _settings.operator_contact, _stores.hosts).routes(),
        ErasurePart(_engine, Suppressions(_settings.table("suppressions")), Memories(_work)).routes(),
        BackfillPart(_stores.channels, Frontier(_settings.table("frontier")), _stores.hosts).routes(),
        ImportsPart(
            ImportsTable(_settings.table("imports")),
            Uploads(_settings.archive_bucket),
            Queue(_settings.queue("imports")),
        ).routes(),
        ExportsPart(
            _engine, _exports, Files(_settings.archive_bucket), Charges(_exports, _usage), _exports_queue
        ).routes(),
        OrganizationsPart(_organizations, _rooms, _access.forget).routes(),
        WorkspacesPart(_organizations, _rooms, _access.forget).routes(),
        KeysPart(_organizations, _access.forget).routes(),
        UsagePart(_organizations, _usage, _audit).routes(),
        TopicsPart(_engine, _topics, _topics_queue).routes(),
        ProposingPart(_engine, _topics, Cached(_dictionary)).routes(),
        MentionsPart(_engine, _topics, _desk, partial(lost_at, Marks(_settings.table("marks")))).routes(),
        AlertsPart(_engine, _alerts).routes(),
        ReportPart(_topics, Reporter(_engine, _analytics, _topics, _alerts), _brandings).routes(),
        BrandingPart(_brandings).routes(),
        DestinationsPart(_destinations, _deliveries, _consents, _deliver_queue, _ground).routes(),
        DeliveriesPart(_deliveries, _destinations, _consents).routes(),
        EventsPart().routes(),
        ActsPart(ActsTable(_settings.table("deliveries")), _destinations, _consents, Deeds(_engine, _alerts)).routes(),
    ],
    meter=Meter(_usage),
    auditor=Auditor(_audit),
)


@observed
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one HTTP request."""
    return _api.handle(event)
