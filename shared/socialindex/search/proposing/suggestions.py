"""What could be added to a topic: other spellings, misspellings and words that go with it; a person accepts each.

Some five plain requests to the engine. Words come from all of the index, of which much is not the caller's to see: what
is suggested are those that are in posts that the caller may see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from socialindex.engine import answering
from socialindex.errors import InvalidInput, InvalidQuery
from socialindex.model import Struct
from socialindex.query import compile_query, parse, show, terms
from socialindex.query.nodes import Phrase, Word
from socialindex.search.analytics.words import by_lot, candidates, folded, news, readable, standing_out
from socialindex.search.lookup import look_up
from socialindex.search.proposing import near, spellings
from socialindex.search.proposing.pieces import SamplePost, is_query, lately, latest, samples, term, widened
from socialindex.search.proposing.spellings import Origin, Spelling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.dictionary import Entry
    from socialindex.topics.topic import Watched

Dsl = dict[str, Any]

_NAMES: Final = 5
"""Words of a query that are looked up."""
_MOST: Final = 60
"""Suggestions that are counted."""
_RELATED: Final = 15
_HASHTAGS: Final = 10
_READ: Final = 100
"""Posts that are read, for names in brackets."""
_SAMPLE: Final = 300
"""Posts of each month that words are taken from."""
_SHORTEST: Final = 3
"""Characters of a name that can be misspelled: what is one letter away from a shorter one is another word."""
_CANDIDATES: Final = 50
_ANY: Final = 1_000_000_000
"""More posts than a name can be in: the engine takes what is frequent for spelled right otherwise."""


class Suggestion(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Something that could be added to a query."""

    text: str
    origin: Origin
    """given: by who asks. dictionary: a spelling that the service knows. spacing: with other spaces. brackets: people
    write the two side by side, one of them in brackets. misspelling: hardly different. related: a word that goes with
    it."""
    beside: str
    """The word of the query that it would stand beside."""
    posts: int
    """Posts of the last 30 days that have it."""
    new: int
    """Of them, those that the topic does not match."""
    example: SamplePost | None
    """The latest of the new ones; else of all."""
    q: str
    """The query with it; send it as the topic's ``q`` to accept."""


class Suggestions(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What could be added: spellings first, then words that go with the topic; each kind by the posts that it adds."""

    items: list[Suggestion]


_Found = tuple["Word | Phrase", Spelling]


class Suggesting:
    """Looks for what could be added to what a topic is about.

    Raises (every method that asks the engine):
        Unavailable: it does not answer, or not in time.
    """

    def __init__(self, engine: OpenSearch, caller: Caller, entries: Sequence[Entry], watched: Watched) -> None:
        self._engine = engine
        self._entries = entries
        self._scope = lately(caller, watched.language, watched.source)
        self._node = parse(watched.q)
        self._query = compile_query(self._node)
        looked_for = [leaf for leaf in terms(self._node) if isinstance(leaf, Word | Phrase)]
        self._names: list[Word | Phrase] = looked_for[:_NAMES]

    def made(self) -> Suggestions:
        """The suggestions; none for a query without words."""
        if not self._names:
            return Suggestions(items=[])
        found = self._new([*self._spelled(), *self._misspelled(), *self._of_posts()])
        return Suggestions(items=self._counted(found) if found else [])

    def _spelled(self) -> Iterator[_Found]:
        """By the dictionary, and with other spaces: also between the parts that the Korean dictionary sees in it."""
        parts = self._parts()
        for leaf in self._names:
            for way in spellings.known([leaf.text], self._entries):
                yield leaf, way
            for text in spellings.spacings(leaf.text, parts.get(leaf.text, ())):
                yield leaf, Spelling(text, "spacing")

    def _parts(self) -> dict[str, list[str]]:
        """The parts of each name, as nori takes compounds apart."""
        return {leaf.text: self._taken_apart(leaf.text) for leaf in self._names if isinstance(leaf, Word)}

    def _taken_apart(self, text: str) -> list[str]:
        with answering():
            tokens = self._engine.indices.analyze(body={**_COMPOUNDS, "text": text})["tokens"]
        return [token["token"] for token in tokens]

    def _misspelled(self) -> Iterator[_Found]:
        """Beginnings of words that are hardly different from a name."""
        names = [leaf for leaf in self._names if isinstance(leaf, Word) and len(leaf.text) >= _SHORTEST]
        if not names:
            return
        body = {"size": 0, "suggest": {str(place): _alike(leaf.text) for place, leaf in enumerate(names)}}
        found = look_up(self._engine, body).get("suggest", {})
        for place, leaf in enumerate(names):
            options = [option for entry in found.get(str(place), []) for option in entry["options"]]
            words = [option["text"].removeprefix(_BEGIN) for option in options if option["text"].startswith(_BEGIN)]
            for word in near.misspellings(folded(leaf.text), words):
                yield leaf, Spelling(word, "misspelling")

    def _of_posts(self) -> Iterator[_Found]:
        """Names that stand in brackets beside one, and words and hashtags that go with the topic."""
        background = self._scope.of()["bool"]["filter"]
        body = {
            "query": by_lot(self._scope.of(self._query)),
            "size": _READ,
            "_source": ["title", "text"],
            "aggs": {
                "words": {"filter": {"match_all": {}}, "aggs": standing_out("words", _RELATED, _SAMPLE, background)},
                "tags": {"filter": {"match_all": {}}, "aggs": standing_out("hashtags", _HASHTAGS, _SAMPLE, background)},
            },
        }
        found = look_up(self._engine, body)
        first, own = self._names[0], [leaf.text for leaf in self._names]
        texts = [text for hit in found["hits"]["hits"] for text in hit["_source"].values() if text]
        for leaf in self._names:
            for way in spellings.beside(texts, [leaf.text]):
                yield leaf, way
        figures = found.get("aggregations", {})
        words = readable(self._engine, news(candidates(figures.get("words", {})), own))
        for each in words[:_RELATED]:
            yield first, Spelling(each.term, "related")
        for each in news(candidates(figures.get("tags", {})), own)[:_HASHTAGS]:
            yield first, Spelling(f"#{each.term}", "related")

    def _new(self, found: Sequence[_Found]) -> list[_Found]:
        """What the query has not, each once."""
        there = {folded(leaf.text) for leaf in terms(self._node)}
        first: dict[str, _Found] = {}
        for each in found:
            first.setdefault(folded(each[1].text), each)
        return [each for text, each in first.items() if text not in there][:_MOST]

    def _counted(self, found: Sequence[_Found]) -> list[Suggestion]:
        """Suggestions that are in posts, with how many."""
        can = [(leaf, way, q) for leaf, way in found if (q := self._with(leaf, way)) is not None]
        each = {str(place): compile_query(parse(_quoted(way.text))) for place, (_, way, _) in enumerate(can)}
        if not each:
            return []
        new = {"filter": {"bool": {"must_not": [self._query]}}, "aggs": {"latest": latest(1)}}
        aggs = {"each": {"filters": {"filters": each}, "aggs": {"latest": latest(1), "new": new}}}
        found_now = look_up(self._engine, {"query": self._scope.of(), "size": 0, "aggs": aggs})
        if "aggregations" not in found_now:  # there is no index yet: no post has come in
            return []
        buckets = found_now["aggregations"]["each"]["buckets"]
        shown = [_suggestion(leaf, way, q, buckets[str(place)]) for place, (leaf, way, q) in enumerate(can)]
        there = [one for one in shown if one.posts]
        return sorted(there, key=lambda one: (one.origin == "related", -one.new, -one.posts))

    def _with(self, leaf: Word | Phrase, way: Spelling) -> str | None:
        """The query with another spelling; ``None`` where the language cannot say it."""
        try:
            other = parse(_quoted(way.text)) if way.text.startswith("#") else term(way.text, "q")
            wider = show(widened(self._node, leaf, other))
        except (InvalidInput, InvalidQuery):
            return None
        return wider if is_query(wider) else None


_BEGIN: Final = "^"
"""What the index marks beginnings of words with (``analysis.json``)."""
_COMPOUNDS: Final[Dsl] = {
    "tokenizer": {"type": "nori_tokenizer", "decompound_mode": "discard"},
    "filter": ["lowercase"],
}


def _alike(name: str) -> Dsl:
    """A question for words that begin alike (the engine's term suggester, by Damerau-Levenshtein over whole syllables).

    The first character must be right: people seldom get it wrong, and the engine would look at all words otherwise.
    """
    field = {"field": "text.eojeol", "analyzer": "keyword", "suggest_mode": "always", "size": _CANDIDATES}
    bounds = {"max_edits": 1, "prefix_length": 2, "min_word_length": 3, "max_term_freq": _ANY}
    return {"text": f"{_BEGIN}{folded(name)}", "term": field | bounds}


def _quoted(text: str) -> str:
    return text if text.startswith("#") else f'"{text}"'


def _suggestion(leaf: Word | Phrase, way: Spelling, q: str, bucket: Dsl) -> Suggestion:
    hits = bucket["new"]["latest"]["hits"]["hits"] or bucket["latest"]["hits"]["hits"]
    return Suggestion(
        text=way.text,
        origin=way.origin,
        beside=leaf.text,
        posts=bucket["doc_count"],
        new=bucket["new"]["doc_count"],
        example=next(iter(samples(hits, [way.text.removeprefix("#")])), None),
        q=q,
    )
