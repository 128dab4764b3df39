"""Alerts as people see them: with what posts say and who wrote them, read from the index at that moment.

An alert is kept without other people's words and names, so that it shows no more than the index does: of what was
deleted, erased or marked as noise it shows the id only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex.alert.asking import ask, living
from socialindex.alert.words import LANGUAGES, explain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from opensearchpy import OpenSearch

    from socialindex.alert.alert import Alert, Evidence, LeadTime, Spreader

Dsl = dict[str, Any]

EXCERPT: Final = 280
"""Characters of a post's text."""
_FIELDS: Final = ["id", "url", "uri", "title", "text", "author.name", "author.handle", "author.key"]


def shown(engine: OpenSearch, alerts: Sequence[Alert]) -> list[Alert]:
    """Alerts of one workspace with words, names and an explanation, by one request.

    Raises:
        Unavailable: the engine does not answer.
    """
    posts = {each.post for alert in alerts for each in _evidence(alert)}
    authors = {each.author for alert in alerts for each in alert.spreaders}
    topics = {alert.topic for alert in alerts}
    told = _found(engine, topics, {"id": posts, "author.key": authors})
    by_id = {source["id"]: source for source in told["id"]}
    names = {source["author"]["key"]: name for source in told["author.key"] if (name := _name(source))}
    return [_shown(alert, by_id, names) for alert in alerts]


def _found(engine: OpenSearch, topics: Iterable[str], wanted: Mapping[str, set[str]]) -> dict[str, list[Dsl]]:
    """One living mention's fields for each value that is wanted, as far as there are any."""
    asked = {field: values for field, values in wanted.items() if values}
    bodies = [
        {
            "size": len(values),
            "_source": _FIELDS,
            "query": {"bool": {"filter": [*living(topics, backfilled=True), {"terms": {field: sorted(values)}}]}},
            "collapse": {"field": field},
            "sort": [{"published_at": "desc"}],
        }
        for field, values in asked.items()
    ]
    answers = ask(engine, *bodies)
    found = {
        field: [hit["_source"] for hit in answer["hits"]["hits"]] for field, answer in zip(asked, answers, strict=True)
    }
    return {field: found.get(field, []) for field in wanted}


def _evidence(alert: Alert) -> Iterator[Evidence]:
    yield from alert.evidence
    if alert.lead_time:
        yield from filter(None, (alert.lead_time.first_post, alert.lead_time.first_article))


def _shown(alert: Alert, posts: Mapping[str, Dsl], names: Mapping[str, str]) -> Alert:
    told = msgspec.structs.replace(
        alert,
        evidence=[_told(each, posts) for each in alert.evidence],
        spreaders=[_named(each, names) for each in alert.spreaders],
        lead_time=_lead(alert.lead_time, posts) if alert.lead_time else None,
    )
    return msgspec.structs.replace(told, explanation={language: explain(told, language) for language in LANGUAGES})


def _lead(lead: LeadTime, posts: Mapping[str, Dsl]) -> LeadTime:
    first_post = _told(lead.first_post, posts) if lead.first_post else None
    first_article = _told(lead.first_article, posts) if lead.first_article else None
    return msgspec.structs.replace(lead, first_post=first_post, first_article=first_article)


def _told(evidence: Evidence, posts: Mapping[str, Dsl]) -> Evidence:
    post = posts.get(evidence.post)
    if post is None:
        return evidence
    return msgspec.structs.replace(
        evidence,
        url=post.get("url") or post.get("uri"),
        title=post.get("title"),
        excerpt=_excerpt(post.get("text")),
        author=_name(post),
    )


def _named(spreader: Spreader, names: Mapping[str, str]) -> Spreader:
    return msgspec.structs.replace(spreader, name=names.get(spreader.author))


def _name(post: Dsl) -> str | None:
    author = post.get("author", {})
    name: str | None = author.get("name") or author.get("handle")
    return name


def _excerpt(text: str | None) -> str | None:
    if text is None or len(text) <= EXCERPT:
        return text
    return f"{text[: EXCERPT - 1].rstrip()}…"
