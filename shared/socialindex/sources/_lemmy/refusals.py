"""Why a server does not answer, by its status and by the error in its body (``LemmyErrorType``).

Of a 404 the body is not read: the server's own is JSON, that of an address which its release does not know is empty.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from socialindex.errors import ParseError
from socialindex.sources._families.typed_json import Entity, read
from socialindex.sources.base import header

if TYPE_CHECKING:
    from socialindex.sources.base import Response

UNKNOWN: Final = "unknown_address"
"""The server has no such document in that version of the API."""
_NOT_FOUND: Final = frozenset({"couldnt_find_post", "couldnt_find_comment"})
"""What servers up to some of 0.19 say with 400 of what was deleted; later ones answer 404."""
_TOO_OFTEN: Final = "rate_limit_error"
"""What servers up to 0.19 say with 400, and without a ``Retry-After``, to who asks too often; later ones answer 429."""


class _Refusal(Entity, frozen=True, kw_only=True):
    error: str


def reason(response: Response) -> str | None:
    """``gone``, ``UNKNOWN``, ``throttled``, ``forbidden`` or ``client_error``; ``None`` where a server did answer.

    Only the server's own word makes a post gone: a 400, 403 or 404 of what stands before it, or of a release that does
    not know the address, says nothing of the post.
    """
    if response.status == HTTPStatus.GONE:
        return "gone"
    if response.status == HTTPStatus.NOT_FOUND:
        return "gone" if "json" in header(response, "content-type") else UNKNOWN
    if response.status == HTTPStatus.FORBIDDEN:
        return "forbidden"
    return _of_400(_error(response.body)) if response.status == HTTPStatus.BAD_REQUEST else None


def _of_400(error: str) -> str:
    if error in _NOT_FOUND:
        return "gone"
    return "throttled" if error == _TOO_OFTEN else "client_error"


def _error(body: bytes) -> str:
    try:
        return read(body, _Refusal).error
    except ParseError:
        return ""
