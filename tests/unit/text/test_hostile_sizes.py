"""However large and however broken a text is, reading it takes a bounded time and raises nothing."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

import pytest

from socialindex.errors import ParseError
from socialindex.sources._families.boards.markup import MAX_ATTRIBUTES, parse, text_of
from socialindex.text import decode, html_to_text, plain_text

M: Final = 1_000_000
SECONDS: Final = 5.0
"""Of processor time. Each takes less than a fifth of it; what is quadratic takes minutes."""

LINES: Final = {
    "a line of 10 MB": "가나다 " * M,
    "a line of 10 MB without a space": "a" * 10 * M,
    "a million lines": "\n" * M,
    "a million NULs": "\x00" * M,
    "a million invisible characters": "\u200b\u202e" * M,
    "a million halves of pairs": "\ud800" * M,
    "a letter with a million accents": "e" + "\u0301" * M,
    "ten million no-break spaces": "\u00a0" * 10 * M,
}
MARKUP: Final = {
    "a million levels": "<b>" * M,
    "a million levels of blocks": "<div>" * M,
    "a million levels of tables": "<table><tr><td>" * M,
    "a million levels of lists": "<ul><li>" * M,
    "a million crossed levels": "<a><p>" * M,
    "a million levels of formatting": "<b><i><font>" * M,
    "a million ends": "</p>" * M,
    "a million links": '<a href="https://a.example/">x</a>' * M,
    "a million breaks": f"<p>{'a<br>' * M}</p>",
    "a million references": "&amp;" * M,
    "a million numeric references": "&#x41;" * M,
    "a million references to nothing": "&bogus;" * M,
    "a comment without an end": "<!--" + "a" * 10 * M,
    "a million comments without an end": "<!-- -" * M,
    "CDATA without an end": "<![CDATA[" + "a" * 10 * M,
    "a million beginnings of CDATA": "<![CDATA[" * M,
    "a script without an end": "<script>" + "<a>" * 3 * M,
    "a million scripts": "<script>" * M,
    "a style without an end": "<style>" + "a" * 10 * M,
    "a title of 10 MB": "<title>" + "a" * 10 * M,
    "an address of 10 MB": f'<a href="{"a" * 10 * M}">x</a>',
    "an attribute without an end": '<a href="' + "a" * 10 * M,
    "a class of 10 MB": f'<span class="{"a " * 5 * M}">x</span>',
    "a style attribute of 10 MB": f'<span style="display{" " * 10 * M}">x</span>',
    "a description of 10 MB": f'<img src=x alt="{"a " * 5 * M}">',
    "a million attributes": f"<p {' '.join(f'a{number}' for number in range(M))}>x",
    "a million processing instructions": "<?" * M,
}


@pytest.mark.parametrize("text", [*LINES.values(), *MARKUP.values()], ids=[*LINES, *MARKUP])
def test_any_text_is_read_in_bounded_time(text: str) -> None:
    body = text.encode("utf-8", "surrogatepass")
    for read in (html_to_text, plain_text):
        began = time.process_time()
        read(text)
        assert time.process_time() - began < SECONDS
    began = time.process_time()
    decode(body, "")
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("markup", MARKUP.values(), ids=MARKUP)
def test_a_page_is_parsed_in_bounded_time_or_refused(markup: str) -> None:
    began = time.process_time()
    with suppress(ParseError):
        parse(markup)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("hidden", ["b", '">"', "'>'", '"<i>"'])
def test_an_element_with_too_many_attributes_is_refused_however_they_are_written(hidden: str) -> None:
    attributes = " ".join(f"{'a' * 60}{number}={hidden}" for number in range(MAX_ATTRIBUTES + 1))
    with pytest.raises(ParseError, match="more than 1000 attributes"):
        parse(f"<html><body><p>one</p><p {attributes}>two</p>")


def test_the_text_of_a_page_of_a_hundred_thousand_elements_costs_little() -> None:
    root = parse("<html><body>" + "<i>a</i>" * 100_000)
    began = time.process_time()
    assert len(text_of(root)) >= 100_000
    assert time.process_time() - began < SECONDS
