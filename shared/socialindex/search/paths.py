"""Which route a request takes.

The gateway hands every request to the search function by its ``$default`` route, and some families of paths to other
functions by greedy ones: a route of its own each would also be a permission each in the function's policy, which may
have 20 KB and so about fifty of them (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.search.http import HttpRequest

DEFAULT = "$default"
"""The gateway's name for the route that takes what no other does."""
_ANY = "ANY "
"""How its routes begin that take every method: what they are for, the function finds out."""

_Pattern = tuple[str, ...]


class Paths:
    """The routes of an API, by method and path.

    Args:
        routes: names such as ``GET /v1/posts/{id}``. A literal part comes before a parameter.
    """

    def __init__(self, routes: Iterable[str]) -> None:
        self._patterns: dict[tuple[str, int], list[_Pattern]] = {}
        for name in routes:
            method, _, path = name.partition(" ")
            parts = tuple(path.split("/"))
            self._patterns.setdefault((method, len(parts)), []).append(parts)
        for patterns in self._patterns.values():
            patterns.sort(key=lambda parts: [part.startswith("{") for part in parts])

    def placed(self, request: HttpRequest) -> HttpRequest:
        """The request with its route and the values of the path's parameters, where the gateway has not matched it.

        A path that is none of ours keeps the gateway's.
        """
        if request.route != DEFAULT and not request.route.startswith(_ANY):
            return request
        # The gateway has decoded the path, so that an escaped slash parts it like any other.
        http = request.raw["requestContext"]["http"]
        method, parts = http["method"], tuple(request.raw["rawPath"].split("/"))
        for pattern in self._patterns.get((method, len(parts)), ()):
            values = _values(pattern, parts)
            if values is not None:
                return request._replace(route=f"{method} {'/'.join(pattern)}", path=values)
        return request


def _values(pattern: _Pattern, parts: _Pattern) -> dict[str, str] | None:
    """The parameters that make the pattern fit; None where it does not."""
    values = {}
    for wanted, part in zip(pattern, parts, strict=True):
        if wanted.startswith("{") and part:
            values[wanted.strip("{}")] = part
        elif wanted != part:
            return None
    return values
