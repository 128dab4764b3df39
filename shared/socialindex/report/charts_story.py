"""The course of an incident: what happened when, from the first post on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.report.element import Element, element
from socialindex.report.marks import BLUE, GREEN, INK, ORANGE, RULE, SOFT, WIDTH, label, picture

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEIGHT: Final = 132
_LINE: Final = 74
"""Where the line of time is."""
_EDGE: Final = 62


class Step(NamedTuple):
    """Something that happened."""

    kind: str
    """``post``, ``alert``, ``seen``, ``answer``, ``article`` or ``over``."""
    name: str
    at: str
    """When, in words."""
    after: str
    """How long after the first step, in words; empty of the first."""


class Lead(NamedTuple):
    """From one step to another: the time before the press."""

    first: int
    last: int
    """Places of the two steps."""
    text: str


_COLORS: Final = {"post": BLUE, "alert": ORANGE, "article": INK, "answer": GREEN}


def course(steps: Sequence[Step], lead: Lead | None, alternative: str) -> Element:
    """Steps in their order, evenly apart: what takes minutes and what takes days stands on one line."""
    gap = (WIDTH - 2 * _EDGE) / max(len(steps) - 1, 1)
    places = [_EDGE + place * gap for place in range(len(steps))]
    rule = element("line", x1=_EDGE, x2=places[-1], y1=_LINE, y2=_LINE, stroke=RULE, stroke_width=3)
    spans = list(_lead(lead, places)) if lead else None
    return picture(_HEIGHT, alternative, rule, spans, [list(_step(*each)) for each in zip(places, steps, strict=True)])


def _lead(lead: Lead, places: Sequence[float]) -> Iterator[Element]:
    first, last = places[lead.first], places[lead.last]
    yield element("line", x1=first, x2=last, y1=_LINE, y2=_LINE, stroke=BLUE, stroke_width=5)
    yield element("path", d=f"M{first:.1f} 34v-8H{last:.1f}v8", fill="none", stroke=BLUE, stroke_width=1.5)
    yield label(lead.text, (first + last) / 2, 17, text_anchor="middle", fill=BLUE, font_size=15, font_weight=700)


def _step(x: float, step: Step) -> Iterator[Element]:
    color = _COLORS.get(step.kind, SOFT)
    yield element("circle", cx=x, cy=float(_LINE), r=7.0, fill=color, stroke="#FFFFFF", stroke_width=2)
    yield label(step.name, x, _LINE - 17, text_anchor="middle", fill=INK, font_size=12, font_weight=700)
    yield label(step.at, x, _LINE + 26, text_anchor="middle")
    yield label(step.after, x, _LINE + 43, text_anchor="middle", fill=color, font_weight=700)
