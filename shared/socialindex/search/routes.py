"""What a route of the API is: who may call it, what answers, and what it takes and gives, as the code has it."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING, NamedTuple

from socialindex.search.http import JSON

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import msgspec

    from socialindex.access import Caller, Scope
    from socialindex.search.http import Answer, HttpRequest


class Doc(NamedTuple):
    """A route in the OpenAPI document. What it takes and gives are the types that its code reads and writes."""

    summary: str
    """What it does, a short sentence in the imperative."""
    tag: str
    """The group that it is shown in, such as ``Posts``."""
    query: type[msgspec.Struct] | None = None
    """The URL's parameters: the struct that ``fields.from_query`` reads."""
    body: type[msgspec.Struct] | None = None
    """The request's body: the struct that ``fields.from_body`` reads."""
    answer: type | None = None
    """The body of a success; None where there is none."""
    status: int = 200
    """The status of a success."""
    content_type: str = JSON
    also: tuple[str, ...] = ()
    """Other content types in which a success may come, as text."""
    accepted: type | None = None
    """The body of a 202, where the answer may be made later instead."""
    description: str = ""
    """What the summary leaves out; Markdown."""
    errors: tuple[int, ...] = ()
    """Statuses that this route can answer beside those that every one can (400, 401, 403, 429, 500, 503)."""
    further: tuple[int, ...] = ()
    """Other statuses of a success, with the same body."""
    repeatable: bool = False
    """Whether it takes an ``Idempotency-Key``: repeated with it, a request makes nothing twice."""


UNDESCRIBED = Doc("", "")


class Deprecation(NamedTuple):
    """A route that goes."""

    since: datetime
    """From when on nobody should use it, in UTC."""
    sunset: datetime | None = None
    """When it goes, in UTC; ``None`` where that is not decided."""
    instead: str = ""
    """Address of a page that says what to use."""

    @property
    def headers(self) -> dict[str, str]:
        """What its answers say of it (RFC 9745; RFC 8594 for the sunset)."""
        told = {"Deprecation": f"@{int(self.since.timestamp())}"}
        if self.sunset:
            told["Sunset"] = format_datetime(self.sunset, usegmt=True)
        if self.instead:
            told["Link"] = f'<{self.instead}>; rel="deprecation"; type="text/html"'
        return told


class Route(NamedTuple):
    """What a route needs and does. ``scope`` is ``None`` where everybody may call, without a key."""

    scope: Scope | None
    handle: Callable[[HttpRequest, Caller], Answer]
    doc: Doc = UNDESCRIBED
    weight: int = 1
    """How many queries of a plan a call counts for; 0 where it is free."""
    gives_posts: bool = False
    """Whether its answers say with ``Answer.posts`` how many posts they hold: a month has only so many."""
    deprecated: Deprecation | None = None
