"""Who may see and do what."""

from __future__ import annotations

import pytest

from socialindex.access import Caller, Scope, visible_to
from socialindex.errors import Forbidden


def caller(*scopes: Scope, workspaces: tuple[str, ...] = ()) -> Caller:
    return Caller(organization="org_a", workspaces=frozenset(workspaces), scopes=frozenset(scopes))


@pytest.mark.parametrize("scope", Scope)
def test_a_key_does_what_its_scopes_say(scope: Scope) -> None:
    caller(scope).need(scope)
    for other in set(Scope) - {scope}:
        with pytest.raises(Forbidden, match=other.value):
            caller(scope).need(other)


def test_an_administrator_does_not_read_by_that_alone() -> None:
    with pytest.raises(Forbidden):
        caller(Scope.ADMIN).need(Scope.READ)


def test_a_caller_sees_what_is_public_and_the_own_workspaces() -> None:
    seen, living = visible_to(caller(Scope.READ, workspaces=("ws_b", "ws_a")))
    assert seen == {"terms": {"visibility": ["public", "ws_a", "ws_b"]}}
    assert living == {"bool": {"must_not": {"exists": {"field": "deleted_at"}}}}


def test_a_caller_without_a_workspace_sees_what_is_public_only() -> None:
    assert visible_to(caller(Scope.READ))[0] == {"terms": {"visibility": ["public"]}}
