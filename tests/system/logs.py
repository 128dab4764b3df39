"""What functions of a local stack have logged: entries, metrics, and who must not be named in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.system.conftest import Probe

Entry = dict[str, Any]

_METRICS: Final = "_aws"
_SHORTEST: Final = 4
"""Letters of a name or text that cannot be in a log by chance; Korean names of three are no words of ours."""
_EXCERPT: Final = 24
"""Letters of a text: fewer may be a phrase that anybody writes."""


def lines(data: Path) -> Iterator[str]:
    """All that functions have printed."""
    for file in sorted((data / "logs").glob("*Function.log")):
        yield from file.read_text("utf-8", errors="replace").splitlines()


def entries(data: Path) -> Iterator[Entry]:
    """Structured entries, metrics aside."""
    return (entry for entry in _objects(data) if _METRICS not in entry and "message" in entry)


def way(data: Path, correlation: str) -> set[tuple[str, str]]:
    """Which service said what of an id."""
    found = (entry for entry in entries(data) if correlation in entry.get("correlation", ()))
    return {(entry["service"], entry["message"]) for entry in found}


def ids(data: Path, alert: str) -> list[str]:
    """Of an alert's evidence, as they were when it was told first."""
    return next((entry["correlation"] for entry in entries(data) if entry.get("alert") == alert), [])


def measured(data: Path) -> set[tuple[str, str, str]]:
    """Namespace, service and name of each metric that was emitted."""
    return {
        (kind["Namespace"], entry["service"], metric["Name"])
        for entry in _objects(data)
        for kind in entry.get(_METRICS, {}).get("CloudWatchMetrics", ())
        for metric in kind["Metrics"]
    }


def _objects(data: Path) -> Iterator[Entry]:
    for line in lines(data):
        if line.startswith("{"):
            try:
                yield json.loads(line)
            except ValueError:
                continue  # the last line of a process that was killed


def personal(probe: Probe) -> set[str]:
    """Names, handles and words of people: whatever the index has of them."""
    source = ["author.name", "author.handle", "author.id", "author.url", "title", "text"]
    hits = probe.index.search(index="posts-*", body={"size": 10_000, "_source": source})["hits"]["hits"]
    return {word for hit in hits for word in _words(hit["_source"])}


def _words(post: Entry) -> Iterator[str]:
    author = post.get("author", {})
    yield from (name for name in author.values() if len(name) >= (_SHORTEST if name.isascii() else _SHORTEST - 1))
    for text in (post.get("title"), post.get("text")):
        for line in (text or "").splitlines():
            if len(line) >= _EXCERPT:
                yield line[:_EXCERPT]


def named(data: Path, words: Iterable[str]) -> set[tuple[str, str]]:
    """Which of the words stand in a log, each with a line that has it."""
    written = "\n".join(lines(data))
    return {(word, _around(written, word)) for word in words if word in written}


def _around(written: str, word: str) -> str:
    at = written.index(word)
    return written[max(at - 80, 0) : at + 80]
