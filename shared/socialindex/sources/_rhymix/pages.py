"""A page of an XpressEngine or Rhymix site, with the verdicts that a page can be instead of a board.

A skin may draw a board in any way. What we go by is what the software itself writes on every page, whichever skin asks
for it: the class ``document_<number>_<member>`` of a document's text (``documentItem::getContent``), and the like for
comments.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.errors import Discarded, LayoutChanged, ParseError
from socialindex.sources._families.boards.markup import classes, elements, text_of
from socialindex.sources._families.boards.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element as Element

    from socialindex.sources._families.boards.adapter import View
    from socialindex.sources.base import Response

_SOFTWARE = re.compile(r"rhymix|xpressengine|zeroboard xe", re.IGNORECASE)
_DOCUMENT = re.compile(r"document_(?P<number>[1-9][0-9]{0,17})_(?P<member>[0-9]{1,18})")
_COMMENT = re.compile(r"comment_[1-9][0-9]{0,17}")
_ALERT = re.compile(r"""jQuery\(\s*function\s*\([^()]*\)\s*\{\s*alert\(\s*(["'])(?P<message>.{1,300}?)\1""", re.DOTALL)
"""What ``boardView::alertMessage`` puts at the end of a list in place of the document that was asked for."""
_LISTS: Final = ("bd_lst", "board_list", "boardList", "boardListForm", "board-list", "lt", "bd_lst_wrp", "no_doc")
"""Classes of lists: sketchbook5's table, webzine and gallery, XpressEngine's default skin and Rhymix's xedition, those
of 2008 to 2010, mobile ones; the last two where a list is empty. A skin of one's own mostly keeps ``td.title``."""
_MESSAGES: Final = ("login-header", "system_message_box", "system_message", "message", "smessage")
"""Classes around what the module ``message`` says in place of a page."""
_STATUS_VERDICTS: Final = {400: "client_error", 401: "members_only", 404: "gone", 410: "gone"}
_FORBIDDEN: Final = 403
_VERDICTS: Final = (
    (re.compile(r"비밀 ?글|secret", re.IGNORECASE), "secret"),
    (re.compile(r"찾을 수 없|존재하지 ?않|삭제된|없는 (?:글|문서|페이지)|not found|not exist", re.IGNORECASE), "gone"),
    (re.compile(r"권한|로그인|회원|등급|포인트|permi|log.?in", re.IGNORECASE), "members_only"),
    (re.compile(r"차단|IP|접근|금지|denied|block", re.IGNORECASE), "forbidden"),
)
"""Language strings of both softwares (``msg_is_secret``, ``msg_not_founded``, ``msg_not_permitted`` ...)."""


class Text(NamedTuple):
    """A document's text on a page."""

    number: int
    element: Element


class BoardPage(Page):
    """A page with a list or a document, whichever skin drew it."""

    @property
    def software(self) -> str:
        """What the page says that made it, in lower case; empty where that is neither software."""
        match = _SOFTWARE.search(self.meta("generator") or self.meta("Generator"))
        return match[0].lower() if match else ""

    @cached_property
    def texts(self) -> list[Text]:
        """Texts of documents: one on a document's page, none elsewhere but in a few lists that show whole texts."""
        named = ((name, tag) for name, tag in self.by_class.items() if name.startswith("document_"))
        found = ((_DOCUMENT.fullmatch(name), tag) for name, tag in named)
        return [Text(int(match["number"]), tag) for match, tag in found if match]

    @cached_property
    def comments(self) -> list[Element]:
        """The elements of comments, which both softwares link to by their ids, in the order of the page."""
        return [tag for tag in self.tags if (name := tag.get("id")) and is_comment(name)]

    @cached_property
    def listing(self) -> Element | None:
        """What holds the board's list."""
        if (found := self.first_class(*_LISTS)) is not None:
            return found
        if (found := self.ids.get("board_list")) is not None:
            return found
        cell = next((tag for tag in self.named("td") if "title" in classes(tag)), None)
        return None if cell is None else next(cell.iterancestors("table"), None)

    @property
    def is_closed(self) -> bool:
        """Whether a document's page has a form for its password in place of the text."""
        return any(asks_password(form) and _field(form, "comment_srl") is None for form in self.named("form"))

    @property
    def view(self) -> View | None:
        """What the page is; a document's page mostly shows the list below."""
        if self.texts:
            return "post"
        return None if self.listing is None else "list"


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
    if reason := _STATUS_VERDICTS.get(response.status):
        raise Discarded(reason)
    if response.status not in {200, _FORBIDDEN}:
        raise ParseError(f"status {response.status} is no board's page")
    page = BoardPage(response)
    if response.status == _FORBIDDEN:
        raise _refused(page)
    if page.view is None:
        raise _verdict(page)
    if not page.is_whole:
        raise ParseError("the page is cut off: what it does not show would be taken for known")
    if view in {"post", "comments"} and not page.texts:
        raise _without_text(page)
    return page


def is_comment(name: str) -> bool:
    """Whether an element with this id is a comment."""
    return name.startswith("comment_") and bool(_COMMENT.fullmatch(name))


def asks_password(element: Element) -> bool:
    """Whether there is a form for the password of a secret document or comment."""
    field = _field(element, "password")
    return field is not None and field.get("type") == "password" and _field(element, "document_srl") is not None


def _field(form: Element, name: str) -> Element | None:
    return next((tag for tag in elements(form) if tag.tag == "input" and tag.get("name") == name), None)


def _without_text(page: BoardPage) -> Discarded | LayoutChanged:
    """Why a page shows a board's list and not the document that was asked for."""
    if page.is_closed:
        return Discarded("secret")
    reason = _reason(_alerts(page))
    return Discarded(reason) if reason else LayoutChanged("the page has a list and no text of a document")


def _refused(page: BoardPage) -> Discarded:
    """Why a page came with the status 403, where the software itself says so.

    It says so in a message in place of the page, or where only the document is closed (``boardView``) in an alert
    below the list. A firewall's page, whatever stands on it, is about us and not about the document.
    """
    return Discarded((_reason([*_messages(page), *_alerts(page)]) if page.software else None) or "forbidden")


def _verdict(page: BoardPage) -> Discarded | ParseError:
    if page.is_closed:
        return Discarded("secret")
    if reason := _reason(_messages(page)):
        return Discarded(reason)
    if any(tag.get("value") == "procMemberLogin" for tag in page.named("input")):
        return Discarded("members_only")
    return LayoutChanged("the page has no list, no text of a document and no message that we know")


def _messages(page: BoardPage) -> list[str]:
    found = (page.by_class.get(name) for name in _MESSAGES)
    return [text_of(tag) for tag in found if tag is not None]


def _alerts(page: BoardPage) -> list[str]:
    scripts = (_ALERT.search(tag.text or "") for tag in page.named("script"))
    return [match["message"] for match in scripts if match]


def _reason(messages: Iterable[str]) -> str | None:
    told = [message[:300] for message in messages]
    return next((reason for pattern, reason in _VERDICTS if any(map(pattern.search, told))), None)
