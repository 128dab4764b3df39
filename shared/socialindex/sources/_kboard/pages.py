"""A page with a KBoard board, with the verdicts that it can be instead.

Skins draw lists and documents; the plugin itself answers for what is not there or not open: it never gives a status of
its own. Of a document that is deleted, in the trash or in a private board it writes a script that leads back to the
list, and ends the page right there; to a document or list for members, one with an alert, and leaves the place empty.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

from socialindex.errors import Discarded, LayoutChanged, ParseError
from socialindex.sources._families.boards.markup import attribute, classes, text_of, with_class
from socialindex.sources._families.boards.page import STATUS_VERDICTS, Page

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from socialindex.sources._families.boards.adapter import View
    from socialindex.sources.base import Response

_LIST = re.compile(r"kboard-(?:[a-z0-9-]{1,60}-)?list")
"""Ids of lists: every skin of the plugin's makers has its own name in it, and those of 2013 have none."""
_TEXTS: Final = ("content-view", "kboard-content")
_ALERT = r"""alert\((?P<quote>["'])(?P<message>.{1,300}?)(?P=quote)\);?"""
_LEADS = r"""(?P<top>top\.)?window\.location\.href\s?=\s?(?P<mark>["'])(?P<to>[^"']{0,2000})(?P=mark);?"""
_SCRIPT = re.compile(rf"\s*(?:{_ALERT})?\s*(?:{_LEADS})?\s*")
_CLOSED = re.compile(r"권한|로그인|포인트|permission|log.?in|points|ログイン|権限|ポイント", re.IGNORECASE)
"""In the words of ``kboard_cannot_read_document``, in the plugin's three languages."""
_PENDING: Final = ("[승인대기]", "[Pending]")
"""Before the title of a document that nobody has approved yet, or in its place (``KBContent``)."""
_MOST_SCRIPT: Final = 3_000
_MOST_FIELDS: Final = 20


class BoardPage(Page):
    """A page with a list or a document, whichever skin drew it."""

    @cached_property
    def listing(self) -> Element | None:
        """What holds the board's list."""
        named = next((tag for tag in self.tags if _LIST.fullmatch(attribute(tag, "id"))), None)
        return self.first_class("kboard-list") if named is None else named

    @cached_property
    def document(self) -> Element | None:
        """What holds the document."""
        found = self.ids.get("kboard-document")
        return self.first_class("kboard-document-wrap") if found is None else found

    @cached_property
    def text(self) -> Element | None:
        """The document's text."""
        if self.document is None:
            return None
        found = (with_class(self.document, name) for name in _TEXTS)
        return next((tag for tag in found if tag is not None), None)

    @property
    def view(self) -> View | None:
        """What the page is; a document's page may show the list below."""
        if self.text is not None:
            return "post"
        return None if self.listing is None else "list"

    @property
    def is_private(self) -> bool:
        """Whether everybody sees their own documents alone: the list has a head without a count, and no row."""
        if self.listing is None or with_class(self.listing, "kboard-list-header") is None:
            return False
        shows = with_class(self.listing, "kboard-total-count") is not None
        return not shows and not any("uid=" in attribute(tag, "href") for tag in self.listing.iter("a"))

    @property
    def title_shown(self) -> str:
        """The title above the document's text; empty where a skin has none there."""
        heading = None if self.document is None else with_class(self.document, "kboard-title")
        return "" if heading is None else text_of(heading)

    @property
    def asks_password(self) -> bool:
        """Whether there is the form for the password of a secret document (``confirm.php``)."""
        fields = (tag for tag in self.named("input") if (tag.get("type"), tag.get("name")) == ("password", "password"))
        return any(_is_in_board(tag) for tag in islice(fields, _MOST_FIELDS))

    @cached_property
    def scripts(self) -> list[re.Match[str]]:
        """The plugin's own scripts: an alert, or where to go."""
        texts = (tag.text or "" for tag in self.named("script"))
        found = (_SCRIPT.fullmatch(text) for text in texts if 0 < len(text) <= _MOST_SCRIPT)
        return [match for match in found if match and (match["message"] or match["to"])]


def read(response: Response, view: View | None = None) -> BoardPage:
    """Parse a board's page.

    Args:
        response: what the server answered.
        view: what the page must be; either a list or a document will do where it is ``None``.

    Raises:
        Discarded: the page is a verdict: ``gone``, ``secret``, ``members_only`` or ``forbidden``.
        LayoutChanged: the page shows neither a board nor a verdict.
        ParseError: the response is no page at all.
    """
    if reason := STATUS_VERDICTS.get(response.status):
        raise Discarded(reason)
    if response.status != 200:  # noqa: PLR2004 - the status of a page
        raise ParseError(f"status {response.status} is no board's page")
    page = BoardPage(response)
    if page.view is None or (view in {"post", "comments"} and page.text is None):
        raise _verdict(page)
    if not page.is_whole:
        raise ParseError("the page is cut off: what it does not show would be taken for known")
    if page.view == "list" and page.is_private:
        raise Discarded("members_only")
    if page.view == "post" and is_pending(page.title_shown):
        raise Discarded("secret")
    return page


def is_pending(title: str) -> bool:
    """Whether a title says that its document waits to be approved."""
    return title.startswith(_PENDING)


def _verdict(page: BoardPage) -> Discarded | LayoutChanged:
    """Why a page does not show what was asked for."""
    if page.asks_password:
        return Discarded("secret")
    if any(script["top"] or _CLOSED.search(script["message"] or "") for script in page.scripts):
        return Discarded("members_only")
    if not page.is_whole and any("mod=list" in (script["to"] or "") for script in page.scripts):
        return Discarded("gone")
    return LayoutChanged("the page has no list or text of a document, and no script that we know")


def _is_in_board(tag: Element) -> bool:
    names = (name for parent in tag.iterancestors() for name in (attribute(parent, "id"), *classes(parent)))
    return any(name.startswith("kboard-") and "comments" not in name for name in names)
