"""Who may see what in OpenSearch Dashboards: analysts of an agency or of a client, and operators (docs/roles.md).

One role is for all analysts: which workspaces they see is said by their groups, which the plugin writes into the query
that every document must match. A group is a workspace's id; or an organization's, to which each of its workspaces has a
role without any right (``markers``), whose name is the workspace's id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex.access import Caller, mentions_visible_to, visible_to
from socialindex.alert.projection import ALIAS as ALERTS
from socialindex.engine import ALIAS, MENTIONS
from socialindex.setup.security import Role, Rule
from socialindex.watch.projection import ALIAS as OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from socialindex.organizations import Workspace

OURS: Final = "socialindex-"
"""What the names of our roles begin with; those of markers are ids of workspaces."""
ANALYST: Final = f"{OURS}analyst"
PSEUDONYMOUS: Final = f"{OURS}pseudonymous"
OPERATOR: Final = f"{OURS}operator"
WORKSPACE: Final = "ws_"

_GROUPS: Final = ("${user.roles}", "${user.securityRoles}")
"""The groups of whoever asks, and the names of their roles: the plugin writes lists of quoted words in their place."""
_LOOKING: Final = (
    "indices:data/read/search",
    "indices:data/read/get",
    "indices:data/read/mget*",
    "indices:data/read/field_caps*",
    "indices:admin/mappings/fields/get*",
    "indices:admin/resolve/index",
)
"""What Dashboards asks of indices. Not all that reads: term vectors, explanations and points in time tell more."""
_CLUSTER: Final = (
    "indices:data/read/mget",
    "indices:data/read/msearch",
    "indices:data/read/scroll",
    "indices:data/read/scroll/clear",
    "indices:data/write/bulk",  # of saved objects; what may be written is said for each index
)
_GLOBAL: Final = r"/\.(kibana|opensearch_dashboards)(_[0-9]+)?/"
"""Where Dashboards keeps what all see."""
_TENANTS: Final = (".kibana_*", ".opensearch_dashboards_*")
"""Where it keeps what one tenant sees."""
_SAVED: Final = (
    Rule(patterns=[_GLOBAL], actions=("indices:data/read/search", "indices:data/read/get", "indices:data/read/mget*")),
    # No action: the plugin lets people into their own tenant without one, but refuses updates in an index that no rule
    # names. With an action, as its role kibana_user has them, everybody reads what everybody saved.
    Rule(patterns=_TENANTS),
)
_READ_ONLY: Final = (("global_tenant", "kibana_all_read"),)
AUTHORS: Final = tuple(
    f"~{name}{below}"
    for name in ("author.id", "author.handle", "author.name", "author.url", "mentions", "uri", "url")
    for below in ("", ".*")
)
"""What says who wrote a post: names, handles, addresses, with their sub-fields. ``author.key`` tells authors apart."""


def people() -> dict[str, Role]:
    """Roles of those who open Dashboards, by name; each is given to the group that is called so."""
    return {
        ANALYST: _role(ANALYST, _analyzed()),
        PSEUDONYMOUS: _role(PSEUDONYMOUS, _analyzed(AUTHORS)),
        OPERATOR: _role(OPERATOR, [Rule(patterns=[f"{OPERATIONS}-*"], actions=_LOOKING)]),
    }


def markers(workspaces: Iterable[Workspace]) -> dict[str, Role]:
    """Roles that say which workspaces an organization's analysts see, by name."""
    return {each.id: Role(holders=frozenset({each.organization})) for each in workspaces}


def _role(name: str, rules: Sequence[Rule]) -> Role:
    holders = frozenset({name})
    return Role(holders=holders, cluster=_CLUSTER, rules=[*rules, *_SAVED], tenants=_READ_ONLY, shared=True)


def _analyzed(hidden: Sequence[str] = ()) -> list[Rule]:
    """As ``access`` has it for callers of the API, and by it."""
    anybody = Caller(organization="", workspaces=frozenset(_GROUPS), scopes=frozenset())
    alerts = [{"terms": {"workspace": list(_GROUPS)}}]
    return [
        _rule(ALIAS, visible_to(anybody), hidden),
        _rule(MENTIONS, mentions_visible_to(anybody), hidden),
        _rule(ALERTS, alerts),
    ]


def _rule(family: str, filters: list[dict[str, Any]], hidden: Sequence[str] = ()) -> Rule:
    documents = msgspec.json.encode({"bool": {"filter": filters}}).decode()
    for group in _GROUPS:
        documents = documents.replace(f'"{group}"', group)
    return Rule(patterns=[f"{family}-*"], actions=_LOOKING, documents=documents, fields=hidden)
