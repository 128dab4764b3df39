"""The API's routes as the search function has them, made without a network."""

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

if TYPE_CHECKING:
    from socialindex.search.routes import Route

ROOT = Path(__file__).parents[2]
_NOWHERE = "http://127.0.0.1:9"


def routes() -> dict[str, Route]:
    """Every route, by the gateway's names. Nothing is asked: clients connect at their first question."""
    cloud = Cloud(sqs=_NOWHERE, dynamodb=_NOWHERE, s3=_NOWHERE)
    function = read_template(ROOT / "template.yaml", Site("openapi", cloud, _NOWHERE)).functions["SearchFunction"]
    settings.load.cache_clear()
    try:
        with patch.dict(os.environ, {**cloud.environment(), **function.environment}):
            found: dict[str, Route] = runpy.run_path(str(function.code / "app.py"))["_api"].routes
    finally:
        terms.use(None)
        names.use(None)
        settings.load.cache_clear()
    return found
