"""One request and its answer: connections kept, packed answers, and another try where that does no harm."""

from __future__ import annotations

import platform
import re
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from urllib.parse import urlencode

import msgspec
import urllib3
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import parse_url

from socialindex import __version__
from socialindex.client.errors import InvalidInput, NoAnswer, Unavailable, refusal
from socialindex.client.proxies import connections_to
from socialindex.client.waiting import again, told_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

T = TypeVar("T")

USER_AGENT: Final = f"socialindex-python/{__version__} (Python {platform.python_version()})"
_ADDRESS: Final = re.compile(r"https?://[^@?#]*(?<!/v1)(?<!/v1/)")
_KEY: Final = re.compile(r"[!-~]*")
_ADDRESS_REMEDY: Final = "use http(s)://host:port, without /v1 behind it"
_KEY_REMEDY: Final = "paste the key as it was shown when it was made: si_ and 32 letters and digits"
_CONNECT: Final = 5.0
"""Seconds until a connection must stand."""
_LEAST: Final = 0.1
"""Seconds that an attempt has at least."""
_IDEMPOTENT: Final = frozenset({"GET", "PUT", "DELETE"})


class Request(NamedTuple):
    """What is asked."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = {}
    reads: bool = False
    """Whether it changes nothing though it is a POST: a question that is too long for a URL."""
    idempotency_key: str | None = None
    """What makes it do nothing twice."""

    @property
    def may_be_repeated(self) -> bool:
        """Whether it does no harm to send it again when nobody knows what became of it."""
        return self.reads or self.idempotency_key is not None or self.method in _IDEMPOTENT


class Transport:
    """Sends requests with a key. Threads may share it.

    Args:
        url: the API's address.
        key: the API key, which is shown nowhere.
        timeout: seconds that an answer may take.
        attempts: how often a request is sent at most.
        patience: seconds that all of them may take, pauses included: where a pause or another attempt would outlast
            it, the error is raised at once. One attempt may take its ``timeout`` in any case.
        connections: how many are kept.

    Raises:
        InvalidInput: the address or the key can be none.
    """

    notice: Callable[[str], None] | None = None
    """Is told in words what is waited for, and why, where that takes more than some seconds."""

    def __init__(self, url: str, key: str, *, timeout: float, attempts: int, patience: float, connections: int) -> None:
        self.url = _address(url)
        if not _KEY.fullmatch(key):
            raise InvalidInput("the API key has other characters than keys have", field="key", remedy=_KEY_REMEDY)
        self._timeout, self._most = timeout, max(timeout, patience)
        headers = {"Authorization": f"Bearer {key}", "User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
        self._pool = connections_to(self.url, maxsize=connections, headers=headers)
        self._again = again(attempts, patience, self._tell)

    def ask(self, request: Request, kind: type[T]) -> T:
        """The answer to a request, as what it must be.

        Raises:
            ApiError: the API said no.
            Unavailable: nothing answers at the address, or something else than the API.
        """
        data = self.read(request)
        try:
            return msgspec.json.decode(data or b"{}", type=kind)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise Unavailable(f"what answers at {self.url} is not the API: {error}") from error

    def read(self, request: Request) -> bytes:
        """The answer to a request, as it came.

        Raises:
            ApiError: the API said no.
            Unavailable: nothing answers at the address.
        """
        most = self._most if request.may_be_repeated else self._timeout
        until = time.monotonic() + most
        with told_of(self.notice, self.url, most):
            return self._again(self._send, request, until) if request.may_be_repeated else self._send(request, until)

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def _send(self, request: Request, until: float) -> bytes:
        with unicode_only():
            url = self.url + request.path + (f"?{urlencode(request.query)}" if request.query else "")
            body = None if request.body is None else msgspec.json.encode(request.body)
        try:
            answer = self._pool.request(
                request.method,
                url,
                body=body,
                headers={**self._pool.headers, **_headers(request)},
                timeout=self._left(until),
                retries=False,
            )
        except HTTPError as error:
            raise NoAnswer(f"nothing answers at {self.url}: {error}") from error
        if answer.status >= 400:  # noqa: PLR2004 - RFC 9110, section 15.5
            raise refusal(answer.status, answer.headers, answer.data)
        if answer.status >= 300:  # noqa: PLR2004 - RFC 9110, section 15.4: the API never redirects
            raise Unavailable(f"what answers at {self.url} is not the API: it redirects")
        return answer.data

    def _tell(self, why: str) -> None:
        if self.notice:
            self.notice(why)

    def _left(self, until: float) -> urllib3.Timeout:
        """What an attempt may take: of what the attempts have together, what those before have left."""
        return urllib3.Timeout(connect=_CONNECT, read=min(self._timeout, max(_LEAST, until - time.monotonic())))


def _address(url: str) -> str:
    """The API's address without what pasting leaves around it; the message does not show it: it may be a key.

    Raises:
        InvalidInput: it can be none.
    """
    address = url.strip()
    try:
        host = parse_url(address).host or ""
        host.encode("idna")  # as sockets do: it refuses what names cannot be
    except (LocationParseError, UnicodeError):
        host = ""
    if not host or not _ADDRESS.fullmatch(address):
        raise InvalidInput("this is no address of an API", field="url", remedy=_ADDRESS_REMEDY)
    return address.rstrip("/")


@contextmanager
def unicode_only() -> Iterator[None]:
    """What is sent is UTF-8; Python keeps other bytes of a command line or a file's name as halves of characters.

    Raises:
        InvalidInput: there are such in it.
    """
    try:
        yield
    except UnicodeEncodeError as error:
        raise InvalidInput("this is no Unicode text", remedy="use a terminal that writes UTF-8") from error


def new_idempotency_key() -> str:
    """A key that nobody else uses."""
    return uuid.uuid4().hex


def _headers(request: Request) -> dict[str, str]:
    typed = {} if request.body is None else {"Content-Type": "application/json"}
    return {**typed, "Idempotency-Key": request.idempotency_key} if request.idempotency_key else typed
