"""What requests of the engine need: actions on indices, as its security plugin names them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from infra.local.guard.calls import Call

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CLUSTER: Final = "cluster"
"""The resource of what is asked of no index."""
_READ, _WRITE, _ADMIN = "indices:data/read/", "indices:data/write/", "indices:admin/"
_ACTIONS: Final = {
    "POST _search": f"{_READ}search",
    "POST _count": f"{_READ}search",
    "GET _doc": f"{_READ}get",
    "PUT _doc": f"{_WRITE}index",
    "DELETE _doc": f"{_WRITE}delete",
    "POST _delete_by_query": f"{_WRITE}delete/byquery",
    "POST _update_by_query": f"{_WRITE}update/byquery",
    "POST _refresh": f"{_ADMIN}refresh",
    "POST _forcemerge": f"{_ADMIN}forcemerge",
    "GET _alias": f"{_ADMIN}aliases/get",
    "GET _segments": "indices:monitor/segments",
    "DELETE ": f"{_ADMIN}delete",
}
"""By the method and what follows the names of indices in the path."""


def asked(method: str, path: str, body: bytes | str | None = None) -> Iterator[Call]:
    """What a request needs. One that is not known here is none that a role has, but for the administrator's."""
    names, _, rest = unquote(path).strip("/").partition("/")
    match f"{method} {names}":
        case "POST _bulk":
            yield Call(f"{_WRITE}bulk", CLUSTER)
            yield from _written(_lines(body))
        case "POST _msearch":
            yield Call(f"{_READ}msearch", CLUSTER)
            yield from (Call(f"{_READ}search", json.loads(line)["index"]) for line in [*_lines(body)][::2])
        case "POST _analyze":
            yield Call(f"{_ADMIN}analyze", "*")
        case "GET _index_template":
            yield Call(f"{_ADMIN}index_template/get", CLUSTER)
        case _:
            action = _ACTIONS.get(f"{method} {rest.partition('/')[0]}", f"{method}:{path}")
            yield from (Call(action, name) for name in names.split(","))


def _lines(body: bytes | str | None) -> Iterator[bytes]:
    given = body.encode() if isinstance(body, str) else body or b""
    return (line for line in given.split(b"\n") if line)


def _written(lines: Iterable[bytes]) -> Iterator[Call]:
    """What each item of a bulk request needs; behind all but deletions there is a line with the document."""
    left = iter(lines)
    for line in left:
        ((kind, about),) = json.loads(line).items()
        yield Call(f"{_WRITE}{'index' if kind == 'create' else kind}", about["_index"])
        yield Call(f"{_WRITE}bulk[s]", about["_index"])
        if kind != "delete":
            next(left)
