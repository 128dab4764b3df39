from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.text import html_to_text, plain_text


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("", ""),
        (" \n\t ", ""),
        ("a  b\u00a0 c", "a b c"),
        ("a \n b\r\nc\rd", "a\nb\nc\nd"),
        ("a\n\n\n\nb", "a\n\nb"),
        ("5 < 6 &amp; <b>", "5 < 6 &amp; <b>"),
        ("nul\0 bell\a esc\x1b", "nul bell esc"),
        ("half \ud800pair", "half pair"),
    ],
)
def test_text_is_tidied_and_means_itself(text: str, tidy: str) -> None:
    assert plain_text(text) == tidy


@given(st.text())
def test_tidying_twice_changes_nothing(text: str) -> None:
    tidy = plain_text(text)
    assert plain_text(tidy) == tidy
    tidy.encode()


@given(st.text(st.sampled_from("ab \u00a0\t\0\x9f\ud800")))
def test_a_line_reads_the_same_as_html(text: str) -> None:
    assert plain_text(text) == html_to_text(text).text
