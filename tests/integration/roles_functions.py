"""What functions try in the engine, and which of them may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.setup.function_roles import GRANTS
from tests.integration.roles_trying import asks, lines, search

if TYPE_CHECKING:
    from tests.integration.roles_trying import Try
    from tests.integration.secured import Cluster, Person, Told

ARNS: Final = {name: f"arn:aws:iam::111122223333:role/socialindex-{name.title()}FunctionRole" for name in GRANTS}
EVERYBODY: Final = frozenset(GRANTS)
NOBODY: Final[frozenset[str]] = frozenset()
_MENTIONS: Final = frozenset({"imports", "topics", "index", "search", "maintain", "erasure"})
_TOPICS: Final = frozenset({"topics", "index", "maintain"})


class FunctionCase(NamedTuple):
    """An attempt, and who may."""

    what: str
    attempt: Try
    may: frozenset[str]
    month: str = ""
    """An index that is there before."""

    def prepare(self, cluster: Cluster) -> None:
        """Have the index there."""
        if self.month:
            cluster.administrator.ask("PUT", f"/{self.month}")


def writes(index: str) -> Try:
    """A document for an index that may not be there yet."""
    return asks("POST", "/_bulk", lines({"index": {"_index": index, "_id": "new"}}, {}))


def changes(index: str) -> Try:
    """A change of a document that is there, by an upsert."""
    body = lines({"update": {"_index": index, "_id": "new"}}, {"doc": {}, "doc_as_upsert": True})
    return asks("POST", "/_bulk", body)


def removes(alias: str) -> Try:
    """A deletion of what a query finds, which is nothing."""
    return asks("POST", f"/{alias}/_delete_by_query?ignore_unavailable=true", {"query": {"match_none": {}}})


def rewrites(alias: str) -> Try:
    """A change of what a query finds, which is nothing."""
    body = {"query": {"match_none": {}}, "script": {"source": "ctx._source.message = params.to", "params": {"to": ""}}}
    return asks("POST", f"/{alias}/_update_by_query?ignore_unavailable=true", body)


def drops(index: str) -> Try:
    """A deletion of a month that is there for each who tries."""

    def attempt(person: Person) -> Told:
        person.cluster.administrator.ask("PUT", f"/{index}")
        return person.ask("DELETE", f"/{index}")

    return attempt


FUNCTION_CASES: Final = (
    FunctionCase("search posts", search("posts"), EVERYBODY),
    FunctionCase("search mentions", search("mentions"), EVERYBODY - {"watch", "reread"}),
    FunctionCase("search topics", search("topics"), _TOPICS | {"alert"}),
    FunctionCase("search alerts", search("alerts"), frozenset({"search", "alert", "topics"})),
    FunctionCase("search operations", search("operations"), frozenset({"watch"})),
    FunctionCase("write a post of a new month", writes("posts-g1-2026.10"), frozenset({"index", "maintain"})),
    FunctionCase("write a mention of a new month", writes("mentions-g1-2026.10"), _MENTIONS),
    FunctionCase("change a mention", changes("mentions-g1-2026.10"), _MENTIONS),
    FunctionCase("write a topic", writes("topics-g1"), _TOPICS),
    FunctionCase("write an alert", writes("alerts-1"), frozenset({"search", "alert"})),
    FunctionCase("write operations", writes("operations-2026.10"), frozenset({"watch"})),
    FunctionCase("write elsewhere", writes("else"), NOBODY),
    FunctionCase("delete posts", removes("posts"), frozenset({"imports", "search", "maintain", "erasure"})),
    FunctionCase("delete mentions", removes("mentions"), frozenset({"topics", "maintain"})),
    FunctionCase("delete alerts", removes("alerts"), frozenset({"search", "alert", "topics"})),
    FunctionCase("delete operations", removes("operations"), frozenset({"watch"})),
    FunctionCase("change operations", rewrites("operations"), frozenset({"watch"})),
    FunctionCase("change posts by a query", rewrites("posts"), NOBODY),
    FunctionCase("drop a month of posts", drops("posts-g1-2020.01"), frozenset({"maintain"})),
    FunctionCase("drop a month of operations", drops("operations-2020.01"), frozenset({"watch"})),
    FunctionCase("drop topics", drops("topics-g9"), NOBODY),
    FunctionCase(
        "merge a month",
        asks("POST", "/posts-g1-2026.09/_forcemerge?max_num_segments=1"),
        frozenset({"maintain"}),
        month="posts-g1-2026.09",
    ),
    FunctionCase(
        "see posts at once (refresh)",
        asks("POST", "/posts/_refresh"),
        frozenset({"imports", "search", "maintain", "erasure"}),
    ),
    FunctionCase(
        "see mentions at once (refresh)",
        asks("POST", "/mentions/_refresh"),
        frozenset({"imports", "topics", "index", "search", "maintain", "erasure"}),
    ),
    FunctionCase("see operations at once (refresh)", asks("POST", "/operations/_refresh"), frozenset({"watch"})),
    FunctionCase(
        "take words apart", asks("POST", "/_analyze", {"text": "x"}), frozenset({"network", "search", "alert"})
    ),
    FunctionCase(
        "which generation it is",
        asks("GET", "/_index_template/posts"),
        EVERYBODY - {"imports", "exports", "network", "deliver", "reread", "erasure"},
    ),
    FunctionCase("change a template", asks("PUT", "/_index_template/x", {"index_patterns": ["x"]}), NOBODY),
    FunctionCase("read roles", asks("GET", "/_plugins/_security/api/roles"), NOBODY),
    FunctionCase("what people saved", search(".kibana"), NOBODY),
    FunctionCase("all indices", search("_all"), NOBODY),
)
