"""The plain loops once more, with pages archived as the stage does it: the least that leaves something."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from infra.bench.crawlers import plain
from infra.bench.memory import LONG_AGO
from socialindex.sources.base import Channel, Request, Response
from socialindex.warc import Exchange, WarcObject

if TYPE_CHECKING:
    from aiohttp import ClientResponse

_CHANNEL: Final = Channel(id="bench", source="bench", url="https://bench.example/", created_at=LONG_AGO)


class _Archive:
    def __init__(self) -> None:
        self._object = WarcObject()

    def take(self, answer: ClientResponse, body: bytes) -> None:
        """Archive a page."""
        url, headers = str(answer.url), {name.lower(): value for name, value in answer.headers.items()}
        response = Response(
            request=Request(url=url),
            url=url,
            status=answer.status,
            headers=headers,
            body=body,
            received_at=datetime.now(UTC),
        )
        self._object.add(Exchange(_CHANNEL, response))


if __name__ == "__main__":
    plain.main(_Archive().take)
