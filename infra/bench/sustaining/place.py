"""A channel of a platform, whose responses show what is new, and some of what was there before, as real ones do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from socialindex.identity import channel_id
from socialindex.sources.base import Channel, Request, Response
from socialindex.warc import Exchange

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from infra.bench.sustaining.said import Said

SHOWN_BEFORE: Final = 5
"""Posts of a list that its last answer had too."""
JSON: Final = {"content-type": "application/json; charset=utf-8"}
_ADDED: Final = timedelta(hours=1)
"""How long a channel has been crawled when it is first read: all that is said is live."""


class Place(ABC):
    """A channel of a platform.

    Args:
        number: of the place, among those of its platform.
    """

    source: ClassVar[str]
    new: ClassVar[int]
    """Posts of a response that were not in an earlier one."""
    weight: ClassVar[int]
    """Posts of a hundred that are this platform's."""
    answer: ClassVar[dict[str, str]] = JSON

    def __init__(self, number: int) -> None:
        self.base = f"https://{self.source}{number}.example"
        self.number = number
        self._shown: list[Said] = []
        self._channel: Channel | None = None

    def read(self, new: Sequence[Said], now: datetime) -> Exchange:
        """The response that shows these for the first time."""
        self._shown = [*self._kept(), *new]
        channel = self._channel = self._channel or self._as_channel(now)
        request = self._request(self._shown)
        body = self._body(self._shown, now)
        response = Response(
            request=request, url=request.url, status=200, headers=self.answer, body=body, received_at=now
        )
        return Exchange(channel, response)

    @property
    def shown(self) -> int:
        """Posts of the last response."""
        return len(self._shown)

    @abstractmethod
    def _request(self, shown: Sequence[Said]) -> Request:
        """What is asked for."""

    @abstractmethod
    def _body(self, shown: Sequence[Said], now: datetime) -> bytes:
        """What is answered: posts, oldest first."""

    @abstractmethod
    def _url(self) -> str:
        """The channel's address."""

    def _options(self) -> dict[str, str]:
        """The channel's."""
        return {"pages": "20"}

    def _kept(self) -> list[Said]:
        return self._shown[-SHOWN_BEFORE:]

    def _as_channel(self, now: datetime) -> Channel:
        name = channel_id(self.source, self._url())
        return Channel(
            id=name,
            source=self.source,
            url=self._url(),
            created_at=now - _ADDED,
            language="ko",
            options=self._options(),
        )
