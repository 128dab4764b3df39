"""What all parts of the client share: the connection, and asking."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar
from urllib.parse import quote

from socialindex.client.errors import InvalidInput
from socialindex.client.transport import Request, Transport, new_idempotency_key, unicode_only
from socialindex.errors import InvalidSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

T = TypeVar("T")
Json = dict[str, Any]

URL, KEY = "SOCIALINDEX_URL", "SOCIALINDEX_KEY"
"""The environment's variables."""
_REMEDIES: Final = {
    URL: "set it to the API's address, which is http://127.0.0.1:8080 beside `make run`",
    KEY: "set it to your API key, which is in .local/client-key beside `make run`",
}


class Core:
    """A connection to the API with one key. Threads may share it."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = 35.0,
        attempts: int = 4,
        patience: float = 60.0,
        connections: int = 10,
    ) -> None:
        self._transport = Transport(
            url, key, timeout=timeout, attempts=attempts, patience=patience, connections=connections
        )

    @classmethod
    def from_environment(cls) -> Self:
        """A client with the address in ``SOCIALINDEX_URL`` and the key in ``SOCIALINDEX_KEY``.

        Raises:
            InvalidSettings: one of the two is not set.
            InvalidInput: one of them can be none.
        """
        return cls(*map(_setting, (URL, KEY)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._transport.url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def telling(self, notice: Callable[[str], None]) -> Self:
        """The same client, which says when somebody would wait in silence for more than five seconds.

        Args:
            notice: is told in words what is waited for and why, at times by another thread.
        """
        self._transport.notice = notice
        return self

    def close(self) -> None:
        """Close all connections; the next call opens new ones."""
        self._transport.close()

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, idempotency_key: str | None = None
    ) -> Json:
        """Any request that the API takes, and its answer as JSON.

        Args:
            method: such as ``GET``.
            path: with its parameters, such as ``/v1/posts?q=battery``.
            body: becomes JSON.
            idempotency_key: makes that the request can be sent again and does nothing twice, where its route takes
                one. Without it only ``GET``, ``PUT`` and ``DELETE`` are tried again.

        Raises:
            InvalidInput: the path does not begin with a slash. Behind the address it would make another host's name,
                which the key would be sent to.
        """
        if not path.startswith("/"):
            raise InvalidInput("the path begins without a slash", field="path", remedy="write it as /v1/posts?q=x")
        return self._transport.ask(Request(method, path, body, idempotency_key=idempotency_key), Json)

    def _get(self, where: str, kind: type[T], **query: str | int | None) -> T:
        given = {name: str(value) for name, value in query.items() if value not in {None, ""}}
        return self._transport.ask(Request("GET", where, query=given), kind)

    def _question(self, where: str, body: Mapping[str, Any], kind: type[T]) -> T:
        """A POST that changes nothing."""
        return self._transport.ask(Request("POST", where, body, reads=True), kind)

    def _make(self, where: str, body: Mapping[str, Any], kind: type[T], idempotency_key: str | None) -> T:
        """A POST that makes something, once, however often it must be sent."""
        key = idempotency_key or new_idempotency_key()
        return self._transport.ask(Request("POST", where, body, idempotency_key=key), kind)

    def _change(self, where: str, body: Mapping[str, Any], kind: type[T]) -> T:
        return self._transport.ask(Request("PATCH", where, body), kind)

    def _delete(self, where: str, kind: type[T]) -> T:
        return self._transport.ask(Request("DELETE", where), kind)


def path(*parts: str) -> str:
    """A path of the API, its parts quoted.

    Raises:
        InvalidInput: one is empty, or no Unicode text.
    """
    if not all(parts):
        raise InvalidInput("an id or a name is empty", remedy="give the one that is meant")
    with unicode_only():
        return "/v1/" + "/".join(quote(part, safe="") for part in parts)


def _setting(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise InvalidSettings(f"{name} is not set", field=name, remedy=_REMEDIES[name])
    return value


def only(found: list[str], what: str) -> str:
    """The only one of some ids.

    Raises:
        InvalidInput: there are more, or none.
    """
    if len(found) != 1:
        remedy = f"name one of: {', '.join(found)}" if found else f"use a key that has a {what}"
        raise InvalidInput(f"the key has {len(found)} {what}s", field=what, remedy=remedy)
    return found[0]
