"""Share of voice: two to ten queries side by side, over the same window and selection."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec

from socialindex.errors import InvalidInput, InvalidQuery
from socialindex.model import Struct
from socialindex.query import Or, compile_query, cost, parse
from socialindex.search.analytics.asking import Found, Question
from socialindex.search.analytics.coverage import Coverage  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.analytics.dimensions import parts_of, split
from socialindex.search.analytics.figures import FINE, apart, share, told_apart
from socialindex.search.analytics.window import Wanted, Windowed, histogram
from socialindex.search.selection import selected

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from socialindex.access import Caller
    from socialindex.query import Node
    from socialindex.search.analytics.trends import Scale

Dsl = dict[str, Any]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=32_768)]

LEAST, MOST = 2, 10
MOST_CELLS: Final = 2_000
"""Voices times buckets: each counts different things, which takes some kilobytes."""
TOP: Final = 20
"""Values of a dimension that each voice is split by."""
ESTIMATES: Final = ["deduplicated"]
_SEPARATOR: Final = "&"


class Split(Windowed, frozen=True, kw_only=True):
    """What the voices are compared over, and by. ``q`` narrows all of them."""

    by: Literal["time", "source", "platform", "language", "kind", "sentiment"] | None = None
    """What each voice is split by."""
    interval: Wanted = "auto"
    """With ``by=time``: length of a bucket."""


class VoiceParameters(Split, frozen=True, kw_only=True):
    """Share of voice by a URL. What commas cannot separate goes into a body."""

    queries: Annotated[list[Text], msgspec.Meta(min_length=LEAST, max_length=MOST)]
    """Two to ten queries, each its own name."""


class Named(Struct, frozen=True, kw_only=True):
    """One voice."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    q: Text


class Voices(Split, frozen=True, kw_only=True):
    """Share of voice."""

    queries: Annotated[list[Named], msgspec.Meta(min_length=LEAST, max_length=MOST)]


class VoicePart(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A part of a voice. ``share`` is of the same part of all voices."""

    value: str | None
    """A value of ``by``, or the time that a bucket begins at; ``None``: not known."""
    posts: int
    deduplicated: int
    share: float | None


class Voice(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One query's posts."""

    name: str
    posts: int
    """As many as a search for the query finds."""
    deduplicated: int
    share: float | None
    """Of the posts of all voices added up; one that is in two counts in both."""
    share_deduplicated: float | None
    parts: list[VoicePart]
    """By ``by``, the most frequent first or in the order of time; empty without it."""


class Overlap(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Posts that are in two voices."""

    names: tuple[str, str]
    posts: int


class VoicesAnswer(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Voices side by side, in the order of the request."""

    total: int
    """Posts in any of the voices, each counted once."""
    deduplicated: int
    voices: list[Voice]
    overlaps: list[Overlap]
    coverage: Coverage


def named(parameters: VoiceParameters) -> Voices:
    """A request by URL as one with names."""
    fields = {field: getattr(parameters, field) for field in parameters.__struct_fields__}
    return Voices(**{**fields, "queries": [Named(name=query, q=query) for query in parameters.queries]})


def check(asked: Voices, scale: Scale) -> None:
    """Pass what makes sense and is not too much.

    Raises:
        InvalidInput: two voices have one name, or there are too many figures.
    """
    names = [voice.name for voice in asked.queries]
    if len(set(names)) < len(names):
        raise InvalidInput("two queries have the same name", field="queries", remedy="name each in its own way")
    if asked.by == "time" and len(names) * scale.length > MOST_CELLS:
        message = f"{len(names)} voices of {scale.length} buckets are too many"
        remedy = f"use a longer interval: at most {MOST_CELLS} figures"
        raise InvalidInput(message, field="interval", remedy=remedy)


def question(caller: Caller, asked: Voices, scale: Scale) -> Question:
    """All voices in one question.

    Raises:
        InvalidQuery: one of the queries cannot be read, and says which; or all together cost too much.
    """
    nodes = list(map(_read, asked.queries))
    cost.check(Or(tuple(nodes)))
    clauses = {str(number): compile_query(node) for number, node in enumerate(nodes)}
    anyone = {"bool": {"should": list(clauses.values()), "minimum_should_match": 1}}
    query = {"bool": {"filter": [selected(caller, asked), anyone]}}
    aggs = {
        "voices": {"filters": {"filters": clauses}, "aggs": {**apart(FINE), **_parts(asked, scale)}},
        "overlaps": {"adjacency_matrix": {"filters": clauses, "separator": _SEPARATOR}},
        **apart(FINE),
    }
    return Question(query, aggs)


def answer(asked: Voices, scale: Scale, found: Found, coverage: Coverage) -> VoicesAnswer:
    """The engine's answer to ``question``."""
    names = [voice.name for voice in asked.queries]
    buckets = found.part("voices").get("buckets", {})
    rows = [buckets.get(str(number), {"doc_count": 0}) for number in range(len(names))]
    return VoicesAnswer(
        total=found.total,
        deduplicated=told_apart(found.figures),
        voices=_voices(asked, scale, names, rows),
        overlaps=_overlaps(names, found.part("overlaps")),
        coverage=coverage,
    )


def _read(voice: Named) -> Node:
    try:
        return parse(voice.q)
    except InvalidQuery as error:
        message = f"{voice.name}: {error}"
        raise InvalidQuery(message, position=error.position, remedy=error.remedy) from error


def _parts(asked: Voices, scale: Scale) -> Dsl:
    if asked.by is None:
        return {}
    if asked.by == "time":
        return {"time": {**histogram(scale.window, scale.interval), "aggs": apart()}}
    return split(asked.by, TOP, apart())


def _voices(asked: Voices, scale: Scale, names: list[str], rows: list[Dsl]) -> list[Voice]:
    posts = [row["doc_count"] for row in rows]
    stories = [told_apart(row) for row in rows]
    parts = _by_time(scale, rows) if asked.by == "time" else [_by_value(asked, row) for row in rows]
    wholes: dict[str | None, int] = {}
    for value, count, _ in itertools.chain.from_iterable(parts):
        wholes[value] = wholes.get(value, 0) + count
    return [
        Voice(
            name=name,
            posts=posts[place],
            deduplicated=stories[place],
            share=share(posts[place], sum(posts)),
            share_deduplicated=share(stories[place], sum(stories)),
            parts=[
                VoicePart(value=value, posts=count, deduplicated=apart_, share=share(count, wholes[value]))
                for value, count, apart_ in parts[place]
            ],
        )
        for place, name in enumerate(names)
    ]


def _by_time(scale: Scale, rows: list[Dsl]) -> list[list[tuple[str | None, int, int]]]:
    return [
        [
            (_written(at), bucket["doc_count"] if bucket else 0, told_apart(bucket or {}))
            for at, bucket in zip(scale.edges, scale.row(row.get("time", {})), strict=False)
        ]
        for row in rows
    ]


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _by_value(asked: Voices, row: Dsl) -> list[tuple[str | None, int, int]]:
    if asked.by is None or asked.by == "time":
        return []
    parts = parts_of(asked.by, row)
    known = [(part.value, part.bucket["doc_count"], told_apart(part.bucket)) for part in parts.parts]
    unknown = parts.unknown["doc_count"]
    return [*known, *([(None, unknown, told_apart(parts.unknown))] if unknown else [])]


def _overlaps(names: Sequence[str], matrix: Dsl) -> list[Overlap]:
    counts = {bucket["key"]: bucket["doc_count"] for bucket in matrix.get("buckets", [])}
    return [
        Overlap(names=(first, second), posts=counts.get(f"{one}{_SEPARATOR}{two}", 0))
        for (one, first), (two, second) in itertools.combinations(enumerate(names), 2)
    ]
