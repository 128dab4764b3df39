"""A topic's query proposed from a brand's name alone, with what it finds and what of that may be noise.

Some six plain requests to the engine, however much is found: hits are counted, a hundred are read, and words are taken
from a sample.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from socialindex.query import compile_query, cost, explain, show
from socialindex.query.nodes import any_of
from socialindex.search.analytics.words import by_lot
from socialindex.search.lookup import look_up
from socialindex.search.proposing import spellings
from socialindex.search.proposing.answers import Competitor, PostFrequency, PostsOf, SpellingUse, TopicProposal
from socialindex.search.proposing.noise_finder import NoiseFinder
from socialindex.search.proposing.pieces import DAYS, lately, latest, samples, term, without
from socialindex.search.queries import Explanation
from socialindex.search.selection import languages_in, sources_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.dictionary import Entry
    from socialindex.query import Node
    from socialindex.search.proposing.answers import Propose
    from socialindex.search.proposing.spellings import Spelling

Dsl = dict[str, Any]

_COUNTED: Final = 100_000
"""Posts up to which hits are counted."""
_READ: Final = 100
"""Posts that are read, for names in brackets."""
_SHOWN: Final = 10
_MOST_SPELLINGS: Final = 60
_TOP: Final = 12
"""Languages, sources."""
_NO_POSTS: Final[Dsl] = {
    **{name: {"buckets": {}} for name in ("ways", "each")},
    **{name: {"buckets": []} for name in ("languages", "sources", "authors")},
    "latest": {"hits": {"hits": []}},
}
"""What is counted where the engine has no index yet: it answers without aggregations then."""


class Proposing:
    """One proposal in the making.

    Raises (every method that asks the engine):
        Unavailable: it does not answer, or not in time.
    """

    def __init__(self, engine: OpenSearch, caller: Caller, entries: Sequence[Entry], asked: Propose) -> None:
        self._engine = engine
        self._entries = entries
        self._asked = asked
        self._scope = lately(caller, languages_in(asked.language), sources_in(asked.source))
        self._out = [term(word, f"leave_out[{place}]") for place, word in enumerate(asked.leave_out)]

    def made(self) -> TopicProposal:
        """The proposal.

        Raises:
            InvalidInput: a name has nothing to look for in it.
        """
        asked = self._asked
        ways = spellings.known([asked.name, *asked.also], self._entries)[:_MOST_SPELLINGS]
        found = self._tried(ways)
        texts = [text for hit in found["hits"]["hits"] for text in _texts(hit["_source"])]
        if beside := spellings.beside(texts, [way.text for way in ways]):
            ways = spellings.distinct([*ways, *beside])[:_MOST_SPELLINGS]
            found = self._tried(ways)
        return self._proposal(_counted(ways, found.get("aggregations", _NO_POSTS)["ways"]["buckets"]), found)

    def _query(self, names: Sequence[str]) -> Node:
        return without(any_of([term(name, "name") for name in names]), self._out)

    def _tried(self, ways: Sequence[Spelling]) -> Dsl:
        """What the spellings find: hits to read, and counts."""
        query = self._query([way.text for way in ways])
        cost.check(query)
        each = {str(place): compile_query(term(way.text, "name")) for place, way in enumerate(ways)}
        body = {
            "query": by_lot(self._scope.of(compile_query(query))),
            "size": _READ,
            "_source": ["title", "text"],
            "track_total_hits": _COUNTED,
            "aggs": {
                "ways": {"filters": {"filters": each}},
                "languages": {"terms": {"field": "language", "size": _TOP}},
                "sources": {"terms": {"field": "source", "size": _TOP}},
                "authors": {"terms": {"field": "author.handle", "size": 3}},
                "latest": latest(_SHOWN),
            },
        }
        return look_up(self._engine, body)

    def _proposal(self, ways: list[SpellingUse], found: Dsl) -> TopicProposal:
        figures, total = found.get("aggregations", _NO_POSTS), found["hits"]["total"]
        names = [way.text for way in ways if way.used]
        node = self._query(names)
        languages = _shares(figures["languages"])
        main = languages[0].value if languages else None
        finder = NoiseFinder(self._engine, self._scope, node, names, main)
        return TopicProposal(
            name=self._asked.name,
            q=show(node),
            explanation=Explanation(en=explain(node, "en"), ko=explain(node, "ko")),
            spellings=ways,
            estimate=_estimate(total),
            languages=languages,
            sources=_shares(figures["sources"]),
            samples=samples(figures["latest"]["hits"]["hits"], names),
            noise=finder.found(figures["authors"]["buckets"], total["value"]),
            competitors=self._competitors(),
        )

    def _competitors(self) -> list[Competitor]:
        """A query for each, by what the dictionary knows of it."""
        if not self._asked.competitors:
            return []
        queries = [self._of_competitor(name, place) for place, name in enumerate(self._asked.competitors)]
        each = {str(place): compile_query(node) for place, node in enumerate(queries)}
        body = {"query": self._scope.of(), "size": 0, "aggs": {"each": {"filters": {"filters": each}}}}
        buckets = look_up(self._engine, body).get("aggregations", _NO_POSTS)["each"]["buckets"]
        return [
            Competitor(name=name, q=show(node), posts=_posts(buckets, place))
            for place, (name, node) in enumerate(zip(self._asked.competitors, queries, strict=True))
        ]

    def _of_competitor(self, name: str, place: int) -> Node:
        ways = [way for way in spellings.known([name], self._entries) if way.origin != "spacing"]
        node = any_of([term(way.text, f"competitors[{place}]") for way in ways])
        cost.check(node)
        return node


def _counted(ways: Sequence[Spelling], buckets: Dsl) -> list[SpellingUse]:
    """Spellings with how often each is there. Who gave one means it; of the others only what people write is used."""
    posts = [_posts(buckets, place) for place in range(len(ways))]
    return [
        SpellingUse(text=way.text, origin=way.origin, posts=count, used=way.origin == "given" or count > 0)
        for way, count in zip(ways, posts, strict=True)
    ]


def _posts(buckets: Dsl, place: int) -> int:
    posts: int = buckets.get(str(place), {"doc_count": 0})["doc_count"]
    return posts


def _estimate(total: Dsl) -> PostFrequency:
    posts = total["value"]
    return PostFrequency(posts=posts, at_least=total["relation"] == "gte", per_day=round(posts / DAYS, 1))


def _shares(figures: Dsl) -> list[PostsOf]:
    return [PostsOf(value=bucket["key"], posts=bucket["doc_count"]) for bucket in figures["buckets"]]


def _texts(source: Dsl) -> list[str]:
    return [text for name in ("title", "text") if (text := source.get(name))]
