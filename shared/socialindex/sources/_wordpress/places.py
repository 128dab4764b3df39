"""Where a site's REST API is, and the addresses in it.

A page names the API's root in a ``Link`` header and a ``<link>``, both of the relation ``https://api.w.org/``. It is
``/wp-json/`` with pretty addresses, any other place with a plugin, and ``/?rest_route=/`` without pretty addresses.
Where a site's languages are told by a parameter (WPML, Polylang), the root has it too: ``/wp-json/?lang=ko``. Without
it the API tells of another language's posts.

A site may have posts of further types, such as a company's news beside its blog, each in a list of its own. A page of
one names it, in the API's document of itself or, where it is their archive, by a class of its body. The channel's
address then is that list's: ``/wp-json/wp/v2/news``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

from socialindex.errors import ParseError
from socialindex.sources._families.boards.markup import attribute, classes, parse, text_of
from socialindex.sources.base import header
from socialindex.text import canonical_url, decode

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from socialindex.sources.base import Response

POSTS: Final = "wp/v2/posts"
COMMENTS: Final = "wp/v2/comments"
_OTHERS: Final = frozenset({"posts", "pages", "media", "comments", "categories", "tags", "users"})
"""Lists of the API that are read anyway, or are none of posts."""
_RELATION: Final = "https://api.w.org/"
_LINK = re.compile(r"<([^<>]*)>\s*;[^<]*?rel=\"?https://api\.w\.org/")
_ROUTE: Final = "rest_route="
_TYPE: Final = "[a-z0-9_-]{1,40}"
_LIST = re.compile(f"/?(wp/v2/{_TYPE})/?$")
_DOCUMENT = re.compile(rf"/wp/v2/({_TYPE})/\d+/?(?:[?&#]|$)")
_ARCHIVE = re.compile(f"post-type-archive-({_TYPE})")
_COMMENT_PAGE = re.compile(r"(?:comment-page-\d+/?|(?<=[?&])cpage=\d+&?)")


class Named(NamedTuple):
    """What a page names: its API's root, canonical, its site's title, and the list of its own type of posts."""

    root: str
    title: str
    type: str
    """Empty where it is of the usual one, or of none."""


def api_named_by(page: Response) -> Named | None:
    """The API that a page names; ``None`` without one."""
    match = _LINK.search(header(page, "link"))
    html = decode(page.body, header(page, "content-type"))
    if (match is None and _RELATION not in html) or "<" not in html:
        return None
    try:
        root = parse(html)
    except ParseError:  # what is no page names nothing
        return None
    named = match[1] if match else _linked(root)
    url = canonical_url(named, page.url) if named else None
    return Named(url, _title(root), _type_of(page, root)) if url else None


def parts_of(url: str) -> tuple[str, str]:
    """The API's root, and the path in it of a channel's posts."""
    parts = urlsplit(url)
    route = next((part for part in parts.query.split("&") if part.startswith(_ROUTE)), "")
    at = unquote(route) or parts.path
    match = _LIST.search(at)
    if match is None:
        return url, POSTS
    root = f"{at[: match.start()]}/"
    kept = parts._replace(query=parts.query.replace(route, root)) if route else parts._replace(path=root)
    return urlunsplit(kept), match[1]


def address(root: str, path: str, **parameters: str | int) -> str:
    """The address of a path in the API, with parameters; those that are empty are left out.

    Args:
        root: canonical, of the API.
        path: such as ``wp/v2/posts``.
        parameters: of the query; a leading underscore is written ``x_``, since a keyword may not begin with one here.
    """
    asked = {name.removeprefix("x"): value for name, value in parameters.items() if value != ""}
    parts = urlsplit(root)
    named = [part for part in parts.query.split("&") if part]
    query = [f"{unquote(part).rstrip('/')}/{path}" if part.startswith(_ROUTE) else part for part in named]
    if query == named:
        parts = parts._replace(path=f"{parts.path.rstrip('/')}/{path}")
    return urlunsplit(parts._replace(query="&".join([*query, urlencode(asked)])))


def page_of(url: str) -> str | None:
    """The canonical address of the page that a post's or a comment's link leads to, without the comments' paging."""
    canonical = canonical_url(url)
    return canonical_url(_COMMENT_PAGE.sub("", canonical).rstrip("?&")) if canonical else None


def _linked(root: Element) -> str:
    links = (tag for tag in root.iter("link") if _RELATION in attribute(tag, "rel").split())
    return next((attribute(tag, "href") for tag in links), "")


def _type_of(page: Response, root: Element) -> str:
    """The list of the posts that a page is one of, or the archive of. A front page stands for all of its site."""
    if not urlsplit(page.url).path.strip("/"):
        return ""
    addresses = (attribute(tag, "href") for tag in root.iter("link") if attribute(tag, "type") == "application/json")
    told = [match[1] for address in addresses if (match := _DOCUMENT.search(unquote(address)))]
    body = next(root.iter("body"), None)
    archives = [] if body is None else [match[1] for name in classes(body) if (match := _ARCHIVE.fullmatch(name))]
    return next((name for name in [*told, *archives] if name not in _OTHERS), "")


def _title(root: Element) -> str:
    names = (tag for tag in root.iter("meta") if attribute(tag, "property") == "og:site_name")
    name = next((attribute(tag, "content") for tag in names), "")
    return name or next((text_of(tag) for tag in root.iter("title")), "")
