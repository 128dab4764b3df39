"""What OpenSearch Dashboards reads of a saved object, as its source has it: what comes out is held against these.

- types, attributes and migrations: ``src/plugins/{data,visualizations,discover,dashboard}/server/saved_objects``
- a visualization's state: ``src/plugins/vis_type_{vislib,table,metric,tagcloud,markdown,vega}/public``,
  ``src/plugins/input_control_vis/public/editor_utils.ts``
- aggregations: ``src/plugins/data/common/search/aggs``; field formats: ``src/plugins/data/common/field_formats``

What is in a file and not here is an error: the platform would pass over it without a word.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

Strings = dict[str, str]


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base: nothing that is not named here."""


class Reference(Strict, frozen=True, kw_only=True):
    """A saved object that another one needs."""

    name: str
    type: Literal["index-pattern", "visualization", "search"]
    id: str


class Saved(Strict, frozen=True, kw_only=True, rename="camel"):
    """A line of a file."""

    id: Annotated[str, msgspec.Meta(pattern="^socialindex-[a-z-]+$")]
    type: Literal["index-pattern", "visualization", "search", "dashboard"]
    attributes: dict[str, Any]
    references: list[Reference]
    migration_version: Strings


class Meta(Strict, frozen=True, kw_only=True):
    """``kibanaSavedObjectMeta``: the name has stayed."""

    searchSourceJSON: str  # noqa: N815 - theirs


class IndexPattern(Strict, frozen=True, kw_only=True, rename="camel"):
    """Attributes of an index pattern."""

    title: str
    time_field_name: str
    fields: str
    field_format_map: str


class Field(Strict, frozen=True, kw_only=True, rename="camel"):
    """``FieldSpec`` as it is saved."""

    count: int
    name: str
    type: Literal["string", "number", "date", "boolean", "_source"]
    es_types: list[str]
    scripted: bool
    searchable: bool
    aggregatable: bool
    read_from_doc_values: bool
    sub_type: dict[Literal["multi"], Strings] | msgspec.UnsetType = msgspec.UNSET


class Lookup(Strict, frozen=True, kw_only=True):
    """An entry of ``static_lookup``."""

    key: str
    value: str


class FormatParams(Strict, frozen=True, kw_only=True, rename="camel"):
    """Params of the formats that we use."""

    pattern: str = ""
    type: Literal["a"] = "a"
    label_template: str = ""
    field_length: int = 0
    lookup_entries: list[Lookup] = []
    unknown_key_value: str = ""
    input_format: Literal["milliseconds", "minutes"] = "milliseconds"
    output_format: Literal["humanize", "asMinutes"] = "humanize"
    output_precision: int = 0
    show_suffix: bool = False


class Format(Strict, frozen=True, kw_only=True):
    """``FIELD_FORMAT_IDS``."""

    id: Literal["number", "percent", "url", "truncate", "duration", "static_lookup"]
    params: FormatParams


class Visualization(Strict, frozen=True, kw_only=True):
    """Attributes of a visualization."""

    title: str
    visState: str  # noqa: N815 - theirs
    uiStateJSON: str  # noqa: N815 - theirs
    description: str
    version: Literal[1]
    kibanaSavedObjectMeta: Meta  # noqa: N815 - theirs


class Search(Strict, frozen=True, kw_only=True):
    """Attributes of a saved search."""

    title: str
    description: str
    hits: Literal[0]
    columns: list[str]
    sort: list[tuple[str, Literal["asc", "desc"]]]
    version: Literal[1]
    kibanaSavedObjectMeta: Meta  # noqa: N815 - theirs


class Refresh(Strict, frozen=True, kw_only=True):
    """How often a dashboard asks again: milliseconds."""

    pause: bool
    value: int


class Dashboard(Strict, frozen=True, kw_only=True):
    """Attributes of a dashboard."""

    title: str
    description: str
    hits: Literal[0]
    version: Literal[1]
    panelsJSON: str  # noqa: N815 - theirs
    optionsJSON: str  # noqa: N815 - theirs
    timeRestore: bool  # noqa: N815 - theirs
    timeFrom: str  # noqa: N815 - theirs
    timeTo: str  # noqa: N815 - theirs
    refreshInterval: Refresh  # noqa: N815 - theirs
    kibanaSavedObjectMeta: Meta  # noqa: N815 - theirs


class Grid(Strict, frozen=True, kw_only=True):
    """``GridData``: 48 columns."""

    x: Annotated[int, msgspec.Meta(ge=0)]
    y: Annotated[int, msgspec.Meta(ge=0)]
    w: Annotated[int, msgspec.Meta(ge=1, le=48)]
    h: Annotated[int, msgspec.Meta(ge=1)]
    i: str


class Panel(Strict, frozen=True, kw_only=True, rename="camel"):
    """``RawSavedDashboardPanel730ToLatest`` of ``dashboard/common/bwc/types.ts``."""

    version: str
    panel_index: str
    grid_data: Grid
    embeddable_config: dict[Literal["title"], str]
    panel_ref_name: str


class Options(Strict, frozen=True, kw_only=True, rename="camel"):
    """A dashboard's options."""

    hide_panel_titles: bool
    use_margins: bool


class Query(Strict, frozen=True, kw_only=True):
    """``Query`` of the data plugin."""

    query: str
    language: Literal["lucene", "kuery"]


class FilterMeta(Strict, frozen=True, kw_only=True, rename="camel"):
    """``FilterMeta`` of ``opensearch_query/filters``."""

    alias: None
    negate: bool
    disabled: bool
    type: Literal["exists", "phrase"]
    key: str
    index_ref_name: str
    value: str | msgspec.UnsetType = msgspec.UNSET
    params: dict[Literal["query"], bool] | msgspec.UnsetType = msgspec.UNSET


class Filter(Strict, frozen=True, kw_only=True, rename={"state": "$state"}):
    """A filter."""

    meta: FilterMeta
    query: dict[Literal["exists", "match_phrase"], dict[str, str | bool]]
    state: dict[Literal["store"], Literal["appState"]]


class SearchSource(Strict, frozen=True, kw_only=True, rename="camel"):
    """``SearchSourceFields`` as they are saved."""

    query: Query
    filter: list[Filter]
    index_ref_name: str | msgspec.UnsetType = msgspec.UNSET


class UiState(Strict, frozen=True, kw_only=True):
    """``uiStateJSON``."""

    class Vis(Strict, frozen=True, kw_only=True, rename="camel"):
        """Of a chart."""

        colors: Strings
        legend_open: bool

    vis: Vis | msgspec.UnsetType = msgspec.UNSET
