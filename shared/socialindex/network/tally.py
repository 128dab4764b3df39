"""Edges counted while posts stream by, in bounded memory.

Where more edges are met than may be held, the lighter half goes, as in lossy counting (Manku and Motwani, 2002): what
an edge may be short of for it is known, and told.
"""

from __future__ import annotations

from datetime import UTC, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.network.graph import RELATIONS, Edge, Network, NetworkLeftOut

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from socialindex.network.graph import NetworkKind, Node, Relation

HELD: Final = 4
"""Times the edges wanted that are held while counting: what is light now may become heavy."""
_BITS: Final = 32
"""Of a node's number in an edge's key."""


class _Tally(msgspec.Struct, gc=False):
    """One edge so far; ``first`` and ``last`` are Unix times."""

    key: int
    weight: int = 0
    first: float | None = None
    last: float | None = None
    replies: int = 0
    mentions: int = 0
    reposts: int = 0
    quotes: int = 0

    def add(self, relations: Iterable[Relation], at: float | None) -> None:
        self.weight += 1
        for relation in relations:
            setattr(self, relation, getattr(self, relation) + 1)
        if at is not None:
            self.first = at if self.first is None else min(self.first, at)
            self.last = at if self.last is None else max(self.last, at)

    @property
    def rank(self) -> tuple[int, float, int]:
        """Heavier, later, and then earlier met comes first."""
        return (-self.weight, -(self.last or 0.0), self.key)


class Tallies:
    """Edges between numbered nodes.

    Args:
        most: edges that the finished network has at most.
        held: edges that are in memory at most; the default is ``HELD`` times as many.
    """

    def __init__(self, most: int, held: int | None = None) -> None:
        self._most = most
        self._held = max(held or HELD * most, 2)
        self._tallies: dict[int, _Tally] = {}
        self._dropped = 0
        self._dropped_weight = 0
        self._undercount = 0

    def add(self, source: int, target: int, relations: Iterable[Relation] = (), at: float | None = None) -> None:
        """Count one post that links two nodes."""
        key = source << _BITS | target
        tally = self._tallies.get(key)
        if tally is None:
            if len(self._tallies) >= self._held:
                self._undercount += self._keep(self._held // 2)
            tally = self._tallies[key] = _Tally(key)
        tally.add(relations, at)

    def network(self, kind: NetworkKind, nodes: Sequence[Node | None], left_out: NetworkLeftOut) -> Network:
        """The heaviest edges with their nodes; ``None`` is a node that may have no edge.

        Args:
            kind: what the network is of; only that of authors is directed.
            nodes: by their numbers.
            left_out: what was left out before anything was counted.
        """
        met = {end for key in self._tallies for end in _ends(key)}
        self._keep(self._most)
        tallies = sorted(self._tallies.values(), key=attrgetter("rank"))
        places: dict[int, int] = {}
        edges = [_edge(tally, places) for tally in tallies]
        told = msgspec.structs.replace(
            left_out,
            edges=self._dropped,
            weight=self._dropped_weight,
            undercount=self._undercount,
            nodes=len(met) - len(places),
        )
        kept = [node for number in places if (node := nodes[number])]
        return Network(kind=kind, directed=kind == "authors", nodes=kept, edges=edges, left_out=told)

    def _keep(self, count: int) -> int:
        """Drop all but the heaviest; the weight of the heaviest that goes."""
        if len(self._tallies) <= count:
            return 0
        ranked = sorted(self._tallies.values(), key=attrgetter("rank"))
        self._tallies = {tally.key: tally for tally in ranked[:count]}
        gone = ranked[count:]
        self._dropped += len(gone)
        self._dropped_weight += sum(tally.weight for tally in gone)
        return gone[0].weight


def _ends(key: int) -> tuple[int, int]:
    return key >> _BITS, key & (1 << _BITS) - 1


def _edge(tally: _Tally, places: dict[int, int]) -> Edge:
    source, target = (places.setdefault(end, len(places)) for end in _ends(tally.key))
    return Edge(
        source=source,
        target=target,
        weight=tally.weight,
        first=_moment(tally.first),
        last=_moment(tally.last),
        **{relation: getattr(tally, relation) for relation in RELATIONS},
    )


def _moment(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(int(at), tz=UTC)
