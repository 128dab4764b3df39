"""Deleting what was erased from the index, for good.

Mentions of it become tombstones, so that whoever follows them as a stream is told. They go first: after a crash between
the two, the posts are still there to tell what is to be done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from socialindex.engine import ALIAS, answering
from socialindex.mentions import byposts
from socialindex.mentions.forgetting import NONE
from socialindex.mentions.keeping import forget_unmentioned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opensearchpy import OpenSearch

    from socialindex.aws.suppressions import Suppressions
    from socialindex.erasure.removal import Removal
    from socialindex.mentions.forgetting import Memories

PAGE = 1_000
"""Documents of one request."""


class Erased(NamedTuple):
    """What became of a removal's documents."""

    removal: Removal
    """With the number of those that were deleted added."""
    is_whole: bool
    """Whether none were left: of an author there may be more than there is time for."""


def erase(
    engine: OpenSearch,
    suppressions: Suppressions,
    removal: Removal,
    memories: Memories = NONE,
    *,
    go_on: Callable[[], bool],
) -> Erased:
    """Delete a removal's documents.

    An author's posts are put on the list one by one before they are deleted: what tells later that one of them is gone
    does not tell whose it was.

    Args:
        engine: where the documents are.
        suppressions: the list.
        removal: what is to be erased.
        memories: what else keeps something of its mentions.
        go_on: is asked after each page of an author's posts whether there is time for another one.

    Raises:
        Unavailable: the engine or the table does not answer; another try may help.
    """
    refresh(engine)
    memories.forget(removal.posts)
    # Also those whose posts are gone already: who asked the list just before may have written them since.
    for named in ({"terms": {"mention.post": removal.posts}}, {"terms": {"author.key": removal.authors}}):
        byposts.erase(engine, named, forever=True, memories=memories)
    deleted = delete_matching(engine, {"terms": {"id": removal.posts}}) if removal.posts else 0
    is_whole = True
    for ids in _of_authors(engine, removal.authors):
        suppressions.erase(msgspec.structs.replace(removal, posts=ids, authors=[]))
        memories.forget(ids)
        byposts.erase(engine, byposts.of_ids(ids), forever=True, memories=memories)
        gone = delete_matching(engine, {"terms": {"id": ids}})
        deleted += gone
        if not gone or not go_on():  # none gone: all of them are being written to, and the next run tries again
            is_whole = False
            break
    return Erased(msgspec.structs.replace(removal, documents=removal.documents + deleted), is_whole)


def delete(
    engine: OpenSearch, query: dict[str, Any], memories: Memories = NONE, *, go_on: Callable[[], bool] = lambda: True
) -> int:
    """Delete the documents that match, for as long as nobody reads their posts again; their number.

    What ``memories`` keep of their mentions goes with these (``mentions.keeping``). A page goes whole before the next
    one is looked at, so that of a host's million as many are gone as there was time for.

    Args:
        engine: where the documents are.
        query: for posts.
        memories: what else keeps something of mentions.
        go_on: is asked after each page whether there is time for another one.

    Raises:
        Unavailable: the engine does not answer.
    """
    refresh(engine)
    kept: set[str] | None = None
    deleted = 0
    for ids in _ids(engine, query):
        kept = memories.posts() if kept is None else kept
        forget_unmentioned(engine, memories, kept.intersection(ids))
        byposts.erase(engine, byposts.of_ids(ids), forever=False)
        deleted += delete_matching(engine, {"bool": {"filter": [query, {"terms": {"id": ids}}]}})
        if not go_on():
            break
    return deleted


def delete_matching(engine: OpenSearch, query: dict[str, Any], index: str = ALIAS) -> int:
    """Delete the documents of posts that match, whatever became of their mentions; their number.

    Raises:
        Unavailable: the engine does not answer.
    """
    params = {"conflicts": "proceed", "refresh": "true", "ignore_unavailable": "true"}
    with answering():
        answer = engine.delete_by_query(index=index, body={"query": query}, params=params)
    deleted: int = answer["deleted"]
    return deleted


def refresh(engine: OpenSearch) -> None:
    """Let searches see what was written until now, of posts and of mentions.

    Raises:
        Unavailable: the engine does not answer.
    """
    with answering():
        engine.indices.refresh(index=ALIAS, params={"ignore_unavailable": "true"})
    byposts.refresh(engine)


def _ids(engine: OpenSearch, query: dict[str, Any]) -> Iterator[list[str]]:
    """Ids of the documents that match, page by page."""
    body: dict[str, Any] = {"query": query, "size": PAGE, "sort": [{"id": "asc"}], "_source": False}
    while True:
        with answering():
            hits = engine.search(index=ALIAS, body=body, params={"ignore_unavailable": "true"})["hits"]["hits"]
        if hits:
            yield [hit["_id"] for hit in hits]
        if len(hits) < PAGE:
            return
        body["search_after"] = hits[-1]["sort"]


def _of_authors(engine: OpenSearch, authors: list[str]) -> Iterator[list[str]]:
    """Ids of the authors' posts, page by page, for as long as there are any."""
    body = {"query": {"terms": {"author.key": authors}}, "size": PAGE, "_source": False}
    while authors:
        with answering():
            answer = engine.search(index=ALIAS, body=body, params={"ignore_unavailable": "true"})
        ids = [hit["_id"] for hit in answer["hits"]["hits"]]
        if not ids:
            return
        yield ids
