"""Whether a page or a probe's answer shows a place that we crawl.

Bluesky's own web application is known by its host; another AppView by its answer to a query for the account in the
pasted address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from socialindex.errors import Discarded, InvalidInput, ParseError
from socialindex.sources._bluesky.labels import objection
from socialindex.sources._bluesky.places import BLUESKY, Place, Service, place_of
from socialindex.sources._bluesky.stream import PUBLIC_STREAM
from socialindex.sources._bluesky.views import Profile
from socialindex.sources._bluesky.xrpc import JSON, PROFILE, query
from socialindex.sources._families.one_service import origin_of
from socialindex.sources._families.typed_json import read
from socialindex.sources.base import Recognized, Request, Response
from socialindex.text import canonical_url, decode
from socialindex.text.soup import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PASTED: Final = 700
"""Characters of an address that still fit a request's context."""
_OK: Final = 200
_WORDS: Final = {"profile": "the posts and reposts", "list": "a list", "feed": "a feed generator", "post": "a thread"}
_SEARCHES: Final = frozenset(("hashtag", "search", "topic"))


def refuse_search(url: str) -> None:
    """Pass an address that is no search of Bluesky's.

    Raises:
        InvalidInput: it is one: ``searchPosts`` answers 403 to anonymous callers, and a hashtag's page is a search.
    """
    first = urlsplit(canonical_url(url) or "").path.split("/")[1:2]
    if origin_of(url) == BLUESKY.web and not _SEARCHES.isdisjoint(first):
        raise InvalidInput(
            "Bluesky answers searches, and so hashtags, to signed-in accounts only",
            field="url",
            remedy=f"add the stream {PUBLIC_STREAM} with the option words=..., such as words=#battery",
        )


def probes(url: str) -> Iterator[Request]:
    """The query that proves an AppView behind an address and tells the account that it names."""
    place = place_of(url)
    if place is not None and len(url) <= MAX_PASTED:
        yield Request(
            url=query(place.service.api, PROFILE, [("actor", place.actor)]),
            kind="probe",
            context={"pasted": url},
            headers=JSON,
            leads=True,
        )


def recognized(page: Response) -> Recognized | None:
    """The channel that a page or a probe's answer belongs to.

    Raises:
        Discarded: ``no_unauthenticated`` or ``hidden``: its account must not be crawled.
    """
    if page.status != _OK:
        return None
    if urlsplit(page.url).path == f"/xrpc/{PROFILE}":
        return _from_answer(page)
    place = place_of(page.url)
    return _from_page(page, place) if place and place.service == BLUESKY else None


def _from_answer(page: Response) -> Recognized | None:
    try:
        profile = read(page.body, Profile)
    except ParseError:
        return None
    service = Service.at(origin_of(page.url))
    pasted = place_of(page.request.context.get("pasted", "")) or Place(service, "profile", profile.did)
    if pasted.service != service:
        return None
    reason = objection(profile, None, page.received_at)
    if reason and pasted.kind in {"profile", "post"}:
        raise Discarded(reason, f"{profile.handle} does not let anonymous readers see its posts")
    return _channel(pasted._replace(actor=profile.did), profile.display_name or profile.handle)


def _from_page(page: Response, place: Place) -> Recognized:
    """A page of Bluesky's own, which carries an account's DID, and ``noindex`` where only signed-in readers see it."""
    head = tree_of(decode(page.body, page.headers.get("content-type", "")))
    meta = {str(tag.get("name") or tag.get("property")): str(tag.get("content") or "") for tag in head.find_all("meta")}
    if "noindex" in meta.get("robots", "").lower():
        raise Discarded("no_unauthenticated", f"{place.actor} lets only signed-in readers see its posts")
    did = place_of(f"{BLUESKY.web}/profile/{meta.get('twitter:value1', '')}")
    known = place._replace(actor=did.did) if did and did.did and place.kind == "profile" else place
    return _channel(known, meta.get("og:title", ""))


def _channel(place: Place, title: str) -> Recognized:
    name = title.strip() or place.actor
    return Recognized(
        url=place.url,
        title=title.strip()[:200] or None,
        why=f"{_WORDS[place.kind]} of {name} on Bluesky, read from the AppView {place.service.api}",
    )
