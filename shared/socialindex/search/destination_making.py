"""A destination that is made or changed is one that can be told things: everything in it is checked here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.deliver.destination import MOST_SECRETS, UNTOLD, UNWISHED, Destination, Secrets
from socialindex.deliver.signing import new_secret
from socialindex.errors import Conflict, InvalidInput
from socialindex.model import Struct
from socialindex.search.idempotency import digest
from socialindex.zones import zone_of

if TYPE_CHECKING:
    from datetime import datetime

    from socialindex.search.destination_views import ChangedDestination, NewDestination


_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL: Final = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
"""A mail address as it is on a visiting card: atoms with dots at a name (RFC 5322, section 3.4.1; lengths are those of
RFC 5321, section 4.5.3.1). Comments, blanks and quotation marks, which it may have in mails, are further spellings of
the same one, by which somebody who has stopped these mails could be asked again."""


class Ground(Struct, frozen=True, kw_only=True):
    """What this service can do."""

    sends_mail: bool
    allow_loopback: bool = False
    """Whether addresses on this machine are taken: the local stack only."""


def made(workspace: str, name: str, wanted: NewDestination, ground: Ground, now: datetime) -> Destination:
    """A new destination.

    Args:
        workspace: whose it is.
        name: its id.
        wanted: what is asked for.
        ground: what this service can do.
        now: the time.

    Raises:
        InvalidInput: something in it cannot be; names the field.
    """
    same = ("name", "way", "wishes", "language", "time_zone", "quiet", "person")
    destination = Destination(
        workspace=workspace,
        id=name,
        address=_address(wanted),
        secrets=Secrets(secret=new_secret()) if wanted.way == "webhook" else None,
        state="unconfirmed" if wanted.way == "email" else "active",
        created_at=now,
        changed_at=now,
        asked=digest(wanted),
        **{field: getattr(wanted, field) for field in same},
    )
    _check(destination, ground)
    return msgspec.structs.replace(destination, digest_at=destination.next_digest(now))


def _check(destination: Destination, ground: Ground) -> None:
    """Pass a destination that may be kept.

    Raises:
        InvalidInput: something in it cannot be; names the field.
    """
    zone_of(destination.time_zone)
    if destination.quiet:
        destination.quiet.check()
    if unknown := {*UNWISHED, UNTOLD} & {*destination.wishes.events}:
        remedy = "leave it out: it comes where it is needed"
        raise InvalidInput(f"{min(unknown)} is not asked for", field="wishes", remedy=remedy)
    if destination.way == "email":
        _check_mail(destination.address, sends_mail=ground.sends_mail)
    else:
        from socialindex.deliver.call import check_address  # noqa: PLC0415 - it brings aiohttp; few callers come here

        check_address(destination.address, allow_loopback=ground.allow_loopback)


def _address(wanted: NewDestination) -> str:
    """The one address that the way asks for.

    Raises:
        InvalidInput: it is missing, or another one is there.
    """
    right, wrong = ("email", "url") if wanted.way == "email" else ("url", "email")
    address: str | None = getattr(wanted, right)
    if address is None:
        raise InvalidInput(f"way {wanted.way} needs {right}", field=right, remedy=f"send {right}")
    if getattr(wanted, wrong) is not None:
        raise InvalidInput(f"way {wanted.way} has no {wrong}", field=wrong, remedy="leave it out")
    return address


def _check_mail(address: str, *, sends_mail: bool) -> None:
    if not sends_mail:
        raise InvalidInput("this service is not set up to send mail", field="way", remedy="use webhook or slack")
    if not _MAIL.fullmatch(address):
        remedy = "send an address such as name@example.com; write a domain of other letters in its ASCII form (xn--)"
        raise InvalidInput(f"{address[:80]!r} is no mail address", field="email", remedy=remedy)


def changed(destination: Destination, wanted: ChangedDestination, ground: Ground, now: datetime) -> Destination:
    """The destination with what is to be changed.

    Raises:
        InvalidInput: something in it cannot be; names the field.
        Conflict: it waits for a mail address to be confirmed.
    """
    given = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
    changes = {name: value for name, value in given.items() if value is not msgspec.UNSET}
    right, wrong = ("email", "url") if destination.way == "email" else ("url", "email")
    if wrong in changes:
        raise InvalidInput(f"way {destination.way} has no {wrong}", field=wrong, remedy=f"send {right}")
    address = changes.pop(right, destination.address)
    if "state" in changes and destination.state == "unconfirmed":
        raise Conflict("this mail address has not been confirmed: open the link that was sent to it")
    if changes.get("state") == "active" or address != destination.address:
        changes |= {"trouble": None, "failing_since": None, "lost": 0}
    elif destination.state == "unconfirmed" and "wishes" in changes:
        changes["trouble"] = None
    if right == "email" and address != destination.address:
        changes["state"] = "unconfirmed"
    following = msgspec.structs.replace(destination, address=address, changed_at=now, **changes)
    _check(following, ground)
    if _digest_rule(following) == _digest_rule(destination):
        return following  # one that is due and not made yet stays due
    return msgspec.structs.replace(following, digest_at=following.next_digest(now))


def _digest_rule(destination: Destination) -> tuple[object, ...]:
    """All that says when digests are made for a destination."""
    return destination.state, destination.time_zone, destination.digests


def rotated(destination: Destination, secret: str, now: datetime, until: datetime) -> Destination:
    """The webhook with a new secret; until then the one before signs too, and those before it for their own time.

    What ends the one before at once ends them all.

    Raises:
        Conflict: it is no webhook, or so many secrets sign already that there is no room for another one.
    """
    known = destination.secrets
    if known is None:
        raise Conflict("only webhooks have a secret")
    older = known.former(now) if until > now else []
    if len(older) > MOST_SECRETS - 2:
        first = min(one.until for one in older)
        raise Conflict(
            f"{MOST_SECRETS} secrets sign already: rotate again after {first.isoformat()}, or with grace_hours 0, "
            "which ends all earlier ones at once"
        )
    secrets = Secrets(secret=secret, previous=known.secret, previous_until=until, older=older, rotated_at=now)
    return msgspec.structs.replace(destination, secrets=secrets, changed_at=now)
