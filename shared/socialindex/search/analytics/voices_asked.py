"""What share of voice is asked with: two to ten queries, or topics, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from socialindex.errors import InvalidInput
from socialindex.model import Struct
from socialindex.query import Note
from socialindex.search.analytics.window import Wanted, Windowed
from socialindex.search.selection import notes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.search.analytics.buckets import Scale

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=32_768)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]

LEAST, MOST = 2, 10
MOST_CELLS: Final = 2_000
"""Voices times buckets: each counts different things, which takes some kilobytes."""


class Split(Windowed, frozen=True, kw_only=True):
    """What the voices are compared over, and by. ``q`` narrows all of them."""

    by: Literal["time", "source", "platform", "language", "kind", "sentiment"] | None = None
    """What each voice is split by."""
    interval: Wanted = "auto"
    """With ``by=time``: length of a bucket."""


class VoiceParameters(Split, frozen=True, kw_only=True):
    """Share of voice by a URL. What commas cannot separate goes into a body."""

    queries: Annotated[list[Text], msgspec.Meta(max_length=MOST)] = []
    """Two to ten queries, each its own name."""
    topics: Annotated[list[Id], msgspec.Meta(max_length=MOST)] = []
    """Two to ten ids of topics instead, each its own name."""


class Named(Struct, frozen=True, kw_only=True):
    """One voice: the posts that a query finds, or the mentions of a topic."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    q: Text | None = None
    topic: Id | None = None
    """A topic's id instead of ``q``. Where one voice is a topic, all are."""


class Voices(Split, frozen=True, kw_only=True):
    """Share of voice."""

    queries: Annotated[list[Named], msgspec.Meta(min_length=LEAST, max_length=MOST)]


def named(parameters: VoiceParameters) -> Voices:
    """A request by URL as one with names."""
    fields = {field: getattr(parameters, field) for field in Split.__struct_fields__}
    queries = [Named(name=query, q=query) for query in parameters.queries]
    topics = [Named(name=topic, topic=topic) for topic in parameters.topics]
    if not LEAST <= len(queries) + len(topics) <= MOST:
        message = f"{len(queries) + len(topics)} voices are given"
        raise InvalidInput(message, field="queries", remedy=f"give {LEAST} to {MOST} queries, or as many topics")
    return Voices(**fields, queries=[*queries, *topics])


def check(asked: Voices, scale: Scale) -> None:
    """Pass what makes sense and is not too much.

    Raises:
        InvalidInput: two voices have one name, they are not of one kind, or there are too many figures.
    """
    _check_kinds(asked)
    names = [voice.name for voice in asked.queries]
    if len(set(names)) < len(names):
        raise InvalidInput("two queries have the same name", field="queries", remedy="name each in its own way")
    if asked.by == "time" and len(names) * scale.length > MOST_CELLS:
        message = f"{len(names)} voices of {scale.length} buckets are too many"
        remedy = f"use a longer interval: at most {MOST_CELLS} figures"
        raise InvalidInput(message, field="interval", remedy=remedy)


def placed(asked: Voices) -> Voices:
    """The request with the topics of its voices as the selection's."""
    topics = [voice.topic for voice in asked.queries if voice.topic]
    return msgspec.structs.replace(asked, topic=topics) if topics else asked


def notes(asked: Voices) -> Iterator[Note]:
    """What of the voices' queries their author may not have meant, behind the voices' names."""
    for voice in asked.queries:
        for note in notes_of(voice.q or ""):
            yield Note(position=note.position, message=f"{voice.name}: {note.message}")


def _check_kinds(asked: Voices) -> None:
    if any((voice.q is None) == (voice.topic is None) for voice in asked.queries):
        raise InvalidInput("a voice is a query or a topic", field="queries", remedy="give each q or topic")
    topics = [voice.topic for voice in asked.queries if voice.topic]
    if topics and len(set(topics)) < len(asked.queries):
        remedy = "compare queries with queries, and different topics with one another"
        raise InvalidInput("the voices cannot be compared", field="queries", remedy=remedy)
    if asked.topic:
        raise InvalidInput("topic does not narrow voices", field="topic", remedy="name topics as voices")
