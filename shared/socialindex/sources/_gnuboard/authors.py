"""Who wrote a post or a comment, as far as a board tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from socialindex.model import Author
from socialindex.sources._families.boards.markup import attribute, classes, elements, nodes, text_of, with_class
from socialindex.sources._families.boards.names import Name

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from socialindex.sources._gnuboard.addresses import Board

_NAMES: Final = ("sv_member", "sv_guest", "member", "guest")
"""Classes of a name: with Gnuboard's side view and without it (``get_sideview``, ``view_comment.php``)."""
_EYOOMS: Final = ("view-nick", "comment-name", "bl-name-in", "td-name-in")
"""Classes around a name in Eyoom, which gives the name itself none (``eb_nameview``)."""
_MENU: Final = "sv_wrap"
_MEMBER = re.compile(r"[?&](?:mb_id|me_recv_mb_id)=([0-9A-Za-z_]{1,40})")
_PERSONS = re.compile(r"[?&](?:mb_id|me_recv_mb_id)=|[?&]sfl=(?:mb_id|wr_name)\b")
_SIDE_VIEW = re.compile(r"showSideView\(this, '(?P<member>[0-9A-Za-z_]{0,40})', '(?P<name>[^']{0,100})'")
"""What Amina's names call in place of a menu of links (``apms_sideview``), as Gnuboard's did before 5.0."""
_LEVELS: Final = frozenset({"lv-icon", "xp-icon"})
"""Classes of a member's level, which Amina prints within the name (``xp_icon``)."""
_TITLE = re.compile(r"\s*(?:자기소개|이름으로 검색)$")
_HEADING = re.compile(r"(?P<name>.+?)\s*님의")


def author_in(element: Element, board: Board) -> Author | None:
    """The author that an element names.

    ``id`` is the address of the member's profile page, so that members of two sites are never one; it is absent for
    guests, for names that stand for nobody, and where the board shows no link. Fragments of IP addresses are dropped.
    """
    tag = name_tag(element)
    name = Name.of(_in_heading(element) if tag is None else _written(tag))
    member = None if tag is None else _member(tag)
    if member and name.identifies:
        return Author(id=board.author_id(member), handle=member, name=name.shown or None)
    return Author(name=name.shown) if name.shown else None


def menu_author(element: Element) -> Author | None:
    """Who has the first menu about a person, by name alone: skins made with Bootstrap have no class for names."""
    toggles = (tag for tag in elements(element) if "dropdown" in {tag.get("data-bs-toggle"), tag.get("data-toggle")})
    named = (Name.of(text_of(tag)).shown for tag in toggles if _is_about_person(tag))
    name = next(filter(None, named), None)
    return Author(name=name) if name else None


def _is_about_person(toggle: Element) -> bool:
    """Whether a menu leads to what somebody is or wrote (``get_sideview``), and is not one for sharing or editing."""
    parent = toggle.getparent()
    links = () if parent is None else (attribute(tag, "href") for tag in elements(parent))
    return any(_PERSONS.search(link) for link in links)


def name_tag(element: Element) -> Element | None:
    """The element that holds the author's name."""
    place = with_class(element, *_EYOOMS)
    return with_class(element, *_NAMES) if place is None else _in_place(place)


def with_menu(name: Element) -> Element:
    """A name's element with the menu beside it, which repeats the name."""
    parent = name.getparent()
    return parent if parent is not None and _MENU in classes(parent) else name


def _in_place(place: Element) -> Element:
    """The name in a place of Eyoom's: the first part of its menu, or bare text where the board shows no menu."""
    menu = with_class(place, _MENU)
    return place if menu is None else next(menu.iterchildren("a", "b"), place)


def _written(tag: Element) -> str:
    """The name as text; boards that show the member's icon instead repeat it in the link's title, Amina in its call."""
    levels = {inner for inner in elements(tag) if not _LEVELS.isdisjoint(classes(inner))}
    shown = " ".join(" ".join(node for node in nodes(tag, without=levels) if isinstance(node, str)).split())
    called = _side_view(tag)
    return shown or _TITLE.sub("", " ".join(attribute(tag, "title").split())) or (called["name"] if called else "")


def _side_view(tag: Element) -> re.Match[str] | None:
    """What the link that a name lies in calls."""
    parent = tag.getparent()
    return None if parent is None else _SIDE_VIEW.search(attribute(parent, "onclick"))


def _in_heading(element: Element) -> str:
    headings = (text_of(tag) for tag in elements(element) if tag.tag in {"h1", "h2", "h3"})
    return next((match["name"] for match in map(_HEADING.match, headings) if match), "")


def _member(tag: Element) -> str | None:
    """The member's id, from the links of the name or of the menu beside it, or from what the name calls."""
    links = (attribute(link, "href") for link in (tag, *elements(with_menu(tag))))
    linked = next((match[1] for match in map(_MEMBER.search, links) if match), None)
    called = _side_view(tag)
    return linked or (called["member"] if called else None)
