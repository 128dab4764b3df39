"""The engine's optional plugins: Amazon OpenSearch Service has nori, but not before it is asked for."""

from __future__ import annotations

from typing import Protocol

from socialindex.errors import InvalidSettings, Unavailable

NORI = "analysis-nori"
"""Splits Korean words; without it the index templates cannot be put."""
_UNDER_WAY = frozenset({"ASSOCIATING", "DISSOCIATING"})


class Packages(Protocol):
    """The packages of a domain: ``aws.packages.DomainPackages``."""

    def state(self, package: str) -> str:
        """How it is associated; empty where it is not."""

    def associate(self, package: str) -> None:
        """Begin to associate it."""


def require(packages: Packages, package: str) -> None:
    """See to it that the domain has a package; safe to call again until it has.

    Raises:
        Unavailable: it has not yet; the association is under way, or was just begun.
        InvalidSettings: the association failed, which a person must look at.
    """
    state = packages.state(package)
    if state == "ACTIVE":
        return
    if not state:
        packages.associate(package)
    elif state not in _UNDER_WAY:
        message = f"{package}: {state}"
        raise InvalidSettings(message, field=package, remedy="dissociate it from the domain and deploy again")
    raise Unavailable(f"{package} is being associated with the domain")
