"""Orders that pass: by fields. By rank, documents would tell how rare a word is in all documents."""

from __future__ import annotations

from typing import Any, Final

from socialindex.gate.shapes import known, listed, mapping, plain, refuse

_NO_FIELDS: Final = frozenset({"_score", "_script", "_geo_distance", "_shard_doc"})
_PARAMETERS: Final = frozenset({"order", "unmapped_type", "missing", "mode", "numeric_type", "format"})


def ordered(sort: Any) -> None:  # noqa: ANN401 - JSON is anything
    """Pass a ``sort``.

    Raises:
        InvalidInput: it is by something else than fields.
    """
    for each in listed(sort):
        for field, how in ({each: "asc"} if isinstance(each, str) else mapping(each, "A sort")).items():
            if field in _NO_FIELDS:
                refuse(f"A sort by {field!r}", "Sort by a field.")
            for value in ({} if isinstance(how, str) else known(how, _PARAMETERS, "a sort")).values():
                plain(value, "a sort")
