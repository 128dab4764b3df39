"""The terms register: what the operators of hosts and platforms allow, beside what robots.txt says.

A host that is not in the register is allowed as far as robots.txt and its pages allow, and counts as unreviewed.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec reads the annotations at run time
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from socialindex.crawl.urls import place_of
from socialindex.errors import Refused
from socialindex.model import Struct

__all__ = ["Terms", "check", "find", "register"]

Verdict = Literal["allowed", "permission", "forbidden"]
Keep = Literal["full", "title_and_link"]


class Terms(Struct, frozen=True, kw_only=True):
    """What one operator's terms say about collecting by program."""

    domains: list[str]
    """Hosts that the entry is about, each with its subdomains."""
    name: str
    verdict: Verdict
    """``permission``: only with a recorded agreement, of which there is none in the shipped register."""
    reason: str
    """The clause in our words."""
    source: str
    """Where the clause stands: the document's name and, where it has one, the section."""
    reviewed: date | None = None
    """When somebody last read the document; ``None``: not yet clause by clause, and the verdict is a careful start."""
    keep: Keep = "full"


@cache
def register() -> tuple[Terms, ...]:
    """Every reviewed entry."""
    text = resources.files(__package__).joinpath("register.json").read_bytes()
    return tuple(msgspec.json.decode(text, type=list[Terms]))


def find(url: str) -> Terms | None:
    """The entry for an address, the most specific domain first; ``None`` where the host is unreviewed.

    Raises:
        Refused: as ``place_of``; an odd spelling of a host is no way around its terms.
    """
    labels = place_of(url).host.split(".")
    suffixes = (".".join(labels[start:]) for start in range(len(labels)))
    return next((found for suffix in suffixes if (found := _by_domain().get(suffix))), None)


def check(url: str) -> None:
    """Pass an address that the register does not object to.

    Raises:
        Refused: the host's terms forbid collecting, or ask for a permission that is not recorded; also as ``find``.
    """
    terms = find(url)
    if terms is not None and terms.verdict != "allowed":
        message = f"{terms.name}: {terms.reason} ({terms.source})"
        raise Refused(f"terms_{terms.verdict}", message)


@cache
def _by_domain() -> dict[str, Terms]:
    return {domain: terms for terms in register() for domain in terms.domains}
