"""Search: HTTP API -> answers."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger

from socialindex import engine, settings, terms
from socialindex.aws.access import Access
from socialindex.aws.archive import Archive
from socialindex.aws.channels import Channels
from socialindex.aws.frontier import Frontier
from socialindex.aws.health import Health
from socialindex.aws.hosts import Hosts
from socialindex.aws.imports import ImportsTable, Uploads
from socialindex.aws.outcomes import Outcomes
from socialindex.aws.queues import Queue
from socialindex.aws.secrets import Secret
from socialindex.aws.suppressions import Suppressions
from socialindex.aws.terms import TermsTable
from socialindex.crawl.credentials import Credentials
from socialindex.search.api import Api
from socialindex.search.backfills import BackfillPart
from socialindex.search.crawler import CrawlerPart
from socialindex.search.erasures import ErasurePart
from socialindex.search.health import HealthPart
from socialindex.search.imports import ImportsPart
from socialindex.search.operations import Operations, Stores
from socialindex.search.sources import SourcesPart
from socialindex.search.terms import TermsPart

_QUEUED_STAGES = ("crawl", "imports", "normalize", "index")

logger = Logger()
_settings = settings.load()
_engine = engine.connect(_settings.engine_url, signed=_settings.engine_signed)
_stores = Stores(
    channels=Channels(_settings.table("channels")),
    outcomes=Outcomes(_settings.table("outcomes")),
    archive=Archive(_settings.archive_bucket),
    health=Health(_settings.table("health")),
    queues={stage: (Queue(_settings.queue(stage)), Queue(_settings.dead_letters(stage))) for stage in _QUEUED_STAGES},
)
_terms = TermsTable(_settings.table("terms"))
terms.use(_terms)
_api = Api(
    _engine,
    Access(_settings.table("access")),
    Operations(_stores, _engine, _settings.fetch, Credentials(Secret(_settings.credentials_secret).read)),
    [
        TermsPart(_terms, _stores.channels).routes(),
        SourcesPart().routes(),
        HealthPart(Health(_settings.table("health")), _stores.channels, _engine).routes(),
        CrawlerPart(_settings.fetch, _settings.operator_contact, Hosts(_settings.table("hosts"))).routes(),
        ErasurePart(_engine, Suppressions(_settings.table("suppressions"))).routes(),
        BackfillPart(_stores.channels, Frontier(_settings.table("frontier")), Hosts(_settings.table("hosts"))).routes(),
        ImportsPart(
            ImportsTable(_settings.table("imports")),
            Uploads(_settings.archive_bucket),
            Queue(_settings.queue("imports")),
        ).routes(),
    ],
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one HTTP request."""
    return _api.handle(event)
