"""Answers of the API: what they hold, and what they lead to."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar

from socialindex.errors import Discarded, ParseError
from socialindex.model import Draft
from socialindex.sources._families.articles import pages, robots
from socialindex.sources._families.feeds.dates import parse_date
from socialindex.sources._families.one_service import number
from socialindex.sources._wordpress.drafts import check, comment_draft, comment_uri, identity, post_draft
from socialindex.sources._wordpress.entities import Comment, Post, comments_in, posts_in
from socialindex.sources._wordpress.requests import (
    AGAIN,
    COMMENTED,
    COMMENTS_AGAIN,
    COMMENTS_PER_PAGE,
    HISTORY,
    LISTED,
    PER_PAGE,
    PUBLISHED,
    Api,
    numbers,
)
from socialindex.sources.base import Follow, header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from socialindex.sources.base import Channel, Priority, Request, Response


T = TypeVar("T", Post, Comment)

DEFAULT_PAGES: Final = 2
"""Pages of posts that are read when a channel is new."""
MAX_PAGES: Final = 40
"""Pages that one poll reads of what is new; a site that imports its old blog leaves the rest to the history's walk."""
LATE: Final = timedelta(hours=2)
"""By how much a scheduled post may appear after its time, which is when something next sets off the site's own clock
(``wp-cron.php``); others may have been published meanwhile."""
_KEPT_BACK: Final = frozenset({"noindex", "none", "noarchive"})
_TOTAL = re.compile("[0-9]{1,9}")
_MAX_DATE: Final = 40
_PAGES, _POSTS = "pages", "posts"
_SHOWN: Final = "shown"
"""In the cursor: the newest comments that the last poll saw, where they only lead to pages."""


def has_consent(channel: Channel) -> bool:
    """Whether the site's operator has agreed that the API's own answers are kept."""
    return channel.options.get("rest") == "full"


def holds_posts(channel: Channel) -> bool:
    """Whether the API's answers hold posts that are kept, as far as the last one told; else they lead to pages."""
    return has_consent(channel) or channel.cursor.get("mode") == _POSTS


class Answer:
    """One answer.

    Raises:
        Discarded: there is none any more, or it must be neither kept nor followed.
        ParseError: it is no answer.
    """

    def __init__(self, channel: Channel, response: Response) -> None:
        if response.status in pages.GONE:
            raise Discarded("gone", f"the server answered {response.status}")
        if response.status != HTTPStatus.OK:
            raise ParseError(f"the server answered {response.status}")
        tags = frozenset() if has_consent(channel) else robots.directives(response)
        self._leads = not tags.isdisjoint(_KEPT_BACK)
        if self._leads and robots.forbids_following(tags):
            raise Discarded("noindex", "the API asks to be neither indexed nor followed")
        self._channel = channel
        self._response = response
        self._kind = response.request.kind
        self._since = response.request.context.get("since", "")
        self._edited = response.request.context.get("edited", "")
        self._seen = response.request.context.get("seen", "")
        self._page = int(response.request.context.get("page", "1"))
        self._is_lean = "_fields=" in response.request.url

    def posts(self) -> list[Draft | Exception]:
        """Posts or comments; of an answer that leads, the verdicts on posts that are not even asked for."""
        if self._kind in {COMMENTED, COMMENTS_AGAIN}:
            comments = comments_in(self._response.body)
            return [] if self._leads or self._is_lean else [*_each(comments, comment_draft), *self._missing(comments)]
        found = posts_in(self._response.body)
        is_published = self._kind == PUBLISHED
        if self._leads:
            fresh = self._scheduled(found) if is_published else self._fresh(found, _modified)
            return [verdict for verdict in map(_verdict, fresh) if verdict]
        return [] if self._is_lean else list(_each(self._scheduled(found) if is_published else found, post_draft))

    def follow(self) -> Follow:
        """Further pages of the list, and the pages of posts."""
        if self._is_lean and not self._leads:
            return self._in_full()
        if self._kind == COMMENTED:
            return self._after_comments(comments_in(self._response.body))
        if self._kind == COMMENTS_AGAIN:
            return Follow()
        found = posts_in(self._response.body)
        if self._kind in {LISTED, PUBLISHED}:
            return self._after_list(found) if self._kind == LISTED else self._after_published(found)
        if self._kind == HISTORY:
            return Follow(requests=[*self._pages_of(found, 2), *self._next(found, PER_PAGE, Api.history)])
        return Follow(requests=self._absent(found) if self._kind == AGAIN else [])

    def _in_full(self) -> Follow:
        """The same again with texts, since they may be kept."""
        api = Api(self._channel, leads=False)
        asked = {
            LISTED: lambda: api.listed(self._page, self._since),
            PUBLISHED: lambda: api.published(self._page, self._since, self._edited, self._seen),
            HISTORY: lambda: api.history(self._page),
            COMMENTED: lambda: api.commented(self._page, self._since),
        }
        requests = [asked[self._kind]()] if self._kind in asked else []
        return Follow(requests=requests, cursor=self._cursor({"mode": _POSTS}) if self._kind == LISTED else None)

    def _after_list(self, found: list[Post | ParseError]) -> Follow:
        fresh = self._fresh(found, _modified)
        at_most = MAX_PAGES if self._since else number(self._channel, "pages", DEFAULT_PAGES)
        further = (
            [self._api.listed(self._page + 1, self._since)] if self._goes_on(fresh, found, PER_PAGE, at_most) else []
        )
        requests = [*further, *self._pages_of(fresh, 1)]
        if self._page > 1:
            return Follow(requests=requests)
        since = self._channel.cursor.get("commented", "")
        comments = [self._api.commented(1, since)] if self._api.tells_comments(self._response.received_at) else []
        mode = {"mode": _PAGES if self._leads else _POSTS}
        cursor = self._cursor(mode | _newest("modified", map(_modified, fresh)))
        return Follow(requests=[*requests, *self._asked_by_date(found), *comments], cursor=cursor)

    def _asked_by_date(self, found: list[Post | ParseError]) -> list[Request]:
        """The request for what was published since the last poll; a first one has read the newest posts anyway."""
        if not self._since:
            return []
        published = parse_date(self._channel.cursor.get("published", ""))
        since = _text(published - LATE) if published else self._since
        # What the API itself gives is given whole, whether it is fresh or not.
        given = [] if self._leads else [str(post.id) for post in _read(found) if _published(post) > since]
        seen = " ".join([*given, self._channel.cursor.get("seen", "")])
        return [self._api.published(1, since, self._since, seen)]

    def _after_published(self, found: list[Post | ParseError]) -> Follow:
        fresh = self._unseen(found)
        goes_on = self._goes_on(fresh, found, PER_PAGE, MAX_PAGES)
        further = [self._api.published(self._page + 1, self._since, self._edited, self._seen)] if goes_on else []
        cursor = self._cursor(self._last_published(found)) if self._page == 1 else None
        return Follow(requests=[*further, *self._pages_of(self._scheduled(found), 1)], cursor=cursor)

    def _last_published(self, found: list[Post | ParseError]) -> dict[str, str]:
        """The cursor's entries for the newest time of publication, and for the posts that are not older by ``LATE``."""
        newest = _newest("published", (date for date in map(_published, _read(found)) if date <= self._now))
        time = parse_date(newest.get("published", ""))
        if time is None:
            return {}
        recent = [post for post in _read(found) if _text(time - LATE) < _published(post) <= self._now]
        return newest | {"seen": numbers(str(post.id) for post in recent)}

    def _unseen(self, found: list[Post | ParseError]) -> list[Post]:
        """Posts that were published since the last poll; one whose time is yet to come is no news until then."""
        seen = self._seen.split()
        return [
            post
            for post in self._fresh(found, _published)
            if _published(post) <= self._now and str(post.id) not in seen
        ]

    def _scheduled(self, found: list[Post | ParseError]) -> list[Post]:
        """Those of them that the list of edits does not have."""
        return [post for post in self._unseen(found) if _modified(post) <= self._edited]

    def _after_comments(self, found: list[Comment | ParseError]) -> Follow:
        fresh = self._fresh(found, _written)
        at_most = MAX_PAGES if self._since else 1
        goes_on = self._goes_on(fresh, found, COMMENTS_PER_PAGE, at_most)
        further = [self._api.commented(self._page + 1, self._since)] if goes_on else []
        news = [*fresh, *self._approved(found)] if self._leads else []
        threads = dict.fromkeys(page for comment in news if (page := _thread(comment)))
        requests = [*further, *(pages.request(url, 1, uri=url) for url in threads)]
        if self._page > 1:
            return Follow(requests=requests)
        shown = numbers(str(comment.id) for comment in _read(found)) if self._leads else ""
        changes = _newest("commented", map(_written, fresh)) | ({_SHOWN: shown} if shown else {})
        return Follow(requests=requests, cursor=self._cursor(changes))

    def _approved(self, found: list[Comment | ParseError]) -> list[Comment]:
        """Comments that waited for a moderator: they have the dates at which they were written.

        Those below all that the last poll saw moved up, or are beyond what the cursor holds.
        """
        shown = {int(number) for number in self._channel.cursor.get(_SHOWN, "").split() if self._page == 1}
        comments = list(_read(found))
        end = max((place for place, comment in enumerate(comments) if comment.id in shown), default=0)
        return [each for each in comments[:end] if each.id not in shown and _written(each) <= self._since]

    def _pages_of(self, found: Iterable[Post | ParseError], priority: Priority) -> Iterator[Request]:
        """The requests for posts' pages, of those that may be kept."""
        for post in found:
            if self._leads and not isinstance(post, ParseError) and _verdict(post) is None:
                uri = identity(post)
                yield pages.request(uri, priority, uri=uri, published=parse_date(post.date_gmt or ""))

    def _absent(self, found: list[Post | ParseError]) -> list[Request]:
        """The pages of posts that were asked for and are not there: only the page can tell whether one is gone."""
        there = {identity(post) for post in found if not isinstance(post, ParseError) and post.link}
        return [pages.request(uri, 2, uri=uri) for uri in self._asked if uri not in there]

    def _missing(self, found: list[Comment | ParseError]) -> Iterator[Draft]:
        """Comments that were asked for by number and are not there: they are gone, or hidden again."""
        there = {comment_uri(comment)[0] for comment in found if isinstance(comment, Comment) and comment.link}
        return (Draft(uri=uri, deleted=True) for uri in self._asked if uri not in there)

    def _fresh(self, found: Iterable[T | ParseError], date: Callable[[T], str]) -> list[T]:
        return [item for item in _read(found) if date(item) > self._since]

    def _goes_on(self, fresh: list[T], found: list[T | ParseError], size: int, at_most: int) -> bool:
        """Whether the next page of a list may hold something new as well."""
        return len(fresh) == len(found) and self._page < at_most and self._is_followed(len(found), size)

    def _next(self, found: list[Post | ParseError], size: int, ask: Callable[[Api, int], Request]) -> list[Request]:
        return [ask(self._api, self._page + 1)] if self._is_followed(len(found), size) else []

    def _is_followed(self, count: int, size: int) -> bool:
        """Whether there is a page behind this one: as the header says, else where this one is full."""
        total = header(self._response, "x-wp-totalpages")
        return self._page < int(total) if _TOTAL.fullmatch(total) else count >= size

    def _cursor(self, changes: dict[str, str]) -> dict[str, str] | None:
        cursor = {**self._channel.cursor, **changes}
        return cursor if cursor != self._channel.cursor else None

    @property
    def _now(self) -> str:
        return _text(self._response.received_at)

    @property
    def _api(self) -> Api:
        return Api(self._channel, leads=self._leads)

    @property
    def _asked(self) -> list[str]:
        return self._response.request.context.get("asked", "").split()


def _each(found: Iterable[T | ParseError], draft: Callable[[T], Draft]) -> Iterator[Draft | Exception]:
    for item in found:
        try:
            yield item if isinstance(item, ParseError) else draft(item)
        except (Discarded, ParseError) as error:
            yield error


def _verdict(post: Post) -> Discarded | ParseError | None:
    """Why a post is not asked for."""
    try:
        check(post)
    except (Discarded, ParseError) as verdict:
        return verdict
    return None


def _thread(comment: Comment) -> str:
    try:
        return comment_uri(comment)[1] if comment.type in {"comment", ""} else ""
    except ParseError:  # counted by ``posts``, where the API's comments are kept
        return ""


def _modified(post: Post) -> str:
    return post.modified_gmt or post.date_gmt or ""


def _published(post: Post) -> str:
    return post.date_gmt or ""


def _written(comment: Comment) -> str:
    return comment.date_gmt or ""


def _read(found: Iterable[T | ParseError]) -> Iterator[T]:
    return (item for item in found if not isinstance(item, ParseError))


def _text(time: datetime) -> str:
    """A time as the API writes them."""
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def _newest(name: str, dates: Iterable[str]) -> dict[str, str]:
    """The newest of some times, which compare as they are written; nothing where there is none."""
    newest = max(dates, default="")
    return {name: newest[:_MAX_DATE]} if newest else {}
