"""Removing posts and authors for good, through the API."""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from socialindex.access import Caller, Scope
from socialindex.erasure import documents
from socialindex.erasure.removal import Reason, Removal
from socialindex.errors import InvalidCursor, InvalidInput, NotFound, Unavailable
from socialindex.identity import author_key, new_id, post_id
from socialindex.mentions.forgetting import NONE
from socialindex.model import PUBLIC, Struct
from socialindex.search import fields
from socialindex.search.http import Answer, fitting
from socialindex.search.lookup import look_up
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.aws.suppressions import Suppressions
    from socialindex.mentions.forgetting import Memories
    from socialindex.search.http import HttpRequest

_HASH = re.compile("[a-z2-7]{26}")
_PLACE = re.compile(r"\d{13} rm_\w+")
_MOST = 100
"""Posts that one address may mean; it is the home page of many rather than the address of one beyond."""

_TAG = "Removals"
_FOR_GOOD = "Index and archive forget it, and it never comes back. Of what we do not hold it keeps us from it."
_KNOWN_AUTHOR = {"exists": {"field": "author.key"}}
_SHOWN = ["author.key", "visibility", "published_at", "first_seen_at", "refreshed_at"]
_AHEAD = timedelta(hours=1)
"""How far a source's clock may run ahead of ours (``normalize.finish.CLOCK_SKEW``)."""


class AskRemoval(Struct, frozen=True, kw_only=True):
    """Body of ``POST /v1/removals``: the address of a post or of an author, as a person would paste it."""

    url: str
    reason: Reason = "subject_request"
    """On whose word."""


class ListRemovals(Struct, frozen=True, kw_only=True):
    """Parameters of the list of removals."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1000
    cursor: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """``next_cursor`` of the page before."""


class RemovalList(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Some of the removals, the oldest first."""

    items: list[Removal]
    next_cursor: str | None


class ErasurePart:
    """The routes of removals.

    Args:
        engine: where the documents are.
        suppressions: the list.
        memories: what else keeps something of erased posts.
    """

    def __init__(self, engine: OpenSearch, suppressions: Suppressions, memories: Memories = NONE) -> None:
        self._engine = engine
        self._suppressions = suppressions
        self._memories = memories

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        post = Doc("Remove a post for good", _TAG, answer=Removal, status=202, description=_FOR_GOOD)
        author = Doc("Remove all posts of an author for good", _TAG, answer=Removal, status=202, description=_FOR_GOOD)
        by_address = Doc(
            "Remove what an address names for good",
            _TAG,
            body=AskRemoval,
            answer=Removal,
            status=202,
            description=_FOR_GOOD,
        )
        every = Doc("List removals", _TAG, query=ListRemovals, answer=RemovalList)
        one = Doc("Show how far a removal is", _TAG, answer=Removal, errors=(404,))
        return {
            "DELETE /v1/posts/{id}": Route(Scope.ADMIN, self._post, post),
            "DELETE /v1/authors/{id}": Route(Scope.ADMIN, self._author, author),
            "POST /v1/removals": Route(Scope.ADMIN, self._by_address, by_address),
            "GET /v1/removals": Route(Scope.ADMIN, self._all, every),
            "GET /v1/removals/{id}": Route(Scope.ADMIN, self._one, one),
        }

    def _post(self, request: HttpRequest, caller: Caller) -> Answer:
        return self._begin(caller, [_hash(request.path["id"], "a post's id")], [], "subject_request")

    def _author(self, request: HttpRequest, caller: Caller) -> Answer:
        return self._begin(caller, [], [_hash(request.path["id"], "an author's key")], "subject_request")

    def _by_address(self, request: HttpRequest, caller: Caller) -> Answer:
        wanted = _decoded(request.body())
        posts, authors = self._meant(wanted.url)
        return self._begin(caller, posts, authors, wanted.reason)

    def _all(self, request: HttpRequest, _caller: Caller) -> Answer:
        asked = fields.from_query(ListRemovals, request.query)
        if asked.cursor and not _PLACE.fullmatch(asked.cursor):
            raise InvalidCursor
        found = sorted(self._suppressions.removals(), key=_place)
        left = found[bisect_right(found, asked.cursor, key=_place) :]
        items = fitting(left[: asked.limit])
        return Answer(200, RemovalList(items=items, next_cursor=_place(items[-1]) if len(items) < len(left) else None))

    def _one(self, request: HttpRequest, _caller: Caller) -> Answer:
        removal = self._suppressions.removal(request.path["id"])
        if removal is None:
            raise NotFound("there is no such removal")
        return Answer(200, removal)

    def _begin(self, caller: Caller, posts: list[str], authors: list[str], reason: Reason) -> Answer:
        """Put on the list first, so that nothing comes back; then delete what can be deleted in a moment."""
        removal = Removal(
            id=new_id("rm"),
            posts=posts,
            authors=authors,
            reason=reason,
            by=caller.organization,
            created_at=datetime.now(tz=UTC),
            day=self._day(posts) if not authors else "",
        )
        self._suppressions.erase(removal)
        self._suppressions.add(removal)
        with suppress(Unavailable):  # the erasure stage deletes what is left, and shows it in the removal
            removal = self._erased(removal)
            self._suppressions.put(removal)
        return Answer(202, removal, {"Location": f"/v1/removals/{removal.id}"})

    def _erased(self, removal: Removal) -> Removal:
        """The removal with the first of its documents deleted, as many as there are time for while somebody waits."""
        return documents.erase(self._engine, self._suppressions, removal, self._memories, go_on=lambda: False).removal

    def _meant(self, url: str) -> tuple[list[str], list[str]]:
        """Posts and authors that an address means. One that means nothing here is kept out from now on all the same.

        Raises:
            InvalidInput: it is no address, or that of too many.
        """
        from socialindex.text import canonical_url  # noqa: PLC0415 - it brings lxml, and most callers never come here

        spellings = sorted({url.strip(), canonical_url(url) or url.strip()})
        posts = [hit["_id"] for hit in self._search(_any_of(spellings, "uri", "url"))]
        named = {"bool": {"filter": [_any_of(spellings, "author.id", "author.url"), _KNOWN_AUTHOR]}}
        authors = self._search(named, collapse={"field": "author.key"})
        if len(posts) > _MOST:
            remedy = "send the address of one post, or of its author"
            raise InvalidInput(f"more than {_MOST} posts have this address", field="url", remedy=remedy)
        if posts or authors:
            return posts, sorted(hit["_source"]["author"]["key"] for hit in authors)
        return [post_id(each) for each in spellings], [author_key(each) for each in spellings]

    def _day(self, posts: list[str]) -> str:
        """The day before which the archive has none of the posts; empty where that is unknown of one of them."""
        hits = self._search({"terms": {"id": posts}})
        days = [_first_day(hit["_source"]) for hit in hits]
        return min(days) if {hit["_id"] for hit in hits} == set(posts) else ""

    def _search(self, query: dict[str, Any], **further: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - the engine's own
        """Up to a few more than ``_MOST`` documents, with what tells whose they are and since when they were seen."""
        body = {"query": query, "size": _MOST + 10, "_source": _SHOWN, **further}
        hits: list[dict[str, Any]] = look_up(self._engine, body)["hits"]["hits"]
        return hits


def _first_day(document: dict[str, Any]) -> str:
    """The day before which the archive has nothing of a post; empty where its document does not tell.

    A document whose host asks that it be read again may have been deleted since it was not, and made anew when the post
    was seen again; any other, with a month beyond the retention. What an import brought lies under the day on which it
    was announced, and its dates are whatever a client wrote.
    """
    if document["visibility"] != PUBLIC or "refreshed_at" in document or "published_at" not in document:
        return ""
    published, seen = (datetime.fromisoformat(document[name]) for name in ("published_at", "first_seen_at"))
    return f"{min(published - _AHEAD, seen):%Y-%m-%d}"


def _place(removal: Removal) -> str:
    """Where a removal stands in the list: those that are asked for later come behind it."""
    return f"{int(removal.created_at.timestamp() * 1000):013d} {removal.id}"


def _any_of(values: list[str], *fields: str) -> dict[str, Any]:
    return {"bool": {"should": [{"terms": {field: values}} for field in fields]}}


def _hash(text: str, what: str) -> str:
    if not _HASH.fullmatch(text):
        remedy = "send the 26 letters and digits that posts and authors show as id and key"
        raise InvalidInput(f"{text[:64]!r} is not {what}", field="id", remedy=remedy)
    return text


def _decoded(body: str) -> AskRemoval:
    wanted = fields.from_body(AskRemoval, body)
    if not wanted.url.strip():
        raise InvalidInput("the address is empty", field="url", remedy="send the address of a post or of an author")
    return wanted
