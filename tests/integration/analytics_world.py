"""A small world for figures on the real engine: posts, and the part of the API that counts them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from socialindex.access import Caller, Scope
from socialindex.engine import index_of
from socialindex.identity import post_id
from socialindex.index.writer import Write, Writer
from socialindex.model import PUBLIC, Author, Metrics, Post, Provenance
from socialindex.search import fields
from socialindex.search.analytics.part import AnalyticsPart
from socialindex.search.http import HttpRequest

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

NOW = datetime(2026, 11, 28, 6, 30, tzinfo=UTC)
READ = frozenset({Scope.READ})
ANN = Caller(organization="org_a", workspaces=frozenset({"ws_a"}), scopes=READ)
OTHERS = "ws_b"
ZONES = [
    "UTC",
    "Asia/Seoul",
    "Asia/Kolkata",
    "Europe/Berlin",
    "Europe/London",
    "America/Sao_Paulo",
    "America/Asuncion",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "EST",
]


class Healthy:
    """No source was ever down."""

    def open_events(self) -> list[Any]:
        return []

    def closed_events(self, _since: datetime) -> list[Any]:
        return []


def part(index: OpenSearch) -> AnalyticsPart:
    return AnalyticsPart(index, cast("Any", Healthy()), clock=lambda: NOW)


def post(name: str, **given: Any) -> Post:
    plain: dict[str, Any] = {
        "source": "feed",
        "platform": "news.example.com",
        "text": f"조용한 하루 {name}",
        "language": "ko",
        "published_at": NOW - timedelta(days=1),
        "collected_at": NOW,
        "provenance": Provenance(channel="ch", adapter="feed/1", archive_key="k", archive_offset=0, archive_length=1),
    }
    return Post(id=post_id(name), uri=name, **{**plain, **given})


def write(index: OpenSearch, *posts: Post) -> None:
    assert set(Writer(index).write([Write(one, live=False, replay=False) for one in posts])) == {None}
    index.indices.refresh(index="posts-*")


def alike(index: OpenSearch, first: str, *more: str) -> None:
    """Posts become near-duplicates of the first, as the writer of clusters would have it."""
    for name in more:
        body = {"doc": {"cluster_id": post_id(first)}}
        index.update(index=index_of(f"{NOW:%Y-%m}"), id=post_id(name), body=body)
    index.indices.refresh(index="posts-*")


PLACES = ["거실", "부엌", "회사", "지하철", "카페", "공원", "학교"]
WORDS = ["점심", "날씨", "영화", "산책", "노래", "커피", "여행", "사진"]


def corpus() -> list[Post]:
    """Ninety posts: a third about a battery, some without a date, figures, language or mood; some of a workspace."""
    found = []
    for number in range(90):
        about = number % 3 == 0
        place, word = PLACES[number % 7], WORDS[number % 8]
        text = (
            f"{place}에서 배터리가 폭발했고 화재가 났어요. {word} 때 알림 {number}"
            if about
            else f"{place}에서 {word}을 즐겼어요. 기분이 좋네요 {number}"
        )
        found.append(
            post(
                f"p{number}",
                text=text,
                source=("feed", "gnuboard", "mastodon")[number % 3 if number % 4 else 1],
                platform=f"{'ab'[number % 2]}.example.com",
                language=(None, "ko", "en")[number % 3],
                kind="comment" if number % 5 == 0 else "post",
                author=Author(key=f"au{number % 11}", handle=f"h{number % 11}", followers=100) if number % 6 else None,
                hashtags=[["리콜", "배터리"], ["일상"], []][number % 3],
                sentiment=(None, -0.8, 0.0, 0.5, 0.05)[number % 5],
                metrics=Metrics(likes=number, views=None if number % 2 else 10, read_at=NOW) if number % 4 else None,
                published_at=None if number % 15 == 7 else NOW - timedelta(hours=11 * number),
                visibility="ws_a" if number % 10 == 1 else PUBLIC,
            )
        )
    return found


def asked(kind: Any, **given: Any) -> Any:
    """A request as a client would send it."""
    return fields.from_body(kind, json.dumps(given))


QUERIES: dict[str, dict[str, str]] = {
    "/v1/trends": {"by": "hashtag", "metrics": "likes,views"},
    "/v1/aggregate": {"by": "author,source", "metric": "likes"},
    "/v1/analytics/terms": {"q": "배터리", "pairs": "true"},
    "/v1/share-of-voice": {"queries": "배터리,영화", "by": "source"},
    "/v1/sentiment": {},
    "/v1/analytics/sources": {},
}


def answers(index: OpenSearch, caller: Caller = ANN) -> dict[str, Any]:
    """What each route says, as JSON."""
    routes = part(index).routes()
    assert {name.partition(" ")[2] for name in routes} == set(QUERIES)
    said = {}
    for path, query in QUERIES.items():
        request = HttpRequest(id="r", route=f"GET {path}", path={}, query=query, headers={}, raw={})
        said[path] = json.loads(routes[f"GET {path}"].handle(request, caller).encoded()["body"])
    return said
