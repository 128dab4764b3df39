"""Places of a forum: what a person can paste the address of and we can crawl.

A forum may live below a path of its host (``https://example.com/forum``): its base is what stands before ``/t/``,
``/c/`` and the like.

A post is known by its topic's number and its own number in it, ``/t/12/3``. Both outlive new titles (the slug in the
address) and moves of the topic to another category, and everything in a forum that refers to a post does so by these
two: answers, quotes, links. The post's database id, ``/p/345``, would outlive a move to another topic too, but no reply
tells its parent's, so that no conversation could be put together. A post that moderators do move to another topic
becomes a new one, and the old one is found deleted when it is read again, which leads to where it went (``rereads``).
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from socialindex.text import canonical_url

PlaceKind = Literal["forum", "category", "tag", "topic", "user"]

_WHOLE: Final = (
    "latest|top|hot|new|unseen|categories|posts|about|faq|guidelines|tos|privacy|rules|badges|users|groups|tags|login"
    "|signup|site"
)
"""First segments of pages that stand for the whole forum."""
_PAGE: Final = re.compile(
    r"(?P<base>.*?)/(?:"
    r"c/(?P<category>[^/]+(?:/[^/]+){0,2}/[0-9]{1,9})(?:/.*)?"
    r"|tag/(?P<tag>[^/]+(?:/[0-9]{1,9})?)(?:/.*)?"
    r"|t/(?:[^/]*[^/0-9][^/]*/)?(?P<topic>[0-9]{1,12})(?:/.*)?"
    r"|u/(?P<user>[^/]+)(?:/.*)?"
    rf"|(?:{_WHOLE})(?:/.*)?)"
)
_POST: Final = re.compile(r"/t/(?:[^/]+/)?(?P<topic>[0-9]{1,12})/(?P<number>[0-9]{1,9})")


class Place(NamedTuple):
    """A part of a forum, or all of it.

    ``name`` is a category's path of slugs with its id, a tag's name, a topic's number or a user's name, as it stands in
    addresses but decoded; of a whole forum it is empty.
    """

    base: str
    kind: PlaceKind
    name: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.base).netloc

    @property
    def path(self) -> str:
        """The canonical path below the base, which opens in a browser."""
        if self.kind == "forum":
            return "/latest"
        return f"/{_PREFIXES[self.kind]}/{quote(self.name)}"

    @property
    def url(self) -> str:
        """The canonical address."""
        return self.base + self.path

    def post(self, topic: int, number: int) -> str:
        """The identity of a post of this forum."""
        return f"{self.base}/t/{topic}/{number}"


_PREFIXES: Final[dict[PlaceKind, str]] = {"category": "c", "tag": "tag", "topic": "t", "user": "u"}


def place_of(url: str) -> Place | None:
    """The place that an address leads to; ``None`` where its path is none of a forum's.

    A post's address leads to its topic. JSON addresses lead to what they describe.
    """
    parts = urlsplit(canonical_url(url) or "")
    match = _PAGE.fullmatch(parts.path.removesuffix("/").removesuffix(".json"))
    if not parts.netloc or match is None:
        return None
    base = f"{parts.scheme}://{parts.netloc}{match['base']}"
    named: list[tuple[PlaceKind, str | None]] = [
        ("category", match["category"]),
        ("tag", match["tag"]),
        ("topic", match["topic"]),
        ("user", match["user"] and match["user"].lower()),
    ]
    return next((Place(base, kind, unquote(name)) for kind, name in named if name), Place(base, "forum"))


def number_of(base: str, uri: str) -> tuple[int, int] | None:
    """The topic's number and the post's own of a post of the forum at ``base``; ``None`` for other addresses."""
    path = uri.removeprefix(base)
    match = _POST.fullmatch(path) if path != uri else None
    return (int(match["topic"]), int(match["number"])) if match else None
