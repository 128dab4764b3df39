"""What is asked of the service: a load, and what is set for it."""

from __future__ import annotations

from typing import Final

import msgspec

from infra.cost.quantities import the

MOST: Final = 1e12
"""The most of anything that a load may be."""


class LoadError(ValueError):
    """A load that no deployment can have; the text says which number and why."""


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the service, and how long it is kept. All rates are means; peaks are the model's."""

    posts: float
    """Posts indexed a day."""
    topics: float
    """Topics that are followed."""
    calls: float
    """Calls of the API a day, of all clients."""
    months: float
    """Months for which posts and the archive are kept, beside the current one."""
    pages: float | None = None
    """Pages fetched a day; as many as the posts stand on, unless told."""
    mentions: float | None = None
    """Posts a day that mention a topic; a share of the posts, unless told. None where there are no topics."""
    window: float = 1
    """Seconds for which queues wait for a batch: MaximumBatchingWindowInSeconds of normalize and index, 1 to 300."""

    def __post_init__(self) -> None:
        for name in ("posts", "topics", "calls", "months", "pages", "mentions"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= MOST:
                raise LoadError(f"{name} is {value}: give 0 to {MOST:g}")
        if not 1 <= self.window <= 300:  # noqa: PLR2004 - what an event source takes
            raise LoadError(f"window is {self.window}: an event source takes 1 to 300 seconds")

    @property
    def fetched(self) -> float:
        """Pages a day."""
        return self.posts / the("content", "posts_a_page") if self.pages is None else self.pages

    @property
    def matched(self) -> float:
        """Mentions a day."""
        if self.mentions is not None:
            return self.mentions
        return self.posts * the("content", "mention_share") if self.topics else 0.0

    def events(self, batch: float, things: float) -> float:
        """Invocations a day for so many things: full batches, and in quiet hours what a window holds."""
        return max(things / batch, min(self.fetched, 86_400 / self.window))


PRESETS: Final = {
    "20,000 mentions a day": Load(posts=100_000, topics=50, calls=2_000, months=12, mentions=20_000),
    "1 million posts a day": Load(posts=1_000_000, topics=2_000, calls=50_000, months=12, window=10),
    "50 million posts a day": Load(posts=50_000_000, topics=10_000, calls=1_000_000, months=12, window=20),
}
