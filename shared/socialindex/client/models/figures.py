"""Figures over time and by dimensions, and what they cover."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - msgspec reads the annotations at run time

from socialindex.client.models.base import Model
from socialindex.client.models.queries import Note  # noqa: TC001 - msgspec reads the annotations at run time


class BlindInterval(Model, frozen=True, kw_only=True):
    """A time in which we may not have seen what was posted: no posts then do not mean that nothing was said."""

    source: str
    channel: str | None
    """The one channel that is meant; null where the whole source is, or several channels."""
    channels: int | None = None
    """How many of the source's channels are meant; null: the whole source."""
    since: datetime
    until: datetime | None
    """``None``: it lasts."""
    kind: str


class Sample(Model, frozen=True, kw_only=True):
    """A part of the posts that was looked at instead of all."""

    posts: int
    of: int


class Coverage(Model, frozen=True, kw_only=True, rename={"since": "from", "until": "to"}):
    """What the figures beside it cover."""

    since: datetime
    """The window's beginning (``from``)."""
    until: datetime
    """The window's end, which is not in it (``to``)."""
    time_zone: str
    undated: int
    """Posts of the selection without a time of publication that were first seen in the window: in no figure."""
    blind: list[BlindInterval]
    """Times in the window in which a source or channel of the selection may have been missed."""
    silent: list[BlindInterval]
    """Times in which a channel answered and had nothing new, though it should have."""
    health_since: datetime
    """Blind and silent times before are not known any more."""
    kept_since: datetime | None
    """Posts that were first seen before are deleted; ``None``: none are."""
    history_since: date | None
    """Public posts from before this day are beyond the caller's plan; ``None``: none are."""
    sample: Sample | None
    """``None``: all posts of the selection were looked at."""
    estimates: list[str]
    """Names of figures that are counted with an error of about one percent beyond some thousand values."""
    notes: tuple[Note, ...] = ()
    """What of the query its author may not have meant, each with its position; of voices, behind the voice's name."""


class Sum(Model, frozen=True, kw_only=True):
    """A figure of those posts whose source gave it. ``total`` and ``average`` are ``None`` where none did."""

    total: int | None
    average: float | None
    known: int
    """Posts that it is known of."""


class Bucket(Model, frozen=True, kw_only=True):
    """A time: of a day 23 to 25 hours."""

    at: datetime
    """When it begins. It ends with the next one's beginning."""
    posts: int
    deduplicated: int
    """Near-duplicates counted once. A story that goes on counts in each bucket, so that these do not add up."""
    all: int
    """All posts that the caller may see, whatever they are about."""
    share: float | None
    """``posts`` of ``all``; ``None`` where there are none."""
    partial: bool
    """Whether the window, or the present, cuts it off."""
    blind: list[str]
    """Sources of which anything may have been missed: no posts then do not mean that nothing was said."""
    partly_blind: list[str]
    """Sources of which single channels may have been missed."""
    metrics: dict[str, Sum] | None = None
    """Those that were asked for."""


class Series(Model, frozen=True, kw_only=True):
    """The posts of one value. ``counts`` and ``shares`` go with the buckets; shares are of all posts of the bucket."""

    value: str | None
    """``None``: of the other values, or of posts of which it is not known."""
    label: str | None
    """An author's handle or name."""
    posts: int
    deduplicated: int | None
    counts: list[int]
    shares: list[float | None]


class Trends(Model, frozen=True, kw_only=True):
    """Volume over time."""

    total: int
    """Posts of the selection in the window: what the buckets add up to."""
    deduplicated: int
    all: int
    """All posts in the window that the caller may see."""
    interval: str
    buckets: list[Bucket]
    series: list[Series]
    """By ``by``, the most frequent first."""
    others: Series | None
    """Values beyond the ``top``; ``None`` without ``by``, and where a post can have several values."""
    unknown: Series | None
    """Posts of which the value is not known; ``None`` without ``by``."""
    coverage: Coverage


class Cell(Model, frozen=True, kw_only=True):
    """The posts of one value."""

    value: str
    label: str | None
    """An author's handle or name."""
    posts: int
    metric: float | None
    """``None`` where it is known of no post: an unknown figure is not zero."""
    known: int
    """Posts of which the metric is known."""
    within: Table | None
    """By the second dimension; ``None`` where there is none."""


class Table(Model, frozen=True, kw_only=True):
    """Values, those with the most first, and what is not among them."""

    cells: list[Cell]
    unknown: int
    """Posts of which the value is not known."""
    others: int | None
    """Posts of values beyond the ``top``; ``None`` where a post can have several values."""
    outside: float | None
    """The share of the posts that is in no cell."""
    too_few_by: int | None
    """By how many posts at most a cell counts too few, since months are counted apart; ``None`` where the order is not
    by posts, so that nobody knows."""


class Aggregate(Model, frozen=True, kw_only=True):
    """A figure by its dimensions."""

    total: int
    """Posts of the selection in the window."""
    metric: float | None
    """Of all of them."""
    known: int
    table: Table
    coverage: Coverage


class PlaceFigures(Model, frozen=True, kw_only=True):
    """The posts of a source or of one of its platforms."""

    name: str
    posts: int
    deduplicated: int
    share: float | None
    """Of the posts of the selection."""
    first_post: datetime | None
    last_post: datetime | None
    latency_p50: float | None
    """Seconds from publication to being found, half of the time at most; ``None`` where no post tells."""


class SourceFigures(PlaceFigures, frozen=True, kw_only=True):
    """The posts of a source."""

    platforms: list[PlaceFigures]
    """The fifty with the most posts."""
    other_platforms: int
    """Posts of further platforms."""
    no_platform: int
    """Posts that name none."""


class Makeup(Model, frozen=True, kw_only=True):
    """What a selection is made of, the source with the most posts first."""

    total: int
    """Posts of the selection in the window: what the sources add up to."""
    sources: list[SourceFigures]
    coverage: Coverage
