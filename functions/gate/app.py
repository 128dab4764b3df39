"""Gate: HTTP API -> OpenSearch Dashboards, for what analysts' roles can bear."""

from __future__ import annotations

from typing import Any

from socialindex import settings
from socialindex.gate.gate import Gate
from socialindex.gate.upstream import Upstream
from socialindex.observing import observed

_gate = Gate(Upstream(settings.load().engine_url))


@observed
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one HTTP request."""
    return _gate.handle(event)
