"""How a key gets a new secret, and a repeated request the same one again."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.errors import Conflict
from socialindex.organizations import derived_secret, digest_of, new_salt, new_secret
from socialindex.search.idempotency import digest, given

if TYPE_CHECKING:
    from socialindex.organizations import Key
    from socialindex.search.http import HttpRequest
    from socialindex.search.key_views import Rotation

_NAMED: Final = 16
"""Characters of the digest of an Idempotency-Key: enough to tell one key's rotations apart."""
_MARKS: Final = 16
"""Rotations of a key whose requests may be repeated."""


def fresh_secret(request: HttpRequest, *, sandbox: bool) -> tuple[str, str | None]:
    """A new secret; with an Idempotency-Key one that can be told again, and its salt."""
    if given(request) is None:
        return new_secret(sandbox=sandbox), None
    salt = new_salt()
    return derived_secret(request.key(), salt, sandbox=sandbox), salt


def again(key: Key, request: HttpRequest) -> str | None:
    """The secret of a key whose request is repeated; ``None`` where it cannot be told any more."""
    if key.salt is None:
        return None
    secret = derived_secret(request.key(), key.salt, sandbox=key.sandbox)
    return secret if digest_of(secret) == key.digest else None


def told_again(key: Key, request: HttpRequest, mark: str) -> str | None:
    """The secret that a repeated rotation made; ``None`` too where another rotation came after it."""
    return again(key, request) if _marks(key)[-1] == mark else None


def mark_of(request: HttpRequest, wanted: Rotation) -> str:
    """What tells a repeated rotation: digests of its Idempotency-Key, and of this with what is asked; empty without."""
    named = given(request)
    return f"{hashlib.sha256(named.encode()).hexdigest()[:_NAMED]}.{digest(wanted, named)}" if named else ""


def _marks(key: Key) -> list[str]:
    """The marks of a key's last rotations, the newest at the end."""
    return key.rotation.split()


def rotated_by(key: Key, mark: str) -> bool:
    """Whether this very request has rotated a key already.

    Raises:
        Conflict: it has, and asked for something else then; or the key counts no longer.
    """
    _check_living(key)
    if mark in _marks(key):
        return True
    if mark and any(kept.startswith(mark[: _NAMED + 1]) for kept in _marks(key)):
        raise Conflict("this Idempotency-Key was used for something else")
    return False


def check_turn(key: Key, grace_hours: int) -> None:
    """Pass a rotation that cuts no secret off before its time, or that is to end all at once.

    Raises:
        Conflict: the secret before the last one still counts, and a key has room for one such only.
    """
    until = key.previous_until
    if grace_hours and until is not None and until > datetime.now(tz=UTC):
        raise Conflict(
            f"the secret before the last rotation counts until {until.isoformat()}: rotate again after that, or with "
            "grace_hours 0, which ends all earlier secrets at once"
        )


def rotated(key: Key, fresh: str, salt: str | None, mark: str, grace_hours: int) -> Key:
    """A key with a new secret; as it is where this very request has rotated it meanwhile.

    Raises:
        Conflict: as ``rotated_by`` and ``check_turn``.
    """
    if rotated_by(key, mark):
        return key
    check_turn(key, grace_hours)
    now = datetime.now(tz=UTC)
    return msgspec.structs.replace(
        key,
        digest=fresh,
        salt=salt,
        rotation=" ".join([*_marks(key), *([mark] if mark else [])][-_MARKS:]),
        rotated_at=now,
        previous=key.digest,
        previous_until=now + timedelta(hours=grace_hours),
    )


def _check_living(key: Key) -> None:
    if key.good_until(key.digest, datetime.now(tz=UTC)) is None:
        raise Conflict("this key is revoked, or its time is over: make another one")
