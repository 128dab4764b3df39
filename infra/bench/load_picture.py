"""The load curve as a picture: what becomes of the requests of each rate, and how long answers take."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from socialindex.report.element import Element, element, render
from socialindex.report.marks import BLUE, GRAY, INK, ORANGE, RULE, WIDTH, label, picture, ticks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infra.bench.load_curve import Row

_LEFT: Final = 60
_TOP: Final = 34
_HEIGHT: Final = 150
_GAP: Final = 56
_FOOT: Final = 30
_LEGEND: Final = (("answered", BLUE), ("refused clearly", GRAY), ("anything else", ORANGE))
_NAMESPACE: Final = ' xmlns="http://www.w3.org/2000/svg" font-family="sans-serif"'


def drawn(rows: Sequence[Row]) -> str:
    """An SVG file: above, requests a second by what became of them; below, p95 of the answers in milliseconds."""
    per_second = [_parts(row) for row in rows]
    times = [(0.0 if math.isnan(row.p95) else row.p95 * 1000,) for row in rows]
    below = _TOP + _HEIGHT + _GAP
    svg = picture(
        below + _HEIGHT + _FOOT,
        "What becomes of the requests of each rate, and how long answers take",
        element("rect", x=0, y=0, width=WIDTH, height=float(below + _HEIGHT + _FOOT), fill="#FFFFFF"),
        list(_legend()),
        list(_panel(_TOP, per_second, (BLUE, GRAY, ORANGE))),
        label("p95 of the answers, milliseconds", _LEFT, below - 12, fill=INK),
        list(_panel(below, times, (BLUE,))),
        list(_rates(rows, below + _HEIGHT + 18)),
    )
    return render(svg).replace("<svg", f"<svg{_NAMESPACE}", 1) + "\n"


def _parts(row: Row) -> tuple[float, ...]:
    """Answered, refused, and anything else, in requests a second."""
    sent = row.counts.total()
    unclear = row.counts["unclear"] / sent * row.offered if sent else 0.0
    answered = row.share * row.offered
    return answered, max(0.0, row.offered - answered - unclear), unclear


def _legend() -> Iterator[Element]:
    x = float(_LEFT)
    yield label("requests a second:", x, 16, fill=INK)
    x += 120
    for name, color in _LEGEND:
        yield element("rect", x=x, y=7, width=10, height=10, fill=color)
        yield label(name, x + 15, 16)
        x += 120


def _panel(top: float, columns: Sequence[tuple[float, ...]], colors: Sequence[str]) -> Iterator[Element]:
    numbers = ticks(math.ceil(max((sum(column) for column in columns), default=1)))
    step = (WIDTH - _LEFT) / max(1, len(columns))
    for number in numbers:
        y = top + _HEIGHT * (1 - number / numbers[-1])
        yield element("line", x1=_LEFT, x2=WIDTH, y1=y, y2=y, stroke=INK if number == 0 else RULE, stroke_width=1)
        yield label(f"{number:,}", _LEFT - 6, y + 4, text_anchor="end")
    for place, column in enumerate(columns):
        below = 0.0
        for part, color in zip(column, colors, strict=True):
            y = top + _HEIGHT * (1 - (below + part) / numbers[-1])
            height = _HEIGHT * part / numbers[-1]
            yield element("rect", x=_LEFT + step * (place + 0.2), y=y, width=step * 0.6, height=height, fill=color)
            below += part


def _rates(rows: Sequence[Row], y: float) -> Iterator[Element]:
    step = (WIDTH - _LEFT) / max(1, len(rows))
    for place, row in enumerate(rows):
        yield label(f"{row.offered:g}/s offered", _LEFT + step * (place + 0.5), y, text_anchor="middle")
