"""The sources as they are read: dashboards of panels, each with its words in every language."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import msgspec

SOURCES: Final = Path(__file__).parent / "sources"
Language = Literal["en", "ko"]
T = TypeVar("T")
LANGUAGES: Final[tuple[Language, ...]] = ("en", "ko")

Draw = Literal[
    "metric", "table", "histogram", "horizontal_bar", "tagcloud", "input_control_vis", "markdown", "vega", "search"
]
"""How a panel is drawn: a type of visualization as OpenSearch Dashboards names it, or a saved search."""
Index = Literal["mentions", "posts", "alerts", "operations"]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same in each language."""

    en: str
    ko: str

    def in_(self, language: Language) -> str:
        """These words in a language."""
        return self.en if language == "en" else self.ko


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the parts that ``filters`` divides documents into."""

    label: Words
    query: str
    """In Lucene's syntax."""
    color: str = ""


class Agg(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"as_": "as"}):
    """An aggregation of a panel."""

    agg: str
    """As the engine calls it; ``median`` is the percentile 50."""
    as_: Literal["metric", "segment", "group", "bucket"] = "metric"
    """What the panel does with it (its schema)."""
    label: Words | None = None
    field: str = ""
    size: int = 10
    by: int = 0
    """Of terms: the number of the metric, from 1, that they are ordered by; 0: by name."""
    up: bool = False
    """Of terms: the least first."""
    percents: list[float] = []
    parts: list[Part] = []
    sort: str = ""
    """Of ``top_hits``: the field that says which document; the greatest first."""
    color: str = ""


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A control that filters all panels by a field's values."""

    index: Index
    field: str
    label: Words
    within: int = 0
    """The number of the control, from 1, whose choice bounds the values of this one; 0: none."""


class Panel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"draw": "type"}):
    """One panel."""

    id: str
    at: tuple[int, int, int, int]
    """Column (of 48), row, columns and rows."""
    draw: Draw
    title: Words
    about: Words
    """What it shows, in a sentence."""
    index: Index | None = None
    aggs: list[Agg] = []
    controls: list[Control] = []
    columns: list[str] = []
    """Of a saved search: its fields; ``{language}`` is that of the dashboard."""
    sort: str = ""
    """Of a saved search: the field by which the greatest come first."""
    query: str = ""
    """In Lucene's syntax: which documents only."""
    text: Words | None = None
    """Of ``markdown``."""
    vega: str = ""
    """The file in ``vega/``."""
    words: dict[str, Words] = {}
    """Of the Vega file, by its placeholders."""
    fonts: tuple[int, int] = (12, 40)
    """Of ``metric`` its one size (the second), of ``tagcloud`` the least and greatest."""


class Dashboard(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """One dashboard."""

    id: str
    title: Words
    about: Words
    since: str
    """The time that it opens with, such as ``now-24h``."""
    refresh_seconds: int
    living: bool
    """Whether it is of mentions: then what is gone or noise is left out of all panels."""
    panel: list[Panel]


class Format(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a field reads: one of the platform's field formats."""

    id: str
    params: dict[str, Any] = {}


class Pattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One index pattern: an alias of the engine."""

    time: str
    """The field that a dashboard's time is held against."""
    about: Words
    formats: dict[str, Format] = {}


def dashboards() -> list[Dashboard]:
    """All dashboards, in the order of their names.

    Raises:
        msgspec.ValidationError: a source says something that nobody reads.
    """
    paths = sorted(SOURCES.glob("*.toml"))
    return [_read(path, Dashboard) for path in paths if path.name != "patterns.toml"]


def patterns() -> dict[str, Pattern]:
    """The index patterns by their indices' alias; raises as ``dashboards``."""
    return _read(SOURCES / "patterns.toml", dict[str, Pattern])


def specification(name: str) -> dict[str, Any]:
    """A Vega file as it is."""
    found: dict[str, Any] = msgspec.json.decode((SOURCES / "vega" / f"{name}.json").read_bytes())
    return found


def _read(path: Path, kind: type[T]) -> T:
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), kind)
