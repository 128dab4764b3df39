"""Questions about the million posts, class by class, as clients send them; seldom one twice."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from infra.bench.million_posts import BEGIN, END
from infra.bench.million_text import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

SEARCH: Final = "/v1/posts/search"
_SOURCES: Final = ("gnuboard", "bluesky", "mastodon", "reddit", "feed")
_WINDOW: Final = timedelta(days=90)
_ZONE: Final = "Asia/Seoul"


class Question(NamedTuple):
    """A POST to the API."""

    path: str
    body: dict[str, Any]


class Chooser:
    """Chooses words and times.

    Args:
        seed: the same one chooses the same.
    """

    def __init__(self, seed: str) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - the same questions in every run
        self._korean = vocabulary("ko").words.things
        self._english = vocabulary("en").words.things

    def rare(self) -> Question:
        """A word that some dozens of posts have."""
        return Question(SEARCH, {"q": self._chance.choice(self._english[2_000:20_000])})

    def frequent(self) -> Question:
        """A word that every tenth post has, or so."""
        return Question(SEARCH, {"q": self._frequent(), "limit": self._chance.randint(10, 40)})

    def compound(self) -> Question:
        """A Korean compound, which is two words to the analysis."""
        return Question(SEARCH, {"q": self._chance.choice(self._korean[300:10_000])})

    def near(self) -> Question:
        """A beginning, not far from one of two words."""
        one, other, third = (self._frequent() for _ in range(3))
        return Question(SEARCH, {"q": f"{one}* NEAR/5 ({other} OR {third})", "sort": "relevance"})

    def filtered(self) -> Question:
        """No words: filters, the newest first."""
        sources = self._chance.sample(_SOURCES, 2)
        return Question(SEARCH, {"source": sources, "language": ["ko"], **self._window(), "limit": 50})

    def shown(self) -> Question:
        """With what matched, and with facets."""
        facets = ["source", "language", "hashtag", "author", "sentiment", "day"]
        body = {"q": f"{self._frequent()} {self._frequent()}", "highlight": True, "facets": facets, "time_zone": _ZONE}
        return Question(SEARCH, body)

    def trends(self) -> Question:
        """Three months, a series per source."""
        return Question("/v1/trends", {"q": self._frequent(), "by": "source", "time_zone": _ZONE, **self._window()})

    def aggregate(self) -> Question:
        """Three months by two dimensions."""
        by = self._chance.choice((["source", "language"], ["author"], ["hashtag", "sentiment"]))
        metric = self._chance.choice(("posts", "likes", "deduplicated", "reach"))
        return Question("/v1/aggregate", {"q": self._frequent(), "by": by, "metric": metric, **self._window()})

    def voice(self) -> Question:
        """Three words side by side, over three months."""
        words = self._chance.sample(self._korean[:40], 3)
        queries = [{"name": word, "q": word} for word in words]
        return Question("/v1/share-of-voice", {"queries": queries, "by": "time", "time_zone": _ZONE, **self._window()})

    def _frequent(self) -> str:
        word: str = self._chance.choice(self._korean[:40])
        return word

    def _window(self) -> dict[str, str]:
        since = BEGIN + (END - BEGIN - _WINDOW) * self._chance.random()
        return {"from": since.isoformat(), "to": (since + _WINDOW).isoformat()}


CLASSES: Final[dict[str, Callable[[Chooser], Question]]] = {
    "rare": Chooser.rare,
    "frequent": Chooser.frequent,
    "compound": Chooser.compound,
    "near": Chooser.near,
    "filtered": Chooser.filtered,
    "shown": Chooser.shown,
    "trends": Chooser.trends,
    "aggregate": Chooser.aggregate,
    "voice": Chooser.voice,
}
