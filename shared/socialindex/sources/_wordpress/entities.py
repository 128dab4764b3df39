"""What the REST API answers (https://developer.wordpress.org/rest-api/reference/), as much of it as is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from socialindex.sources._families.typed_json import Entity, read, read_each

if TYPE_CHECKING:
    from socialindex.errors import ParseError

POST_FIELDS = "id,link,slug,date_gmt,modified_gmt,content.protected,yoast_head_json.robots"
"""Of a post that is read as a page."""
COMMENT_FIELDS = "id,link,date_gmt,type"
"""Of a comment that is read on its post's page."""


class Rendered(Entity, frozen=True, kw_only=True):
    """A text as HTML. Of a post with a password it is empty, and ``protected``."""

    rendered: str = ""
    protected: bool = False


class Post(Entity, frozen=True, kw_only=True):
    """A post. Times are in UTC and without an offset; the fields without ``_gmt`` are the site's local time."""

    id: int
    link: str = ""
    slug: str = ""
    date_gmt: str | None = None
    modified_gmt: str | None = None
    title: Rendered = Rendered()
    content: Rendered = Rendered()
    excerpt: Rendered = Rendered()
    lang: Any = None
    """Polylang's and WPML's field for the language."""
    yoast: Any = msgspec.field(name="yoast_head_json", default=None)
    """What Yoast SEO writes into the page's head."""
    embedded: Any = msgspec.field(name="_embedded", default=None)

    def related(self, relation: str) -> list[dict[str, Any]]:
        """The embedded objects of a relation; those that the API refuses (``{"code": ...}``) are left out."""
        found = self.embedded.get(relation) if isinstance(self.embedded, dict) else None
        flat = [item for part in _list(found) for item in (part if isinstance(part, list) else [part])]
        return [item for item in flat if isinstance(item, dict) and "code" not in item]

    @property
    def says_noindex(self) -> bool:
        """Whether the page says ``noindex``, as far as the API tells."""
        robots = self.yoast.get("robots") if isinstance(self.yoast, dict) else None
        return isinstance(robots, dict) and robots.get("index") == "noindex"


class Comment(Entity, frozen=True, kw_only=True):
    """A comment. ``author`` is 0 where a guest wrote it."""

    id: int
    link: str = ""
    parent: int = 0
    author: int = 0
    author_name: str = ""
    date_gmt: str | None = None
    content: Rendered = Rendered()
    type: str = "comment"


def posts_in(body: bytes) -> list[Post | ParseError]:
    """The posts of an answer.

    Raises:
        ParseError: the answer is no list.
    """
    return list(read_each(read(body, list[msgspec.Raw]), Post))


def comments_in(body: bytes) -> list[Comment | ParseError]:
    """The comments of an answer.

    Raises:
        ParseError: the answer is no list.
    """
    return list(read_each(read(body, list[msgspec.Raw]), Comment))


def text_in(item: dict[str, Any], key: str) -> str:
    """A text of an embedded object; empty where it has none."""
    value = item.get(key)
    return value.strip() if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
