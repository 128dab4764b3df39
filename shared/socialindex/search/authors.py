"""Who writes: the authors of a selection by what they count for, and one author's card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple

import msgspec

from socialindex.access import Scope, visible_to
from socialindex.errors import NotFound
from socialindex.model import Struct
from socialindex.search.analytics.asking import Question
from socialindex.search.analytics.coverage import Coverage  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.analytics.window import Windowed
from socialindex.search.author_card import ENGAGEMENT, FIGURES, AuthorCard, card_of
from socialindex.search.facets import FacetValue
from socialindex.search.fields import from_body, from_query
from socialindex.search.http import Answer
from socialindex.search.lookup import look_up
from socialindex.search.posts import HIDDEN, NEWEST, ONLY_ALONE, Item
from socialindex.search.routes import Doc, Route
from socialindex.search.selection import index_of, selected

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.search.analytics.part import AnalyticsPart
    from socialindex.search.http import HttpRequest

Dsl = dict[str, Any]
By = Literal["posts", "followers", "views", "engagement"]
TAG: Final = "Authors"

_CANDIDATES: Final = 2_000
"""Authors of each month that are compared. The figures of those shown are then counted among all posts."""
_PRECISION: Final = 3_000
_RECENT: Final = 10
_VALUES: Final = 20


class _Order(NamedTuple):
    """What makes an author one of the first, and the fields of which a post must give one to count for that."""

    by: str
    fields: tuple[str, ...] = ()
    figure: str = ""


_ORDERS: Final[dict[By, _Order]] = {
    "posts": _Order("_count"),
    "followers": _Order("followers", ("author.followers",), "followers"),
    "views": _Order("views.sum", ("metrics.views",), "views"),
    "engagement": _Order("engagement.sum", ENGAGEMENT, "engagement"),
}


class AskAuthors(Windowed, frozen=True, kw_only=True):
    """The authors of a selection."""

    by: By = "posts"
    """What they are ordered by. Authors of whom it is not known are left out."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20


class AuthorsAnswer(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The first authors of a selection."""

    items: list[AuthorCard]
    authors: int
    """How many there are, within a percent or so beyond some thousand."""
    unnamed: int
    """Posts of guests and others whom nothing tells apart: they are nobody's here."""
    coverage: Coverage


class AuthorAnswer(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One author, by all posts that the caller may see."""

    author: AuthorCard
    sources: list[FacetValue]
    kinds: list[FacetValue]
    platforms: list[FacetValue]
    languages: list[FacetValue]
    hashtags: list[FacetValue]
    """Of each the twenty most frequent."""
    recent: list[Item]
    """The ten newest posts."""


class AuthorsPart:
    """The routes of authors.

    Args:
        engine: what is asked.
        analytics: places a selection in time, and tells what figures cover.
    """

    def __init__(self, engine: OpenSearch, analytics: AnalyticsPart) -> None:
        self._engine = engine
        self._analytics = analytics

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        doc = Doc("Tell who writes, and how many people that reaches", TAG, answer=AuthorsAnswer, errors=(404,))
        one = Doc("Show one author by the `author.key` of their posts", TAG, answer=AuthorAnswer, errors=(404,))
        return {
            "GET /v1/authors": Route(Scope.READ, self._by_url, doc._replace(query=AskAuthors), weight=2),
            "POST /v1/authors": Route(Scope.READ, self._by_body, doc._replace(body=AskAuthors), weight=2),
            "GET /v1/authors/{id}": Route(Scope.READ, self._one, one, gives_posts=True),
        }

    def authors(self, caller: Caller, asked: AskAuthors) -> AuthorsAnswer:
        """The first authors of a selection.

        Raises:
            InvalidInput: a field asks for something that cannot be, or for too much.
            Unavailable: a part does not answer.
        """
        placed, window, _ = self._analytics.placed(asked)
        questions = [_candidates(caller, placed), _all(caller, placed)]
        (candidates, everyone), coverage = self._analytics.ask(caller, placed, window, questions, ["authors"])
        keys = [bucket["key"] for bucket in candidates.part("authors").get("buckets", [])]
        cards = self._cards(caller, placed, keys) if keys else []
        return AuthorsAnswer(
            items=sorted(cards, key=lambda card: _rank(card, asked.by)),
            authors=everyone.part("authors").get("value", 0),
            unnamed=everyone.part("unnamed").get("doc_count", 0),
            coverage=coverage,
        )

    def _cards(self, caller: Caller, asked: AskAuthors, keys: list[str]) -> list[AuthorCard]:
        """Figures of these authors over all of their posts in the selection."""
        named = {"terms": {"author.key": keys}}
        body = {
            "query": {"bool": {"filter": [selected(caller, asked), named]}},
            "size": 0,
            "aggs": {"authors": {"terms": {"field": "author.key", "size": len(keys)}, "aggs": FIGURES}},
        }
        found = look_up(self._engine, body, index_of(asked)).get("aggregations", {})
        return [card_of(bucket) for bucket in found.get("authors", {}).get("buckets", [])]

    def _by_url(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, self.authors(caller, from_query(AskAuthors, request.query)))

    def _by_body(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, self.authors(caller, from_body(AskAuthors, request.body())))

    def _one(self, request: HttpRequest, caller: Caller) -> Answer:
        found = author(self._engine, caller, request.path["id"])
        return Answer(200, found, posts=len(found.recent))


def author(engine: OpenSearch, caller: Caller, key: str) -> AuthorAnswer:
    """One author by the key of their posts.

    Raises:
        NotFound: nobody has it, or none of their posts is the caller's to see.
        Unavailable: the engine does not answer.
    """
    counted = {"source": "source", "kind": "kind", "platform": "platform", "language": "language", "tag": "hashtags"}
    body = {
        "query": {"bool": {"filter": [{"term": {"author.key": key}}, *visible_to(caller)]}},
        "size": _RECENT,
        "sort": NEWEST,
        "track_total_hits": True,
        "_source": {"excludes": [*HIDDEN, *ONLY_ALONE]},
        "aggs": {
            **FIGURES,
            **{name: {"terms": {"field": field, "size": _VALUES}} for name, field in counted.items()},
        },
    }
    answer = look_up(engine, body)
    total = answer["hits"]["total"]["value"]
    if not total:
        raise NotFound(f"there is no author {key[:64]!r}")
    found = answer["aggregations"]
    return AuthorAnswer(
        author=card_of({**found, "key": key, "doc_count": total}),
        sources=_values(found["source"]),
        kinds=_values(found["kind"]),
        platforms=_values(found["platform"]),
        languages=_values(found["language"]),
        hashtags=_values(found["tag"]),
        recent=[hit["_source"] for hit in answer["hits"]["hits"]],
    )


def _candidates(caller: Caller, asked: AskAuthors) -> Question:
    """The first authors. Each month's are compared apart, so that their figures may miss some posts."""
    order = _ORDERS[asked.by]
    tells = [{"bool": {"should": [{"exists": {"field": field}} for field in order.fields]}}] if order.fields else []
    terms = {"field": "author.key", "size": asked.limit, "shard_size": _CANDIDATES, "order": {order.by: "desc"}}
    figures = {"aggs": {order.figure: FIGURES[order.figure]}} if order.figure else {}
    query = {"bool": {"filter": [selected(caller, asked), *tells]}}
    return Question(query, {"authors": {"terms": terms, **figures}}, index_of(asked))


def _all(caller: Caller, asked: AskAuthors) -> Question:
    authors = {"cardinality": {"field": "author.key", "precision_threshold": _PRECISION}}
    figures = {"authors": authors, "unnamed": {"missing": {"field": "author.key"}}}
    return Question(selected(caller, asked), figures, index_of(asked))


def _rank(card: AuthorCard, by: By) -> tuple[int, str]:
    figure: int | None = getattr(card, by)
    return -(figure or 0), card.key


def _values(found: Dsl) -> list[FacetValue]:
    return [FacetValue(value=bucket["key"], posts=bucket["doc_count"]) for bucket in found["buckets"]]
