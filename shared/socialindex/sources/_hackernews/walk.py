"""Walking lists, users and trees of comments, item by item: the API gives no more at a time.

A list's poll reads the items that are new on it, each with a bounded part of its comments. What changes later comes
by three ways: each poll asks which items of the site have just changed, and reads those again that are on the list,
with the comments that came since; re-reads do the same for every post in the index; and an item that is a channel of
its own is walked again whenever its number of comments moves.

Numbers of items grow with time over the whole site, so that "came since" is a comparison. The cursor:

    known        of a list: its items, ``8863:9130``, each with the greatest number that existed when it was walked
    newest       of a user: the greatest number read
    descendants  of an item: its comments, as counted when they were walked

A walk down all numbers of the site (tens of millions) is nobody's history. A list's history is what the list still
shows (500 items at most); a user's is their newest submissions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from socialindex.sources._families.one_service import JSON, number
from socialindex.sources._families.typed_json import read, read_or_none
from socialindex.sources._hackernews.items import STORIES, Item, Updates, User
from socialindex.sources._hackernews.places import Place, api_of, item_of, item_url
from socialindex.sources.base import POST_KIND, Channel, Follow, Known, Priority, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ITEMS: Final = 30
"""Items that the first poll reads: a page of the site."""
COMMENTS: Final = {"list": 50, "item": 500, "user": 0}
"""Comments that are read below an item, by what the channel is."""
_REREAD_COMMENTS: Final = 20
_HISTORY: Final = 500
"""Items of a history: what the longest list of the API holds."""
_MAX_KNOWN: Final = 150
"""Items of a list that the cursor remembers: it may have 4 KB."""
_MAX_PARTS: Final = 50


class Walk:
    """The walk of one channel.

    Raises:
        InvalidInput: an option of the channel is no number.
    """

    def __init__(self, channel: Channel, place: Place) -> None:
        self._cursor = channel.cursor
        self._place = place
        self._items = min(number(channel, "items", ITEMS), _MAX_KNOWN)
        self._comments = number(channel, "comments", COMMENTS[place.kind])

    def poll(self) -> Request:
        """The request that begins a poll."""
        if self._place.kind == "item":
            return self.item(int(self._place.name), 0, {"comments": str(self._comments), "poll": "1"})
        return self._get(self._path(), self._place.kind, 0)

    def backfill(self) -> Request | None:
        """The request for all that a list or a user still shows; an item is read in full by its polls."""
        if self._place.kind == "item":
            return None
        # A kind of its own: the poll has the same address, and the frontier keeps one of a kind and address.
        return self._get(self._path(), "history", 2, {"walk": "history"})

    def follow(self, response: Response) -> Follow:
        """What follows from an answer.

        Raises:
            ParseError: it cannot be read.
        """
        match response.request.kind:
            case "list":
                return self._list(read(response.body, list[int]))
            case "user":
                return self._user(self._submitted(response))
            case "updates":
                return self._updates(read(response.body, Updates).items)
            case "history":
                return self._history(response)
            case _:
                return self._item(response)

    def item(self, item: int, priority: Priority, context: Mapping[str, str]) -> Request:
        """The request for one item."""
        return self._get(f"item/{item}", POST_KIND, priority, context)

    def reread(self, posts: Sequence[Known]) -> Iterator[Request]:
        """Requests for items again, and for comments that came after all that is known of their conversations."""
        newest: dict[str, int] = {}
        for post in posts:
            thread = post.thread or post.uri
            newest[thread] = max(newest.get(thread, 0), item_of(post.uri) or 0)
        for post in posts:
            item = item_of(post.uri)
            if item is not None and post.uri == item_url(self._place.site, item):
                context = {"since": str(newest[post.thread or post.uri]), "comments": str(_REREAD_COMMENTS)}
                yield self.item(item, 2, {**context, "again": "1", **self._began(post.thread)})

    def _began(self, thread: str | None) -> dict[str, str]:
        """What a conversation began with, in a request's context: an item of this site, or it was not read here."""
        item = item_of(thread or "")
        return {"root": thread} if thread and item is not None and thread == item_url(self._place.site, item) else {}

    def _list(self, ids: list[int]) -> Follow:
        known = self._known()
        if self._place.name == "new" and known:  # sorted by number: none is missed, however many came, or came back
            last = max((place for place, item in enumerate(ids) if item in known), default=len(ids))
            fresh = [item for item in ids[:last] if item > min(known) and item not in known]
        else:
            fresh = [item for item in ids[: self._items] if item not in known]
        now = max([*ids, *known.values()], default=0)
        walked = known.keys() | fresh
        listed = {item: known.get(item, now) for item in ids if item in walked}
        requests = self._each(fresh, 1)
        if known:
            requests.append(self._get("updates", "updates", 0))
        return Follow(requests=requests, cursor=self._remembering(listed | known))

    def _updates(self, changed: list[int]) -> Follow:
        known = self._known()
        again = [item for item in known if item in set(changed)]
        context = {"comments": str(self._comments)}
        requests = [self.item(item, 1, {**context, "since": str(known[item])}) for item in again]
        now = max([*changed, *known.values()], default=0)
        return Follow(requests=requests, cursor=self._remembering(known | dict.fromkeys(again, now)))

    def _user(self, submitted: list[int]) -> Follow:
        newest = int(self._cursor.get("newest", "0"))
        fresh = [item for item in submitted if item > newest] if newest else submitted[: self._items]
        cursor = {"newest": str(max(fresh))} if fresh else None
        return Follow(requests=self._each(fresh, 1), cursor=cursor)

    def _history(self, response: Response) -> Follow:
        ids = self._submitted(response) if self._place.kind == "user" else read(response.body, list[int])
        return Follow(requests=self._each(ids[:_HISTORY], 2))

    def _each(self, ids: Iterable[int], priority: Priority) -> list[Request]:
        return [self.item(item, priority, {"comments": str(self._comments)}) for item in ids]

    def _item(self, response: Response) -> Follow:
        """The comments below an item, and a poll's options."""
        item, request = read_or_none(response.body, Item), response.request
        if item is None:
            return Follow()
        if "poll" in request.context:
            return self._root(item, request)
        return Follow(requests=self._below(item, request))

    def _root(self, item: Item, request: Request) -> Follow:
        """The item that the channel is about: its comments are walked where their number changed."""
        count = "" if item.descendants is None else str(item.descendants)
        if count and count == self._cursor.get("descendants"):
            return Follow()
        return Follow(requests=self._below(item, request), cursor={"descendants": count} if count else None)

    def _below(self, item: Item, request: Request) -> list[Request]:
        """Requests for an item's children, among whom the comments that may still be read are shared out."""
        context = request.context
        left, since = int(context.get("comments", "0")), int(context.get("since", "0"))
        kids = [kid for kid in item.kids if kid > since][:left]
        root = item_url(self._place.site, item.id) if item.type in STORIES else context.get("root")
        passed = {"root": root} if root else {}
        priority = max(1, request.priority)
        shares = [(left - len(kids) + place) // len(kids) for place in range(len(kids))]
        parts = [self.item(part, priority, passed) for part in item.parts[:_MAX_PARTS]]
        return parts + [
            self.item(kid, priority, {**passed, "comments": str(share)})
            for kid, share in zip(kids, reversed(shares), strict=True)
        ]

    def _known(self) -> dict[int, int]:
        pairs = (entry.split(":") for entry in self._cursor.get("known", "").split())
        return {int(item): int(seen) for item, seen in pairs}

    def _remembering(self, known: dict[int, int]) -> dict[str, str] | None:
        """The cursor with the items of a list, the first of them; ``None`` where it is as it was."""
        kept = [f"{item}:{seen}" for item, seen in known.items()][:_MAX_KNOWN]
        cursor = {"known": " ".join(kept)}
        return cursor if kept and cursor != self._cursor else None

    def _submitted(self, response: Response) -> list[int]:
        user = read_or_none(response.body, User)
        return [] if user is None else user.submitted

    def _path(self) -> str:
        return (
            f"{self._place.name}stories" if self._place.kind == "list" else f"user/{quote(self._place.name, safe='')}"
        )

    def _get(self, path: str, kind: str, priority: Priority, context: Mapping[str, str] = {}) -> Request:
        return Request(
            url=f"{api_of(self._place.site)}/v0/{path}.json",
            kind=kind,
            priority=priority,
            context=dict(context),
            headers=JSON,
            leads=kind != POST_KIND,
        )
