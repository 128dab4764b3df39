"""Whether a server is Lemmy, and which of its places was meant: by the API's own documents.

The pages of ``lemmy-ui`` carry a script ``isoData``; what it shows is asked of the API. The robots.txt of newer
ones closes ``/api``: unless a server's operator opens it, or has agreed and given credentials, its API is left alone,
and the feed that the page names is what a person gets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, cast
from urllib.parse import urlsplit

from socialindex.errors import Discarded, ParseError
from socialindex.sources._families.typed_json import read
from socialindex.sources._lemmy.api import JSON, Api, Version
from socialindex.sources._lemmy.consent import community_objection, objection, person_objection
from socialindex.sources._lemmy.entities import FoundCommunity, FoundPerson, FoundPost, Site
from socialindex.sources._lemmy.places import Place, PlaceKind, place_of
from socialindex.sources.base import Recognized, Request, Response, header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DOCUMENT: Final = re.compile(r"/api/v(?P<version>[34])/(?:site|community|user|person|post)")
_MARK: Final = b"window.isoData"
_VERSIONS: Final[tuple[Version, ...]] = ("4", "3")
"""1.0 answers to both, but its v3 has neither people nor pages of comments, and calls every community public."""
_SITE: Final[tuple[Version, ...]] = ("3",)
"""``/site`` names the release. A front page is asked for by many sources: one request must do."""
_MAX_PASTED: Final = 700
"""Characters of an address that still fit a request's context."""


def named(page: Response) -> Iterator[Request]:
    """Requests for what a page of ``lemmy-ui`` shows."""
    if "html" in header(page, "content-type") and _MARK in page.body:
        yield from probes(page.url)


def probes(url: str) -> Iterator[Request]:
    """Requests for the document of the place that an address means, the newer version first."""
    place = place_of(url)
    if place is None or len(url) > _MAX_PASTED:
        return
    for version in _SITE if place.kind == "local" else _VERSIONS:
        document = Api(place.origin, version).found(place)
        yield Request(url=document, kind="probe", context={"pasted": url}, headers=JSON, leads=True)


def recognized(page: Response) -> Recognized | None:
    """The channel that the answer to a probe proves.

    Raises:
        Discarded: the place is there, but must not be crawled.
    """
    parts = urlsplit(page.url)
    match = _DOCUMENT.fullmatch(parts.path)
    pasted = place_of(page.request.context.get("pasted", ""))
    if match is None or pasted is None or page.status != 200:  # noqa: PLR2004 - RFC 9110
        return None
    api = Api(f"{parts.scheme}://{parts.netloc}", cast("Version", match["version"]))
    try:
        told = _TELLERS[pasted.kind](page.body, Place(api.origin, pasted.kind, pasted.name))
    except ParseError:
        return None
    if place_of(told.place.url) is None:  # a number or a name that no server gives
        return None
    version = told.version or api.version
    return Recognized(
        url=told.place.url,
        title=told.title,
        options={"api": "4"} if version == "4" else {},
        why=f"{api.origin}{parts.path} tells of {told.what}",
    )


class _Told(NamedTuple):
    """What a document tells of a place; ``version`` where it says itself which API is the one to use."""

    place: Place
    title: str
    what: str
    version: Version | None = None


def _site(body: bytes, place: Place) -> _Told:
    """What ``/site`` tells; PieFed has this one document of Lemmy's, and no list behind it."""
    site = read(body, Site)
    if site.site_view.local_site.is_piefed:
        raise ParseError("the site of a PieFed server")
    _check("private" if site.site_view.local_site.private_instance else None)
    version: Version = "3" if site.version.startswith("0.") else "4"
    return _Told(place, site.site_view.site.name, f"a Lemmy server, {site.version}", version)


def _community(body: bytes, place: Place) -> _Told:
    community = read(body, FoundCommunity).community_view.community
    _check(community_objection(community))
    return _Told(place, community.title or community.name, f"the community !{place.name}")


def _person(body: bytes, place: Place) -> _Told:
    person = read(body, FoundPerson).person_view.person
    _check(person_objection(person))
    return _Told(place, person.display_name or person.name, f"@{place.name}")


def _post(body: bytes, place: Place) -> _Told:
    view = read(body, FoundPost).post_view
    _check("deleted" if view.post.deleted or view.post.removed else objection(view))
    number = str(view.post.id)
    return _Told(Place(place.origin, "post", number), view.post.name, f"the post {number}")


_TELLERS: Final[dict[PlaceKind, Callable[[bytes, Place], _Told]]] = {
    "local": _site,
    "community": _community,
    "user": _person,
    "post": _post,
    "comment": _post,
}


def _check(reason: str | None) -> None:
    if reason:
        raise Discarded(reason)
