"""What the parts of a page are made with: the report, its words, and times as the reader's clocks show them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from socialindex.report.beginnings import beginnings
from socialindex.report.element import Child, Element, element

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from socialindex.report.model import MonthReport
    from socialindex.report.month import Month
    from socialindex.report.words import Words


class Sheet(NamedTuple):
    """A report in a language."""

    report: MonthReport
    month: Month
    words: Words

    def when(self, at: datetime) -> str:
        """A moment."""
        return self.words.when(at.astimezone(self.month.zone))

    def day(self, at: datetime) -> str:
        """A day."""
        return self.words.day_name(at.astimezone(self.month.zone).date())

    def places(self, sources: Iterable[str]) -> str:
        """Sources as people call them, each name once."""
        return ", ".join(dict.fromkeys(map(self.words.source, sources)))

    def names(self, sources: Iterable[str]) -> dict[str, str]:
        """Sources as people call them; where two have one name, with what each is in brackets."""
        called = {source: self.words.source(source) for source in sources}
        times = Counter(called.values())
        return {source: f"{name} ({source})" if times[name] > 1 else name for source, name in called.items()}

    @property
    def beginnings(self) -> list[tuple[str, datetime]]:
        """Moments before which mentions are not known, each with the sentence that says why."""
        words, found = self.words, beginnings(self.report.topic.known_since, self.report.coverage)
        sentences = (words.known_since, words.kept_since, words.history_since)
        return [(sentence, at) for sentence, at in zip(sentences, found, strict=True) if at]

    @property
    def is_unknown(self) -> bool:
        """Whether no mention of the month is known, be there any or not."""
        return any(at >= self.report.until for _, at in self.beginnings)


def section(title: str, *parts: Child) -> Element:
    """A sheet of paper."""
    return element("section", element("h2", title), *parts, class_="sheet")


def titled(title: str, *parts: Child) -> Element:
    """A part with its heading."""
    return element("div", element("h3", title), *parts)


def note(text: str) -> Element:
    """A sentence that explains."""
    return element("p", text, class_="soft small")


def figure(chart: Element, *legend: tuple[Element, str]) -> Element:
    """A chart with what its colors mean."""
    keys = [element("span", sign, name) for sign, name in legend]
    return element("figure", element("figcaption", keys, class_="legend") if keys else None, chart)


def table(heads: Sequence[str], rows: Iterable[Sequence[Child]], numbers: Iterable[int] = ()) -> Element:
    """A table.

    Args:
        heads: titles of the columns.
        rows: cells.
        numbers: places of columns that hold numbers.
    """
    right = set(numbers)

    def cells(name: str, row: Sequence[Child]) -> list[Element]:
        scope = "col" if name == "th" else None
        return [
            element(name, cell, class_="number" if place in right else None, scope=scope)
            for place, cell in enumerate(row)
        ]

    body = [element("tr", cells("td", row)) for row in rows]
    made = element("table", element("thead", element("tr", cells("th", heads))), element("tbody", body))
    return element("div", made, class_="table")
