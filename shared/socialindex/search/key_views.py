"""Keys as the API takes and shows them."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, Annotated

import msgspec

from socialindex.access import Scope
from socialindex.model import Struct
from socialindex.organizations import ALL, Name

if TYPE_CHECKING:
    from socialindex.organizations import Key

_Scopes = Annotated[list[Scope], msgspec.Meta(min_length=1, max_length=len(Scope))]
_Workspaces = Annotated[list[str], msgspec.Meta(max_length=100)]


class NewKey(Struct, frozen=True, kw_only=True):
    """A key that is to be."""

    label: Name
    """What it is for."""
    scopes: _Scopes
    workspaces: _Workspaces = msgspec.field(default_factory=lambda: [ALL])
    """Ids of those that it may see; ``["*"]``: all, also those that come later; none: public posts only."""
    member: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    """Whose it is; ``null``: a machine's."""
    sandbox: bool = False
    """To try the API with: it sees the sample posts and nothing else, and eats nothing of the plan."""
    expires_at: datetime | None = None


class ChangedKey(Struct, frozen=True, kw_only=True):
    """What is to be changed of a key; what is left out stays."""

    label: Name | msgspec.UnsetType = msgspec.UNSET
    scopes: _Scopes | msgspec.UnsetType = msgspec.UNSET
    workspaces: _Workspaces | msgspec.UnsetType = msgspec.UNSET
    expires_at: datetime | msgspec.UnsetType | None = msgspec.UNSET


class Rotation(Struct, frozen=True, kw_only=True):
    """How a key gets a new secret."""

    grace_hours: Annotated[int, msgspec.Meta(ge=0, le=168)] = 24
    """Hours for which the old secret counts too; 0 ends all earlier secrets at once."""


class KeyView(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A key without its secret."""

    id: str
    label: str
    scopes: list[Scope]
    workspaces: list[str]
    member: str | None
    sandbox: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_on: date | None
    """The last day (UTC) on which it was used."""
    rotated_at: datetime | None
    previous_until: datetime | None
    """Until when the secret before the last rotation counts."""


class KeyWithSecret(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A key with its new secret, which is shown this once."""

    key: KeyView
    secret: str | None


class KeyList(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The keys that are not revoked, by their ids."""

    items: list[KeyView]


def shown(key: Key) -> KeyView:
    """A key as the API shows it."""
    return KeyView(**{name: getattr(key, name) for name in KeyView.__struct_fields__})
