"""What people want: whether a post asks something, or complains, told by how Korean and English say it.

A complaint is a post whose sentiment is negative (``docs/enrichment.md``), or that tells of something that does not
work, is missing, late, or not as promised: such posts often have no judging word. Articles report and do neither. How
often this is right is measured on labelled texts: ``make bench NAME=network``, ``docs/networks.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex.network.markers import ASKS_EN, ASKS_KO, FAILS_EN, FAILS_KO, VENTS_KO, WORKS_EN, WORKS_KO
from socialindex.normalize.enrich.folding import folded
from socialindex.query.columns import NEUTRAL

if TYPE_CHECKING:
    from socialindex.model import Post

LANGUAGES: Final = frozenset({"ko", "en"})
"""Those that are read here."""
READ: Final = 500
"""Characters that are looked at: who asks does so soon."""


def asks(text: str, language: str | None) -> bool:
    """Whether a text asks something that can be answered; rhetorical questions only vent.

    Args:
        text: as it was written.
        language: ``ko`` or ``en``; of others nothing is known.
    """
    words = folded(text)[:READ]
    if language == "ko":
        return bool(ASKS_KO.search(VENTS_KO.sub(" ", words)))
    return language == "en" and bool(ASKS_EN.search(words))


def complains(text: str, language: str | None, sentiment: float | None) -> bool:
    """Whether a text complains of something.

    Args:
        text: as it was written.
        language: as of ``asks``.
        sentiment: of the same text, from -1 to 1; ``None`` where it is not known.
    """
    if sentiment is not None and sentiment < -NEUTRAL:
        return True
    words = folded(text)[:READ]
    if language == "ko":
        return bool(FAILS_KO.search(words)) and not WORKS_KO.search(words)
    return language == "en" and bool(FAILS_EN.search(words)) and not WORKS_EN.search(words)


def words_of(post: Post) -> str:
    """All words of a post."""
    return "\n".join(words for words in (post.title, post.text) if words)


def is_of_a_customer(post: Post) -> bool:
    """Whether a post can want something of whoever it is about: reports, reposts and paid posts do not."""
    return post.kind != "article" and post.repost_of is None and not post.promotional
