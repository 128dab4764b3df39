"""Vega specifications with the engine's answers in them, drawn by the real libraries.

OpenSearch Dashboards does the same (``vis_type_vega/public/data_model``): an answer takes the place of the URL, and
the drawing fills its panel.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, Final

import vl_convert

from infra.dashboards.asking import drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.dashboards.asking import Asked, Context

Spec = dict[str, Any]

VEGA_LITE: Final = "5.8"
"""The oldest that the library has; OpenSearch Dashboards 2.x has 5.6."""
COLUMN: Final = 25
"""Pixels of a column on a screen 1,200 wide; there are 48."""
ROW: Final = 20
"""Pixels of a row (``DASHBOARD_GRID_HEIGHT``)."""
_FRAME: Final = 45
"""Pixels that a panel's frame and title take."""


def filled(specification: Spec, context: Context, search: Callable[[Asked], dict[str, Any]]) -> Spec:
    """A specification with answers in it.

    Args:
        specification: as it is saved.
        context: of the dashboard.
        search: asks the engine.
    """
    found = copy.deepcopy(specification)
    for data, question in drawn(found, context):
        data["values"] = search(question)
        del data["url"]
    return found


def sized(specification: Spec, columns: int, rows: int) -> Spec:
    """A specification that fills a panel."""
    size = {"width": columns * COLUMN - 20, "height": rows * ROW - _FRAME}
    return {**specification, **size, "autosize": {"type": "fit", "contains": "padding"}}


def compiled(specification: Spec) -> Spec:
    """A specification for Vega, whichever of the two languages it is in.

    Raises:
        ValueError: it is none.
    """
    if "vega-lite" not in specification["$schema"]:
        return specification
    found: Spec = vl_convert.vegalite_to_vega(specification, vl_version=VEGA_LITE)
    return found


def marks(specification: Spec) -> Iterator[Spec]:
    """What is drawn: every mark that shows data, as Vega places it; axes and legends are none.

    Raises:
        ValueError: Vega cannot draw it.
    """
    scene: Spec = vl_convert.vega_to_scenegraph(specification)
    yield from _marks(scene["scenegraph"])


def _marks(item: Spec) -> Iterator[Spec]:
    for each in item.get("items", []):
        if each.get("role") in {"axis", "legend", "title"}:
            continue
        if each.get("marktype") not in {None, "group"}:
            yield from each.get("items", [])
        else:
            yield from _marks(each)


def picture(specification: Spec) -> bytes:
    """A PNG, twice as fine as the screen."""
    found: bytes = vl_convert.vega_to_png(json.dumps(specification), scale=1.5)
    return found
