"""What of Hacker News an address means."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from socialindex.sources._families.one_service import host_name, stand_in
from socialindex.text import canonical_url

SITE: Final = "https://news.ycombinator.com"
API: Final = "https://hacker-news.firebaseio.com"
_LISTS: Final = {
    "": "top",
    "news": "top",
    "newest": "new",
    "best": "best",
    "ask": "ask",
    "show": "show",
    "shownew": "show",
    "jobs": "job",
}
"""Pages of the site, and the lists of the API that they show."""
_PAGES: Final = {"top": "news", "new": "newest", "best": "best", "ask": "ask", "show": "show", "job": "jobs"}
_USER_PAGES: Final = frozenset({"user", "submitted", "threads"})
_DIGITS: Final = 18


class Place(NamedTuple):
    """A list by its name in the API (``new``), an item by its number, or a user by their name."""

    site: str
    """Where its posts have their addresses: the site itself, or a stand-in's origin."""
    kind: Literal["list", "item", "user"]
    name: str

    @property
    def url(self) -> str:
        """The page of the site that shows the place."""
        if self.kind == "list":
            return f"{self.site}/{_PAGES[self.name]}"
        return item_url(self.site, self.name) if self.kind == "item" else user_url(self.site, self.name)

    @property
    def title(self) -> str:
        """What people call the place."""
        shown = {"list": f"/{_PAGES.get(self.name)}", "item": f"item {self.name}", "user": self.name}
        return f"Hacker News: {shown[self.kind]}"


@lru_cache(maxsize=256)
def place_of(url: str) -> Place | None:
    """The place that an address leads to; ``None`` where it is none of the site's or of a stand-in's."""
    site = SITE if is_site(url) else stand_in(url)
    if site is None:
        return None
    parts = urlsplit(canonical_url(url) or "")
    path, wanted = parts.path.strip("/"), parse_qs(parts.query).get("id", [""])[0]
    if path in _LISTS:
        return Place(site, "list", _LISTS[path])
    if path == "item" and wanted.isascii() and wanted.isdecimal():
        return Place(site, "item", str(int(wanted)))
    return Place(site, "user", wanted) if path in _USER_PAGES and wanted else None


def is_site(url: str) -> bool:
    """Whether an address is one of Hacker News itself."""
    return host_name(url) == urlsplit(SITE).hostname


def api_of(site: str) -> str:
    """Where the API of a site answers."""
    return API if site == SITE else site


def item_url(site: str, item: int | str) -> str:
    """The address of an item, which is its identity."""
    return f"{site}/item?id={item}"


def item_of(uri: str) -> int | None:
    """The number of the item that an identity names. What has more digits than 64 bits hold is none."""
    wanted = uri.rpartition("/item?id=")[2]
    return int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) <= _DIGITS else None


def user_url(site: str, name: str) -> str:
    """The address of a user's page."""
    return f"{site}/user?id={quote(name, safe='')}"
