"""What is asked of the API. The token travels as a header that the crawl stage adds; 100 calls a minute are free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from socialindex.sources._families.late import LATE
from socialindex.sources._families.one_service import JSON
from socialindex.sources._reddit.places import api_of
from socialindex.sources.base import Priority, Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from socialindex.sources._reddit.places import Place

MAX_NAMES: Final = 100
"""Names that one call may ask for."""
PAGE: Final = {"limit": "100"}
HISTORY: Final = "_history"
"""Ends the kind of a request that walks a history, and another word that of a look for what is late: a poll may ask for
the same page, and the frontier keeps one of a kind and address."""
_SHOWN: Final = 500
"""Comments that one answer holds at most."""


class Asking:
    """Makes the requests about one place."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def listed(self, priority: Priority, context: Mapping[str, str], after: str = "") -> Request:
        """A page of what the place holds, newest first."""
        path, query = self._path()
        return self._get(path, _kind("list", context), priority, query | PAGE | _after(after), context)

    def stream(self, priority: Priority, context: Mapping[str, str], after: str = "") -> Request:
        """A page of a community's newest comments, whichever submission they are on."""
        return self._get(
            f"/r/{self._place.name}/comments", _kind("stream", context), priority, PAGE | _after(after), context
        )

    def conversation(
        self, link: str, priority: Priority, context: Mapping[str, str], *, below: str | None = None
    ) -> Request:
        """A submission with its newest comments, or those below one of them."""
        query = {"limit": str(_SHOWN), "depth": "10", "sort": "new"} | ({"comment": below} if below else {})
        return self._get(f"/comments/{link}", "conversation", priority, query, {**context, "link": link})

    def more(self, link: str, comments: Sequence[str], priority: Priority, context: Mapping[str, str]) -> Request:
        """Comments that an answer left out, ``MAX_NAMES`` at most."""
        query = {"api_type": "json", "link_id": f"t3_{link}", "sort": "new", "children": ",".join(comments)}
        return self._get("/api/morechildren", "more", priority, query, {**context, "link": link})

    def again(self, posts: Sequence[tuple[str, str | None]]) -> Request:
        """Submissions and comments by their ids, ``MAX_NAMES`` at most.

        The context tells what the comments are on, since an answer does not tell what it lacks.
        """
        names = [f"t1_{comment}" if comment else f"t3_{link}" for link, comment in posts]
        links = " ".join(link for link, comment in posts if comment)
        return self._get("/api/info", "info", 2, {"id": ",".join(names)}, {"links": links} if links else {})

    def _path(self) -> tuple[str, dict[str, str]]:
        place = self._place
        if place.kind == "user":
            return f"/user/{place.name}/overview", {"sort": "new"}
        if place.kind == "search":
            query = {"q": place.name, "sort": "new", "type": "link"}
            inside = {"restrict_sr": "1"} if place.community else {}
            return (f"/r/{place.community}" if place.community else "") + "/search", query | inside
        return f"/r/{place.name}/new", {}

    def _get(
        self, path: str, kind: str, priority: Priority, query: Mapping[str, str], context: Mapping[str, str]
    ) -> Request:
        # raw_json: otherwise "<", ">" and "&" come as entities, in texts and addresses alike.
        return Request(
            url=f"{api_of(self._place.site)}{path}?{urlencode({**query, 'raw_json': '1'})}",
            kind=kind,
            priority=priority,
            context=dict(context),
            headers=JSON,
        )


def purpose(request: Request) -> str:
    """What a request is for, whichever walk asks for it."""
    return request.kind.partition("_")[0]


def _kind(purpose: str, context: Mapping[str, str]) -> str:
    return purpose + (HISTORY if "walk" in context else f"_{LATE}" if LATE in context else "")


def _after(name: str) -> dict[str, str]:
    return {"after": name} if name else {}
