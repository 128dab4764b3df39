"""A board's document page, without its comments."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from socialindex.errors import LayoutChanged
from socialindex.model import Author, Draft, Media, Metrics
from socialindex.sources._families.boards.dates import any_date, full_date
from socialindex.sources._families.boards.figures import NUMBER, number_in
from socialindex.sources._families.boards.markup import attribute, classes, elements, markup_of, text_of, with_class
from socialindex.sources._families.boards.names import Name
from socialindex.text import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from socialindex.sources._kboard.addresses import Board
    from socialindex.sources._kboard.pages import BoardPage

_NUMBER = re.compile(f"({NUMBER})")
_UID = re.compile(r"[1-9][0-9]{0,17}")
_CURRENT = re.compile(r"kboard_current\s?=\s?\{[^{}]{0,200}\"content_uid\":\"?([1-9][0-9]{0,17})\b")
_QUARTER: Final = timedelta(minutes=15)
"""What all zones' distances from UTC are made of."""
_SEOUL: Final = timedelta(hours=9)
_WIDEST: Final = timedelta(hours=24)
_MOST_ATTACHED: Final = 100


def post(page: BoardPage, board: Board, number: int, told: Mapping[str, str]) -> Draft:
    """The document that a page shows.

    Args:
        page: the page.
        board: with ``number`` the document's identity.
        number: the document's number.
        told: what the list told of it, and its own page does not: the document that it ``answers``, the first of the
            ``thread``.

    Raises:
        LayoutChanged: the title or the text is not where we look, or they are another document's.
    """
    if page.text is None or _shown(page) not in {None, number}:
        raise LayoutChanged(f"the page has no text of document {number}")
    title, uri = _title(page), board.post_uri(number)
    read = html_to_text(markup_of(page.text), base_url=page.url)
    return Draft(
        uri=uri,
        title=title,
        text=read.text or None,
        author=author_named(_detail(page, "detail-writer") or _pictured(page)),
        published_at=_published_at(page),
        in_reply_to=told.get("answers", told.get("thread")),
        thread=told.get("thread", uri),
        links=read.links,
        media=[*(Media(kind="image", url=url, description=alt) for url, alt in read.images), *_files(page)],
        metrics=_metrics(page),
    )


def number_of(page: BoardPage) -> int:
    """The number of the document that a page shows: its buttons' and its comments', or what scripts are told.

    Raises:
        LayoutChanged: nothing on the page tells it.
    """
    number = _shown(page)
    if number is None:
        scripts = (_CURRENT.search(tag.text or "") for tag in page.named("script"))
        number = next((int(match[1]) for match in scripts if match), None)
    if number is None:
        raise LayoutChanged("the page does not tell the document's number")
    return number


def author_named(written: str) -> Author | None:
    """Who wrote something. A name is all that KBoard shows: members have no pages, and anybody can take their names."""
    name = Name.of(written)
    return Author(name=name.shown) if name.shown else None


def ahead(page: BoardPage) -> timedelta:
    """What is to be added to a date that the page shows, once it is read as Seoul's.

    The head has the document's date as a moment, where the site is set to a zone (``timezone_string``); where it is set
    to hours from UTC, KBoard takes its clock for UTC's. That the head repeats the clock says so, of a plugin that is
    used in Korea almost alone.
    """
    shown, told = full_date(_detail(page, "detail-date")), _told_at(page)
    if shown is None or told is None:
        return timedelta()
    between = _minute(told) - shown
    is_zone = not between % _QUARTER and abs(between) <= _WIDEST
    return between if is_zone and between != _SEOUL else timedelta()


def moved(moment: datetime, ahead: timedelta) -> datetime | None:
    """A date that is read as Seoul's, as the moment that it is."""
    try:
        return moment + ahead
    except OverflowError:
        return None


def _published_at(page: BoardPage) -> datetime | None:
    shown, told = any_date(_detail(page, "detail-date"), page.received_at), _told_at(page)
    if shown is None:
        return told
    moment = moved(shown, ahead(page))
    return told if told is not None and _minute(told) == moment else moment


def _told_at(page: BoardPage) -> datetime | None:
    try:
        told = datetime.fromisoformat(page.meta("article:published_time"))
        return None if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _shown(page: BoardPage) -> int | None:
    """The number of the document that buttons and comments are of; skins may have neither."""
    button = page.first_class("kboard-button-like")
    number = "" if button is None else attribute(button, "data-uid")
    return int(number) if _UID.fullmatch(number) else None


def _title(page: BoardPage) -> str:
    if title := page.title_shown or page.meta("og:title"):
        return title
    raise LayoutChanged("the document has no title")


def _detail(page: BoardPage, name: str) -> str:
    """What stands beside a label above the text."""
    line = page.first_class(name)
    value = None if line is None else with_class(line, "detail-value")
    return "" if value is None else text_of(value)


def _pictured(page: BoardPage) -> str:
    """The author's name by a picture: the skin ``avatar`` of the first years has that alone of members."""
    line = page.first_class("detail-writer")
    picture = None if line is None else next(line.iter("img"), None)
    return "" if picture is None else " ".join(attribute(picture, "alt").split())


def _metrics(page: BoardPage) -> Metrics | None:
    likes, replies = (page.first_class(f"{name}-count") for name in ("kboard-document-like", "comments-total"))
    numbers = {
        "likes": None if likes is None else number_in(_NUMBER, text_of(likes)),
        "replies": None if replies is None else number_in(_NUMBER, text_of(replies)),
        "views": number_in(_NUMBER, _detail(page, "detail-view")),
    }
    found = {name: number for name, number in numbers.items() if number is not None}
    return Metrics(**found, read_at=page.received_at) if found else None


def _files(page: BoardPage) -> Iterator[Media]:
    """첨부파일: names only, for an address to download one holds a number that is good for a day."""
    tags = page.tags if "kboard-attach" in page.by_class else ()
    places = (tag for tag in tags if "kboard-attach" in classes(tag))
    links = (tag for place in islice(places, _MOST_ATTACHED) for tag in elements(place) if tag.tag in {"a", "button"})
    names = (text_of(link) for link in islice(links, _MOST_ATTACHED))
    return (Media(kind="file", description=name) for name in names if name)
