"""The routes of networks: one in the answer, or as a file that is made later."""

from __future__ import annotations

import base64
import hashlib
import time
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, Any, Final

from socialindex.access import Caller, Scope
from socialindex.errors import Forbidden
from socialindex.model import Struct
from socialindex.network.communities import Community  # noqa: TC001 - as above
from socialindex.network.graph import NetworkKind, NetworkLeftOut, NodeKind  # noqa: TC001 - as above
from socialindex.network.job import NetworkJob, new_job
from socialindex.network.making import built, measured, written
from socialindex.network.measures import Betweenness  # noqa: TC001 - as above
from socialindex.network.reading import Read  # noqa: TC001 - as above
from socialindex.network.wanted import CONTENT_TYPES, SHOWN, AskNetwork
from socialindex.search import fields
from socialindex.search.analytics.coverage import Coverage  # noqa: TC001 - as above
from socialindex.search.http import JSON, LARGEST, Answer
from socialindex.search.idempotency import digest, identifier
from socialindex.search.network.jobs import HOME, TAG, Jobs
from socialindex.search.network.looking import AT_ONCE, PATIENCE, Looking, Placed
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from socialindex.search.http import HttpRequest

WEIGHT: Final = 5
"""Queries that a call counts for which reads up to 20,000 posts one by one."""
OWNERS: Final = 20_000
"""Posts that are looked up at once because others refer to them, at most."""


class NetworkNode(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A node with its measures: see ``docs/networks.md``."""

    id: str
    """An author's ``key``, ``guest:`` and the id of the one post, ``@handle@host``, or ``#hashtag``."""
    kind: NodeKind
    """``author``; ``guest``: the writer of one post, whose name identifies nobody; ``handle``: who is addressed, but
    wrote nothing that was read; ``hashtag``."""
    label: str | None
    source: str | None
    platform: str | None
    """The host that it is from."""
    in_strength: int | None
    """Weights of the edges that come in; null where edges have no direction."""
    out_strength: int | None
    """Weights of the edges that go out."""
    strength: int
    """Weights of all its edges."""
    pagerank: float
    """By weights, damping 0.85; all nodes together are 1."""
    betweenness: float
    """Share of the shortest paths between others that lead through it."""
    community: int
    """0 is the largest."""
    participation: float
    """How evenly its edges lead to all communities, from 0 (all into one) on."""


class NetworkEdge(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """An edge, from ``source`` to ``target`` where directed."""

    source: str
    """A node's id."""
    target: str
    """A node's id."""
    weight: int
    """Posts that link the two."""
    first: datetime | None
    """When the first of these was published."""
    last: datetime | None
    """When the last was."""
    replies: int
    mentions: int
    reposts: int
    quotes: int
    """Posts by relation; of other networks than that of authors these are 0."""


class NetworkSummary(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What is to be said of a whole network."""

    kind: NetworkKind
    left_out: NetworkLeftOut
    communities: list[Community]
    """The largest first (Leiden, by modularity)."""
    modularity: float | None
    """Of the division into communities; null where there is no edge."""
    betweenness: Betweenness
    """How betweenness was found."""
    bridges: list[str]
    """Ids of the nodes that link communities most, the first twenty."""
    read: Read
    """Which posts that rests on."""
    coverage: Coverage


class NetworkAnswer(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A network in the node-link shape that D3 and networkx read."""

    directed: bool
    """Whether edges lead from one to another: those between authors do."""
    multigraph: bool
    """Never: at most one edge leads from a node to another."""
    graph: NetworkSummary
    """What is to be said of the whole."""
    nodes: list[NetworkNode]
    """Each has at least one edge."""
    edges: list[NetworkEdge]
    """The heaviest first."""


class NetworkPart:
    """The routes of networks."""

    def __init__(self, looking: Looking, jobs: Jobs) -> None:
        self._looking = looking
        self._jobs = jobs

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        doc = Doc(
            "Draw the network of a selection",
            TAG,
            answer=NetworkAnswer,
            also=tuple(kind for kind in CONTENT_TYPES.values() if kind != JSON),
            accepted=NetworkJob,
            description=f"Up to {SHOWN:,} edges of {AT_ONCE:,} posts are in the answer. What is larger becomes a file: "
            "202, and its place in `Location`, for which the key needs the scope `export`. Asked for again within the "
            "hour, it is the same file.",
            errors=(404,),
        )
        later = Doc(
            "Draw a network into a file",
            TAG,
            body=AskNetwork,
            answer=NetworkJob,
            status=202,
            errors=(404, 409),
            repeatable=True,
        )
        return {
            "GET /v1/network": Route(Scope.READ, self._by_url, doc._replace(query=AskNetwork), WEIGHT),
            "POST /v1/network": Route(Scope.READ, self._by_body, doc._replace(body=AskNetwork), WEIGHT),
            f"POST {HOME}": Route(Scope.EXPORT, self._later, later, WEIGHT),
            **self._jobs.routes(),
        }

    def _by_url(self, request: HttpRequest, caller: Caller) -> Answer:
        return self._answer(caller, fields.from_query(AskNetwork, request.query))

    def _by_body(self, request: HttpRequest, caller: Caller) -> Answer:
        return self._answer(caller, fields.from_body(AskNetwork, request.body()))

    def _answer(self, caller: Caller, asked: AskNetwork) -> Answer:
        """The network, or the promise of it where it is too large for an answer."""
        placed = self._looking.placed(caller, asked)
        data = self._drawn(caller, placed) if min(placed.total, asked.posts) <= AT_ONCE else None
        if data is not None:
            return Answer(200, data, content_type=CONTENT_TYPES[asked.format])
        if Scope.EXPORT not in caller.scopes:
            words = f"this network is too large for an answer, and a file needs the scope {Scope.EXPORT.value!r}"
            raise Forbidden(f"{words}: ask for at most {AT_ONCE} posts and {SHOWN} edges")
        same = _digest(caller, placed.asked)
        return self._begun(caller, placed, _named(caller.organization, same, f"{placed.now:%Y-%m-%dT%H}"), same)

    def _later(self, request: HttpRequest, caller: Caller) -> Answer:
        asked = fields.from_body(AskNetwork, request.body())
        one = identifier("nw", caller.organization, request)
        return self._begun(caller, self._looking.placed(caller, asked), one, _digest(caller, asked))

    def _begun(self, caller: Caller, placed: Placed[AskNetwork], one: str, asked: str) -> Answer:
        job = new_job(
            caller,
            placed.asked,
            id=one,
            asked=asked,
            coverage=placed.coverage,
            created_at=placed.now,
            bound=placed.bound,
            total=placed.total,
        )
        return self._jobs.accepted(self._jobs.begin(job))

    def _drawn(self, caller: Caller, placed: Placed[AskNetwork]) -> bytes | None:
        """The network as a file's bytes; None where it takes too long, or is too large for an answer."""
        asked, reader = placed.asked, self._looking.reader(caller, placed)
        end = time.monotonic() + PATIENCE
        network = built(asked, reader, OWNERS, lambda: time.monotonic() < end)
        if time.monotonic() >= end or len(network.edges) > SHOWN:
            return None
        data = written(measured(network), asked.format, _about(reader.read(placed.total), placed.coverage))
        return data if len(data) <= LARGEST else None


def _about(read: Read, coverage: Coverage) -> dict[str, Any]:
    return {"read": read, "coverage": coverage}


def _digest(caller: Caller, asked: AskNetwork) -> str:
    """What tells whether somebody asks for the same again."""
    return digest(asked, str(caller.sandbox), *sorted(caller.workspaces))


def _named(*parts: str) -> str:
    """The id of what follows from these: whoever asks again gets the same."""
    return f"nw_{base64.b32encode(hashlib.sha256(' '.join(parts).encode()).digest()[:10]).decode().lower()}"
