"""Storage obeys the terms of a post's host, at every reading of the archive anew."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from socialindex import terms
from socialindex.errors import Discarded
from socialindex.model import Author, Media, Metrics, Post
from socialindex.normalize.enrich import Enricher
from socialindex.normalize.terms import allowed
from socialindex.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Iterator

AT = datetime(2026, 11, 28, tzinfo=UTC)
POST = Post(
    id="p1",
    uri="https://news.example.com/1",
    url="https://news.example.com/1",
    source="feed",
    kind="article",
    title="누리폰12 배터리 점검",
    text="전문",
    author=Author(name="기자"),
    collected_at=AT,
    published_at=AT,
    hashtags=["배터리"],
    links=["https://a.example/"],
    media=[Media(kind="image")],
    metrics=Metrics(views=3, read_at=AT),
)


class Edits:
    def __init__(self, *entries: Terms) -> None:
        self.entries = list(entries)

    def all(self) -> list[Terms]:
        return self.entries


def entry(verdict: terms.Verdict, keep: terms.Keep = "full") -> Terms:
    return Terms(
        domains=["news.example.com"], name="A paper", verdict=verdict, reason="r", source="s", keep=keep, edited_at=AT
    )


@pytest.fixture(autouse=True)
def only_what_ships() -> Iterator[None]:
    yield
    terms.use(None)


def test_a_post_of_an_unreviewed_host_is_kept_whole() -> None:
    assert allowed(POST) == POST


def test_where_only_titles_and_links_may_be_stored_the_text_is_left_out() -> None:
    terms.use(Edits(entry("allowed", "title_and_link")))
    kept = allowed(POST)
    assert (kept.title, kept.url, kept.author, kept.published_at, kept.metrics) == (
        POST.title,
        POST.url,
        POST.author,
        POST.published_at,
        POST.metrics,
    )
    assert kept.text is None
    assert [*kept.media, *kept.links, *kept.hashtags, *kept.mentions] == []


def test_nothing_follows_from_a_text_that_may_not_be_stored() -> None:
    terms.use(Edits(entry("allowed", "title_and_link")))
    text = "The battery of this phone swells while it is being charged, as many of its owners have told us."
    told = msgspec.structs.replace(POST, title="N12", text=text)
    assert Enricher()(told).signature
    enriched = Enricher()(allowed(told))
    assert (enriched.language, enriched.signature) == (None, [])


def test_a_post_of_a_forbidden_host_is_discarded_also_from_the_archive() -> None:
    terms.use(Edits(entry("forbidden")))
    with pytest.raises(Discarded) as discarded:
        allowed(POST)
    assert (discarded.value.reason, discarded.value.uri) == ("terms_forbidden", POST.uri)
