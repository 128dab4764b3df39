"""What must not come back with a snapshot: what was erased, withdrawn or deleted since it was taken.

Terms and retention are obeyed by the maintain stage, within the hour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex.engine import ALIAS, WHOLE, answering
from socialindex.erasure.reapply import reapply_to_mentions, reapply_to_posts
from socialindex.errors import Conflict, Unavailable
from socialindex.groups import groups
from socialindex.model import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from socialindex.aws.imports import ImportsTable
    from socialindex.aws.suppressions import Suppressions
    from socialindex.aws.topics import TopicsTable
    from socialindex.imports.job import Import
    from socialindex.lease import Kept

_PAGE: Final = 1_000
_GONE: Final = frozenset({"deleting", "deleted"})
"""States of imports, and of topics, of which nothing may come back."""
_TRIES: Final = 5


class Cleaning:
    """Takes out of an index that came from a snapshot what must not be in it."""

    def __init__(
        self, engine: OpenSearch, suppressions: Suppressions, imports: ImportsTable, topics: TopicsTable
    ) -> None:
        self._engine = engine
        self._suppressions = suppressions
        self._imports = imports
        self._topics = topics

    def run(self, family: str, index: str) -> None:
        """Clean an index of a family, whether searches see it or not; done again, it does what came up since.

        Raises:
            Unavailable: the engine or a table does not answer.
        """
        with answering():
            self._engine.indices.refresh(index=index)
        if family == ALIAS:
            reapply_to_posts(self._engine, self._suppressions.entries(), index)
            self._drop_deleted_imports(index)
        else:
            reapply_to_mentions(self._engine, self._suppressions.entries(), index)
            self._drop_deleted_topics(index)
            self._drop_private_without_posts(index)

    def _drop_deleted_imports(self, index: str) -> None:
        private = {"bool": {"must_not": [{"term": {"visibility": PUBLIC}}]}}
        for workspace, name in self._distinct(index, private, "visibility", "provenance.channel"):
            kept = self._imports.find(workspace, name)
            if kept is None or kept.job.state in _GONE:
                own = [{"term": {"visibility": workspace}}, {"term": {"provenance.channel": name}}]
                self._delete(index, {"bool": {"filter": own}})
                self._bring_back(kept)

    def _bring_back(self, kept: Kept[Import] | None) -> None:
        """Have the imports stage delete again, by which posts come back that living imports have brought, too.

        The snapshot may have had such a post as the deleted import's, and what replaced it then was lost. An import is
        forgotten later than snapshots are.
        """
        for _ in range(_TRIES):
            if kept is None:
                return
            try:
                self._imports.save(kept, msgspec.structs.replace(kept.job, after="", passes=0, work_at=0))
            except Conflict:
                kept = self._imports.find(kept.job.workspace, kept.job.id)
            else:
                return
        raise Unavailable("a deleted import is changing all the time")

    def _drop_deleted_topics(self, index: str) -> None:
        living = {kept.topic.id for kept in self._topics.all() if kept.topic.state not in _GONE}
        gone = [topic for (topic,) in self._distinct(index, {"match_all": {}}, "mention.topic") if topic not in living]
        for start in range(0, len(gone), _PAGE):
            self._delete(index, {"terms": {"mention.topic": gone[start : start + _PAGE]}})

    def _drop_private_without_posts(self, index: str) -> None:
        """Posts come back before mentions do: a private one that is not there was deleted by its client.

        A page at a time: an import may have brought a million, each of which would take a request or two. Tombstones
        stay: whoever follows the topic has yet to be told of them, and ``maintain`` knows by them whose work goes.
        """
        living = {"bool": {"must_not": {"exists": {"field": "mention.gone"}}}}
        private = {"bool": {"filter": [{"term": {"mention.public": False}}, living]}}
        found = self._distinct(index, private, "mention.post")
        for page in groups(found, _PAGE):
            posts = {post for (post,) in page}
            there = {post for (post,) in self._distinct(ALIAS, {"terms": {"id": sorted(posts)}}, "id")}
            if gone := posts - there:
                self._delete(index, {"bool": {"filter": [{"terms": {"mention.post": sorted(gone)}}, living]}})

    def _distinct(self, index: str, query: dict[str, Any], *fields: str) -> Iterator[tuple[str, ...]]:
        """Distinct values of fields among the documents that match, in bounded pages."""
        sources = [{field: {"terms": {"field": field}}} for field in fields]
        composite: dict[str, Any] = {"size": _PAGE, "sources": sources}
        while True:
            body = {"size": 0, "query": query, "aggs": {"distinct": {"composite": composite}}}
            with answering():
                found = self._engine.search(index=index, body=body, params=WHOLE)["aggregations"]["distinct"]
            yield from (tuple(bucket["key"][field] for field in fields) for bucket in found["buckets"])
            if "after_key" not in found:
                return
            composite = {**composite, "after": found["after_key"]}

    def _delete(self, index: str, query: dict[str, Any]) -> None:
        with answering():
            self._engine.delete_by_query(
                index=index, body={"query": query}, params={"conflicts": "proceed", "refresh": "true"}
            )
