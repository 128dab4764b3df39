"""Destinations as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from socialindex.deliver.destination import Language, State, Way, Wishes
from socialindex.deliver.hours import Quiet  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.model import Struct
from socialindex.organizations import Name  # noqa: TC001 - likewise

if TYPE_CHECKING:
    from socialindex.deliver.destination import Destination

Url = Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]
Email = Annotated[str, msgspec.Meta(min_length=3, max_length=254)]


class NewDestination(Struct, frozen=True, kw_only=True):
    """A destination that is to be."""

    name: Name
    way: Way
    """webhook: signed calls (Standard Webhooks). email: letters in plain words, once the address's owner has said yes
    by the link that is sent there first. slack: messages to an incoming webhook of Slack or a chat that takes the
    same."""
    url: Url | None = None
    """Of a webhook or a chat's hook: a public https address."""
    email: Email | None = None
    """Of mail."""
    wishes: Wishes = Wishes()
    """What it is told."""
    language: Language = "en"
    """Of letters."""
    time_zone: Annotated[str, msgspec.Meta(max_length=64)] = "UTC"
    """For quiet hours, digests and times in letters, such as ``Asia/Seoul``."""
    quiet: Quiet | None = None
    """Hours in which it is told nothing; ``None``: none."""
    person: Name | None = None
    """Whose acts by a letter's links are; the destination's name where nobody is named."""


class ChangedDestination(Struct, frozen=True, kw_only=True):
    """What is to be changed of a destination; what is left out stays."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    url: Url | msgspec.UnsetType = msgspec.UNSET
    email: Email | msgspec.UnsetType = msgspec.UNSET
    """Another address is asked for its consent before anything else is sent to it."""
    wishes: Wishes | msgspec.UnsetType = msgspec.UNSET
    """What it is told, as a whole."""
    language: Language | msgspec.UnsetType = msgspec.UNSET
    time_zone: Annotated[str, msgspec.Meta(max_length=64)] | msgspec.UnsetType = msgspec.UNSET
    quiet: Quiet | msgspec.UnsetType | None = msgspec.UNSET
    """``null``: none any more."""
    person: Name | msgspec.UnsetType | None = msgspec.UNSET
    """Whose acts by a letter's links are."""
    state: Literal["active", "paused"] | msgspec.UnsetType = msgspec.UNSET
    """active: also one that was disabled. A mail address that is not confirmed stays so."""


class SecretRotation(Struct, frozen=True, kw_only=True):
    """How a webhook gets a new secret."""

    grace_hours: Annotated[int, msgspec.Meta(ge=0, le=168)] = 24
    """Hours for which calls are signed by both; 0 ends all earlier secrets at once."""


class DestinationView(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A destination, without secrets."""

    id: str
    workspace: str
    name: str
    way: Way
    """How it is told."""
    address: str
    """Of a chat's hook, whose address is a secret, the host only."""
    wishes: Wishes
    """What it is told."""
    language: Language
    time_zone: str
    quiet: Quiet | None
    """Hours in which it is told nothing."""
    person: str | None
    """Whose acts by a letter's links are."""
    state: State
    """unconfirmed: the owner of a mail address has not said yes. paused: by you. disabled: by us, see ``trouble``."""
    trouble: str | None
    """Why it is disabled, and what to do."""
    failing_since: datetime | None
    """Since when nothing was taken; ``None`` where all is well."""
    next_digest_at: datetime | None
    """When its next digest is made; ``None`` where it gets none."""
    rotated_at: datetime | None
    previous_until: datetime | None
    """Until when calls are signed by the secret before the last rotation, too."""
    created_at: datetime
    changed_at: datetime
    """When it was changed last, by you or by us."""


class DestinationWithSecret(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A destination; of a webhook with its new secret, which is shown this once."""

    destination: DestinationView
    """The destination."""
    secret: str | None


class DestinationList(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The destinations of a workspace, by their ids."""

    items: list[DestinationView]


def shown(destination: Destination) -> DestinationView:
    """What is shown of a destination."""
    own: dict[str, Any] = {name: getattr(destination, name, None) for name in DestinationView.__struct_fields__}
    secrets = destination.secrets
    return DestinationView(
        **{
            **own,
            "address": _host(destination.address) if destination.way == "slack" else destination.address,
            "next_digest_at": destination.digest_at,
            "rotated_at": secrets.rotated_at if secrets else None,
            "previous_until": secrets.previous_until if secrets else None,
        }
    )


def _host(url: str) -> str:
    return "/".join(url.split("/")[:3]) + "/…"
