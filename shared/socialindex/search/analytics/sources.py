"""Sources: what a selection is made of, by source and platform."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from socialindex.model import Struct
from socialindex.search.analytics.asking import Found, Question
from socialindex.search.analytics.coverage import Coverage  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.analytics.dimensions import parts_of, split
from socialindex.search.analytics.figures import apart, share, told_apart
from socialindex.search.analytics.window import Windowed
from socialindex.search.selection import index_of, selected

if TYPE_CHECKING:
    from socialindex.access import Caller

Dsl = dict[str, Any]

MOST_SOURCES: Final = 100
MOST_PLATFORMS: Final = 50
_FIGURES: Final[Dsl] = {
    **apart(),
    "first": {"min": {"field": "published_at"}},
    "last": {"max": {"field": "published_at"}},
    "latency": {"percentiles": {"field": "latency_ms", "percents": [50]}},
    "live": {"value_count": {"field": "latency_ms"}},
}


class Sources(Windowed, frozen=True, kw_only=True):
    """What a selection is made of."""


class Place(Struct, frozen=True, kw_only=True, omit_defaults=False):
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


class Source(Place, frozen=True, kw_only=True, omit_defaults=False):
    """The posts of a source."""

    platforms: list[Place]
    """The fifty with the most posts."""
    other_platforms: int
    """Posts of further platforms."""
    no_platform: int
    """Posts that name none."""


class SourcesAnswer(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What a selection is made of, the source with the most posts first."""

    total: int
    """Posts of the selection in the window: what the sources add up to."""
    sources: list[Source]
    coverage: Coverage


def question(caller: Caller, asked: Sources) -> Question:
    """The selection's posts by source and platform."""
    platforms = split("platform", MOST_PLATFORMS, _FIGURES)
    aggs = split("source", MOST_SOURCES, {**_FIGURES, **platforms})
    return Question(selected(caller, asked), aggs, index_of(asked))


def answer(found: Found, coverage: Coverage) -> SourcesAnswer:
    """The engine's answer to ``question``."""
    parts = parts_of("source", found.figures).parts
    return SourcesAnswer(
        total=found.total,
        sources=[_source(part.value, part.bucket, found.total) for part in parts],
        coverage=coverage,
    )


def _source(name: str, bucket: Dsl, total: int) -> Source:
    platforms = parts_of("platform", bucket)
    return Source(
        **_place(name, bucket, total),
        platforms=[Place(**_place(part.value, part.bucket, total)) for part in platforms.parts],
        other_platforms=platforms.others or 0,
        no_platform=platforms.unknown["doc_count"],
    )


def _place(name: str, bucket: Dsl, total: int) -> dict[str, Any]:
    live = bucket["live"]["value"]
    return {
        "name": name,
        "posts": bucket["doc_count"],
        "deduplicated": told_apart(bucket),
        "share": share(bucket["doc_count"], total),
        "first_post": _time(bucket["first"]["value"]),
        "last_post": _time(bucket["last"]["value"]),
        "latency_p50": round(bucket["latency"]["values"]["50.0"] / 1000, 1) if live else None,
    }


def _time(milliseconds: float | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
