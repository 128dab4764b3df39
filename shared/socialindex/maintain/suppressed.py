"""What is on the suppression list is not in the index: each run goes through as much of the list as it has time for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from aws_lambda_powertools import Logger

from socialindex.erasure.reapply import ENTRIES, reapply
from socialindex.groups import groups
from socialindex.mentions.forgetting import NONE, Known
from socialindex.reread.schedule import Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opensearchpy import OpenSearch

    from socialindex.aws.marks import Marks
    from socialindex.aws.suppressions import Listed, Suppressions
    from socialindex.mentions.forgetting import Memories

NAME: Final = "suppressed"
"""Of the watermark: the place on the list up to which it was gone through, empty at its beginning."""

logger = Logger(child=True)


class Suppressed:
    """Deletes what a restored backup has brought back; running twice changes nothing.

    Args:
        engine: where posts and mentions are.
        suppressions: the list.
        marks: where the watermark is.
        memories: what else keeps something of mentions.
    """

    def __init__(self, engine: OpenSearch, suppressions: Suppressions, marks: Marks, memories: Memories = NONE) -> None:
        self._engine = engine
        self._suppressions = suppressions
        self._marks = marks
        self._memories = memories

    def run(self, go_on: Callable[[], bool]) -> dict[str, int]:
        """Go on where the last run ended, and from the list's beginning behind its end.

        Args:
            go_on: is asked behind each part of the list, and before anything is deleted, whether there is time.

        Returns:
            How many of the list's posts and authors were looked for (``listed``), and the documents that were deleted.

        Raises:
            Unavailable: a part does not answer; the next run goes on where this one was.
        """
        told, memories = {"listed": 0, "erased": 0}, Known(self._memories)
        for group in self._groups():
            done = reapply(self._engine, (each for one in group for each in one.entries), memories, go_on=go_on)
            told["erased"] += done.documents
            if not done.is_whole:
                break
            told["listed"] += len(group)
            self._at(group[-1].place)
            if not go_on():
                break
        else:
            self._at("")
        logger.info("held against the suppression list", extra=told)
        return told

    def _groups(self) -> Iterator[list[Listed]]:
        mark = self._marks.get(NAME)
        yield from groups(self._suppressions.listed(mark.id if mark else ""), ENTRIES)
        if mark and mark.id:
            yield from groups(self._suppressions.listed(), ENTRIES)

    def _at(self, place: str) -> None:
        self._marks.put(NAME, Mark(int(time.time() * 1000), place))
