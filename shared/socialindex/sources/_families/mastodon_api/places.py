"""Places of a server: what a person can paste the address of and we can crawl."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from socialindex.text import canonical_url

_ACCT: Final = re.compile(r"[^\s/@]{1,100}(?:@[^\s/@]{1,253})?")
_STATUS_ID: Final = re.compile(r"[0-9]{6,20}|[0-9A-Z]{26}|[0-9A-Za-z]{18}")
"""A number (Mastodon), a ULID (GoToSocial) or a flake id (Pleroma, Akkoma)."""
_PUBLIC: Final = frozenset(
    ("public", "home", "about", "directory", "public/local", "about/more", "timeline/local", "main/public", "main/all")
)
"""Pages of a server that stand for the whole of it, in Mastodon, Pleroma and their kin."""
_TRENDS: Final = frozenset({"explore", "explore/posts"})
_APPS: Final = frozenset({"web", "deck"})
"""Where the web interface of older servers, or its wide form, begins."""
_PAIR: Final = 2

PlaceKind = Literal["local", "trends", "tag", "account", "thread"]


class Place(NamedTuple):
    """A timeline of a server, or a conversation.

    ``name`` is a hashtag without ``#``, a handle without the leading ``@``, or of a conversation the path of a status's
    page, which each kind of server writes its own way; of the whole server and its trends it is empty.
    """

    origin: str
    kind: PlaceKind
    name: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.origin).netloc

    @property
    def status_id(self) -> str:
        """Of a conversation: the server's id of the status that its address names."""
        return self.name.rpartition("/")[2]

    @property
    def url(self) -> str:
        """The canonical address of the place, which opens in the server's web interface."""
        if self.kind == "tag":
            return f"{self.origin}/tags/{_quoted(self.name)}"
        if self.kind == "account":
            return f"{self.origin}/@{_quoted(self.name)}"
        path = {"local": "public/local", "trends": "explore", "thread": _quoted(self.name, "/")}[self.kind]
        return f"{self.origin}/{path}"

    def account(self, acct: str) -> Place:
        """The account of this handle at the same server."""
        return Place(self.origin, "account", acct.lower().removesuffix(f"@{self.host}"))


def place_of(url: str, *, guess: bool = False) -> Place | None:
    """The place that an address leads to, or ``None`` where it leads to none.

    A post's address leads to its conversation. Handles and hashtags are case-insensitive: their canonical form is lower
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
    whole = "/".join(path)
    if not path or whole in _PUBLIC:
        return server
    if whole in _TRENDS:
        return Place(server.origin, "trends")
    if path[0] in {"tags", "tag"} and len(path) == _PAIR:
        return Place(server.origin, "tag", _hashtag(path[1]))
    return _conversation(server, path) or _account(server, _acct(path, guess=guess))


def _account(server: Place, acct: str) -> Place | None:
    return server.account(acct) if _ACCT.fullmatch(acct) else None


def _conversation(server: Place, path: list[str]) -> Place | None:
    """``/@name/1``, GoToSocial's ``/@name/statuses/1``, ``/users/name/statuses/1``, Pleroma's ``/notice/1``."""
    *before, status_id = path
    writer = before[:-1] if before[-1:] in (["statuses"], ["posts"]) else before
    whose = _acct(writer, guess=False) if writer else ""
    is_page = before == ["notice"] or (_ACCT.fullmatch(whose) and writer in ([f"@{whose}"], ["users", whose]))
    return Place(server.origin, "thread", "/".join(path)) if is_page and _STATUS_ID.fullmatch(status_id) else None


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


def _quoted(name: str, safe: str = "") -> str:
    return quote(name, safe=f"@:{safe}")
