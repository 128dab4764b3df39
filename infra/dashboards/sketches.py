"""Panels of figures as a picture shows them: OpenSearch Dashboards draws these itself, and is not there.

They are sketches of the engine's real answers, so that a picture shows the whole of a dashboard; what Vega draws beside
them is real.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from infra.dashboards import palette
from infra.dashboards.aggregations import label_of
from infra.dashboards.states import colors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from infra.dashboards.source import Agg, Language, Panel

Answer = dict[str, Any]

_ROWS: Final = 8
_SHORT: Final = 60
_LITE: Final = "https://vega.github.io/schema/vega-lite/v5.json"


class Sketcher:
    """Sketches panels in a language.

    Args:
        language: of the words.
        names: what ids are shown as.
    """

    def __init__(self, language: Language, names: Mapping[str, str]) -> None:
        self._language = language
        self._names = names
        self._ways: dict[str, Callable[[Panel, list[Answer]], str]] = {
            "metric": self._metric,
            "table": self._table,
            "tagcloud": self._cloud,
            "search": self._search,
            "input_control_vis": self._controls,
        }

    def html(self, panel: Panel, answers: list[Answer]) -> str:
        """A panel that is made of words and numbers."""
        return self._ways[panel.draw](panel, answers)

    def chart(self, panel: Panel, answer: Answer) -> dict[str, Any]:
        """A panel of bars, as a Vega-Lite specification."""
        upright = panel.draw == "histogram"
        rows = [dict(zip(("key", "group", "value"), row, strict=True)) for row in self._bars(panel, answer)]
        kind = {"type": "temporal"} if upright else {"type": "nominal", "sort": None}
        place = {"field": "key", "title": None, **kind}
        length = {"field": "value", "type": "quantitative", "title": None, "stack": True}
        known = colors(panel, self._language)
        groups = list(dict.fromkeys(row["group"] for row in rows))
        color = {"domain": groups, "range": [known.get(group, palette.BLUE) for group in groups]}
        legend = {"orient": "top"} if len(groups) > 1 else None
        return {
            "$schema": _LITE,
            "data": {"values": rows},
            "mark": {"type": "bar"},
            "encoding": {
                "x": place if upright else length,
                "y": length if upright else place,
                "color": {"field": "group", "type": "nominal", "title": None, "scale": color, "legend": legend},
            },
            "config": {"view": {"stroke": None}},
        }

    def _bars(self, panel: Panel, answer: Answer) -> Iterator[tuple[Any, str, float]]:
        numbered = list(enumerate(panel.aggs, 1))
        (number, metric), *_ = [pair for pair in numbered if pair[1].as_ == "metric"]
        outer, *inner = [pair for pair in numbered if pair[1].as_ != "metric"]
        for key, bucket in _buckets(answer["aggregations"][str(outer[0])]):
            groups = _buckets(bucket[str(inner[0][0])]) if inner else [(label_of(metric, self._language), bucket)]
            for group, each in groups:
                yield (
                    key if panel.draw == "histogram" else self._word(key),
                    str(group),
                    _value(number, metric, each) or 0,
                )

    def _metric(self, panel: Panel, answers: list[Answer]) -> str:
        (answer,) = answers
        total = {"doc_count": answer["hits"]["total"]["value"], **answer.get("aggregations", {})}
        figures = (
            f"<div><b>{_figure(_value(number, agg, total))}</b>{escape(label_of(agg, self._language))}</div>"
            for number, agg in enumerate(panel.aggs, 1)
        )
        return f"<div class=metric>{''.join(figures)}</div>"

    def _table(self, panel: Panel, answers: list[Answer]) -> str:
        (answer,) = answers
        groups = [(number, agg) for number, agg in enumerate(panel.aggs, 1) if agg.as_ != "metric"]
        metrics = [(number, agg) for number, agg in enumerate(panel.aggs, 1) if agg.as_ == "metric"]
        head = [label_of(agg, self._language) for _, agg in (*groups, *metrics)]
        return _rows(head, self._cells(answer["aggregations"], groups, metrics))

    def _cells(self, inside: Answer, groups: list[Any], metrics: list[Any]) -> Iterator[list[str]]:
        if not groups:
            yield [_figure(_value(number, agg, inside)) for number, agg in metrics]
            return
        (number, _), *further = groups
        for key, bucket in _buckets(inside[str(number)]):
            for row in self._cells(bucket, further, metrics):
                yield [self._word(key), *row]

    def _cloud(self, panel: Panel, answers: list[Answer]) -> str:
        (answer,) = answers
        found = list(_buckets(next(iter(answer["aggregations"].values()))))
        most = max((bucket["doc_count"] for _, bucket in found), default=1)
        least, greatest = panel.fonts
        words = (
            f'<span style="font-size:{least + (greatest - least) * (bucket["doc_count"] / most) ** 0.5:.0f}px">'
            f"{escape(str(key))}</span>"
            for key, bucket in found
        )
        return f"<div class=cloud>{' '.join(words)}</div>"

    def _search(self, panel: Panel, answers: list[Answer]) -> str:
        (answer,) = answers
        columns = [name.format(language=self._language) for name in panel.columns]
        hits = answer["hits"]["hits"][:_ROWS]
        return _rows(columns, ([self._word(_at(hit["_source"], name)) for name in columns] for hit in hits))

    def _controls(self, panel: Panel, answers: list[Answer]) -> str:
        boxes = []
        for control, answer in zip(panel.controls, answers, strict=True):
            values = [self._word(key) for key, _ in _buckets(answer["aggregations"]["termsAgg"])]
            label = escape(control.label.in_(self._language))
            boxes.append(f"<label>{label}<select><option>{escape(', '.join(values))}</select></label>")
        return f"<div class=controls>{''.join(boxes)}</div>"

    def _word(self, value: Any) -> str:  # noqa: ANN401 - JSON is anything
        text = "-" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        return self._names.get(text, text)


def _buckets(figure: Answer) -> list[tuple[Any, Answer]]:
    buckets = figure["buckets"]
    if isinstance(buckets, dict):
        return list(buckets.items())
    return [(bucket["key"], bucket) for bucket in buckets]


def _value(number: int, agg: Agg, inside: Answer) -> Any:  # noqa: ANN401 - JSON is anything
    if agg.agg == "count":
        return inside["doc_count"]
    figure = inside[str(number)]
    if "hits" in figure:
        return _at(figure["hits"]["hits"][0]["_source"], agg.field)
    if "values" in figure:
        return [value for value in figure["values"].values() if value is not None] or None
    return figure.get("value_as_string", figure["value"])


def _at(source: Answer, path: str) -> Any:  # noqa: ANN401 - JSON is anything
    found: Any = source
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _figure(value: Any) -> str:  # noqa: ANN401 - JSON is anything
    if isinstance(value, list):
        return " / ".join(map(_figure, value))
    if isinstance(value, int | float):
        return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:,.2f}"  # noqa: PLR2004 - three digits say enough
    return "-" if value is None else escape(str(value)[:_SHORT])


def _rows(head: list[str], rows: Any) -> str:  # noqa: ANN401 - any rows of cells
    top = "".join(f"<th>{escape(each)}" for each in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell)[:_SHORT])}' for cell in row)}" for row in list(rows)[:_ROWS])
    return f"<table><tr>{top}{body}</table>"
