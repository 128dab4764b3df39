"""Whether a page or an API document shows a server that speaks the Mastodon client API, and which place was meant.

Marks of pages: Mastodon's web interface carries a script ``initial-state`` that names its version, Pleroma's and
Akkoma's a script ``initial-results``, GoToSocial's pages link to its source in their footer, others have a generator
mark. API documents are answers to the requests of ``probes``.

Misskey has no such API, though its pages and its WebFinger look like those of its forks that have, and GoToSocial tells
of accounts only to who has a token. What both offer to everybody are feeds of accounts: a page of Misskey's is left to
these (``sources/feed``), and one of GoToSocial's that names one, unless they say noindex. So is an account that an API
tells of which says so of its own answers (``X-Robots-Tag``): nothing of them could be kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from socialindex.errors import Discarded, ParseError
from socialindex.sources._families.articles.robots import directives
from socialindex.sources._families.mastodon_api import webfinger
from socialindex.sources._families.mastodon_api.authors import display_name
from socialindex.sources._families.mastodon_api.consent import account_objection, objection
from socialindex.sources._families.mastodon_api.entities import Account, Status
from socialindex.sources._families.mastodon_api.places import Place, place_of
from socialindex.sources._families.mastodon_api.reading import read
from socialindex.sources._families.mastodon_api.walk import JSON
from socialindex.sources.base import Recognized, Request, Response, header
from socialindex.text import canonical_url, decode
from socialindex.text.soup import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4 import BeautifulSoup

SOFTWARE: Final = frozenset(
    (
        "mastodon",
        "hometown",
        "fedibird",
        "kmyblue",
        "gotosocial",
        "pleroma",
        "akkoma",
        "rebased",
        "takahe",
        "mitra",
        "hollo",
        "pixelfed",
        "friendica",
        "iceshrimp",
        "iceshrimp.net",
        "sharkey",
        "snac",
    )
)
"""Names in nodeinfo (``software.name``) and generator marks of servers that speak the API."""
MAX_PASTED: Final = 700
"""Characters of an address that still fit a request's context."""
_LOOKUP: Final = "/api/v1/accounts/lookup"
_ACCOUNT_PATH: Final = re.compile(r"/api/v1/accounts/[^/]+")
_STATUS_PATH: Final = re.compile(r"/api/v1/statuses/[^/]+")
_NODEINFO_PATH: Final = re.compile(r"/nodeinfo/[12]\.\d(?:\.json)?")
_FLAKE_ID: Final = re.compile(r"[0-9A-Za-z]{18}")


def probes(url: str) -> Iterator[Request]:
    """Requests that prove the API and tell which place an address means, the likeliest first."""
    place = place_of(url, guess=True)
    if place is None or len(url) > MAX_PASTED:
        return
    for path in _paths(place):
        yield Request(url=place.origin + path, kind="probe", context={"pasted": url}, headers=JSON)


def recognized(page: Response) -> Recognized | None:
    """The channel that a page or a probe's answer belongs to.

    Raises:
        Discarded: it is the page of an account that must not be crawled.
    """
    if page.status != 200:  # noqa: PLR2004 - RFC 9110
        return None
    path = urlsplit(page.url).path
    if path == webfinger.PATH:
        return webfinger.recognized(page)
    if path.startswith(("/api/", "/nodeinfo/")):
        return _from_document(page, path)
    return _from_page(page) if "html" in header(page, "content-type") else None


def lookup(place: Place) -> Request:
    """The request that tells an account's id at the server."""
    return Request(url=place.origin + _lookup_path(place), kind="lookup", headers=JSON)


def is_meant(account: Account, place: Place, domain: str = "") -> bool:
    """Whether an account is the one that a server was asked for by its name.

    Sharkey and its kin answer a look-up with the first account that their search finds, whoever that is.

    Args:
        account: as the server tells it.
        place: the account that was asked for.
        domain: that the handles of the server's own accounts end with, where it is not its host.
    """
    name, _, host = place.name.partition("@")
    told, _, told_host = account.acct.lower().removeprefix("@").partition("@")
    homes = [told_host] if told_host else [place.host, domain]
    pages = [urlsplit(url).netloc for url in (account.url, account.uri) if url]
    asked = [host] if host else [place.host, domain]
    return told == name and any(_are_kin(one, other) for one in asked for other in [*homes, *pages])


def _are_kin(one: str, other: str) -> bool:
    """Whether two hosts are one, or one is above the other: handles of ``social.example.com`` may end with the rest."""
    first, second = (urlsplit(canonical_url(f"https://{host}/") or "").netloc for host in (one, other))
    return bool(first and second) and (f".{first}".endswith(f".{second}") or f".{second}".endswith(f".{first}"))


def _lookup_path(place: Place) -> str:
    return f"{_LOOKUP}?{urlencode({'acct': place.name})}"


def _paths(place: Place) -> Iterator[str]:
    if place.kind == "account":
        yield from _account_paths(place)
    elif place.kind == "thread":
        yield f"/api/v1/statuses/{quote(place.status_id, safe='')}"
    else:
        yield from _server_paths()


def _account_paths(place: Place) -> Iterator[str]:
    """By name; by id, which Pleroma's ``/users/`` addresses may hold; and by WebFinger, which may name another host."""
    yield _lookup_path(place)
    if "@" not in place.name:
        yield f"/api/v1/accounts/{quote(place.name, safe='')}"
        yield webfinger.path(place)


def _server_paths() -> Iterator[str]:
    """``/.well-known/nodeinfo`` is not among them: it names no software, only where these two usual documents are."""
    yield from ("/api/v2/instance", "/api/v1/instance", "/nodeinfo/2.0", "/nodeinfo/2.0.json")


def _from_document(page: Response, path: str) -> Recognized | None:
    origin = _origin(page)
    pasted = place_of(page.request.context.get("pasted", "")) or Place(origin, "local")
    try:
        if _ACCOUNT_PATH.fullmatch(path):
            account = read(page.body, Account)
            if path == _LOOKUP and pasted.kind == "account" and not is_meant(account, pasted._replace(origin=origin)):
                return None
            found = _from_account(account, origin, path)
            return found if directives(page).isdisjoint({"noindex", "none"}) else None
        if _STATUS_PATH.fullmatch(path):
            return _from_status(read(page.body, Status), pasted._replace(origin=origin), path)
        document = msgspec.json.decode(page.body)
    except (ParseError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if pasted.kind in {"account", "thread"} or not isinstance(document, dict):
        return None
    return _from_server(document, pasted._replace(origin=origin), path)


def _from_account(account: Account, origin: str, path: str) -> Recognized | None:
    place = Place(origin, "account").account(account.acct)
    if account.id is None or place_of(place.url) is None:
        return None
    if reason := account_objection(account):
        raise Discarded(reason)
    return Recognized(
        url=place.url,
        title=display_name(account) or f"@{place.name}",
        why=f"{origin}{path} knows the account @{account.acct}",
    )


def _from_status(status: Status, place: Place, path: str) -> Recognized | None:
    if status.id is None or place.kind != "thread":
        return None
    if reason := objection(status):
        raise Discarded(reason)
    return Recognized(url=place.url, title=_title(place, None), why=f"{place.origin}{path} knows the post")


def _from_server(document: dict[str, Any], place: Place, path: str) -> Recognized | None:
    software = _by_nodeinfo(document) if _NODEINFO_PATH.fullmatch(path) else _by_instance(document)
    if software is None:
        return None
    domain = document.get("domain") or document.get("uri")
    differs = isinstance(domain, str) and "/" not in domain and domain != place.host
    return Recognized(
        url=place.url,
        title=_title(place, document.get("title")),
        options={"domain": str(domain)} if differs else {},
        why=f"{place.origin}{path} says that the server is {software}",
    )


def _by_instance(document: dict[str, Any]) -> str | None:
    """What ``/api/v2/instance`` (``domain``) or ``/api/v1/instance`` (``uri``) says; kin say "(compatible; ...)"."""
    version = document.get("version")
    named = isinstance(document.get("domain"), str) or isinstance(document.get("uri"), str)
    return f"Mastodon {version}" if named and isinstance(version, str) and version else None


def _by_nodeinfo(document: dict[str, Any]) -> str | None:
    software, metadata = document.get("software"), document.get("metadata")
    name = str(software.get("name")) if isinstance(software, dict) else ""
    features = metadata.get("features") if isinstance(metadata, dict) else None
    speaks = name.lower() in SOFTWARE or (isinstance(features, list) and "mastodon_api" in features)
    return name if speaks else None


def _from_page(page: Response) -> Recognized | None:
    """By a page's marks.

    Only on an account's or a post's page does noindex speak for posts: Mastodon says it on every hashtag's page,
    GoToSocial on its front page, and the authors of what is shown there have flags of their own.
    """
    place = place_of(page.url)
    text = decode(page.body, header(page, "content-type"))
    if place is None or not any(mark in text for mark in ("initial-", "gotosocial", "generator", "misskey:")):
        return None
    tree = tree_of(text)
    mark = _mark(tree)
    if mark is None or _FLAKE_ID.fullmatch(place.name):  # an id as it seems: the API tells whose
        return None
    if place.kind in {"account", "thread"} and _says_noindex(tree):
        raise Discarded("noindex")
    if mark.startswith("Misskey") or (mark.startswith("GoToSocial") and tree.find("link", type="application/rss+xml")):
        return None
    return Recognized(url=place.url, title=_title(place, None), why=f"the page shows {mark}")


def _mark(soup: BeautifulSoup) -> str | None:
    if version := _initial_version(soup):
        return f"Mastodon {version}: it has its script initial-state"
    if soup.find("script", id="initial-results"):
        return "Pleroma or Akkoma: it has their script initial-results"
    if soup.select_one("footer a[href$='/gotosocial']"):
        return "GoToSocial: its footer links to the source"
    if soup.find("meta", attrs={"name": "misskey:user-username"}):
        return "Misskey: it has its name for people"
    generator = soup.find("meta", attrs={"name": "generator"})
    words = str(generator.get("content", "")).split() if generator else []
    return f"{words[0]}: it is named as generator" if words and words[0].lower() in SOFTWARE else None


def _initial_version(soup: BeautifulSoup) -> str | None:
    script = soup.find("script", id="initial-state")
    try:
        state = msgspec.json.decode(script.get_text()) if script else None
        return str(state["meta"]["version"]) if state else None
    except (msgspec.DecodeError, RecursionError, KeyError, TypeError):
        return None


def _says_noindex(soup: BeautifulSoup) -> bool:
    """Misskey has one ``<meta>`` for each wish."""
    metas = soup.find_all("meta", attrs={"name": "robots"})
    return any("noindex" in str(robots.get("content", "")).lower() for robots in metas)


def _title(place: Place, server: object) -> str:
    name = server if isinstance(server, str) and server else place.host
    return {
        "local": name,
        "trends": f"{name}: trends",
        "tag": f"#{place.name} · {place.host}",
        "account": f"@{place.name}",
        "thread": f"{place.host}: {place.name}",
    }[place.kind]


def _origin(page: Response) -> str:
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}"
