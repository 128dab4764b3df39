"""What a panel of figures is, as OpenSearch Dashboards keeps it: the state of a visualization (``visState``).

Shapes as in its own source: ``src/plugins/vis_type_*/public`` and ``src/plugins/input_control_vis``. ``shapes.py``
holds what comes out against them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from infra.dashboards import palette
from infra.dashboards.aggregations import aggregations, label_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.dashboards.source import Language, Panel

State = dict[str, Any]

LISTED: Final = 1_000
"""Values that a control lists. With ``dynamicOptions`` the platform would list the engine's ten most frequent ones, and
find others by what one types: in the ids that documents have, and not in the names that are shown."""


def state(panel: Panel, language: Language) -> State:
    """The state of a panel that is drawn of figures."""
    params = _PARAMS[panel.draw](panel, language)
    return {
        "title": panel.title.in_(language),
        "type": panel.draw,
        "params": params,
        "aggs": aggregations(panel, language),
    }


def colors(panel: Panel, language: Language) -> dict[str, str]:
    """The colors of what a panel draws, by label: without them the platform deals out its own."""
    parts = {
        part.label.in_(language): palette.NAMES[part.color] for agg in panel.aggs for part in agg.parts if part.color
    }
    given = {label_of(agg, language): palette.NAMES[agg.color] for agg in panel.aggs if agg.color}
    return {**parts, **given}


def _metric(panel: Panel, _language: Language) -> State:
    style = {"bgFill": palette.BLACK, "bgColor": False, "labelColor": False, "subText": "", "fontSize": panel.fonts[1]}
    return {
        "addTooltip": True,
        "addLegend": False,
        "type": "metric",
        "metric": {
            "percentageMode": False,
            "useRanges": False,
            "colorSchema": "Greys",
            "metricColorMode": "None",
            "colorsRange": [{"from": 0, "to": 10_000}],
            "labels": {"show": True},
            "invertColors": False,
            "style": style,
        },
    }


def _table(_panel: Panel, _language: Language) -> State:
    return {
        "perPage": 10,
        "showPartialRows": False,
        "showMetricsAtAllLevels": False,
        "showTotal": False,
        "totalFunc": "sum",
        "percentageCol": "",
    }


def _tagcloud(panel: Panel, _language: Language) -> State:
    least, greatest = panel.fonts
    sizes = {"minFontSize": least, "maxFontSize": greatest}
    return {"scale": "square root", "orientation": "single", **sizes, "showLabel": False}


def _bars(panel: Panel, language: Language) -> State:
    upright = panel.draw == "histogram"
    metrics = [(str(number), agg) for number, agg in enumerate(panel.aggs, 1) if agg.as_ == "metric"]
    grouped = any(agg.as_ == "group" for agg in panel.aggs)
    series = [_series(number, label_of(agg, language)) for number, agg in metrics]
    return {
        "type": "histogram",
        "grid": {"categoryLines": False},
        "categoryAxes": [_category_axis(upright=upright)],
        "valueAxes": [_value_axis(upright=upright)],
        "seriesParams": series,
        "addTooltip": True,
        "addLegend": grouped,
        "legendPosition": "top",
        "times": [],
        "addTimeMarker": False,
        "labels": {"show": False},
        "thresholdLine": {"show": False, "value": 10, "width": 1, "style": "full", "color": palette.VERMILLION},
    }


def _series(number: str, label: str) -> State:
    return {
        "show": True,
        "type": "histogram",
        "mode": "stacked",
        "data": {"label": label, "id": number},
        "valueAxis": "ValueAxis-1",
        "drawLinesBetweenPoints": True,
        "lineWidth": 2,
        "showCircles": True,
    }


def _category_axis(*, upright: bool) -> State:
    return {
        "id": "CategoryAxis-1",
        "type": "category",
        "position": "bottom" if upright else "left",
        "show": True,
        "style": {},
        "scale": {"type": "linear"},
        "labels": {"show": True, "rotate": 0, "filter": upright, "truncate": 100 if upright else 200},
        "title": {},
    }


def _value_axis(*, upright: bool) -> State:
    return {
        "id": "ValueAxis-1",
        "name": "LeftAxis-1" if upright else "BottomAxis-1",
        "type": "value",
        "position": "left" if upright else "bottom",
        "show": True,
        "style": {},
        "scale": {"type": "linear", "mode": "normal"},
        "labels": {"show": True, "rotate": 0, "filter": not upright, "truncate": 100},
        "title": {"text": ""},
    }


def _controls(panel: Panel, language: Language) -> State:
    controls = [
        {
            "id": f"control-{number}",
            "fieldName": control.field,
            "parent": f"control-{control.within}" if control.within else "",
            "label": control.label.in_(language),
            "type": "list",
            "options": {"type": "terms", "multiselect": True, "dynamicOptions": False, "size": LISTED, "order": "desc"},
            "indexPatternRefName": f"control_{number - 1}_index_pattern",
        }
        for number, control in enumerate(panel.controls, 1)
    ]
    return {"controls": controls, "updateFiltersOnChange": True, "useTimeFilter": False, "pinFilters": False}


def _markdown(panel: Panel, language: Language) -> State:
    text = panel.text.in_(language) if panel.text else ""
    return {"fontSize": 12, "openLinksInNewTab": True, "markdown": text}


_PARAMS: Final[dict[str, Callable[[Panel, Language], State]]] = {
    "metric": _metric,
    "table": _table,
    "tagcloud": _tagcloud,
    "histogram": _bars,
    "horizontal_bar": _bars,
    "input_control_vis": _controls,
    "markdown": _markdown,
}
