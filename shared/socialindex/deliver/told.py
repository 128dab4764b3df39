"""What an event's ``data`` is, by its kind: the same structs make, read and describe it."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from socialindex import releases
from socialindex.alert.alert import Alert
from socialindex.deliver.digest import Digest
from socialindex.mentions.telling import MentionsTold
from socialindex.model import Struct

if TYPE_CHECKING:
    import msgspec

    from socialindex.deliver.event import Event, Kind

T = TypeVar("T")


class TopicTold(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A topic that is watched no longer: the engine cannot bear its query."""

    id: str
    name: str
    q: str = ""
    """The query."""
    trouble: str | None = None
    """Why, in a sentence."""


class AlertSummary(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Alerts that were opened and closed in a destination's quiet hours."""

    quiet_until: datetime
    """When the quiet hours ended."""
    alerts: list[Alert]
    """As they were when they closed; without evidence where they are many."""


class TestTold(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A call to see whether a destination works; also the question whether a mail address wants mail."""

    destination: str
    """The destination's id."""
    name: str
    """The destination's name."""

    __test__ = False


class Described(NamedTuple):
    """A kind of event in the catalogue."""

    kind: Kind
    when: str
    """When it happens, a sentence."""
    data: type[msgspec.Struct]


CATALOGUE: Final = (
    Described("alert.opened", "An incident of a topic has begun.", Alert),
    Described(
        "alert.updated",
        "It goes on and something of it has changed, or it goes on again; or it is over and the press has it now, by "
        "`state`. Also sent to those who want openings only, "
        "where the severity has become higher than what they were told, or where it was over and goes on.",
        Alert,
    ),
    Described("alert.closed", "It is over, or its topic is watched no longer: paused, suspended or deleted.", Alert),
    Described(
        "alert.summary",
        "Quiet hours are over: alerts that were opened and closed meanwhile, up to thirty in a message. Not asked for "
        "by itself.",
        AlertSummary,
    ),
    Described("mention.assigned", "Mentions were given to somebody.", MentionsTold),
    Described("mention.due", "Mentions will soon have waited as long as their topic's target allows.", MentionsTold),
    Described("topic.suspended", "A topic is watched no longer, since the engine cannot bear its query.", TopicTold),
    Described("digest.daily", "It is eight in the morning in the destination's time zone.", Digest),
    Described("digest.weekly", "The same on a Monday, for the week.", Digest),
    Described("test", "Somebody asked for a test of the destination. Not asked for by itself.", TestTold),
)
"""All kinds but ``destination.confirm``, which is a mail only."""


def data_of(event: Event, kind: type[T]) -> T:
    """An event's data as its struct; what later versions of the service say beside it is left out.

    Raises:
        msgspec.ValidationError: it is none.
    """
    return releases.convert(event.data, kind)
