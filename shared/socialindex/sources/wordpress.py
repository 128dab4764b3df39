"""WordPress sites, by their REST API.

Decisions:

- WordPress sends ``X-Robots-Tag: noindex`` with every answer of the API. We take a site at its word: of such an answer
  nothing is kept. It leads: what is new, edited or commented on is read as a page, and each page speaks for itself by
  its robots marks, and by its site's robots.txt, which the crawl stage asks. That is lawful whatever plugin says no in
  whichever way, and affordable: an answer of 50 posts without their texts has 10 kB, and only what changed is read.
- Posts are taken from the API itself where its answers do not say ``noindex``, and where the option ``rest`` is
  ``full``: for blogs whose operators have agreed, such as a client's own. The API tells less than a page does of what
  a page says no to: a post with a password is ``secret``, one that Yoast SEO marks (``yoast_head_json.robots.index``)
  is ``noindex``, both in either way. What other plugins or a robots.txt exclude, only the page tells.
- A poll asks for what was edited last, and for what was published last: a scheduled post appears with the time of its
  last edit, so that the first list may never show it.
- Tags become hashtags; categories do not: they are the site's table of contents.
- A comment that a moderator approves has the date at which it was written. So a poll tells it by its number, among the
  newest hundred, which one request shows.
- A comment's author has a name and nothing else. Pingbacks are no comments. The API gives IP addresses to nobody.
- A site may have no list of comments (404), where a plugin takes it away: it is asked once a day whether that is so.
  One that is refused (401, 403) the crawl leaves alone by itself.
- Posts of a further type are a channel of their own, which a page of theirs leads to. Their comments are read with
  their pages.
- Where the API is closed (401, 403, 404) the site is not recognized here, and left to its feed.
- Posts on wordpress.com have the same API at another host, under rules of its own: they are left to their feeds.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from itertools import accumulate
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import unquote, urlsplit

import msgspec

from socialindex.errors import Discarded, ParseError
from socialindex.model import Draft
from socialindex.sources._families.articles import pages
from socialindex.sources._families.feeds.drafts import local_zone
from socialindex.sources._families.typed_json import read
from socialindex.sources._wordpress.answers import Answer, holds_posts
from socialindex.sources._wordpress.entities import Post, posts_in, text_in
from socialindex.sources._wordpress.places import POSTS, Named, address, api_named_by, page_of
from socialindex.sources._wordpress.requests import COMMENTED, Api
from socialindex.sources._wordpress.thread import comments
from socialindex.sources.base import POST_KIND, Adapter, Follow, Recognized, Request, header, withdrawn
from socialindex.text import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from socialindex.sources.base import Channel, Known, Response

_COMMENT = re.compile(r"#comment-(\d{1,12})$")
_PAGED: Final = (b"comment-page-", b"cpage=")
"""What stands on a page that shows its comments in parts."""
_DISCUZ: Final = b"wpd-thread"
"""What stands on a page with comments by wpDiscuz, which shows the first ones and tells how many there are."""
_TOLD = re.compile(rb"\bdata-comments-count=[\"'](\d{1,7})[\"']")
_MAX_ROOT: Final = 500
_MAX_TITLE: Final = 100
_TYPED: Final = "type"
"""In a request's context: the type of posts that it asks for. What has no date is none, such as a category's name."""
_MAX_ASKED: Final = 900
"""Characters of identities in a request's context: of a page and of comments that it should show."""


class WordPress(Adapter):
    """Any site that runs WordPress and has its REST API open."""

    name: ClassVar[str] = "wordpress"
    title: ClassVar[str] = "WordPress sites"
    version: ClassVar[int] = 3
    rank: ClassVar[int] = 40
    gives: ClassVar[tuple[str, ...]] = ("title", "author", "hashtags", "media", "comments", "edits", "deletions")
    paste: ClassVar[tuple[str, ...]] = ("https://blog.example/", "https://blog.example/2026/11/a-post/")

    def recognize(self, page: Response) -> Recognized | None:
        """The site whose API answered the request that ``named`` made, or whose API's root was pasted."""
        if page.status != HTTPStatus.OK or "json" not in header(page, "content-type"):
            return None
        root = page.request.context.get("api")
        if root is None:
            return _by_root(page)
        try:
            found = posts_in(page.body)
        except ParseError:
            return None
        if _TYPED in page.request.context and not any(isinstance(post, Post) and post.date_gmt for post in found):
            return None
        title = page.request.context.get("title") or None
        return Recognized(url=root, title=title, why=f"a WordPress site whose REST API is open, at {root}")

    def named(self, page: Response) -> Iterable[Request]:
        """One post from the API that a page names, first one of the page's own type: whether it answers decides."""
        found = api_named_by(page)
        if found is None or len(found.root) > _MAX_ROOT:
            return ()
        usual = _one(found, POSTS, {"api": found.root})
        path = f"wp/v2/{found.type}"
        own = canonical_url(address(found.root, path)) if found.type else None
        return (_one(found, path, {"api": own, _TYPED: found.type}), usual) if own else (usual,)

    def start(self, channel: Channel) -> Request:
        """What was written or edited last."""
        return _api(channel).listed(1, channel.cursor.get("modified", ""))

    def backfill(self, channel: Channel) -> Request | None:
        """The newest page of all posts."""
        return _api(channel).history(1)

    def reread(self, channel: Channel, posts: Sequence[Known]) -> Iterable[Request]:
        """The posts' pages, which show comments too; where the API holds posts, many of them at once."""
        known = [post for post in posts if _is_named_by_page(post.uri)]
        if not holds_posts(channel):
            return [_with_comments(url, uris) for url, uris in _threads(known).items()]
        comments = [(post.uri, match[1]) for post in known if (match := _COMMENT.search(post.uri))]
        slugs = [(post.uri, _slug(post.uri)) for post in known if not _COMMENT.search(post.uri)]
        return [*_api(channel).posts_again(slugs), *_api(channel).comments_again(comments)]

    def follow(self, channel: Channel, response: Response) -> Follow:
        """Further pages of a list; of posts that are read as pages, those."""
        if response.request.kind == POST_KIND:
            return Follow()
        if response.request.kind == COMMENTED and response.status in pages.GONE:
            return Follow(cursor=_api(channel).without_comments(response.received_at))
        return Answer(channel, response).follow()

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """The posts or comments of an answer; the post and the comments of a page."""
        if response.request.kind != POST_KIND:
            return Answer(channel, response).posts()
        gone = pages.deleted(response)
        return [gone] if gone else _page(channel, response)


ADAPTER = WordPress()


def _one(found: Named, path: str, context: dict[str, str]) -> Request:
    url = address(found.root, path, per_page=1, x_fields="id,link,date_gmt")
    return Request(url=url, kind="recognize", context={**context, "title": found.title[:_MAX_TITLE]}, leads=True)


def _api(channel: Channel) -> Api:
    return Api(channel, leads=not holds_posts(channel))


def _by_root(page: Response) -> Recognized | None:
    """The site whose API's root a page is, which lists what it is able to."""
    try:
        root = read(page.body, dict[str, Any])
    except ParseError:
        return None
    namespaces, url = root.get("namespaces"), canonical_url(page.url)
    if url is None or not isinstance(namespaces, list) or "wp/v2" not in namespaces:
        return None
    return Recognized(url=url, title=text_in(root, "name") or None, why="the REST API of a WordPress site")


def _page(channel: Channel, response: Response) -> list[Draft | Exception]:
    """The post and the comments of a page; of the comments that it should show, those that are gone.

    A verdict on the post is one on its comments too.

    Raises:
        ParseError: the page is no markup, or has no address.
    """
    page = pages.Page(channel, response)
    found = comments(page.root, page.uri, local_zone(channel.language, response.url))
    shown = [comment.uri for comment in found]
    asked = response.request.context.get("asked", "").split()
    try:
        post = page.draft()
    except Discarded as verdict:
        return [verdict, *(withdrawn(verdict.reason, uri) for uri in dict.fromkeys((*shown, *asked)))]
    gone = [uri for uri in asked if uri not in shown] if _shows_all(response, len(found)) else []
    return [post, *found, *(Draft(uri=uri, deleted=True) for uri in gone)]


def _shows_all(response: Response, shown: int) -> bool:
    if any(mark in response.body for mark in _PAGED):
        return False
    told = _TOLD.search(response.body)
    return _DISCUZ not in response.body or (told is not None and int(told[1]) <= shown)


def _is_named_by_page(uri: str) -> bool:
    """Whether an identity is one that we give here: a canonical address, with a comment's number behind it."""
    return canonical_url(uri) == _COMMENT.sub("", uri)


def _slug(uri: str) -> str:
    """The last part of a post's address, which is its slug where addresses are made of those."""
    return unquote(urlsplit(uri).path.rstrip("/").rpartition("/")[2])


def _threads(posts: Sequence[Known]) -> dict[str, list[str]]:
    """The comments to read again, by their page."""
    threads: dict[str, list[str]] = {}
    for post in posts:
        page = page_of(post.thread or post.uri)
        if page is not None:
            threads.setdefault(page, []).extend([post.uri] if _COMMENT.search(post.uri) else [])
    return threads


def _with_comments(url: str, uris: list[str]) -> Request:
    """The request for a page that is to show certain comments, as many as it can carry along."""
    request = pages.request(url, 2, uri=url)
    lengths = accumulate(len(uri) + 1 for uri in uris)
    asked = " ".join(uri for uri, length in zip(uris, lengths, strict=True) if length + len(url) <= _MAX_ASKED)
    return msgspec.structs.replace(request, context=request.context | {"asked": asked}) if asked else request
