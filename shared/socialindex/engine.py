"""The client of the engine (OpenSearch), made once per process."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from opensearchpy import OpenSearch, Urllib3HttpConnection
from opensearchpy.exceptions import ConnectionError as EngineConnectionError
from opensearchpy.exceptions import TransportError

from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

ALIAS = "posts"
"""What every read goes through: all indices of the current generation."""
GENERATION = "g1"
"""A new generation begins when analysis changes: tokenizer dictionaries do not reload."""
TIMEOUT = 20
"""Seconds until an engine that does not answer counts as unavailable; below every function's own timeout."""

_OVERLOADED = frozenset({429, 502, 503, 504})


@cache
def connect(url: str, *, signed: bool) -> OpenSearch:
    """The client for this engine; with ``signed``, requests carry the function's own AWS identity (SigV4)."""
    extra: dict[str, Any] = {"http_auth": _signer(url)} if signed else {}
    return OpenSearch(
        hosts=[url],
        connection_class=Urllib3HttpConnection,
        timeout=TIMEOUT,
        max_retries=1,
        pool_maxsize=8,
        http_compress=signed,
        **extra,
    )


@contextmanager
def answering() -> Iterator[None]:
    """Turn the client's signs of an engine that is down or overloaded into ``Unavailable``."""
    try:
        yield
    except EngineConnectionError as error:
        raise Unavailable(f"the engine does not answer: {error.error}") from error
    except TransportError as error:
        if error.status_code in _OVERLOADED:
            raise Unavailable(f"the engine is overloaded: {error.error}") from error
        raise


def index_of(month: str) -> str:
    """The index of posts first seen in a month (``YYYY-MM``)."""
    return f"{ALIAS}-{GENERATION}-{month.replace('-', '.')}"


def _signer(url: str) -> object:
    import boto3  # noqa: PLC0415 - only where requests are signed
    from opensearchpy import Urllib3AWSV4SignerAuth  # noqa: PLC0415 - likewise

    session = boto3.Session()
    service = "aoss" if ".aoss." in (urlsplit(url).hostname or "") else "es"
    return Urllib3AWSV4SignerAuth(session.get_credentials(), session.region_name, service)
