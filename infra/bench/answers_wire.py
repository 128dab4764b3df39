"""What the handler sends to the engine, byte by byte, and sending the same with nothing around it."""

from __future__ import annotations

import base64
import gzip
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import urllib3
from urllib3.exceptions import HTTPError

from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch


class Sent(NamedTuple):
    """One request, as it goes over the wire."""

    method: str
    url: str
    body: bytes
    headers: dict[str, str]


class _NotSentError(HTTPError):
    """Stands for an engine that does not answer."""


class Wire:
    """The connection between the handler's client and the engine.

    Args:
        client: the handler's.
        url: the engine's address.
    """

    def __init__(self, client: OpenSearch, url: str) -> None:
        self._pool = client.transport.get_connection().pool
        self._bare = urllib3.connection_from_url(url, maxsize=1)

    @contextmanager
    def unplugged(self) -> Iterator[list[Sent]]:
        """What is sent meanwhile, instead of sending it: to whoever sends it, the engine is down."""
        sent: list[Sent] = []

        def urlopen(method: str, url: str, body: bytes, **given: Any) -> None:  # noqa: ANN401 - urllib3's own
            sent.append(Sent(method, url, body, dict(given["headers"])))
            raise _NotSentError

        self._pool.urlopen = urlopen
        try:
            yield sent
        finally:
            del self._pool.urlopen

    def send(self, sent: Sent) -> bytes:
        """Send it by a bare client; the answer's body.

        Raises:
            Unavailable: it is no success.
        """
        answer = self._bare.urlopen(sent.method, sent.url, body=sent.body, headers=sent.headers, retries=False)
        if answer.status != 200:  # noqa: PLR2004 - HTTP's OK
            raise Unavailable(f"the engine says {answer.status}: {answer.data[:500]!r}")
        return answer.data

    def forget(self) -> None:
        """Empty the engine's cache of answers, so that who comes second has no advantage."""
        self._bare.urlopen("POST", "/posts/_cache/clear?request=true", retries=False)


def body_of(answer: dict[str, Any]) -> bytes:
    """The body of a handler's answer, unpacked."""
    body: str = answer["body"]
    return gzip.decompress(base64.b64decode(body)) if answer.get("isBase64Encoded") else body.encode()


def total_of(answer: bytes) -> int:
    """How many posts an engine's answer is about, which for several searches is the first one's."""
    found = msgspec.json.decode(answer)
    return int(found.get("responses", [found])[0]["hits"]["total"]["value"])
