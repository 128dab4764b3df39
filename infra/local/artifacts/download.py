"""One file, brought whole and verified, or not at all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

import requests
from tenacity import (
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
    stop_when_event_set,
    wait_exponential_jitter,
)

from infra.local.artifacts.durable import move_into_place
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from infra.local.artifacts.lockfile import LockedFile
    from infra.local.artifacts.repository import Repository

# What a broken connection may cost: a chunk counts only when it is whole.
_CHUNK_BYTES = 64 * 1024
_ATTEMPTS = 5
# 416: what an earlier attempt left is no beginning of the file; it was just forgotten.
_WORTH_ANOTHER = frozenset({416, 429, 500, 502, 503, 504})


class _BrokenOff(requests.RequestException):
    """An answer that is worth another attempt."""


@dataclass(frozen=True)
class Downloader:
    """Fetches locked files into a cache.

    Attributes:
        repository: where they come from.
        cache: where they are kept; a file under its final name is whole and verified.
        arrived: told how many more bytes are there; negative where bytes had to be thrown away.
        cancelled: set by another thread to end all downloads early.
    """

    repository: Repository
    cache: Path
    arrived: Callable[[int], object] = lambda _: None
    cancelled: Event = field(default_factory=Event)

    def fetch(self, file: LockedFile) -> Path:
        """Bring a file, going on where an earlier attempt broke off.

        Raises:
            requests.RequestException: the repository cannot be reached, also not after some attempts.
            Unavailable: it does not have the file, or has another content; what came is deleted.
        """
        target = file.kept_in(self.cache)
        if not target.exists():
            part = self._complete(file, target.with_name(f"{target.name}.part"))
            _verify(file, part)
            move_into_place(part, target)
        return target

    def _complete(self, file: LockedFile, part: Path) -> Path:
        part.parent.mkdir(parents=True, exist_ok=True)
        self.arrived(_size(part))
        for attempt in self._attempts():
            with attempt:
                if _size(part) < file.size:
                    self._append(file, part)
        return part

    def _attempts(self) -> Retrying:
        transient = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError, _BrokenOff)
        return Retrying(
            retry=retry_if_exception_type(transient),
            stop=stop_after_attempt(_ATTEMPTS) | stop_when_event_set(self.cancelled),
            wait=wait_exponential_jitter(multiplier=0.2, max=5, jitter=0.2),
            sleep=sleep_using_event(self.cancelled),
            reraise=True,
        )

    def _append(self, file: LockedFile, part: Path) -> None:
        start = _size(part)
        with self.repository.get(file.coordinate.path, start) as answer:
            if start and answer.status_code != requests.codes.partial_content:
                self._forget(part)
            _refuse_failure(file, answer, self.repository.host)
            self._write(answer, part, file.size)
        if _size(part) < file.size:
            raise _BrokenOff(f"{file.coordinate.file_name} broke off after {_size(part)} of {file.size} bytes")

    def _forget(self, part: Path) -> None:
        self.arrived(-_size(part))
        part.unlink()

    def _write(self, answer: requests.Response, part: Path, limit: int) -> None:
        with part.open("ab") as out:
            for chunk in answer.iter_content(_CHUNK_BYTES):
                out.write(chunk)
                self.arrived(len(chunk))
                # More than was locked cannot become right: enough is there for _verify to refuse it.
                if out.tell() > limit or self.cancelled.is_set():
                    return


def _refuse_failure(file: LockedFile, answer: requests.Response, host: str) -> None:
    if answer.status_code in _WORTH_ANOTHER:
        raise _BrokenOff(f"{host} answered {answer.status_code} for {file.coordinate}")
    if not answer.ok:
        raise Unavailable(f"{host} answered {answer.status_code} for {file.coordinate}; is it a Maven repository?")


def _verify(file: LockedFile, part: Path) -> None:
    with part.open("rb") as content:
        found = hashlib.file_digest(content, "sha512").hexdigest()
    if found != file.sha512:
        part.unlink()
        raise _wrong(file)


def _wrong(file: LockedFile) -> Unavailable:
    return Unavailable(
        f"{file.coordinate.file_name} came with another content than the one locked by its SHA-512, and was deleted. "
        "Try again; if it stays so, a proxy changes downloads, or the repository is not to be trusted."
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
