"""Policies allow no more than code can ask for.

Actions on tables are held against what the classes of ``aws/`` do, and objects of the archive's bucket against the
prefixes under which these classes keep theirs.

That they allow all that is asked for is tried where functions run: the local stack refuses what no statement allows
(``infra/local/guard``), in every test of ``tests/system``.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from infra.local.guard.calls import needed
from infra.local.guard.policy import allowed
from infra.local.guard.record import Permission, permissions, template
from socialindex.aws import archive, export_files, imports, network_files

ROOT = Path(__file__).parents[2]
AWS = ROOT / "shared" / "socialindex" / "aws"
ACTIONS = {
    "get": "GetItem",
    "get_all": "BatchGetItem",
    "put": "PutItem",
    "put_all": "PartiQLInsert",
    "set_all": "PartiQLUpdate",
    "update": "UpdateItem",
    "attempt": "UpdateItem",
    "change": "UpdateItem",
    "write_next": "UpdateItem",
    "query": "Query",
    "scan": "Scan",
    "delete": "DeleteItem",
    "delete_all": "BatchWriteItem",
}
"""What the methods of ``aws.tables.Table`` need."""
HANDED = {"alone": "UpdateItem", "count": "UpdateItem"}
"""What the functions of ``aws/`` need on a table that they are handed."""
PREFIX = "table/socialindex-"
HOMES = {
    "Archive": archive.PREFIX,
    "ImportArchive": archive.PREFIX,
    "Uploads": imports.UPLOAD_PREFIX,
    "Files": export_files.PREFIX,
    "NetworkFiles": network_files.PREFIX,
}
"""Where in the bucket the classes of ``aws/`` that are handed it keep their objects."""


@cache
def classes() -> dict[str, set[str]]:
    """The actions that each class of ``aws/`` can need on its table, with the classes that it hands its table to."""
    trees = [ast.parse(path.read_text("utf-8")) for path in AWS.glob("*.py")]
    nodes = {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)}
    own = {name: _own(node) for name, node in nodes.items()}
    needs = {name: _made(node) & set(own) for name, node in nodes.items()}
    return {name: own[name].union(*(own[one] for one in _all(name, needs))) for name in nodes}


def _own(node: ast.ClassDef) -> set[str]:
    """The actions that a class needs by itself."""
    asked = {ACTIONS[one] for one in _asked(node) if one in ACTIONS}
    return asked | {HANDED[one] for one in _made(node) if one in HANDED}


def _all(name: str, needs: dict[str, set[str]]) -> set[str]:
    """What a class needs, with what that needs."""
    found, left = set[str](), {name}
    while left:
        found |= left
        left = set[str]().union(*(needs[one] for one in left)) - found
    return found


def _asked(node: ast.ClassDef) -> list[str]:
    """Methods of ``self._table`` that are named in a class."""
    named = [one for one in ast.walk(node) if isinstance(one, ast.Attribute)]
    return [one.attr for one in named if isinstance(one.value, ast.Attribute) and one.value.attr == "_table"]


def _made(node: ast.ClassDef) -> set[str]:
    """Names of what is called in a class, such as other classes, and of what it is built on."""
    called = {one.func.id for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)}
    return called | {one.id for base in node.bases for one in ast.walk(base) if isinstance(one, ast.Name)}


def possible(function: str) -> dict[str, set[str]]:
    """The actions that a function can need, by the short name of the table."""
    stage = function.removesuffix("Function").lower()
    tree = ast.parse((ROOT / "functions" / stage / "app.py").read_text("utf-8"))
    found: dict[str, set[str]] = {}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        for table in filter(None, map(_table, call.args)):
            found.setdefault(table, set()).update(classes()[_name(call.func)])
    return found


def _table(node: ast.expr) -> str:
    """``channels`` of ``_settings.table("channels")``."""
    match node:
        case ast.Call(func=ast.Attribute(attr="table"), args=[ast.Constant(value=str(name))]):
            return name
    return ""


def _name(node: ast.expr) -> str:
    assert isinstance(node, ast.Name), "a table's name is handed to a class of aws/"
    return node.id


ALLOWED = permissions(template())


@pytest.mark.parametrize("function", sorted({one.function for one in ALLOWED}))
def test_a_function_may_do_nothing_to_tables_that_its_code_could_not(function: str) -> None:
    can = possible(function)
    too_much = [one for one in _on_tables(function) if _action(one) not in can.get(_short(one), set())]
    assert [(one.action, one.resource) for one in too_much] == []


def _on_tables(function: str) -> list[Permission]:
    return sorted(one for one in ALLOWED if one.function == function and one.action.startswith("dynamodb:"))


def _short(permission: Permission) -> str:
    return permission.resource.rsplit(PREFIX, 1)[-1].removesuffix("Table").lower()


def _action(permission: Permission) -> str:
    return permission.action.removeprefix("dynamodb:")


@pytest.mark.parametrize("function", sorted({one.function for one in ALLOWED}))
def test_a_function_may_touch_those_objects_only_that_its_classes_keep(function: str) -> None:
    objects = [one.resource for one in ALLOWED if one.function == function and _is_of_objects(one)]
    assert {one.partition("/")[2] for one in objects} == {f"{HOMES[name]}*" for name in _handed_the_bucket(function)}


def test_versions_are_deleted_and_nothing_else() -> None:
    """All of them name a version (``imports.delete_versions``, ``Archive.drop``), which is an action of its own."""
    assert [one for one in ALLOWED if one.action == "s3:DeleteObject"] == []


def test_a_mail_may_leave_by_the_configuration_set_that_its_address_has() -> None:
    """It may have one by default, on which SES checks the same action (https://github.com/medplum/medplum/pull/10102)."""
    mail = {"FromEmailAddress": "alerts@example.com", "Content": {"Raw": {"Data": b""}}}
    calls = [*needed("sesv2", "SendEmail", mail)]
    assert {call.resource.partition("/")[0] for call in calls} == {"identity", "configuration-set"}
    statements = template().functions["DeliverFunction"].statements
    assert [call for call in calls if not allowed(statements, call)] == []


def test_whoever_reads_objects_is_told_when_there_is_none() -> None:
    """S3 says "forbidden" (403) of a missing object to who may not list the bucket: GetObject, API reference.

    That would pass for an outage, and be tried again, though the object was deleted.
    """
    reading = {one.function for one in ALLOWED if one.action == "s3:GetObject" and _is_of_objects(one)}
    listing = {one.function for one in ALLOWED if one.action == "s3:ListBucket"}
    assert len(reading) > 4
    assert reading - listing == set()


def _is_of_objects(permission: Permission) -> bool:
    """Whether it is one on objects; what lists them is on the bucket itself."""
    return permission.action.startswith("s3:") and "/" in permission.resource


def _handed_the_bucket(function: str) -> set[str]:
    """Names of what a function hands the bucket to."""
    tree = ast.parse((ROOT / "functions" / function.removesuffix("Function").lower() / "app.py").read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {_name(call.func) for call in calls if any(map(_is_the_bucket, call.args))}


def _is_the_bucket(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "archive_bucket"


def test_what_functions_hand_the_bucket_to_is_read() -> None:
    assert _handed_the_bucket("ImportsFunction") == {"Uploads", "ImportArchive", "Archive"}


def test_the_classes_of_tables_are_read() -> None:
    assert classes()["Frontier"] == {"PutItem", "PartiQLInsert", "Query", "BatchWriteItem"}
