"""No OpenSearch Dashboards can be had here. This stands in for one, behind the gate, on the real engine.

Of Dashboards it has what hands a browser's words to the engine, as its source does: ``params`` become a search with all
their names, as snake case (``opensearch_search_strategy.ts``, ``to_snake_case.ts``), many searches lines
(``call_msearch.ts``), and suggestions an aggregation (``value_suggestions_route.ts``); with the caller's credentials.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote, urlencode

import urllib3

from socialindex.gate.routes import BASE
from tests.loopback import Quiet, on_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

Question = tuple[str, bytes]
"""Path and body of a request to the engine."""
_CAPITAL: Final = re.compile("([A-Z])")


def _asked(path: str, said: dict[str, Any]) -> Question:
    kind = path.removeprefix(BASE)
    if kind.startswith("/internal/search/"):
        params = {_CAPITAL.sub(r"_\1", name).lower(): value for name, value in said["params"].items()}
        index, body = params.pop("index", ""), params.pop("body", {})
        return f"/{quote(index, safe='')}/_search?{urlencode(params)}", json.dumps(body).encode()
    if kind == "/internal/_msearch":
        lines = [line for each in said["searches"] for line in (each["header"], each["body"])]
        return "/_msearch", "".join(json.dumps(line) + "\n" for line in lines).encode()
    index = unquote(kind.rsplit("/", 1)[1])
    terms = {"field": said["field"], "include": f"{said['query']}.*", "execution_hint": "map", "shard_size": 10}
    body = {"size": 0, "query": {"bool": {"filter": said.get("boolFilter", [])}}, "aggs": {"s": {"terms": terms}}}
    return f"/{quote(index, safe='')}/_search", json.dumps(body).encode()


@contextmanager
def dashboards(engine_url: str) -> Iterator[str]:
    """The stand-in's address."""
    pool = urllib3.PoolManager(timeout=30.0, retries=False)

    class Handler(Quiet):
        def do_POST(self) -> None:  # noqa: N802 - the base class's name
            path, body = _asked(self.path, json.loads(self.heard()))
            kind = "application/x-ndjson" if path == "/_msearch" else "application/json"
            headers = {"Authorization": self.headers["Authorization"], "Content-Type": kind}
            told = pool.request("POST", engine_url + path, body=body, headers=headers)
            self.say(told.status, told.data, ("Content-Type", "application/json"))

    with on_loopback(Handler) as url:
        yield url
    pool.clear()
