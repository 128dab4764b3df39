"""Posts and lists of skins that keep none of Gnuboard's ids, as agencies draw them for companies' sites.

What is left there is what Gnuboard itself writes: the post's title in ``<title>``, the script that fits images to the
page, the form for searching, the pager, and where links lead. A post's text stands below its title and the figures
beside that, and above the buttons, the first of which that all skins have leads back to the list.
"""

from __future__ import annotations

import re
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qs

from lxml import etree

from socialindex.sources._families.boards.dates import full_date
from socialindex.sources._families.boards.host import path_on
from socialindex.sources._families.boards.markup import attribute, detach, elements, nodes, own_text, text_of
from socialindex.sources._gnuboard.addresses import BOARD_SCRIPT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lxml.etree import _Element as Element

    from socialindex.sources._families.boards.page import Page
    from socialindex.sources._gnuboard.addresses import Board

_TABLE = re.compile(r"\bg5_bo_table\s*=\s*[\"'](\w{1,40})[\"']")
_VIEW: Final = "viewimageresize"
"""The script of Gnuboard's that pages of posts load, and no others do."""
_NO_POST_TITLE = re.compile(r"(?:^(?:오류안내 페이지|로그인|비밀번호 입력)| \d+ 페이지)(?: \||$)")
"""Of lists and of verdicts: the site's name, which stands behind, may have the mark of a post's title."""
_TITLE_START: Final = 30
"""Characters of a title that are looked for: skins cut what is longer, at their own length."""
_INFO = re.compile(r"작성일|등록일|조회")
_MOST_INFO: Final = 300
"""Characters of what stands beside a title."""
_MOST_AROUND: Final = 8
"""Elements around a title, a form or a pager that are looked at."""
_MOST_BESIDE: Final = 3
_MOST_PIECES: Final = 200
_MOST_LISTS: Final = 50
_MOST_TITLES: Final = 50
_OF_A_LINE: Final = frozenset({"span", "strong", "b", "em", "i", "small", "a", "li", "dt", "dd", "td", "time"})
_NEVER: Final = frozenset({"script", "style", "form", "textarea", "select", "button", "noscript"})
_CAPTION = re.compile(r"(?:본문|내용|본문 ?내용|첨부(?: ?파일)?|파일|(?:관련 ?)?링크|페이지 정보)\s*:?")
"""What stands above or beside a text or a file and is neither."""
_ACTIONS = re.compile(r"/(?:good|nogood|scrap_popin|write|delete|move|password|rss)\.php\?")
_FILES = re.compile(r"/(?:download|link)\.php\?")
_LINES: Final = frozenset({"li", "td", "dd", "p"})
"""What a file or a link (관련링크) has its size, date and downloads in, too."""
_PARTS = re.compile(
    r"bo_v_(?:act|share|sns|file|link|top|bot)|(?:no)?good_button|bo_vc\w{0,10}|c_\d{1,18}|save_comment_\d+"
)
_NEIGHBOR = re.compile(r"이전\s?글|다음\s?글|^(?:prev|next)", re.IGNORECASE)


class Drawn(NamedTuple):
    """A post as a skin of one's own draws it."""

    info: Element | None
    """What has its date, figures or author; ``None`` where there is none of that."""
    parts: list[Element]
    """Its text and attached images."""


def is_post(page: Page) -> bool:
    """Whether a page is a post's, by the title that ``bbs/board.php`` gives it and by its scripts."""
    if " > " not in page.title or _NO_POST_TITLE.search(page.title):
        return False
    return any(_VIEW in attribute(tag, "src") or _VIEW in (tag.text or "") for tag in page.named("script"))


def own_list(page: Page) -> Element | None:
    """What holds the board's list: the form for searching or the pager, and links to posts."""
    scripts = (_TABLE.search(tag.text or "") for tag in page.named("script"))
    table = next((match[1] for match in scripts if match), "")
    form = page.form("fsearch")
    mark = page.first_class("pg_wrap") if form is None else form
    if mark is None or not table:
        return None
    return next((tag for tag in _around(mark) if _leads_to_posts(tag, table)), None)


def drawn(page: Page, board: Board) -> Drawn | None:
    """The parts of a post, ``None`` where they are not found. Takes the title out of the page."""
    title = _title(page)
    if title is None:
        return None
    place = {tag: at for at, tag in enumerate(page.tags)}
    marks = [_line_of(tag) for tag in page.tags if _is_mark(tag, board, page.url)]
    lists = [tag for tag in marks if place[tag] > place[title] and _leads_to_list(tag, board, page.url)]
    box = next((tag for tag in _around(title) if any(_is_in(mark, tag) for mark in lists[:_MOST_LISTS])), None)
    if box is None:
        return None
    info = _info(title, box)
    parts = list(_parts(box, marks, _above((title,) if info is None else (title, info), place)))
    if info is not None and _is_in(title, info):
        detach(title)
    return Drawn(info, parts) if parts else None


def _above(shown: Iterable[Element], place: Mapping[Element, int]) -> set[Element]:
    """All elements of a page from its beginning to the end of the last of some of them."""
    last = max(place[tag] for found in shown for tag in (found, *elements(found)))
    return {tag for tag, at in place.items() if at <= last}


def _around(tag: Element) -> Iterator[Element]:
    return islice(takewhile(lambda parent: parent.tag != "body", tag.iterancestors()), _MOST_AROUND)


def _is_in(tag: Element, holder: Element) -> bool:
    return tag is holder or any(parent is holder for parent in tag.iterancestors())


def _leads_to_posts(container: Element, table: str) -> bool:
    long, short = re.compile(rf"[?&]bo_table={table}&.*?\bwr_id=\d"), re.compile(rf"/{table}/[^/?]")
    return any(long.search(href) or short.search(href) for href in (attribute(a, "href") for a in container.iter("a")))


def _title(page: Page) -> Element | None:
    """The innermost element, no link, that begins with the post's title."""
    start = page.title.rpartition(" > ")[0][:_TITLE_START].strip()
    body = next(page.named("body"), None)
    shown = () if body is None or not start else (tag for tag in elements(body) if tag.tag not in _NEVER)
    found = islice((tag for tag in shown if start in own_text(tag)), _MOST_TITLES)
    return next((tag for tag in found if tag.tag != "a" and next(tag.iterancestors("a"), None) is None), None)


def _info(title: Element, box: Element) -> Element | None:
    """The nearest short element around the title, or behind one around it, with a date or figures beside it.

    What is a part of a line stands for the line.
    """
    for tag in (title, *takewhile(lambda parent: parent is not box, title.iterancestors())):
        found = next((near for near in (tag, *islice(tag.itersiblings(), _MOST_BESIDE)) if _tells(near, title)), None)
        if found is not None:
            line = found.getparent() if found.tag in _OF_A_LINE else None
            is_line = line is not None and line is not box and _tells(line, title)
            return line if is_line else found
    return None


def _tells(tag: Element, title: Element) -> bool:
    pieces = (node for node in nodes(tag, without={title}) if isinstance(node, str))
    text = " ".join(" ".join(islice(pieces, _MOST_PIECES)).split())
    return len(text) <= _MOST_INFO and bool(_INFO.search(text) or full_date(text))


def _is_mark(tag: Element, board: Board, at: str) -> bool:
    """Whether an element is no part of any text: a button of the board's, a file, or what comments are in."""
    if tag.tag != "a":
        return bool(_PARTS.fullmatch(attribute(tag, "id"))) or attribute(tag, "name") == "fviewcomment"
    href = attribute(tag, "href")
    if href in {"", "#"} or href.startswith("javascript:") or _ACTIONS.search(href) or _FILES.search(href):
        return True
    return _leads_to_list(tag, board, at) or _is_neighbor(tag, board, at)


def _line_of(mark: Element) -> Element:
    """The line of a file or link, any other mark itself."""
    line = mark.getparent() if _FILES.search(attribute(mark, "href")) else None
    return mark if line is None or line.tag not in _LINES else line


def _leads_to_list(link: Element, board: Board, at: str) -> bool:
    """Whether an element is a button that leads to the list: in a text, a link to it stands among words."""
    href, around = attribute(link, "href"), link.getparent()
    found = path_on(board.base, href, at) if link.tag == "a" and board.table in href else None
    if found is None or around is None or own_text(around):
        return False
    fields = parse_qs(found.query)
    is_long = found.path == BOARD_SCRIPT and fields.get("bo_table") == [board.table] and "wr_id" not in fields
    return is_long or found.path.rstrip("/") == f"/{board.table}"


def _is_neighbor(link: Element, board: Board, at: str) -> bool:
    """Whether a link leads to the post before or behind, and says so, or what it is in does."""
    if board.address(attribute(link, "href"), at) is None:
        return False
    around = link.getparent()
    return any(_NEIGHBOR.search(text_of(tag, 20)) for tag in (link, around) if tag is not None)


def _parts(box: Element, marks: list[Element], above: set[Element]) -> Iterator[Element]:
    """The largest elements that hold no mark, from the first one that shows something to the next mark."""
    ends = set(marks)
    holders: set[Element] = set()
    for mark in marks:
        for parent in mark.iterancestors():
            if parent in holders:
                break
            holders.add(parent)
    walk, is_begun = etree.iterwalk(box, events=("start",)), False
    for _, tag in walk:
        if tag in above or tag in holders:
            continue
        walk.skip_subtree()
        if tag in ends and is_begun:
            return
        if tag not in ends and tag.tag not in _NEVER and _shows(tag):
            is_begun = True
            yield tag


def _shows(tag: Element) -> bool:
    text = text_of(tag)
    return not _CAPTION.fullmatch(text) if text else next(tag.iter("img", "iframe", "video"), None) is not None
