"""What those say who share rare words, by the engine: who has them, and how rare they are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from socialindex.alert.asking import ask, figures
from socialindex.alert.rare import FIELDS, count, filtered, having, rare_words
from socialindex.alert.rumor import Said, Talk
from socialindex.query.columns import NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from opensearchpy import OpenSearch

    from socialindex.alert.rare import Rare, Window

Dsl = dict[str, Any]

_VOICES: Final = 500
"""That are looked at for having a rare word, the latest first."""
_TOLD: Final = ["author.key", "source", "thread_id", "sentiment", "published_at"]


def talks(engine: OpenSearch, windows: Sequence[Window]) -> Iterator[tuple[str, Talk]]:
    """What is said in the windows of topics by those who complain, where any words stand out.

    Four requests for all of them together, and one more for each topic of which words look rare.

    Raises:
        Unavailable: the engine does not answer.
    """
    rare = list(rare_words(engine, windows))
    answers = ask(engine, *(body for each in rare for body in _questions(each)))
    for place, each in enumerate(rare):
        said, all_, before = answers[3 * place : 3 * place + 3]
        yield each.window.topic.id, _talk(each, said, all_, before)


def _questions(rare: Rare) -> tuple[Dsl, Dsl, Dsl]:
    """Who has rare words, of how many voices, and how many had them before."""
    window = rare.window
    named = [
        {"term": {field: {"value": word, "_name": f"{place} {field}"}}}
        for place, word in enumerate(rare.words)
        for field in FIELDS
    ]
    said = {
        "size": _VOICES,
        "_source": _TOLD,
        "query": filtered([*window.own, {"bool": {"should": named, "minimum_should_match": 1}}]),
        "sort": [{"published_at": "desc"}, {"id": "asc"}],
    }
    return said, count(window.own), having(window.usual, rare.words)


def _talk(rare: Rare, said: Dsl, all_: Dsl, before: Dsl) -> Talk:
    counts = figures(before, "words").get("buckets", {})
    return Talk(
        voices=all_["hits"]["total"]["value"],
        negative=rare.negative,
        said=list(_voices(said["hits"]["hits"], rare.words)),
        before={word: counts.get(str(place), {}).get("doc_count", 0) for place, word in enumerate(rare.words)},
        of=before["hits"]["total"]["value"],
    )


def _voices(hits: Sequence[Dsl], words: Sequence[str]) -> Iterator[Said]:
    """Each author once, with the first text; a guest, who has no identity, with each."""
    authors: set[str] = set()
    for hit in reversed(hits):
        found: Mapping[str, Any] = hit["_source"]
        author = found.get("author", {}).get("key")
        if author is None or author not in authors:
            authors.add(author)
            mood = found.get("sentiment")
            yield Said(
                datetime.fromisoformat(found["published_at"]).timestamp(),
                found["source"],
                found.get("thread_id"),
                mood is not None and mood < -NEUTRAL,
                frozenset(words[int(name.split()[0])] for name in hit["matched_queries"]),
            )
