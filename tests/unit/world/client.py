"""GET and HEAD on loopback, without following redirects."""

from __future__ import annotations

import gzip
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def get(url: str, *, method: str = "GET", **headers: str) -> Answer:
    """One request; header names are written with ``_`` for ``-``."""
    parts = urlsplit(url)
    assert parts.hostname == "127.0.0.1", "traffic stays on loopback"
    path = quote(f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/", safe="/?&=%@")
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    found = {name.lower(): value for name, value in answer.headers.items()}
    if found.get("content-encoding") == "gzip" and body:
        body = gzip.decompress(body)
    return Answer(answer.status, found, body)
