"""The client of the engine (OpenSearch), made once per process."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from urllib3 import Timeout

from socialindex.errors import InvalidInput, InvalidQuery, SocialIndexError, Unavailable
from socialindex.opensearch import (
    EngineConnectionError,
    JSONSerializer,
    NotFoundError,
    OpenSearch,
    SerializationError,
    TransportError,
    Urllib3HttpConnection,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ALIAS = "posts"
"""What every read goes through: all indices of the current generation."""
MENTIONS = "mentions"
"""The alias of mentions: behind it is an index beside each of posts, since a mention is in the month of its post."""
TOPICS = "topics"
"""The alias of the one index of topics that posts are held against."""
WHOLE = {
    "ignore_unavailable": "true",
    "allow_no_indices": "true",
    "allow_partial_search_results": "false",
    "track_total_hits": "false",
}
"""Parameters of a search that sees everything that matches, or fails: what it overlooks would stay as it is."""
FIRST_GENERATION = 1
"""A new generation begins when analysis changes: tokenizer dictionaries do not reload."""
TIMEOUT = 20
"""Seconds until an engine that does not answer counts as unavailable; below every function's own timeout."""
_CONNECTING = 3.0
"""Seconds until one that cannot be reached does: behind an address whose node has gone, nobody refuses. It is tried
twice, and functions that answer people must live to say so."""

_OVERLOADED = frozenset({429, 502, 503, 504})
_TOO_LARGE = frozenset({"too_many_clauses", "too_many_nested_clauses"})
_TOO_MANY_GROUPS = frozenset({"too_many_buckets_exception"})
_BUSY = frozenset(
    {
        "circuit_breaking_exception",
        "cluster_block_exception",
        "index_create_block_exception",
        "rejected_execution_exception",
        "task_cancelled_exception",
    }
)
"""Causes that the engine reports under several statuses, depending on where in a search they arise. What is blocked is
an index whose successor takes its place in this moment."""


_reader: ContextVar[msgspec.json.Decoder[Any]] = ContextVar("reader", default=msgspec.json.Decoder())  # noqa: B039 - it has no state


class _Json(JSONSerializer):
    """JSON by msgspec, which reads an answer in a fifth of the time; what is text already is sent as it is."""

    def loads(self, s: str) -> Any:  # noqa: ANN401 - as the client has it
        try:
            return _reader.get().decode(s)
        except msgspec.DecodeError as error:
            raise SerializationError(s, error) from error

    def dumps(self, data: Any) -> str | bytes:  # noqa: ANN401 - as the client has it
        return data if isinstance(data, str | bytes) else msgspec.json.encode(data).decode()


class _Connection(Urllib3HttpConnection):
    """Waits for an answer as long as it is told to, and for a connection no longer than that takes."""

    def __init__(self, *args: Any, timeout: float = TIMEOUT, **given: Any) -> None:  # noqa: ANN401 - as the client has it
        super().__init__(*args, timeout=_patience(timeout), **given)

    def perform_request(self, *args: Any, **given: Any) -> Any:  # noqa: ANN401 - likewise
        if seconds := given.get("timeout"):
            given["timeout"] = _patience(seconds)
        return super().perform_request(*args, **given)


def _patience(seconds: float) -> Timeout:
    return Timeout(connect=min(seconds, _CONNECTING), read=seconds)


@cache
def connect(url: str, *, signed: bool) -> OpenSearch:
    """The client for this engine; with ``signed``, requests carry the function's own AWS identity (SigV4)."""
    extra: dict[str, Any] = {"http_auth": _signer(url)} if signed else {}
    return OpenSearch(
        hosts=[url],
        connection_class=_Connection,
        serializer=_Json(),
        timeout=TIMEOUT,
        max_retries=1,
        pool_maxsize=8,
        http_compress=signed,
        **extra,
    )


@contextmanager
def read_by(reader: msgspec.json.Decoder[Any]) -> Iterator[None]:
    """Have the engine's answers read by this: what a type leaves out, or leaves ``Raw``, takes no time."""
    before = _reader.set(reader)
    try:
        yield
    finally:
        _reader.reset(before)


@contextmanager
def answering() -> Iterator[None]:
    """Turn the client's signs of an engine that refuses, is down or is overloaded into errors of ours.

    What means neither is passed on as it came.

    Raises:
        InvalidQuery: the query has more clauses than the engine takes.
        InvalidInput: the figures asked for have more groups than the engine takes.
        Unavailable: the engine does not answer, has no memory or thread to spare, or gave the search up.
    """
    try:
        yield
    except EngineConnectionError as error:
        raise Unavailable(f"the engine does not answer: {error.error}") from error
    except TransportError as error:
        if meant := _meant(error):
            raise meant from error
        raise


def _meant(error: TransportError) -> SocialIndexError | None:
    causes = set(_causes(error.info))
    if causes & _TOO_LARGE:
        remedy = "Make the query smaller, groups of names and phrases within NEAR before all."
        return InvalidQuery("the query has too many clauses for the engine", remedy=remedy)
    if causes & _TOO_MANY_GROUPS:
        return InvalidInput("the answer would have too many groups", remedy="Narrow the times or the query.")
    if causes & _BUSY or error.status_code in _OVERLOADED:
        return Unavailable(f"the engine is overloaded: {error.error}")
    return None


def _causes(info: object) -> Iterator[str]:
    """The types of all exceptions in an error's body, which nests causes and failed shards."""
    if isinstance(info, list):
        for each in info:
            yield from _causes(each)
    elif isinstance(info, dict):
        if isinstance(kind := info.get("type"), str):
            yield kind
        yield from _causes(list(info.values()))


def index_of(month: str, generation: int = FIRST_GENERATION) -> str:
    """The index of posts first seen in a month (``YYYY-MM``)."""
    return f"{ALIAS}-g{generation}-{month.replace('-', '.')}"


def mentions_index(posts_index: str) -> str:
    """The index of mentions beside one of posts: a mention is in the month and the generation that its post is in."""
    return MENTIONS + posts_index.removeprefix(ALIAS)


def generation_in(index: str) -> int:
    """The generation of an index or of a pattern, such as ``posts-g2-2026.11`` or ``topics-g2``."""
    return int(index.split("-")[1].removeprefix("g"))


def current_generation(engine: OpenSearch) -> int:
    """The generation that new posts go into, as the index template says.

    Raises:
        Unavailable: the engine does not answer, or has no template, since it was never set up or has lost its data: an
            index that a write would make then had other fields for good, and no search would see it.
    """
    only = {"filter_path": "index_templates.index_template.index_patterns"}
    try:
        with answering():
            answer = engine.indices.get_index_template(name=ALIAS, params=only)
    except NotFoundError as error:
        raise Unavailable(f"the engine has no template {ALIAS}: run setup") from error
    (pattern,) = answer["index_templates"][0]["index_template"]["index_patterns"]
    return generation_in(pattern)


def _signer(url: str) -> object:
    import boto3  # noqa: PLC0415 - only where requests are signed
    from opensearchpy import Urllib3AWSV4SignerAuth  # noqa: PLC0415 - likewise

    session = boto3.Session()
    service = "aoss" if ".aoss." in (urlsplit(url).hostname or "") else "es"
    return Urllib3AWSV4SignerAuth(session.get_credentials(), session.region_name, service)
