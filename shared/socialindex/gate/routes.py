"""Which requests pass: what dashboards, Discover, visualizations and Vega ask of OpenSearch Dashboards 3.

After its source (``src/core/server``, ``src/plugins/{data,saved_objects_management,index_pattern_management}/server``,
and ``server`` of ``security-dashboards-plugin``). All else is refused: the console, SQL and PPL, timelines, the time
series visual builder, reports, what is newer than this.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl, quote, unquote

from socialindex.errors import Forbidden, InvalidInput
from socialindex.gate import searches

if TYPE_CHECKING:
    from collections.abc import Callable

    Judge = Callable[[Any], None]

BASE: Final = "/_dashboards"
"""Where Amazon OpenSearch Service has Dashboards."""
_SAFE: Final = "/:@!$&'()*+,;=~"
"""What need not be encoded in a path (RFC 3986, section 3.3), beside letters, digits and ``-._``."""
_ODD: Final = re.compile(r"[%\\\x00-\x1f\x7f\ud800-\udfff]|//|/\.{1,2}(/|$)")
"""What servers read in different ways: what is encoded twice, backslashes, dots, nothing between slashes, half
characters."""
_QUERY: Final = re.compile(r'[!"$-\[\]-~]{0,8000}')
"""Visible ASCII, without ``#``, since what follows that is no part of it, and without backslashes."""

_ENGINES: Final = frozenset({"data_source", "dataSourceId"})
"""Parameters that have Dashboards ask another engine, where it has data sources (``data_source.enabled``)."""
_HERE: Final = re.compile(r"/(?![/\\])[^\x00-\x1f]*")
"""A path, and no other site: browsers leave tabs out, and take backslashes for slashes."""
_OBJECTS: Final = "/api/saved_objects"
_MANAGED: Final = "/api/opensearch-dashboards/management/saved_objects"
_SETTINGS: Final = r"/api/opensearch-dashboards/settings(/[^/]+)?"
_TENANT: Final = "/api/v1/multitenancy/tenant"
_PASSING: Final = {
    "GET": (
        *("/?", "/app(/.*)?", "/goto/[^/]+", "/status"),
        *(r"(/\d+)?/bundles/.+", "/ui/.+", "/node_modules/@osd/ui-framework/dist/.+", "/plugins/[^/]+/assets/.+"),
        *(r"/translations/[^/]+\.json", r"/(bootstrap|bootstrap-anonymous|startup)\.js"),
        *(r"/auth/saml/(login|logout|(captureUrlFragment|redirectUrlFragment)(\.js)?)", "/auth/logout"),
        *("/api/v1/auth/(authinfo|dashboardsinfo|type)", "/api/v1/configuration/(account|restapiinfo)"),
        *("/api/authtype", _TENANT, "/api/v1/multitenancy/info", _SETTINGS, "/api/status", "/api/appconfig"),
        *(f"{_OBJECTS}/_find", f"{_OBJECTS}/[^/_][^/]*/[^/]+"),
        *(f"{_MANAGED}/(_find|_allowed_types)", f"{_MANAGED}/(relationships/)?[^/_][^/]*/[^/]+"),
        "/api/index_patterns/_fields_for_(wildcard|time_pattern)",
        "/internal/index-pattern-management/resolve_index/[^/]+",
    ),
    "POST": (
        *("/_opendistro/_security/saml/acs(/idpinitiated)?", "/auth/logout"),
        *(f"{_OBJECTS}/_(bulk_create|bulk_get|export|import|resolve_import_errors)", f"{_OBJECTS}/[^/_][^/]*(/[^/]+)?"),
        *(f"{_MANAGED}/scroll/(counts|export)", _SETTINGS, _TENANT, "/api/core/capabilities", "/api/shorten_url"),
        *("/api/ui_metric/report", "/api/opensearch-dashboards/dql_opt_in_stats"),
    ),
    "PUT": (f"{_OBJECTS}/_bulk_update", f"{_OBJECTS}/[^/_][^/]*/[^/]+"),
    "DELETE": (f"{_OBJECTS}/[^/_][^/]*/[^/]+", _SETTINGS),
}
_JUDGED: Final[dict[str, Judge]] = {
    "/internal/search/opensearch(-with-long-numerals)?": searches.search,
    "/internal/_msearch": searches.searches,
    f"/api/opensearch-dashboards/suggestions/values/{searches.INDICES.pattern}": searches.suggestions,
}
_REFUSED: Final = (
    "This is not offered here: the console, SQL, timelines, the time series visual builder and reports could show other"
    " clients' documents. Make a visualization, ask in Discover or draw it with Vega; or ask the API."
)


class Way(NamedTuple):
    """What becomes of a request that passes."""

    target: str
    """Path and query, in the one form in which they were judged."""
    judge: Judge | None = None
    """Judges the body's JSON, and raises what speaks against it; ``None`` where any body may pass."""


def way(method: str, path: str, query: str) -> Way:
    """Where a request goes.

    Args:
        method: in capitals.
        path: percent-decoded by the gateway, or not.
        query: as it came, without the question mark.

    Raises:
        Forbidden: it is no request that passes, or leads elsewhere; says what to do.
        InvalidInput: its address can be read in more than one way.
    """
    below = _below(unquote(path))
    if not _QUERY.fullmatch(query):
        raise InvalidInput("This address is malformed.", remedy="Encode it (RFC 3986).")
    if method == "POST" and (judge := _judge(below)):
        if query:
            raise InvalidInput("A search with parameters in its address.", remedy="Put them into its body.")
        return Way(_encoded(below), judge)
    if _leads_elsewhere(query):
        raise Forbidden("This leads elsewhere: other data sources are not offered here, and a login leads to a path.")
    if any(re.fullmatch(pattern, below) for pattern in _PASSING.get("GET" if method == "HEAD" else method, ())):
        return Way(f"{_encoded(below)}?{query}" if query else _encoded(below))
    raise Forbidden(_REFUSED)


def _below(path: str) -> str:
    """The path below ``BASE``."""
    if _ODD.search(path):
        raise InvalidInput("This address can be read in more than one way.", remedy="Use a plain address.")
    if not (path + "/").startswith(BASE + "/"):
        raise Forbidden(_REFUSED)
    return path.removeprefix(BASE)


def _leads_elsewhere(query: str) -> bool:
    """Whether it names another engine; or another site after the login, whose script looks not (``saml/routes.ts``)."""
    given = parse_qsl(query)
    return any(name in _ENGINES or (name == "nextUrl" and not _HERE.fullmatch(value)) for name, value in given)


def _judge(below: str) -> Judge | None:
    return next((judge for pattern, judge in _JUDGED.items() if re.fullmatch(pattern, below)), None)


def _encoded(below: str) -> str:
    return quote(BASE + below, safe=_SAFE)
