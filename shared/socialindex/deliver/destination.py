"""Who is told of what happens in a workspace: a webhook, a mail address or a chat's hook, and what of it, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec

from socialindex.alert.model import Severity  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.deliver.event import Event, Kind  # noqa: TC001 - likewise
from socialindex.deliver.hours import Quiet, at_eight
from socialindex.model import Struct
from socialindex.organizations import Name  # noqa: TC001 - likewise

Way = Literal["webhook", "email", "slack"]
State = Literal["unconfirmed", "active", "paused", "disabled"]
"""unconfirmed: a mail address whose owner has not said yes. paused: by its owner. disabled: by us; ``trouble`` says
why."""
Language = Literal["en", "ko"]

USUAL: Final[list[Kind]] = ["alert.opened", "alert.closed", "mention.due", "topic.suspended"]
"""What a destination is told where nobody says otherwise."""
DIGESTS: Final[tuple[Kind, ...]] = ("digest.daily", "digest.weekly")
ADDRESSED: Final[frozenset[Kind]] = frozenset({"test", "destination.confirm", "alert.summary", *DIGESTS})
"""Made for one destination; ``Event.data`` of ``test`` and ``destination.confirm`` names it."""
UNWISHED: Final[frozenset[Kind]] = ADDRESSED - {*DIGESTS}
"""Of those, what nobody asks for beforehand."""
UNTOLD: Final[Kind] = "topic.deleted"
"""What is told to nobody."""

MOST_SECRETS: Final = 5
"""That sign a webhook's calls at the same time."""
PATIENCE: Final = timedelta(days=3)
"""A destination that takes nothing for so long, ..."""
LOST: Final = 3
"""... while at least so many deliveries are given up, is disabled."""


class Wishes(Struct, frozen=True, kw_only=True):
    """What a destination is told."""

    events: Annotated[list[Kind], msgspec.Meta(min_length=1, max_length=20)] = msgspec.field(
        default_factory=lambda: list(USUAL)
    )
    """Kinds of events; the digests among them are made for it at eight in the morning of its time zone."""
    severities: Annotated[list[Severity], msgspec.Meta(max_length=3)] = []
    """Of alerts; none: all."""
    topics: Annotated[list[Annotated[str, msgspec.Meta(max_length=64)]], msgspec.Meta(max_length=200)] = []
    """Ids of topics; none: all of the workspace."""


class Former(Struct, frozen=True, kw_only=True):
    """A secret that signs beside those that came after it, until its time is over."""

    secret: str
    until: datetime


class Secrets(Struct, frozen=True, kw_only=True):
    """What a webhook's calls are signed with."""

    secret: str
    previous: str | None = None
    """The secret before the last rotation."""
    previous_until: datetime | None = None
    older: list[Former] = []
    """Those before it that a receiver may still have: a rotation may be asked for again since its answer was lost."""
    rotated_at: datetime | None = None

    def former(self, at: datetime) -> list[Former]:
        """The earlier ones that still sign at a time, the newest first."""
        last = []
        if self.previous is not None and self.previous_until is not None:
            last = [Former(secret=self.previous, until=self.previous_until)]
        return [one for one in (*last, *self.older) if at < one.until]

    def now(self, at: datetime) -> list[str]:
        """All that sign at a time, the newest first."""
        return [self.secret, *(one.secret for one in self.former(at))]


class Destination(Struct, frozen=True, kw_only=True):
    """A destination as it is kept. Times are in UTC."""

    workspace: str
    id: str
    """``ds_`` and letters."""
    name: Name
    way: Way
    address: str
    """Where to: an https address, or a mail address."""
    secrets: Secrets | None = None
    """Of a webhook."""
    wishes: Wishes = Wishes()
    language: Language = "en"
    time_zone: str = "UTC"
    quiet: Quiet | None = None
    person: Name | None = None
    """Who acts by a mail's links; the destination's name where nobody is named."""
    state: State
    trouble: str | None = None
    has_last_words: bool = False
    """Whether it is disabled for nothing but that its topic was deleted: what waits for it then is told still."""
    digest_at: datetime | None = None
    """When its next digest is made."""
    created_at: datetime
    changed_at: datetime
    failing_since: datetime | None = None
    """When the first of the attempts failed that have failed since the last success; ``None`` where it does well."""
    lost: int = 0
    """Deliveries that were given up since then."""
    asked: str = ""
    """Digest of the request that made it."""

    @property
    def who(self) -> str:
        """Whose an act by a link is."""
        return self.person or self.name

    def wants(self, event: Event) -> bool:
        """Whether it is told of an event that is for everybody."""
        if event.kind not in self.wishes.events:
            return False
        severity = event.data.get("severity")
        of_topic = not self.wishes.topics or event.topic in self.wishes.topics
        return of_topic and (not self.wishes.severities or severity is None or severity in self.wishes.severities)

    def may_have_missed(self, event: Event) -> bool:
        """Whether an event is about an alert of which it wants the beginning, though not this."""
        wants_beginning = "alert.opened" in self.wishes.events and event.kind in {"alert.updated", "alert.closed"}
        return wants_beginning and self.wants(msgspec.structs.replace(event, kind="alert.opened"))

    def takes(self, kind: Kind) -> bool:
        """Whether it may be sent something of a kind as it is now: a test also where it is paused or disabled.

        To an address whose owner has not said yes goes nothing but the question.
        """
        if kind == "destination.confirm":
            return self.state == "unconfirmed"
        ends = self.state == "disabled" and self.has_last_words
        return self.state == "active" or ends or (kind == "test" and self.state != "unconfirmed")

    def held_until(self, event: Event, now: datetime) -> datetime | None:
        """When its quiet hours end, where an event comes in them and may not pass: a crisis may, its end can wait."""
        if self.quiet is None or event.kind in UNWISHED:
            return None
        wakes = {"kind": "crisis", "severity": "high", "state": "open"}
        passes = self.quiet.crisis_passes and all(event.data.get(name) == value for name, value in wakes.items())
        return None if passes else self.quiet.end(now, self.time_zone)

    @property
    def digests(self) -> list[Kind]:
        """The digests that it gets."""
        return [kind for kind in DIGESTS if kind in self.wishes.events]

    def next_digest(self, now: datetime) -> datetime | None:
        """When the next digest is to be made for it; ``None`` where none is."""
        if self.state != "active" or not self.digests:
            return None
        return min(at_eight(now, self.time_zone, weekly=kind == "digest.weekly") for kind in self.digests)


def disabled(destination: Destination, why: str, now: datetime) -> Destination:
    """The destination, to which nothing is sent until its owner has mended it."""
    return msgspec.structs.replace(destination, state="disabled", trouble=why, has_last_words=False, changed_at=now)


def without(destination: Destination, topic: str, now: datetime) -> Destination:
    """The destination when a topic is deleted; itself where it does not name it.

    One that names no other would be told of nothing any more, or of all topics, which nobody asked for: it keeps the
    name, and is disabled, so that its owner sees why it is silent. It is still told what waits for it, such as the end
    of an alert, which closes what its owner keeps open.
    """
    if topic not in destination.wishes.topics:
        return destination
    left = [one for one in destination.wishes.topics if one != topic]
    if left:
        wishes = msgspec.structs.replace(destination.wishes, topics=left)
        return msgspec.structs.replace(destination, wishes=wishes, changed_at=now)
    why = (
        "the only topic that it is for was deleted: name others in wishes.topics, or none for all, and set the state "
        "to active; or remove it"
    )
    match destination.state:
        case "disabled":  # for another reason, which is still one
            return destination
        case "unconfirmed":  # it may not be more than that before its owner has said yes
            return msgspec.structs.replace(destination, trouble=why, changed_at=now)
        case _:
            is_told = destination.state == "active"  # one that its owner has paused is not
            return msgspec.structs.replace(disabled(destination, why, now), has_last_words=is_told)


def worse(destination: Destination, now: datetime, *, lost: bool) -> Destination:
    """The destination after an attempt that failed; with ``lost``, whose delivery is given up."""
    since, given_up = destination.failing_since or now, destination.lost + lost
    failing = msgspec.structs.replace(destination, failing_since=since, lost=given_up)
    if now - since < PATIENCE or given_up < LOST:
        return failing
    why = (
        f"nothing has been taken since {since:%Y-%m-%d %H:%M} UTC, and {given_up} deliveries were given up: "
        "see the last ones, mend what they say, and set the state to active"
    )
    return disabled(failing, why, now)


def well(destination: Destination) -> Destination:
    """The destination after an attempt that was taken."""
    return msgspec.structs.replace(destination, failing_since=None, lost=0)
