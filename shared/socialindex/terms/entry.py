"""One entry of the terms register."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Literal

from socialindex.crawl.urls import place_of
from socialindex.errors import InvalidInput, Refused
from socialindex.model import Struct

Verdict = Literal["allowed", "permission", "forbidden"]
Keep = Literal["full", "title_and_link"]
Export = Literal["full", "title_and_link", "none"]


class Terms(Struct, frozen=True, kw_only=True):
    """What one operator's terms say about collecting by program.

    Raises:
        InvalidInput: an entry that says nothing, or about no host; names the field.
    """

    domains: list[str]
    """Hosts that the entry is about, each with its subdomains."""
    name: str
    verdict: Verdict
    """``permission``: only with a recorded agreement, see ``agreement``."""
    reason: str
    """The clause in our words."""
    source: str
    """Where the clause stands: the document's name and, where it has one, the section."""
    document: str | None = None
    """The document's address."""
    reviewed: date | None = None
    """When somebody last read the document; ``None``: not yet clause by clause, and the verdict is a careful start."""
    agreement: str | None = None
    """Where the operator's permission is filed, such as a contract's number; makes ``permission`` a yes."""
    keep: Keep = "full"
    """What may be stored of a post."""
    export: Export = "full"
    """What of a post may leave the service in bulk."""
    through: list[str] = []
    """Hosts of the platform's API. What comes through them may be kept as far as their own entries allow; the verdict
    here is about pages."""
    daily: int | None = None
    """Requests a day that the platform grants, in its own units where it counts so."""
    refresh_days: int | None = None
    """Days after which what is stored must have been read again, or be deleted."""
    edited_at: datetime | None = None
    """When an administrator of this service entered it; ``None`` for what ships with it."""

    def __post_init__(self) -> None:
        """Check what a type cannot say."""
        if not self.domains:
            raise InvalidInput("an entry about no host", field="domains", remedy="name at least one host")
        for domain in self.domains:
            _check_domain(domain, "domains")
        for host in self.through:
            _check_domain(host, "through")
        for name in ("name", "reason", "source"):
            if not getattr(self, name).strip():
                raise InvalidInput(f"{name} is empty", field=name, remedy="say whose terms, which clause, and where")
        for name in ("daily", "refresh_days"):
            if (getattr(self, name) or 1) < 1:
                raise InvalidInput(f"{name} is below 1", field=name, remedy="give a number from 1 up, or leave it out")

    @property
    def objects(self) -> bool:
        """Whether nothing may be collected."""
        return self.verdict == "forbidden" or (self.verdict == "permission" and not self.agreement)


def _check_domain(domain: str, field: str) -> None:
    try:
        host = place_of(f"https://{domain}/").host
    except Refused:
        host = ""
    if host != domain:
        remedy = "write it in lower case without scheme and path, such as board.example.com"
        raise InvalidInput(f"{domain[:100]!r} is no host", field=field, remedy=remedy)
