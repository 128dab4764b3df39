"""What is asked of the API, and what it costs.

The key travels as a header that the crawl stage adds. A call of ``list`` costs one unit of the daily budget, 10,000
where nothing else was agreed; a search has a budget of its own of 100 calls, which is the same as 100 units of the
common one (https://developers.google.com/youtube/v3/determine_quota_cost).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from socialindex.sources._families.one_service import JSON
from socialindex.sources._youtube.places import api_of
from socialindex.sources.base import REREAD_CONTEXT, Priority, Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from socialindex.sources._youtube.places import Place

MAX_IDS: Final = 50
"""Ids that one call may name."""
COMMENTS: Final = 100
"""Comments of a page: the API's maximum."""
_SEARCH_COST: Final = 100
_FILTERS: Final = {"channel": "id", "handle": "forHandle", "user": "forUsername"}
_LEADS: Final = frozenset({"lookup", "list", "search", "talk"})
_METHODS: Final = {
    "lookup": "channels",
    "list": "playlistItems",
    "search": "search",
    "videos": "videos",
    "comments": "commentThreads",
    "talk": "commentThreads",
    "threads": "commentThreads",
    "replies": "comments",
    "single": "comments",
}
"""By the kind of the request. ``threads`` and ``single`` read comments again: those with replies, and replies."""
HISTORY: Final = "_history"
"""Ends the kind of a request that walks a history: a poll may ask for the same page, and the frontier keeps one of a
kind and address."""


class Asking:
    """Makes the requests to one site's API."""

    def __init__(self, site: str) -> None:
        self._site = site

    def lookup(self, place: Place, context: Mapping[str, str]) -> Request:
        """The channel's uploads and figures."""
        query = {"part": "contentDetails,statistics", _FILTERS[place.kind]: place.name}
        return self._get("lookup", 2 if "walk" in context else 1 if "again" in context else 0, query, context)

    def listed(self, playlist: str, priority: Priority, context: Mapping[str, str], token: str = "") -> Request:
        """A page of a playlist."""
        query = {"part": "snippet,contentDetails,status", "playlistId": playlist, "maxResults": "50"}
        return self._get("list", priority, query | _page(token), context)

    def search(self, words: str, priority: Priority, context: Mapping[str, str], token: str = "") -> Request:
        """A page of the newest videos that a search finds; ``context["after"]`` is what they are published after."""
        query = {"part": "snippet", "type": "video", "order": "date", "maxResults": "50", "q": words}
        since = {"publishedAfter": context["after"]} if context.get("after") else {}
        return self._get("search", priority, query | since | _page(token), context, cost=_SEARCH_COST)

    def videos(self, ids: Sequence[str], priority: Priority, context: Mapping[str, str]) -> Request:
        """Videos by their ids, ``MAX_IDS`` at most."""
        query = {"part": "snippet,contentDetails,statistics,status", "id": ",".join(ids), "maxResults": str(MAX_IDS)}
        return self._get("videos", priority, query, context)

    def comments(self, video: str, priority: Priority, context: Mapping[str, str], token: str = "") -> Request:
        """A page of a video's comments, newest first."""
        query = {"part": "snippet,replies", "videoId": video, "order": "time", "maxResults": str(COMMENTS)}
        return self._get("comments", priority, query | _PLAIN | _page(token), {**context, "video": video})

    def talk(self, owner: str) -> Request:
        """The newest comments on all videos of a channel, which lead to the videos."""
        query = {"part": "snippet", "allThreadsRelatedToChannelId": owner, "order": "time", "maxResults": str(COMMENTS)}
        return self._get("talk", 2, query | _PLAIN, REREAD_CONTEXT)  # the next hour asks the same

    def replies(self, video: str, comment: str, priority: Priority, left: int, token: str = "") -> Request:
        """A page of the replies to a comment, and how many more may be ``left``.

        They do not say which video they are about. A history's are no pages of its walk, which has one page after the
        other (``Adapter.backfill``).
        """
        query = {"part": "snippet", "parentId": comment, "maxResults": str(COMMENTS)}
        return self._get("replies", priority, query | _PLAIN | _page(token), {"left": str(left), "video": video})

    def again(self, kind: str, comments: Sequence[tuple[str, str]]) -> Request:
        """Comments by their videos and ids, ``MAX_IDS`` at most: ``threads`` with their newest replies, or ``single``.

        The context tells the videos, since an answer does not tell what it lacks.
        """
        part = "snippet,replies" if kind == "threads" else "snippet"
        query = {"part": part, "id": ",".join(comment for _, comment in comments)}
        return self._get(kind, 2, query | _PLAIN, {"videos": " ".join(video for video, _ in comments)})

    def _get(
        self, kind: str, priority: Priority, query: Mapping[str, str], context: Mapping[str, str], *, cost: int = 1
    ) -> Request:
        return Request(
            url=f"{api_of(self._site)}/youtube/v3/{_METHODS[kind]}?{urlencode(query)}",
            kind=kind + (HISTORY if "walk" in context else ""),
            priority=priority,
            context=dict(context),
            headers=JSON,
            leads=kind in _LEADS,
            cost=cost,
        )


def ids_in(request: Request) -> list[str]:
    """The ids that a request names."""
    ids = parse_qs(urlsplit(request.url).query).get("id", [""])[0]
    return ids.split(",") if ids else []


def playlist_in(request: Request) -> str:
    """The playlist that a request is about; empty where it is about none."""
    return parse_qs(urlsplit(request.url).query).get("playlistId", [""])[0]


def parent_in(request: Request) -> str:
    """The comment whose replies a request is about; empty where it is about none."""
    return parse_qs(urlsplit(request.url).query).get("parentId", [""])[0]


_PLAIN: Final = {"textFormat": "plainText"}


def _page(token: str) -> dict[str, str]:
    return {"pageToken": token} if token else {}
