"""Figures of a selection of posts. Without ``since`` they are of thirty days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from socialindex.client.asking import (
    AggregateFields,
    Figures,
    SentimentFields,
    TermsFields,
    TrendsFields,
    Values,
    VoicesFields,
    body,
    several,
)
from socialindex.client.core import Core, path
from socialindex.client.models import Aggregate, Makeup, Sentiment, ShareOfVoice, Terms, Trends

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack


class Analytics(Core):
    """The routes of figures."""

    def trends(self, q: str | None = None, **fields: Unpack[TrendsFields]) -> Trends:
        """Volume over time, raw and as a share of all posts; a series for each value of ``by``."""
        return self._question(path("trends"), body(fields, q=q), Trends)

    def aggregate(self, q: str | None = None, *, by: Values, **fields: Unpack[AggregateFields]) -> Aggregate:
        """One figure by one or two dimensions: ``by="source"``, ``by=["source", "language"]``."""
        return self._question(path("aggregate"), body(fields, q=q, by=several(by)), Aggregate)

    def terms(self, q: str | None = None, **fields: Unpack[TermsFields]) -> Terms:
        """Words, hashtags or entities that stand out in the posts that match (연관어)."""
        return self._question(path("analytics", "terms"), body(fields, q=q), Terms)

    def share_of_voice(
        self,
        queries: Mapping[str, str] | Sequence[str] = (),
        *,
        topics: Mapping[str, str] | Sequence[str] = (),
        q: str | None = None,
        **fields: Unpack[VoicesFields],
    ) -> ShareOfVoice:
        """Two to ten queries side by side, or topics.

        Args:
            queries: by their names, or each its own name.
            topics: ids of topics instead, likewise.
            q: narrows all of them.
            fields: filters, the window of time and what voices are split by.
        """
        voices = [
            *({"name": name, "q": query} for name, query in _named(queries)),
            *({"name": name, "topic": topic} for name, topic in _named(topics)),
        ]
        return self._question(path("share-of-voice"), body(fields, q=q, queries=voices), ShareOfVoice)

    def sentiment(self, q: str | None = None, **fields: Unpack[SentimentFields]) -> Sentiment:
        """The mood in total and over time, and what drives it."""
        return self._question(path("sentiment"), body(fields, q=q), Sentiment)

    def makeup(self, q: str | None = None, **fields: Unpack[Figures]) -> Makeup:
        """Which sources and platforms the posts that match come from."""
        return self._question(path("analytics", "sources"), body(fields, q=q), Makeup)


def _named(voices: Mapping[str, str] | Sequence[str]) -> list[tuple[str, str]]:
    """Voices with their names; one that is there twice stays, for the API to say so."""
    return list(voices.items()) if isinstance(voices, Mapping) else [(voice, voice) for voice in several(voices)]
