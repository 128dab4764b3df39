"""Places of a server: what a person can paste the address of and we can crawl."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from socialindex.text import canonical_url

_ACCT: Final = re.compile(r"[^\s/@]{1,100}(?:@[^\s/@]{1,253})?")
_PUBLIC: Final = frozenset(
    (
        "public",
        "home",
        "explore",
        "about",
        "directory",
        "public/local",
        "about/more",
        "timeline/local",
        "main/public",
        "main/all",
    )
)
"""Pages of a server that stand for the whole of it, in Mastodon, Pleroma and their kin."""
_APPS: Final = frozenset({"web", "deck"})
"""Where the web interface of older servers, or its wide form, begins."""
_PAIR: Final = 2


class Place(NamedTuple):
    """The local timeline (``name`` is empty), a hashtag (without ``#``) or an account (without the leading ``@``)."""

    origin: str
    kind: Literal["local", "tag", "account"]
    name: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.origin).netloc

    @property
    def url(self) -> str:
        """The canonical address of the place, which opens in Mastodon's web interface."""
        path = {"local": "public/local", "tag": f"tags/{_quoted(self.name)}", "account": f"@{_quoted(self.name)}"}
        return f"{self.origin}/{path[self.kind]}"

    def account(self, acct: str) -> Place:
        """The account of this handle at the same server."""
        return Place(self.origin, "account", acct.lower().removesuffix(f"@{self.host}"))


def place_of(url: str, *, guess: bool = False) -> Place | None:
    """The place that an address leads to, or ``None`` where it leads to none.

    A post's address leads to its author. Handles and hashtags are case-insensitive: their canonical form is lower
    case.

    Args:
        url: what a person pasted.
        guess: also take ``/name`` for an account, which it is in Pleroma and nowhere else.
    """
    parts = urlsplit(canonical_url(url) or "")
    if not parts.netloc:
        return None
    server = Place(f"{parts.scheme}://{parts.netloc}", "local")
    path = [unquote(segment) for segment in parts.path.split("/") if segment]
    return _place(server, path[1:] if path and path[0] in _APPS else path, guess=guess)


def _place(server: Place, path: list[str], *, guess: bool) -> Place | None:
    if not path or "/".join(path) in _PUBLIC:
        return server
    if path[0] in {"tags", "tag"} and len(path) == _PAIR:
        return Place(server.origin, "tag", _hashtag(path[1]))
    acct = _acct(path, guess=guess)
    return server.account(acct) if _ACCT.fullmatch(acct) else None


def _acct(path: list[str], *, guess: bool) -> str:
    """The handle in a path; empty where there is none."""
    if path[0].startswith("@"):
        return path[0][1:]
    if path[0] == "users" and len(path) >= _PAIR:
        return path[1]
    return path[0] if guess and len(path) == 1 else ""


def _hashtag(name: str) -> str:
    """A hashtag as Mastodon normalizes it: NFKC, lower case."""
    return unicodedata.normalize("NFKC", name.removeprefix("#")).lower()


def _quoted(name: str) -> str:
    return quote(name, safe="@:")
