"""The contract of a source adapter.

An adapter is pure: no network, clock, environment or randomness. It says which request comes first for a channel,
which requests follow from a response, and which posts a response holds. Fetching, politeness, text clean-up, link
canonicalization, identity and enrichment belong to the stages, once, for all sources.

To add a source: write ``sources/<id>.py`` with a class whose ``name`` is ``<id>`` and a module-level ``ADAPTER``, and
``tests/sources/<id>/`` with fixture cases. Nothing else names it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, ClassVar, Literal

from socialindex.errors import Discarded
from socialindex.model import Draft, Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Priority = Literal[0, 1, 2]
"""0: polls, which find what is new. 1: pages that a poll found. 2: history and re-reads."""


class Channel(Struct, frozen=True, kw_only=True):
    """One thing that is crawled: a board, a feed, a profile, a hashtag.

    ``url`` is canonical for the adapter (made by its ``recognize``); ``cursor`` is the adapter's own memory between
    polls, opaque to the stages, at most 4 KB when encoded.
    """

    id: str
    source: str
    url: str
    created_at: datetime
    title: str | None = None
    language: str | None = None
    cursor: dict[str, str] = {}
    options: dict[str, str] = {}
    """Set when the channel was added, such as ``{"pages": "20"}``; constant afterwards."""
    workspace: str | None = None
    """The one workspace that may see the channel's posts; ``None``: they are public."""


POST_KIND = "post"
"""``Request.kind`` of a request that is about one post: a 404 or 410 is then an answer, which is archived, and of which
``Adapter.posts`` makes a draft with ``deleted``. To any other kind it means that there is nothing to read."""
REREAD_CONTEXT = {"reread": "1"}
"""In the context of a request by which known posts are read again, a page that says whether they may be kept, or one of
a look for what comes late, beside what the adapter has put there: a later request asks the same, so that it is no loss
where this one fails for good."""


class Request(Struct, frozen=True, kw_only=True):
    """One HTTP GET that an adapter asks for, or with ``ws://`` and ``wss://`` a slice of a stream of messages.

    Of a stream as many text messages are read as come within a bounded time and size; the response's body has one a
    line, its status is 200.

    ``context`` is handed back with the response, so that a page knows why it was fetched; at most 1 KB.
    """

    url: str
    kind: str = "page"
    """The adapter's own word for what this is, such as ``list``, ``timeline``, or ``POST_KIND``."""
    priority: Priority = 0
    context: dict[str, str] = {}
    headers: dict[str, str] = {}
    """Beyond what the fetcher sends anyway (User-Agent, Accept-Encoding, validators), such as ``Accept``."""
    leads: bool = False
    """The answer only leads to others and holds no post that is kept: its own ``noindex`` is no verdict then."""
    cost: int = 1
    """What the request takes from its host's daily budget, where the platform counts in units of its own."""


class Known(Struct, frozen=True, kw_only=True):
    """A post that is in the index and is to be read again, as much of it as an adapter needs to ask for it."""

    uri: str
    kind: str = "post"
    url: str | None = None
    thread: str | None = None
    """The ``uri`` of the post that its conversation began with, where the post is a part of one."""
    published_at: datetime | None = None


class Response(Struct, frozen=True, kw_only=True):
    """What a server answered, as adapters and fixtures see it.

    ``headers`` has lower-case names; repeated headers are joined by ``", "`` (RFC 9110, section 5.3). ``body`` is
    decoded of any content encoding but not of its charset: use ``socialindex.text.decode``. ``url`` is the last
    address after redirects, ``request.url`` the first.
    """

    request: Request
    url: str
    status: int
    headers: dict[str, str] = {}
    body: bytes = b""
    received_at: datetime


class Follow(Struct, frozen=True, kw_only=True):
    """What follows from a response: further requests, and the channel's cursor once they are all written down.

    ``cursor`` is ``None`` where it does not change.
    """

    requests: list[Request] = []
    cursor: dict[str, str] | None = None


class Recognized(Struct, frozen=True, kw_only=True):
    """A channel that an adapter makes out of an address that a person pasted, with the reason in a sentence."""

    url: str
    title: str | None = None
    language: str | None = None
    options: dict[str, str] = {}
    why: str


class Adapter(ABC):
    """One source. Instances hold no state."""

    name: ClassVar[str]
    """``^[a-z][a-z0-9_]*$``; the module's name, the fixtures' folder and the posts' ``source``."""
    title: ClassVar[str]
    """For people, such as ``Mastodon-API servers``."""
    version: ClassVar[int] = 1
    """Raised when the posts that a response yields change; recorded in each post's provenance."""
    rank: ClassVar[int] = 50
    """Order in which adapters are asked to recognize a page: the specific before the general (lower first)."""
    gives: ClassVar[tuple[str, ...]] = ()
    """Fields of a post that this source is able to give beyond text, such as ``likes``, ``followers``, ``edits``."""
    explains_errors: ClassVar[bool] = False
    """The platform says in the body of a 400, 403 or 429 why: such an answer is handed to the adapter, whose verdict
    counts. ``Discarded("quota")`` means that the request must wait, ``Discarded("throttled")`` that it must and that
    the host wants to be asked less often, anything else that it has its answer; but of a 429 it is "throttled"."""
    needs_credentials: ClassVar[bool] = False
    """The source is off until an operator's credentials for the host of its requests are configured."""
    speaks_for: ClassVar[tuple[str, ...]] = ()
    """Domains whose posts the adapter's one API, at another host, tells with the same authority as their own pages,
    such as ``stackoverflow.com``. What another host tells of a post never replaces what its own host has told."""
    hostless: ClassVar[Mapping[str, str]] = {}
    """Schemes of identities that name no host, such as ``at``, each with the one host whose word counts for them; empty
    where it is whichever host the adapter reads. Of identities of other such schemes it tells what it has heard."""
    paste: ClassVar[tuple[str, ...]] = ()
    """Examples of addresses that a person can paste, on reserved domains or the platform's own."""

    @abstractmethod
    def recognize(self, page: Response) -> Recognized | None:
        """Make a channel of a fetched page that a person pasted the address of, or ``None`` where it is not ours.

        Raises:
            Discarded: the page is ours, but says that it must not be crawled.
        """

    def by_address(self, url: str) -> Recognized | None:
        """The channel that an address means by itself, before anything is fetched; ``None`` where it is not ours.

        For platforms that are read through an API only, and whose pages must not be fetched.

        Raises:
            InvalidInput: the address is the platform's, but none that can be crawled; says which ones can.
        """
        del url
        return None

    def named(self, page: Response) -> Iterable[Request]:
        """Addresses of the platform's API that a fetched page itself names, asked before the feeds that it names.

        Each answer is given to ``recognize``, so that a site whose API is closed is left to its feed.
        """
        del page
        return ()

    def probes(self, url: str) -> Iterable[Request]:
        """Further addresses worth asking when no adapter recognizes the pasted page itself, most likely first.

        Each answer is given to ``recognize``. Used for addresses that only a platform's API can tell, such as nodeinfo.
        """
        del url
        return ()

    def leads(self, page: Response) -> Iterable[str]:
        """Addresses of channels that a page of such a site links to and that a person may mean who pasted it.

        Shown where no adapter recognizes anything, and never asked. Never raises.
        """
        del page
        return ()

    @abstractmethod
    def start(self, channel: Channel) -> Request:
        """The request that begins a poll of the channel."""

    def backfill(self, channel: Channel) -> Request | None:
        """The request that begins to walk the channel's history, of the lowest priority; ``None`` where it has none.

        ``follow`` tells by the request's ``context`` that it walks, asks for one more page at a time (of priority 2,
        with ``context["walk"]`` set to ``"history"``), and leaves the cursor alone. The walk ends with the page from
        which no such request follows.
        """
        del channel
        return None

    def reread(self, channel: Channel, posts: Sequence[Known]) -> Iterable[Request]:
        """Requests that read posts of the channel again (engagement, edits, deletions), as few as the platform allows.

        A post that an answer should hold and does not is yielded by ``posts`` as a draft with ``deleted``. Posts that
        the source cannot be asked for one by one are left out.
        """
        del channel, posts
        return ()

    @abstractmethod
    def follow(self, channel: Channel, response: Response) -> Follow:
        """Requests that follow from a response, and the new cursor.

        Raises:
            ParseError: the response cannot be read.
            Discarded: the response says that it is not ours to keep.
        """

    def unchanged(self, channel: Channel, response: Response) -> Follow:
        """Requests that follow all the same from a poll that was answered with "not modified", and the new cursor.

        For channels whose first document may stay as it is while those that it leads to change. The response has no
        body.
        """
        del channel, response
        return Follow()

    def retreat(self, channel: Channel) -> dict[str, str] | None:
        """The cursor after a poll that failed for good, whatever the reason; ``None`` where it stays as it is.

        For channels whose polls begin at an address that they learned, and may as well begin at another.
        """
        del channel
        return None

    @abstractmethod
    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """Posts that a response holds, in the response's order.

        An item that is present but must not be kept is yielded as ``Discarded`` with its reason; one that cannot be
        read is yielded as ``ParseError``, so that one bad item never hides the others.

        Raises:
            ParseError: nothing in the response can be read.
            Discarded: the whole response is not ours to keep.
        """


def withdrawn(reason: str, uri: str, author: str | None = None) -> Discarded:
    """The verdict on a post that must not be kept, and is taken down where we hold it: a consent may be withdrawn.

    Args:
        reason: as ``Discarded``, such as ``not_indexable`` or ``noindex``.
        uri: the post's identity, as a draft of it would name it.
        author: the ``Author.id`` that a draft of it would have, so that erasure finds the post by its author.
    """
    return Discarded(reason, uri=uri, author=author or "")


def header(response: Response, name: str) -> str:
    """Value of a header by its case-insensitive name; an empty string where the response has none."""
    headers: Mapping[str, str] = response.headers
    return headers.get(name.lower(), "")
