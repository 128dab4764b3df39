"""How fresh the index is: how long ago a post was published when it was written for the first time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from socialindex import metrics

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.index.writer import Write

_NEW = "created"


def note(written: Iterable[tuple[Write, dict[str, Any]]]) -> None:
    """Note the freshness of posts that were written just now; each comes with the engine's answer.

    Those that were known before say nothing, nor do histories and replays. A publisher's clock that is ahead of ours
    says that the post is new.
    """
    now = datetime.now(tz=UTC)
    for write, item in written:
        published = write.post.published_at
        if published and write.live and not write.replay and item.get("result") == _NEW:
            metrics.record(metrics.Metric.FRESHNESS, max(round((now - published).total_seconds()), 0))
