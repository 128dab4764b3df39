"""What a client may ask of posts, checked field by field."""

from __future__ import annotations

from typing import Literal

from socialindex.errors import InvalidInput
from socialindex.search import fields
from socialindex.search.selection import Selection

Sort = Literal["newest", "oldest", "relevance"]
MAX_PAGE = 100


class Ask(Selection, frozen=True, kw_only=True):
    """One search: a selection of posts, in an order, a page at a time."""

    sort: Sort = "newest"
    limit: int = 20
    cursor: str | None = None

    def check(self) -> None:
        """Pass what makes sense together.

        Raises:
            InvalidInput: names the field and the remedy.
        """
        if not 1 <= self.limit <= MAX_PAGE:
            raise InvalidInput(f"limit is {self.limit}", field="limit", remedy=f"use 1 to {MAX_PAGE}")
        super().check()


def from_body(body: str | None) -> Ask:
    """A search from a JSON body.

    Raises:
        InvalidInput: names the field and what it takes.
    """
    ask = fields.from_body(Ask, body)
    ask.check()
    return ask


def from_parameters(parameters: dict[str, str]) -> Ask:
    """A search from a URL's parameters; several values of a filter are separated by commas.

    Raises:
        InvalidInput: names the field and what it takes.
    """
    ask = fields.from_query(Ask, parameters)
    ask.check()
    return ask
