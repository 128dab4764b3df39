"""Who wrote a post or a comment, as far as a board tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from socialindex.model import Author
from socialindex.sources._gnuboard.pages import classes, elements, text_of, with_class

if TYPE_CHECKING:
    from bs4 import Tag

    from socialindex.sources._gnuboard.addresses import Board

_NAMES: Final = ("sv_member", "sv_guest", "member", "guest")
"""Classes of a name: with Gnuboard's side view and without it (``get_sideview``, ``view_comment.php``)."""
_MOST_CHARACTERS: Final = 100
_MEMBER = re.compile(r"[?&](?:mb_id|me_recv_mb_id)=([0-9A-Za-z_]{1,40})")
_TITLE = re.compile(r"\s*(?:자기소개|이름으로 검색)$")
_HEADING = re.compile(r"(?P<name>.+?)\s*님의")
_OCTET = r"(?:\d{1,3}|[*♡xX]{1,3})"
_IP = re.compile(rf"\s*(?:[(\[]\d{{1,3}}(?:\.{_OCTET}){{1,3}}[)\]]|(?<![\d.])\d{{1,3}}(?:\.{_OCTET}){{3}})\s*$")
_NOBODY = re.compile(r"익명\s*\d*|ㅇㅇ+|비회원|손님|guest|anonymous", re.IGNORECASE)


def author_in(element: Tag, board: Board) -> Author | None:
    """The author that an element names.

    ``id`` is the address of the member's profile page, so that members of two sites are never one; it is absent for
    guests, for names that stand for nobody, and where the board shows no link. Fragments of IP addresses are dropped.
    """
    tag = name_tag(element)
    name = (_written(tag) if tag else _in_heading(element))[:_MOST_CHARACTERS]
    shown = _IP.sub("", name).strip()
    member = _member(tag) if tag else None
    if member and shown == name and not _NOBODY.fullmatch(shown):
        return Author(id=f"{board.base}/bbs/profile.php?mb_id={quote(member)}", handle=member, name=shown or None)
    return Author(name=shown) if shown else None


def name_tag(element: Tag) -> Tag | None:
    """The element that holds the author's name."""
    return with_class(element, *_NAMES)


def _written(tag: Tag) -> str:
    """The name as text; boards that show the member's icon instead repeat it in the link's title."""
    return text_of(tag) or _TITLE.sub("", " ".join(str(tag.get("title", "")).split()))


def _in_heading(element: Tag) -> str:
    headings = (text_of(tag) for tag in elements(element) if tag.name in {"h1", "h2", "h3"})
    return next((match["name"] for match in map(_HEADING.match, headings) if match), "")


def _member(tag: Tag) -> str | None:
    """The member's id, from the links of the name or of the menu beside it."""
    beside = tag.parent if tag.parent and "sv_wrap" in classes(tag.parent) else tag
    links = (str(link.get("href", "")) for link in (tag, *elements(beside)))
    return next((match[1] for match in map(_MEMBER.search, links) if match), None)
