"""Words that stand out in some posts against others, as people read them.

The engine takes a sample of the posts apart once more (``significant_text``), compares how often a morpheme is there
with how often it is in the background, and passes over what repeats itself. What comes back are morphemes of every
kind, but only nouns say something by themselves: the engine's own dictionary is asked which of them are nouns. A field
of nouns beside the text would save that question of some ten milliseconds, and make indexing take 1.4 times as long.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from socialindex.engine import answering
from socialindex.model import Struct
from socialindex.query import Word, parse, terms
from socialindex.query.nodes import Phrase, Prefix
from socialindex.search.analytics.english import BARE
from socialindex.search.analytics.figures import rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.search.analytics.asking import Found
    from socialindex.search.analytics.window import Window

Dsl = dict[str, Any]
Of = Literal["words", "hashtags", "entities"]

_FIELDS: Final[dict[Of, str]] = {"words": "text", "hashtags": "hashtags", "entities": "entities"}
FEWEST: Final = 3
"""Posts below which a word is chance."""
MOST_SAMPLED: Final = 6_000
"""Posts that one question takes apart, all months together: a second or two of the engine's time."""
_SPARE: Final = 3
"""Candidates for each word wanted: some two thirds are no nouns."""
_MANY: Final = 10
"""The same where they are only the most frequent: then most say nothing."""
_MOST_COMPARED: Final = 500
_SEED: Final = 1
"""The sample is drawn by lot, and is the same when the question is."""
_CUT: Final = 0.9
"""A part of a word that is hardly ever on its own says nothing beside the word: 감자 beside 감자탕."""
_TAGS: Final = (
    "EP EF EC ETN ETM IC JKS JKC JKG JKO JKB JKV JKQ JX JC MAG MAJ MM NNB NNBC NP NR SF SN SP SSC SSO SC SY SE "
    "VA VCN VCP VV VX XPN XR XSA XSN XSV UNKNOWN UNA NA VSV"
)
"""All tags of the Sejong scheme but general and proper nouns, foreign words and ideographs (NNG, NNP, SL, SH)."""
_NOUNS: Final[Dsl] = {
    "tokenizer": {"type": "nori_tokenizer", "decompound_mode": "none"},
    "filter": [
        {"type": "nori_part_of_speech", "stoptags": _TAGS.split()},
        "lowercase",
        {"type": "stop", "stopwords": BARE},
    ],
}
_ACCENTS: Final = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
"""Of Latin, Greek and Cyrillic letters, and points of Hebrew and Arabic; Thai vowels and Japanese voicing are none."""
_ARABIC: Final = str.maketrans(
    "\u0629\u0649\u06cc\u06d2\u06a9\u06d5\u06c1", "\u0647\u064a\u064a\u064a\u0643\u0647\u0647", "\u0640"
)
"""Letters of Arabic and Persian that the index takes for one another, and the stroke that widens words."""
_LATIN: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that have no accent to take away, and that the index writes without their strokes and dots all the same."""
_APOSTROPHES: Final = re.compile("(?<=[^\\W\\d_])['\u2019](?=[^\\W\\d_])")
"""Within words, where the index leaves them out: L'Oréal."""
_BEHIND: Final = "는"
"""Behind a noun this marks the topic, behind a verb's stem it is an ending, so that the dictionary must decide between
the two: alone, 아끼 (of 아끼다) passes for a name. Of 32 stems tried 13 passed alone and 2 so; all of 70 nouns pass."""


class Candidate(NamedTuple):
    """A word, or hashtag or entity, that stands out."""

    term: str
    score: float
    posts: int
    """Posts that have it, of those looked at."""
    background: int
    """Posts of the background that have it."""


class Term(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A term that stands out."""

    term: str
    score: float
    """How much it stands out (the engine's JLH: the change of its share times the ratio); comparable in one answer."""
    posts: int
    """Posts that have it, of all that it stands out in."""
    background: int
    """Posts of the background that have it."""
    example: str
    """The id of the latest post that has it."""


def by_lot(query: Dsl) -> Dsl:
    """The same posts in an order that is drawn by lot, so that a sample stands for the whole window."""
    lot = {"seed": _SEED, "field": "_seq_no"}
    return {"function_score": {"query": query, "random_score": lot, "boost_mode": "replace"}}


def of_each_month(sample: int, window: Window) -> int:
    """How many posts of each month are looked at, so that a long window costs no more than a year does."""
    months = 1 + (window.until - window.since).days // 28
    return min(sample, max(MOST_SAMPLED // months, 1))


def standing_out(of: Of, wanted: int, sample: int, background: list[Dsl]) -> Dsl:
    """Aggregations that ``candidates`` reads, where posts are compared with others beside them.

    Words are taken from a sample of so many posts of each month, one of each group of near-duplicates: a text that
    a hundred outlets print counts once.
    """
    return _terms(of, sample, {"size": wanted * _SPARE, "background_filter": {"bool": {"filter": background}}})


def frequent(of: Of, wanted: int, sample: int) -> Dsl:
    """As ``standing_out``, with the most frequent terms: what they are compared with is elsewhere."""
    most = {"script_heuristic": {"script": {"source": "params._subset_freq * 1.0"}}}
    return _terms(of, sample, {"size": min(wanted * _MANY, _MOST_COMPARED), **most})


def contrasted(found: Sequence[Candidate], posts: int, background: Found) -> list[Candidate]:
    """Frequent terms of so many posts by how much they stand out against a background, the most first.

    The measure is the engine's own (JLH); a term that the background does not have counts as one post there.

    Args:
        found: the terms.
        posts: how many posts they are of.
        background: the answer to ``clauses`` of the terms, by filters with the name ``found``.
    """
    buckets = background.part("found").get("buckets", {})  # none where there is no index of posts
    counts = [buckets.get(str(place), {"doc_count": 0})["doc_count"] for place in range(len(found))]
    scored = [
        each._replace(score=score, background=count)
        for each, count in zip(found, counts, strict=True)
        if (score := _jlh(each.posts / posts, max(count, 1) / max(background.total, 1))) > 0
    ]
    return sorted(scored, key=lambda each: -each.score)


def _jlh(share: float, usual: float) -> float:
    return rounded((share - usual) * (share / usual))


def _terms(of: Of, sample: int, given: Dsl) -> Dsl:
    common = {"min_doc_count": FEWEST, **given}
    if of != "words":
        return {"terms": {"significant_terms": {"field": of, **common}}}
    text = {"field": "text", "filter_duplicate_text": True, "exclude": "[0-9]+|.", **common}
    one_each = {"field": "cluster_id", "max_docs_per_value": 1, "shard_size": sample}
    return {"sample": {"diversified_sampler": one_each, "aggs": {"terms": {"significant_text": text}}}}


def candidates(figures: Dsl) -> list[Candidate]:
    """What stands out, the most first."""
    found = figures.get("sample", figures).get("terms", {})
    return [
        Candidate(
            term=bucket["key"],
            score=rounded(bucket["score"]),
            posts=bucket["doc_count"],
            background=bucket["bg_count"],
        )
        for bucket in found.get("buckets", [])
    ]


def sampled(figures: Dsl) -> int | None:
    """How many posts words were taken from; ``None`` where that was not asked."""
    return figures["sample"]["doc_count"] if "sample" in figures else None


def readable(engine: OpenSearch, found: Sequence[Candidate]) -> list[Candidate]:
    """Those that are nouns, or made of nouns, without mere parts of others.

    Raises:
        Unavailable: the engine does not answer.
    """
    nouns = _nouns(engine, [each.term for each in found])
    return list(_whole([each for each in found if each.term in nouns]))


def looked_up(of: Of, found: Sequence[Candidate]) -> Dsl:
    """Aggregations that ``shown`` reads: how many of all posts have each, and which was the latest."""
    latest = {"size": 1, "_source": False, "sort": [{"published_at": "desc"}, {"id": "asc"}]}
    return {"found": {"filters": {"filters": clauses(of, found)}, "aggs": {"latest": {"top_hits": latest}}}}


def clauses(of: Of, found: Sequence[Candidate]) -> dict[str, Dsl]:
    """For each its posts, by its place."""
    return {str(place): {"term": {_FIELDS[of]: each.term}} for place, each in enumerate(found)}


def shown(found: Sequence[Candidate], figures: Dsl) -> list[Term]:
    """The terms as clients see them; one whose last post has gone meanwhile is left out."""
    buckets = figures.get("found", {}).get("buckets", {})
    return [
        Term(
            term=each.term,
            score=each.score,
            posts=bucket["doc_count"],
            background=each.background,
            example=post_of(bucket["latest"]["hits"]["hits"][0]),
        )
        for place, each in enumerate(found)
        if (bucket := buckets.get(str(place))) and bucket["doc_count"]
    ]


def post_of(hit: Dsl) -> str:
    """The post of a hit of ``top_hits`` that is sorted by it at last; a mention has another id."""
    post: str = hit["sort"][-1]
    return post


def own_words(*queries: str) -> list[str]:
    """What queries themselves look for: that this stands out goes without saying."""
    leaves = (leaf for query in queries if query.strip() for leaf in terms(parse(query)))
    return [leaf.text for leaf in leaves if isinstance(leaf, Word | Phrase | Prefix)]


def news(found: Iterable[Candidate], own: Sequence[str]) -> list[Candidate]:
    """Candidates without the query's own words and their parts."""
    words = list(map(folded, own))
    terms_found = ((each, folded(each.term)) for each in found)
    return [each for each, term in terms_found if not any(term in word for word in words)]


def folded(text: str) -> str:
    """A text as the index folds words (``analysis.json``): case, accents and keyboards make no difference."""
    small = _APOSTROPHES.sub("", text.casefold())
    if small.isascii():
        return small
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", small))
    return unicodedata.normalize("NFC", bare).translate(_ARABIC).translate(_LATIN)


def _nouns(engine: OpenSearch, words: list[str]) -> set[str]:
    if not words:
        return set()
    with answering():
        texts = [word + _BEHIND for word in words]
        tokens = engine.indices.analyze(body={**_NOUNS, "text": texts})["tokens"]
    covered = {place for token in tokens for place in range(token["start_offset"], token["end_offset"])}
    return {word for word, places in _places(words) if covered.issuperset(places)}


def _places(words: Iterable[str]) -> Iterator[tuple[str, range]]:
    """Where each word stands in the engine's count of UTF-16 units, texts one apart from the next."""
    start = 0
    for word in words:
        end = start + len(word.encode("utf-16-le")) // 2
        yield word, range(start, end)
        start = end + len(_BEHIND) + 1


def _whole(found: Sequence[Candidate]) -> Iterator[Candidate]:
    for each in found:
        longer = (other for other in found if each.term in other.term and each.term != other.term)
        if not any(other.posts >= _CUT * each.posts for other in longer):
            yield each
