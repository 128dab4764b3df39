"""What the index stage tells: posts that were written, whose mentions are made, changed or withdrawn.

Whose words changed is held against all topics; what changed in figures alone is brought to the mentions that are there.
A message comes again after a crash between the write and its mentions, and then changes nothing any more: so what comes
again is held against all topics, whatever it changes; and so is a reading that was made before the words changed, since
a queue may deliver a message twice and call it new.

Two writers may meet in a post. Mentions go by its version (``merge.seen``), so that the newer one stays; what either
does not see of the other yet is looked for minutes later (``maintain.missed``).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import IntEnum
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.index.homes import known_homes
from socialindex.index.stage import MENTIONS
from socialindex.mentions.reach import unlimited
from socialindex.mentions.writer import Met, shown, unmatched
from socialindex.outcomes import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.index.writer import Merged, Write
    from socialindex.mentions.merge import Document
    from socialindex.mentions.percolate import Match, Percolator
    from socialindex.mentions.reach import Reaches
    from socialindex.mentions.writer import Change, MentionWriter

_YOUNG: Final = timedelta(seconds=30)
"""Mentions that are younger may not be found by a search yet: then all topics are asked again."""
_SKEW: Final = timedelta(seconds=5)
"""By how much the clocks of those who read and of those who write may differ."""


class _News(IntEnum):
    """What a message says of a post; the higher one counts."""

    NOTHING = 0
    FIGURES = 1
    WORDS = 2


class _Told(NamedTuple):
    """A post as it is now."""

    document: Document
    home: str
    news: _News
    is_replay: bool


class Listener:
    """Lets mentions follow what is written of posts; being told twice changes nothing.

    Args:
        engine: where posts are.
        percolator: holds them against topics.
        writer: of mentions.
        reaches: which replayed posts the topics have met.
    """

    def __init__(
        self, engine: OpenSearch, percolator: Percolator, writer: MentionWriter, reaches: Reaches = unlimited
    ) -> None:
        self._engine = engine
        self._percolator = percolator
        self._writer = writer
        self._reaches = reaches

    def is_needed(self) -> bool:
        """Whether there is any topic or mention at all; if not, ``hear`` has nothing to do.

        Raises:
            Unavailable: the engine does not answer.
        """
        return self._percolator.is_needed()

    def hear(
        self, writes: Sequence[Write], merged: Sequence[Merged | Exception], tally: Tally
    ) -> list[Exception | None]:
        """Bring what was written to its mentions.

        Args:
            writes: what was to be written.
            merged: what became of each.
            tally: of mentions: made ones count as ``ok``, withdrawn ones as ``discard`` with their reason.

        Returns:
            Per write what was wrong with it or with its mentions: ``None`` where all is well.

        Raises:
            Unavailable: a part does not answer, so that nothing is known of the mentions of any.
        """
        errors = self._bring(_told(writes, merged), tally)
        return [one if isinstance(one, Exception) else errors.get(one.document["id"]) for one in merged]

    def again(self, documents: Sequence[Document]) -> None:
        """Hold posts against the topics once more, and have their mentions follow.

        Args:
            documents: as the engine has them.

        Raises:
            Unavailable: a part does not answer, or not all could be done; doing it again does the rest.
        """
        homes = known_homes(self._engine, [document["id"] for document in documents])
        there = (document for document in documents if document["id"] in homes)
        told = [_Told(document, homes[document["id"]], _News.WORDS, is_replay=False) for document in there]
        for error in self._bring(told, Tally(MENTIONS), thorough=True).values():
            raise error

    def _bring(self, told: Sequence[_Told], tally: Tally, *, thorough: bool = False) -> dict[str, Exception]:
        """Do what follows; ``thorough`` looks for mentions also of what cannot have lost any."""
        gone = _documents(one for one in told if one.news is _News.WORDS and _is_gone(one))
        words = [one for one in told if one.news is _News.WORDS and not _is_gone(one)]
        figures = _documents(one for one in told if one.news is _News.FIGURES and not _is_gone(one))
        matches = self._reached(words, self._percolator.match([one.document for one in words]))
        met = [Met(one.document, one.home, matches[name]) for one in words if (name := one.document["id"]) in matches]
        changes = chain(
            self._writer.made(met, {one.document["id"] for one in words if one.is_replay}),
            self._unmatched(_documents(one for one in words if thorough or _is_edited(one)), matches),
            self._writer.taken_down(gone),
            self._writer.followed(figures),
        )
        return self._writer.write(changes, tally)

    def _reached(self, words: Sequence[_Told], matches: dict[str, list[Match]]) -> dict[str, list[Match]]:
        """The matches without those of replayed posts that their topics never met."""
        replayed = {one.document["id"]: one.document for one in words if one.is_replay}
        topics = {match.topic for post in replayed for match in matches.get(post, ())}
        reaches = self._reaches(topics) if topics else {}

        def met(post: str, match: Match) -> bool:
            reach = reaches.get(match.topic) if post in replayed else None
            return reach is None or reach.has(replayed[post])

        held = {post: [match for match in found if met(post, match)] for post, found in matches.items()}
        return {post: found for post, found in held.items() if found}

    def _unmatched(self, edited: dict[str, Document], matches: dict[str, list[Match]]) -> Iterator[Change]:
        """Mentions of edited posts that those did not match now.

        Of a topic that nothing is held against at present (paused, say) nobody knows whether it matches: its mentions
        show the new words.
        """
        others = [
            place
            for place in self._writer.places(edited, fresh=True)
            if place.topic not in {match.topic for match in matches.get(place.post, ())}
        ]
        active = self._percolator.active({place.topic for place in others})
        for place in others:
            yield (unmatched if place.topic in active else shown)(place, edited[place.post])


def _told(writes: Sequence[Write], merged: Sequence[Merged | Exception]) -> list[_Told]:
    """Each post as it is now; of several messages about one, the last has its newest document."""
    now = datetime.now(tz=UTC)
    told: dict[str, _Told] = {}
    for write, one in zip(writes, merged, strict=True):
        if isinstance(one, Exception):
            continue
        before = told.get(write.post.id)
        news = max(_news(write, one, now), before.news if before else _News.NOTHING)
        told[write.post.id] = _Told(one.document, one.home, news, write.replay or (before is not None and before[3]))
    return list(told.values())


def _news(write: Write, merged: Merged, now: datetime) -> _News:
    updated, worded, read = _updated(merged.document), _worded(merged.document), write.post.collected_at - _SKEW
    if write.again or (merged.is_changed and worded == updated) or read <= worded:
        return _News.WORDS
    if not merged.is_changed and read > updated:
        return _News.NOTHING
    return _News.WORDS if now - worded < _YOUNG else _News.FIGURES


def _updated(document: Document) -> datetime:
    return datetime.fromisoformat(document["updated_at"])


def _worded(document: Document) -> datetime:
    """When a post got the words that it has, or lost them."""
    return datetime.fromisoformat(document["versions"].get("worded", document["indexed_at"]))


def _is_edited(told: _Told) -> bool:
    """Whether it ever had other words, by which it may have become a mention."""
    return "worded" in told.document["versions"]


def _is_gone(told: _Told) -> bool:
    return "deleted_at" in told.document


def _documents(told: Iterable[_Told]) -> dict[str, Document]:
    return {one.document["id"]: one.document for one in told}
