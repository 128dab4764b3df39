"""The terms register: what the operators of hosts and platforms allow, beside what robots.txt says.

A host that is not in the register is allowed as far as robots.txt and its pages allow, and counts as unreviewed. What
ships with the service is a reviewed start; what administrators enter counts before it, domain by domain.
"""

from __future__ import annotations

import time
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec
from aws_lambda_powertools import Logger

from socialindex.crawl.urls import place_of
from socialindex.errors import Refused, Unavailable
from socialindex.terms.entry import Export, Keep, Terms, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Edits",
    "Export",
    "Keep",
    "Terms",
    "Verdict",
    "check",
    "check_post",
    "find",
    "of_host",
    "register",
    "shipped",
    "use",
]

FRESH_SECONDS = 60.0
"""How long a process may go on with the entries of administrators that it has read."""

logger = Logger(child=True)


class Edits(Protocol):
    """Where administrators' entries are kept."""

    def all(self) -> list[Terms]:
        """All of them."""


class _Known(NamedTuple):
    by_domain: dict[str, Terms]
    until: float


class _Register:
    """The register of this process."""

    def __init__(self) -> None:
        self._edits: Edits | None = None
        self._known: _Known | None = None

    def use(self, edits: Edits | None) -> None:
        self._edits, self._known = edits, None

    def by_domain(self) -> dict[str, Terms]:
        """Every entry by its domains, as fresh as it must be.

        Raises:
            Unavailable: the administrators' entries were never read and cannot be read now.
        """
        known = self._known
        if known is None or time.monotonic() >= known.until:
            known = self._known = _Known(self._read(known), time.monotonic() + FRESH_SECONDS)
        return known.by_domain

    def _read(self, before: _Known | None) -> dict[str, Terms]:
        if self._edits is None:
            return _by_domain(shipped())
        try:
            return _by_domain([*shipped(), *self._edits.all()])
        except Unavailable:
            if before is None:
                raise
            logger.warning("the terms register is older than it should be")
            return before.by_domain


_register = _Register()


def use(edits: Edits | None) -> None:
    """Let administrators' entries count in this process; ``None``: only what ships."""
    _register.use(edits)


@cache
def shipped() -> tuple[Terms, ...]:
    """The entries that ship with the service."""
    text = resources.files(__package__).joinpath("register.json").read_bytes()
    return tuple(msgspec.json.decode(text, type=list[Terms]))


def register() -> tuple[Terms, ...]:
    """Every entry that counts for at least one domain.

    Raises:
        Unavailable: as ``find``.
    """
    return tuple({id(terms): terms for terms in _register.by_domain().values()}.values())


def find(url: str) -> Terms | None:
    """The entry for an address, the most specific domain first; ``None`` where the host is unreviewed.

    Raises:
        Refused: as ``place_of``; an odd spelling of a host is no way around its terms.
        Unavailable: the administrators' entries were never read and cannot be read now.
    """
    return of_host(place_of(url).host)


def of_host(host: str) -> Terms | None:
    """The entry for a host, spelled as ``place_of`` spells it.

    Raises:
        Unavailable: as ``find``.
    """
    entries = _register.by_domain()
    found = entries.get(host)
    while found is None and host:
        host = host.partition(".")[2]
        found = entries.get(host)
    return found


def check(url: str) -> None:
    """Pass an address that may be asked.

    Raises:
        Refused: the host's terms forbid collecting, or ask for a permission that is not recorded; also as ``find``.
        Unavailable: as ``find``.
    """
    _obey(find(url))


def check_post(url: str) -> Terms | None:
    """Pass the address of a post that may be kept, or of a channel that may be added; its entry, as ``find`` gives it.

    It need not be one that may be asked: where a platform has an API, the terms of the API count.

    Raises:
        Refused: as ``check``.
        Unavailable: as ``find``.
    """
    terms = find(url)
    if terms is None or not terms.through:
        _obey(terms)
    else:
        for host in terms.through:
            check(f"https://{host}/")
    return terms


def _obey(terms: Terms | None) -> None:
    if terms is not None and terms.objects:
        message = f"{terms.name}: {terms.reason} ({terms.source})"
        raise Refused(f"terms_{terms.verdict}", message)


def _by_domain(entries: Iterable[Terms]) -> dict[str, Terms]:
    """Later entries count before earlier ones."""
    return {domain: terms for terms in entries for domain in terms.domains}
