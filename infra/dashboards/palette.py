"""Colors that people with any color vision tell apart: the set of Okabe and Ito (https://jfly.uni-koeln.de/color/).

What is red for many is vermillion here, and no meaning hangs on a color alone: every bar and line has its words.
"""

from __future__ import annotations

from typing import Final

BLACK: Final = "#000000"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"
GRAY: Final = "#999999"
"""Beside the set, for what is neither one nor the other."""

CATEGORIES: Final = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION, YELLOW, BLACK)
"""In the order in which they are dealt out; yellow late, since it is faint on white."""
NAMES: Final = {
    "black": BLACK,
    "orange": ORANGE,
    "sky": SKY,
    "green": GREEN,
    "yellow": YELLOW,
    "blue": BLUE,
    "vermillion": VERMILLION,
    "purple": PURPLE,
    "gray": GRAY,
}
