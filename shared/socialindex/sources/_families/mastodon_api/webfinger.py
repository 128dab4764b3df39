"""WebFinger (RFC 7033): which server an account lives at, where its handle names another host.

The answer names the account's page and its ActivityPub address. That these are ``/@name`` and ``/users/name`` at one
server is how servers of this family write them, and no others that we know of (Misskey's are ``/@name`` and
``/users/id``); the look-up of the account, by which the first poll begins, is the proof.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlencode

import msgspec

from socialindex.sources._families.mastodon_api.places import Place, place_of
from socialindex.sources.base import Recognized

if TYPE_CHECKING:
    from socialindex.sources.base import Response

PATH: Final = "/.well-known/webfinger"
_PROFILE: Final = "http://webfinger.net/rel/profile-page"
_ACTOR: Final = re.compile(r"(https?://[^/]+)/(?:users/([^/]+)|ap/users/[0-9]+)")


def path(place: Place) -> str:
    """The path that tells where an account of a host lives."""
    return f"{PATH}?{urlencode({'resource': f'acct:{place.name}@{place.host}'})}"


def recognized(page: Response) -> Recognized | None:
    """The account that an answer names, at the server where it lives."""
    try:
        document = msgspec.json.decode(page.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    links = document.get("links") if isinstance(document, dict) else None
    if not isinstance(links, list):
        return None
    profile, actor = (_address(links, rel) for rel in (_PROFILE, "self"))
    server = _ACTOR.fullmatch(actor)
    place = place_of(profile)
    if server is None or place is None or (place.kind, place.origin) != ("account", server[1]):
        return None
    if server[2] and unquote(server[2]).lower() != place.name:
        return None
    return _account(place, str(document.get("subject")), page.url)


def _account(place: Place, subject: str, told_by: str) -> Recognized:
    domain = subject.rpartition("@")[2]
    differs = subject.startswith("acct:") and "/" not in domain and domain not in {"", place.host}
    return Recognized(
        url=place.url,
        title=f"@{place.name}",
        options={"domain": domain} if differs else {},
        why=f"{told_by} says that {subject[:200]} lives at {place.host}",
    )


def _address(links: list[Any], rel: str) -> str:
    found = (link.get("href") for link in links if isinstance(link, dict) and link.get("rel") == rel)
    return next((href for href in found if isinstance(href, str)), "")
