"""Pages as Beautiful Soup reads them, for the few that are looked at from all sides, such as when a channel is added.

Apart from ``socialindex.text``, since it takes a while to import.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup

if TYPE_CHECKING:
    from bs4.filter import SoupStrainer


def tree_of(markup: str, only: SoupStrainer | None = None) -> BeautifulSoup:
    """A page as a tree, whatever a server has sent in its stead; never raises, never warns.

    Beautiful Soup warns of what looks like an address, a file's name or XML, which is for whoever passes the wrong
    thing by mistake: here it would only be noise in a log, as often as a stranger likes.

    Args:
        markup: the page.
        only: the tags that are wanted; all by default.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return BeautifulSoup(markup, "lxml", parse_only=only)
