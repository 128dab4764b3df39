"""Vega and Vega-Lite specifications in a language: placeholders become words, colors and names.

A string that begins with ``@`` is one: ``@okabe-ito`` the palette, ``@color:blue`` one of it, every other one a word of
the panel's. The parameter ``names`` has the names of topics by id; the importer fills it in.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from infra.dashboards import palette
from infra.dashboards.source import specification

if TYPE_CHECKING:
    from infra.dashboards.source import Language, Panel

NAMES: Final = "names"
"""The parameter or signal that has the names of topics."""


def drawing(panel: Panel, language: Language) -> dict[str, Any]:
    """A panel's specification.

    Raises:
        KeyError: a placeholder has no word.
    """
    words = {name: given.in_(language) for name, given in panel.words.items()}
    found: dict[str, Any] = _filled(specification(panel.vega), words)
    return found


def state(panel: Panel, language: Language) -> dict[str, Any]:
    """The state of a visualization that is drawn by Vega."""
    spec = json.dumps(drawing(panel, language), ensure_ascii=False, indent=2)
    return {"title": panel.title.in_(language), "type": "vega", "params": {"spec": spec}, "aggs": []}


def _filled(given: Any, words: dict[str, str]) -> Any:  # noqa: ANN401 - JSON is anything
    match given:
        case dict():
            return {name: _filled(value, words) for name, value in given.items()}
        case list():
            return [_filled(value, words) for value in given]
        case str() if given.startswith("@"):
            return _placeholder(given[1:], words)
    return given


def _placeholder(name: str, words: dict[str, str]) -> str | list[str]:
    if name == "okabe-ito":
        return list(palette.CATEGORIES)
    kind, _, color = name.partition(":")
    return palette.NAMES[color] if kind == "color" else words[name]
