"""Which fields of the index hold what a query's fields ask for (``infra/opensearch/filter-fields.json``)."""

from __future__ import annotations

import re
from typing import Any, Final

from socialindex.query.nodes import Between, Is

NEUTRAL: Final = 0.05
"""Sentiment between minus and plus this much, both included, is neutral."""

_TERMS: Final = {
    "hashtag": "hashtags",
    "kind": "kind",
    "lang": "language",
    "mention": "mentions.parts",
    "site": "platform.domain",
    "source": "source",
}
_NUMBERS: Final = {
    "followers": "author.followers",
    "likes": "metrics.likes",
    "replies": "metrics.replies",
    "reposts": "metrics.reposts",
    "views": "metrics.views",
}
_HAS: Final[dict[str, dict[str, Any]]] = {
    "hashtags": {"exists": {"field": "hashtags"}},
    "links": {"exists": {"field": "links"}},
    "media": {"exists": {"field": "media.kind"}},
    "promotion": {"term": {"promotional": True}},
}
_SENTIMENTS: Final = {
    "positive": {"gt": NEUTRAL},
    "negative": {"lt": -NEUTRAL},
    "neutral": {"gte": -NEUTRAL, "lte": NEUTRAL},
}


_BEYOND_HOST: Final = re.compile("[/:]")
"""What an address has behind its host: a path or a port."""


def shared_term(node: Is) -> tuple[str, str] | None:
    """The field and term that a value is looked up by, ``None`` where it takes more than one lookup."""
    if node.prefix:
        return None
    if node.field == "link":
        return ("links.address" if _BEYOND_HOST.search(node.value) else "links.domain"), node.value
    return (_TERMS[node.field], _folded(node)) if node.field in _TERMS else None


def clause_of(node: Is | Between) -> dict[str, Any]:
    """The engine's query for one value or range."""
    if isinstance(node, Between):
        bounds = {"gte": node.low, "lte": node.high}
        return {"range": {_NUMBERS[node.field]: {end: bound for end, bound in bounds.items() if bound is not None}}}
    if term := shared_term(node):
        return {"term": {term[0]: term[1]}}
    match node.field:
        case "has":
            return _HAS[node.value]
        case "sentiment":
            return {"range": {"sentiment": _SENTIMENTS[node.value]}}
        case "hashtag":
            return {"prefix": {"hashtags": node.value}}
        case _:
            return _author(node)


def _author(node: Is) -> dict[str, Any]:
    by_handle = {"prefix" if node.prefix else "term": {"author.handle.parts": node.value.lower()}}
    by_name = _name_beginning(node.value) if node.prefix else {"match_phrase": {"author.name.words": node.value}}
    return {"bool": {"should": [by_handle, by_name], "minimum_should_match": 1}}


def _name_beginning(value: str) -> dict[str, Any]:
    """Names with a word that begins so, and before it, of several words, the others.

    ``match_phrase_prefix`` would look up the first fifty of the names only, in the order of their letters: where many
    are called so, a search would find less than a topic of the same query meets.
    """
    return {"match_bool_prefix": {"author.name.words": {"query": value, "operator": "and"}}}


def _folded(node: Is) -> str:
    return node.value.lower() if node.field == "mention" else node.value
