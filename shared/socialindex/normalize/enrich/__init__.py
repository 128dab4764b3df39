"""What the words of a post tell beyond themselves: sentiment, names, and whether it is promotional.

    folding       the text as the others look at it
    lexicon       tables of weighed words, found in one pass
    sentiment     from -1 to 1; absent where there is nothing to judge
    promotional   whether the post says that it is paid for
    entities      the names of the dictionary that it names

The language is part of the canonical post and known before (``socialindex.normalize.language``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from socialindex.normalize.enrich.entities import Names, NoNames, Recognizer
from socialindex.normalize.enrich.folding import folded
from socialindex.normalize.enrich.promotional import is_promotional
from socialindex.normalize.enrich.sentiment import lexicon, sentiment_of
from socialindex.normalize.finish import fitted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.dictionary import Entry
    from socialindex.model import Post

__all__ = ["Enricher", "Names", "NoNames", "Recognizer", "enrich"]


class Enricher:
    """Enriches posts by the dictionary as it is; the tables are read when it is made, not when a post waits.

    Raises (at a post): what ``Names.entries`` raises.
    """

    def __init__(self, names: Names | None = None) -> None:
        self._names = names or NoNames()
        self._entries: Sequence[Entry] = ()
        self._recognizer = Recognizer(())
        lexicon()

    def __call__(self, post: Post) -> Post:
        """The post with what its words tell; a tombstone as it is."""
        entries = self._names.entries()
        if entries is not self._entries:
            self._entries, self._recognizer = entries, Recognizer(entries)
        return enrich(post, self._recognizer)


def enrich(post: Post, recognizer: Recognizer) -> Post:
    """The post with the sentiment of its title and text, whether they say that it is paid for, and what they name.

    What its host's terms do not let us store must be left out before: nothing may follow from it.
    """
    words = "\n".join(words for words in (post.title, post.text) if words)
    if not words:
        return post
    text = folded(words)
    enriched = msgspec.structs.replace(
        post,
        sentiment=sentiment_of(text, post.language),
        promotional=is_promotional(text, post.hashtags),
        entities=recognizer.names(text, post.hashtags),
    )
    return fitted(enriched) if enriched.entities else enriched
