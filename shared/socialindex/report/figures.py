"""Makes a month's report: asks the engine and the tables for all its parts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from socialindex.report.beginnings import beginnings
from socialindex.report.counted import blind, counted, counted_before, days, mood
from socialindex.report.gathering import Gathering
from socialindex.report.incidents import incidents
from socialindex.report.loudest import loudest
from socialindex.report.model import Extra, MonthReport, ReportTerm, ReportTopic, ReportVoice
from socialindex.search.analytics.terms import Terms
from socialindex.search.analytics.voices_asked import MOST, Named, Voices
from socialindex.search.mentions.answers import AskAnswers
from socialindex.search.mentions.answers import report as answers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future
    from datetime import datetime

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.aws.alerts import AlertsTable
    from socialindex.report.counted import Counted
    from socialindex.report.model import ReportAlerts, ReportPosts
    from socialindex.report.month import Month
    from socialindex.search.analytics.part import AnalyticsPart
    from socialindex.search.analytics.trends import TrendsAnswer
    from socialindex.search.mentions.answers import AnswersReport
    from socialindex.topics.topic import Topic

TERMS: Final = 15


class Topics(Protocol):
    """Topics of a workspace: ``aws.topics.TopicsTable``."""

    def of_workspace(self, workspace: str) -> list[Topic]:
        """All of them, those that are being deleted too; raises ``Unavailable``."""


class _Asked(NamedTuple):
    """The parts of a report while they are asked for."""

    now: Future[Counted]
    before: Future[TrendsAnswer]
    alerts: Future[ReportAlerts]
    answers: Future[AnswersReport]
    terms: Future[list[ReportTerm]]
    voices: Future[list[ReportVoice]]
    posts: Future[ReportPosts]


class Reporter:
    """Makes reports.

    Args:
        engine: has the mentions.
        analytics: how figures are asked for.
        topics: which topics a workspace has.
        alerts: where alerts are kept.
    """

    def __init__(self, engine: OpenSearch, analytics: AnalyticsPart, topics: Topics, alerts: AlertsTable) -> None:
        self._engine = engine
        self._analytics = analytics
        self._topics = topics
        self._alerts = alerts

    def beside(self, topic: Topic) -> list[Topic]:
        """The workspace's other topics, the oldest first, as many as are compared."""
        found = (one for one in self._topics.of_workspace(topic.workspace) if one.state != "deleting")
        others = sorted((one for one in found if one.id != topic.id), key=lambda one: (one.created_at, one.id))
        return others[: MOST - 1]

    def report(self, caller: Caller, topic: Topic, month: Month, beside: Sequence[Topic], now: datetime) -> MonthReport:
        """A month of a topic of the caller's, with other topics of theirs beside it.

        Terms, voices and posts are left out where they are not told in time: the rest is a report without them.

        Raises:
            NotFound: one of the topics is not the caller's.
            Unavailable: a part does not answer in time.
        """
        with Gathering[Extra]() as parts:
            asked = self._asked(parts, caller, topic, month, beside, now)
            return _told(parts, asked, topic, month, now)

    def _asked(
        self,
        parts: Gathering[Extra],
        caller: Caller,
        topic: Topic,
        month: Month,
        beside: Sequence[Topic],
        now: datetime,
    ) -> _Asked:
        """Begin to ask for everything."""
        engine, analytics = self._engine, self._analytics
        found = AskAnswers(since=month.since, until=month.until, time_zone=month.time_zone)
        return _Asked(
            now=parts.start(lambda: counted(analytics, caller, topic.id, month)),
            before=parts.start(lambda: counted_before(analytics, caller, topic.id, month)),
            alerts=parts.start(lambda: incidents(engine, self._alerts, caller, topic, month, now)),
            answers=parts.start(lambda: answers(engine, caller, topic, found, now)),
            terms=parts.start(lambda: self._terms(caller, topic, month)),
            voices=parts.start(lambda: self._voices(caller, [topic, *beside], month)),
            posts=parts.start(lambda: loudest(engine, caller, topic.id, month)),
        )

    def _terms(self, caller: Caller, topic: Topic, month: Month) -> list[ReportTerm]:
        asked = Terms(topic=[topic.id], since=month.since, until=month.until, time_zone=month.time_zone, limit=TERMS)
        return [ReportTerm(term=one.term, mentions=one.posts) for one in self._analytics.terms(caller, asked).terms]

    def _voices(self, caller: Caller, topics: Sequence[Topic], month: Month) -> list[ReportVoice]:
        if len(topics) == 1:
            return []
        # Two topics may have one name, so that each voice is named by the topic's id.
        named = [Named(name=one.id, topic=one.id) for one in topics]
        asked = Voices(queries=named, since=month.since, until=month.until, time_zone=month.time_zone)
        found = self._analytics.voices(caller, asked).voices
        return [
            ReportVoice(
                topic=topic.id,
                name=topic.name,
                mentions=voice.posts,
                deduplicated=voice.deduplicated,
                share=voice.share,
                share_deduplicated=voice.share_deduplicated,
            )
            for topic, voice in zip(topics, found, strict=True)
        ]


def _told(parts: Gathering[Extra], asked: _Asked, topic: Topic, month: Month, now: datetime) -> MonthReport:
    figures, earlier = parts.needed(asked.now), parts.needed(asked.before)
    is_known = month.before_since >= beginnings(topic.looked_since, figures.coverage).latest
    before = earlier if is_known else None
    return MonthReport(
        topic=ReportTopic(id=topic.id, name=topic.name, q=topic.watched.q, known_since=topic.looked_since),
        month=month.name,
        since=month.since,
        until=month.until,
        time_zone=month.time_zone,
        is_over=month.is_over,
        made_at=now,
        mentions=figures.trends.total,
        deduplicated=figures.trends.deduplicated,
        mentions_before=before.total if before else None,
        mood=mood(figures.trends),
        mood_before=mood(before) if before else None,
        days=days(figures.trends, before),
        sources=figures.places["source"],
        platforms=figures.places["platform"],
        languages=figures.places["language"],
        hashtags=figures.places["hashtag"],
        alerts=parts.needed(asked.alerts),
        answers=parts.needed(asked.answers),
        terms=parts.optional("terms", asked.terms),
        voices=parts.optional("voices", asked.voices),
        posts=parts.optional("posts", asked.posts),
        blind=blind(month, figures.coverage.blind),
        left_out=parts.left_out,
        coverage=figures.coverage,
    )
