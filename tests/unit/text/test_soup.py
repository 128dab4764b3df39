"""Pages as Beautiful Soup reads them; a warning would be an error here (``filterwarnings``)."""

from __future__ import annotations

import pytest
from bs4.filter import SoupStrainer

from socialindex.text.soup import tree_of


@pytest.mark.parametrize("body", ["", "http://[", "https://a.example/", "notes.html", "C:\\notes.txt", "a\x00b"])
def test_what_is_no_page_has_no_tags(body: str) -> None:
    assert tree_of(body).find("meta") is None


@pytest.mark.parametrize("body", ["<?xml version='1.0'?><rss><link>a</link></rss>", "<a>" * 5_000])
def test_whatever_comes_is_read_without_a_warning(body: str) -> None:
    assert tree_of(body).find(True) is not None


def test_only_what_is_wanted_is_kept() -> None:
    tree = tree_of("<title>t</title><link href=a><p>b<base href=c>", SoupStrainer(["base", "link"]))
    assert [tag.name for tag in tree.find_all(True)] == ["link", "base"]
