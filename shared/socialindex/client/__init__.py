"""The client of the search API: typed answers, pages as iterators, and retries that do what ``Retry-After`` says.

    from socialindex.client import Client

    client = Client.from_environment()  # SOCIALINDEX_URL and SOCIALINDEX_KEY
    for post in client.search("배터리 AND 발열", source="gnuboard", limit=20):
        print(post.published_at, post.title or post.text, post.url)

It needs urllib3, msgspec and tenacity, and nothing else of this package. docs/guide-api.md walks through it.
"""

from __future__ import annotations

from socialindex.client import models
from socialindex.client.accounts import Accounts
from socialindex.client.alerts import Alerts
from socialindex.client.destinations import Destinations
from socialindex.client.errors import (
    ApiError,
    Conflict,
    Forbidden,
    InvalidInput,
    InvalidRequest,
    NoAnswer,
    NotFound,
    OffsetExpired,
    RateLimited,
    Refused,
    ServerError,
    ServiceUnavailable,
    SocialIndexError,
    Unauthorized,
    Unavailable,
)
from socialindex.client.exports import Exports
from socialindex.client.figures import Analytics
from socialindex.client.imports import Imports
from socialindex.client.mentions import Mentions, MentionStream
from socialindex.client.networks import Networks
from socialindex.client.posts import Posts
from socialindex.client.reports import Reports
from socialindex.client.searching import Search
from socialindex.client.service import Administration, Service
from socialindex.client.topics import Topics

__all__ = [
    "ApiError",
    "Client",
    "Conflict",
    "Forbidden",
    "InvalidInput",
    "InvalidRequest",
    "MentionStream",
    "NoAnswer",
    "NotFound",
    "OffsetExpired",
    "RateLimited",
    "Refused",
    "Search",
    "ServerError",
    "ServiceUnavailable",
    "SocialIndexError",
    "Unauthorized",
    "Unavailable",
    "models",
]


class Client(
    Posts,
    Analytics,
    Networks,
    Exports,
    Imports,
    Mentions,
    Topics,
    Alerts,
    Reports,
    Destinations,
    Accounts,
    Service,
    Administration,
):
    """Asks the API with one key. Threads may share a client.

    Requests that may be repeated (questions, and what is made with an ``Idempotency-Key``, which the client sends by
    itself) are: when the connection breaks, and after 429, 502, 503 and 504, with the pause that the API asks for.

    Args:
        url: the API's address, such as ``https://api.example.com``.
        key: the API key. It is sent to this address only, and shown nowhere.
        timeout: seconds that an answer may take; an HTTP API answers within 30 or not at all.
        attempts: how often a request is sent at most; 1: never again.
        patience: seconds that all attempts may take together. Where ``Retry-After`` asks for a longer pause, or an
            attempt as long as those before would outlast it, the error is raised at once. One attempt may take its
            ``timeout`` in any case.
        connections: how many are kept; as many threads as that never wait for one another.

    Raises:
        InvalidInput: the address or the key can be none.

    Raises (every method):
        ApiError: the API said no; see ``errors`` for its kinds.
        Unavailable: nothing answers at the API's address, or something else does.
    """
