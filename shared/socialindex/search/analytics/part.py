"""The routes of the figures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from socialindex.access import Caller, Scope
from socialindex.aws.health import KEPT
from socialindex.search import fields
from socialindex.search.analytics import aggregate, sentiment, sources, terms, trends, voice, voices_asked
from socialindex.search.analytics.asking import Found, Question, ask
from socialindex.search.analytics.buckets import scale_of
from socialindex.search.analytics.coverage import Coverage, HealthLog, Sample, gaps, kept_since, undated
from socialindex.search.analytics.window import Window, Windowed, interval_of, window_of
from socialindex.search.analytics.words import sampled
from socialindex.search.http import Answer
from socialindex.search.routes import Doc, Route
from socialindex.search.selection import notes_of, sources_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from opensearchpy import OpenSearch

    from socialindex.aws.health import Health
    from socialindex.search.http import HttpRequest

W = TypeVar("W", bound=Windowed)
TAG = "Analytics"
LONG = 2
"""Queries that a call counts for which takes texts apart."""


def _now() -> datetime:
    return datetime.now(tz=UTC)


class AnalyticsPart:
    """Figures of a selection.

    Args:
        engine: what is asked.
        health: when sources were not seen.
        retention_months: whole months that the index keeps beside the current one; 0: everything.
        clock: what time it is.
    """

    def __init__(
        self, engine: OpenSearch, health: Health, retention_months: int = 0, clock: Callable[[], datetime] = _now
    ) -> None:
        self._engine = engine
        self._health = HealthLog(health, clock)
        self._retention_months = retention_months
        self._clock = clock

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        return {
            **_both("/v1/trends", trends.Trends, self.trends, _doc("Tell volume over time", trends.TrendsAnswer)),
            **_both(
                "/v1/aggregate",
                aggregate.Aggregate,
                self.aggregate,
                _doc("Tell a figure by one or two dimensions", aggregate.AggregateAnswer),
            ),
            **_both(
                "/v1/analytics/terms",
                terms.Terms,
                self.terms,
                _doc("Tell what stands out: words, hashtags or entities", terms.TermsAnswer),
                weight=LONG,
            ),
            **self._voices(),
            **_both(
                "/v1/sentiment",
                sentiment.Sentiment,
                self.sentiment,
                _doc("Tell the mood, and what drives it", sentiment.SentimentAnswer),
                weight=LONG,
            ),
            **_both(
                "/v1/analytics/sources",
                sources.Sources,
                self.sources,
                _doc("Tell what a selection is made of", sources.SourcesAnswer),
            ),
        }

    def trends(self, caller: Caller, asked: trends.Trends) -> trends.TrendsAnswer:
        """Volume over time.

        Raises (like all that follow):
            InvalidInput: a field asks for something that cannot be, or for too much.
            Unavailable: a part does not answer.
        """
        asked, window, now = self.placed(asked)
        scale = scale_of(window, interval_of(asked.interval, window))
        trends.check(asked, scale)
        found, coverage = self.ask(caller, asked, window, trends.questions(caller, asked, scale), trends.ESTIMATES)
        return trends.answer(asked, scale, found, coverage, now)

    def aggregate(self, caller: Caller, asked: aggregate.Aggregate) -> aggregate.AggregateAnswer:
        """A figure by one or two dimensions."""
        aggregate.check(asked)
        asked, window, _ = self.placed(asked)
        estimates = aggregate.ESTIMATES & {asked.metric}
        found, coverage = self.ask(caller, asked, window, [aggregate.question(caller, asked)], estimates)
        return aggregate.answer(asked, found[0], coverage)

    def terms(self, caller: Caller, asked: terms.Terms) -> terms.TermsAnswer:
        """What stands out."""
        asked, window, _ = self.placed(asked)
        questions = terms.questions(caller, asked, window)
        found, coverage = self.ask(caller, asked, window, questions)
        chosen = terms.chosen(self._engine, caller, asked, found[0], questions[1])
        closer = ask(self._engine, terms.closer(caller, asked, chosen))
        return terms.answer(asked, found, chosen, closer[0].figures if closer else {}, coverage)

    def voices(self, caller: Caller, asked: voices_asked.Voices) -> voice.VoicesAnswer:
        """Share of voice."""
        asked, window, _ = self.placed(asked)
        scale = scale_of(window, interval_of(asked.interval, window))
        voices_asked.check(asked, scale)
        questions, estimates = [voice.question(caller, asked, scale)], voice.estimates(asked)
        found, coverage = self.ask(caller, voices_asked.placed(asked), window, questions, estimates)
        noted = msgspec.structs.replace(coverage, notes=(*coverage.notes, *voices_asked.notes(asked)))
        return voice.answer(asked, scale, found[0], noted)

    def sentiment(self, caller: Caller, asked: sentiment.Sentiment) -> sentiment.SentimentAnswer:
        """The mood."""
        asked, window, _ = self.placed(asked)
        scale = scale_of(window, interval_of(asked.interval, window))
        found, coverage = self.ask(caller, asked, window, sentiment.questions(caller, asked, scale))
        chosen = sentiment.chosen(self._engine, caller, asked, found)
        closer = ask(self._engine, sentiment.closer(caller, asked, chosen))
        return sentiment.answer(scale, found, chosen, closer, coverage)

    def sources(self, caller: Caller, asked: sources.Sources) -> sources.SourcesAnswer:
        """What a selection is made of."""
        asked, window, _ = self.placed(asked)
        estimates = ["deduplicated", "latency_p50"]
        found, coverage = self.ask(caller, asked, window, [sources.question(caller, asked)], estimates)
        return sources.answer(found[0], coverage)

    def _voices(self) -> dict[str, Route]:
        """A URL cannot hold names beside queries, so that its form is another than the body's."""
        doc = _doc("Compare two to ten queries or topics", voice.VoicesAnswer)

        def by_url(request: HttpRequest, caller: Caller) -> Answer:
            parameters = fields.from_query(voices_asked.VoiceParameters, request.query)
            return Answer(200, self.voices(caller, voices_asked.named(parameters)))

        def by_body(request: HttpRequest, caller: Caller) -> Answer:
            return Answer(200, self.voices(caller, fields.from_body(voices_asked.Voices, request.body())))

        return {
            "GET /v1/share-of-voice": Route(Scope.READ, by_url, doc._replace(query=voices_asked.VoiceParameters)),
            "POST /v1/share-of-voice": Route(Scope.READ, by_body, doc._replace(body=voices_asked.Voices)),
        }

    def placed(self, asked: W) -> tuple[W, Window, datetime]:
        """A request with its window filled in, and what time it is."""
        now = self._clock()
        window = window_of(asked, now)
        return msgspec.structs.replace(asked, since=window.since, until=window.until), window, now

    def ask(
        self,
        caller: Caller,
        asked: Windowed,
        window: Window,
        questions: Sequence[Question],
        estimates: Collection[str] = (),
    ) -> tuple[list[Found], Coverage]:
        """Answers, by one request, and what they cover."""
        found = ask(self._engine, [*questions, undated(caller, asked, window)])
        now = self._clock()
        missed = gaps(self._health.events(), window, sources_of(caller, asked))
        coverage = Coverage(
            since=window.since,
            until=window.until,
            time_zone=window.time_zone,
            undated=found[-1].total,
            blind=missed.blind,
            silent=missed.silent,
            health_since=now - KEPT,
            kept_since=kept_since(now, self._retention_months),
            history_since=caller.since,
            sample=_sample(found[:-1]),
            estimates=sorted(estimates),
            notes=notes_of(asked.q),
        )
        return found[:-1], coverage


def _sample(found: Sequence[Found]) -> Sample | None:
    """What words were taken from, of all questions about words."""
    looked = [(count, each.total) for each in found if (count := sampled(each.figures)) is not None]
    return Sample(posts=sum(count for count, _ in looked), of=sum(total for _, total in looked)) if looked else None


def _doc(summary: str, answer: type[msgspec.Struct]) -> Doc:
    return Doc(summary, TAG, answer=answer, errors=(404,))


def _both(path: str, kind: type[W], run: Callable[[Caller, W], Any], doc: Doc, weight: int = 1) -> dict[str, Route]:
    """The two forms of a route: by URL, and by a body for what a URL cannot hold."""

    def by_url(request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, run(caller, fields.from_query(kind, request.query)))

    def by_body(request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, run(caller, fields.from_body(kind, request.body())))

    return {
        f"GET {path}": Route(Scope.READ, by_url, doc._replace(query=kind), weight),
        f"POST {path}": Route(Scope.READ, by_body, doc._replace(body=kind), weight),
    }
