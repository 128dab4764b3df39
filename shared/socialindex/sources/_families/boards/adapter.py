"""What the adapters of boards share: polls, history, re-reads, and what a page of either kind gives."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Final, Generic, Literal, Protocol, TypeVar

from socialindex.errors import Discarded
from socialindex.sources._families.boards import walk
from socialindex.sources._families.boards.page import Page, obey
from socialindex.sources._families.boards.reading import Comment, Place, missing, rereads, taken_back
from socialindex.sources.base import POST_KIND, Adapter, Channel, Follow, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from socialindex.model import Draft
    from socialindex.sources._families.boards.rows import Address, Listing
    from socialindex.sources.base import Known

View = Literal["list", "post", "comments"]
COMMENTS_KIND: Final = "comments"
"""A further page of a post's comments."""


class Board(walk.Walked, Protocol):
    """A board, with the identities of its posts."""

    def post_uri(self, number: int) -> str:
        """A post's identity."""

    def address(self, href: str, at: str) -> Address | None:
        """The post of this board that a link on the page ``at`` leads to, or ``None``."""


B = TypeVar("B", bound=Board)
P = TypeVar("P", bound=Page)


class BoardAdapter(Adapter, Generic[B, P]):
    """Boards of one software."""

    explains_errors: ClassVar[bool] = True

    @abstractmethod
    def board(self, channel: Channel) -> B:
        """The board that a channel is.

        Raises:
            ParseError: the channel's address is no board's.
        """

    @abstractmethod
    def read(self, response: Response, view: View) -> P:
        """The page of a response, which must be of a kind.

        Raises:
            Discarded: the page is a verdict: ``gone``, ``board_gone``, ``secret``, ``members_only`` or ``forbidden``.
            LayoutChanged: the page shows neither what it must be nor a verdict.
            ParseError: the response is no page at all.
        """

    @abstractmethod
    def listing(self, page: P, board: B, context: Mapping[str, str]) -> Listing:
        """What a list page shows, as it was asked for with a context.

        Raises:
            LayoutChanged: it shows no posts and does not say that it is empty.
        """

    @abstractmethod
    def number_on(self, page: P, board: B) -> int:
        """The number of the post that a page shows, where its address does not tell.

        Raises:
            LayoutChanged: nothing on the page tells it.
        """

    @abstractmethod
    def post(self, page: P, board: B, number: int, told: Mapping[str, str]) -> Draft:
        """The post that a page shows; ``told`` is what the list told of it (``Row.context``).

        Raises:
            LayoutChanged: the title or the body is not where we look.
        """

    @abstractmethod
    def comments(self, page: P, board: B, number: int) -> list[Comment]:
        """The comments that a post's page shows, in its order."""

    @abstractmethod
    def comment_pages(self, page: P, board: B, number: int) -> list[str]:
        """Addresses of the pages of a post's comments that a page does not show, the newest first."""

    def start(self, channel: Channel) -> Request:
        """The first page of the board's list, by date where its own order has what is new elsewhere."""
        return walk.start(channel, self.board(channel))

    def backfill(self, channel: Channel) -> Request:
        """The first page of the board's list, from which the walk goes on to the last."""
        return walk.backfill(self.board(channel))

    def reread(self, channel: Channel, posts: Sequence[Known]) -> Iterable[Request]:
        """One page for each post, with those of its comments that are to be read again."""
        board = self.board(channel)
        return rereads(posts, lambda known: _place(board, known))

    def follow(self, channel: Channel, response: Response) -> Follow:
        """Posts that are new or changed, and further list pages; from a post's page further pages of its comments.

        Raises:
            ParseError: the page cannot be read.
            Discarded: the board is gone or closed to us.
        """
        board, context = self.board(channel), response.request.context
        if response.request.kind in {POST_KIND, COMMENTS_KIND}:
            return Follow(requests=self._further_comments(board, response))
        page = self.read(response, "list")
        if "nofollow" in page.robots:
            return Follow(cursor=walk.retreat(channel))
        return walk.follow(channel, board, self.listing(page, board, context), walk.Step.of(context))

    def retreat(self, channel: Channel) -> dict[str, str] | None:
        """To the board's own order: the list by date may be forbidden, or answer no more."""
        return walk.retreat(channel)

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """A post and its comments; of a list only what is closed to us, as discarded: a title alone is no post.

        A list's own ``noindex`` is about the list, which is not indexed.

        Raises:
            ParseError: the page cannot be read.
            Discarded: the page is secret, for members only, gone or forbids indexing.
        """
        board, context = self.board(channel), response.request.context
        if response.request.kind == POST_KIND:
            return self._post_and_comments(board, response)
        if response.request.kind == COMMENTS_KIND:
            page = self._indexable(response, "comments")
            return [comment.read for comment in self.comments(page, board, int(context["number"]))]
        page = self.read(response, "list")
        return list(walk.closed(self.listing(page, board, context), walk.Step.of(context)))

    def has_comment_pages(self, response: Response) -> bool:
        """Whether the page of a post may name further pages of comments; a guess that spares parsing it."""
        del response
        return True

    def shows_comments(self, page: P) -> bool:
        """Whether the page of a post has comments or the place for them, so that one that is not there is gone."""
        del page
        return True

    def has_newer_comments(self, response: Response) -> bool:
        """Whether the page of a post may show the oldest of its comments instead of the newest; a guess as well."""
        del response
        return False

    def newer_comments(self, page: P, board: B, number: int) -> str | None:
        """The address of the page of a post's newest comments, where the page of the post shows others."""
        del page, board, number
        return None

    def _indexable(self, response: Response, view: View) -> P:
        page = self.read(response, view)
        obey(page)
        return page

    def _post_and_comments(self, board: B, response: Response) -> list[Draft | Exception]:
        number, context = number_in(board, response), response.request.context
        try:
            page = self._indexable(response, "post")
        except Discarded as verdict:
            if number is None:
                raise
            return list(taken_back(context, board.post_uri(number), verdict))
        number = number or self.number_on(page, board)
        post, below = self.post(page, board, number, context), self.comments(page, board, number)
        shows_all = self.shows_comments(page) and not self.comment_pages(page, board, number)
        gone = missing(context, board.post_uri(number), below) if shows_all else []
        return [post, *(comment.read for comment in below), *gone]

    def _further_comments(self, board: B, response: Response) -> list[Request]:
        """Of a post that a poll knew already only the page of its newest comments is read, mostly its own."""
        known = response.request.context.get("known") == walk.KNOWN["known"]
        goes_on = self.has_newer_comments(response) if known else self.has_comment_pages(response)
        if response.request.kind != POST_KIND or not goes_on:
            return []
        try:
            page = self.read(response, "post")
        except Discarded:  # the verdict is counted with the posts
            return []
        if "nofollow" in page.robots:
            return []
        number = number_in(board, response) or self.number_on(page, board)
        context = {"number": str(number)}
        newer = [self.newer_comments(page, board, number)] if known else self.comment_pages(page, board, number)
        return [Request(url=url, kind=COMMENTS_KIND, priority=2, context=context) for url in newer if url]


def number_in(board: Board, response: Response) -> int | None:
    """The post's number by the address that answered, else by the one that was asked; some have words instead."""
    addresses = (board.address(url, url) for url in (response.url, response.request.url))
    return next((address.number for address in addresses if address and address.number), None)


def _place(board: Board, known: Known) -> Place | None:
    """Where a post or comment of the board is read; ``None`` for another board's."""
    post_uri, _, mark = known.uri.partition("#")
    address = board.address(post_uri, post_uri)
    if address is None or address.number is None:
        return None
    return Place(board.post_uri(address.number), board.asked_url(address), mark or None)
