"""Snapshots of the engine: which there are, where they are kept, and taking one.

Amazon OpenSearch Service takes one each hour by itself and keeps it for two weeks, in a repository that only it can
write to. Others go to a repository that is registered once.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from socialindex.engine import answering
from socialindex.errors import InvalidInput, NotFound
from socialindex.model import Struct
from socialindex.opensearch import NotFoundError, TransportError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opensearchpy import OpenSearch

PATTERNS: Final = "posts-g*,mentions-g*"
"""What is worth a snapshot: topics and alerts are put again from their tables."""
_MANAGED: Final = "cs-automated"
"""With what the names begin of the service's own repositories (Amazon OpenSearch Service Developer Guide)."""
_OTHER_NAME: Final = "give another --name, of small letters, digits and dashes, or none: then it is the time"
_SECONDS: Final = 60
"""The engine reads all of a repository to list it."""


class Snapshot(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A snapshot."""

    repository: str
    name: str
    state: str
    """As the engine has it: SUCCESS, PARTIAL, IN_PROGRESS, FAILED."""
    began_at: datetime
    indices: list[str]
    """Its indices of posts and mentions, by name."""


def snapshots(engine: OpenSearch) -> list[Snapshot]:
    """All snapshots of all repositories, the newest first.

    Raises:
        Unavailable: the engine does not answer.
    """
    found: list[Snapshot] = []
    for repository in repositories(engine):
        with answering():
            answer = engine.snapshot.get(
                repository=repository,
                snapshot="_all",
                params={"request_timeout": _SECONDS, "ignore_unavailable": "true"},
            )
        found += [_snapshot(repository, each) for each in answer["snapshots"]]
    return sorted(found, key=lambda one: one.began_at, reverse=True)


def snapshot(engine: OpenSearch, repository: str, name: str) -> Snapshot:
    """One of them.

    Raises:
        NotFound: there is none of this name, or no such repository.
        Unavailable: the engine does not answer.
    """
    try:
        with answering():
            answer = engine.snapshot.get(repository=repository, snapshot=name, params={"request_timeout": _SECONDS})
    except NotFoundError as error:
        raise NotFound(f"there is no snapshot {name} in {repository}: `ops snapshots list` shows all") from error
    return _snapshot(repository, answer["snapshots"][0])


def repositories(engine: OpenSearch) -> list[str]:
    """The names of all repositories."""
    with answering():
        return sorted(engine.snapshot.get_repository())


def register(engine: OpenSearch, name: str, kind: str, settings: Mapping[str, str]) -> None:
    """Make a place for snapshots known to the engine, or change it; the engine tries to write there.

    Args:
        engine: which.
        name: of the repository from now on.
        kind: ``s3`` or ``fs``.
        settings: of an ``s3`` one ``bucket``, ``region`` and ``role_arn``; of an ``fs`` one ``location``.

    Raises:
        InvalidInput: the engine cannot use it; says why.
        Unavailable: the engine does not answer.
    """
    try:
        with answering():
            engine.snapshot.create_repository(repository=name, body={"type": kind, "settings": dict(settings)})
    except TransportError as error:
        remedy = "see that the place exists and that the engine's role may write there"
        raise InvalidInput(f"the engine cannot use {name}: {_words(error)}", field="settings", remedy=remedy) from error


def takeable(engine: OpenSearch, repository: str, name: str) -> None:
    """Pass what ``take`` would begin, as far as that can be told before: nothing is changed.

    Raises:
        InvalidInput: the repository is the service's own, or has a snapshot of this name.
        NotFound: there is no such repository.
        Unavailable: the engine does not answer.
    """
    if repository.startswith(_MANAGED):
        remedy = "the service fills it each hour; register another one: `ops snapshots register`"
        raise InvalidInput(f"{repository} cannot be written to", field="repository", remedy=remedy)
    if repository not in repositories(engine):
        raise NotFound(f"there is no repository {repository}: `ops snapshots register` makes one")
    try:
        snapshot(engine, repository, name)
    except NotFound:
        return
    raise InvalidInput(f"{repository} has a snapshot {name} already", field="name", remedy=_OTHER_NAME)


def take(engine: OpenSearch, repository: str, name: str) -> None:
    """Begin a snapshot of posts and mentions; ``snapshots`` tells how it goes.

    Raises:
        InvalidInput: as ``takeable``, or the engine takes no such name; says why.
        NotFound: there is no such repository.
        Unavailable: the engine does not answer.
    """
    takeable(engine, repository, name)
    body = {"indices": PATTERNS, "include_global_state": False}
    try:
        with answering():
            engine.snapshot.create(
                repository=repository, snapshot=name, body=body, params={"wait_for_completion": "false"}
            )
    except TransportError as error:
        message = f"the engine takes no snapshot {name} in {repository}: {_words(error)}"
        raise InvalidInput(message, field="name", remedy=_OTHER_NAME) from error


def _words(error: TransportError) -> str:
    """Why, in the engine's words: its innermost cause says what is wrong, the others where that was noticed."""
    words, cause = str(error.error), error.info.get("error") if isinstance(error.info, dict) else None
    while isinstance(cause, dict):
        words, cause = cause.get("reason") or words, cause.get("caused_by")
    return words


def _snapshot(repository: str, told: dict[str, Any]) -> Snapshot:
    families = tuple(pattern.rstrip("*") for pattern in PATTERNS.split(","))
    return Snapshot(
        repository=repository,
        name=told["snapshot"],
        state=told["state"],
        began_at=datetime.fromtimestamp(told.get("start_time_in_millis", 0) / 1000, tz=UTC),
        indices=sorted(name for name in told["indices"] if name.startswith(families)),
    )
