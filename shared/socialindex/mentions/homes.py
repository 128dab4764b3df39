"""Mentions in the wrong month: where a post lived in two, and was made one again, its mentions follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex.engine import MENTIONS, WHOLE, answering, mentions_index
from socialindex.mentions.byposts import Update, of_ids, write_all

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.mentions.merge import Params

_OF_MATCH = ("id", "topic", "workspace", "post", "public", "revision", "matched", "matched_at")
_MOST = 10_000
"""Mentions of one post: more topics than there can be."""


def bring_home(engine: OpenSearch, post: str, posts_index: str) -> int:
    """Merge all mentions of a post into those beside one index; how many were elsewhere. Done again, it does the rest.

    Args:
        engine: where they are.
        post: its id.
        posts_index: where the post is to stay.

    Raises:
        Unavailable: the engine does not answer, or did not take all.
    """
    home = mentions_index(posts_index)
    away = _away(engine, post, home)
    write_all(
        engine, (Update(home, hit["_id"], each, make=True) for hit in away for each in taken_apart(hit["_source"]))
    )
    for hit in away:
        with answering():
            engine.delete(index=hit["_index"], id=hit["_id"], params={"ignore": "404"})
    return len(away)


def taken_apart(document: dict[str, Any]) -> list[Params]:
    """What the script was given for a mention's document, as far as it still tells."""
    mention, versions = document["mention"], document["versions"]
    held, gone, work = versions["held"], versions.get("gone"), versions.get("work")
    top = {name: value for name, value in document.items() if name not in {"mention", "versions", "sentiment"}}
    sentiment = document.get("sentiment")
    if work and work.get("sentiment") is not None:
        sentiment = mention.get("machine_sentiment")
    if sentiment is not None:
        top["sentiment"] = sentiment
    found: list[Params] = []
    if gone:
        # Before the match, so that nothing that is gone is shown in between.
        found.append({"gone": gone["reason"], **{name: gone[name] for name in ("seen", "revision") if name in gone}})
    match = {name: mention[name] for name in _OF_MATCH if name in mention}
    match |= {"revision": held["revision"], "backfilled": mention.get("backfilled", True) and "news" not in versions}
    found.append({"seen": held["seen"], "match": match, "post": top})
    if "post" in versions:
        found.append({"seen": versions["post"], "post": top})
    if work:
        found.append({"work": work})
    return found


def _away(engine: OpenSearch, post: str, home: str) -> list[dict[str, Any]]:
    query = {"bool": {"filter": [of_ids([post])], "must_not": [{"term": {"_index": home}}]}}
    with answering():
        answer = engine.search(index=MENTIONS, body={"query": query, "size": _MOST}, params=WHOLE)
    hits: list[dict[str, Any]] = answer["hits"]["hits"]
    return hits
