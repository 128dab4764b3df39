"""An event without other people's words, as it is kept, and with them, as it is told.

A delivery may wait for a day and is shown for thirty. So it keeps ids, and what posts say and who wrote them is read
from the index when it is sent: what was deleted, erased or marked as noise meanwhile is told no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import msgspec

from socialindex.alert.alert import Alert, Evidence, Spreader
from socialindex.alert.asking import ask, living
from socialindex.alert.shown import shown
from socialindex.deliver.digest import Digest, DigestAlert, DigestTopic
from socialindex.deliver.lines import one_line
from socialindex.deliver.told import AlertSummary, data_of
from socialindex.mentions.telling import Brief, MentionsTold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from opensearchpy import OpenSearch

    from socialindex.deliver.event import Event

T = TypeVar("T")

_EXCERPT: Final = 280
_FIELDS: Final = ["id", "url", "uri", "title", "text", "author.name", "author.handle", "author.key"]
_MOST: Final = 1_000
"""Posts and authors that one event names at most: thirty topics of a digest, with all that they show."""


def wordless(event: Event) -> Event:
    """The event with ids in place of people's words, names and addresses.

    Raises:
        msgspec.ValidationError: its data is not what its kind has.
    """
    return _changed(event, _bare_alert, _bare_post, lambda one: msgspec.structs.replace(one, name=None))


class Wording:
    """Reads the words back from the index."""

    def __init__(self, engine: OpenSearch) -> None:
        self._engine = engine

    def worded(self, event: Event) -> Event:
        """The event with what posts say now.

        Raises:
            Unavailable: the engine does not answer.
        """
        if event.kind.startswith("alert."):
            return self._alerts(event)
        posts, authors = _named(event)
        if not posts and not authors:
            return event
        words = self._read(_topics(event), posts, authors)
        return _changed(event, _same, words.of, words.named)

    def _alerts(self, event: Event) -> Event:
        found: dict[str, Alert] = {}
        _changed(event, lambda alert: found.setdefault(alert.id, alert), _same, _same)
        told = {alert.id: alert for alert in shown(self._engine, list(found.values()))}
        return _changed(event, lambda alert: told[alert.id], _same, _same)

    def _read(self, topics: set[str], posts: set[str], authors: set[str]) -> _Words:
        asked = {field: sorted(some)[:_MOST] for field, some in (("id", posts), ("author.key", authors)) if some}
        bodies = [
            {
                "size": len(values),
                "_source": _FIELDS,
                "query": {"bool": {"filter": [*living(topics, backfilled=True), {"terms": {field: values}}]}},
                "collapse": {"field": field},
            }
            for field, values in asked.items()
        ]
        answers = dict(zip(asked, ask(self._engine, *bodies), strict=True))
        sources = {field: [hit["_source"] for hit in answer["hits"]["hits"]] for field, answer in answers.items()}
        return _Words(
            {source["id"]: source for source in sources.get("id", [])},
            {source["author"]["key"]: _author(source) for source in sources.get("author.key", [])},
        )


class _Words(NamedTuple):
    """What posts say, and how authors are called."""

    posts: dict[str, dict[str, Any]]
    names: dict[str, str | None]

    def of(self, post: Evidence | Brief) -> Evidence | Brief:
        source = self.posts.get(post.post)
        if source is None:
            return post
        return msgspec.structs.replace(
            post,
            url=source.get("url") or source.get("uri"),
            title=_short(source.get("title")),
            excerpt=_short(source.get("text")),
            author=_author(source),
        )

    def named(self, spreader: Spreader) -> Spreader:
        return msgspec.structs.replace(spreader, name=self.names.get(spreader.author))


def _short(text: str | None) -> str | None:
    return one_line(text, _EXCERPT) if text else None


def _author(source: dict[str, Any]) -> str | None:
    author = source.get("author", {})
    name: str | None = author.get("name") or author.get("handle")
    return name


def _named(event: Event) -> tuple[set[str], set[str]]:
    """The posts and authors that an event names."""
    posts: dict[str, Any] = {}
    authors: dict[str, Spreader] = {}
    _changed(event, _same, lambda one: posts.setdefault(one.post, one), lambda one: authors.setdefault(one.author, one))
    return set(posts), set(authors)


def _topics(event: Event) -> set[str]:
    if event.kind.startswith("digest."):
        return {row.topic for row in data_of(event, Digest).topics}
    return {event.topic} if event.topic else set()


def _same(part: T) -> T:
    return part


# --- through all that an event holds ---------------------------------------------------------------------------------


def _changed(
    event: Event,
    alert: Callable[[Alert], Alert],
    post: Callable[[Any], Any],
    spreader: Callable[[Spreader], Spreader],
) -> Event:
    """The event with each alert, each other post and each other spreader in it changed."""
    kind = event.kind
    told: Any
    if kind == "alert.summary":
        summary = data_of(event, AlertSummary)
        told = msgspec.structs.replace(summary, alerts=[alert(one) for one in summary.alerts])
    elif kind.startswith("alert."):
        told = alert(data_of(event, Alert))
    elif kind.startswith("mention."):
        mentions = data_of(event, MentionsTold)
        told = msgspec.structs.replace(mentions, mentions=[post(one) for one in mentions.mentions])
    elif kind.startswith("digest."):
        digest = data_of(event, Digest)
        told = msgspec.structs.replace(digest, topics=[_row(row, post, spreader) for row in digest.topics])
    else:
        return event
    return msgspec.structs.replace(event, data=msgspec.to_builtins(told))


def _row(row: DigestTopic, post: Callable[[Any], Any], spreader: Callable[[Spreader], Spreader]) -> DigestTopic:
    alerts: list[DigestAlert] = [
        msgspec.structs.replace(one, spreaders=[spreader(each) for each in one.spreaders]) for one in row.alerts
    ]
    return msgspec.structs.replace(row, posts=[post(one) for one in row.posts], alerts=alerts)


def _bare_post(post: Any) -> Any:  # noqa: ANN401 - evidence, or a mention
    return msgspec.structs.replace(post, url=None, title=None, excerpt=None, author=None)


def _bare_alert(alert: Alert) -> Alert:
    lead = alert.lead_time
    return msgspec.structs.replace(
        alert,
        evidence=_bare_posts(alert.evidence),
        spreaders=[msgspec.structs.replace(one, name=None) for one in alert.spreaders],
        lead_time=msgspec.structs.replace(
            lead,
            first_post=_bare_post(lead.first_post) if lead.first_post else None,
            first_article=_bare_post(lead.first_article) if lead.first_article else None,
        )
        if lead
        else None,
        explanation={},
    )


def _bare_posts(posts: Iterable[Evidence]) -> list[Evidence]:
    return [_bare_post(post) for post in posts]
