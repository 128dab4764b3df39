"""Charts of parts: bars side by side, shares of a whole, and weeks beside a target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.report.element import Element, element
from socialindex.report.marks import BLUE, INK, ORANGE, SOFT, VOICES, WIDTH, columns, fitted, label, over, picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_ROW: Final = 26
_BAR: Final = 15
_NAMES: Final = 210
_LONGEST: Final = WIDTH - _NAMES - 120
"""Of a bar: behind it stands a number."""
_COLUMN: Final = 6.5
"""Units of a column of text."""
_NAME_COLUMNS: Final = 32
_NARROW: Final = 0.06
"""A share below which its number does not fit into it."""


class Bar(NamedTuple):
    """A row."""

    name: str
    value: float
    shown: str
    """The value in words."""
    part: float | None = None
    """A share of it that is set off, such as the negative ones; None where it is not known."""
    late: bool = False
    """Whether it is beyond the target."""


def bars(rows: Sequence[Bar], alternative: str) -> Element:
    """Rows with bars, the part of each that is set off in another color."""
    most = max((row.value for row in rows), default=0) or 1
    return picture(_ROW * len(rows) + 2, alternative, [list(_bar(place, row, most)) for place, row in enumerate(rows)])


def _bar(place: int, row: Bar, most: float) -> Iterator[Element]:
    y, length = place * _ROW, _LONGEST * row.value / most
    middle = y + _ROW / 2 + 4
    yield label(fitted(row.name, _NAME_COLUMNS), _NAMES - 10, middle, text_anchor="end", fill=INK, font_size=12)
    yield element("rect", x=_NAMES, y=y + 5, width=length, height=_BAR, fill=BLUE, rx=1)
    if row.part:
        yield element("rect", x=_NAMES, y=y + 5, width=length * row.part, height=_BAR, fill=ORANGE, rx=1)
    yield label(row.shown, _NAMES + length + 8, middle, font_size=12)


def shares(lines: Sequence[tuple[str, Sequence[float]]], in_words: Callable[[float], str], alternative: str) -> Element:
    """Lines that are each a whole, in parts of the same order; each part's color is that of ``VOICES``."""
    height = 46
    parts = [list(_whole(place * height, name, values, in_words)) for place, (name, values) in enumerate(lines)]
    return picture(height * len(lines), alternative, parts)


def _whole(y: int, name: str, values: Sequence[float], in_words: Callable[[float], str]) -> Iterator[Element]:
    yield label(name, 0, y + 12, fill=INK)
    x = 0.0
    for value, color in zip(values, VOICES, strict=False):
        width = WIDTH * value
        if width > 1:
            yield element("rect", x=x, y=y + 18, width=width - 1, height=22, fill=color)
        if value >= _NARROW:
            yield label(in_words(value), x + width / 2, y + 33, fill=over(color), font_weight=700, text_anchor="middle")
        x += width


def against(rows: Sequence[Bar], target: float | None, target_name: str, alternative: str) -> Element:
    """Rows with bars beside a target; what is beyond it has another color."""
    most = max([*(row.value for row in rows), target or 0]) or 1
    line = None if target is None else _NAMES + _LONGEST * target / most
    height = _ROW * len(rows)
    found = [list(_timed(place, row, most, line)) for place, row in enumerate(rows)]
    return picture(height + 20, alternative, found, list(_target(line, height, target_name)))


def _timed(place: int, row: Bar, most: float, line: float | None) -> Iterator[Element]:
    y, length = place * _ROW, _LONGEST * row.value / most
    middle = y + _ROW / 2 + 4
    yield label(fitted(row.name, _NAME_COLUMNS), _NAMES - 10, middle, text_anchor="end", fill=INK, font_size=12)
    yield element("rect", x=_NAMES, y=y + 5, width=length, height=_BAR, fill=ORANGE if row.late else BLUE, rx=1)
    yield label(row.shown, _beside(_NAMES + length + 8, columns(row.shown) * _COLUMN, line), middle, font_size=12)


def _beside(start: float, width: float, line: float | None) -> float:
    """Where a label stands so that the line does not cross it."""
    crosses = line is not None and start - 4 < line < start + width
    return line + 8 if crosses and line is not None else start


def _target(line: float | None, height: float, name: str) -> Iterator[Element]:
    if line is not None:
        yield element(
            "line", x1=line, x2=line, y1=0, y2=height + 4, stroke=INK, stroke_width=1.5, stroke_dasharray="4 3"
        )
        yield label(name, line, height + 16, text_anchor="middle", fill=INK)


def key(color: str) -> Element:
    """A piece of a legend."""
    return element(
        "svg", element("rect", width=10, height=10, fill=color), viewBox="0 0 10 10", class_="key", aria_hidden="true"
    )


def line_key() -> Element:
    """The same for a line."""
    stroke = element("line", x1=0, x2=18, y1=5, y2=5, stroke=SOFT, stroke_width=2, stroke_dasharray="5 3")
    return element("svg", stroke, viewBox="0 0 18 10", class_="key wide", aria_hidden="true")


def mark_key() -> Element:
    """The same for a triangle."""
    mark = element("path", d="M5 9l-4 -8h8z", fill=INK)
    return element("svg", mark, viewBox="0 0 10 10", class_="key", aria_hidden="true")
