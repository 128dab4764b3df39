"""Making indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from opensearchpy.exceptions import RequestError

from socialindex.engine import answering

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

_ALREADY: Final = "resource_already_exists_exception"


def make(engine: OpenSearch, index: str) -> None:
    """Make an index as its template says, where it is not there.

    Raises:
        Unavailable: the engine does not answer.
    """
    try:
        with answering():
            engine.indices.create(index=index)
    except RequestError as error:
        if error.error != _ALREADY:
            raise
