"""Mentions that missed what became of their posts, looked for every few minutes.

Who writes a post finds its mentions by a search, which does not see what another wrote in the last seconds; and who
writes a mention goes by a post's document that another may be changing. So each mention that was written is compared
with its post once more when both have come to rest. Nothing is kept but a watermark.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aws_lambda_powertools import Logger

from socialindex.engine import ALIAS, MENTIONS, WHOLE, answering
from socialindex.mentions.byposts import SOURCE, Place, Update, place_of, write_all
from socialindex.mentions.merge import deleting, erasing, moving, seen
from socialindex.reread.schedule import Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.aws.marks import Marks
    from socialindex.mentions.merge import Document, Params

    Again = Callable[[Sequence[Document]], object]
    """Holds posts, by their documents, against the topics once more, and has their mentions follow."""

NAME: Final = "missed"
"""Of the watermark: the last change of a mention that was compared."""
SETTLED: Final = timedelta(seconds=120)
"""How long a mention must have been left alone: longer than the index stage takes for a batch."""
PAGE: Final = 500
SECONDS: Final = 60.0
"""After which a run begins no further page."""
LEASE: Final = 360.0
"""Seconds, longer than the function lives."""
_COMPARED: Final = ["updated_at", "deleted_at", "withdrawn", "cluster_id"]

logger = Logger(child=True)


class _Page(NamedTuple):
    places: list[Place]
    mark: Mark


class Missed:
    """Compares mentions with their posts; running twice changes nothing.

    Args:
        engine: where both are.
        marks: where the watermark is.
        again: for posts whose mentions are of an older version.
    """

    def __init__(self, engine: OpenSearch, marks: Marks, again: Again) -> None:
        self._engine = engine
        self._marks = marks
        self._again = again

    def run(self, now: datetime | None = None, seconds: float = SECONDS) -> dict[str, int]:
        """Compare what was written since the last run; how many mentions there were, and how many had missed something.

        Raises:
            Unavailable: a part does not answer; the next run does what was not done.
        """
        bound, end = (now or datetime.now(tz=UTC)) - SETTLED, time.monotonic() + seconds
        told = {"compared": 0, "missed": 0}
        with self._marks.alone(NAME, LEASE) as alone:
            while alone and time.monotonic() < end and (page := self._page(bound)):
                told["compared"] += len(page.places)
                told["missed"] += self._compare(page.places)
                self._marks.put(NAME, page.mark)
        logger.info("mentions compared", extra=told)
        return told

    def _page(self, bound: datetime) -> _Page | None:
        """The next mentions that have come to rest; None where there are none."""
        after = self._marks.get(NAME) or Mark(0, "")
        until = {"gte": after.at, "lte": int(bound.timestamp() * 1000), "format": "epoch_millis"}
        living = {"filter": [{"range": {"mention.changed_at": until}}, {"exists": {"field": "mention.topic"}}]}
        body = {
            "query": {"bool": {**living, "must_not": {"exists": {"field": "mention.gone"}}}},
            "sort": [{"mention.changed_at": {"order": "asc", "numeric_type": "date"}}, {"mention.id": "asc"}],
            "search_after": [after.at, after.id],
            "size": PAGE,
            "_source": SOURCE,
        }
        hits = self._hits(MENTIONS, body)
        return _Page([place_of(hit) for hit in hits], Mark(*hits[-1]["sort"])) if hits else None

    def _compare(self, places: list[Place]) -> int:
        """Bring to mentions what they have missed; how many had."""
        posts = self._posts({place.post for place in places}, _COMPARED)
        updates = [
            Update(place.home, place.id, each) for place in places for each in _missing(place, posts.get(place.post))
        ]
        write_all(self._engine, updates)
        behind = {place.id: place.post for place in places if _is_behind(place, posts.get(place.post))}
        if behind:
            self._again(list(self._posts(set(behind.values())).values()))
        return len(behind.keys() | {update.id for update in updates})

    def _posts(self, wanted: set[str], fields: Sequence[str] = ("*",)) -> dict[str, Document]:
        """Of these posts' documents what is there, by their ids."""
        query = {"query": {"terms": {"id": sorted(wanted)}}, "size": 2 * len(wanted), "_source": fields}
        return {hit["_id"]: hit["_source"] for hit in self._hits(ALIAS, query)}

    def _hits(self, index: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        with answering():
            hits: list[dict[str, Any]] = self._engine.search(index=index, body=body, params=WHOLE)["hits"]["hits"]
        return hits


def _missing(place: Place, post: Document | None) -> Iterator[Params]:
    """What is to be brought to a mention."""
    if post is None:
        yield erasing(place.seen)
    elif "deleted_at" in post:
        yield erasing(seen(post)) if post.get("withdrawn") else deleting(seen(post))
    elif place.cluster and post["cluster_id"] != place.cluster:
        yield moving(place.cluster, post["cluster_id"])


def _is_behind(place: Place, post: Document | None) -> bool:
    """Whether a mention shows an older version than there is of a living post."""
    return post is not None and "deleted_at" not in post and seen(post) > place.seen
