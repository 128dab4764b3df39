"""Walks through pages of the runbook: makes the condition, runs the page's own commands, and waits until it is over."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import pytest

from infra.local.reach import tell
from infra.local.runtime.outcome import FunctionFailed
from infra.local.servers import OpenSearch
from socialindex.aws.channels import Channels
from socialindex.aws.queues import Queue
from socialindex.messages import Archived, encode
from tests.system import examples
from tests.system.conftest import Probe, eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted(
    page.stem
    for page in (ROOT / "docs/runbook").glob("*.md")
    if page.stem != "README" and any(block.session == "curl" for block in examples.blocks(page))
)


def walk(page: str, probe: Probe, folder: Path) -> None:
    """Make a page's condition, and follow the page in an empty folder, until it is over.

    Raises:
        AssertionError: something went otherwise than the page says.
    """
    (folder / ".local").symlink_to(probe.data)
    (probe.data / "api-url").write_text(probe.service.stack.url, "utf-8")
    tell(probe.data, probe.service.reach())
    with CONDITIONS.get(page, nullcontext)(probe):
        found = examples.failures(ROOT / f"docs/runbook/{page}.md", "curl", folder, _terminal(probe))
        assert found == [], "\n".join(found)


def _terminal(probe: Probe) -> dict[str, str]:
    """The environment of who has read README.md's "Before you begin" beside ``make run``."""
    engine = probe.service.servers.get(OpenSearch).url
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "BASH_FUNC_engine%%": f'() {{ curl -fsS "{engine}/$1" "${{@:2}}"; }}',
    }


@contextmanager
def _dead_letter(probe: Probe) -> Iterator[None]:
    """A response whose normalizing was given up while the archive was down."""
    body = {"size": 1, "query": {"exists": {"field": "provenance.channel"}}}
    (hit,) = probe.index.search(index="posts-*", body=body)["hits"]["hits"]
    place, stack = hit["_source"]["provenance"], probe.service.stack
    message = Archived(
        key=place["archive_key"],
        offset=place["archive_offset"],
        length=place["archive_length"],
        source=hit["_source"]["source"],
        replay=True,
    )
    letters = Queue(stack.queue_url("NormalizeDeadLetters"))
    letters.put(encode(message), reason="Unavailable: archive: it did not answer")
    yield
    eventually(lambda: letters.depth().waiting, lambda left: not left)


@contextmanager
def _writes_refused(probe: Probe) -> Iterator[None]:
    """Indices that take no writes, and posts that wait for them."""
    probe.index.indices.put_settings(index="posts-*", body={"index.blocks.write": True})
    probe.admin.replay(source="feed")
    eventually(lambda: _waiting(probe, "index"), bool)
    yield
    eventually(lambda: _waiting(probe, "index"), lambda left: not left)


def _waiting(probe: Probe, stage: str) -> int:
    found = probe.client.status().stages[stage]
    return (found.waiting or 0) + (found.in_flight or 0)


@contextmanager
def _blind_source(probe: Probe) -> Iterator[None]:
    """A source at all of whose channels polls fail."""
    every = [state["channel"] for state in probe.admin.channels()]
    source = min({channel["source"] for channel in every}, key=[channel["source"] for channel in every].count)
    ids = [channel["id"] for channel in every if channel["source"] == source]
    channels = Channels(probe.service.stack.table_name("ChannelsTable"))

    def fail() -> set[str]:
        for channel in ids * 3:
            channels.failed(channel, "server_error")
        probe.service.stack.invoke("WatchFunction", {})
        return down()

    def down() -> set[str]:
        events = probe.client.health(days=1).open
        return {event.finding.source for event in events if event.finding.kind == "down"} & {source}

    eventually(fail, bool)  # a poll that succeeds meanwhile makes it well again
    yield
    eventually(down, lambda sources: not sources)


@contextmanager
def _failing_webhook(probe: Probe) -> Iterator[None]:
    """A destination that answers 500."""
    with _answering_500() as url:
        made = probe.client.add_destination("runbook", "webhook", url=url)
        sent = probe.client.test_destination(made.destination.id)
        eventually(lambda: probe.client.delivery(sent.id).tries, bool)
        assert probe.client.delivery(sent.id).state == "waiting"
        yield
        probe.client.remove_destination(made.destination.id)


@contextmanager
def _answering_500() -> Iterator[str]:
    class Failing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_error(500)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Failing)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _failing_function(probe: Probe) -> Iterator[None]:
    """An event that a function cannot read."""
    with pytest.raises(FunctionFailed):
        probe.service.stack.invoke("NormalizeFunction", {"Records": [{}]})
    yield


CONDITIONS: Final[dict[str, Callable[[Probe], AbstractContextManager[Any]]]] = {
    "alert-delay": _failing_webhook,
    "blind-sources": _blind_source,
    "dead-letters": _dead_letter,
    "engine-writes": _writes_refused,
    "failing": _failing_function,
}
"""Pages without one are followed while all is well."""
