"""The index template, put together from its parts in ``infra/opensearch/``.

``posts.json`` has the index's settings and fields; ``analysis.json`` how text is taken apart; ``text-field.json`` the
sub-fields of a text; ``filter-fields.json`` those of the fields that queries filter by. Other indices that hold posts'
fields are made of the same parts, so that a query means the same there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = ("title", "text")


def posts_template(folder: Path) -> dict[str, Any]:
    """The body of the index template for posts.

    Args:
        folder: ``infra/opensearch/``.
    """
    template = _read(folder, "posts")
    settings, properties = template["template"]["settings"], template["template"]["mappings"]["properties"]
    settings["index"] |= _read(folder, "analysis")["index"]
    for name in TEXTS:
        properties[name] = _read(folder, "text-field")
    for path, field in _read(folder, "filter-fields").items():
        _put(properties, path, field)
    return template


def _put(properties: dict[str, Any], path: str, field: dict[str, Any]) -> None:
    *parents, name = path.split(".")
    for parent in parents:
        properties = properties[parent]["properties"]
    properties[name] = field


def _read(folder: Path, name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return body
