"""Platforms whose pages must not be fetched are known by their addresses: nothing is asked, not even the DNS."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from socialindex import terms
from socialindex.channels.recognize import recognize
from socialindex.crawl.settings import FetchSettings
from socialindex.errors import InvalidInput
from tests.unit.crawl.site import CONTACT, Names

if TYPE_CHECKING:
    from collections.abc import Iterator

PUBLIC = FetchSettings(contact=CONTACT)

AGREED = terms.Terms(
    domains=["oauth.reddit.com"], name="Reddit", verdict="permission", agreement="contract", reason="r", source="s"
)


class Edits:
    def all(self) -> list[terms.Terms]:
        return [AGREED]


@pytest.fixture(autouse=True)
def agreement() -> Iterator[None]:
    terms.use(Edits())
    yield
    terms.use(None)


PASTED = [
    ("youtube.com/@Nuri.Lab", "youtube", "https://www.youtube.com/@nuri.lab"),
    ("https://www.reddit.com/r/NuriPhone/", "reddit", "https://www.reddit.com/r/nuriphone/"),
    ("news.ycombinator.com", "hackernews", "https://news.ycombinator.com/news"),
]


@pytest.mark.parametrize(("pasted", "source", "url"), PASTED)
def test_an_address_alone_is_enough(pasted: str, source: str, url: str) -> None:
    names = Names()
    found = asyncio.run(recognize(pasted, PUBLIC, resolver=names))
    assert (found.source, found.recognized.url) == (source, url)
    assert names.asked == []


@pytest.mark.parametrize("pasted", ["https://www.youtube.com/feed/trending", "reddit.com/login", "redd.it"])
def test_a_page_that_cannot_be_crawled_is_not_fetched_either(pasted: str) -> None:
    names = Names()
    with pytest.raises(InvalidInput, match=r"of (?:YouTube|Reddit)") as refused:
        asyncio.run(recognize(pasted, PUBLIC, resolver=names))
    assert refused.value.remedy
    assert names.asked == []
