"""Rich text: facets say what stretches of a post's UTF-8 do (https://docs.bsky.app/docs/advanced-guides/post-richtext).

Offsets are the author's own: they may be out of range, split a character or overlap. Such facets do nothing, as of
overlapping ones only the first shows in the web application.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.errors import ParseError
from socialindex.sources._bluesky.views import Facet
from socialindex.sources._families.typed_json import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import msgspec

    from socialindex.sources._bluesky.views import Record

_LINK: Final = "app.bsky.richtext.facet#link"
_MENTION: Final = "app.bsky.richtext.facet#mention"
_TAG: Final = "app.bsky.richtext.facet#tag"
_SCHEME: Final = re.compile(r"\Ahttps?://(?:www\.)?", re.IGNORECASE)
_ELLIPSES: Final = ("...", "…")
_CONTINUES: Final = 0x80
"""A byte whose two upper bits are 10 continues a character (RFC 3629, section 3)."""
_UPPER_BITS: Final = 0xC0


class RichText(NamedTuple):
    """A post's text with shortened addresses written out, and what its facets name, in the text's order."""

    text: str
    links: list[str]
    mentions: list[str]
    """By handle as the text shows it, else by DID."""
    hashtags: list[str]


class _Stretch(NamedTuple):
    start: int
    end: int
    facet: Facet


def rich_text(record: Record) -> RichText:
    """The text of a post; hashtags include those that are in the record only (``tags``)."""
    source = record.text.encode("utf-8", "surrogatepass")
    made = RichText("", [], [], [])
    pieces: list[bytes] = []
    at = 0
    for start, end, facet in _stretches(record.facets, source) if record.facets else ():
        pieces += source[at:start], _apply(facet, source[start:end], made)
        at = end
    made.hashtags.extend(record.tags or ())
    return made._replace(
        text=b"".join([*pieces, source[at:]]).decode("utf-8", "surrogatepass"),
        links=_unique(made.links),
        mentions=_unique(made.mentions),
        hashtags=_unique(tag.removeprefix("#").strip() for tag in made.hashtags),
    )


def _stretches(facets: list[msgspec.Raw], source: bytes) -> Iterator[_Stretch]:
    """The facets that do something, in the text's order."""
    read_ones = (facet for facet in map(_facet, facets) if facet)
    stretches = (_Stretch(facet.index.byte_start, facet.index.byte_end, facet) for facet in read_ones)
    at = 0
    for stretch in sorted(stretches, key=lambda stretch: stretch[:2]):
        if at <= stretch.start < stretch.end <= len(source) and _splits_nothing(stretch, source):
            yield stretch
            at = stretch.end


def _facet(raw: msgspec.Raw) -> Facet | None:
    try:
        return read(raw, Facet)
    except ParseError:
        return None


def _splits_nothing(stretch: _Stretch, source: bytes) -> bool:
    edges = (source[at : at + 1] for at in (stretch.start, stretch.end))
    return not any(edge and edge[0] & _UPPER_BITS == _CONTINUES for edge in edges)


def _apply(facet: Facet, shown: bytes, made: RichText) -> bytes:
    """Note what a facet names; what is to be shown in its place."""
    text = shown.decode("utf-8", "surrogatepass")
    for feature in facet.features:
        if feature.kind == _LINK and feature.uri:
            made.links.append(feature.uri)
            text = feature.uri if _shortens(text, feature.uri) else text
        elif feature.kind == _MENTION:
            made.mentions.append(text.strip().removeprefix("@") or feature.did)
        elif feature.kind == _TAG:
            made.hashtags.append(feature.tag)
    return text.encode("utf-8", "surrogatepass")


def _shortens(text: str, uri: str) -> bool:
    """Whether a text is the beginning of an address with an ellipsis, as clients shorten long ones."""
    kept = next((text.removesuffix(mark) for mark in _ELLIPSES if text.endswith(mark)), "")
    start = _SCHEME.sub("", kept)
    return bool(start) and _SCHEME.sub("", uri).startswith(start)


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, values)))
