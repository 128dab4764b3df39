"""What is written as text stays text, whatever it is; what could run or load something cannot be written at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socialindex.report.element import document, element, foreign, link, render
from tests.unit.report.pages import Page

HOSTILE = "</bdi></style><script>alert(1)</script><!-- \" ' ` onload=x &amp; ]]> \u202egpj.exe\u0000"
texts = st.text(st.characters(exclude_categories=[]), max_size=60)
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@given(texts)
@example(HOSTILE)
def test_text_comes_out_as_it_went_in(text: str) -> None:
    page = Page(render(element("p", foreign(text), class_=text, aria_label=text)))
    kept = UNSEEN.sub("", text)
    assert [tag for tag, _ in page.elements] == ["p", "bdi"]
    assert "".join(page.text) == kept
    assert page.elements[0][1] == {"class": kept, "aria-label": kept}


@given(texts)
@example(HOSTILE)
def test_a_page_can_be_sent_whatever_is_in_it(text: str) -> None:
    page = document("ko", "p{color:red}", "default-src 'none'", [element("title", text)], [element("p", text)])
    assert [tag for tag, _ in Page(page.encode().decode()).elements] == [
        *("html", "head", "meta", "meta", "title", "style", "body", "p"),
    ]


@pytest.mark.parametrize(
    "name", ["script", "iframe", "object", "embed", "foreignObject", "use", "image", "p onload", "style"]
)
def test_what_runs_or_embeds_is_no_element(name: str) -> None:
    with pytest.raises(ValueError, match="no element"):
        element(name)


@pytest.mark.parametrize("name", ["onclick", "style", "xlink_href", "srcset", "formaction", "a b"])
def test_what_runs_or_loads_is_no_attribute(name: str) -> None:
    with pytest.raises(ValueError, match="no attribute"):
        element("p", **{name: "x"})


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("href", "javascript:alert(1)"),
        ("href", "data:text/html,x"),
        ("href", "//evil.example/"),
        ("href", "https://a.example/ x"),
        ("src", "https://evil.example/pixel.png"),
        ("src", "data:image/svg+xml;base64,AAAA"),
        ("src", 'data:image/png;base64,AA"onerror=x'),
    ],
)
def test_an_address_is_one_of_the_web_and_a_picture_is_in_the_page(attribute: str, value: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        element("a", **{attribute: value})


@given(
    st.one_of(st.none(), texts, st.sampled_from(["javascript:alert(1)", " https://a.example/", "HTTP://a.example/"]))
)
def test_a_link_leads_to_the_web_or_nowhere(url: str | None) -> None:
    page = Page(render(link(foreign("more"), url)))
    assert page.text == ["more"]
    assert all(re.match("https?://", one["href"], re.IGNORECASE) for one in page.named("a"))


def test_a_style_cannot_end_before_its_end() -> None:
    with pytest.raises(ValueError, match="style"):
        document("en", "</style><script>", "", [], [])


def test_what_is_not_given_is_not_there() -> None:
    made = element("p", None, ["a", None, ["b"]], class_=None, width=1.50, height=2)
    assert render(made) == '<p width="1.5" height="2">ab</p>'
