"""Where to see what there is, for whoever named something that there is not."""

from __future__ import annotations

import re
from typing import Final

_LAST: Final = re.compile(r".*/([a-z]+)/\{")
"""What a route's last parameter is one of: ``exports`` of ``DELETE /v1/workspaces/{id}/exports/{export}``."""

OF_WORKSPACES: Final = ("exports", "imports", "topics", "alerts", "destinations")
OF_ALL: Final = ("organizations", "workspaces", "members", "keys", "channels")
LISTS: Final[dict[str, tuple[str, str]]] = {
    **{name: (f"/v1/workspaces/{{id}}/{name}", f"{name} list") for name in OF_WORKSPACES},
    **{name: (f"/v1/{name}", f"{name} list") for name in OF_ALL},
    "posts": ("/v1/posts", "search"),
    "authors": ("/v1/authors", "authors"),
    "mentions": ("/v1/topics/{topic}/mentions", "mentions"),
    "deliveries": ("/v1/workspaces/{id}/deliveries", "destinations log"),
    "networks": ("/v1/networks", ""),
    "dictionary": ("/v1/dictionary", "dictionary"),
    "terms": ("/v1/terms", "terms"),
    "removals": ("/v1/removals", "removals"),
}
"""By what paths call it: the path whose GET lists it, and the command that does, if there is one."""


def remedy_for(of: str, route: str) -> str:
    """Where to see which there are, empty where nothing lists them.

    Args:
        of: what there is none of (``NotFound.of``); empty: what the route's last parameter names.
        route: the request's, such as ``GET /v1/posts/{id}``.
    """
    named = _LAST.match(route)
    known = LISTS.get(of or (named[1] if named else ""))
    if known is None:
        return ""
    path, command = known
    return f"see which there are: GET {path}" + (f", or `socialindex {command}`" if command else "")
