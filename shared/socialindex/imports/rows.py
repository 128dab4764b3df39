"""From a row of a client's file to a draft. Pure: the import stage checks rows with it, the adapter reads with it."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from socialindex.errors import InvalidInput
from socialindex.identity import IMPORT_SCHEME
from socialindex.imports.dates import at_time, check_order, check_past, moment_of
from socialindex.imports.plan import CONTENT, Field, Plan
from socialindex.imports.values import count_of, is_absent, language_of, rating_of, url_of
from socialindex.model import MAX_TEXT, MAX_TITLE, Author, Draft, Metrics, Struct
from socialindex.unseen import seen
from socialindex.zones import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

MAX_ID = 500
"""Characters of a given id."""
_SHOWN = 60
"""Characters shown of a value that is wrong."""
_AHEAD = timedelta(hours=1)
"""How far a date may be ahead of the import, as of any other post."""
_TAG = re.compile(r"[^#,;|]+")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d{2,3}")
"""What spreadsheets show of a number of twelve digits or more, and save as CSV: the same for thousands of them."""

Cells = dict[Field, str]
"""A row's mapped cells."""


class Problem(Struct, frozen=True, kw_only=True):
    """What is wrong with a row. ``column`` and ``value`` are absent where the row as a whole is meant."""

    row: int
    """As spreadsheets count: the header is row 1. In NDJSON the line's number."""
    column: str | None = None
    value: str | None = None
    """Shortened."""
    what: str
    remedy: str


class ReadRow(NamedTuple):
    """A draft, or else what keeps the row from becoming one."""

    draft: Draft | None
    problems: list[Problem]
    naive: bool
    """Whether a date named no time zone."""


class RowReader:
    """Reads rows by a plan.

    Args:
        plan: which column is what.
        workspace: whose posts they become.
        until: when the import was confirmed; later dates are mistakes.
        archived: whether the rows were taken already, then also those whose words are cut.

    Raises:
        InvalidInput: the plan's time zone is none.
    """

    def __init__(self, plan: Plan, workspace: str, until: datetime, *, archived: bool = False) -> None:
        self.plan = plan
        self.archived = archived
        self.home = f"{IMPORT_SCHEME}{workspace}/{plan.collection}"
        self.zone = zone_of(plan.timezone, "timezone")
        self.until = until + _AHEAD

    def read(self, number: int, cells: Cells) -> ReadRow:
        """The draft of a row, or all that is wrong with it."""
        row = _Row(self, number, cells)
        draft = row.draft
        return ReadRow(None if row.problems else draft, row.problems, row.naive)


class _Row:
    """One row that is being read."""

    def __init__(self, reader: RowReader, number: int, cells: Cells) -> None:
        self._reader = reader
        self._number = number
        self._cells = cells
        self.problems: list[Problem] = []
        self.naive = False

    @cached_property
    def draft(self) -> Draft:
        title, text = self._words("title"), self._words("text")
        if not (title or text):
            self._wrong(None, InvalidInput("there is no text", remedy="fill the text, or leave the row out"))
        draft = Draft(
            uri="",
            kind=self._reader.plan.kind,
            url=self._value("url", url_of),
            title=title,
            text=text,
            language=self._value("language", language_of) or self._reader.plan.language,
            author=self._author(),
            published_at=self._published_at(),
            edited_at=self._value("edited_at", self._moment),
            hashtags=self._hashtags(),
            metrics=self._metrics(),
            rating=self._value("rating", lambda value: rating_of(value, self._reader.plan.rating_max)),
        )
        return msgspec.structs.replace(draft, uri=self._uri(draft), author=_named(draft.author))

    def _uri(self, draft: Draft) -> str:
        """The identity: the id that the client gave, or what the row says where it gave none."""
        given = self._value("id", _id)
        return f"{self._reader.home}/{given}" if given else f"{self._reader.home}#{_fingerprint(draft)}"

    def _words(self, field: Field) -> str | None:
        words = self._cells.get(field, "").strip()
        if words and field in CONTENT and not self._reader.archived:
            self._check_room(field, words)
        return words or None

    def _check_room(self, field: Field, words: str) -> None:
        """Note what would be cut: half a transcript is not what its owner brought along."""
        room = MAX_TITLE if field == "title" else MAX_TEXT
        if len(words) <= room:
            return
        from socialindex.normalize.finish import clean  # noqa: PLC0415 - it brings lxml; few rows are so long

        length = len(clean(words, len(words)) or "")
        if length > room:
            what = f"this {field} has {length} characters"
            self._wrong(field, InvalidInput(what, remedy=f"use at most {room}, or split the row"))

    def _value(self, field: Field, read: Callable[[str], T | None]) -> T | None:
        """A cell as ``read`` reads it; what it cannot read is noted."""
        text = self._cells.get(field)
        if text is None:
            return None
        try:
            return read(seen(text))
        except InvalidInput as error:
            self._wrong(field, error)
            return None

    def _wrong(self, field: Field | None, error: InvalidInput) -> None:
        problem = Problem(
            row=self._number,
            column=self._reader.plan.mapping.get(field) if field else None,
            value=shortened(self._cells[field]) if field else None,
            what=str(error),
            remedy=error.remedy,
        )
        self.problems.append(problem)

    def _published_at(self) -> datetime | None:
        """The day, or the moment where a column of its own has the time of day."""
        naive = self.naive
        day = self._value("published_at", self._moment)
        time = self._cells.get("published_time")
        if day is None or time is None or is_absent(time):
            return day
        self.naive, written = naive, seen(self._cells["published_at"])  # it may be the time that names the zone
        return self._value("published_time", lambda cell: self._moment(at_time(written, cell)))

    def _moment(self, text: str) -> datetime | None:
        order = self._reader.plan.date_order
        if not (order or self._reader.archived):
            check_order(text)
        read = moment_of(text, self._reader.zone, order)
        if read is None:
            return None
        moment, naive = read
        check_past(text, moment, self._reader.until)
        self.naive |= naive
        return moment

    def _author(self) -> Author | None:
        name, given = self._words("author"), self._value("author_id", _id)
        if not (name or given):
            return None
        # Under the workspace's own name, so that nobody is taken for a person of a public source.
        return Author(name=name, id=f"{self._reader.home}/author/{given}" if given else None)

    def _hashtags(self) -> list[str]:
        tags = _TAG.findall(self._cells.get("tags", ""))
        product = self._cells.get("product", "")
        return ["".join(tag.split()) for tag in [*tags, product] if not is_absent(tag)]

    def _metrics(self) -> Metrics | None:
        likes, replies, views = (self._value(name, count_of) for name in ("likes", "replies", "views"))
        return None if likes is replies is views is None else Metrics(likes=likes, replies=replies, views=views)


def _named(author: Author | None) -> Author | None:
    """An author without a name that says there is none; the identity of a row without an id has it as it stands."""
    if author is None or not (author.name and is_absent(author.name)):
        return author
    return msgspec.structs.replace(author, name=None) if author.id else None


def shortened(value: str) -> str:
    """A value as it is shown to its owner."""
    line = " ".join(value[: 4 * _SHOWN].split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def mapped(plan: Plan, record: Mapping[str, str]) -> Cells:
    """The cells of a record that the plan names; those in which nobody sees anything are left out."""
    cells = ((field, record.get(column, "").strip()) for field, column in plan.mapping.items())
    return {field: cell for field, cell in cells if seen(cell)}


def _id(text: str) -> str | None:
    given = text.strip()
    if is_absent(given):
        return None
    if _ROUNDED.fullmatch(given):
        raise InvalidInput(
            "a spreadsheet has rounded this id, so that others have the same",
            remedy="set the column to a number without decimals before saving it as CSV, or leave it out",
        )
    if len(given) > MAX_ID:
        raise InvalidInput(f"this id has {len(given)} characters", remedy=f"use at most {MAX_ID}")
    return given


def _fingerprint(draft: Draft) -> str:
    """A hash of what a row says. Figures and tags are no part of it: they change while the post stays the same."""
    said = (draft.title, draft.text, draft.url, draft.author, draft.published_at, draft.rating)
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:40]
