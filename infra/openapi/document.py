"""The OpenAPI 3.1 document of the API, made from its routes and the types that they read and write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from infra.openapi.operations import EVERYBODY, KEY, LIMITS, WITH_KEY, Operation
from infra.openapi.schemas import Schemas
from infra.openapi.words import words
from socialindex.search.problems import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from socialindex.search.routes import Route

VERSION: Final = "1"
_NUMBERS: Final = {"status", "position"}
_LISTS: Final = {"violated-policies"}
_ALWAYS: Final = ("type", "title", "status", "request_id")
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def document(routes: Mapping[str, Route]) -> dict[str, Any]:
    """The document of these routes, in the order of their tags and paths."""
    docs = [route.doc for route in routes.values()]
    requests = [kind for doc in docs for kind in (doc.query, doc.body) if kind]
    schemas = Schemas(requests, [kind for doc in docs for kind in (doc.answer, doc.accepted) if kind])
    return {
        "openapi": "3.1.1",
        "info": {"title": words().title, "version": VERSION, "description": words().description.strip()},
        "jsonSchemaDialect": _DIALECT,
        "servers": [{"url": "/", "description": "Where this document was read."}],
        "tags": [{"name": name, "description": text} for name, text in _tags(docs)],
        "paths": _paths(routes, schemas),
        "components": {
            "schemas": {**_shown(schemas, docs), "ProblemDetails": _problem()},
            "parameters": {"Idempotency-Key": _idempotency_key()},
            "headers": {name: _header(text) for name, text in words().headers.items() if name != "Idempotency-Key"},
            "responses": {str(status): _failure(status) for status in sorted(_failures(docs))},
            "securitySchemes": {KEY: {"type": "http", "scheme": "bearer", "description": words().security}},
        },
    }


def _tags(docs: list[Any]) -> list[tuple[str, str]]:
    used = {doc.tag for doc in docs}
    return [(name, text) for name, text in words().tags.items() if name in used]


def _paths(routes: Mapping[str, Route], schemas: Schemas) -> dict[str, Any]:
    order = list(words().tags)
    operations = [Operation(name, route, schemas) for name, route in routes.items()]
    paths: dict[str, Any] = {}
    for one in sorted(operations, key=lambda one: (order.index(one.described["tags"][0]), one.path, one.method)):
        paths.setdefault(one.path, {})[one.method.lower()] = one.described
    return paths


def _shown(schemas: Schemas, docs: list[Any]) -> dict[str, Any]:
    """Components that are referred to: the fields of a URL are parameters instead."""
    parameters_only = {doc.query for doc in docs if doc.query} - {doc.body for doc in docs}
    hidden = {schemas.name(kind) for kind in parameters_only}
    return {name: schema for name, schema in sorted(schemas.components.items()) if name not in hidden}


def _failures(docs: list[Any]) -> set[int]:
    return {*EVERYBODY, *WITH_KEY, *(status for doc in docs for status in doc.errors)}


def _failure(status: int) -> dict[str, Any]:
    headers = {401: ["WWW-Authenticate"], 429: ["Retry-After", *LIMITS], 503: ["Retry-After"]}.get(status, [])
    return {
        "description": words().statuses[str(status)],
        **({"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers}} if headers else {}),
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }


def _problem() -> dict[str, Any]:
    return {
        "description": "What went wrong (RFC 9457).",
        "type": "object",
        "properties": {name: {**_member(name), "description": text} for name, text in words().problem.items()},
        "required": list(_ALWAYS),
        "example": {
            "type": "urn:socialindex:problem:invalid-input",
            "title": "The request cannot be taken",
            "status": 400,
            "detail": "Expected `int` <= 100 - at `$.limit`",
            "field": "limit",
            "remedy": "give a whole number from 1 to 100",
            "request_id": "JKJaXmPLvHcESHA=",
        },
    }


def _member(name: str) -> dict[str, Any]:
    if name in _LISTS:
        return {"type": "array", "items": {"type": "string"}}
    return {"type": "integer" if name in _NUMBERS else "string", **({"format": "uri"} if name == "type" else {})}


def _header(text: str) -> dict[str, Any]:
    return {"description": text, "schema": {"type": "string"}}


def _idempotency_key() -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": words().headers["Idempotency-Key"],
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    }
