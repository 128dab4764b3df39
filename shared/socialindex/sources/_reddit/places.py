"""What of Reddit an address means, and the addresses that are the identities of submissions and comments."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from socialindex.sources._families.one_service import host_name, stand_in
from socialindex.text import canonical_url

SITE: Final = "https://www.reddit.com"
API: Final = "https://oauth.reddit.com"
_DOMAIN: Final = "reddit.com"
_SHORT: Final = "redd.it"
_COMMUNITY: Final = re.compile(r"\w{2,50}(?:\+\w{2,50}){0,20}", re.ASCII)
_USER: Final = re.compile(r"[\w-]{2,30}", re.ASCII)
_ID: Final = re.compile(r"[0-9a-z]{1,13}")
_IDENTITY: Final = re.compile(r"/comments/([0-9a-z]{1,13})/(?:comment/([0-9a-z]{1,13})/)?")
_FORMATS: Final = (".rss", ".json", ".compact")
_PAIR: Final = 2


class Place(NamedTuple):
    """A community (``koreatech``, several joined by ``+``), a user, a post by its id, or words searched for."""

    site: str
    """Where its posts have their addresses: the site itself, or a stand-in's origin."""
    kind: Literal["community", "user", "post", "search"]
    name: str
    community: str = ""
    """Of a search: where; empty for everywhere."""

    @property
    def url(self) -> str:
        """The page of the site that shows the place."""
        if self.kind == "search":
            folder = f"/r/{self.community}" if self.community else ""
            return f"{self.site}{folder}/search?{urlencode({'q': self.name})}"
        return f"{self.site}/{_FOLDERS[self.kind]}/{self.name}/"

    @property
    def title(self) -> str:
        """What people call the place."""
        if self.kind == "search":
            return f"Reddit: {self.name} · r/{self.community}" if self.community else f"Reddit: {self.name}"
        return f"Reddit: {self.kind if self.kind == 'post' else _FOLDERS[self.kind][0]}/{self.name}"


_FOLDERS: Final = {"community": "r", "user": "user", "post": "comments"}


@lru_cache(maxsize=256)
def place_of(url: str) -> Place | None:
    """The place that an address leads to; ``None`` where it is none of the site's or of a stand-in's.

    Names of communities and users are case-insensitive: their canonical form is lower case.
    """
    site = SITE if is_site(url) else stand_in(url)
    parts = urlsplit(canonical_url(url) or "")
    if site is None:
        return None
    path = [unquote(segment) for segment in parts.path.split("/") if segment]
    if path:
        path[-1] = next((path[-1].removesuffix(end) for end in _FORMATS if path[-1].endswith(end)), path[-1])
    if host_name(url) == _SHORT:
        path = ["comments", *path]
    words = parse_qs(parts.query).get("q", [""])[0].strip()
    return _place(site, [segment for segment in path if segment], words)


def is_site(url: str) -> bool:
    """Whether an address is one of Reddit itself, by whichever of its names."""
    host = host_name(url)
    return host in {_DOMAIN, _SHORT} or host.endswith(f".{_DOMAIN}")


def api_of(site: str) -> str:
    """Where the API of a site answers."""
    return API if site == SITE else site


def user_url(site: str, name: str) -> str:
    """The address of a user, which is their identity as an author: names never change."""
    return f"{site}/user/{quote(name, safe='')}"


def uri_of(site: str, link: str, comment: str | None = None) -> str:
    """The identity of a submission, or of a comment on it: the shortest of its addresses that never change.

    The usual one has the title's words in it, which become ``deleted_by_user`` when its author deletes it; a tombstone
    would then be of something else.
    """
    return f"{site}/comments/{link}/" + (f"comment/{comment}/" if comment else "")


def ids_of(uri: str) -> tuple[str, str | None] | None:
    """The submission and, for a comment, the comment that an identity names; ``None`` where it is none of these."""
    match = _IDENTITY.fullmatch(urlsplit(uri).path)
    return (match[1], match[2]) if match else None


def _place(site: str, path: list[str], words: str) -> Place | None:
    match path:
        case ["search"] if words:
            return Place(site, "search", words)
        case ["r", name, "search"] if words and _COMMUNITY.fullmatch(name):
            return Place(site, "search", words, name.lower())
        case ["comments" | "gallery", post, *_] | ["r" | "user" | "u", _, "comments", post, *_] if _ID.fullmatch(post):
            return Place(site, "post", post)
        case ["r", name] | ["r", name, "new" | "hot" | "top" | "best" | "rising"] if _COMMUNITY.fullmatch(name):
            return Place(site, "community", name.lower())
        case ["user" | "u", name, *tabs] if _USER.fullmatch(name) and len(tabs) < _PAIR:
            return Place(site, "user", name.lower())
    return None
