"""A board's document page, without its comments."""

from __future__ import annotations

import re
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from socialindex.errors import LayoutChanged
from socialindex.model import Draft, Media, Metrics
from socialindex.sources._families.boards.figures import NUMBER, number_in
from socialindex.sources._families.boards.markup import (
    attribute,
    elements,
    markup_of,
    nodes,
    own_text,
    text_of,
    with_class,
)
from socialindex.sources._rhymix.authors import author_in, name_tag, unmarked_author
from socialindex.sources._rhymix.labels import Head, edited_at, figures, votes
from socialindex.text import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element as Element

    from socialindex.sources._rhymix.addresses import Board
    from socialindex.sources._rhymix.pages import BoardPage

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5"})
_FIELDS: Final = ("exOut", "et_vars", "extraVars", "extra_vars")
"""Classes around a board's own fields (확장 변수), which readers see as a part of the text."""
_COUNTS: Final = ("fbHeader", "fdb_tag", "nametag")
"""Classes around the number of comments, above them."""
_FILE = re.compile(r"\bprocFileDownload\b|/files/download/")
_FILE_SIZE = re.compile(r"\s*[(\[][0-9.,]+\s?[KMG]?i?B(?:yte)?s?[^()\[\]]*[)\]]$", re.IGNORECASE)
_MOST_ATTACHED: Final = 100
_NUMBER = re.compile(f"({NUMBER})")


class Frame(NamedTuple):
    """What belongs to a document on its page."""

    text: Element
    heading: Element | None
    holder: Element
    """The element that holds heading and text."""
    fields: list[Element]

    def head(self, name: Element | None = None) -> Head:
        """What stands above the text: dates and figures, and the author's name where it is not left out."""
        others = (part for part in (self.heading, name) if part is not None)
        return Head.of(self.holder, self.text, without=[*self.fields, *others])

    def filled(self) -> list[Element]:
        """The lines of the board's own fields, without the captions that are for screen readers."""
        return [line for field in self.fields for line in field.iter("tr", "dl", "li")]

    def around(self, page: BoardPage) -> list[Element | str]:
        """Elements and text that are neither the document's text nor its comments."""
        return list(nodes(self.holder, without={self.text, *page.comments}))


def document(page: BoardPage, board: Board, number: int, told: Mapping[str, str]) -> Draft:
    """The document that a page shows.

    Args:
        page: the page.
        board: with ``number`` the document's identity.
        number: the document's number.
        told: what the list told of it, and its own page may not: its ``likes``.

    Raises:
        LayoutChanged: the text or the title is not where any skin that we know has it.
    """
    frame = _frame(page, board, number)
    name = name_tag(frame.head().tags)
    head, around, uri = frame.head(name), frame.around(page), board.post_uri(number)
    tags = [node for node in around if not isinstance(node, str)]
    line = " ".join(node for node in around if isinstance(node, str))
    read = html_to_text("".join(map(markup_of, (*frame.filled(), frame.text))), base_url=page.url)
    return Draft(
        uri=uri,
        url=_own_address(page, board, number),
        title=_title(page, board, frame, number),
        text=read.text or None,
        author=unmarked_author(head.tags) if name is None else author_in(name, board),
        published_at=head.written_at(page.received_at),
        edited_at=edited_at(line, page.received_at),
        thread=uri,
        hashtags=list(_tags(tags)),
        links=read.links,
        media=[*(Media(kind="image", url=url, description=alt) for url, alt in read.images), *_files(tags)],
        metrics=_metrics(page, {**_told(told), **_counted(page), **_voted(tags), **figures(head.line)}),
    )


def number_of(page: BoardPage) -> int:
    """The number of the document that a page shows.

    Raises:
        LayoutChanged: the page shows no document.
    """
    if not page.texts:
        raise LayoutChanged("the page does not tell the document's number")
    return page.texts[0].number


def _frame(page: BoardPage, board: Board, number: int) -> Frame:
    text = next((text.element for text in page.texts if text.number == number), None)
    if text is None:
        raise LayoutChanged(f"the page has no text of document {number}")
    heading = _heading(page, board, text, number)
    above = set() if heading is None else set(heading.iterancestors())
    parents = list(text.iterancestors())
    holder = next((parent for parent in parents if parent in above), parents[0])
    fields = (with_class(holder, name) for name in _FIELDS)
    return Frame(text, heading, holder, [field for field in fields if field is not None])


def _heading(page: BoardPage, board: Board, text: Element, number: int) -> Element | None:
    """The last heading above the text that is the title: it links to the document, or ``<title>`` repeats it."""
    titles = (page.title, page.meta("og:title"))
    found = [tag for tag in takewhile(lambda tag: tag is not text, page.tags) if tag.tag in _HEADINGS]
    for tag in reversed(found):
        shown = text_of(tag)
        if shown and (_own_link(tag, page, board, number) is not None or any(shown in title for title in titles)):
            return tag
    return None


def _own_link(heading: Element, page: BoardPage, board: Board, number: int) -> Element | None:
    links = (tag for tag in elements(heading) if tag.tag == "a" and text_of(tag))
    addresses = ((board.address(attribute(tag, "href"), page.url), tag) for tag in links)
    return next((tag for address, tag in addresses if address and address.number == number), None)


def _title(page: BoardPage, board: Board, frame: Frame, number: int) -> str:
    if frame.heading is not None:
        link = _own_link(frame.heading, page, board, number)
        return text_of(frame.heading if link is None else link)
    if title := page.meta("og:title"):
        return title
    raise LayoutChanged("the document has no title")


def _own_address(page: BoardPage, board: Board, number: int) -> str:
    """The address that the site itself prefers."""
    address = board.address(page.canonical, page.url) if page.canonical else None
    return address.url if address and address.number == number else board.document_url(number)


def _told(told: Mapping[str, str]) -> dict[str, int]:
    return {"likes": int(told["likes"])} if "likes" in told else {}


def _counted(page: BoardPage) -> dict[str, int]:
    """The number of comments, which xedition shows above them only."""
    shown = page.first_class(*_COUNTS)
    number = None if shown is None else number_in(_NUMBER, text_of(shown))
    return {} if number is None else {"replies": number}


def _voted(tags: list[Element]) -> dict[str, int]:
    likes = votes(tags, "procDocumentVoteUp")
    return {} if likes is None else {"likes": likes}


def _metrics(page: BoardPage, numbers: Mapping[str, int]) -> Metrics | None:
    return Metrics(**numbers, read_at=page.received_at) if numbers else None


def _tags(tags: list[Element]) -> Iterator[str]:
    links = (tag for tag in tags if tag.tag == "a" and _is_tag(tag))
    return filter(None, (text_of(link).strip("#, ") for link in links))


def _is_tag(link: Element) -> bool:
    if "tag" in attribute(link, "rel").split():
        return True
    href = attribute(link, "href")
    return "search_target=tag" in href and parse_qs(urlsplit(href).query).get("search_target") == ["tag"]


def _files(tags: list[Element]) -> Iterator[Media]:
    """첨부파일: names only, for downloading costs a session and often points."""
    links = (tag for tag in tags if tag.tag == "a" and _FILE.search(attribute(tag, "href")))
    names = (_FILE_SIZE.sub("", own_text(tag) or text_of(tag)) for tag in islice(links, _MOST_ATTACHED))
    return (Media(kind="file", description=name) for name in names if name)
