"""Which route of an HTTP API a request takes.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html: a full match comes before a
greedy one (``{proxy+}``), that before ``$default``; among them a literal part before a parameter, and a named method
before ``ANY``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.local.template.model import Route


class Match(NamedTuple):
    """The route of a request, and its path parameters, decoded."""

    route: Route
    parameters: dict[str, str]


class Routes:
    """The routes of one API."""

    def __init__(self, routes: Iterable[Route]) -> None:
        everything = list(routes)
        self._routes = sorted((one for one in everything if one.path != "$default"), key=_rank)
        self._default = next((one for one in everything if one.path == "$default"), None)

    def match(self, method: str, path: str) -> Match | None:
        """The route for a request; ``path`` is as it was sent (percent-encoded), so that ``%2F`` parts nothing."""
        parts = path.split("/")
        for route in self._routes:
            parameters = _parameters(route.path.split("/"), parts)
            if parameters is not None and route.method in (method, "ANY"):
                return Match(route, parameters)
        return None if self._default is None else Match(self._default, {})


def _rank(route: Route) -> tuple[bool, list[int], bool]:
    parts = [2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in route.path.split("/")]
    return parts[-1] == 2, parts, route.method == "ANY"  # noqa: PLR2004 - greedy


def _parameters(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    """The parameters that make the pattern fit, ``None`` where it does not."""
    if pattern[-1].endswith("+}"):
        parts = [*parts[: len(pattern) - 1], "/".join(parts[len(pattern) - 1 :])]
    if len(pattern) != len(parts):
        return None
    found = {}
    for wanted, part in zip(pattern, parts, strict=True):
        if not wanted.startswith("{"):
            if wanted != part and wanted != unquote(part):
                return None
        elif not part:
            return None
        else:
            found[wanted.strip("{+}")] = unquote(part)
    return found
