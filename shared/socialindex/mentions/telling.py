"""What is told of mentions to those who asked to be told: the data of their events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import msgspec

from socialindex.deliver.event import Event, event_id
from socialindex.mentions.model import Status  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.model import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from socialindex.mentions.work import Work
    from socialindex.topics.topic import Topic

SHOWN: Final = 10
"""Mentions that one event shows, those that are due first; it counts all."""
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
NEEDED: Final = ["id", "source", "platform", "url", "title", "author", "published_at", "sentiment", "mention"]
"""What of a mention's document an event shows, beside its text."""
_EXCERPT: Final = 280
_URL: Final = 1_000


class Brief(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A mention in a few lines."""

    id: str
    post: str
    source: str
    platform: str | None
    url: str | None
    title: str | None
    excerpt: str | None
    """At most 280 characters of its text."""
    author: str | None
    published_at: datetime | None
    sentiment: float | None
    status: Status
    assignee: str | None
    due_at: datetime | None
    """When it should be answered."""


class MentionsTold(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Data of ``mention.assigned`` and ``mention.due``."""

    topic: str
    topic_name: str
    assignee: str | None
    by: str | None
    """Who assigned them, where they named themselves."""
    count: int
    mentions: list[Brief]
    """Ten of them, those that should be answered first."""


class Telling(NamedTuple):
    """A mention to be told of: what the engine has of it, and what people did."""

    item: dict[str, Any]
    work: Work


def in_order(told: Iterable[Telling]) -> list[Telling]:
    """Mentions in the order in which they should be answered; those without a target last, as they came."""
    return sorted(told, key=lambda one: one.work.due_at or _NEVER)


def event(
    kind: Literal["mention.assigned", "mention.due"], topic: Topic, told: Sequence[Telling], name: str, at: datetime
) -> Event:
    """An event about mentions with one assignee, in order; of the same name it is the same event."""
    first = told[0].work
    data = MentionsTold(
        topic=topic.id,
        topic_name=topic.name,
        assignee=first.assignee,
        by=first.history[-1].by.name if kind == "mention.assigned" and first.history else None,
        count=len(told),
        mentions=[_brief(one) for one in told[:SHOWN]],
    )
    return Event(
        id=event_id(kind, topic.id, name),
        kind=kind,
        workspace=topic.workspace,
        topic=topic.id,
        at=at,
        data=msgspec.to_builtins(data),
    )


def _brief(told: Telling) -> Brief:
    item, work = told
    published, url = item.get("published_at"), item.get("url")
    return Brief(
        id=item["mention"]["id"],
        post=item["id"],
        source=item["source"],
        platform=item.get("platform"),
        url=url if url and len(url) <= _URL else None,
        title=_short(item.get("title")),
        excerpt=_short(item.get("text")),
        author=_short(item.get("author", {}).get("name") or item.get("author", {}).get("handle")),
        published_at=datetime.fromisoformat(published) if published else None,
        sentiment=work.sentiment if work.sentiment is not None else item.get("sentiment"),
        status=work.status,
        assignee=work.assignee,
        due_at=work.due_at,
    )


def _short(text: str | None) -> str | None:
    if text is None or len(text) <= _EXCERPT:
        return text
    return text[: _EXCERPT - 1] + "…"
