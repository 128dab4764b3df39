"""A client of the search API: one method per route, typed errors, connections kept."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import msgspec
import urllib3
from urllib3.exceptions import HTTPError

from socialindex.errors import InvalidInput, SocialIndexError, Unavailable

__all__ = ["ApiError", "Client"]

_TIMEOUT = urllib3.Timeout(connect=5, read=35)
"""An HTTP API answers within 30 seconds or not at all."""
_ADDRESS = re.compile(r"https?://.*")
_KEY = re.compile(r"[!-~]*")
_LOOK = "paste the key as it was shown when it was made: si_ and 32 letters and digits"


class ApiError(SocialIndexError):
    """The API said no.

    Attributes:
        status: the HTTP status.
        problem: the problem details (RFC 9457) as they came.
    """

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail") or problem.get("title") or problem.get("message") or f"status {status}")
        self.status = status
        self.problem = problem


class Client:
    """Calls the API with one key.

    Raises:
        InvalidInput: the address or the key can be none.

    Raises (every method):
        ApiError: the API refused the request.
        Unavailable: nothing answers at the API's address, or something else does.
    """

    def __init__(self, url: str, key: str) -> None:
        if not _ADDRESS.fullmatch(url):
            raise InvalidInput(f"{url!r} is no address of an API", field="url", remedy="use http(s)://host:port")
        if not _KEY.fullmatch(key):
            raise InvalidInput("the API key has other characters than keys have", field="key", remedy=_LOOK)
        self._url = url.rstrip("/")
        self._pool = urllib3.PoolManager(headers={"Authorization": f"Bearer {key}", "User-Agent": "socialindex-client"})

    def search(self, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - the fields of ``search.ask.Ask``
        """One page of posts: ``items``, ``next_cursor``, ``total``."""
        return self.call("POST", "/v1/posts/search", fields)

    def post(self, post: str) -> dict[str, Any]:
        """One post."""
        return self.call("GET", f"/v1/posts/{quote(post, safe='')}")

    def channels(self) -> list[dict[str, Any]]:
        """All channels."""
        items: list[dict[str, Any]] = self.call("GET", "/v1/channels")["items"]
        return items

    def add_channel(self, url: str, options: dict[str, str] | None = None) -> dict[str, Any]:
        """Add a channel by any address that a person would paste: ``channel`` and ``why``."""
        return self.call("POST", "/v1/channels", {"url": url, "options": options or {}})

    def remove_channel(self, channel: str) -> None:
        """Stop crawling a channel."""
        self.call("DELETE", f"/v1/channels/{quote(channel, safe='')}")

    def status(self) -> dict[str, Any]:
        """The service's state."""
        return self.call("GET", "/v1/status")

    def replay(self, *, day: str = "", source: str = "", after: str = "") -> dict[str, Any]:
        """Read a part of the archive again; ``next_after`` is the ``after`` of the next call, None at the end."""
        return self.call("POST", "/v1/replays", {"day": day, "source": source, "after": after})

    def start_backfill(self, channel: str) -> dict[str, Any]:
        """Begin to walk a channel's history; how far it is, where it is under way already."""
        return self.call("POST", f"/v1/channels/{quote(channel, safe='')}/backfills")

    def backfill(self, channel: str) -> dict[str, Any]:
        """How far the walk through a channel's history is: ``state``, ``pages``, ``posts``, ``oldest``."""
        return self.call("GET", f"/v1/channels/{quote(channel, safe='')}/backfills")

    def cancel_backfill(self, channel: str) -> dict[str, Any]:
        """Cancel the walk through a channel's history."""
        return self.call("DELETE", f"/v1/channels/{quote(channel, safe='')}/backfills")

    def erase_post(self, post: str) -> dict[str, Any]:
        """Erase a post for good, by its id; the removal with its progress."""
        return self.call("DELETE", f"/v1/posts/{quote(post, safe='')}")

    def erase_author(self, key: str) -> dict[str, Any]:
        """Erase an author with everything of theirs, by the key that their posts show; the removal."""
        return self.call("DELETE", f"/v1/authors/{quote(key, safe='')}")

    def request_removal(self, url: str, reason: str = "subject_request") -> dict[str, Any]:
        """Erase what has this address, a post or an author; the removal."""
        return self.call("POST", "/v1/removals", {"url": url, "reason": reason})

    def removals(self) -> list[dict[str, Any]]:
        """All removals, the oldest first."""
        items: list[dict[str, Any]] = self.call("GET", "/v1/removals")["items"]
        return items

    def removal(self, removal: str) -> dict[str, Any]:
        """A removal with its progress: ``state``, ``documents``, ``objects``, ``records``, ``unreadable``."""
        return self.call("GET", f"/v1/removals/{quote(removal, safe='')}")

    def health(self, *, days: int = 7) -> dict[str, Any]:
        """What is wrong (``open``), and what was in the last days (``closed``)."""
        return self.call("GET", f"/v1/health?days={days}")

    def coverage(self, *, days: int = 7) -> dict[str, Any]:
        """What the index holds: ``sources``, ``channels``, ``gaps``, ``not_covered``."""
        return self.call("GET", f"/v1/coverage?days={days}")

    def sources(self) -> list[dict[str, Any]]:
        """What can be crawled."""
        items: list[dict[str, Any]] = self.call("GET", "/v1/sources")["items"]
        return items

    def terms(self) -> dict[str, Any]:
        """The terms register: ``items``, and ``unreviewed`` hosts."""
        return self.call("GET", "/v1/terms")

    def terms_of(self, host: str) -> dict[str, Any]:
        """What holds for a host: ``may_crawl`` and ``terms``, None where nobody has reviewed it."""
        return self.call("GET", f"/v1/terms/{quote(host, safe='')}")

    def enter_terms(self, host: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Enter what an operator's terms say; the entry."""
        return self.call("PUT", f"/v1/terms/{quote(host, safe='')}", fields)

    def take_terms_back(self, host: str) -> None:
        """Take an entry back."""
        self.call("DELETE", f"/v1/terms/{quote(host, safe='')}")

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Any request that the API takes: what the other methods are made of."""
        encoded = None if body is None else msgspec.json.encode(body)
        headers = {**self._pool.headers, "Content-Type": "application/json"}
        try:
            answer = self._pool.request(
                method, self._url + path, body=encoded, headers=headers, timeout=_TIMEOUT, retries=False
            )
        except HTTPError as error:
            raise Unavailable(f"nothing answers at {self._url}: {error}") from error
        decoded = _decoded(answer.data)
        if answer.status >= 400:  # noqa: PLR2004 - RFC 9110, section 15.5
            words = {"title": answer.data[:200].decode(errors="replace")}
            raise ApiError(answer.status, words if decoded is None else decoded)
        if decoded is None or answer.status >= 300:  # noqa: PLR2004 - RFC 9110, section 15.4: the API never redirects
            raise Unavailable(f"what answers at {self._url} is not the API")
        return decoded


def _decoded(data: bytes) -> dict[str, Any] | None:
    """A JSON object, empty where there is no body; None where the body is something else."""
    try:
        decoded: dict[str, Any] = msgspec.json.decode(data or b"{}", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return decoded
