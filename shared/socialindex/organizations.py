"""Organizations with their workspaces, members and keys, as they are kept.

What is kept of a person is a name that its organization chose: enough to tell whose key it is, and no more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import date, datetime
from typing import Annotated, Final

import msgspec

from socialindex.access import Scope  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.model import Struct
from socialindex.plans import Adjustment, Limits, PlanName, limits_of

PREFIX: Final = "si_"
SANDBOX_PREFIX: Final = "si_test_"
_SECRET_BYTES: Final = 20
"""160 random bits: a plain hash of them cannot be reversed by trying, and a slow one would only cost time."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
ALL: Final = "*"
"""In a key's workspaces: all of its organization's, also those that come later."""


class Organization(Struct, frozen=True, kw_only=True):
    """A company or an agency."""

    id: str
    name: str
    plan: PlanName
    limits: Adjustment = Adjustment()
    """What was agreed otherwise than in the plan."""
    created_at: datetime
    deleted_at: datetime | None = None
    asked: str = ""
    """Digest of the request that made it."""

    @property
    def granted(self) -> Limits:
        """What it may use."""
        return limits_of(self.plan, self.limits)


class Workspace(Struct, frozen=True, kw_only=True):
    """One client's private room in an organization."""

    id: str
    organization: str
    name: str
    created_at: datetime
    deleted_at: datetime | None = None
    asked: str = ""


class Member(Struct, frozen=True, kw_only=True):
    """A person of an organization, for whom keys can be made."""

    id: str
    organization: str
    name: str
    created_at: datetime
    asked: str = ""


class Key(Struct, frozen=True, kw_only=True):
    """An API key, of a member or of a machine. Its secret is not kept, only the digest of it."""

    id: str
    organization: str
    label: str
    scopes: list[Scope]
    workspaces: list[str]
    """Ids, or ``ALL``."""
    member: str | None = None
    sandbox: bool = False
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_on: date | None = None
    """The last day on which it was used; more would tell when people work."""
    digest: str
    previous: str | None = None
    """Digest of the secret before the last rotation."""
    previous_until: datetime | None = None
    rotated_at: datetime | None = None
    asked: str = ""
    rotation: str = ""
    """Marks of the last requests that rotated it, separated by spaces."""
    salt: str | None = None
    """What the secret was derived with, where its request can be repeated; forgotten when the key is used first."""

    def good_until(self, digest: str, now: datetime) -> datetime | None:
        """When a secret's time ends: ``datetime.max`` where never, ``None`` where it is over or the secret is none."""
        if self.revoked_at is not None:
            return None
        ends = [self.expires_at or _NEVER]
        if not hmac.compare_digest(digest, self.digest):
            if self.previous is None or not hmac.compare_digest(digest, self.previous):
                return None
            ends.append(self.previous_until or now)
        end = min(ends)
        return end if end > now else None


_NEVER: Final = datetime.fromisoformat("9999-12-31T00:00:00+00:00")


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def new_secret(*, sandbox: bool = False) -> str:
    """A secret that nobody can guess."""
    return _secret(secrets.token_bytes(_SECRET_BYTES), sandbox=sandbox)


def derived_secret(parent: str, salt: str, *, sandbox: bool = False) -> str:
    """A secret that the holder of another one can be told again, for as long as we keep the salt.

    A pseudo-random function of the parent (RFC 2104): neither the table without the parent nor the parent without the
    salt tells anything of it.
    """
    mixed = hmac.digest(parent.encode(errors="surrogatepass"), salt.encode(), "sha256")
    return _secret(mixed[:_SECRET_BYTES], sandbox=sandbox)


def new_salt() -> str:
    """A salt for ``derived_secret``."""
    return secrets.token_hex(32)


def _secret(bits: bytes, *, sandbox: bool) -> str:
    return (SANDBOX_PREFIX if sandbox else PREFIX) + base64.b32encode(bits).decode().lower()
