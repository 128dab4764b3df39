"""Crawl: CrawlQueue -> fetched responses -> archive and NormalizeQueue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex import settings, terms
from socialindex.aws.archive import Archive
from socialindex.aws.channels import Channels
from socialindex.aws.frontier import Frontier
from socialindex.aws.hosts import Hosts
from socialindex.aws.outcomes import Outcomes
from socialindex.aws.queues import Queue
from socialindex.aws.secrets import Secret
from socialindex.aws.terms import TermsTable
from socialindex.crawl.credentials import Credentials
from socialindex.crawl.stage import Crawl, Parts
from socialindex.observing import observed

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from socialindex.batch import BatchAnswer

_RESERVE = 125.0
"""Seconds kept for the last fetches under way (up to 90, with their redirects and retries), the last archive object and
letting the hosts go. What is left of the timeout is a little less than 13 minutes: a host that has work left is queued
again by the next dispatch, which comes every minute, as did the one that queued it now."""

_settings = settings.load()
terms.use(TermsTable(_settings.table("terms")))
_crawl = Crawl(
    Parts(
        channels=Channels(_settings.table("channels")),
        hosts=Hosts(_settings.table("hosts")),
        frontier=Frontier(_settings.table("frontier")),
        archive=Archive(_settings.archive_bucket),
        normalize_queue=Queue(_settings.queue("normalize")),
        dead_letters=Queue(_settings.dead_letters("crawl")),
        outcomes=Outcomes(_settings.table("outcomes")),
    ),
    _settings.fetch,
    _settings.crawl_habits,
    _settings.polling,
    Credentials(Secret(_settings.credentials_secret).read),
    lease_seconds=_settings.lease_seconds,
)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    """Crawl a group of hosts until nothing is due or the time is up."""
    return _crawl.handle(event, context.get_remaining_time_in_millis() / 1000 - _RESERVE)
