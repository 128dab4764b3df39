"""The API's routes as the functions have them that answer it, made without a network."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from infra.local.cloud import Cloud
from infra.local.template import Site, read_template
from socialindex import settings, terms
from socialindex.query import names
from socialindex.search import listening

if TYPE_CHECKING:
    from infra.local.template.model import Function
    from socialindex.search.routes import Route

ROOT = Path(__file__).parents[2]
_NOWHERE = "http://127.0.0.1:9"


def routes() -> dict[str, Route]:
    """Every route, by the gateway's names. Nothing is asked: clients connect at their first question."""
    return {name: route for found in routes_by_function().values() for name, route in found.items()}


def routes_by_function() -> dict[str, dict[str, Route]]:
    """The same by the functions that answer them, those that the template hands requests to."""
    cloud = Cloud(sqs=_NOWHERE, dynamodb=_NOWHERE, s3=_NOWHERE)
    site, engine = Site("openapi", cloud, _NOWHERE), {"EngineUrl": _NOWHERE}
    template = read_template(ROOT / "template.yaml", site, parameters=engine)
    functions = sorted({route.function for route in template.routes})
    return {one: _of(template.functions[one], cloud) for one in functions}


def _of(function: Function, cloud: Cloud) -> dict[str, Route]:
    settings.load.cache_clear()
    try:
        with patch.dict(os.environ, {**cloud.environment(), **function.environment}):
            found: dict[str, Route] = runpy.run_path(str(function.code / "app.py"))["_api"].routes
    finally:
        terms.use(None)
        names.use(None)
        listening.use(None)
        settings.load.cache_clear()
    return found
