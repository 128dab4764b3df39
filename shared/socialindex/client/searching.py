"""A search whose pages are asked for when they are needed."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any, Final

from socialindex.client.errors import InvalidInput
from socialindex.client.models import Page
from socialindex.client.transport import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from socialindex.client.models import FacetCount, Note, Post
    from socialindex.client.transport import Transport

_MOST: Final = 100
_MOST_HIGHLIGHTED: Final = 50
"""Posts that the API gives in one page."""


class Search:
    """The posts that match, page by page: iterate over it. Nothing is asked for before that.

    Each iteration asks anew, except for the first page, which is kept for ``total`` and ``facets``. Pages are taken
    under a bound that is frozen with the first: posts that arrive meanwhile neither repeat nor skip one.

    Args:
        transport: sends the requests.
        body: the search, as ``POST /v1/posts/search`` takes it, without ``limit`` and ``cursor``.
        limit: the most posts of an iteration; ``None``: all that match. Every post counts for the plan's month.
        page_size: posts of a page; as many as the API gives, where it is left out.

    Raises:
        InvalidInput: one of the two is less than 1, or the API gives no such large pages.
    """

    def __init__(
        self, transport: Transport, body: Mapping[str, Any], *, limit: int | None = None, page_size: int | None = None
    ) -> None:
        for name, value in (("limit", limit), ("page_size", page_size)):
            if value is not None and value < 1:
                raise InvalidInput(f"{name} is {value}", field=name, remedy="use 1 or more, or leave it out")
        most = _MOST_HIGHLIGHTED if body.get("highlight") else _MOST
        if page_size and page_size > most:  # the API would name its own ``limit``, which is another one here
            also = " with highlight" if most < _MOST else ""
            message = f"page_size is {page_size}"
            raise InvalidInput(message, field="page_size", remedy=f"use at most {most}{also}, or leave it out")
        self._transport = transport
        self._body = dict(body)
        self._limit = limit
        self._size = page_size or most

    def __iter__(self) -> Iterator[Post]:
        return self.posts()

    @functools.cached_property
    def first(self) -> Page:
        """The first page."""
        return self.page()

    @property
    def total(self) -> int:
        """How many posts match, whatever ``limit`` is."""
        return self.first.total

    @property
    def facets(self) -> dict[str, FacetCount]:
        """The facets that were asked for, of all posts that match."""
        return self.first.facets or {}

    @property
    def notes(self) -> tuple[Note, ...]:
        """What of the query its author may not have meant: worth a look where little is found."""
        return self.first.notes

    def posts(self) -> Iterator[Post]:
        """Every post that matches, up to ``limit``."""
        everything = itertools.chain.from_iterable(page.items for page in self.pages())
        return itertools.islice(everything, self._limit)

    def pages(self) -> Iterator[Page]:
        """The pages, until ``limit`` is reached; the last of them is asked for no larger than it must be."""
        page, shown = self.first, len(self.first.items)
        yield page
        while page.next_cursor and (self._limit is None or shown < self._limit):
            page = self.page(page.next_cursor, size=self._rest(shown))
            shown += len(page.items)
            yield page

    def page(self, cursor: str | None = None, *, size: int | None = None) -> Page:
        """One page: the first, or the one behind the page whose ``next_cursor`` is given.

        Raises:
            ApiError: the API said no, such as to a cursor of another search.
            Unavailable: it does not answer.
        """
        body = {**self._body, "limit": size or self._rest(0), **({"cursor": cursor} if cursor else {})}
        return self._transport.ask(Request("POST", "/v1/posts/search", body, reads=True), Page)

    def _rest(self, shown: int) -> int:
        """How many posts to ask for, when so many are there."""
        return self._size if self._limit is None else min(self._size, self._limit - shown)
