"""Indices beside the families: what dashboards show of tables. They have no generations, since nothing is analyzed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from socialindex.alert.projection import ALIAS as ALERTS
from socialindex.alert.projection import INDEX as ALERTS_INDEX
from socialindex.engine import answering
from socialindex.setup.indices import make
from socialindex.watch.projection import ALIAS as OPERATIONS
from socialindex.watch.projection import index_of

if TYPE_CHECKING:
    from pathlib import Path

    from opensearchpy import OpenSearch

PROJECTIONS: Final = (ALERTS, OPERATIONS)


def put_projections(engine: OpenSearch, folder: Path) -> list[str]:
    """Put their templates, and indices to begin with, since a dashboard without an index shows errors; their names.

    Args:
        engine: where to.
        folder: ``infra/opensearch/``.

    Raises:
        Unavailable: the engine does not answer.
    """
    for name in PROJECTIONS:
        template = projection(folder, name)
        fields = {"properties": template["template"]["mappings"]["properties"]}
        with answering():
            engine.indices.put_index_template(name=name, body=template)
            engine.indices.put_mapping(index=f"{name}-*", body=fields, params={"allow_no_indices": "true"})
    for index in (ALERTS_INDEX, index_of(datetime.now(tz=UTC))):
        make(engine, index)
    return [*PROJECTIONS]


def projection(folder: Path, name: str) -> dict[str, Any]:
    """The body of a projection's index template."""
    body: dict[str, Any] = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return body
