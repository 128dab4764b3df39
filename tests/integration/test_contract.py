"""The API keeps its contract: whatever is sent, nothing breaks, and every answer is one that the document describes."""

from __future__ import annotations

import itertools
import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from socialindex.access import Scope
from socialindex.channels import recognize
from socialindex.errors import InvalidInput
from socialindex.exports import charges as exports
from socialindex.imports import charges as imports
from socialindex.search.network import jobs as networks
from tests.integration.parts import real_parts
from tests.integration.whole_api import Gateway, Tenant, clear, public_posts, whole_api, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


def described() -> dict[str, Any]:
    """The document, with answers that may hold nothing beside what it describes: so nothing is shown unsaid."""
    text = resources.files("socialindex.search").joinpath("openapi.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return document


SCHEMA = schemathesis.openapi.from_dict(
    described(),
    config=schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": False}}}),
)


def has_lists(case: schemathesis.Case[Any]) -> bool:
    """Whether a URL may hold lists: what is wrong there for a schema (an object, say) is a text like any other."""
    return any(one.get("explode") is False for one in case.operation.definition.raw.get("parameters", []))


class Subject:
    """The API with what there is to be asked for, and a key that may do everything."""

    def __init__(self, api: Gateway, engine_url: str) -> None:
        self.api = api
        self.tenant = Tenant(api, *Scope)
        there = self.tenant.furnished()
        posts = [*public_posts(), *there.posts()]
        write(engine_url, posts)
        self.ids = {**there.ids, "posts": posts[1].id, "terms": "board.example.com"}
        self._turns = 0

    def aim(self, case: schemathesis.Case[Any]) -> None:
        """Every other time ask for what is there, unless that would take it away from those who come later."""
        self._turns += 1
        if self._turns % 2 and case.method in {"GET", "POST"}:
            parts = case.path.split("/")
            for before, part in itertools.pairwise(parts):
                if part.startswith("{") and before in self.ids:
                    case.path_parameters[part.strip("{}")] = self.ids[before]


@pytest.fixture(scope="module")
def subject(servers: Running, engine_url: str) -> Iterator[Subject]:
    async def nothing(url: str, *_: Any, **__: Any) -> Any:
        """No address is fetched here: generated ones could be anybody's."""
        raise InvalidInput("no source knows this address", field="url", remedy=f"not {url[:20]!r}")

    with pytest.MonkeyPatch.context() as patch, real_parts(servers) as parts, whole_api(parts, engine_url) as api:
        patch.setattr(recognize, "recognize", nothing)
        for charged in (exports, imports, networks):  # nobody works here on what is made, so that it stays under way
            patch.setattr(charged, "AT_ONCE", 1_000)
        clear(engine_url)
        yield Subject(api, engine_url)
        clear(engine_url)


@SCHEMA.parametrize()
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_asked_the_answer_is_as_described(case: schemathesis.Case[Any], subject: Subject) -> None:
    subject.aim(case)
    headers = {"Accept-Encoding": "identity"}
    if case.operation.definition.raw["security"]:
        headers["Authorization"] = f"Bearer {subject.tenant.manager}"
    checks = [check for check in CHECKS if check is not negative_data_rejection or not has_lists(case)]
    told = case.call_and_validate(app=subject.api, headers=headers, checks=checks)
    assert told.status_code != 429, "the plan's end hides what would have been answered"


NAMED = [
    (method.upper(), path)
    for path, operations in described()["paths"].items()
    for method in operations
    if path.endswith("}") or "}/" in path
]
PREFIXES = {"organizations": "org_", "workspaces": "ws_", "members": "mb_", "keys": "key_"}


@pytest.mark.parametrize(("method", "path"), NAMED)
def test_an_id_that_no_table_can_hold_is_none(subject: Subject, method: str, path: str) -> None:
    """Asking again would not help, as a 503 would have it."""
    parts = path.split("/")
    *_, last = (place for place, part in enumerate(parts) if part.startswith("{"))
    for place in range(1, last):
        if parts[place].startswith("{"):
            parts[place] = subject.ids.get(parts[place - 1], "x")
    parts[last] = PREFIXES.get(parts[last - 1], "x") + "a" * 2_100
    told = subject.api.call(subject.tenant.manager, method, "/".join(parts), body=... if method == "GET" else {})
    assert told.status < 500, told.text


MISTAKES: list[tuple[str, str, dict[str, Any], str]] = [
    ("POST", "/v1/posts/search", {"topic": [""]}, "topic"),
    ("POST", "/v1/posts/search", {"topic": ["a" * 65]}, "topic"),
    ("POST", "/v1/keys", {"label": "a", "scopes": ["read"], "member": "mb_" + "a" * 2_000}, "member"),
    ("GET", "/v1/keys", {"organization": "org_" + "a" * 3_000}, "organization"),
    (
        "POST",
        "/v1/workspaces/{}/imports",
        {"name": "a", "bytes": 1, "plan": {"mapping": {"text": "x" * 500_000}}},
        "plan.mapping",
    ),
    (
        "POST",
        "/v1/workspaces/{}/imports",
        {"name": "a", "bytes": 1, "plan": {"mapping": {"text": "x"}, "language": "x" * 500_000}},
        "plan.language",
    ),
]


@pytest.mark.parametrize(("method", "path", "given", "field"), MISTAKES)
def test_what_no_table_can_hold_is_told_with_its_field(
    subject: Subject, method: str, path: str, given: dict[str, Any], field: str
) -> None:
    query, body = (given, ...) if method == "GET" else ({}, given)
    told = subject.api.call(subject.tenant.manager, method, path.format(subject.ids["workspaces"]), query, body=body)
    assert (told.status, told.body.get("field")) == (400, field)


def test_the_page_and_the_document_are_served_to_everybody(subject: Subject) -> None:
    page, document = subject.api.call(None, "GET", "/docs"), subject.api.call(None, "GET", "/v1/openapi.json")
    assert (page.status, page.content_type) == (200, "text/html")
    assert document.body["openapi"].startswith("3.1")
