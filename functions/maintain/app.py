"""Maintain: EventBridge Scheduler -> retention and repairs of the index, and what must not be in it."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger

from socialindex import engine, settings, terms
from socialindex.aws.marks import Marks
from socialindex.aws.suppressions import Suppressions
from socialindex.aws.terms import TermsTable
from socialindex.erasure.documents import reapply
from socialindex.maintain.clusters import Clusters
from socialindex.maintain.forbidden import take_down
from socialindex.maintain.freshness import expire_unread
from socialindex.maintain.stage import Maintain

logger = Logger()
_settings = settings.load()
_engine = engine.connect(_settings.engine_url, signed=_settings.engine_signed)
_maintain = Maintain(_engine)
_clusters = Clusters(_engine, Marks(_settings.table("marks")))
_suppressions = Suppressions(_settings.table("suppressions"))
terms.use(TermsTable(_settings.table("terms")))


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Delete months beyond the retention, what was not read again in time and what must not be there; mend the rest.

    The schedule whose input names the part ``clusters`` only brings near-duplicates together.
    """
    if event.get("part") == "clusters":
        return _clusters.run()
    told: dict[str, Any] = _maintain.run(_settings.retention_months)
    # A backup that was restored brings back what was erased.
    erased = reapply(_engine, _suppressions.entries())
    return {**told, "erased": erased, "unread": expire_unread(_engine), "forbidden": take_down(_engine)}
