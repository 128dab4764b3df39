"""Hosts whose terms let only titles and links be stored: what was stored before they said so loses the rest.

The index stage leaves it out of what is written from then on (``index.merge``). Here the same is done to documents that
nobody reads again: each is written as it was read last, and the script leaves out what may not be stored, also of what
the document remembers. It marks what this was done to (``title_only``), so that a run goes on where the last one ended,
and what a restored backup brings back is found too. Mentions remember nothing: one that must lose something shows it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger

from socialindex.engine import ALIAS, WHOLE, answering
from socialindex.index.writer import Merged, Write, Writer
from socialindex.maintain.hosts import counting, under
from socialindex.maintain.readings import latest
from socialindex.mentions import byposts
from socialindex.model import PUBLIC
from socialindex.terms.keeping import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.mentions.merge import Document

    Again = Callable[[Sequence[Document]], object]
    """Holds posts, by their documents, against the topics once more, and has their mentions follow."""
    Query = dict[str, Any]

PAGE: Final = 200
"""Documents at once: they may be 160 kB each."""
SECONDS: Final = 90.0
"""After which a run begins no further page."""
_UNREAD: Final = ["history", "metrics_history", "versions.others", "versions.cited"]
"""What is long in a document, and not looked at here."""

logger = Logger(child=True)


class Titles:
    """Takes from public posts what the terms of their hosts do not let us store; running twice changes nothing.

    Args:
        engine: where they are.
        again: for posts that have other words now.
    """

    def __init__(self, engine: OpenSearch, again: Again) -> None:
        self._engine = engine
        self._writer = Writer(engine)
        self._again = again

    def run(self, seconds: float = SECONDS) -> int:
        """Do what is to be done, as far as there is time; the number of documents that were looked at.

        Raises:
            Unavailable: the engine or the terms register does not answer; the next run does what was not done.
        """
        end, entries = time.monotonic() + seconds, counting()
        hosts = [under(domain, entries) for domain, entry in entries.items() if entry.keep == "title_and_link"]
        done = 0
        for documents in self._pages(hosts):
            if time.monotonic() >= end:
                break
            self._strip(documents)
            done += len(documents)
        else:  # only now do the mentions' posts have nothing left that would come with them
            done += self._follow(hosts, end)
        logger.info("titles kept", extra={"documents": done})
        return done

    def _strip(self, documents: list[Document]) -> None:
        """Write documents as they were read last; their mentions follow."""
        writes = [Write(latest(document), live=False, replay=False, make=False) for document in documents]
        merged = self._writer.merge(writes)
        self._again([one.document for one in merged if isinstance(one, Merged)])
        refused = [str(one) for one in merged if isinstance(one, Exception)]
        if refused:  # erased since, or written to: the next run finds those that are there
            logger.warning("documents not written", extra={"documents": len(refused), "reason": refused[0]})

    def _follow(self, hosts: Sequence[Query], end: float) -> int:
        """Have mentions follow that a run before did not come to, since it ended between a post and them."""
        done = 0
        if hosts:
            byposts.refresh(self._engine)
        for host in hosts:
            for places in byposts.where(self._engine, _showing(host)):
                if time.monotonic() >= end:
                    return done
                posts = self._documents({"ids": {"values": sorted({place.post for place in places})}}, len(places))
                self._again(posts)
                done += len(posts)
        return done

    def _pages(self, hosts: Sequence[Query]) -> Iterator[list[Document]]:
        """Living public documents that were not looked at, page by page."""
        for host in hosts:
            after = ""
            while page := self._documents(_unmarked(host), PAGE, after):
                yield page
                after = page[-1]["id"]

    def _documents(self, query: Query, size: int, after: str = "") -> list[Document]:
        body = {"query": query, "size": size, "sort": [{"id": "asc"}], "_source": {"excludes": _UNREAD}}
        if after:
            body["search_after"] = [after]
        with answering():
            hits = self._engine.search(index=ALIAS, body=body, params=WHOLE)["hits"]["hits"]
        return [hit["_source"] for hit in hits]


def _unmarked(host: Query) -> Query:
    done = [{"term": {"title_only": True}}, {"exists": {"field": "deleted_at"}}]
    return {"bool": {"filter": [host, {"term": {"visibility": PUBLIC}}], "must_not": done}}


def _showing(host: Query) -> Query:
    """Living mentions of public posts that show what may not be stored."""
    shown = {"bool": {"should": [{"exists": {"field": name}} for name in LEFT_OUT]}}
    public = {"term": {"mention.public": True}}
    return {"bool": {"filter": [host, public, shown], "must_not": [{"exists": {"field": "mention.gone"}}]}}
