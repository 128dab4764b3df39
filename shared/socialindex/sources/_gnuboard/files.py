"""Files attached to a post (첨부파일)."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from socialindex.model import Media
from socialindex.sources._families.boards.markup import attribute, classes, elements, own_text, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

    from socialindex.sources._gnuboard.pages import BoardPage

_FILE_SIZE = re.compile(r"\s*\([0-9.,]+\s?[A-Za-z]{0,5}\)[^()]*$")
_MOST_ATTACHED: Final = 100
_MOST_AROUND: Final = 5
"""Elements around a link that are looked at: Eyoom has three."""
_SKINS: Final = "view_file_download"
"""The class of the links in all skins that we know; others keep where they lead."""
_DOWNLOAD = re.compile(r"/download\.php\?bo_table=|/board/\w{1,40}/[0-9]{1,18}/download/[0-9]")
"""Where they lead, in Gnuboard 5 and 6."""


def files(page: BoardPage) -> Iterator[Media]:
    """Names only, for downloading costs a session and often points."""
    links = (tag for tag in page.named("a") if _is_download(tag) and not _is_a_comments(tag))
    names = (_file_name(tag) for tag in islice(links, _MOST_ATTACHED))
    return (Media(kind="file", description=name) for name in names if name)


def _is_download(link: Element) -> bool:
    return _SKINS in classes(link) or bool(_DOWNLOAD.search(attribute(link, "href")))


def _file_name(link: Element) -> str:
    """Amina and Nariya print date and count in elements beside the name, Eyoom the name before the link."""
    strong = next((tag for tag in elements(link) if tag.tag == "strong"), None)
    if strong is None and _SKINS not in classes(link):
        return _FILE_SIZE.sub("", text_of(link))
    if strong is None and not own_text(link):
        strong = next(link.itersiblings("strong", preceding=True), None)
    return _FILE_SIZE.sub("", own_text(link)) if strong is None else text_of(strong)


def _is_a_comments(link: Element) -> bool:
    """Whether a file is attached to a comment, as Eyoom allows."""
    return any("comment-file-wrap" in classes(parent) for parent in islice(link.iterancestors(), _MOST_AROUND))
