"""The public page about the crawler, which its User-Agent links to: who, why, how to slow it down or send it away."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socialindex.crawl.settings import FetchSettings


def page(fetch: FetchSettings, contact: str) -> str:
    """The page as HTML, in English and Korean.

    Args:
        fetch: who the crawler says that it is.
        contact: the operator's ``mailto:`` or ``https://`` address for requests.
    """
    return _template().substitute(
        token=escape(fetch.token),
        agent=escape(fetch.user_agent),
        contact=escape(contact),
        contact_text=escape(contact.removeprefix("mailto:")),
    )


@cache
def _template() -> Template:
    return Template(resources.files(__package__).joinpath("crawler.html").read_text("utf-8"))
