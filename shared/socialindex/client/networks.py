"""Networks and spread: who links whom, what spreads, what people want. Without ``since`` they are of thirty days."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex.client.asking import body
from socialindex.client.core import Core, path
from socialindex.client.files import fetch, followed
from socialindex.client.models import (
    CascadeTree,
    Coordination,
    Diffusion,
    Needs,
    Network,
    NetworkJob,
    NetworkJobs,
    Resonance,
)

if TYPE_CHECKING:
    from typing import Unpack

    from socialindex.client.asking import LookedFields, NetworkFields

_UNDER_WAY: Final = frozenset({"queued", "running"})
_QUARTER: Final = 900.0


class Networks(Core):
    """The routes of networks."""

    def network(self, q: str | None = None, **fields: Unpack[NetworkFields]) -> Network:
        """The network of the posts that match. One that is too large for an answer is waited for.

        Args:
            q: a query; without one, all posts.
            fields: filters; ``of="authors"``, ``"hashtags"`` or ``"author-hashtags"``; how large it may be.

        Raises:
            Forbidden: it is too large for an answer, and the key must not take files out.
        """
        told = self._question(path("network"), body(fields, q=q, format="json"), dict[str, Any])
        if "graph" in told:
            return msgspec.convert(told, Network)
        job = msgspec.convert(told, NetworkJob)
        with TemporaryDirectory() as folder:
            file = self.download_network(self.wait_for_network(job.id).id, folder)
            return msgspec.json.decode(file.read_bytes(), type=Network)

    def draw_network(self, to: str | Path, q: str | None = None, **fields: Unpack[NetworkFields]) -> Path:
        """Draw a network into a file: ``.gexf`` and ``.graphml`` open in Gephi, ``.json`` in D3 and networkx.

        Args:
            to: the file; what its name ends with is the format, unless ``format`` says another.
            q: a query; without one, all posts.
            fields: as of ``network``.
        """
        named = Path(to).suffix.removeprefix(".")
        given: NetworkFields = {"format": named, **fields}
        job = self.wait_for_network(self.start_network(q, **given).id)
        return self.download_network(job.id, to)

    def start_network(
        self, q: str | None = None, *, idempotency_key: str | None = None, **fields: Unpack[NetworkFields]
    ) -> NetworkJob:
        """Begin to draw a network into a file."""
        return self._make(path("networks"), body(fields, q=q), NetworkJob, idempotency_key)

    def network_job(self, network: str) -> NetworkJob:
        """How far a network is; once its ``state`` is ``done``, with a ``link`` that lives for some minutes."""
        return self._get(path("networks", network), NetworkJob)

    def networks(self, *, limit: int | None = None, cursor: str | None = None) -> NetworkJobs:
        """Networks that become files, the newest first."""
        return self._get(path("networks"), NetworkJobs, limit=limit, cursor=cursor)

    def wait_for_network(self, network: str, *, patience: float = _QUARTER) -> NetworkJob:
        """The network once nothing more happens to it: ``done``, or ``failed`` with its ``failure``.

        Raises:
            Unavailable: it takes longer than ``patience`` seconds.
        """
        return followed(lambda: self.network_job(network), lambda now: now.state not in _UNDER_WAY, patience=patience)

    def download_network(self, network: str, to: str | Path = ".") -> Path:
        """Save a network's file, and say where.

        Raises:
            InvalidInput: it has no file yet, or never will.
            NotFound: its file is gone.
        """
        return fetch(lambda: self.network_job(network), to, "network")

    def delete_network(self, network: str) -> NetworkJob:
        """Cancel a network and delete its file."""
        return self._delete(path("networks", network), NetworkJob)

    def diffusion(self, q: str | None = None, **fields: Unpack[LookedFields]) -> Diffusion:
        """How the posts that match spread, and who started it."""
        return self._question(path("network", "diffusion"), body(fields, q=q), Diffusion)

    def cascade(self, post: str) -> CascadeTree:
        """How one post spread, step by step."""
        return self._get(path("posts", post, "cascade"), CascadeTree)

    def resonance(self, q: str | None = None, **fields: Unpack[LookedFields]) -> Resonance:
        """What went farther than usual, by post, theme and format, with the numbers behind it."""
        return self._question(path("network", "resonance"), body(fields, q=q), Resonance)

    def coordination(self, q: str | None = None, **fields: Unpack[LookedFields]) -> Coordination:
        """Which accounts look coordinated, with the evidence."""
        return self._question(path("network", "coordination"), body(fields, q=q), Coordination)

    def needs(self, q: str | None = None, **fields: Unpack[LookedFields]) -> Needs:
        """What people ask and complain about, by theme."""
        return self._question(path("network", "needs"), body(fields, q=q), Needs)
