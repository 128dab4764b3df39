"""Holding the index against the suppression list: what is on it must not be there, as it is after a restored backup.

The list only grows, and of nearly all that is on it nothing is there. So one search asks for thousands of its entries
at once, and those of which it finds something are the only ones that anything is deleted for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.engine import ALIAS, MENTIONS, WHOLE, answering
from socialindex.erasure.documents import delete_matching, refresh
from socialindex.groups import groups
from socialindex.mentions import byposts
from socialindex.mentions.forgetting import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from opensearchpy import OpenSearch

    from socialindex.aws.suppressions import Entry
    from socialindex.mentions.forgetting import Memories

ENTRIES: Final = 5_000
"""Of one search; the engine takes 65,536 terms (``index.max_terms_count``)."""
_TOGETHER: Final = 200
"""Entries of one deletion: the engine takes 1,024 clauses, and one that was withdrawn has four."""
_FIELDS: Final = {"post": "id", "author": "author.key"}
_LIVING: Final[dict[str, Any]] = {"bool": {"must_not": {"exists": {"field": "deleted_at"}}}}
_HEARSAY: Final[dict[str, Any]] = {"term": {"hearsay": True}}


class Reapplied(NamedTuple):
    """What became of entries of the list."""

    documents: int
    """That were deleted."""
    is_whole: bool
    """Whether there was time for all of the entries."""


class _Kind(NamedTuple):
    """Entries that one clause can ask for."""

    field: str
    withdrawn: bool
    hearsay: bool


def reapply(
    engine: OpenSearch, entries: Iterable[Entry], memories: Memories = NONE, *, go_on: Callable[[], bool] = lambda: True
) -> Reapplied:
    """Delete what is there of these entries.

    What ``memories`` keep of erased posts goes too, whether or not the posts still have documents or mentions. What was
    written in the last seconds may be overlooked, unless something else is found.

    Args:
        engine: where posts and mentions are.
        entries: of the list.
        memories: what else keeps something of mentions.
        go_on: is asked before anything is deleted whether there is time for it.

    Raises:
        Unavailable: the engine does not answer, or not whole.
    """
    kept, deleted = memories.posts(), 0
    for group in groups(entries, ENTRIES):
        memories.forget(kept.intersection(each.name for each in group if each.kind == "post" and each.before is None))
        for some in groups(_there(engine, group, f"{ALIAS},{MENTIONS}"), _TOGETHER):
            if not go_on():
                return Reapplied(deleted, is_whole=False)
            refresh(engine)
            # Mentions first: after a crash between the two, the posts are still there to tell what is to be done.
            _erase_mentions(engine, some, MENTIONS, memories)
            deleted += delete_matching(engine, _any_of(some))
    return Reapplied(deleted, is_whole=True)


def reapply_to_posts(engine: OpenSearch, entries: Iterable[Entry], index: str) -> None:
    """As ``reapply``, to one index of posts that searches need not see, and to no mentions."""
    for some in _found(engine, entries, index):
        delete_matching(engine, _any_of(some), index)


def reapply_to_mentions(engine: OpenSearch, entries: Iterable[Entry], index: str) -> None:
    """As ``reapply``, to mentions alone, of one index that searches need not see."""
    for some in _found(engine, entries, index):
        _erase_mentions(engine, some, index, NONE)


def _found(engine: OpenSearch, entries: Iterable[Entry], index: str) -> Iterator[list[Entry]]:
    for group in groups(entries, ENTRIES):
        yield from groups(_there(engine, group, index), _TOGETHER)


def _erase_mentions(engine: OpenSearch, entries: Iterable[Entry], index: str, memories: Memories) -> None:
    """A mention has its post's fields, so that it is found by the same clauses."""
    erased = [entry for entry in entries if entry.before is None]
    withdrawn = [entry for entry in entries if entry.before is not None]
    if erased:
        byposts.erase(engine, _any_of(erased), forever=True, memories=memories, index=index)
    if withdrawn:  # who agrees again has lost nothing
        byposts.erase(engine, _any_of(withdrawn), forever=False, index=index)


def _there(engine: OpenSearch, entries: Iterable[Entry], indices: str) -> Iterator[Entry]:
    """Those of the entries, at most ``ENTRIES``, of which there is something in these indices that must not be."""
    kinds: dict[_Kind, dict[str, Entry]] = {}
    for entry in entries:
        kind = _Kind(_FIELDS[entry.kind], entry.before is not None, entry.hearsay)
        kinds.setdefault(kind, {})[entry.name] = entry
    queries = {kind: _asked(kind, list(some)) for kind, some in kinds.items()}
    aggs = {f"{at}": _earliest(kind, query, len(kinds[kind])) for at, (kind, query) in enumerate(queries.items())}
    body = {"size": 0, "query": {"bool": {"should": list(queries.values())}}, "aggs": aggs}
    with answering():
        answer = engine.search(index=indices, body=body, params=WHOLE)
    # Without any index there are no aggregations.
    for at, found in answer.get("aggregations", {}).items():
        some = list(kinds.values())[int(at)]
        yield from (some[one["key"]] for one in found["found"]["buckets"] if _counts(some[one["key"]], one))


def _asked(kind: _Kind, names: list[str]) -> dict[str, Any]:
    named = {"terms": {kind.field: names}}
    filters = [named, *([_LIVING] if kind.withdrawn else []), *([_HEARSAY] if kind.hearsay else [])]
    return {"bool": {"filter": filters}}


def _earliest(kind: _Kind, query: dict[str, Any], most: int) -> dict[str, Any]:
    """By name, when the oldest of what is there was read."""
    by_name = {"terms": {"field": kind.field, "size": most}, "aggs": {"read": {"min": {"field": "collected_at"}}}}
    return {"filter": query, "aggs": {"found": by_name}}


def _counts(entry: Entry, bucket: dict[str, Any]) -> bool:
    """Whether an entry is about what was found: who agrees again has newer readings only."""
    read = bucket["read"]["value"]
    return entry.before is None or (read is not None and read <= entry.before)


def _any_of(entries: Iterable[Entry]) -> dict[str, Any]:
    return {"bool": {"should": [_clause(entry) for entry in entries]}}


def _clause(entry: Entry) -> dict[str, Any]:
    named = {"term": {_FIELDS[entry.kind]: entry.name}}
    if entry.before is None:
        return named
    read = {"range": {"collected_at": {"lte": entry.before, "format": "epoch_millis"}}}
    return {"bool": {"filter": [named, read, _LIVING, *([_HEARSAY] if entry.hearsay else [])]}}
