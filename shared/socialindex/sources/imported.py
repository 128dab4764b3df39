"""Imported: rows of files that clients bring along. Its channels are imports; nothing is fetched.

A response is a chunk of rows as the import stage archived it, one JSON object a line, and the channel's options are the
plan that the client confirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from socialindex.errors import InvalidInput, ParseError
from socialindex.imports.pack import SOURCE, archived_rows
from socialindex.imports.plan import plan_of
from socialindex.imports.rows import RowReader
from socialindex.sources.base import Adapter, Channel, Follow, Recognized, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from socialindex.model import Draft


class Imported(Adapter):
    """Files that clients bring along."""

    name: ClassVar[str] = SOURCE
    title: ClassVar[str] = "Imported files"
    version: ClassVar[int] = 2
    hostless: ClassVar[Mapping[str, str]] = {"import": ""}
    rank: ClassVar[int] = 99
    gives: ClassVar[tuple[str, ...]] = ("rating", "likes", "replies", "views", "edits")

    def recognize(self, page: Response) -> Recognized | None:
        """No page is an import."""
        del page
        return None

    def start(self, channel: Channel) -> Request:
        """What stands for the file; never sent, since an import is in no table of channels."""
        return Request(url=channel.url, kind="rows")

    def follow(self, channel: Channel, response: Response) -> Follow:
        """Nothing follows from rows."""
        del channel, response
        return Follow()

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """A post per row; of rows with one identity only the newest, by date and then by place, as among chunks.

        Raises:
            ParseError: the channel is no import, or the response has no rows.
        """
        if channel.workspace is None:
            raise ParseError("an import without a workspace: nobody may see it")
        try:
            reader = RowReader(plan_of(channel.options), channel.workspace, response.received_at, archived=True)
        except InvalidInput as error:
            raise ParseError(f"{error}: {error.remedy}") from error
        return _newest(_drafts(reader, response.body))


def _drafts(reader: RowReader, body: bytes) -> Iterable[Draft | ParseError]:
    """The rows' drafts. All of them were readable when they were archived."""
    for row in archived_rows(body):
        read = reader.read(row.row, row.cells)
        yield read.draft or ParseError(f"row {row.row}: {', '.join(problem.what for problem in read.problems)}")


def _newest(items: Iterable[Draft | ParseError]) -> Iterable[Draft | Exception]:
    """The drafts, of those with one identity the newest, and all errors."""
    newest: dict[str, Draft] = {}
    errors: list[Exception] = []
    for item in items:
        if isinstance(item, ParseError):
            errors.append(item)
        elif item.uri not in newest or _version(item) >= _version(newest[item.uri]):
            newest[item.uri] = item
    return [*newest.values(), *errors]


def _version(draft: Draft) -> float:
    """Of a row, as the index has versions: its edit, else its publication."""
    written = draft.edited_at or draft.published_at
    return written.timestamp() if written else 0


ADAPTER = Imported()
