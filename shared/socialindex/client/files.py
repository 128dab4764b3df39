"""Files that travel beside the API: uploads to an address that it gives, and downloads that go on where they broke."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import urllib3
from urllib3.exceptions import HTTPError

from socialindex.client.core import Core, only, path
from socialindex.client.download import download
from socialindex.client.errors import InvalidInput, NoAnswer, NotFound, Unavailable
from socialindex.client.models import Workspaces
from socialindex.client.proxies import connections_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.client.models import Export, NetworkJob, UploadTo

T = TypeVar("T")

_UPLOAD: Final = urllib3.Timeout(connect=5, read=300)
_LONGEST_PAUSE: Final = 10.0
"""Seconds between two looks at something that takes long."""


class OfWorkspaces(Core):
    """Whose routes are a workspace's own."""

    def _workspace(self, named: str | None) -> str:
        """The workspace that is meant: the named one, or the only one of the key.

        Raises:
            InvalidInput: none is named, and the key has several or none.
        """
        if named is not None:
            return named
        found = self._get(path("workspaces"), Workspaces)
        return only([workspace.id for workspace in found.items], "workspace")


def followed(look: Callable[[], T], is_over: Callable[[T], bool], *, patience: float, first_pause: float = 0.5) -> T:
    """What something is once it is over, looked at more and more seldom.

    Raises:
        Unavailable: it is not over in time.
    """
    deadline, pause = time.monotonic() + patience, first_pause
    while not is_over(now := look()):
        if time.monotonic() + pause > deadline:
            raise Unavailable(f"it is not over after {patience:.0f} seconds, and goes on: look again later")
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
    return now


def send(file: Path, place: UploadTo) -> None:
    """Send a file to the address that the API gave, without the key: the address is the permission.

    Raises:
        NoAnswer: the connection broke.
        Unavailable: the file was not taken.
    """
    with file.open("rb") as opened:
        try:
            told = connections_to(place.url).request(
                place.method, place.url, body=opened, headers=place.headers, timeout=_UPLOAD, retries=False
            )
        except HTTPError as error:
            raise NoAnswer(f"the upload of {file} broke off: {error}") from error
    if told.status >= 300:  # noqa: PLR2004 - RFC 9110, section 15
        raise Unavailable(f"the upload of {file} was refused with status {told.status}: begin again")


def fetch(look: Callable[[], Export | NetworkJob], to: str | Path, what: str = "export") -> Path:
    """Save an export's file, or a network's; what came of it in an earlier try is not fetched again.

    Args:
        look: shows it with a fresh link.
        to: the file, or a folder for its own name. Until it is whole it is called ``<name>.<id>.part``.
        what: it is.

    Raises:
        NotFound: the file is gone.
        InvalidInput: there is no file yet.
        Unavailable: it cannot be had; what came stays in the ``.part``, and another call goes on behind it.
    """
    made = look()
    if made.state == "expired":
        raise _gone(made)
    if made.state != "done":
        raise InvalidInput(f"{made.id} is {made.state}", field=what, remedy="wait for it first")
    target = Path(to)
    if target.is_dir():
        target /= made.file_name
    part = target.with_name(f"{target.name}.{made.id}.part")
    download(made.id, lambda: _link(look()), part, made.bytes, lambda _: None)
    return part.replace(target)


def _link(made: Export | NetworkJob) -> str:
    if made.link is None:
        raise _gone(made)
    return made.link


def _gone(made: Export | NetworkJob) -> NotFound:
    return NotFound(404, {"detail": f"the file of {made.id} is gone: ask for it again"})
