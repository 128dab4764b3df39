"""Roles and the audit log of the engine's security plugin, through its REST API; the same on Amazon OpenSearch Service.

What is there already is left alone, since every change makes each node read all roles again.
https://docs.opensearch.org/latest/security/access-control/api/.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger
from opensearchpy.exceptions import (
    AuthenticationException,
    AuthorizationException,
    ConflictError,
    RequestError,
    TransportError,
)

from socialindex.engine import answering
from socialindex.errors import Forbidden, InvalidSettings, Unauthorized, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from opensearchpy import OpenSearch

    Body = dict[str, Any]

_API: Final = "/_plugins/_security/api"
_ROLES: Final = f"{_API}/roles"
_MAPPING: Final = f"{_API}/rolesmapping"
_AUDIT: Final = f"{_API}/audit"
_AT_ONCE: Final = 100
"""Changes of one request. Five thousand took the plugin more than five minutes."""
_SECONDS: Final = 60
_WRITTEN_DOWN: Final = {"config/enabled": True, "config/audit/log_request_body": False}
_REASON: Final = 200
"""Characters of a refusal that are logged."""
_ROLE_KEYS: Final = ("cluster_permissions", "index_permissions", "tenant_permissions")

logger = Logger(child=True)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a role may do with indices."""

    patterns: Sequence[str]
    actions: Sequence[str] = ()
    documents: str | None = None
    """The query that its documents match; ``None``: all."""
    fields: Sequence[str] = ()
    """Fields that are left out, each behind ``~``; none: all are shown."""

    def body(self) -> Body:
        """As the plugin has it."""
        shown = {"dls": self.documents, "fls": list(self.fields), "masked_fields": []}
        return {"index_patterns": list(self.patterns), **shown, "allowed_actions": list(self.actions)}


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role, and who has it."""

    holders: frozenset[str]
    """Backend roles: groups of an identity provider, ARNs of IAM roles."""
    cluster: Sequence[str] = ()
    rules: Sequence[Rule] = ()
    tenants: Sequence[tuple[str, str]] = ()
    """Names of Dashboards tenants, with what may be done in them."""
    shared: bool = False
    """Whether others may give it to further holders, who are kept."""

    def body(self) -> Body:
        """As the plugin has it, without who has it."""
        tenants = [{"tenant_patterns": [name], "allowed_actions": [action]} for name, action in self.tenants]
        rules = [rule.body() for rule in self.rules]
        return {"cluster_permissions": list(self.cluster), "index_permissions": rules, "tenant_permissions": tenants}


def put_roles(engine: OpenSearch, wanted: Mapping[str, Role], ours: Callable[[str], bool]) -> list[str]:
    """Have these roles and holders there, and none else that is ours; the names of those that changed.

    Args:
        engine: one with the security plugin.
        wanted: by name.
        ours: whether a role of a name is ours to take away.

    Raises:
        Unavailable: the engine does not answer, or others change roles at the same time.
        Unauthorized: the engine does not know who asks, or the password is wrong.
        Forbidden: who asks may not change roles.
        InvalidSettings: the engine has no security plugin.
    """
    with _refusing():
        roles, mapping = _get(engine, _ROLES), _get(engine, _MAPPING)
        changed = {name: role.body() for name, role in wanted.items() if role.body() != _own(roles.get(name))}
        held = {name: _held(role, mapping.get(name)) for name, role in wanted.items()}
        moved = {name: sorted(held[name]) for name in wanted if held[name] != _holders(mapping.get(name))}
        gone = {name for name in roles.keys() | mapping.keys() if ours(name) and name not in wanted}
        # A mapping is of a role that is there: roles come before it and go after it.
        _patch(engine, _ROLES, [_added(name, body) for name, body in changed.items()])
        _patch(engine, _MAPPING, [_added(name, {"backend_roles": groups}) for name, groups in moved.items()])
        _patch(engine, _MAPPING, [_removed(name) for name in sorted(gone & mapping.keys())])
        _patch(engine, _ROLES, [_removed(name) for name in sorted(gone & roles.keys())])
    return sorted({*changed, *moved, *gone})


def keep_audit_log(engine: OpenSearch) -> list[str]:
    """Have who could not log in and what was refused written down; ``["audit log"]`` where that was just turned on.

    That a domain publishes its audit log does not make the plugin write one ("a two-step process": Amazon OpenSearch
    Service, audit logs). Bodies of requests stay out: what people look for is theirs. Where it is on already, somebody
    has said what belongs there. An engine that has none is no reason to fail: all else works without.

    Raises:
        Unavailable: the engine does not answer.
    """
    try:
        with answering():
            if _get(engine, _AUDIT)["config"]["enabled"]:
                return []
            _patch(engine, _AUDIT, [_added(name, value) for name, value in _WRITTEN_DOWN.items()])
    except TransportError as error:
        logger.warning("the audit log is off", extra={"reason": f"{error.status_code}: {error.error}"[:_REASON]})
        return []
    return ["audit log"]


def _get(engine: OpenSearch, path: str) -> dict[str, Body]:
    answer: dict[str, Body] = engine.transport.perform_request("GET", path)
    return answer


def _patch(engine: OpenSearch, path: str, changes: list[Body]) -> None:
    for start in range(0, len(changes), _AT_ONCE):
        body = changes[start : start + _AT_ONCE]
        engine.transport.perform_request("PATCH", path, body=body, params={"request_timeout": _SECONDS})


def _added(name: str, value: object) -> Body:
    """A change of a JSON patch (RFC 6902); it takes the place of what is there."""
    return {"op": "add", "path": f"/{name}", "value": value}


def _removed(name: str) -> Body:
    return {"op": "remove", "path": f"/{name}"}


def _own(role: Body | None) -> Body | None:
    """Of a role that is there, what we say of one."""
    if role is None:
        return None
    kept = {key: role.get(key, []) for key in _ROLE_KEYS}
    return {**kept, "index_permissions": [_rule(rule) for rule in kept["index_permissions"]]}


def _rule(rule: Body) -> Body:
    lists = {key: rule.get(key) or [] for key in ("index_patterns", "fls", "masked_fields", "allowed_actions")}
    return {**lists, "dls": rule.get("dls")}


def _holders(mapping: Body | None) -> frozenset[str] | None:
    return None if mapping is None else frozenset(mapping.get("backend_roles", []))


def _held(role: Role, mapping: Body | None) -> frozenset[str]:
    return role.holders | (_holders(mapping) or frozenset()) if role.shared else role.holders


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        with answering():
            yield
    except AuthenticationException as error:
        raise Unauthorized("the engine does not know this user, or the password is wrong (docs/roles.md)") from error
    except AuthorizationException as error:
        raise Forbidden("who sets the engine up must be its administrator (docs/roles.md)") from error
    except ConflictError as error:
        raise Unavailable("roles are being changed by somebody else") from error
    except RequestError as error:
        if "no handler found" not in str(error.info):
            raise
        message = "the engine has no security plugin: nobody can be given a role there"
        raise InvalidSettings(message, field="ENGINE_URL", remedy="enable fine-grained access control") from error
