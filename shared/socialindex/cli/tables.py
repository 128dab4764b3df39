"""Tables for terminals of any width: words and numbers stay whole, and nothing is cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.table import Column

_PADDING: Final = 2
_WHOLE: Final = 20
"""Values of up to so many columns of the terminal stay on one line: names, times, figures."""
_TEXT: Final = range(12, 33)
"""What a longer value gets at least: its longest word, within these bounds."""
_UNBOUNDED: Final = 1_000_000


class _Need(NamedTuple):
    """Columns of the terminal."""

    least: int
    whole: int


class FittingTable(Table):
    """A table whose rows become paragraphs, a line for each value, where a terminal is too narrow for it.

    Args:
        headers: of its columns.
        copied: those whose values are given to the next command: they stay on one line however long they are.
    """

    def __init__(self, *headers: str, copied: frozenset[str] = frozenset()) -> None:
        super().__init__(box=None)
        self._copied = copied
        for header in headers:
            self.add_column(header, overflow="fold")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """As a table where that fits, and else row by row."""
        widths = self._widths(console, options)
        if widths is None and self.rows:
            yield from self._paragraphs()
            return
        for column, width in zip(self.columns, widths or [], strict=False):
            column.width = width
        yield from super().__rich_console__(console, options)
        if not self.rows and console.is_terminal:  # to a program each line below the headers is a row
            yield Text(" (none)", style="dim")

    def _widths(self, console: Console, options: ConsoleOptions) -> list[int] | None:
        """What each column gets; ``None`` where one would get less than it needs."""
        needs = [self._need(column, console, options.update(width=_UNBOUNDED)) for column in self.columns]
        rest = options.max_width - sum(need.least + _PADDING for need in needs)
        return None if rest < 0 else _shared(needs, rest)

    def _need(self, column: Column, console: Console, options: ConsoleOptions) -> _Need:
        header = Measurement.get(console, options, column.header)
        cells = [Measurement.get(console, options, cell) for cell in column.cells]
        whole = max((cell.maximum for cell in cells), default=0)
        word = max((cell.minimum for cell in cells), default=0)
        stays = whole <= _WHOLE or column.header in self._copied
        least = whole if stays else min(max(word, _TEXT.start), _TEXT.stop - 1)
        return _Need(max(least, header.minimum), max(whole, header.maximum))

    def _paragraphs(self) -> Iterator[RenderableType]:
        headers = [str(column.header) for column in self.columns]
        for number, row in enumerate(zip(*(column.cells for column in self.columns), strict=True)):
            if number:
                yield Text()
            lines = Table.grid(padding=(0, _PADDING))
            lines.add_column(no_wrap=True, style="dim")
            lines.add_column(overflow="fold")
            for header, cell in zip(headers, row, strict=True):
                if str(cell):
                    lines.add_row(header, cell)
            yield lines


def _shared(needs: list[_Need], rest: int) -> list[int]:
    """What is left for columns that need no more, shared among those that could use it: the most modest first."""
    widths = [need.least for need in needs]
    wanting = sorted(range(len(needs)), key=lambda at: needs[at].whole - needs[at].least)
    for place, at in enumerate(wanting):
        more = min(needs[at].whole - needs[at].least, rest // (len(wanting) - place))
        widths[at] += more
        rest -= more
    return widths
