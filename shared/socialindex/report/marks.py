"""What charts have in common: colors that everybody can tell apart, numbers on axes, and labels that fit."""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING, Final

from socialindex.report.element import Child, Element, element

if TYPE_CHECKING:
    from socialindex.report.element import Value

BLUE: Final = "#0072B2"
ORANGE: Final = "#D55E00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
GRAY: Final = "#C4CBD4"
PALE: Final = "#E8ECF1"
INK: Final = "#1B2330"
SOFT: Final = "#5B6675"
RULE: Final = "#D9DEE5"
SEEN_IN_PART: Final = "#FBF1D8"
VOICES: Final = (BLUE, "#E69F00", GREEN, "#CC79A7", SKY, "#B04A00", "#7A5195", "#8C8C8C", "#B5A33A", "#444F5E")
"""Of Okabe and Ito (Color Universal Design, 2008), then shades that differ in lightness as well."""
_DARK: Final = frozenset({BLUE, "#B04A00", "#7A5195", "#444F5E"})
WIDTH: Final = 720
"""Units across a page."""
_WIDE: Final = frozenset({"W", "F"})


def over(color: str) -> str:
    """The color of text on one of ``VOICES``, 4.5 to 1 at least (WCAG 2.2, 1.4.3)."""
    return "#FFFFFF" if color in _DARK else INK


def picture(height: float, alternative: str, *parts: Child) -> Element:
    """A chart as wide as the page. ``alternative`` says what it shows to whoever does not see it."""
    return element(
        "svg",
        element("title", alternative),
        *parts,
        viewBox=f"0 0 {WIDTH} {height:g}",
        role="img",
        aria_label=alternative,
    )


def label(text: str, x: float, y: float, **more: Value) -> Element:
    """A piece of text in a chart."""
    given: dict[str, Value] = {"font_size": 11, "fill": SOFT, **more}
    return element("text", text, x=float(x), y=float(y), **given)


def ticks(most: float, wanted: int = 4) -> list[int]:
    """Round numbers from 0 to ``most`` or just above it: for counts, so that they are whole."""
    rough = max(most, 1) / wanted
    power = 10 ** math.floor(math.log10(rough))
    step = max(1, round(next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)))
    return list(range(0, math.ceil(max(most, 1) / step) * step + 1, step))


def fitted(text: str, most: int) -> str:
    """Text of so many columns at most, in which a Hangul syllable or a Han character takes two."""
    if columns(text) <= most:
        return text
    kept, used = "", 1
    for letter in text:
        used += columns(letter)
        if used > most:
            break
        kept += letter
    return f"{kept}…"


def columns(text: str) -> int:
    """How wide text is, in columns."""
    return sum(2 if unicodedata.east_asian_width(letter) in _WIDE else 1 for letter in text)
