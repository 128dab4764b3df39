"""The parts of opensearch-py that connect us, loaded without its asynchronous client.

opensearch-py loads that client wherever aiohttp can be imported, which our layer has for the crawl function: a third of
the time that a function needs to start. While it loads, aiohttp is made to look as if it were not installed, which is
one of the ways that opensearch-py is made for. Import this (or ``engine``) before anything else of opensearch-py.
"""

from __future__ import annotations

import sys

_AIOHTTP = "aiohttp"

if _AIOHTTP not in sys.modules:
    # A name that stands for None cannot be imported: https://docs.python.org/3/reference/import.html#the-module-cache
    sys.modules[_AIOHTTP] = None  # type: ignore[assignment] # as documented there
    try:
        import opensearchpy  # noqa: F401 - what is loaded here is not loaded again below
    finally:
        del sys.modules[_AIOHTTP]

from opensearchpy import OpenSearch, Urllib3HttpConnection  # noqa: E402 - what is above must come first
from opensearchpy.exceptions import ConnectionError as EngineConnectionError  # noqa: E402 - likewise
from opensearchpy.exceptions import NotFoundError, SerializationError, TransportError  # noqa: E402 - likewise
from opensearchpy.serializer import JSONSerializer  # noqa: E402 - likewise

__all__ = [
    "EngineConnectionError",
    "JSONSerializer",
    "NotFoundError",
    "OpenSearch",
    "SerializationError",
    "TransportError",
    "Urllib3HttpConnection",
]
