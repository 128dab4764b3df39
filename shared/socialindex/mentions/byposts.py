"""Mentions by their posts: where those of some posts are, and how they get what became of the posts.

``of_posts`` finds them, ``write`` brings params of ``merge.py`` to them, ``erase`` does both for posts that may not be
kept. A search sees a mention some seconds after it was written (the index's ``refresh_interval``): whoever must not
miss one that was made just now says ``fresh``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.engine import MENTIONS, WHOLE, answering
from socialindex.errors import ParseError, Unavailable
from socialindex.groups import groups
from socialindex.mentions.forgetting import NONE
from socialindex.mentions.merge import Params, erasing, update

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.mentions.forgetting import Memories

PAGE: Final = 1_000
"""Mentions of one search."""
POSTS: Final = 1_000
"""Posts of one search."""
BULK_BYTES: Final = 1_500_000
"""Of one bulk request, as in ``index.writer``."""
_BAD_REQUEST: Final = 400
_NO_SCRIPT: Final = "resource_not_found_exception"
_NO_DOCUMENT: Final = "document_missing_exception"
SOURCE: Final = ["mention", "versions.held", "versions.post", "versions.gone", "cluster_id"]
"""What a ``Place`` is made of."""


class Place(NamedTuple):
    """A mention, and where it is."""

    home: str
    """The index."""
    id: str
    topic: str
    workspace: str
    post: str
    revision: int
    """Of the topic, when it matched last."""
    seen: int
    """Version of the post (``merge.seen``) that it shows, or that it last matched by where it is gone."""
    gone: str | None
    cluster: str | None
    """Its post's cluster of near-duplicates, as the mention has it."""
    final: bool
    """Whether it was erased for ever: it has nothing more to lose, and never comes back."""


class Update(NamedTuple):
    """What is brought to a mention."""

    home: str
    id: str
    params: Params
    make: bool = False
    """See ``merge.update``."""


def of_posts(
    engine: OpenSearch, posts: Collection[str], *, gone: bool = False, fresh: bool = False
) -> Iterator[list[Place]]:
    """Mentions of these posts, page by page.

    Args:
        engine: where they are.
        posts: ids.
        gone: whether those that are none any more are wanted too.
        fresh: whether to see also what was written just now. It costs the engine a refresh.

    Raises:
        Unavailable: the engine does not answer, or not whole.
    """
    if fresh and posts:
        refresh(engine)
    for some in groups(posts, POSTS):
        query: dict[str, Any] = {"bool": {"filter": [of_ids(some)]}}
        if not gone:
            query["bool"]["must_not"] = [{"exists": {"field": "mention.gone"}}]
        yield from where(engine, query)


def where(engine: OpenSearch, query: dict[str, Any], index: str = MENTIONS) -> Iterator[list[Place]]:
    """Mentions that match a query of the engine, page by page; what is done to a page hides nothing of the next.

    All of them, or those of one index.

    Raises:
        Unavailable: the engine does not answer, or not whole.
    """
    body = {"query": query, "size": PAGE, "sort": [{"mention.id": "asc"}], "_source": SOURCE}
    while True:
        with answering():
            hits = engine.search(index=index, body=body, params=WHOLE)["hits"]["hits"]
        if hits:
            yield [place_of(hit) for hit in hits]
        if len(hits) < PAGE:
            return
        body["search_after"] = hits[-1]["sort"]


def write(engine: OpenSearch, updates: Iterable[Update]) -> list[Exception | None]:
    """Bring updates to mentions, each by itself; per update ``None`` where it worked.

    An error is ``Unavailable`` where another try may help, and ``ParseError`` where the engine will never take it. A
    mention that is not there, and is not to be made, has nothing to lose: that is no error.

    Raises:
        Unavailable: the engine does not answer; nothing is known of any.
    """
    return [verdict for verdict, _ in brought(engine, updates)]


def brought(engine: OpenSearch, updates: Iterable[Update]) -> list[tuple[Exception | None, bool]]:
    """As ``write``; per update also whether it made the mention."""
    results: list[tuple[Exception | None, bool]] = []
    for body in bulks(update(*each[:3], make=each.make) for each in updates):
        with answering():
            answer = engine.bulk(body=body)
        items = (item["update"] for item in answer["items"])
        results += [(_verdict(item), item.get("result") == "created") for item in items]
    return results


def write_all(engine: OpenSearch, updates: Iterable[Update]) -> int:
    """Bring all updates; how many.

    Raises:
        Unavailable: not all could be brought; doing it again does the rest.
        ParseError: the engine will never take one.
    """
    verdicts = write(engine, updates)
    for verdict in filter(None, verdicts):
        raise verdict
    return len(verdicts)


def erase(
    engine: OpenSearch, query: dict[str, Any], *, forever: bool, memories: Memories = NONE, index: str = MENTIONS
) -> int:
    """Make tombstones of the mentions that match a query of the engine, but for those that were erased; how many.

    One that was erased until its post comes back is erased once more where it must not: what people did is still in it.

    Args:
        engine: where they are.
        query: of mentions' fields, which are also those of their posts.
        forever: whether the post never comes back; else a version of it that is newer than the mention's may.
        memories: what forgets their posts first, so that after a crash the mentions still tell which these are.
        index: the one that they are in; by default all that searches see.

    Raises:
        Unavailable: the engine does not answer, or did not take all; doing it again does the rest.
    """
    done, left = 0, {"bool": {"filter": [query], "must_not": [{"term": {"mention.gone": "erased"}}]}}
    for found in where(engine, query if forever else left, index):
        places = [place for place in found if not place.final]
        memories.forget({place.post for place in places})
        done += write_all(engine, (Update(p.home, p.id, erasing(None if forever else p.seen)) for p in places))
    return done


def refresh(engine: OpenSearch) -> None:
    """Let searches see what was written until now.

    Raises:
        Unavailable: the engine does not answer.
    """
    with answering():
        engine.indices.refresh(index=MENTIONS, params={"ignore_unavailable": "true", "allow_no_indices": "true"})


def of_ids(posts: Sequence[str]) -> dict[str, Any]:
    """The query for the mentions of some posts, at most ``POSTS``, those that are none any more too."""
    return {"terms": {"mention.post": posts}}


def place_of(hit: dict[str, Any]) -> Place:
    """The place of a mention, by a hit of a search that asked for ``SOURCE``."""
    source = hit["_source"]
    mention, versions = source["mention"], source["versions"]
    gone = versions.get("gone", {})
    return Place(
        hit["_index"],
        hit["_id"],
        mention["topic"],
        mention["workspace"],
        mention["post"],
        mention["revision"],
        versions.get("post", versions["held"]["seen"]),
        mention.get("gone"),
        source.get("cluster_id"),
        gone.get("reason") == "erased" and "seen" not in gone,
    )


def bulks(updates: Iterable[bytes]) -> Iterator[bytes]:
    """The bodies of bulk requests, in order. An engine may take 10 MB at once, and is busy with less for long."""
    lines: list[bytes] = []
    size = 0
    for each in updates:
        if lines and size + len(each) > BULK_BYTES:
            yield b"".join(lines)
            lines, size = [], 0
        lines.append(each)
        size += len(each)
    if lines:
        yield b"".join(lines)


def _verdict(item: dict[str, Any]) -> Exception | None:
    error = item.get("error")
    if error is None or error.get("type") == _NO_DOCUMENT:
        return None
    reason = f"{error.get('type')}: {error.get('reason')}"
    if item["status"] == _BAD_REQUEST and error.get("caused_by", {}).get("type") != _NO_SCRIPT:
        return ParseError(f"the engine refuses the mention: {reason}")
    return Unavailable(f"the engine did not take the mention now: {reason}")
