"""Asking the engine what in a query's hits may not be meant (``noise`` says how that is told)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.errors import InvalidQuery, Unavailable
from socialindex.query import compile_query, show
from socialindex.query.fields import FIELDS
from socialindex.query.nodes import Is, Word, all_of, any_of
from socialindex.search.analytics.words import by_lot, candidates, news, readable, standing_out
from socialindex.search.lookup import look_up
from socialindex.search.proposing.noise import MOST, WORDS, NoiseGroup, loud, pairs, themes
from socialindex.search.proposing.pieces import latest, samples, without

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal

    from opensearchpy import OpenSearch

    from socialindex.query import Node
    from socialindex.search.proposing.pieces import Scope

Dsl = dict[str, Any]

_SAMPLE: Final = 300
"""Posts of each month that words are taken from."""


class _Group(NamedTuple):
    """Hits that may not be meant, and what finds them."""

    kind: Literal["theme", "author"]
    terms: list[str]
    node: Node


class NoiseFinder:
    """Looks through the hits of one query.

    Args:
        engine: what is asked.
        scope: among which posts.
        node: the query.
        names: what it looks for.
        language: of most hits: words of another language are never in one post with them, and no other theme for that.
    """

    def __init__(
        self, engine: OpenSearch, scope: Scope, node: Node, names: Sequence[str], language: str | None
    ) -> None:
        self._engine = engine
        self._scope = scope
        self._node = node
        self._names = names
        self._read = compile_query(all_of([node, Is("lang", language)]) if language else node)

    def found(self, authors: Sequence[Dsl], total: int) -> list[NoiseGroup]:
        """Groups of hits that look off, the largest first.

        Args:
            authors: the buckets of the accounts with the most hits.
            total: how many hits there are.

        Raises:
            Unavailable: the engine does not count them in time.
        """
        groups = [*self._themes(), *_authors(authors, total)][:MOST]
        if not groups:
            return []
        each = {str(place): compile_query(group.node) for place, group in enumerate(groups)}
        aggs = {"groups": {"filters": {"filters": each}, "aggs": {"latest": latest(1)}}}
        body = {"query": self._scope.of(compile_query(self._node)), "size": 0, "aggs": aggs}
        buckets = look_up(self._engine, body)["aggregations"]["groups"]["buckets"]
        shown = [self._shown(group, buckets[str(place)], total) for place, group in enumerate(groups)]
        return sorted((one for one in shown if one.posts), key=lambda one: -one.posts)

    def _shown(self, group: _Group, bucket: Dsl, total: int) -> NoiseGroup:
        hits = bucket["latest"]["hits"]["hits"]
        return NoiseGroup(
            kind=group.kind,
            terms=group.terms,
            posts=bucket["doc_count"],
            share=round(bucket["doc_count"] / max(total, 1), 3),
            example=next(iter(samples(hits, group.terms)), None),
            q=show(without(self._node, [group.node])),
        )

    def _themes(self) -> Iterator[_Group]:
        """Themes that look off; none where the engine does not tell words in time."""
        try:
            words = self._words()
            found = self._together(words) if words else None
        except Unavailable:
            return
        if found is None:
            return
        for theme in themes(words, found["aggregations"]["together"], found["hits"]["total"]["value"]):
            yield _Group("theme", theme.words, any_of([Word(word) for word in theme.words]))

    def _words(self) -> list[str]:
        """Nouns that stand out in the hits, without those of the names."""
        query = by_lot(self._scope.of(self._read))
        aggs = standing_out("words", WORDS, _SAMPLE, self._scope.of()["bool"]["filter"])
        found = look_up(self._engine, {"query": query, "size": 0, "aggs": aggs}).get("aggregations", {})
        return [each.term for each in readable(self._engine, news(candidates(found), self._names))][:WORDS]

    def _together(self, words: Sequence[str]) -> Dsl:
        aggs = {"together": pairs(words, lambda word: compile_query(Word(word)))}
        body = {"query": self._scope.of(self._read), "size": 0, "track_total_hits": True, "aggs": aggs}
        return look_up(self._engine, body)


def _authors(buckets: Sequence[Dsl], total: int) -> Iterator[_Group]:
    for handle in loud(buckets, total):
        try:
            node = FIELDS["author"].node(handle, 0)
        except InvalidQuery:
            continue  # a name that the language cannot say
        yield _Group("author", [handle], node)
