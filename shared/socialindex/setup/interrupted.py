"""A rebuilding in whose midst the engine lost its data: what is there now is neither of its two generations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.setup.families import POSTS
from socialindex.setup.stage import template_named
from socialindex.setup.template import generation_of

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.setup.progress import Rebuild

_TROUBLE: Final = "the engine lost its data meanwhile: it began anew, with the names that were known by then"


def ended(engine: OpenSearch, rebuild: Rebuild) -> Rebuild:
    """A rebuilding, which is over where it was interrupted so; else it is returned as it is.

    An engine that was set up anew begins with its first generation: going on would copy it into indices without a
    template, or delete it as the one that was left.

    Raises:
        Unavailable: the engine does not answer.
    """
    if not rebuild.is_open or _is_under_way(engine, rebuild):
        return rebuild
    return msgspec.structs.replace(rebuild, phase="done", trouble=_TROUBLE, finished_at=datetime.now(tz=UTC))


def _is_under_way(engine: OpenSearch, rebuild: Rebuild) -> bool:
    template = template_named(engine, POSTS.name)
    current = generation_of(template) if template else None
    if rebuild.phase == "retiring" or current == rebuild.generation:
        return current == rebuild.generation
    return current == rebuild.before and template_named(engine, POSTS.next) is not None
