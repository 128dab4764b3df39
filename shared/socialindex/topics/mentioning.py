"""Posts that a topic was found to match become its mentions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_lambda_powertools import Logger

from socialindex.errors import ParseError
from socialindex.mentions.percolate import Match
from socialindex.mentions.reasons import Seen, found
from socialindex.mentions.writer import Met
from socialindex.outcomes import OutcomeStore, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.mentions.writer import MentionWriter
    from socialindex.topics.looking import Hit
    from socialindex.topics.topic import Topic

logger = Logger(child=True)

_STAGE: Final = "mentions"


class Mentioning:
    """Writes mentions; those that are there already stay as they are, and lost ones get back what people did."""

    def __init__(self, writer: MentionWriter, outcomes: OutcomeStore) -> None:
        self._writer = writer
        self._outcomes = outcomes

    def write(self, topic: Topic, hits: Sequence[Hit]) -> None:
        """Make posts mentions of a topic; one that the engine will never take is counted, and holds up no other.

        Raises:
            Unavailable: not all could be; doing it again does the rest.
        """
        tally = Tally(_STAGE)
        met = [_met(topic, hit) for hit in hits]
        errors = self._writer.write(self._writer.made(met, {hit["_id"] for hit in hits}), tally)
        refused = [error for error in errors.values() if isinstance(error, ParseError)]
        if refused:
            tally.add("discard", reason="refused", times=len(refused))
            logger.warning("mentions were refused", extra={"topic": topic.id, "mentions": len(refused)})
        self._outcomes.add(tally.take())
        for error in errors.values():
            if error not in refused:
                raise error


def _met(topic: Topic, hit: Hit) -> Met:
    why = found(topic.watched.q, Seen(hit["_source"]))
    return Met(hit["_source"], hit["_index"], [Match(topic.id, topic.workspace, topic.revision, topic.since, why)])
