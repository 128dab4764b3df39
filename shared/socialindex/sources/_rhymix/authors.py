"""Who wrote a document or a comment, as far as a skin tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from socialindex.model import Author
from socialindex.sources._families.boards.markup import attribute, classes, elements, own_text, text_of
from socialindex.sources._families.boards.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element as Element

    from socialindex.sources._rhymix.addresses import Board

_MEMBER = re.compile(r"member_(-?[0-9]{1,18})")
"""The class of a member's name, which the software's menu goes by: 0 and no class are guests, negative numbers members
who write without a name."""
_NAMES: Final = frozenset({"author", "nick", "nickname", "nick_name", "writer", "user"})
"""Classes of a guest's name."""
_BARE: Final = frozenset({"b", "strong"})
"""What sketchbook5 and xedition put around a guest's name below a document."""
_HEADER: Final = "read_header"
"""The class of what XpressEngine's and Rhymix's default skins have above a text."""
_META: Final = "meta"
"""The class of the line in it in which a guest's name stands as it is, before the figures."""


def name_tag(head: Iterable[Element], *, bare: bool = False) -> Element | None:
    """The element that holds the author's name, among those before a text; ``bare`` where bold print is one too."""
    tags = list(head)
    marked = next((tag for tag in tags if any(map(_MEMBER.fullmatch, classes(tag)))), None)
    if marked is None:
        marked = next((tag for tag in tags if not _NAMES.isdisjoint(classes(tag)) and text_of(tag)), None)
    if marked is None:
        marked = next((tag for tag in tags if tag.tag in _BARE and (bare or _is_behind_by(tag))), None)
    return marked


def unmarked_author(head: Iterable[Element]) -> Author | None:
    """A guest who wrote a document, by name alone, where the default skins mark the names of members only."""
    names = (Name.of(own_text(tag)).shown for tag in head if _META in classes(tag) and _is_in_header(tag))
    name = next(filter(None, names), None)
    return Author(name=name) if name else None


def _is_in_header(tag: Element) -> bool:
    parent = tag.getparent()
    return parent is not None and _HEADER in classes(parent)


def _is_behind_by(tag: Element) -> bool:
    """Whether a bold name stands behind "by", as sketchbook5's blog style has everybody's."""
    before = tag.getprevious()
    return before is not None and before.tag == "small" and text_of(before).lower() == "by"


def author_in(tag: Element, board: Board) -> Author | None:
    """The author that a name is of; without ``id`` for guests and for names that stand for nobody."""
    name = Name.of(text_of(tag) or _pictured(tag))
    members = (_MEMBER.fullmatch(css) for css in classes(tag))
    member = next((match[1] for match in members if match and int(match[1]) > 0), None)
    if not name.shown:
        return None
    return Author(id=board.author_id(member) if member and name.identifies else None, name=name.shown)


def _pictured(tag: Element) -> str:
    """A member's picture in place of the name (``이미지 이름``) repeats it."""
    images = (attribute(image, "title") or attribute(image, "alt") for image in elements(tag) if image.tag == "img")
    return " ".join(next(filter(None, images), "").split())
