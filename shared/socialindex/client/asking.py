"""What methods take by keyword, as type checkers see it, and how that becomes a request's body.

Values travel as they are: the API itself checks them, and says which field is wrong and what to send instead. Filters
take one value or several. ``since`` and ``until`` are the API's ``from`` and ``to``, of which Python keeps the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypedDict

from socialindex.client.errors import InvalidInput

Values = str | Sequence[str]
Time = datetime | str
"""A time with its zone, or ISO 8601 text such as ``2026-11-28T09:00:00Z``."""

_NAMES: Final = {"since": "from", "until": "to"}
_GUESSED: Final = {"from_": "since", "to_": "until"}
"""Keywords by which other clients avoid Python's ``from``. The API would say that its own ``from`` is meant."""
_SEVERAL: Final = frozenset(
    {
        "source",
        "language",
        "author",
        "hashtag",
        "platform",
        "kind",
        "thread",
        "cluster",
        "topic",
        "status",
        "assignee",
        "tag",
        "facets",
        "fields",
        "metrics",
    }
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
    topic: Values
    status: Values
    assignee: Values
    tag: Values
    noise: bool
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


class MentionFields(TypedDict, total=False):
    """What is to become of a mention; what is left out stays."""

    status: str
    assignee: str | None
    tags: Sequence[str]
    add_tags: Sequence[str]
    remove_tags: Sequence[str]
    noise: bool
    sentiment: float | None
    answer: Mapping[str, Any] | None
    by: str


class NetworkFields(Figures, total=False):
    """Which network is drawn, how large, and in which format."""

    of: str
    format: str
    limit: int
    min_weight: int
    answers: bool
    posts: int


class LookedFields(Figures, total=False):
    """How many posts are read, and how many of each thing are shown."""

    posts: int
    limit: int


class NameFields(TypedDict, total=False):
    """What else is known of a brand."""

    also: Sequence[str]
    competitors: Sequence[str]
    leave_out: Sequence[str]
    language: Values
    source: Values


class TopicFields(TypedDict, total=False):
    """What a topic is about beside its query, and how it is worked with."""

    guided: Mapping[str, Any]
    language: Values
    source: Values
    answer_minutes: int | None
    backfill_days: int


class TopicChanges(TypedDict, total=False):
    """What is to become of a topic; what is left out stays."""

    name: str
    q: str
    guided: Mapping[str, Any]
    language: Sequence[str]
    source: Sequence[str]
    answer_minutes: int | None
    backfill_days: int
    state: str


class KeyFields(TypedDict, total=False):
    """What a key may do, and until when."""

    workspaces: Sequence[str]
    member: str
    sandbox: bool
    expires_at: Time


class DestinationFields(TypedDict, total=False):
    """Where a destination is, and what it is told, when, and in which language."""

    url: str
    email: str
    wishes: Mapping[str, Any]
    language: str
    time_zone: str
    quiet: Mapping[str, Any] | None
    person: str | None


class ChangedDestinationFields(DestinationFields, total=False):
    """What is changed of a destination."""

    name: str
    state: str


class AlertFields(TypedDict, total=False):
    """Which alerts are listed: each but ``limit`` and ``cursor`` narrows the list."""

    topic: str
    state: str
    kind: str
    severity: str
    since: Time
    until: Time
    limit: int
    cursor: str


class ReportFields(TypedDict, total=False):
    """How a report is made."""

    language: str
    """``en`` or ``ko``."""
    time_zone: str
    """Whose month is meant, such as ``Asia/Seoul``, which it is for Korean unless told otherwise."""
    beside: Values
    """Ids of topics to compare with; without them the workspace's others."""


def in_url(fields: Mapping[str, Any]) -> dict[str, str]:
    """Single values as a URL's parameters; what is ``None`` is left out.

    Raises:
        InvalidInput: a keyword is guessed from the API's ``from``.
    """
    given = {_sent_as(name): value for name, value in fields.items() if value is not None}
    return {name: value.isoformat() if isinstance(value, datetime) else str(value) for name, value in given.items()}


def body(fields: Mapping[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON is anything
    """A request's body; what is ``None`` is left out.

    Raises:
        InvalidInput: as ``in_url``.
    """
    given = {**more, **fields}
    return {_sent_as(name): _listed(name, value) for name, value in given.items() if value is not None}


def several(values: str | Iterable[str]) -> list[str]:
    """One value or several, as a list: text is one value, though Python takes it for as many as it has characters."""
    return [values] if isinstance(values, str) else list(values)


def _sent_as(name: str) -> str:
    """What the API calls a keyword."""
    if meant := _GUESSED.get(name):
        raise InvalidInput(f"there is no keyword {name}", field=name, remedy=f"use {meant}")
    return _NAMES.get(name, name)


def _listed(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON is anything
    return [value] if name in _SEVERAL and isinstance(value, str) else value
