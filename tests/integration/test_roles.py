"""Who may what in the engine, tried with the real security plugin, on one node and on two."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.access import Caller, mentions_visible_to, visible_to
from socialindex.errors import Forbidden
from socialindex.gate import aggregations, queries
from socialindex.setup.function_roles import functions
from socialindex.setup.roles import ANALYST, OPERATOR, PSEUDONYMOUS, markers, people
from socialindex.setup.security import keep_audit_log, put_roles
from tests.integration import gate_asking
from tests.integration.gate_through import Visitor, gate
from tests.integration.roles_functions import ARNS, FUNCTION_CASES, FunctionCase
from tests.integration.roles_table import AROUND, SECTIONS, SEEING, printed
from tests.integration.roles_trying import COLUMNS, Row, forbidden, named, outcome, search
from tests.integration.roles_world import AGENCY, WORKSPACES, A, C, fill, is_marker, ours
from tests.integration.secured import REFUSED, Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.secured import Person

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.integration
GROUPS = {
    "agency": (ANALYST, AGENCY),
    "client": (ANALYST, A),
    "pseudonymous": (PSEUDONYMOUS, A),
    "operator": (OPERATOR,),
    "stranger": (A, AGENCY),
}
"""Of each column; a stranger has rooms and is nothing."""
ROWS = [row for rows in SECTIONS.values() for row in rows]
HONEST = [
    row for row in SEEING if row.what.startswith(("search", "an index", "indices", "many searches", "aggregate tags"))
]
THROUGH = [row for row in ROWS if row not in AROUND]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("secured")) as started:
        fill(started, functions(ARNS))
        yield started


def tried(row: Row, cluster: Cluster, node: int) -> dict[str, str]:
    people: dict[str, Person] = {name: cluster.person(name, *groups, node=node) for name, groups in GROUPS.items()}
    return {column: outcome(row.attempt(people[column])) for column in COLUMNS}


@pytest.fixture(scope="module")
def two(cluster: Cluster) -> Cluster:
    """The same with a second node, which has copies of everything by now."""
    cluster.join()
    ready = "/_cluster/health?wait_for_nodes=2&wait_for_status=green&timeout=60s"
    assert cluster.administrator.ask("GET", ready).json()["timed_out"] is False
    return cluster


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_everybody_gets_what_the_table_says(row: Row, cluster: Cluster) -> None:
    assert tried(row, cluster, 0) == {column: row.expected(column) for column in COLUMNS}


@pytest.fixture(scope="module")
def client(cluster: Cluster) -> Iterator[Visitor]:
    """The client's analyst, who has nothing but the gate."""
    with gate(cluster.urls[0]) as handler:
        yield Visitor(cluster, "client", GROUPS["client"], handler=handler)


@pytest.mark.parametrize("row", AROUND, ids=lambda row: row.what)
def test_the_gate_refuses_what_goes_around_the_plugin(row: Row, client: Visitor) -> None:
    told = row.attempt(client)
    assert told.status == 400
    assert "does not pass the gate" in told.json()["message"]


@pytest.mark.parametrize(("body", "tells"), gate_asking.AROUND.values(), ids=gate_asking.AROUND)
def test_the_gate_refuses_what_else_was_found(
    body: dict[str, Any], tells: str, client: Visitor, cluster: Cluster
) -> None:
    assert tells in search("mentions", **body)(cluster.person("client", *GROUPS["client"])).text
    assert search("mentions", **body)(client).status == 400


@pytest.mark.parametrize("row", THROUGH, ids=lambda row: row.what)
def test_through_the_gate_nobody_sees_more(row: Row, client: Visitor) -> None:
    assert outcome(row.attempt(client)) in {row.client, "refused", "failed: 400"}


@pytest.mark.parametrize("row", HONEST, ids=lambda row: row.what)
def test_honest_questions_are_answered_through_the_gate(row: Row, client: Visitor) -> None:
    assert outcome(row.attempt(client)) == row.client


@pytest.mark.parametrize("kind", sorted(aggregations.KINDS))
def test_an_aggregation_that_passes_is_of_the_analysts_documents_alone(
    kind: str, client: Visitor, cluster: Cluster
) -> None:
    """As the administrator has it who asks for these documents only."""
    caller = Caller(organization="", workspaces=frozenset({A}), scopes=frozenset())
    mine = [{"bool": {"filter": each}} for each in (visible_to(caller), mentions_visible_to(caller))]
    asked = {"size": 0, "aggs": gate_asking.AGGREGATIONS[kind]}
    told = search("posts,mentions", **asked)(client).json()
    wanted = search("posts,mentions", **asked, query={"bool": {"should": mine}})(cluster.administrator).json()
    assert told["hits"]["total"]["value"] == len("PAA")
    assert told["aggregations"] == wanted["aggregations"]


@pytest.mark.parametrize("kind", sorted(queries.KINDS - {"match_none"}))
def test_a_query_that_passes_finds_the_analysts_documents_alone(kind: str, client: Visitor) -> None:
    assert outcome(search("mentions", query=gate_asking.QUERIES[kind], sort=["published_at"])(client)) == "A"


def test_what_is_suggested_as_one_types_is_ones_own(client: Visitor) -> None:
    path = "/api/opensearch-dashboards/suggestions/values/mentions"
    assert outcome(client.say(path, {"field": "hashtags", "query": "zebra", "boolFilter": []})) == "A"


def test_roles_that_are_there_are_left_alone(cluster: Cluster) -> None:
    wanted = {**people(), **functions(ARNS), **markers(WORKSPACES)}
    assert put_roles(cluster.administrator.engine(), wanted, ours) == []


def test_what_is_ours_and_not_wanted_goes_and_comes_back(cluster: Cluster) -> None:
    engine, (first, *others) = cluster.administrator.engine(), WORKSPACES
    assert put_roles(engine, markers(others), is_marker) == [first.id]
    agency = cluster.person("agency", ANALYST, AGENCY)
    assert outcome(search("mentions")(agency)) == "B"
    assert put_roles(engine, markers(WORKSPACES), is_marker) == [first.id]
    assert outcome(search("mentions")(agency)) == "AB"


def test_a_group_that_others_let_in_stays(cluster: Cluster) -> None:
    there = "/_plugins/_security/api/rolesmapping/socialindex-operator"
    patch = [{"op": "add", "path": "/backend_roles/-", "value": "operations team"}]
    assert cluster.administrator.ask("PATCH", there, patch).status < REFUSED
    assert put_roles(cluster.administrator.engine(), people(), ours=lambda _: False) == []
    assert outcome(search("operations")(cluster.person("o", "operations team"))) == "O"


def test_what_is_refused_is_written_down_without_what_was_asked(cluster: Cluster) -> None:
    """The engine begins as a domain does that is only told to publish its audit log."""
    assert keep_audit_log(cluster.administrator.engine()) == ["audit log"]
    kept = cluster.administrator.ask("GET", "/_plugins/_security/api/audit").json()["config"]
    assert (kept["enabled"], kept["audit"]["log_request_body"]) == (True, False)
    assert keep_audit_log(cluster.administrator.engine()) == []


def test_who_may_not_change_roles_is_told_so(cluster: Cluster) -> None:
    with pytest.raises(Forbidden, match="administrator"):
        put_roles(cluster.person("client", ANALYST, A).engine(), people(), ours)


def test_who_is_both_learns_no_names(cluster: Cluster) -> None:
    both = cluster.person("both", ANALYST, PSEUDONYMOUS, A)
    assert outcome(named(both, query={"match_all": {}})) == "empty"


def test_tombstones_are_not_there(cluster: Cluster) -> None:
    agency = cluster.person("agency", ANALYST, AGENCY)
    assert not any("-gone" in search(index)(agency).text for index in ("posts", "mentions"))


def test_a_group_that_is_no_word_is_no_query(cluster: Cluster) -> None:
    """The plugin writes groups into queries as they are: an identity provider must not let people choose theirs."""
    broken = cluster.person("broken", ANALYST, 'x"y')
    assert outcome(search("mentions")(broken)) == "refused"


@pytest.mark.parametrize("case", FUNCTION_CASES, ids=lambda case: case.what)
def test_functions_may_do_what_their_code_asks_and_no_more(case: FunctionCase, cluster: Cluster) -> None:
    case.prepare(cluster)
    told = {name: case.attempt(cluster.person(name, arn)) for name, arn in ARNS.items()}
    assert {name for name, answer in told.items() if not forbidden(answer)} == case.may
    assert {told[name].status for name in case.may} <= {200, 201}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_on_two_nodes_the_other_one_says_the_same(row: Row, two: Cluster) -> None:
    assert tried(row, two, 1) == {column: row.expected(column) for column in COLUMNS}


def test_many_groups_in_any_order_are_the_same_on_every_node(two: Cluster) -> None:
    """Up to version 2 of the plugin nodes compared the text of queries, in which groups have no order."""
    groups = [*(f"ws_{number}" for number in range(60)), ANALYST, A, C]
    for node in (0, 1):
        for turn in range(20):
            person = two.person(f"many-{turn}", *groups[turn:], *groups[:turn], node=node)
            assert outcome(search("mentions")(person)) == "AC"


def test_the_guide_has_the_table() -> None:
    guide = (ROOT / "docs" / "roles.md").read_text("utf-8")
    missing = [line for line in printed() if line not in guide.splitlines()]
    assert not missing, "\n".join(["docs/roles.md lacks:", *missing])
