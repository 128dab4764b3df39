"""A bucket whose answers break off in the middle, as where a connection is cut."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from socialindex import warc
from socialindex.aws import clients
from socialindex.aws.archive import Archive
from socialindex.errors import Unavailable
from socialindex.warc import Kept, Span, WarcObject
from tests.loopback import Quiet, on_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = "raw/2026/11/30/000000-0.warc.gz"


class Broken(Quiet):
    """Announces a whole object, and sends a half of it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # noqa: N802 - the base class's name
        """Send a half."""
        whole = WarcObject()
        for _ in range(3):
            whole.add(Kept("feed", []))
        data = whole.data()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2])
        self.close_connection = True


@pytest.fixture
def archive() -> Iterator[Archive]:
    with on_loopback(Broken) as url:
        environment = {
            "AWS_ENDPOINT_URL_S3": url,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local-secret",
        }
        with patch.dict(os.environ, environment):
            clients.s3.cache_clear()
            yield Archive("archive")
    clients.s3.cache_clear()


WAYS: dict[str, Callable[[Archive], object]] = {
    "a record": lambda archive: archive.read(KEY, Span(0, 100)),
    "an object": lambda archive: archive.load(KEY),
    "a stream": lambda archive: list(warc.walk(archive.open(KEY))),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_an_answer_that_breaks_off_is_an_outage(archive: Archive, way: Callable[[Archive], object]) -> None:
    """A replay that met one answered 500, as for a mistake of ours."""
    with pytest.raises(Unavailable, match="archive"):
        way(archive)
