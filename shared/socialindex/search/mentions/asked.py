"""What requests about mentions take and give."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec

from socialindex.mentions.changing import Change
from socialindex.mentions.model import Status  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.mentions.work import Name, Text, Work, WorkDone
from socialindex.model import Struct
from socialindex.search.mentions.finding import MOST
from socialindex.search.posts import Item  # noqa: TC001 - likewise
from socialindex.search.selection import Selection  # noqa: TC001 - likewise

_SHOWN: Final = ("status", "assignee", "tags", "noise", "due_at", "answered_at", "closed_at")


class ChangeMention(Change, frozen=True, kw_only=True):
    """Body of ``PATCH .../mentions/{mention}``: what is left out stays."""

    by: Name | None = None
    """The person who does it; the key is written down anyway."""


class NoteMention(Struct, frozen=True, kw_only=True):
    """Body of ``POST .../mentions/{mention}/notes``."""

    text: Text
    by: Name | None = None
    """The person who notes it."""


class ChangeMentions(Struct, frozen=True, kw_only=True):
    """Body of ``POST .../mentions/changes``: the same for many, named by ``mentions`` or found by ``where``."""

    mentions: Annotated[list[Annotated[str, msgspec.Meta(max_length=64)]], msgspec.Meta(max_length=MOST)] = []
    """Ids of mentions."""
    where: Selection | None = None
    """The topic's mentions by query and filters, the newest thousand. Without a query and filters: any."""
    change: Change | None = None
    """What is to become of each."""
    note: Text | None = None
    """Is noted at each."""
    by: Name | None = None
    """The person who does it."""


class MentionView(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A mention with all that people did with it."""

    id: str
    post: Item
    """The post, with ``mention``."""
    work: WorkView
    """What people did with it."""


class WorkView(WorkDone, frozen=True, kw_only=True, omit_defaults=False):
    """What people did, as it is now. Searches and figures show it within some five seconds."""


class ChangeResult(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What became of one mention."""

    id: str
    result: Literal["changed", "unchanged", "unknown", "conflict", "refused"]
    """unknown: the topic has no such mention. conflict: others are changing it, ask again. refused: ``detail`` says
    why, the mention is as it was."""
    status: Status | None
    """How it stands now, where it is known."""
    detail: str | None


class ChangeResults(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What became of each mention."""

    results: list[ChangeResult]
    """One for each."""
    left: int
    """Mentions that ``where`` finds beyond the thousand: the same request again changes those, where the change takes
    the others out of the selection."""


def view(item: Item, work: Work) -> MentionView:
    """A mention as it is shown: what people did is the table's to tell, which is ahead of the engine."""
    done = WorkView(**{name: getattr(work, name) for name in WorkView.__struct_fields__})
    return MentionView(id=item["mention"]["id"], post=_with(item, work), work=done)


def _with(item: Item, work: Work) -> Item:
    """A mention's document as it will be once the engine shows the work."""
    mention = {**item["mention"], **{name: getattr(work, name) for name in _SHOWN}, "worked": work.version or None}
    if (machine := _machine(item)) is not None and work.sentiment is not None:
        mention["machine_sentiment"] = machine
    sentiment = machine if work.sentiment is None else work.sentiment
    told = {**item, "sentiment": sentiment, "mention": _known(mention)}
    return _known(told)


def _machine(item: Item) -> float | None:
    """What enrichment said of a mention's post."""
    found: float | None = item["mention"].get("machine_sentiment", item.get("sentiment"))
    return found


def _known(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value is not None}
