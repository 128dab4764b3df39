"""The API's document: complete, current, and right as far as a validator can tell."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from infra.openapi.__main__ import stale
from infra.openapi.api import routes
from infra.openapi.document import document
from infra.openapi.words import words
from socialindex.access import NOBODY
from socialindex.search.http import HttpRequest
from socialindex.search.openapi import OpenApiPart
from socialindex.search.routes import UNDESCRIBED

ROUTES = routes()
DOCUMENT = document(ROUTES)
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
REQUEST = HttpRequest(id="r", route="", path={}, query={}, headers={}, raw={})


def served(route: str) -> dict[str, Any]:
    return OpenApiPart().routes()[route].handle(REQUEST, NOBODY).encoded()


def test_every_route_is_described() -> None:
    assert [name for name, route in ROUTES.items() if route.doc == UNDESCRIBED] == []
    assert set(OPERATIONS) == set(ROUTES)


def test_the_files_are_current() -> None:
    assert stale() == [], "run `make openapi`"


def test_the_document_is_valid() -> None:
    schemathesis.openapi.from_dict(DOCUMENT).validate()


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid_and_every_field_is_described(name: str) -> None:
    schema = SCHEMAS[name]
    jsonschema_rs.meta.validate({"$schema": DOCUMENT["jsonSchemaDialect"], **schema})
    assert schema["description"]
    assert [field for field, told in schema.get("properties", {}).items() if not told.get("description")] == []


def test_what_is_said_of_lists_is_not_said_of_numbers() -> None:
    """One text for all fields of a name: a field of the same name that is something else needs its own."""

    def kinds(schema: dict[str, Any]) -> set[str]:
        if "anyOf" in schema:
            return set().union(*map(kinds, schema["anyOf"])) - {"null"}
        return {schema.get("type") or ("string" if "enum" in schema else "object")}

    found: dict[str, set[str]] = {}
    for schema in SCHEMAS.values():
        for name, told in schema.get("properties", {}).items():
            if told.get("description") == words().fields.get(name):
                found.setdefault(name, set()).update({"number" if kind == "integer" else kind for kind in kinds(told)})
    several = {name: some for name, some in found.items() if len(some) > 1}
    assert several == {"sources": {"array", "object"}}


def test_every_reference_leads_somewhere() -> None:
    def references(part: Any) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*map(references, part.values()))
        return set().union(*map(references, part)) if isinstance(part, list) else set()

    known = {f"#/components/{kind}/{name}" for kind, parts in DOCUMENT["components"].items() for name in parts}
    assert references(DOCUMENT) <= known


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_who_may_and_what_can_go_wrong(name: str) -> None:
    operation, route = OPERATIONS[name], ROUTES[name]
    assert operation["security"] == ([{"key": [route.scope.value]}] if route.scope else [])
    wanted = {400, 500, 503} | ({401, 403, 429} if route.scope else set())
    assert {str(status) for status in wanted} <= set(operation["responses"])
    assert all(parameter.get("description") or "$ref" in parameter for parameter in operation.get("parameters", []))


def test_names_of_operations_are_unique() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)


def test_a_search_by_url_takes_what_the_code_takes() -> None:
    parameters = {one["name"]: one for one in OPERATIONS["GET /v1/posts"]["parameters"]}
    assert parameters["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    assert parameters["from"]["schema"] == {"type": "string", "format": "date-time"}
    assert (parameters["source"]["style"], parameters["source"]["explode"]) == ("form", False)


def test_posts_hide_what_concerns_our_storage() -> None:
    assert not {"versions", "metrics_history", "signature"} & set(SCHEMAS["Post"]["properties"])
    assert not [name for name in SCHEMAS["Provenance"]["properties"] if name.startswith("archive")]
    assert SCHEMAS["Page"]["properties"]["items"]["items"] == {"$ref": "#/components/schemas/Post"}


def test_requests_are_closed_and_answers_may_grow() -> None:
    assert SCHEMAS["AskBody"]["additionalProperties"] is False
    assert "additionalProperties" not in SCHEMAS["Page"]
    assert set(SCHEMAS["Page"]["required"]) == set(SCHEMAS["Page"]["properties"])


def test_the_document_is_served_as_it_was_made() -> None:
    answer = served("GET /v1/openapi.json")
    assert answer["headers"]["Content-Type"] == "application/json"
    assert json.loads(answer["body"]) == DOCUMENT


def test_the_page_shows_every_operation_and_runs_nothing() -> None:
    answer = served("GET /docs")
    page, policy = answer["body"], answer["headers"]["Content-Security-Policy"]
    assert [name for name, one in OPERATIONS.items() if f'<details id="{one["operationId"]}">' not in page] == []
    assert "<script" not in page
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_the_links_of_the_page_go_on_in_the_next_line() -> None:
    """A browser breaks no line between two links that no space parts: all but a few were to the right of the window."""
    links = served("GET /docs")["body"].partition("<nav>")[2].partition("</nav>")[0]
    assert links.count("<a ") == len(DOCUMENT["tags"]) + 1
    assert "</a><a" not in links
