"""Which documents are of a host."""

from __future__ import annotations

from typing import Any


def of_host(domain: str) -> list[dict[str, Any]]:
    """Alternative clauses of the engine: posts that a host or one of its subdomains published."""
    return [{"term": {"platform": domain}}, {"wildcard": {"platform": f"*.{domain}"}}]
