"""Which documents are of a host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex import terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.terms import Terms


def counting() -> dict[str, Terms]:
    """The entry that counts for each domain of the terms register, as ``terms.of_host`` gives it.

    Raises:
        Unavailable: the register cannot be read.
    """
    domains = {domain for entry in terms.register() for domain in entry.domains}
    # Another entry may have taken over some of an entry's domains.
    return {domain: entry for domain in sorted(domains) if (entry := terms.of_host(domain))}


def under(domain: str, others: Iterable[str]) -> dict[str, Any]:
    """The query for what a domain's entry counts for: without those subdomains that have an entry of their own.

    Args:
        domain: the host.
        others: all domains that have an entry.
    """
    own = [clause for name in others if name.endswith(f".{domain}") for clause in of_host(name)]
    return {"bool": {"filter": [{"bool": {"should": of_host(domain)}}], "must_not": own}}


def of_host(domain: str) -> list[dict[str, Any]]:
    """Alternative clauses of the engine: posts that a host or one of its subdomains published, at whatever port."""
    names = (f"*.{domain}", f"{domain}:*", f"*.{domain}:*")
    return [{"term": {"platform": domain}}, *({"wildcard": {"platform": name}} for name in names)]
