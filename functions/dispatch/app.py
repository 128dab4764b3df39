"""Dispatch: EventBridge Scheduler -> pending requests and CrawlQueue."""

from __future__ import annotations

from typing import Any

from socialindex import settings, terms
from socialindex.aws.channels import Channels
from socialindex.aws.frontier import Frontier
from socialindex.aws.hosts import Hosts
from socialindex.aws.outcomes import Outcomes
from socialindex.aws.queues import Queue
from socialindex.aws.secrets import Secret
from socialindex.aws.terms import TermsTable
from socialindex.crawl.credentials import Credentials
from socialindex.dispatch.stage import Dispatch
from socialindex.observing import observed

_settings = settings.load()
terms.use(TermsTable(_settings.table("terms")))
_dispatch = Dispatch(
    Channels(_settings.table("channels")),
    Hosts(_settings.table("hosts")),
    Frontier(_settings.table("frontier")),
    Queue(_settings.queue("crawl")),
    Outcomes(_settings.table("outcomes")),
    Credentials(Secret(_settings.credentials_secret).read),
)


@observed
def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """Hand out the work that is due."""
    return _dispatch.run(_settings.polling)
