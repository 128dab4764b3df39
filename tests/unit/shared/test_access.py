"""Who may see and do what."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
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


def test_a_plan_shows_public_posts_so_far_back_and_the_own_ones_all() -> None:
    limited = msgspec.structs.replace(caller(Scope.READ, workspaces=("ws_a",)), since=date(2026, 10, 29))
    public, own = visible_to(limited)[0]["bool"]["should"]
    assert own == {"terms": {"visibility": ["ws_a"]}}
    assert "{'visibility': 'public'}" in str(public)
    assert "{'published_at': {'gte': '2026-10-29'}}" in str(public)
    assert visible_to(msgspec.structs.replace(limited, workspaces=frozenset()))[0] == public


@pytest.mark.parametrize("changes", [{}, {"since": date(2026, 10, 29)}])
def test_who_tries_the_api_sees_no_public_post(changes: dict[str, Any]) -> None:
    trying = msgspec.structs.replace(caller(Scope.READ), public="ws_sample", sandbox=True, **changes)
    assert "'public'" not in str(visible_to(trying))
    assert "ws_sample" in str(visible_to(trying))
    assert trying.account != caller(Scope.READ).account
