"""Writing projections: documents that are made of tables, each with the version of what it was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.engine import answering
from socialindex.errors import Unavailable
from socialindex.groups import groups
from socialindex.opensearch import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opensearchpy import OpenSearch

_BULK: Final = 1_000
"""Documents of one request: some hundred bytes each."""
_NEWER_IS_THERE: Final = 409


class Projected(NamedTuple):
    """A document on its way into the engine."""

    home: str
    """The index."""
    id: str
    version: int
    """Of what it was made of: an older one never follows a newer one."""
    document: dict[str, Any]


def write(engine: OpenSearch, documents: Iterable[Projected]) -> int:
    """Write documents; how many were on the way. Written twice, they are there once.

    Raises:
        Unavailable: the engine does not take one of them now, or has no template for their index: made without one, it
            would have other fields for good.
    """
    checked, written = set[str](), 0
    for group in groups(documents, _BULK):  # never all at once: there may be a year of alerts
        for family in {each.home.partition("-")[0] for each in group} - checked:
            _check(engine, family)
            checked.add(family)
        _write(engine, group)
        written += len(group)
    return written


def _check(engine: OpenSearch, family: str) -> None:
    try:
        with answering():
            engine.indices.get_index_template(name=family, params={"filter_path": "index_templates.name"})
    except NotFoundError as error:
        raise Unavailable(f"the engine has no template {family}: run setup") from error


def _write(engine: OpenSearch, documents: list[Projected]) -> None:
    lines: list[dict[str, Any]] = []
    for home, name, version, document in documents:
        fenced = {"_index": home, "_id": name, "version": version, "version_type": "external_gte"}
        lines += [{"index": fenced}, document]
    with answering():
        items = engine.bulk(body=lines)["items"]
    for item in (item["index"] for item in items):
        if "error" in item and item["status"] != _NEWER_IS_THERE:
            raise Unavailable(f"the engine did not take {item['_index']}: {str(item['error'])[:300]}")
