"""What a source's channels say of it: whether half or more is not seen, by no will of ours, and whose pages changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from socialindex.errors import LayoutChanged
from socialindex.watch.events import BLIND, WANTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from socialindex.aws.channels import ChannelState
    from socialindex.watch.events import Finding

SHARE: Final = 0.5
"""Of a source's channels."""


class Census:
    """Counts channels by source while they pass by."""

    def __init__(self) -> None:
        self._channels: Counter[str] = Counter()
        self._changed: Counter[str] = Counter()
        self._ids: set[str] = set()

    def passing(self, states: Iterable[ChannelState]) -> Iterator[ChannelState]:
        """The same channels, counted."""
        for state in states:
            self._channels[state.channel.source] += 1
            self._ids.add(state.channel.id)
            # One that is paused is not polled again before somebody wants it to be: it would never be seen to be well.
            self._changed[state.channel.source] += state.failure == LayoutChanged.__name__ and not state.paused
            yield state

    def has(self, channel: str) -> bool:
        """Whether a channel passed by: one that did not was removed."""
        return channel in self._ids

    def changed(self, source: str) -> int:
        """A source's channels whose last poll met a page that its adapter cannot read any more."""
        return self._changed[source]

    def blind(self, findings: Iterable[Finding]) -> set[str]:
        """Sources that are blind as a whole, or at so many channels."""
        unseen: defaultdict[str, set[str | None]] = defaultdict(set)
        for finding in findings:
            if finding.kind in BLIND - WANTED:
                unseen[finding.source].add(finding.channel)
        return {source for source, at in unseen.items() if None in at or len(at) >= SHARE * self._channels[source]}
