"""The sample world in the engine as dashboards see it: posts, mentions of three topics, alerts and operations."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from infra.local.world.generate import generate
from socialindex.alert.alert import Alert, Evidence, LeadTime, Term
from socialindex.alert.projection import project
from socialindex.aws.alert_items import KeptAlert
from socialindex.aws.health import Health
from socialindex.aws.outcomes import Outcomes
from socialindex.dictionary import Entry
from socialindex.engine import index_of
from socialindex.identity import author_key, post_id
from socialindex.mentions.byposts import refresh
from socialindex.model import Author, Metrics, Post
from socialindex.normalize.enrich import Recognizer, enrich
from socialindex.outcomes import Count
from socialindex.watch.events import Finding, HealthEvent
from socialindex.watch.projection import Projection
from socialindex.watch.sources import Interval
from tests.integration.alert_story import world_posts
from tests.integration.alert_world import document, mention, topic_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from infra.local.world.records import WorldData
    from socialindex.alert.alert import AlertKind
    from socialindex.alert.model import Severity
    from socialindex.topics.topic import Topic
    from tests.integration.parts import Parts

WORKSPACE: Final = "ws_a"
TOPICS: Final = {
    "tp_phone": ("누리폰 12", r"누리폰|Nuri ?Phone|ヌリフォン"),
    "tp_battery": ("배터리 안전", r"배터리|batter|バッテリー|발열|화재"),
    "tp_cafe": ("카페", r"카페|커피|coffee|cafe|カフェ"),
}
NAMES: Final = {name: word for name, (word, _) in TOPICS.items()}
_ENTRIES: Final = (
    Entry(name="누리폰", variants=["NuriPhone", "Nuri Phone", "ヌリフォン"]),
    Entry(name="누리전자", variants=["Nuri Electronics"]),
    Entry(name="보조배터리", variants=["power bank"]),
)
_STATUSES: Final[tuple[dict[str, str], ...]] = (
    {},
    {"status": "assigned", "assignee": "kim"},
    {"status": "answered"},
    {"status": "closed"},
)


class World:
    """What is in the engine.

    Args:
        engine: empty.
        parts: for the tables that projections are made of.
        now: when it is looked at.
    """

    def __init__(self, engine: OpenSearch, parts: Parts, now: datetime) -> None:
        self.engine, self.parts, self.now = engine, parts, now
        self.health = Health(parts.table("HealthTable"))
        self.projection = Projection(
            engine,
            self.health,
            Outcomes(parts.table("OutcomesTable")),
            {
                stage: (parts.queue(f"{stage.title()}Queue"), parts.queue(f"{stage.title()}DeadLetters"))
                for stage in ("crawl", "normalize", "index")
            },
        )

    def fill(self) -> None:
        """Bring everything."""
        posts = list(_posts(generate(12, self.now), self.now))
        self._write(posts)
        for name, (word, pattern) in TOPICS.items():
            topic = topic_at(self.now - timedelta(days=300), id=name, workspace=WORKSPACE, name=word)
            about = re.compile(pattern, re.IGNORECASE)
            self._mention(topic, [post for post in posts if about.search(f"{post.title} {post.text}")])
        project(self.engine, [kept(alert) for alert in alerts(self.now)])
        self._operate()
        self.engine.indices.refresh(index="_all")

    def _write(self, posts: list[Post]) -> None:
        lines: list[dict[str, Any]] = []
        for number, post in enumerate(posts):
            found = {**document(post), "latency_ms": 20_000 + number * 7_919 % 400_000}
            lines += [{"index": {"_index": index_of("2026-11"), "_id": post.id}}, found]
        answer = self.engine.bulk(body=lines)
        assert not answer["errors"], str(answer)[:500]

    def _mention(self, topic: Topic, posts: list[Post]) -> None:
        for number, work in enumerate(_STATUSES):
            mention(self.engine, topic, posts[number :: len(_STATUSES)])
            self._work(topic, [post.id for post in posts[number :: len(_STATUSES)]], work)
        refresh(self.engine)

    def _work(self, topic: Topic, posts: list[str], work: dict[str, str]) -> None:
        """What people did, as the engine shows it."""
        fields = {**work, "tags": ["safety"], "due_at": (self.now - timedelta(hours=1)).isoformat()}
        body = {
            "query": {"bool": {"filter": [{"terms": {"id": posts}}, {"term": {"mention.topic": topic.id}}]}},
            "script": {"source": "ctx._source.mention.putAll(params)", "params": fields},
        }
        self.engine.update_by_query(index="mentions", body=body, params={"refresh": "true"})

    def _operate(self) -> None:
        Outcomes(self.parts.table("OutcomesTable")).add(
            Counter(
                {
                    Count("crawl", "gnuboard", "ok"): 812,
                    Count("crawl", "mastodon", "discard", "robots"): 31,
                    Count("crawl", "feed", "retry", "server_error"): 12,
                    Count("normalize", "gnuboard", "quarantine", "LayoutChanged"): 4,
                    Count("index", "mastodon", "ok"): 402,
                }
            )
        )
        for event in events(self.now):
            (self.health.close if event.closed_at else self.health.keep)(event)
        self.health.keep_counts("mastodon", {}, None)
        for hours in range(1, 40):
            at = self.now - timedelta(hours=hours)
            self.health.keep_counts("gnuboard", {}, Interval(at=at, asked=50, failed=hours % 4))
            self.health.keep_counts("feed", {}, Interval(at=at, asked=20, failed=18 if 10 < hours < 20 else 1))
            self.health.add_depths(at, {"crawl": (hours % 9, 2, 0), "index": (hours * 13 % 40, 5, hours // 20)})
        self.projection.run(self.now)


class Case(NamedTuple):
    """An alert of an invented incident."""

    topic: str
    name: str
    kind: AlertKind
    severity: Severity
    lead: float | None
    noticed: int


CASES: Final = (
    Case("tp_phone", "al_one", "crisis", "high", 214.0, 9),
    Case("tp_battery", "al_two", "burst", "medium", 95.0, 26),
    Case("tp_cafe", "al_three", "burst", "low", None, 60),
    Case("tp_phone", "al_four", "shift", "medium", -40.0, 120),
)


def alerts(now: datetime) -> list[Alert]:
    """Some that the press wrote of later, one of which it wrote first, and one of which it never wrote."""
    return [_alert(now - timedelta(hours=7 * number + 1), case) for number, case in enumerate(CASES)]


def _alert(at: datetime, case: Case) -> Alert:
    article = None if case.lead is None else Evidence(post="po_article", source="feed")
    first = Evidence(post="po_first", source="gnuboard", title="충전하다 뜨거워졌어요", author="누군가")
    return Alert(
        id=case.name,
        topic=case.topic,
        workspace=WORKSPACE,
        topic_name=NAMES[case.topic],
        kind=case.kind,
        severity=case.severity,
        state="open" if case.lead is None else "closed",
        revision=1,
        since=at - timedelta(minutes=case.noticed),
        opened_at=at,
        updated_at=at,
        window_minutes=60,
        observed=46,
        expected=3.5,
        score=9.1,
        negative_share=0.72,
        usual_negative_share=0.2,
        mentions=77,
        sources=["gnuboard", "mastodon"],
        terms=[Term(term="발열", mentions=21, times=8.0)],
        evidence=[first],
        lead_time=LeadTime(minutes=case.lead, first_post=first, first_article=article, news_channels=14),
    )


def kept(alert: Alert, version: int = 1) -> KeptAlert:
    """An alert as the table gives it."""
    return KeptAlert(alert, version, 0, "alert.opened")


def events(now: datetime) -> list[HealthEvent]:
    """What was wrong, and is."""

    def event(name: str, kind: Any, source: str, hours: float, closed: float | None) -> HealthEvent:
        since = now - timedelta(hours=hours)
        finding = Finding(kind=kind, source=source, since=since, message=f"{source}: {kind}", evidence={})
        ends = None if closed is None else now - timedelta(hours=closed)
        return HealthEvent(id=name, finding=finding, opened_at=since, seen_at=ends or now, closed_at=ends)

    return [
        event("he_a", "down", "gnuboard", 60, 52),
        event("he_b", "errors", "feed", 20, 10),
        event("he_c", "unpolled", "mastodon", 5, None),
        event("he_d", "layout", "gnuboard", 12, 9),
    ]


def _posts(world: WorldData, now: datetime) -> Iterator[Post]:
    """All that the world says, with answers and repeats, hashtags, links and figures."""
    recognizer = Recognizer(_ENTRIES)
    found = {post.uri: post for post in [*world_posts(now), *_boosts(world)]}
    answers = dict(_answers(world))
    for number, post in enumerate(found.values()):
        told = {"in_reply_to": post_id(answers[post.uri])} if answers.get(post.uri) in found else {}
        hashtags = [tag.casefold() for tag in re.findall(r"#(\w+)", post.text or "")]
        figures = Metrics(likes=number % 23, reposts=number % 7, replies=number % 5, read_at=now)
        links = [f"https://news.example.com/{number % 9}"] if number % 4 == 0 else []
        more: dict[str, Any] = {**told, "hashtags": hashtags, "metrics": figures, "links": links}
        yield enrich(msgspec.structs.replace(post, **more), recognizer)


def _answers(world: WorldData) -> Iterator[tuple[str, str]]:
    """The uri of each answer, with that of what it answers."""
    for board in world.boards:
        for thread in board.threads:
            root = f"https://board.example.com/{board.table}/{thread.number}"
            yield from ((f"{root}#c_{each.number}", root) for each in thread.comments)
    for status in world.statuses:
        if status.answers:
            yield f"https://social.example.com/{status.id}", f"https://social.example.com/{status.answers}"


def _boosts(world: WorldData) -> Iterator[Post]:
    texts = {status.id: status for status in world.statuses}
    accounts = {account.id: account for account in world.accounts}
    for status in world.statuses:
        if status.boosts in texts:
            author, at, original = accounts[status.account], status.published_at, texts[status.boosts]
            uri = f"https://social.example.com/{status.id}"
            yield Post(
                id=post_id(uri),
                uri=uri,
                source="mastodon",
                platform="social.example.com",
                kind="repost",
                text=original.text,
                language=original.language,
                author=Author(
                    id=f"urn:{author.id}",
                    key=author_key(f"urn:{author.id}"),
                    name=author.name,
                    followers=author.followers,
                ),
                published_at=at,
                collected_at=at,
                first_seen_at=at,
                repost_of=post_id(f"https://social.example.com/{original.id}"),
                cluster_id=post_id(f"https://social.example.com/{original.id}"),
            )
