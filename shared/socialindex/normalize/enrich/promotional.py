"""Whether a post says that it is promotional: written for money or for the product.

Only what the post itself says counts, as the law asks for it (a Korean sponsored post must say so); whether an unmarked
post is an advertisement cannot be known. The phrases are in ``promotional.tsv``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from ahocorasick_rs import AhoCorasick, MatchKind

from socialindex.normalize.enrich.lexicon import rows

if TYPE_CHECKING:
    from collections.abc import Iterable

_YES, _NO = "yes", "no"


def is_promotional(text: str, hashtags: Iterable[str] = ()) -> Literal[True] | None:
    """True where a post says so; ``None`` where it does not, or denies it: that it is none cannot be known.

    Args:
        text: as ``folded`` gives it.
        hashtags: case-folded, without the leading ``#``, also of those that are not in the text.
    """
    phrases, automaton = _phrases()
    tagged = " ".join(f"#{tag}" for tag in hashtags)
    said = f"{text} {tagged}" if tagged else text
    verdicts = {phrases[n][1] for n, start, end in automaton.find_matches_as_indexes(said) if _whole(said, start, end)}
    return True if verdicts == {_YES} else None


@cache
def _phrases() -> tuple[list[tuple[str, str]], AhoCorasick]:
    written = [(phrase, verdict) for verdict, phrases in rows("promotional.tsv") for phrase in phrases]
    unspaced = [(phrase.replace(" ", ""), verdict) for phrase, verdict in written if not phrase.isascii()]
    phrases = list(dict([*unspaced, *written]).items())
    return phrases, AhoCorasick([phrase for phrase, _ in phrases], MatchKind.LeftmostLongest)


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a phrase in letters of the alphabet, or a hashtag, is neither preceded nor followed by more of a word."""
    first, last = text[start], text[end - 1]
    if first == "#":
        return not (text[end : end + 1].isalnum() or text[end : end + 1] == "_")
    if not (first + last).isascii():
        return True
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return not ((first.isalnum() and before.isalnum()) or (last.isalnum() and after.isalnum()))
