"""Passing requests on to OpenSearch Dashboards, whose address nothing in a request can change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from urllib3 import BaseHTTPResponse, Timeout, connection_from_url
from urllib3.exceptions import HTTPError

from socialindex.errors import InvalidInput, InvalidSettings, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWER_LIMIT: Final = 4_500_000
"""Bytes of a body: in Base64 it is just below what a function may answer (6 MB)."""
SECONDS: Final = 24.0
"""For an answer; the function has 29, and the gateway 30."""
_CONNECTING: Final = 3.0
_PASSED: Final = frozenset(
    {
        *("accept", "accept-encoding", "accept-language", "authorization", "content-type", "cookie"),
        *("if-modified-since", "if-none-match", "osd-system-request", "osd-version", "osd-xsrf", "securitytenant"),
    }
)
"""Headers that Dashboards reads. No other comes from outside: some say to the engine who asks, or from where."""
_VALUE: Final = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]*")
"""Of a header: no control characters (RFC 9110, section 5.5), nothing that UTF-8 has no bytes for."""
_OF_THE_CONNECTION: Final = frozenset(
    {
        *("connection", "content-length", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer"),
        *("transfer-encoding", "upgrade", "date", "server"),
    }
)
"""RFC 9110, section 7.6.1; and what the gateway says itself."""


class TooLarge(InvalidInput):
    """A body that a function cannot take, or an answer that it cannot give."""


class Passed(NamedTuple):
    """What Dashboards answered."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes
    """As it came, in its content coding."""


class Upstream:
    """An OpenSearch Dashboards.

    Args:
        url: scheme and host of the domain.
        timeout: seconds for an answer.

    Raises:
        InvalidSettings: the address has more than that, or less.
    """

    def __init__(self, url: str, *, timeout: float = SECONDS) -> None:
        parts = urlsplit(url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        is_origin = parts.hostname and "@" not in parts.netloc and url.rstrip("/") == self._origin
        if parts.scheme not in ("https", "http") or not is_origin:
            raise InvalidSettings("this is no address of an engine", field="ENGINE_URL", remedy="scheme and host only")
        limits = Timeout(connect=_CONNECTING, read=timeout)
        self._pool = connection_from_url(url, maxsize=4, retries=False, timeout=limits)

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> Passed:
        """Pass a request on, and its answer back; redirects are for the browser to follow.

        Args:
            method: in capitals.
            target: path and query, from the slash on.
            headers: by lower-case names; those that Dashboards does not need are left out.
            body: if there is one.

        Raises:
            InvalidInput: a header holds what no header may.
            TooLarge: the answer is larger than ``ANSWER_LIMIT``.
            Unavailable: there is no answer, or none in time.
        """
        sent = {name: _as_sent(value) for name, value in headers.items() if name in _PASSED}
        try:
            answer = self._pool.urlopen(
                method, target, body, sent, redirect=False, preload_content=False, decode_content=False
            )
            try:
                return self._passed(answer)
            finally:
                answer.close()
        except HTTPError as error:
            raise Unavailable(f"OpenSearch Dashboards does not answer: {type(error).__name__}") from error

    def _passed(self, answer: BaseHTTPResponse) -> Passed:
        body = answer.read(ANSWER_LIMIT + 1)
        if len(body) > ANSWER_LIMIT:
            remedy = "Narrow the times or the filters, ask for fewer documents (size), or for fewer fields (_source)."
            raise TooLarge("The answer is too large to pass.", remedy=remedy)
        said = {name.lower(): value for name, value in answer.headers.itermerged()}
        cookies = answer.headers.getlist("set-cookie")
        headers = {name: value for name, value in said.items() if name not in {*_OF_THE_CONNECTION, "set-cookie"}}
        if location := headers.get("location"):
            headers["location"] = self._ours(location)
        return Passed(answer.status, headers, cookies, body)

    def _ours(self, location: str) -> str:
        """Where a redirect leads: within Dashboards by the path alone, so that it stays at the gate's address."""
        path = location.removeprefix(self._origin)
        return location if path.startswith("//") or not path.startswith("/") else path


def _as_sent(value: str) -> str:
    """A header's bytes, each as the character that the HTTP client writes it for (Latin-1)."""
    if not _VALUE.fullmatch(value):
        raise InvalidInput("This header is malformed.", remedy="Send visible characters only (RFC 9110).")
    return value.encode().decode("latin-1")
