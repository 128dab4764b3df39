"""Which posts a request is about: the same filters for searches, figures and exports, and the one way to the engine."""

from __future__ import annotations

import unicodedata
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec

from socialindex import engine, languages, sources
from socialindex.access import Caller, mentions_visible_to, visible_to
from socialindex.errors import InvalidInput
from socialindex.mentions.model import Status  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.model import Kind, Struct
from socialindex.query import compile_query, cost, read, sense
from socialindex.query.fields import shortened
from socialindex.search import listening

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from socialindex.query import Node, Note, Reading

Values = Annotated[list[Annotated[str, msgspec.Meta(max_length=2048)]], msgspec.Meta(max_length=500)]
Sentiment = Literal["positive", "neutral", "negative"]
MOST_TOPICS: Final = 20
_OF_MENTIONS: Final = ("status", "assignee", "tag", "noise")
"""Filters that posts have not."""


class Selection(Struct, frozen=True, kw_only=True, rename={"since": "from", "until": "to"}):
    """Posts, by a query and filters. Within a filter values are alternatives, between filters all must hold."""

    q: str = ""
    """A query in the query language; empty for all posts."""
    source: Values = []
    """Names of sources, such as ``mastodon`` or ``gnuboard``."""
    language: Values = []
    """Languages by their codes (ISO 639, BCP 47), such as ``ko``, ``kor`` or ``ko-KR``; names that are common, too."""
    author: Values = []
    """Handles, names, ids or keys (``author.key``)."""
    hashtag: Values = []
    """Without the leading ``#``."""
    platform: Values = []
    """Hosts that published."""
    kind: list[Kind] = []
    """Kinds of posts."""
    thread: Values = []
    """Ids of posts that conversations began with, a post's ``thread_id``."""
    cluster: Values = []
    """Groups of near-duplicates, a post's ``cluster_id``."""
    topic: Annotated[
        list[Annotated[str, msgspec.Meta(min_length=1, max_length=64)]], msgspec.Meta(max_length=MOST_TOPICS)
    ] = []
    """Ids of topics: their mentions instead of posts, without those marked as noise. A post that two of them match is
    two mentions."""
    status: list[Status] = []
    """With ``topic``: mentions that stand so."""
    assignee: Values = []
    """With ``topic``: mentions that are theirs."""
    tag: Values = []
    """With ``topic``: mentions with these tags."""
    noise: bool = False
    """With ``topic``: those marked as noise, and no others."""
    since: datetime | None = None
    """Published at this time or later (``from``)."""
    until: datetime | None = None
    """Published before this time (``to``)."""

    def check(self) -> None:
        """Pass what makes sense together.

        Raises:
            InvalidInput: ``from`` is not before ``to``, a filter of mentions is given without a topic, or a language
                or source is none.
        """
        languages_in(self.language)
        sources_in(self.source)
        if self.since and self.until and self.since >= self.until:
            raise InvalidInput("from is not before to", field="from", remedy="exchange the two")
        if not self.topic and (without := [name for name in _OF_MENTIONS if getattr(self, name)]):
            message = f"{without[0]} is of mentions, and no topic is given"
            raise InvalidInput(message, field=without[0], remedy="give a topic, or leave it out")


def queries_of(caller: Caller, selection: Selection) -> list[str]:
    """What a selection's posts are looked for by: its own query, and those of the topics that it names.

    Raises:
        NotFound, Unavailable: as ``visible``.
    """
    return [selection.q, *(topic.watched.q for topic in listening.topics_of(caller, selection.topic))]


def sources_of(caller: Caller, selection: Selection) -> list[str]:
    """The sources that its posts can be from; none for any.

    Raises:
        NotFound, Unavailable: as ``visible``.
    """
    watched = [topic.watched.source for topic in listening.topics_of(caller, selection.topic)]
    return sources_in(selection.source) or (sorted({one for some in watched for one in some}) if all(watched) else [])


def reading_of(selection: Selection) -> Reading | None:
    """The query, and what its author may not have meant; ``None`` where there is none.

    Raises:
        InvalidQuery: ``q`` cannot be read, costs too much, or can find nothing.
    """
    if not selection.q.strip():
        return None
    reading = read(selection.q)
    cost.check(reading.node)
    sense.check(reading.node, selection.q)
    return reading


def notes_of(q: str) -> tuple[Note, ...]:
    """What of a query its author may not have meant; none where there is none.

    Raises:
        InvalidQuery: it cannot be read.
    """
    return read(q).notes if q.strip() else ()


def query_of(selection: Selection) -> Node | None:
    """The query; ``None`` where there is none.

    Raises:
        InvalidQuery: as ``reading_of``.
    """
    reading = reading_of(selection)
    return reading.node if reading else None


def matching(selection: Selection) -> dict[str, Any] | None:
    """The query's clause, which scores; ``None`` where there is no query.

    Raises:
        InvalidQuery: as ``query_of``.
    """
    node = query_of(selection)
    return compile_query(node) if node else None


def index_of(selection: Selection) -> str:
    """Where the engine has what a selection is of."""
    return engine.MENTIONS if selection.topic else engine.ALIAS


def known_by(selection: Selection, bound: int) -> dict[str, Any]:
    """A filter clause: what was there already at a time (Unix ms), so that later pages go on where the first ended."""
    field = "mention.matched_at" if selection.topic else "indexed_at"
    return {"range": {field: {"lte": bound, "format": "epoch_millis"}}}


def visible(caller: Caller, selection: Selection) -> list[dict[str, Any]]:
    """Filter clauses for what the caller may see: posts, or mentions of the topics that a selection names.

    Raises:
        NotFound: a topic is not the caller's, or there is none: nobody learns which.
        Unavailable: nobody tells whose topics are.
    """
    if not selection.topic:
        return visible_to(caller)
    listening.topics_of(caller, selection.topic)
    noise = {"term": {"mention.noise": True}}
    return [
        *mentions_visible_to(caller),
        {"terms": {"mention.topic": list(selection.topic)}},
        noise if selection.noise else {"bool": {"must_not": noise}},
    ]


def filters(caller: Caller, selection: Selection) -> list[dict[str, Any]]:
    """Filter clauses for all but the query: what the caller may see, and the selection's filters.

    Raises:
        NotFound, Unavailable: as ``visible``.
        InvalidInput: a language is none.
    """
    hashtags = [_kept(tag).lstrip("#＃").casefold() for tag in selection.hashtag]  # noqa: RUF001 - as it is typed
    given: Sequence[tuple[str, Sequence[str]]] = (
        ("source", _lower(selection.source)),
        ("language", languages_in(selection.language)),
        ("hashtags", hashtags),
        ("platform", _lower(selection.platform)),
        ("kind", selection.kind),
        ("thread_id", selection.thread),
        ("cluster_id", selection.cluster),
        ("mention.status", selection.status),
        ("mention.assignee", selection.assignee),
        ("mention.tags", selection.tag),
    )
    clauses = [*visible(caller, selection), *({"terms": {field: list(values)}} for field, values in given if values)]
    if selection.author:
        fields = ("author.handle", "author.name", "author.id", "author.key")
        given_as = (each for value in map(_kept, selection.author) for each in (value, value.removeprefix("@")))
        authors = list(dict.fromkeys(filter(None, given_as)))
        clauses.append({"bool": {"should": [{"terms": {field: authors}} for field in fields]}})
    if selection.since or selection.until:
        bounds = {"gte": selection.since, "lt": selection.until}
        clauses.append({"range": {"published_at": {name: at.isoformat() for name, at in bounds.items() if at}}})
    return clauses


def languages_in(values: Iterable[str]) -> list[str]:
    """The codes that posts have for languages that are asked for, each once.

    Raises:
        InvalidInput: a value names none.
    """
    codes = []
    for value in values:
        try:
            codes.append(languages.asked(value))
        except ValueError as error:
            raise InvalidInput(f"{shortened(value)} is no language", field="language", remedy=str(error)) from error
    return list(dict.fromkeys(codes))


def sources_in(values: Iterable[str]) -> list[str]:
    """Sources that are asked for as posts have them, each once.

    Raises:
        InvalidInput: a value names none. It would find nothing, as if nobody said a word.
    """
    named = list(dict.fromkeys(map(str.lower, values)))
    for name in named:
        sources.check(name)
    return named


def _lower(values: Sequence[str]) -> list[str]:
    """Sources and hosts as posts have them, and as a query reads them: ``source:Mastodon``."""
    return [value.lower() for value in values]


def _kept(value: str) -> str:
    """A value as posts have it (``normalize.finish``): composed, without Persian's non-joiner."""
    return value if value.isascii() else unicodedata.normalize("NFC", value).replace("\u200c", "")


def selected(caller: Caller, selection: Selection) -> dict[str, Any]:
    """The engine's query for all posts of a selection, in filter context: for figures, which need no scores."""
    query = matching(selection)
    return {"bool": {"filter": [*filters(caller, selection), *([query] if query else [])]}}
