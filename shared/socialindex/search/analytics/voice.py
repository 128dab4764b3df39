"""Share of voice: two to ten queries side by side, over the same window and selection."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.errors import InvalidQuery
from socialindex.model import Struct
from socialindex.query import Or, compile_query, cost, parse, sense
from socialindex.search.analytics.asking import Found, Question
from socialindex.search.analytics.coverage import Coverage  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.analytics.dimensions import parts_of, split
from socialindex.search.analytics.figures import FINE, apart, share, told_apart
from socialindex.search.analytics.voices_asked import placed
from socialindex.search.selection import index_of, selected

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from socialindex.access import Caller
    from socialindex.query import Node
    from socialindex.search.analytics.buckets import Scale
    from socialindex.search.analytics.voices_asked import Voices

Dsl = dict[str, Any]

TOP: Final = 20
"""Values of a dimension that each voice is split by."""
_SEPARATOR: Final = "&"


class VoicePart(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A part of a voice."""

    value: str | None
    """A value of ``by``, or the time that a bucket begins at; ``None``: not known."""
    posts: int
    deduplicated: int
    share: float | None
    """Of the same part of all voices; null where another voice may have it among values that it does not list."""


class Voice(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One query's posts."""

    name: str
    posts: int
    """As many as a search for the query, or for the topic, finds."""
    deduplicated: int
    share: float | None
    """Of the posts of all voices added up; one that is in two counts in both."""
    share_deduplicated: float | None
    parts: list[VoicePart]
    """By ``by``, the twenty most frequent first or in the order of time; empty without it."""


class Overlap(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Posts that are in two voices."""

    names: tuple[str, str]
    posts: int


class _Parts(NamedTuple):
    """A voice's parts as they are counted: value, posts, and posts with near-duplicates counted once."""

    listed: list[tuple[str | None, int, int]]
    others: int = 0
    """Posts of values that are not listed."""

    def may_hide(self, value: str | None) -> bool:
        """Whether a value can be among those that are not listed. Posts whose value is not known never are."""
        return self.others > 0 and value is not None and all(value != listed for listed, _, _ in self.listed)


class VoicesAnswer(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Voices side by side, in the order of the request."""

    total: int
    """Posts in any of the voices, each counted once; of topics an estimate, as what overlaps is."""
    deduplicated: int
    voices: list[Voice]
    overlaps: list[Overlap]
    coverage: Coverage


def estimates(asked: Voices) -> list[str]:
    """Names of figures that are counted with an error."""
    return ["deduplicated", *(["overlaps", "total"] if placed(asked).topic else [])]


def question(caller: Caller, asked: Voices, scale: Scale) -> Question:
    """All voices in one question.

    Raises:
        InvalidQuery: one of the queries cannot be read, and says which; or all together cost too much.
        NotFound: one of the topics is not the caller's, or there is none.
    """
    about = placed(asked)
    clauses = dict(zip(map(str, itertools.count()), _clauses(asked), strict=False))
    anyone = {"bool": {"should": list(clauses.values()), "minimum_should_match": 1}}
    query = {"bool": {"filter": [selected(caller, about), anyone]}}
    aggs = {
        "voices": {"filters": {"filters": clauses}, "aggs": {**apart(FINE), **_parts(asked, scale)}},
        **(_met(clauses) if about.topic else _overlapping(clauses)),
        **apart(FINE),
    }
    return Question(query, aggs, index_of(about))


def answer(asked: Voices, scale: Scale, found: Found, coverage: Coverage) -> VoicesAnswer:
    """The engine's answer to ``question``."""
    names = [voice.name for voice in asked.queries]
    buckets = found.part("voices").get("buckets", {})
    rows = [buckets.get(str(number), {"doc_count": 0}) for number in range(len(names))]
    return VoicesAnswer(
        total=found.figures["together"]["value"] if "together" in found.figures else found.total,
        deduplicated=told_apart(found.figures),
        voices=_voices(asked, scale, names, rows),
        overlaps=_overlaps(names, _counted(found, rows)),
        coverage=coverage,
    )


def _clauses(asked: Voices) -> list[Dsl]:
    """What each voice's posts or mentions match."""
    if asked.queries[0].topic:
        return [{"term": {"mention.topic": voice.topic}} for voice in asked.queries]
    nodes = [_read(voice.name, voice.q or "") for voice in asked.queries]
    cost.check(Or(tuple(nodes)))
    return list(map(compile_query, nodes))


def _overlapping(clauses: dict[str, Dsl]) -> Dsl:
    return {"overlaps": {"adjacency_matrix": {"filters": clauses, "separator": _SEPARATOR}}}


def _met(clauses: dict[str, Dsl]) -> Dsl:
    """The same for mentions, which are documents of one topic each: how many posts two topics have together."""
    posts = {"cardinality": {"field": "id", "precision_threshold": FINE}}
    either = {
        f"{one}{_SEPARATOR}{two}": {"filter": {"bool": {"should": [first, second]}}, "aggs": {"posts": posts}}
        for (one, first), (two, second) in itertools.combinations(clauses.items(), 2)
    }
    return {"together": posts, **either}


def _counted(found: Found, rows: list[Dsl]) -> dict[str, int]:
    """How many posts are in both of two voices, by their places."""
    if "together" not in found.figures:
        return {bucket["key"]: bucket["doc_count"] for bucket in found.part("overlaps").get("buckets", [])}
    counts = [row["doc_count"] for row in rows]
    pairs = {
        f"{one}{_SEPARATOR}{two}": counts[one] + counts[two] - found.part(f"{one}{_SEPARATOR}{two}")["posts"]["value"]
        for one, two in itertools.combinations(range(len(rows)), 2)
    }
    return {pair: max(0, count) for pair, count in pairs.items()}


def _read(name: str, q: str) -> Node:
    try:
        node = parse(q)
        sense.check(node, q)
    except InvalidQuery as error:
        message = f"{name}: {error}"
        raise InvalidQuery(message, position=error.position, remedy=error.remedy) from error
    return node


def _parts(asked: Voices, scale: Scale) -> Dsl:
    if asked.by is None:
        return {}
    if asked.by == "time":
        return scale.over_time(apart())
    return split(asked.by, TOP, apart())


def _voices(asked: Voices, scale: Scale, names: list[str], rows: list[Dsl]) -> list[Voice]:
    posts = [row["doc_count"] for row in rows]
    stories = [told_apart(row) for row in rows]
    parts = _by_time(scale, rows) if asked.by == "time" else [_by_value(asked, row) for row in rows]
    wholes = _wholes(parts)
    return [
        Voice(
            name=name,
            posts=posts[place],
            deduplicated=stories[place],
            share=share(posts[place], sum(posts)),
            share_deduplicated=share(stories[place], sum(stories)),
            parts=[
                VoicePart(value=value, posts=count, deduplicated=apart_, share=share(count, wholes.get(value, 0)))
                for value, count, apart_ in parts[place].listed
            ],
        )
        for place, name in enumerate(names)
    ]


def _wholes(parts: Sequence[_Parts]) -> dict[str | None, int]:
    """Posts of each part in all voices, where all of them tell."""
    wholes: dict[str | None, int] = {}
    for value, count, _ in itertools.chain.from_iterable(voice.listed for voice in parts):
        wholes[value] = wholes.get(value, 0) + count
    return {value: whole for value, whole in wholes.items() if not any(voice.may_hide(value) for voice in parts)}


def _by_time(scale: Scale, rows: list[Dsl]) -> list[_Parts]:
    return [
        _Parts(
            [
                (_written(at), bucket["doc_count"], told_apart(bucket))
                for at, bucket in zip(scale.edges, scale.row(row), strict=False)
            ]
        )
        for row in rows
    ]


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _by_value(asked: Voices, row: Dsl) -> _Parts:
    if asked.by is None or asked.by == "time":
        return _Parts([])
    parts = parts_of(asked.by, row)
    known = [(part.value, part.bucket["doc_count"], told_apart(part.bucket)) for part in parts.parts]
    unknown = parts.unknown["doc_count"]
    listed = [*known, *([(None, unknown, told_apart(parts.unknown))] if unknown else [])]
    return _Parts(listed, parts.others or 0)


def _overlaps(names: Sequence[str], counts: dict[str, int]) -> list[Overlap]:
    return [
        Overlap(names=(first, second), posts=counts.get(f"{one}{_SEPARATOR}{two}", 0))
        for (one, first), (two, second) in itertools.combinations(enumerate(names), 2)
    ]
