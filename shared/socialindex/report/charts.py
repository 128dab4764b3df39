"""Charts of days: pure functions from numbers to SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.report.element import Element, element
from socialindex.report.marks import (
    BLUE,
    GRAY,
    INK,
    ORANGE,
    PALE,
    RULE,
    SEEN_IN_PART,
    SOFT,
    WIDTH,
    label,
    picture,
    ticks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LEFT: Final = 44
_TOP: Final = 16
_HEIGHT: Final = 200
_FOOT: Final = 24
_EVERY: Final = 5
"""Days between two labels."""


class Column(NamedTuple):
    """A day."""

    label: str
    parts: tuple[int, ...]
    """From the bottom up."""
    before: int | None = None
    """What it is compared with."""
    in_part: bool = False
    """Whether something was not seen."""
    mark: bool = False
    """Whether an alert was raised."""


class _Frame(NamedTuple):
    """Where things are."""

    days: int
    top: int
    """The highest number of the axis."""

    @property
    def step(self) -> float:
        return (WIDTH - _LEFT) / max(self.days, 1)

    def x(self, place: int) -> float:
        return _LEFT + place * self.step

    def y(self, value: float) -> float:
        return _TOP + _HEIGHT * (1 - value / self.top)


def volume(columns: Sequence[Column], alternative: str) -> Element:
    """Mentions by day as columns, the month before as a line, alerts as triangles above."""
    return _by_day(columns, (BLUE,), alternative)


def moods(columns: Sequence[Column], alternative: str) -> Element:
    """Mentions by day and mood: negative at the bottom, where columns can be compared, then positive and the rest."""
    return _by_day(columns, (ORANGE, BLUE, GRAY, PALE), alternative)


def _by_day(columns: Sequence[Column], colors: Sequence[str], alternative: str) -> Element:
    most = max((max(sum(one.parts), one.before or 0) for one in columns), default=0)
    numbers = ticks(most)
    frame = _Frame(len(columns), numbers[-1])
    return picture(
        _TOP + _HEIGHT + _FOOT,
        alternative,
        list(_hidden(frame, columns)),
        list(_axis(frame, numbers)),
        list(_columns(frame, columns, colors)),
        _line(frame, columns),
        list(_below(frame, columns)),
        list(_marks(frame, columns)),
    )


def _hidden(frame: _Frame, columns: Sequence[Column]) -> Iterator[Element]:
    """Days of which something was not seen."""
    for place, column in enumerate(columns):
        if column.in_part:
            yield element(
                "rect", x=frame.x(place), y=float(_TOP), width=frame.step, height=float(_HEIGHT), fill=SEEN_IN_PART
            )


def _axis(frame: _Frame, numbers: Sequence[int]) -> Iterator[Element]:
    for number in numbers:
        y = frame.y(number)
        yield element("line", x1=_LEFT, x2=WIDTH, y1=y, y2=y, stroke=INK if number == 0 else RULE, stroke_width=1)
        yield label(f"{number:,}", _LEFT - 6, y + 4, text_anchor="end")


def _columns(frame: _Frame, columns: Sequence[Column], colors: Sequence[str]) -> Iterator[Element]:
    gap = frame.step * 0.18
    for place, column in enumerate(columns):
        below = 0
        for part, color in zip(column.parts, colors, strict=True):
            if part:
                yield element(
                    "rect",
                    x=frame.x(place) + gap,
                    y=frame.y(below + part),
                    width=frame.step - 2 * gap,
                    height=frame.y(below) - frame.y(below + part),
                    fill=color,
                )
            below += part


def _line(frame: _Frame, columns: Sequence[Column]) -> Element | None:
    points = [
        f"{frame.x(place) + frame.step / 2:.1f},{frame.y(column.before):.1f}"
        for place, column in enumerate(columns)
        if column.before is not None
    ]
    if not points:
        return None
    return element(
        "polyline",
        points=" ".join(points),
        fill="none",
        stroke=SOFT,
        stroke_width=1.8,
        stroke_dasharray="5 3",
        stroke_linejoin="round",
    )


def _below(frame: _Frame, columns: Sequence[Column]) -> Iterator[Element]:
    for place, column in enumerate(columns):
        if place == 0 or (place + 1) % _EVERY == 0:
            x = frame.x(place) + frame.step / 2
            yield label(column.label, x, _TOP + _HEIGHT + 17, text_anchor="middle")


def _marks(frame: _Frame, columns: Sequence[Column]) -> Iterator[Element]:
    for place, column in enumerate(columns):
        if column.mark:
            x, y = frame.x(place) + frame.step / 2, max(frame.y(sum(column.parts)) - 5, 11.0)
            yield element("path", d=f"M{x:.1f} {y:.1f}l-5 -9h10z", fill=INK)
