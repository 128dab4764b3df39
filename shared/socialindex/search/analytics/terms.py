"""Terms: words, hashtags and entities that go with a selection (연관어), and with one another."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec

from socialindex.access import visible_to
from socialindex.model import Struct
from socialindex.search.analytics.asking import Found, Question, ask
from socialindex.search.analytics.coverage import Coverage  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.analytics.window import Windowed
from socialindex.search.analytics.words import (
    Of,
    Term,
    by_lot,
    candidates,
    clauses,
    contrasted,
    frequent,
    looked_up,
    news,
    of_each_month,
    own_words,
    readable,
    sampled,
    shown,
    standing_out,
)
from socialindex.search.selection import index_of, queries_of, selected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.search.analytics.window import Window
    from socialindex.search.analytics.words import Candidate

Dsl = dict[str, Any]

MOST_PAIRED: Final = 20
MOST_PAIRS: Final = 100
_SEPARATOR: Final = "&"


class Terms(Windowed, frozen=True, kw_only=True):
    """What stands out in a selection."""

    of: Of = "words"
    """Words are nouns of the text."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 30
    background: Literal["window", "all"] = "window"
    """What the selection is compared with: all posts of the window that the caller may see, or of all times. Mentions
    of a topic are compared with posts too."""
    sample: Annotated[int, msgspec.Meta(ge=100, le=2_000)] = 500
    """Of words: how many posts of each month are taken apart, drawn by lot; fewer where the window is long."""
    pairs: bool = False
    """Whether to count which of the first twenty terms are in one post."""


class Pair(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Two terms in one post."""

    terms: tuple[str, str]
    posts: int
    """Posts of the whole selection."""


class TermsAnswer(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What stands out, the most first."""

    total: int
    """Posts of the selection in the window."""
    background: int
    """Posts of the background."""
    terms: list[Term]
    pairs: list[Pair] | None
    """Terms that go together, the most frequent pair first; ``None`` unless asked for."""
    coverage: Coverage


def questions(caller: Caller, asked: Terms, window: Window) -> list[Question]:
    """What stands out, and how many posts it is compared with."""
    background = visible_to(caller)
    if asked.background == "window":
        published = {"gte": window.since.isoformat(), "lt": window.until.isoformat()}
        background.append({"range": {"published_at": published}})
    sample = of_each_month(asked.sample, window)
    if asked.topic:
        aggs = frequent(asked.of, asked.limit, sample)
    else:
        aggs = standing_out(asked.of, asked.limit, sample, background)
    ours = Question(by_lot(selected(caller, asked)), aggs, index_of(asked))
    return [ours, Question({"bool": {"filter": background}})]


def chosen(engine: OpenSearch, caller: Caller, asked: Terms, found: Found, background: Question) -> list[Candidate]:
    """The terms to show.

    Args:
        engine: what knows words.
        caller: who asks.
        asked: what for.
        found: the answer to the first of ``questions``.
        background: the second of them.

    Raises:
        Unavailable: the engine does not answer.
    """
    first = candidates(found.figures)
    if asked.topic and first:
        counted = Question(background.query, {"found": {"filters": {"filters": clauses(asked.of, first)}}})
        looked = sampled(found.figures)
        first = contrasted(first, found.total if looked is None else looked, ask(engine, [counted])[0])
    new = news(first, own_words(*queries_of(caller, asked)))
    return (readable(engine, new) if asked.of == "words" else new)[: asked.limit]


def closer(caller: Caller, asked: Terms, found: Sequence[Candidate]) -> list[Question]:
    """A second look at the terms that were chosen, in all posts; none where there are none."""
    if not found:
        return []
    aggs = looked_up(asked.of, found)
    if asked.pairs:
        filters = clauses(asked.of, found[:MOST_PAIRED])
        aggs["pairs"] = {"adjacency_matrix": {"filters": filters, "separator": _SEPARATOR}}
    return [Question(selected(caller, asked), aggs, index_of(asked))]


def answer(
    asked: Terms, found: Sequence[Found], chosen: Sequence[Candidate], figures: Dsl, coverage: Coverage
) -> TermsAnswer:
    """The answers to ``questions``, and to ``closer``."""
    return TermsAnswer(
        total=found[0].total,
        background=found[1].total,
        terms=shown(chosen, figures),
        pairs=_pairs(chosen[:MOST_PAIRED], figures.get("pairs", {})) if asked.pairs else None,
        coverage=coverage,
    )


def _pairs(chosen: Sequence[Candidate], matrix: Dsl) -> list[Pair]:
    counts = {frozenset(bucket["key"].split(_SEPARATOR)): bucket["doc_count"] for bucket in matrix.get("buckets", [])}
    together = [
        Pair(terms=(first.term, second.term), posts=counts.get(frozenset({str(one), str(two)}), 0))
        for (one, first), (two, second) in itertools.combinations(enumerate(chosen), 2)
    ]
    return sorted((pair for pair in together if pair.posts), key=lambda pair: -pair.posts)[:MOST_PAIRS]
