"""What methods take by keyword, as type checkers see it, and how that becomes a request's body.

Values travel as they are: the API itself checks them, and says which field is wrong and what to send instead. Filters
take one value or several. ``since`` and ``until`` are the API's ``from`` and ``to``, of which Python keeps the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypedDict

Values = str | Sequence[str]
Time = datetime | str
"""A time with its zone, or ISO 8601 text such as ``2026-11-28T09:00:00Z``."""

_NAMES: Final = {"since": "from", "until": "to"}
_SEVERAL: Final = frozenset(
    {"source", "language", "author", "hashtag", "platform", "kind", "thread", "cluster", "facets", "fields", "metrics"}
)
"""Fields that take a list."""


class Selection(TypedDict, total=False):
    """Posts, by filters. Within a filter values are alternatives, between filters all must hold."""

    source: Values
    language: Values
    author: Values
    hashtag: Values
    platform: Values
    kind: Values
    thread: Values
    cluster: Values
    since: Time
    until: Time


class Guided(Selection, total=False):
    """A selection that may give its query by its parts instead of ``q``."""

    guided: Mapping[str, Any]


class SearchFields(Guided, total=False):
    """How posts are searched and shown."""

    sort: str
    deduplicate: bool
    highlight: bool
    facets: Values
    facet_size: int
    time_zone: str
    fields: Values


class ExportFields(Guided, total=False):
    """What an export holds, and how it is written."""

    format: str
    fields: Values
    sort: str
    deduplicate: bool
    compression: str


class Figures(Selection, total=False):
    """A selection that figures are made of."""

    time_zone: str


class AuthorsFields(Figures, total=False):
    """How authors are ordered, and how many are shown."""

    by: str
    limit: int


class TrendsFields(Figures, total=False):
    """How volume is told."""

    interval: str
    by: str
    top: int
    metrics: Values


class AggregateFields(Figures, total=False):
    """Which figure is told of which values."""

    metric: str
    order: str
    top: int
    top_within: int


class TermsFields(Figures, total=False):
    """What is looked for, against which background."""

    of: str
    limit: int
    background: str
    sample: int
    pairs: bool


class VoicesFields(Figures, total=False):
    """What voices are split by."""

    by: str
    interval: str


class SentimentFields(Figures, total=False):
    """How moods are told."""

    interval: str
    drivers: int
    sample: int


class KeyFields(TypedDict, total=False):
    """What a key may do, and until when."""

    workspaces: Sequence[str]
    member: str
    sandbox: bool
    expires_at: Time


def body(fields: Mapping[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON is anything
    """A request's body; what is ``None`` is left out."""
    given = {**more, **fields}
    return {_NAMES.get(name, name): _listed(name, value) for name, value in given.items() if value is not None}


def _listed(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON is anything
    return [value] if name in _SEVERAL and isinstance(value, str) else value
