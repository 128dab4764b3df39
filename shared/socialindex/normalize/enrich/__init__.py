"""What the words of a post tell beyond themselves.

language      of the words, or what is declared (``socialindex.normalize.language``)
folding       the text as the others look at it
lexicon       tables of weighed words, found in one pass
sentiment     from -1 to 1; absent where there is nothing to judge
promotional   whether the post says that it is paid for
entities      the names of the dictionary that it names
near          the signature that near-duplicates have in common (``socialindex.normalize.near``)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from socialindex.normalize.enrich.entities import Names, NoNames, Recognizer
from socialindex.normalize.enrich.folding import folded
from socialindex.normalize.enrich.promotional import is_promotional
from socialindex.normalize.enrich.sentiment import lexicon, sentiment_of
from socialindex.normalize.finish import fitted
from socialindex.normalize.language import language_of
from socialindex.normalize.near import signature

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
    """The post with what its title and text tell; its language until then is the declared one.

    What its host's terms do not let us store must be left out before: nothing may follow from it.
    """
    words = "\n".join(words for words in (post.title, post.text) if words)
    if not words:
        return post
    text, language = folded(words), language_of(post.language, post.title, post.text)
    enriched = msgspec.structs.replace(
        post,
        language=language,
        sentiment=sentiment_of(text, language),
        promotional=is_promotional(text, post.hashtags),
        entities=recognizer.names(text, post.hashtags),
        signature=signature(post.text, post.title),
    )
    return fitted(enriched)
