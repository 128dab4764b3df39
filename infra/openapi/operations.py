"""One route as an operation of the document: parameters, body, answers."""

from __future__ import annotations

import itertools
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from infra.openapi.words import words
from socialindex.search.http import JSON

if TYPE_CHECKING:
    from infra.openapi.schemas import Schema, Schemas
    from socialindex.search.routes import Route

KEY: Final = "key"
"""The name of the security scheme."""
EVERYBODY: Final = (400, 500, 503)
"""Statuses that every route can answer (see ``routes.Doc.errors``)."""
WITH_KEY: Final = (401, 403, 429)
"""Those that every route can answer that needs a key."""
LOCATED: Final = frozenset({201, 202, 303})
ACCEPTED: Final = 202
_PARAMETER: Final = re.compile(r"\{(\w+)\}")


class Operation:
    """A route in the document.

    Args:
        name: the gateway's, such as ``GET /v1/posts/{id}``.
        route: what it needs, takes and gives.
        schemas: of all types.
    """

    def __init__(self, name: str, route: Route, schemas: Schemas) -> None:
        self.method, self.path = name.split(" ")
        self._route = route
        self._doc = route.doc
        self._schemas = schemas

    @cached_property
    def described(self) -> dict[str, Any]:
        """The operation object."""
        return {
            "operationId": self._name(),
            "summary": self._doc.summary,
            "description": self._description(),
            "tags": [self._doc.tag],
            **({"deprecated": True} if self._route.deprecated else {}),
            "security": [{KEY: [self._route.scope.value]}] if self._route.scope else [],
            **_if_any("parameters", [*self._of_path(), *self._of_query(), *self._of_headers()]),
            **self._body(),
            "responses": {str(status): answer for status, answer in sorted(self._answers().items())},
        }

    def _name(self) -> str:
        """A name for the function of a generated client, such as ``getPostsByIdThread``."""
        parts = [part for part in re.split(r"[/.-]", self.path) if part and part != "v1"]
        words_ = [f"by_{part.strip('{}')}" if part.startswith("{") else part for part in parts]
        return self.method.lower() + "".join(word.title().replace("_", "") for word in words_)

    def _description(self) -> str:
        said = [self._doc.description, *self._terms()]
        return "\n\n".join(text for text in said if text)

    def _terms(self) -> list[str]:
        scope, weight = self._route.scope, self._route.weight
        if scope is None:
            return ["Needs no key."]
        counts = {0: "Counts for nothing.", 1: "Counts as one query."}.get(weight, f"Counts as {weight} queries.")
        posts = " Its posts count for the month." if self._route.gives_posts else ""
        return [f"Scope: `{scope.value}`. {counts}{posts}"]

    def _of_path(self) -> list[dict[str, Any]]:
        parts = self.path.split("/")
        found = [(before, match[1]) for before, part in itertools.pairwise(parts) if (match := _match(part))]
        return [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": words().parameters[before],
                "schema": {"type": "string", "minLength": 1},
            }
            for before, name in found
        ]

    def _of_query(self) -> list[dict[str, Any]]:
        if self._doc.query is None:
            return []
        required = self._schemas.required(self._doc.query)
        fields = self._schemas.properties(self._doc.query)
        return [_parameter(name, schema, required=name in required) for name, schema in fields.items()]

    def _of_headers(self) -> list[dict[str, Any]]:
        return [{"$ref": "#/components/parameters/Idempotency-Key"}] if self._doc.repeatable else []

    def _body(self) -> dict[str, Any]:
        if self._doc.body is None:
            return {}
        schema, required = self._schemas.of(self._doc.body), bool(self._schemas.required(self._doc.body))
        return {"requestBody": {"required": required, "content": {JSON: {"schema": schema}}}}

    def _answers(self) -> dict[int, Schema]:
        later = (ACCEPTED,) if self._doc.accepted else ()
        answers = dict.fromkeys((self._doc.status, *self._doc.further, *later))
        errors = {*EVERYBODY, *(WITH_KEY if self._route.scope else ()), *self._doc.errors}
        return {
            **{status: {"$ref": f"#/components/responses/{status}"} for status in errors},
            **{status: self._success(status) for status in answers},
        }

    def _success(self, status: int) -> dict[str, Any]:
        headers = [*(["Location"] if status in LOCATED else []), *(LIMITS if self._route.scope else [])]
        answer = {
            "description": words().statuses[str(status)],
            **_if_any("headers", {name: {"$ref": f"#/components/headers/{name}"} for name in headers}),
        }
        if self._doc.accepted and status == ACCEPTED:
            return {**answer, "content": {JSON: {"schema": self._schemas.of(self._doc.accepted)}}}
        if self._doc.answer is None:
            return answer
        kind = self._doc.content_type.partition(";")[0]
        texts = {also: {"schema": {"type": "string"}} for also in self._doc.also}
        return {**answer, "content": {kind: {"schema": self._schemas.of(self._doc.answer)}, **texts}}


LIMITS: Final = ("RateLimit-Policy", "RateLimit")


def _match(part: str) -> re.Match[str] | None:
    return _PARAMETER.fullmatch(part)


def _if_any(name: str, found: Any) -> dict[str, Any]:  # noqa: ANN401 - a list or a mapping
    return {name: found} if found else {}


def _parameter(name: str, schema: Schema, *, required: bool) -> dict[str, Any]:
    """A field of a URL. None can be null there; a list has values, which are separated by commas."""
    kind = {key: value for key, value in schema.items() if key != "description" and (key, value) != ("default", None)}
    options = [option for option in kind.pop("anyOf", []) if option != {"type": "null"}]
    kind = {**kind, **options[0]} if len(options) == 1 else {**kind, **_if_any("anyOf", options)}
    listed = {}
    if kind.get("type") == "array":
        listed = {"style": "form", "explode": False}
        kind = {**{key: value for key, value in kind.items() if (key, value) != ("default", [])}, "minItems": 1}
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": schema["description"],
        **listed,
        "schema": kind,
    }
