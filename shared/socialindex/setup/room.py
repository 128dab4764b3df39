"""Whether the engine's disks have room for a second generation of the index.

Where they have not, the engine would stop to take writes in the middle, of posts that are new too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex.engine import answering
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opensearchpy import OpenSearch

_FREE: Final = 0.1
_FREE_OF_SMALL: Final = 0.2
_FREE_BYTES: Final = 20 * 2**30
"""Of a node's disk, what must be free when all is copied: with less, the engine takes no writes. It is a tenth; and on
Amazon OpenSearch Service a fifth or 20 GiB, whichever is less (Developer Guide, lack of available storage space), which
is more of a small disk."""
_NO_MATTER: Final = 0.01
"""Of the disks, what is copied whether or not they are full."""
_GB: Final = 1e9


def need_room(engine: OpenSearch, patterns: Iterable[str], share: float) -> None:
    """Pass where the data nodes' disks have room for another copy of indices.

    Args:
        engine: that has them.
        patterns: their names, or what these match.
        share: how much of them is to be copied yet: 1 for all.

    Raises:
        Unavailable: they have not, or the engine does not answer.
    """
    needed = share * _size(engine, ",".join(patterns))
    free, whole, least = _disks(engine)
    lacking = needed - (free - least)
    if lacking > 0 and needed > _NO_MATTER * whole:
        raise Unavailable(
            f"there is no room for another generation of the index: {needed / _GB:,.0f} GB are to be copied, and the "
            f"engine's disks lack {lacking / _GB:,.0f} GB for these and the {least / _GB:,.0f} GB that must stay free"
        )


def _size(engine: OpenSearch, pattern: str) -> int:
    """Bytes of all copies."""
    with answering():
        found = engine.indices.stats(index=pattern, metric="store", params={"filter_path": "_all.total.store"})
    size: int = found.get("_all", {}).get("total", {}).get("store", {}).get("size_in_bytes", 0)
    return size


def _disks(engine: OpenSearch) -> tuple[int, int, float]:
    """Bytes that are free on the data nodes, all that they have, and what must stay free."""
    params = {"format": "json", "bytes": "b", "h": "disk.avail,disk.total"}
    with answering():
        nodes = engine.cat.allocation(params=params)
    # Shards that are nowhere have a line of their own, without a disk.
    known = [node for node in nodes if node.get("disk.avail") and node.get("disk.total")]
    totals = [int(node["disk.total"]) for node in known]
    least = (max(_FREE * total, min(_FREE_OF_SMALL * total, _FREE_BYTES)) for total in totals)
    return sum(int(node["disk.avail"]) for node in known), sum(totals), sum(least)
