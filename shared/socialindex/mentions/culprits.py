"""Topics that the engine cannot bear: found among all others by halving, and suspended, so that those go on.

One query that the engine cannot run fails the whole request; one that takes very long lets it run out of time. Of the
first kind, a part of the topics with it fails and the others answer: their answers count. Of the second, the slower
half is halved again, with few posts; where no topic stands out, all are asked in parts. Nothing is suspended that does
not fail alone while the engine answers otherwise.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final

from socialindex.errors import Conflict, InvalidQuery, Unavailable
from socialindex.mentions.asking import EVERY, MOST_HITS, NONE, Pool, TimedOut, ask, known

if TYPE_CHECKING:
    from collections.abc import Callable

    from opensearchpy import OpenSearch

    from socialindex.mentions.asking import Hit, Question

    Suspend = Callable[[str, str], object]
    """Takes a topic's id, and what its owner is told."""

MOST_REQUESTS: Final = 100
"""Of one search: to find one of 10,000 topics takes 30."""
MOST_SECONDS: Final = 30.0
"""Of one search; half of what the index function has."""
MOST_CULPRITS: Final = 3
"""Found in one search. If there seem to be more, it is not the topics."""
_FEW: Final = 8
"""So many topics are tried each by itself."""
_SAMPLE: Final = 40
"""Posts, the longest ones, that show which topics are slow."""
_SLOW: Final = 0.5
"""Seconds that a topic may take for these: 10,000 such would take an hour and a half."""
QUARTERS: Final = [part for half in EVERY.halves() for part in half.halves()]
"""All topics in parts, for an engine that has more to do than hold posts against all of them at once."""
_SMALLER: Final = "Make it smaller: fewer alternatives, most of all within NEAR, and longer beginnings before a *."


class _Search:
    """What a search for culprits may still do."""

    def __init__(self) -> None:
        self._requests = MOST_REQUESTS
        self._until = time.monotonic() + MOST_SECONDS
        self.culprits = MOST_CULPRITS

    def step(self) -> None:
        """Before each request.

        Raises:
            Unavailable: it has taken too long.
        """
        self._requests -= 1
        if self._requests < 0 or time.monotonic() > self._until or self.culprits < 0:
            raise Unavailable("the engine does not hold posts against topics, and no topic is found to blame")


class Culprits:
    """Holds posts against all topics but those that the engine cannot bear.

    Args:
        engine: that has the topics.
        suspend: takes a topic out of the engine, so that it is in no further answer.
    """

    def __init__(self, engine: OpenSearch, suspend: Suspend) -> None:
        self._engine = engine
        self._suspend = suspend

    def hits(self, question: Question) -> list[Hit]:
        """The topics that match, each with the posts that it matches.

        Raises:
            Unavailable: the engine does not answer, or no topic is to blame.
        """
        search = _Search()
        while True:
            try:
                return self._met(question, EVERY, search)
            except TimedOut:
                if not self._is_slowest_suspended(question, search):
                    return [hit for part in QUARTERS for hit in self._met(question, part, search)]

    def _met(self, question: Question, pool: Pool, search: _Search) -> list[Hit]:
        search.step()
        try:
            hits = ask(self._engine, question, pool)
        except InvalidQuery as refusal:
            parts = self._parts(pool)
            if not parts:
                self._blame(question, pool, search, f"The engine cannot run this query ({refusal}).")
                return []
        else:
            if len(hits) < MOST_HITS:
                return hits
            parts = pool.halves()
        return [hit for part in parts for hit in self._met(question, part, search)]

    def _is_slowest_suspended(self, question: Question, search: _Search) -> bool:
        """Suspend the topic that holds up all others; false where none does."""
        longest = sorted(question.documents, key=lambda document: len(document.get("text", "")), reverse=True)
        sample = question._replace(documents=longest[:_SAMPLE])
        pool = EVERY
        while parts := self._parts(pool):
            pool = max(parts, key=lambda part: self._seconds(sample, part, search))
        if self._seconds(sample, pool, search) - self._seconds(sample, NONE, search) < _SLOW:
            return False
        self._blame(sample, pool, search, "The engine needs too long for this query.")
        return True

    def _seconds(self, question: Question, pool: Pool, search: _Search) -> float:
        search.step()
        began = time.monotonic()
        try:
            ask(self._engine, question, pool)
        except TimedOut:
            return math.inf
        except InvalidQuery:
            return 0.0
        return time.monotonic() - began

    def _parts(self, pool: Pool) -> list[Pool]:
        """A pool taken apart; nothing of a single topic."""
        if pool.ids is not None:
            return []
        few = known(self._engine, pool, _FEW + 1)
        return pool.halves() if len(few) > _FEW else [Pool(ids=(name,)) for name in few]

    def _blame(self, question: Question, pool: Pool, search: _Search, why: str) -> None:
        """Suspend a single topic, unless the engine fails without any.

        Raises:
            Unavailable: it does, or the topic cannot be suspended now.
        """
        search.culprits -= 1
        search.step()
        try:
            ask(self._engine, question, NONE)
        except InvalidQuery as error:
            raise Unavailable("the engine does not take the posts as they are held against topics") from error
        for name in pool.ids or ():
            try:
                self._suspend(name, f"{why} {_SMALLER}")
            except Conflict as error:
                raise Unavailable("a topic that must be suspended is changing") from error
