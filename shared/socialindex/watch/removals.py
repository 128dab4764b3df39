"""What is forgotten with a channel: the words of its health events, which hold its address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from aws_lambda_powertools import Logger

from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from socialindex.aws.health import Health
    from socialindex.watch.projection import Projection

AGAIN: Final = timedelta(minutes=15)
"""For so long it is done at each look: a look that began before the removal may write words until it ends, in five
minutes at the latest."""

logger = Logger(child=True)


class Removals:
    """Follows the removals of channels."""

    def __init__(self, health: Health, projection: Projection) -> None:
        self._health = health
        self._projection = projection

    def run(self, now: datetime | None = None) -> int:
        """Take the words from events of channels that were removed, where they are kept and shown; of how many.

        What the engine shows while it does not answer is left for the next looks, for as long as that lasts.

        Raises:
            Unavailable: the table does not answer; the next look makes up for it.
        """
        removed = self._health.removals()
        if not removed:
            return 0
        self._health.take_words(removed)
        try:
            self._projection.take_words(removed)
        except Unavailable as error:
            logger.warning("words are taken later from what is shown", extra={"reason": str(error)})
            return 0
        over = (now or datetime.now(tz=UTC)) - AGAIN
        for channel in (channel for channel, at in removed.items() if at < over):
            self._health.end_removal(channel)
        return len(removed)
