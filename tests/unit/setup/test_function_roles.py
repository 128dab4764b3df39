"""A function's role in the engine holds what its code can ask for: the calls of all modules that it imports."""

from __future__ import annotations

import ast
import importlib
import re
from functools import cache
from pathlib import Path

import pytest

from infra.local.guard.record import template
from socialindex.errors import InvalidSettings
from socialindex.setup.function_roles import DROP, GRANTS, MERGE, functions

ROOT = Path(__file__).parents[3]
SHARED = ROOT / "shared"
_CALL = re.compile(r"(?<![\w.])(?:self\._stores\.|self\._|)engine\.((?:indices\.|transport\.)?\w+)\(")
BULK = "indices:data/write/bulk"
BY_QUERY = "indices:data/write/delete/byquery"
REWRITE = "indices:data/write/update/byquery"
ACTIONS = {
    "bulk": BULK,
    "count": "indices:data/read/search",
    "delete": "indices:data/write/delete",
    "delete_by_query": BY_QUERY,
    "get": "indices:data/read/get",
    "index": "indices:data/write/index",
    "msearch": "indices:data/read/msearch",
    "search": "indices:data/read/search",
    "indices.analyze": "indices:admin/analyze*",
    "indices.delete": "indices:admin/delete",
    "indices.get_alias": "indices:admin/aliases/get",
    "indices.get_index_template": "indices:admin/index_template/get",
    "indices.refresh": "indices:admin/refresh*",
    "indices.segments": "indices:monitor/segments",
    "update_by_query": REWRITE,
    "transport.perform_request": "indices:admin/forcemerge*",
}
"""What the methods of the engine's client need; that the plugin calls them so is tried in tests/integration."""
METHODS = {
    "delete": "Delete",
    "get": "Get",
    "index": "Put",
    "indices.delete": "Delete",
    "indices.get_alias": "Get",
    "indices.get_index_template": "Get",
    "indices.segments": "Get",
}
"""Of HTTP, with which the client asks; all else is a ``Post``."""
NOT_PUT = {"index", "maintain"}
"""Those that take topics out of the engine and put none in, though one module does both."""
NOT_CALLED = {
    "alert": set(),
    "deliver": {"indices:admin/index_template/get"},
    "erasure": {"indices:admin/index_template/get"},
    "exports": {"indices:admin/index_template/get"},
    "imports": {"indices:admin/index_template/get"},
    "network": {"indices:admin/index_template/get"},
    "reread": {"indices:admin/index_template/get"},
}
"""``engine.current_generation`` is in every function's reach, since it is in the module of the client."""


@cache
def asked(module: str) -> frozenset[str]:
    """The client's methods that a module calls."""
    return frozenset(_CALL.findall(_path(module).read_text("utf-8")))


@cache
def named(module: str) -> frozenset[tuple[str, str]]:
    """The client's methods that a module calls with a family of indices; indices that are computed are left out."""
    calls = [node for node in ast.walk(_tree(_path(module))) if isinstance(node, ast.Call)]
    constants = vars(importlib.import_module(module))
    return frozenset(
        (method, constants[name.value.id].partition("-")[0])
        for call in calls
        for method in _CALL.findall(f"{ast.unparse(call.func)}(")
        for name in call.keywords
        if name.arg == "index" and isinstance(name.value, ast.Name) and name.value.id in constants
    )


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def _path(module: str) -> Path:
    path = SHARED / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def imported(path: Path) -> frozenset[str]:
    """Modules of ours that a file imports when it runs."""
    found: set[str] = set()
    waiting = list(_tree(path).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("socialindex"):
            within = [f"{node.module}.{name.name}" for name in node.names]
            found.update(name if _path(name).is_file() else str(node.module) for name in within)
        waiting += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
    return frozenset(found)


@cache
def reach(function: str) -> set[str]:
    """All modules that a function imports, and what these import."""
    seen: set[str] = set()
    waiting = list(imported(ROOT / "functions" / function / "app.py"))
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting += imported(_path(module))
    return seen


def needed(function: str) -> set[str]:
    """Actions of the engine that a function's code can ask for."""
    methods = {method for module in reach(function) for method in asked(module)}
    actions = {ACTIONS[method] for method in methods}
    return actions | {BULK} if BY_QUERY in actions else actions  # it deletes what it finds in batches


def methods(function: str) -> set[str]:
    """Methods of HTTP with which a function's code can ask the engine."""
    asked_for = {method for module in reach(function) for method in asked(module)}
    called = {one for one in asked_for if ACTIONS[one] not in NOT_CALLED.get(function, set())}
    return {METHODS.get(one, "Post") for one in called} - ({"Put"} if function in NOT_PUT else set())


def granted(function: str) -> set[str]:
    grant = GRANTS[function]
    return {*grant.cluster, *grant.all, *(action for actions in grant.families.values() for action in actions)}


@pytest.mark.parametrize("function", GRANTS)
def test_a_function_may_do_what_its_code_asks_for(function: str) -> None:
    assert needed(function) - NOT_CALLED.get(function, set()) <= granted(function)


@pytest.mark.parametrize("function", GRANTS)
def test_a_function_may_do_it_with_the_indices_that_its_code_names(function: str) -> None:
    families = GRANTS[function].families
    asked_of = {(ACTIONS[method], family) for module in reach(function) for method, family in named(module)}
    assert {(action, family) for action, family in asked_of if action not in families.get(family, ())} == set()


def test_the_indices_that_code_names_are_read() -> None:
    assert named("socialindex.mentions.asking") == {("search", "topics")}


@pytest.mark.parametrize("function", GRANTS)
def test_a_functions_policy_has_the_methods_with_which_its_code_asks_and_no_others(function: str) -> None:
    statements = template().functions[f"{function.title()}Function"].statements
    actions = {action for one in statements for action in one.actions if action.startswith("es:")}
    assert actions == {f"es:ESHttp{method}" for method in methods(function)}


@pytest.mark.parametrize("function", GRANTS)
def test_what_destroys_is_granted_only_to_code_that_does_it(function: str) -> None:
    for action in (*DROP, *MERGE, BY_QUERY, REWRITE, BULK):
        assert action not in granted(function) or action in needed(function), action


def test_each_function_that_asks_the_engine_has_a_role() -> None:
    stages = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert {stage for stage in stages if any(map(asked, reach(stage)))} - {"setup"} == set(GRANTS)


def test_a_role_is_held_by_the_function_alone() -> None:
    made = functions({"index": "arn:aws:iam::111122223333:role/index"})
    assert {name: role.holders for name, role in made.items()} == {
        "socialindex-index": frozenset({"arn:aws:iam::111122223333:role/index"})
    }


def test_a_function_that_does_not_ask_the_engine_is_refused_with_the_names_of_those_that_do() -> None:
    with pytest.raises(InvalidSettings, match="crawl") as refused:
        functions({"crawl": "arn"})
    assert "index" in str(refused.value.remedy)
