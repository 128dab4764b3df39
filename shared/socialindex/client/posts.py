"""Finding posts, reading them and what is around them, and who writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.client.asking import AuthorsFields, Guided, SearchFields, body
from socialindex.client.core import Core, path
from socialindex.client.models import AuthorProfile, Authors, Copies, Post, Thread, Validation
from socialindex.client.searching import Search

if TYPE_CHECKING:
    from typing import Unpack


class Posts(Core):
    """The routes of posts, authors and queries."""

    def search(
        self,
        q: str | None = None,
        *,
        limit: int | None = None,
        page_size: int | None = None,
        **fields: Unpack[SearchFields],
    ) -> Search:
        """Posts that match a query, to iterate over; see ``Search`` for its pages, ``total``, ``facets`` and ``notes``.

        Args:
            q: a query in the query language; without one, all posts.
            limit: the most posts to take; ``None``: all that match.
            page_size: how many to ask for at once; 100 at most, 50 with ``highlight``.
            fields: filters, ``sort`` and how posts are shown.
        """
        return Search(self._transport, body(fields, q=q), limit=limit, page_size=page_size)

    def post(self, post: str) -> Post:
        """One post by its id, with its earlier words."""
        return self._get(path("posts", post), Post)

    def thread(self, post: str, *, depth: int | None = None) -> Thread:
        """The conversation that a post is in; ``depth`` says how many answers deep, 20 without it."""
        return self._get(path("posts", post, "thread"), Thread, depth=depth)

    def copies(self, post: str, *, limit: int | None = None, cursor: str | None = None) -> Copies:
        """A page of a post's near-duplicates, the oldest first."""
        return self._get(path("posts", post, "copies"), Copies, limit=limit, cursor=cursor)

    def authors(self, q: str | None = None, **fields: Unpack[AuthorsFields]) -> Authors:
        """Who writes, by ``posts``, ``followers``, ``views`` or ``engagement``."""
        return self._question(path("authors"), body(fields, q=q), Authors)

    def author(self, key: str) -> AuthorProfile:
        """One author, by the ``author.key`` of their posts."""
        return self._get(path("authors", key), AuthorProfile)

    def validate(self, q: str | None = None, **fields: Unpack[Guided]) -> Validation:
        """A query in words, in its canonical spelling, with an estimate of its hits.

        Raises:
            InvalidRequest: it cannot be read; says at which ``position``, and how to mend it.
        """
        return self._question(path("queries", "validate"), body(fields, q=q), Validation)
