"""From which archived responses an alert comes: the ids under which its posts stand in every stage's log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex import correlation
from socialindex.alert.asking import ask
from socialindex.engine import ALIAS

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.alert.alert import Alert

_KEY, _OFFSET = "archive_key", "archive_offset"


def trail(engine: OpenSearch, alert: Alert) -> correlation.Ids:
    """The ids of an alert's evidence; of what is not in the index any more there are none.

    Raises:
        Unavailable: the engine does not answer.
    """
    posts = [each.post for each in alert.evidence]
    if not posts:
        return ()
    fields = [f"provenance.{_KEY}", f"provenance.{_OFFSET}"]
    body = {"size": len(posts), "_source": fields, "query": {"ids": {"values": posts}}}
    (answer,) = ask(engine, body, index=ALIAS)
    found = [hit["_source"]["provenance"] for hit in answer["hits"]["hits"] if "provenance" in hit["_source"]]
    return correlation.distinct(correlation.of_place(each[_KEY], each[_OFFSET]) for each in found)
