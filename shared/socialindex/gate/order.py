"""Orders that pass: by fields. By rank, documents would tell how rare a word is in all documents."""

from __future__ import annotations

from typing import Any, Final

from socialindex.gate.shapes import known, listed, mapping, plain, refuse

_RANK: Final = "_score"
_NO_FIELDS: Final = frozenset({_RANK, "_script", "_geo_distance", "_shard_doc"})
_PARAMETERS: Final = frozenset({"order", "unmapped_type", "missing", "mode", "numeric_type", "format"})
_REMEDY: Final = "Sort by a field."


def ordered(sort: Any, *, ranked: bool = True) -> None:  # noqa: ANN401 - JSON is anything
    """Pass a ``sort``.

    Args:
        sort: one, or several in a list.
        ranked: whether the query ranks documents. Where all match equally, Discover's sort by rank tells nothing.

    Raises:
        InvalidInput: it is by something else than fields; or by nothing, which the engine takes for a sort by rank.
    """
    for each in listed(sort):
        members = {each: "asc"} if isinstance(each, str) else mapping(each, "A sort")
        if not members:
            refuse("A sort by nothing", _REMEDY)
        for field, how in members.items():
            if field in _NO_FIELDS and (ranked or field != _RANK):
                refuse(f"A sort by {field!r}", _REMEDY)
            for value in ({} if isinstance(how, str) else known(how, _PARAMETERS, "a sort")).values():
                plain(value, "a sort")
