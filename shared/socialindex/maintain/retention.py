"""The life of a month in the index: written, then merged when it has come to rest, then deleted as a whole.

That of a month's mentions is the same: they go with the month of their posts.

``written``  the current month, and older ones while their posts are still read again
``merged``   nothing was written for a week: one segment, which searches faster and holds no deleted documents; after a
             deletion it is merged again, since what was erased is on the disk, and in each snapshot, until then
``deleted``  older than the retention; a month goes as a whole, since to delete single documents frees nothing for long
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from socialindex.engine import ALIAS, MENTIONS, answering
from socialindex.mentions.forgetting import NONE
from socialindex.mentions.keeping import forget_going

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opensearchpy import OpenSearch

    from socialindex.mentions.forgetting import Memories

QUIET: Final = timedelta(days=7)
"""Without a write for so long, a month has come to rest."""
_CHANGED: Final = {ALIAS: "updated_at", MENTIONS: "mention.changed_at"}
"""The families that have months, and the field that tells when a document was last written."""
_NAME: Final = re.compile(rf"(?:{'|'.join(_CHANGED)})-g\d+-(\d{{4}})\.(\d{{2}})")


def expire(engine: OpenSearch, retention_months: int, now: datetime, memories: Memories = NONE) -> list[str]:
    """Delete the months that are beyond the retention; the names of their indices.

    What people did with mentions of their posts goes first.

    Args:
        engine: that has the index.
        retention_months: whole months to keep beside the current one; 0 keeps everything.
        now: the clock.
        memories: what keeps that.

    Raises:
        Unavailable: the engine or a store does not answer.
    """
    doomed = list(expired(_indices(engine), retention_months, now)) if retention_months else []
    forget_going(engine, memories, doomed)
    for name in doomed:
        with answering():
            engine.indices.delete(index=name)
    return doomed


def expired(names: Iterable[str], retention_months: int, now: datetime) -> Iterator[str]:
    """Of the indices' names those whose month is beyond the retention."""
    for name in names:
        match = _NAME.fullmatch(name)
        if match and _number(now) - (int(match[1]) * 12 + int(match[2])) > retention_months:
            yield name


def merge_quiet(engine: OpenSearch, now: datetime) -> list[str]:
    """Have the engine merge one month that has come to rest; the name of its index, if there is one.

    One at a time, since it is the most that an engine can be asked to do beside its searches. The engine goes on by
    itself when this has returned; asked again meanwhile, it has nothing more to do.

    Raises:
        Unavailable: the engine does not answer.
    """
    older = list(expired(_indices(engine), 0, now))
    ready = next((name for name in older if not _is_merged(engine, name) and _is_quiet(engine, name, now)), None)
    if ready is None:
        return []
    params = {"max_num_segments": "1", "wait_for_completion": "false"}
    with answering():
        engine.transport.perform_request("POST", f"/{ready}/_forcemerge", params=params)
    return [ready]


def _indices(engine: OpenSearch) -> list[str]:
    """What searches see, the oldest month first."""
    patterns = ",".join(f"{family}-g*" for family in _CHANGED)
    with answering():
        found: dict[str, Any] = engine.indices.get_alias(index=patterns, params={"allow_no_indices": "true"})
    seen = (name for name, index in found.items() if _family(name) in index["aliases"])
    return sorted(seen, key=lambda name: (name.rpartition("-")[2], name))


def _family(index: str) -> str:
    return index.partition("-")[0]


def _is_merged(engine: OpenSearch, index: str) -> bool:
    """Whether each shard is one segment without deleted documents.

    What was deleted in the minute before a merge may survive it: the engine keeps it for copies that lag behind.
    """
    with answering():
        shards = engine.indices.segments(index=index)["indices"][index]["shards"]
    copies = [list(copy["segments"].values()) for several in shards.values() for copy in several]
    return all(len(copy) < 2 and not any(one["deleted_docs"] for one in copy) for copy in copies)  # noqa: PLR2004 - one


def _is_quiet(engine: OpenSearch, index: str, now: datetime) -> bool:
    query = {"range": {_CHANGED[_family(index)]: {"gte": (now - QUIET).astimezone(UTC).isoformat()}}}
    with answering():
        return bool(engine.count(index=index, body={"query": query}, params={"terminate_after": "1"})["count"] == 0)


def _number(moment: datetime) -> int:
    return moment.year * 12 + moment.month
