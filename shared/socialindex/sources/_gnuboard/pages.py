"""A page of a Gnuboard site, with the verdicts that a page can be instead of a board."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from socialindex.errors import Discarded, LayoutChanged, ParseError
from socialindex.sources._families.boards.markup import text_of
from socialindex.sources._families.boards.page import STATUS_VERDICTS, Page
from socialindex.sources._gnuboard.own_skins import is_post, own_list

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from socialindex.sources._families.boards.adapter import View
    from socialindex.sources.base import Response

_ALERT = re.compile(r"""\balert\(\s*(["'])(?P<message>.{1,500}?)\1\s*\)""", re.DOTALL)
_UNICODE_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")

_SCRIPT_VERDICTS: Final = {"/password.php": "secret", "/login.php": "members_only"}
"""Where ``bbs/board.php`` sends a reader who may not read, by the end of the path."""
_FORM_VERDICTS: Final = {"fboardpassword": "secret", "flogin": "members_only"}
"""The same by the name of the form that the page consists of."""
_ALERT_VERDICTS: Final = (
    (re.compile(r"존재하지 않는 게시판|bo_table"), "board_gone"),
    (re.compile(r"(?:글|게시물)이 존재하지 않|(?:존재하지 않는|삭제된) (?:글|게시물|게시글)|삭제되었거나"), "gone"),
    (re.compile(r"비밀글"), "secret"),
    (re.compile(r"권한|회원|로그인|포인트|레벨|등급|인증|블라인드"), "members_only"),
    (re.compile(r"차단|IP|접근이? ?(?:불가|제한|금지|가능)"), "forbidden"),
)
"""What ``alert()`` in ``bbs/board.php`` and its plugins says, in the order of what tells most."""

_FORBIDDEN: Final = 403
_SIX = re.compile(rb"\bg6_bbs_url\s*=")
"""What each page of Gnuboard 6 hands to its scripts, that with an alert too."""

_POST_IDS: Final = ("bo_v", "bo_v_con")
_COMMENTS_IDS: Final = ("bo_vc", "viewcomment", "bo_vc_empty")
_LIST_IDS: Final = ("bo_list", "bo_list_admin", "bo_gall", "bo_webzine")
_EYOOM: Final = "eyoom-form"
"""The class of Eyoom's forms, of which each of its lists has one for searching."""
_EYOOM_LISTS: Final = ("bl-wrap", "table-list-eb", "board-webzine", "board-gallery", "board-list")
"""Classes of Eyoom's lists: its newer and older tables, its webzine and gallery; the last is around them all, with hot
posts above, and around the lists of its other themes."""


class BoardPage(Page):
    """A page with a list or a post, as far as a skin that we know drew it."""

    @property
    def view(self) -> View | None:
        """What the page is; a post page may show the list below the post."""
        if self.first_id(*_POST_IDS) is not None or self.article is not None or self.eyoom is not None or is_post(self):
            return "post"
        return None if self.listing is None else "list"

    @property
    def has_comments(self) -> bool:
        """Whether there are comments, or the place for them."""
        return (
            any(name.startswith(("c_", "save_comment_")) for name in self.ids)
            or self.first_id(*_COMMENTS_IDS) is not None
        )

    @cached_property
    def listing(self) -> Element | None:
        """What holds the board's list: most skins have it in the form that administrators move posts with.

        Eyoom shows that form to administrators alone, and gives its lists no ids; so do skins of one's own.
        """
        form = self.form("fboardlist")
        found = self.first_id(*_LIST_IDS) if form is None else form
        if found is None:
            return self.first_class(*_EYOOM_LISTS) if _EYOOM in self.by_class else own_list(self)
        return found

    @property
    def article(self) -> Element | None:
        """Amina's post, which is marked with schema.org's properties and has no ids."""
        return next((tag for tag in self.named("article") if tag.get("itemprop") == "articleBody"), None)

    @property
    def eyoom(self) -> Element | None:
        """The text of Eyoom's post, whose parts are marked with classes of its own."""
        if self.first_id(*_POST_IDS) is not None or self.article is not None or "board-view-info" not in self.by_class:
            return None
        return self.first_class("board-view-con")


def read(response: Response, view: View | None = None) -> BoardPage:
    """Parse a board's page.

    Args:
        response: what the server answered.
        view: what the page must be; either a list or a post will do where it is ``None``. Further comments are a
            fragment, which themes fetch by script.

    Raises:
        Discarded: the page is a verdict: ``gone``, ``board_gone``, ``secret``, ``members_only`` or ``forbidden``.
        LayoutChanged: the page shows neither a board nor a verdict.
        ParseError: the response is no page at all.
    """
    if response.status == _FORBIDDEN and is_of_six(response):
        raise _refused(BoardPage(response))
    if reason := _status_verdict(response):
        raise Discarded(reason)
    page = BoardPage(response)
    if view == "comments" and page.has_comments:
        return page
    found = page.view
    if found is None:
        raise _verdict(page)
    if not page.is_whole:
        raise ParseError("the page is cut off: what it does not show would be taken for known")
    if view == "post" and found == "list":
        raise LayoutChanged("the page has a list and no post")
    return page


def is_of_six(response: Response) -> bool:
    """Whether a page is one of Gnuboard 6."""
    return bool(_SIX.search(response.body))


def _refused(page: BoardPage) -> Discarded:
    """Why Gnuboard 6 answered 403, which its alerts come with (``AlertException``): by rights, or by address."""
    verdict = _verdict(page)
    return verdict if isinstance(verdict, Discarded) else Discarded("forbidden")


def _status_verdict(response: Response) -> str | None:
    """The reason why a response is not to be read.

    Raises:
        ParseError: the status is none that a board's page comes with.
    """
    path = urlsplit(response.url).path
    reasons = [reason for script, reason in _SCRIPT_VERDICTS.items() if path.endswith(script)]
    if reasons or response.status in STATUS_VERDICTS:
        return STATUS_VERDICTS.get(response.status) or reasons[0]
    if response.status != 200:  # noqa: PLR2004 - HTTP's OK
        raise ParseError(f"status {response.status} is no board's page")
    return None


def _verdict(page: BoardPage) -> Discarded | ParseError:
    for name, reason in _FORM_VERDICTS.items():
        if page.form(name) is not None:
            return Discarded(reason)
    message = _alert(page)
    if not message:
        return LayoutChanged("the page has neither a Gnuboard list or post nor an alert")
    for pattern, reason in _ALERT_VERDICTS:
        if pattern.search(message):
            return Discarded(reason)
    return ParseError(f"an alert that says nothing we know: {message[:100]}")


def _alert(page: BoardPage) -> str:
    """What ``bbs/alert.php`` tells: beside the script it repeats the message for readers without scripts.

    A site's own version may be the script alone; on a page that has links too, a script's alert says nothing of it.
    """
    if (box := page.ids.get("validation_check")) is not None:
        return text_of(box)
    if next(page.named("a"), None) is not None:
        return ""
    scripts = (_ALERT.search(tag.text or "") for tag in page.named("script"))
    message = next((match["message"] for match in scripts if match), "")
    return _UNICODE_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), message)
