"""What people ask and complain about, by theme, so that a company can publish what they need."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.access import Scope, visible_to
from socialindex.model import Struct
from socialindex.network.needs import LANGUAGES, asks, complains, is_of_a_customer, words_of
from socialindex.network.reading import WORDS, Read
from socialindex.search import fields
from socialindex.search.analytics.asking import Question, ask
from socialindex.search.analytics.coverage import Coverage  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.analytics.words import by_lot, candidates, clauses, news, own_words, readable, standing_out
from socialindex.search.http import Answer
from socialindex.search.network.jobs import TAG
from socialindex.search.network.looking import PATIENCE, Looked, PostCard
from socialindex.search.network.part import WEIGHT
from socialindex.search.routes import Doc, Route
from socialindex.search.selection import queries_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.access import Caller
    from socialindex.model import Post
    from socialindex.search.analytics.words import Candidate
    from socialindex.search.http import HttpRequest
    from socialindex.search.network.looking import Looking, Placed

Dsl = dict[str, Any]

THEMED: Final = 2_000
"""Posts of a need that themes are taken from: the newest."""
EXAMPLES: Final = 3
"""Posts that are shown of each theme."""


class Theme(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A word that stands out in what people ask, or complain about, against all posts of the window."""

    term: str
    score: float
    """How much it stands out; comparable in one answer."""
    posts: int
    """Questions, or complaints, that have it."""
    examples: list[str]
    """Ids of the latest of these, three at most."""


class Need(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What people ask, or complain about."""

    posts: int
    authors: int
    """Different authors with a key."""
    themes: list[Theme]
    """Those that stand out most first. What few posts say is no theme."""
    latest: list[str]
    """Ids of the latest posts."""


class Needs(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What people want of whoever a selection is about. A post may both ask and complain."""

    questions: Need
    """What people ask."""
    complaints: Need
    """What they complain about."""
    judged: int
    """Posts that were looked at for it: in Korean or English, and no articles, reposts or paid posts."""
    posts: dict[str, PostCard]
    """The posts that are named above, by their ids."""
    read: Read
    """Which posts that rests on."""
    coverage: Coverage


class _Sorted(NamedTuple):
    """The posts that ask, and those that complain; the newest first."""

    asking: list[Post]
    complaining: list[Post]
    judged: int


class NeedsPart:
    """The routes of needs."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        doc = Doc("Tell what people ask and complain about", TAG, answer=Needs, errors=(404,))
        return {
            "GET /v1/network/needs": Route(Scope.READ, self._by_url, doc._replace(query=Looked), WEIGHT),
            "POST /v1/network/needs": Route(Scope.READ, self._by_body, doc._replace(body=Looked), WEIGHT),
        }

    def needs(self, caller: Caller, asked: Looked) -> Needs:
        """What people ask and complain about.

        Raises:
            InvalidInput: a field asks for something that cannot be.
            Unavailable: a part does not answer.
        """
        placed = self._looking.placed(caller, asked)
        reader, end = self._looking.reader(caller, placed, more=[*WORDS, "sentiment", "promotional"]), _end()
        sorted_ = _sorted(list(reader.posts(asked.posts, lambda: time.monotonic() < end)))
        questions, complaints = (self._need(caller, placed, posts) for posts in sorted_[:2])
        ids = [post for need in (questions, complaints) for post in _named(need)]
        return Needs(
            questions=questions,
            complaints=complaints,
            judged=sorted_.judged,
            posts=self._looking.cards(caller, placed, ids),
            read=reader.read(placed.total),
            coverage=placed.coverage,
        )

    def _need(self, caller: Caller, placed: Placed[Looked], posts: list[Post]) -> Need:
        keys = {post.author.key for post in posts if post.author and post.author.key}
        return Need(
            posts=len(posts),
            authors=len(keys),
            themes=self._themes(caller, placed, posts[:THEMED]) if posts else [],
            latest=[post.id for post in posts[:EXAMPLES]],
        )

    def _themes(self, caller: Caller, placed: Placed[Looked], posts: list[Post]) -> list[Theme]:
        """Words that stand out, counted in all of these posts."""
        asked, engine = placed.asked, self._looking.engine
        among = {"bool": {"filter": [{"ids": {"values": [post.id for post in posts]}}, *visible_to(caller)]}}
        window = {"gte": placed.coverage.since.isoformat(), "lt": placed.coverage.until.isoformat()}
        background = [*visible_to(caller), {"range": {"published_at": window}}]
        (found,) = ask(engine, [Question(by_lot(among), standing_out("words", asked.limit, THEMED, background))])
        chosen = readable(engine, news(candidates(found.figures), own_words(*queries_of(caller, asked))))[: asked.limit]
        if not chosen:
            return []
        (closer,) = ask(engine, [Question(among, _examples(chosen))])
        return _shown(chosen, closer.part("found").get("buckets", {}))

    def _by_url(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, self.needs(caller, fields.from_query(Looked, request.query)))

    def _by_body(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, self.needs(caller, fields.from_body(Looked, request.body())))


def _end() -> float:
    return time.monotonic() + PATIENCE


def _sorted(posts: Sequence[Post]) -> _Sorted:
    judged = [post for post in posts if post.language in LANGUAGES and is_of_a_customer(post)]
    words = {post.id: words_of(post) for post in judged}
    return _Sorted(
        [post for post in judged if asks(words[post.id], post.language)],
        [post for post in judged if complains(words[post.id], post.language, post.sentiment)],
        len(judged),
    )


def _examples(chosen: Sequence[Candidate]) -> Dsl:
    latest = {"size": EXAMPLES, "_source": False, "sort": [{"published_at": "desc"}, {"id": "asc"}]}
    filters = clauses("words", chosen)
    return {"found": {"filters": {"filters": filters}, "aggs": {"latest": {"top_hits": latest}}}}


def _shown(chosen: Sequence[Candidate], buckets: Dsl) -> list[Theme]:
    """Themes with how many posts have them; one whose posts have gone meanwhile is none."""
    return [
        Theme(
            term=each.term,
            score=each.score,
            posts=bucket["doc_count"],
            examples=[hit["_id"] for hit in bucket["latest"]["hits"]["hits"]],
        )
        for place, each in enumerate(chosen)
        if (bucket := buckets.get(str(place))) and bucket["doc_count"]
    ]


def _named(need: Need) -> list[str]:
    return [*need.latest, *(post for theme in need.themes for post in theme.examples)]
