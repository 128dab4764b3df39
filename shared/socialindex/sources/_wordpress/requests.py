"""The requests that a WordPress site's API is asked."""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from socialindex.sources._families import late
from socialindex.sources._families.articles.pages import address_of
from socialindex.sources._families.feeds.dates import parse_date
from socialindex.sources._wordpress.entities import COMMENT_FIELDS, POST_FIELDS
from socialindex.sources._wordpress.places import COMMENTS, POSTS, address, parts_of
from socialindex.sources.base import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from socialindex.sources.base import Channel, Priority

LISTED: Final = "posts"
"""A request of a poll: what was written or edited last. Its context has the ``page`` and what is known, ``since``."""
PUBLISHED: Final = "published"
"""A request of a poll: what was published last. A scheduled post keeps the time of its last edit when it appears
(``wp_publish_post`` changes its status alone), so that the list of edits may never show it. The context has ``page``
and ``since`` too, the time up to which the list of edits was read as ``edited``, and the numbers of posts that were
seen already as ``seen``."""
COMMENTED: Final = "comments"
"""The same, for comments."""
HISTORY: Final = "history"
"""A page of all posts, the newest first."""
AGAIN: Final = "again"
"""Certain posts; the context has their identities as ``asked``."""
COMMENTS_AGAIN: Final = "comments_again"
"""Certain comments, likewise."""

PER_PAGE: Final = 50
"""Posts, with texts or without: a list that is asked for in another shape halfway has the same pages."""
COMMENTS_PER_PAGE: Final = 100
_EMBEDDED: Final = "author,wp:term,wp:featuredmedia"
_SLACK: Final = timedelta(hours=26)
"""By how much a bound of time is moved: older versions take it for the site's local time, which is up to 14 hours off,
and it only spares traffic."""
_JSON: Final = {"Accept": "application/json"}
_MAX_ASKED: Final = 900
"""Characters of identities that fit a request's context."""
_MAX_BATCH: Final = 20
_MAX_DATE: Final = 40
_MAX_SEEN: Final = 700
"""Characters of numbers that fit a request's context."""
_NONE: Final = "no_comments"
"""In the cursor: when the site last said that it has no list of comments."""
_NONE_FOR: Final = timedelta(days=1)


class Api:
    """The API of a channel's site.

    Args:
        channel: whose address is the API's root, or that of a list in it.
        leads: whether its answers only lead to pages; those are asked for without texts.

    Raises:
        InvalidInput: the channel's address is none.
    """

    def __init__(self, channel: Channel, *, leads: bool) -> None:
        self._root, self._path = parts_of(address_of(channel.url))
        self._cursor = channel.cursor
        self._leads = leads

    def tells_comments(self, now: datetime) -> bool:
        """Whether the list of comments is the channel's, and may be there: it is of all posts, and tells no types."""
        is_due = _NONE not in self._cursor or late.is_due(self._cursor, now, _NONE, _NONE_FOR)
        return self._path == POSTS and is_due

    def without_comments(self, now: datetime) -> dict[str, str]:
        """The cursor of a channel whose site has no list of comments, so that it is not asked for it for a day."""
        return {**self._cursor, _NONE: now.isoformat(timespec="seconds")}

    def listed(self, page: int, since: str) -> Request:
        """The request for a page of what was edited last."""
        url = self._posts(orderby="modified", order="desc", page=page, modified_after=_after(since))
        return _request(url, LISTED, 0, _context(page, since))

    def published(self, page: int, since: str, edited: str, seen: str) -> Request:
        """The request for a page of what was published last, for posts that ``listed`` does not show as edited."""
        url = self._posts(orderby="date", order="desc", page=page, after=_after(since))
        said = {"edited": edited[:_MAX_DATE], "seen": numbers(seen.split())}
        context = _context(page, since) | {name: value for name, value in said.items() if value}
        return _request(url, PUBLISHED, 0, context)

    def history(self, page: int) -> Request:
        """The request for a page of all posts."""
        url = self._posts(orderby="date", order="desc", page=page)
        return _request(url, HISTORY, 2, {"walk": "history", "page": str(page)})

    def commented(self, page: int, since: str) -> Request:
        """The request for a page of the newest comments."""
        url = self._comments(orderby="date_gmt", order="desc", page=page)
        return _request(url, COMMENTED, 0, _context(page, since))

    def posts_again(self, known: Iterable[tuple[str, str]]) -> Iterator[Request]:
        """Requests for posts, given by identity and slug."""
        for batch in _batches(known):
            names = ",".join(slug for _, slug in batch)
            yield _request(self._posts(slug=names), AGAIN, 2, {"asked": " ".join(uri for uri, _ in batch)})

    def comments_again(self, known: Iterable[tuple[str, str]]) -> Iterator[Request]:
        """Requests for comments, given by identity and number."""
        for batch in _batches(known):
            url = self._comments(include=",".join(number for _, number in batch))
            yield _request(url, COMMENTS_AGAIN, 2, {"asked": " ".join(uri for uri, _ in batch)})

    def _posts(self, **parameters: str | int) -> str:
        if self._leads:
            return address(self._root, self._path, per_page=PER_PAGE, **parameters, x_fields=POST_FIELDS)
        return address(self._root, self._path, per_page=PER_PAGE, **parameters, x_embed=_EMBEDDED)

    def _comments(self, **parameters: str | int) -> str:
        fields = COMMENT_FIELDS if self._leads else ""
        return address(self._root, COMMENTS, per_page=COMMENTS_PER_PAGE, **parameters, x_fields=fields)


def numbers(found: Iterable[str]) -> str:
    """Posts' numbers as one text, each once, as many as fit a request's context."""
    unique = list(dict.fromkeys(found))
    lengths = accumulate(len(number) + 1 for number in unique)
    return " ".join(number for number, length in zip(unique, lengths, strict=True) if length <= _MAX_SEEN)


def _after(since: str) -> str:
    bound = parse_date(since) if since else None
    return f"{bound - _SLACK:%Y-%m-%dT%H:%M:%SZ}" if bound else ""


def _context(page: int, since: str) -> dict[str, str]:
    return {"page": str(page), "since": since} if 0 < len(since) <= _MAX_DATE else {"page": str(page)}


def _batches(known: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    batch: list[tuple[str, str]] = []
    for uri, name in known:
        if len(uri) > _MAX_ASKED:
            continue
        if len(batch) == _MAX_BATCH or sum(len(u) + 1 for u, _ in batch) + len(uri) > _MAX_ASKED:
            yield batch
            batch = []
        batch.append((uri, name))
    if batch:
        yield batch


def _request(url: str, kind: str, priority: Priority, context: dict[str, str]) -> Request:
    return Request(url=url, kind=kind, priority=priority, context=context, headers=_JSON, leads=True)
