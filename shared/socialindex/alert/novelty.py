"""Alerts of new words and of authors of reach: over at once, and told once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from socialindex.alert.alert import Alert, Spreader
from socialindex.alert.identity import alert_id
from socialindex.alert.novel import HOURS, VOICES, new_authors, new_word
from socialindex.alert.story import story
from socialindex.alert.telling import Telling
from socialindex.query.columns import NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from socialindex.alert.novel import NewWord
    from socialindex.alert.record import Scene
    from socialindex.alert.watch import Watch
    from socialindex.model import Post
    from socialindex.topics.topic import Topic


def novelties(engine: OpenSearch, topic: Topic, watch: Watch, followers: int | None, scene: Scene) -> Iterator[Alert]:
    """Alerts of what is new in a topic; its watch is brought up to date.

    Args:
        engine: has the mentions.
        topic: the topic.
        watch: of it.
        followers: of the author of the last hours who has most.
        scene: the run's.

    Raises:
        Unavailable: the engine does not answer.
    """
    now = scene.now.timestamp()
    if word := new_word(engine, topic, watch, now):
        yield _of_word(engine, topic, word, scene)
    for post in new_authors(engine, topic, watch.known, followers, now):
        yield _of_author(topic, post, scene)


def _of_word(engine: OpenSearch, topic: Topic, new: NewWord, scene: Scene) -> Alert:
    now, first = scene.now.timestamp(), new.words[0]
    since = max(now - HOURS * 3600, topic.since.timestamp())
    told = story(engine, topic, since, now, now, word=first.term)
    began = told.first_post or told.first_article
    return Alert(
        id=alert_id(topic.id, f"term {new.look}"),
        topic=topic.id,
        workspace=topic.workspace,
        topic_name=topic.name,
        kind="term",
        severity="medium" if first.voices >= 5 * VOICES else "low",
        state="closed",
        revision=1,
        since=(began.published_at if began else None) or datetime.fromtimestamp(since, tz=UTC),
        opened_at=scene.now,
        updated_at=scene.now,
        closed_at=scene.now,
        window_minutes=round((now - since) / 60),
        observed=first.voices,
        expected=new.expected,
        score=new.score,
        mentions=first.mentions,
        sources=told.sources,
        evidence=told.evidence,
        terms=[word.shown for word in new.words],
        spreaders=told.spreaders,
        lead_time=told.lead_time(scene.landscape),
    )


def _of_author(topic: Topic, post: Post, scene: Scene) -> Alert:
    key = (post.author.key if post.author else None) or post.id
    evidence = Telling([post]).shown(post)
    since = post.published_at or scene.now
    is_negative = post.sentiment is not None and post.sentiment < -NEUTRAL
    return Alert(
        id=alert_id(topic.id, f"reach {key}"),
        topic=topic.id,
        workspace=topic.workspace,
        topic_name=topic.name,
        kind="reach",
        severity="medium" if is_negative else "low",
        state="closed",
        revision=1,
        since=since,
        opened_at=scene.now,
        updated_at=scene.now,
        closed_at=scene.now,
        window_minutes=5,
        observed=1,
        expected=0.0,
        score=0.0,
        mentions=1,
        sources=[post.source],
        evidence=[evidence],
        spreaders=[Spreader(author=key, source=post.source, posts=1, spread=0)],
    )
