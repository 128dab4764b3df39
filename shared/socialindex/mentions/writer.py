"""What became of posts, brought to their mentions, together in as few requests as it takes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from socialindex.engine import mentions_index
from socialindex.mentions import byposts
from socialindex.mentions.byposts import Update
from socialindex.mentions.merge import deleting, erasing, following, going, matching, seen, working
from socialindex.mentions.model import mention_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from opensearchpy import OpenSearch

    from socialindex.mentions.byposts import Place
    from socialindex.mentions.merge import Document
    from socialindex.mentions.percolate import Match
    from socialindex.mentions.work import Work
    from socialindex.outcomes import Tally

Pair = tuple[str, str]
"""A topic and a post."""


class WorkStore(Protocol):
    """What people did with mentions (``aws.work``)."""

    def of(self, pairs: Iterable[Pair]) -> dict[Pair, Work]:
        """What was done with those of many mentions with which anything was."""


class Met(NamedTuple):
    """A post and the topics that it matches."""

    document: Document
    home: str
    """The index of the post."""
    matches: Sequence[Match]


class Change(NamedTuple):
    """What is brought to one mention."""

    post: str
    update: Update
    why: str = ""
    """Of one that is withdrawn: why it is none any more."""


class MentionWriter:
    """Makes, changes and withdraws mentions; the same again changes nothing.

    Args:
        engine: where they are.
        work: what people did with them, for those that are made again.
    """

    def __init__(self, engine: OpenSearch, work: WorkStore) -> None:
        self._engine = engine
        self._work = work

    def write(self, changes: Iterable[Change], tally: Tally) -> dict[str, Exception]:
        """Bring changes to mentions, and count what was made and withdrawn; by posts, the errors.

        They are ``Unavailable`` where another try may help, and ``ParseError`` where the engine will never take one.

        Raises:
            Unavailable: the engine does not answer; nothing is known of any.
        """
        wanted = list(changes)
        errors: dict[str, Exception] = {}
        results = byposts.brought(self._engine, (change.update for change in wanted))
        for change, (error, is_made) in zip(wanted, results, strict=True):
            if error is not None:
                errors[change.post] = error
            elif change.why:
                tally.add("discard", reason=change.why)
            elif is_made:
                tally.add("ok")
        return errors

    def made(self, met: Sequence[Met], restored: Collection[str]) -> Iterator[Change]:
        """Mentions of posts that match.

        Args:
            met: the posts.
            restored: ids of those whose mentions may have been lost: they get back what people did with them.

        Raises:
            Unavailable: the table of that does not answer.
        """
        pairs = ((match.topic, one.document["id"]) for one in met for match in one.matches)
        works = self._work.of(pair for pair in pairs if pair[1] in restored) if restored else {}
        now = datetime.now(tz=UTC)
        for one in met:
            for match in one.matches:
                yield _made(one, match, works.get((match.topic, one.document["id"])), now)

    def followed(self, documents: Mapping[str, Document]) -> Iterator[Change]:
        """Mentions of posts, by their ids, that changed in nothing that a query asks for.

        Raises:
            Unavailable: the engine does not answer.
        """
        for place in self.places(documents):
            yield shown(place, documents[place.post])

    def taken_down(self, documents: Mapping[str, Document]) -> Iterator[Change]:
        """Mentions of posts, by their ids, that are deleted, or must not be kept.

        Raises:
            Unavailable: the engine does not answer.
        """
        for place in self.places(documents, fresh=True):
            document = documents[place.post]
            if document.get("withdrawn"):
                yield Change(place.post, Update(place.home, place.id, erasing(seen(document))), "erased")
            else:
                yield Change(place.post, Update(place.home, place.id, deleting(seen(document))), "deleted")

    def places(self, posts: Collection[str], *, fresh: bool = False) -> list[Place]:
        """Where the mentions of posts are.

        Raises:
            Unavailable: the engine does not answer.
        """
        return [place for page in byposts.of_posts(self._engine, posts, fresh=fresh) for place in page]


def shown(place: Place, document: Document) -> Change:
    """A mention shows what its post has become."""
    return Change(place.post, Update(place.home, place.id, following(document, place.workspace)))


def unmatched(place: Place, document: Document) -> Change:
    """A mention is none any more, since its post was edited."""
    params = going("edited", seen(document), place.revision)
    return Change(place.post, Update(place.home, place.id, params), "edited")


def _made(met: Met, match: Match, work: Work | None, now: datetime) -> Change:
    params = matching(
        met.document,
        topic=match.topic,
        workspace=match.workspace,
        revision=match.revision,
        since=match.since,
        matched=match.matched,
        at=now,
    )
    post = met.document["id"]
    restored = working(work) if work else {}
    return Change(post, Update(mentions_index(met.home), mention_id(match.topic, post), params | restored, make=True))
