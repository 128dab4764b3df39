"""Every error that the project raises on purpose.

SocialIndexError
├── InvalidInput            somebody sent what we cannot take; names the field and the remedy
│   ├── InvalidQuery        a search query; names the position too
│   ├── InvalidCursor       a page cursor that we did not make
│   │   └── ExpiredCursor   one that is too old to go on from
│   └── InvalidSettings     the environment of a function or of the local stack
├── NotFound                no such thing, or not the caller's to see
├── Unauthorized            no key, or one that does not count
├── Forbidden               a valid key without the scope
├── TooManyRequests         what the plan grants is used up for now
├── Conflict                what is asked contradicts what is there
├── ParseError              a response that its adapter cannot read; the item is quarantined
│   └── LayoutChanged       the page is there, the places where we look are not
├── Unavailable             a part that we need does not answer; trying again later may help
│   └── Lasting             one piece of work has met that again and again; alarms are to hear of it
└── Discarded               a verdict, not a failure: the item is not ours to keep, for a counted reason
    └── Refused             an address that must not be fetched (private, wrong scheme, forbidden terms)
"""

from __future__ import annotations


class SocialIndexError(Exception):
    """Root of all errors raised on purpose."""


class InvalidInput(SocialIndexError):
    """Input that cannot be taken.

    Attributes:
        field: the name of the offending field as the sender wrote it; empty where the whole input is meant.
        remedy: what to send instead, a sentence.
    """

    def __init__(self, message: str, *, field: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.remedy = remedy
        if remedy:
            self.add_note(remedy)  # a stack trace shows it behind the message, where nobody catches the error


class InvalidQuery(InvalidInput):
    """A search query that does not parse or exceeds a limit; ``position`` is a 0-based character offset."""

    def __init__(self, message: str, *, position: int = 0, remedy: str = "") -> None:
        super().__init__(message, field="q", remedy=remedy)
        self.position = position


class InvalidCursor(InvalidInput):
    """A page cursor that this service did not issue, or one for another query."""

    def __init__(
        self,
        message: str = "this is no cursor of ours",
        *,
        field: str = "cursor",
        remedy: str = "start again without a cursor",
    ) -> None:
        super().__init__(message, field=field, remedy=remedy)


class ExpiredCursor(InvalidCursor):
    """A place in a stream that is older than what has gone since is kept: whoever was there must begin anew."""


class InvalidSettings(InvalidInput):
    """An environment variable that is missing or malformed; ``field`` is its name."""


class NotFound(SocialIndexError):
    """The thing does not exist, or the caller must not learn that it does.

    Attributes:
        of: what there is none of, as the API's paths call it, such as ``topics``; empty where the request's path says
            it, or nothing lists such things.
    """

    def __init__(self, message: str = "", *, of: str = "") -> None:
        super().__init__(message)
        self.of = of


class Unauthorized(SocialIndexError):
    """No API key, or one that is unknown, expired or revoked."""


class Forbidden(SocialIndexError):
    """A valid API key that lacks the needed scope."""


class TooManyRequests(SocialIndexError):
    """The plan grants no more for now.

    Attributes:
        policy: what is used up: ``day``, ``minute``, ``posts``, ``exports``, ``exports-at-once``,
            ``networks-at-once``, ``import-rows``, ``imports-at-once`` or ``confirmations``.
        retry_after: whole seconds until asking again makes sense.
    """

    def __init__(self, message: str, *, policy: str, retry_after: int) -> None:
        super().__init__(message)
        self.policy = policy
        self.retry_after = retry_after


class Conflict(SocialIndexError):
    """The request contradicts the present state, such as adding what exists."""


class ParseError(SocialIndexError):
    """A response that its source's adapter cannot read. The item goes to the dead-letter queue with this reason."""


class LayoutChanged(ParseError):
    """A page that answers well but lacks the marks that its adapter reads: the source changed its layout."""


class Unavailable(SocialIndexError):
    """A part that is needed (engine, queue, table, bucket, remote host) does not answer now."""


class Lasting(Unavailable):
    """A part does not answer to one piece of work for longer than was promised, be it down or closed to us."""


class Discarded(SocialIndexError):
    """A verdict: the item is not kept, for a reason that is counted and shown in ``status``.

    Attributes:
        reason: a short snake_case word, such as ``secret``, ``noindex`` or ``robots``.
        uri: of an item that its publisher does not want kept, its identity: where we hold it, it is taken down.
        author: of such an item, the ``Author.id`` of who wrote it, where that is known: erasure asks for it.
    """

    def __init__(self, reason: str, message: str = "", *, uri: str = "", author: str = "") -> None:
        super().__init__(message or reason)
        self.reason = reason
        self.uri = uri
        self.author = author


class Refused(Discarded):
    """An address that must not be fetched."""
