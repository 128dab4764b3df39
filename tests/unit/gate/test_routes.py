"""Which requests pass, and in which form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.errors import Forbidden, InvalidInput
from socialindex.gate import searches
from socialindex.gate.routes import BASE, way

PASSING = [
    *(("GET", path) for path in ("", "/", "/app/home", "/app/dashboards", "/goto/a1b2", "/status")),
    *(
        ("GET", path)
        for path in ("/7943/bundles/core/core.entry.js", "/bundles/plugin/data/data.plugin.js", "/startup.js")
    ),
    *(("GET", path) for path in ("/ui/logos/opensearch.svg", "/translations/ko-KR.json", "/plugins/a/assets/b.svg")),
    *(("GET", path) for path in ("/auth/saml/login", "/auth/saml/captureUrlFragment.js", "/auth/logout")),
    *(("GET", path) for path in ("/api/v1/configuration/account", "/api/v1/auth/dashboardsinfo", "/api/status")),
    *(("GET", path) for path in ("/api/saved_objects/_find", "/api/saved_objects/index-pattern/socialindex-mentions")),
    *(("GET", path) for path in ("/api/index_patterns/_fields_for_wildcard", "/api/opensearch-dashboards/settings")),
    ("GET", "/internal/index-pattern-management/resolve_index/mentions*"),
    ("GET", "/api/opensearch-dashboards/management/saved_objects/relationships/dashboard/a"),
    ("HEAD", "/app/home"),
    *(("POST", f"/api/saved_objects/_{name}") for name in ("bulk_get", "bulk_create", "import", "export")),
    *(("POST", path) for path in ("/_opendistro/_security/saml/acs", "/_opendistro/_security/saml/acs/idpinitiated")),
    *(("POST", path) for path in ("/api/core/capabilities", "/api/shorten_url", "/api/v1/multitenancy/tenant")),
    *((method, "/api/saved_objects/dashboard/a") for method in ("POST", "PUT", "DELETE")),
    *((method, "/api/opensearch-dashboards/settings/a") for method in ("POST", "DELETE")),
    ("PUT", "/api/saved_objects/_bulk_update"),
]
JUDGED = {
    "/internal/search/opensearch": searches.search,
    "/internal/search/opensearch-with-long-numerals": searches.search,
    "/internal/_msearch": searches.searches,
    "/api/opensearch-dashboards/suggestions/values/mentions,posts": searches.suggestions,
}
REFUSED = [
    *(("POST", f"/api/{name}") for name in ("console/proxy", "metrics/vis/data", "timeline/run", "sql/sqlquery")),
    *(
        ("POST", f"/api/{name}")
        for name in ("ppl/search", "reporting/generateReport", "sample_data/logs", "ism/apiCaller")
    ),
    *(("POST", f"/internal/search/{name}") for name in ("sql", "ppl", "rollup", "opensearch/id", "opensearch/", "")),
    *(
        ("POST", f"/internal/{name}")
        for name in ("search", "_msearch/x", "index-pattern-management/preview_scripted_field")
    ),
    *(("POST", f"/api/v1/configuration/{name}") for name in ("account", "roles/x", "internalusers/x")),
    *(("GET", f"/api/{name}") for name in ("console/api_server", "v1/configuration/roles", "stats", "ism/indices")),
    *(("PUT", "/api/saved_objects/_migrate"), ("DELETE", "/api/saved_objects/dashboard"), ("DELETE", "/app/home")),
    *((method, "/app/home") for method in ("POST", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "")),
    *(
        ("GET", path)
        for path in ("/mentions/_search", "/_search", "/internal/search/opensearch", "/api", "/elasticsearch")
    ),
    ("POST", "/INTERNAL/_msearch"),
    ("POST", "/api/opensearch-dashboards/suggestions/values/other:mentions"),
]
ODD = [
    *(
        f"{BASE}/app/../internal",
        f"{BASE}/app/..",
        f"{BASE}/./app",
        f"{BASE}//app",
        f"{BASE}/app//x",
        "//evil.example/",
    ),
    *(f"{BASE}/app/%2e%2e/x", f"{BASE}/app/%252e%252e/x", f"{BASE}/app/%5cx", f"{BASE}/app/\\x", f"{BASE}/app/%00"),
    *(
        f"{BASE}/app/\ud800",
        f"{BASE}/app/a%0d%0ab",
        f"{BASE}%2f..%2f_search",
        f"{BASE}/app/%25%32%66",
        "http://evil.example/_dashboards/",
    ),
]
OUTSIDE = [
    "",
    "/_search",
    "/_dashboardsx/app/home",
    "/mentions/_search",
    "/_plugins/x",
]


@pytest.mark.parametrize(("method", "path"), PASSING)
def test_what_dashboards_asks_passes_as_it_is(method: str, path: str) -> None:
    assert way(method, BASE + path, "a=b%20c") == (f"{BASE}{path}?a=b%20c", None)


@pytest.mark.parametrize("path", JUDGED)
def test_searches_are_judged(path: str) -> None:
    assert way("POST", BASE + path, "") == (BASE + path, JUDGED[path])


@pytest.mark.parametrize("path", JUDGED)
def test_searches_have_nothing_in_their_address(path: str) -> None:
    with pytest.raises(InvalidInput, match="address"):
        way("POST", BASE + path, "suggest_field=text")


@pytest.mark.parametrize(("method", "path"), REFUSED)
def test_all_else_is_refused_with_what_to_do(method: str, path: str) -> None:
    with pytest.raises(Forbidden, match="Make a visualization"):
        way(method, BASE + path, "")


@pytest.mark.parametrize("path", ODD)
def test_an_address_is_read_in_one_way(path: str) -> None:
    with pytest.raises(InvalidInput, match="more than one way"):
        way("GET", path, "")


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_but_dashboards_is_there(path: str) -> None:
    with pytest.raises(Forbidden):
        way("GET", path, "")


@pytest.mark.parametrize("query", ["a b", "a#b", "a\\b", "a\r\nHost: x", "배터리", "a" * 9_000])
def test_a_malformed_query_is_refused(query: str) -> None:
    with pytest.raises(InvalidInput, match="malformed"):
        way("GET", f"{BASE}/app/home", query)


FIELDS = "/api/index_patterns/_fields_for_wildcard"
AFTER_LOGIN = "/auth/saml/redirectUrlFragment"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        *((FIELDS, query) for query in ("data_source=x", "a=b&dataSourceId=x", "data%5fsource=x")),
        *((FIELDS, query) for query in ("data_source=&data_source=x", "data_source=x&data_source=")),
        *((AFTER_LOGIN, f"nextUrl={url}") for url in ("//evil.example", "%2F%2Fevil.example", "https://evil.example")),
        *((AFTER_LOGIN, f"nextUrl={url}") for url in ("/%09/evil.example", "/%5Cevil.example", "javascript:x", "null")),
        *((AFTER_LOGIN, query) for query in ("nextUrl=//e.example&nextUrl=/", "nextUrl=/&nextUrl=//e.example")),
    ],
)
def test_nothing_leads_elsewhere(path: str, query: str) -> None:
    with pytest.raises(Forbidden, match="elsewhere"):
        way("GET", BASE + path, query)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (FIELDS, "pattern=posts&data_source="),
        (AFTER_LOGIN, "nextUrl=/_dashboards/app/home%3Fa%3Db%20c"),
        ("/auth/saml/captureUrlFragment", "nextUrl=%2F_dashboards%2Fapp%2Fdashboards%3Fa%3D%EB%B0%B0"),
        ("/auth/saml/login", "nextUrl=/&redirectHash=false"),
        ("/app/login", "nextUrl="),
    ],
)
def test_what_leads_here_passes(path: str, query: str) -> None:
    assert way("GET", BASE + path, query).target == f"{BASE}{path}?{query}"


def test_what_needs_it_is_encoded_once() -> None:
    wanted = f"{BASE}/api/saved_objects/search/a%20b%3F%EB%B0%B0"
    for path in (f"{BASE}/api/saved_objects/search/a b?배", wanted):
        assert way("GET", path, "").target == wanted


@given(st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE"]), st.text(), st.text())
def test_whatever_is_asked_stays_within_dashboards(method: str, path: str, query: str) -> None:
    try:
        target = way(method, f"{BASE}/app/{path}", query).target
    except (Forbidden, InvalidInput):
        return
    assert target.startswith(f"{BASE}/app/")
    assert target.isascii()
    assert not set(target) & set(" \r\n\\#")
    assert "/../" not in f"{target.partition('?')[0]}/"
