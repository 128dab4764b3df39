"""Cases of the sources: what a server answered, and what its adapter must make of it.

    <source>/<case>/case.json       channel, request (default: the adapter's start) and response, without the body
    <source>/<case>/body.<ext>      the body's bytes; no file means an empty body
    <source>/<case>/expected.json   posts, follow and, where the key is there, recognized

A draft, a request and a channel are written as ``msgspec.to_builtins`` gives them, defaults left out. An error is
written as ``{"error": its class}``, with its ``reason`` where it is a verdict.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex import sources
from socialindex.errors import Discarded, ParseError
from socialindex.sources.base import Adapter, Channel, Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from socialindex.model import Draft

FOLDER: Final = Path(__file__).parent
RECEIVED_AT: Final = "2026-11-20T09:00:00Z"
MAX_CURSOR_BYTES: Final = 4_096
MAX_CONTEXT_BYTES: Final = 1_024

Json = Any


def source_names() -> list[str]:
    """Names of the modules in ``socialindex.sources`` that are sources, without importing them."""
    files = (Path(folder).glob("*.py") for folder in sources.__path__)
    names = (file.stem for group in files for file in group)
    return sorted(name for name in names if name != "base" and not name.startswith("_"))


def fixture_names() -> list[str]:
    return sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir() and not folder.name.startswith("__"))


@dataclass(frozen=True)
class Case:
    folder: Path

    @property
    def source(self) -> str:
        return self.folder.parent.name

    @property
    def expected(self) -> Json:
        file = self.folder / "expected.json"
        return json.loads(file.read_text("utf-8")) if file.exists() else {}

    def write(self, observed: Json) -> None:
        (self.folder / "expected.json").write_text(pretty(observed), "utf-8")

    def channel(self) -> Channel:
        defaults = {"id": "ch_test", "source": self.source, "created_at": "2026-11-01T00:00:00Z"}
        return msgspec.convert(defaults | self._given["channel"], Channel)

    def response(self, adapter: Adapter) -> Response:
        given = self._given["response"]
        request = self._request(adapter)
        defaults = {"url": request.url, "status": 200, "received_at": RECEIVED_AT, "request": request}
        headers = {name.lower(): value for name, value in given.get("headers", {}).items()}
        return msgspec.convert(defaults | given | {"headers": headers, "body": self._body}, Response)

    def _request(self, adapter: Adapter) -> Request:
        given = self._given.get("request")
        return msgspec.convert(given, Request) if given else adapter.start(self.channel())

    @property
    def _given(self) -> Json:
        return json.loads((self.folder / "case.json").read_text("utf-8"))

    @property
    def _body(self) -> bytes:
        return next((file.read_bytes() for file in sorted(self.folder.glob("body.*"))), b"")


def cases(source: str) -> list[Case]:
    return [Case(file.parent) for file in sorted((FOLDER / source).glob("*/case.json"))]


def observe(adapter: Adapter, channel: Channel, response: Response) -> Json:
    """All that an adapter says about a response, as JSON. Lets no exception pass but those of the contract."""
    return {
        "posts": attempt(lambda: [item(post) for post in adapter.posts(channel, response)]),
        "follow": attempt(lambda: msgspec.to_builtins(adapter.follow(channel, response))),
        "recognized": attempt(lambda: msgspec.to_builtins(adapter.recognize(response))),
    }


def attempt(call: Callable[[], Json]) -> Json:
    try:
        return call()
    except (ParseError, Discarded) as error:
        return verdict(error)


def item(post: Draft | Exception) -> Json:
    return verdict(post) if isinstance(post, Exception) else msgspec.to_builtins(post)


def verdict(error: Exception) -> Json:
    assert isinstance(error, ParseError | Discarded), error
    reason = {"reason": error.reason} if isinstance(error, Discarded) else {}
    return {"error": type(error).__name__} | reason


def violations(observed: Json) -> Iterable[str]:
    """What of the contract in ``sources/base.py`` and ``model.py`` an adapter's answer breaks."""
    for post in observed["posts"] if isinstance(observed["posts"], list) else ():
        yield from (f"{path} is empty: absent values are left out" for path, value in leaves(post) if value == "")
        yield from (f"{path} is not UTC: {value}" for path, value in leaves(post) if is_time(path) and value[-1] != "Z")
    follow = observed["follow"]
    if size(follow.get("cursor") or {}) > MAX_CURSOR_BYTES:
        yield "the cursor is too large"
    for request in follow.get("requests", ()):
        if size(request.get("context", {})) > MAX_CONTEXT_BYTES:
            yield f"the context of {request['url']} is too large"
        if not request["url"].startswith(("http://", "https://")):
            yield f"{request['url']} is not a web address"


def leaves(value: Json, path: str = "") -> Iterable[tuple[str, Json]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part, path)
    else:
        yield path, value


def is_time(path: str) -> bool:
    return path.endswith("_at")


def size(value: Json) -> int:
    return len(msgspec.json.encode(value))


def pretty(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
