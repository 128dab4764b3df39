"""The shapes of ``visState``, by type of visualization; see ``shapes.py``."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from infra.dashboards.shapes import Query, Strict


class AggParams(Strict, frozen=True, kw_only=True, rename="camel"):
    """Params that any of our aggregations has (``aggs/buckets``, ``aggs/metrics``)."""

    class Part(Strict, frozen=True, kw_only=True):
        """Of ``filters``."""

        input: Query
        label: str

    field: str = ""
    custom_label: str = ""
    size: int = 0
    order_by: str = ""
    order: Literal["asc", "desc"] = "desc"
    other_bucket: bool = False
    other_bucket_label: str = ""
    missing_bucket: bool = False
    missing_bucket_label: str = ""
    use_normalized_open_search_interval: bool = True
    scale_metric_values: bool = False
    interval: Literal["auto"] = "auto"
    drop_partials: bool = msgspec.field(default=False, name="drop_partials")
    min_doc_count: int = msgspec.field(default=1, name="min_doc_count")
    extended_bounds: dict[str, Any] = msgspec.field(default_factory=dict, name="extended_bounds")
    filters: list[Part] = []
    percents: list[float] = []
    aggregate: Literal["concat"] = "concat"
    sort_field: str = ""
    sort_order: Literal["asc", "desc"] = "desc"


class AggConfig(Strict, frozen=True, kw_only=True):
    """``AggConfigSerialized``."""

    id: str
    enabled: Literal[True]
    type: Literal[
        "count",
        "cardinality",
        "avg",
        "sum",
        "min",
        "max",
        "median",
        "percentiles",
        "top_hits",
        "terms",
        "date_histogram",
        "filters",
    ]
    schema: Literal["metric", "segment", "group", "bucket"]
    params: AggParams


class State(Strict, frozen=True, kw_only=True):
    """``SavedVisState``."""

    title: str
    type: Literal["metric", "table", "histogram", "horizontal_bar", "tagcloud", "input_control_vis", "markdown", "vega"]
    params: dict[str, Any]
    aggs: list[AggConfig]


class Style(Strict, frozen=True, kw_only=True, rename="camel"):
    """``Style`` of the charts plugin, as the metric has it."""

    bg_fill: str
    bg_color: bool
    label_color: bool
    sub_text: str
    font_size: int


class MetricOptions(Strict, frozen=True, kw_only=True, rename="camel"):
    """Of ``MetricVisParam``."""

    class Range(Strict, frozen=True, kw_only=True, rename={"since": "from"}):
        """Of ``colorsRange``."""

        since: int
        to: int

    percentage_mode: bool
    use_ranges: bool
    color_schema: Literal["Greys"]
    metric_color_mode: Literal["None"]
    colors_range: list[Range]
    labels: dict[Literal["show"], bool]
    invert_colors: bool
    style: Style


class Metric(Strict, frozen=True, kw_only=True, rename="camel"):
    """``VisParams`` of ``vis_type_metric``."""

    add_tooltip: bool
    add_legend: bool
    type: Literal["metric"]
    metric: MetricOptions


class Table(Strict, frozen=True, kw_only=True, rename="camel"):
    """``TableVisParams``."""

    per_page: int
    show_partial_rows: bool
    show_metrics_at_all_levels: bool
    show_total: bool
    total_func: Literal["sum", "avg", "min", "max", "count"]
    percentage_col: str


class TagCloud(Strict, frozen=True, kw_only=True, rename="camel"):
    """``TagCloudVisParams``."""

    scale: Literal["linear", "log", "square root"]
    orientation: Literal["single", "right angled", "multiple"]
    min_font_size: int
    max_font_size: int
    show_label: bool


class Labels(Strict, frozen=True, kw_only=True):
    """``Labels`` of the charts plugin."""

    show: bool
    rotate: int = 0
    filter: bool = False
    truncate: int = 100


class Axis(Strict, frozen=True, kw_only=True):
    """``Axis`` and ``ValueAxis`` of ``vis_type_vislib/public/types.ts``."""

    id: Literal["CategoryAxis-1", "ValueAxis-1"]
    type: Literal["category", "value"]
    position: Literal["top", "left", "right", "bottom"]
    show: bool
    style: dict[str, Any]
    scale: dict[Literal["type", "mode"], Literal["linear", "normal"]]
    labels: Labels
    title: dict[Literal["text"], str]
    name: Literal["LeftAxis-1", "BottomAxis-1"] = "LeftAxis-1"


class Series(Strict, frozen=True, kw_only=True, rename="camel"):
    """``SeriesParam``."""

    show: bool
    type: Literal["line", "area", "histogram"]
    mode: Literal["normal", "stacked"]
    data: dict[Literal["label", "id"], str]
    value_axis: Literal["ValueAxis-1"]
    draw_lines_between_points: bool
    line_width: int
    show_circles: bool


class Threshold(Strict, frozen=True, kw_only=True):
    """``ThresholdLine``."""

    show: bool
    value: int
    width: int
    style: Literal["full", "dashed", "dot-dashed"]
    color: str


class Bars(Strict, frozen=True, kw_only=True, rename="camel"):
    """``BasicVislibParams``."""

    type: Literal["histogram"]
    grid: dict[Literal["categoryLines"], bool]
    category_axes: list[Axis]
    value_axes: list[Axis]
    series_params: list[Series]
    add_tooltip: bool
    add_legend: bool
    legend_position: Literal["top", "left", "right", "bottom"]
    times: list[Any]
    add_time_marker: bool
    labels: dict[Literal["show"], bool]
    threshold_line: Threshold


class ControlOptions(Strict, frozen=True, kw_only=True, rename="camel"):
    """``ControlParamsOptions``."""

    type: Literal["terms"]
    multiselect: bool
    dynamic_options: bool
    size: int
    order: Literal["desc"]


class Control(Strict, frozen=True, kw_only=True, rename="camel"):
    """``ControlParams``, with its index pattern as a reference."""

    id: str
    field_name: str
    parent: str
    label: str
    type: Literal["list"]
    options: ControlOptions
    index_pattern_ref_name: str


class Controls(Strict, frozen=True, kw_only=True, rename="camel"):
    """Params of ``input_control_vis``."""

    controls: list[Control]
    update_filters_on_change: bool
    use_time_filter: bool
    pin_filters: bool


class Markdown(Strict, frozen=True, kw_only=True, rename="camel"):
    """``MarkdownVisParams``."""

    font_size: int
    open_links_in_new_tab: bool
    markdown: str


class Vega(Strict, frozen=True, kw_only=True):
    """``VisParams`` of ``vis_type_vega``."""

    spec: str


PARAMS: Final[dict[str, type[Strict]]] = {
    "metric": Metric,
    "table": Table,
    "tagcloud": TagCloud,
    "histogram": Bars,
    "horizontal_bar": Bars,
    "input_control_vis": Controls,
    "markdown": Markdown,
    "vega": Vega,
}
"""By the type of visualization."""
