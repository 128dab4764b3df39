"""Names of several words (Nuri Phone): words that stand so in a query are a name, which has other spellings.

Only what the dictionary has is taken for a name. To look for any two words as one would cost topics their speed: the
engine chooses the topics that a post may meet by their rarest words, and with an alternative beside it a rare word
selects nothing any more.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from aws_lambda_powertools import Logger

from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.dictionary import Entry

FRESH_SECONDS: Final = 60.0
"""How long a process may go on with the entries that it has read."""
LONGEST: Final = 4
"""Words of the longest name."""

Words = tuple[str, ...]
logger = Logger(child=True)


class Entries(Protocol):
    """Where the dictionary is (``aws.dictionary``)."""

    def all(self) -> Iterable[Entry]:
        """All entries."""


class _Known(NamedTuple):
    names: frozenset[Words]
    until: float


class _Names:
    """The names that this process knows."""

    def __init__(self) -> None:
        self._entries: Entries | None = None
        self._known = _Known(frozenset(), 0.0)

    def use(self, entries: Entries | None) -> None:
        self._entries, self._known = entries, _Known(frozenset(), 0.0)

    def known(self) -> frozenset[Words]:
        if self._entries is not None and time.monotonic() >= self._known.until:
            self._known = _Known(self._read(self._entries), time.monotonic() + FRESH_SECONDS)
        return self._known.names

    def _read(self, entries: Entries) -> frozenset[Words]:
        try:
            return frozenset(_spaced(entries.all()))
        except Unavailable:
            # A search that lacks some spellings is better than none; the next minute asks again.
            logger.warning("the dictionary cannot be read; names of several words are as they were")
            return self._known.names


_names = _Names()


def use(entries: Entries | None) -> None:
    """Let the dictionary's names count in this process; ``None``: no names."""
    _names.use(entries)


def is_name(words: Iterable[str]) -> bool:
    """Whether these words, side by side, are a spelling of a name."""
    return tuple(word.casefold() for word in words) in _names.known()


def _spaced(entries: Iterable[Entry]) -> Iterable[Words]:
    for entry in entries:
        for spelling in (entry.name, *entry.variants):
            words = tuple(spelling.casefold().split())
            if 1 < len(words) <= LONGEST:
                yield words
