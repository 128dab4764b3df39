"""What is in the engine when people try what they may: documents of four owners, each with a word of its own.

An answer that has a word has something of its owner, in whatever form. Ids tell nothing: who asks for one gets it back.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from socialindex.organizations import Workspace
from socialindex.setup.families import MENTIONED, POSTS, TOPICS
from socialindex.setup.projections import PROJECTIONS, projection
from socialindex.setup.roles import OURS, WORKSPACE, markers, people
from socialindex.setup.security import put_roles
from socialindex.setup.template import template_of

if TYPE_CHECKING:
    from socialindex.setup.security import Role
    from tests.integration.secured import Cluster

FOLDER: Final = Path(__file__).parents[2] / "infra" / "opensearch"
WORDS: Final = {"P": "zebrapublic", "A": "zebraalpha", "B": "zebrabravo", "C": "zebracharlie"}
"""Of what is public, and of three workspaces."""
OPERATIONS: Final = "zebraoperation"
NAME: Final = "heron"
"""Who wrote everything."""
AGENCY, OTHER = "org_agency", "org_other"
A, B, C = (f"ws_{WORDS[owner]}" for owner in "ABC")
WORKSPACES: Final = tuple(
    Workspace(id=name, organization=organization, name=name, created_at=datetime(2026, 11, 1, tzinfo=UTC))
    for name, organization in ((A, AGENCY), (B, AGENCY), (C, OTHER))
)
HOMES: Final = {name: f"{name}-g1-2026.11" for name in ("posts", "mentions")}
_LANGUAGE: Final = ("analyzer", "search_analyzer", "normalizer", "index_prefixes")


def ours(name: str) -> bool:
    """Whether a role is ours."""
    return name.startswith((OURS, WORKSPACE))


def is_marker(name: str) -> bool:
    """Whether a role says which workspace an organization sees."""
    return name.startswith(WORKSPACE)


def fill(cluster: Cluster, more: dict[str, Role]) -> None:
    """Have templates, documents, roles and what everybody sees in Dashboards there."""
    engine = cluster.administrator.engine()
    for family in (POSTS, MENTIONED, TOPICS):
        engine.indices.put_index_template(name=family.name, body=_plain(template_of(family, FOLDER)))
    for name in PROJECTIONS:
        engine.indices.put_index_template(name=name, body=projection(FOLDER, name))
    answer = engine.bulk(body=[line for each in _documents() for line in each], params={"refresh": "true"})
    assert not answer["errors"], str(answer)[:1_000]
    put_roles(engine, {**people(), **markers(WORKSPACES), **more}, ours)
    shown = {"type": "dashboard", "dashboard": {"title": "shipped"}}
    assert cluster.administrator.ask("PUT", "/.kibana_1/_doc/shipped", shown, tenant="").status == 201
    engine.indices.put_alias(index=".kibana_1", name=".kibana")
    engine.indices.refresh(index="_all")


def _plain(template: dict[str, Any]) -> dict[str, Any]:
    """The same without what takes text apart: nori cannot be had for this engine."""
    del template["template"]["settings"]["index"]["analysis"]
    plain: dict[str, Any] = json.loads(json.dumps(template), object_hook=_untaught)
    return plain


def _untaught(field: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in field.items() if key not in _LANGUAGE}


def _documents() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    found = [_post(owner) for owner in WORDS] + [_post("P", deleted_at="2026-11-20T00:00:00Z")]
    for owner, workspace in zip("ABC", (A, B, C), strict=True):
        found += [_mention(owner, workspace), _mention(owner, workspace, gone="erased")]
        found.append(_at("alerts-1", f"alert-{owner}", {"workspace": workspace, "terms": WORDS[owner]}))
        topic = {"id": f"topic-{owner}", "workspace": workspace, "q": WORDS[owner]}
        found.append(_at("topics-g1", topic["id"], {"query": {"match_all": {}}, "topic": topic}))
    found.append(_at("operations-2026.11", OPERATIONS, {"message": OPERATIONS, "at": "2026-11-20T00:00:00Z"}))
    return found


def _post(owner: str, **more: str) -> tuple[dict[str, Any], dict[str, Any]]:
    visibility = "public" if owner == "P" else f"ws_{WORDS[owner]}"
    name = f"post-{owner}{'-gone' if more else ''}"
    return _at(HOMES["posts"], name, {**_content(owner), "visibility": visibility, **more})


def _mention(owner: str, workspace: str, **more: str) -> tuple[dict[str, Any], dict[str, Any]]:
    mention = {"workspace": workspace, "tags": [WORDS[owner]], "assignee": WORDS[owner], **more}
    name = f"mention-{owner}{'-gone' if more else ''}"
    return _at(HOMES["mentions"], name, {**_content(owner), "mention": mention})


def _content(owner: str) -> dict[str, Any]:
    author = {"id": f"urn:{NAME}", "key": "au_1", "handle": NAME, "name": NAME, "url": f"https://a.example/{NAME}"}
    number = list(WORDS).index(owner) + 1
    written = {"text": f"about {WORDS[owner]}", "hashtags": [WORDS[owner]], "metrics": {"likes": number}}
    written["published_at"] = f"2026-11-2{number}T00:00:00Z"
    return {"author": author, "url": f"https://a.example/{NAME}/1", "mentions": [NAME], **written}


def _at(index: str, name: str, document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"index": {"_index": index, "_id": name}}, document
