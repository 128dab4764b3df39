"""What the engine makes of a NEAR: a group's alternatives that are longer than a word are multiplied, not added up.

``("a b" OR "c d") NEAR/5 ("e f" OR "g h")`` becomes four intervals, each phrase of one side with each of the other
(Lucene's ``Disjunctions.pullUp``): an alternative with a place inside it cannot be walked through together with others.
Words and beginnings can: all those of a group are one alternative.
"""

from __future__ import annotations

import itertools
import math
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.query.nodes import Leaf, Near, Node, Or, Phrase, Prefix, Word, leaves_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HANGUL: Final = re.compile("[가-힣]")
EMOJI: Final = re.compile(
    "[\u231a\u231b\u23e9-\u23f3\u23f8-\u23fa\u2600-\u2605\u2607-\u2612\u2614-\u2685\u2690-\u2705\u2708-\u2712\u2714\u2716"
    "\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757\u2763-\u2767\u2795-\u2797\u27a1\u27b0\u27bf"
    "\u2b50\u2b55\U0001f000-\U0001f0ff\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a"
    "\U0001f1e6-\U0001f1ff\U0001f201-\U0001f20f\U0001f21a\U0001f22f\U0001f232-\U0001f23a\U0001f249-\U0001f3fa"
    "\U0001f400-\U0001f53d\U0001f546-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7ff\U0001f90c-\U0001f93a"
    "\U0001f93c-\U0001f945\U0001f947-\U0001faff]"
)
"""What eojeol keeps of signs: Unicode's ``Extended_Pictographic``, and letters of flags; no ☆ and no ✓."""
_IDEOGRAPHS: Final = re.compile("[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Chinese and Japanese: nori cuts them at will, eojeol into pairs."""
_LETTERS: Final = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0ecf\u0edc-\u0eff\u1000-\u103f\u104c-\u109f\u1780-\u17d3\u17dc"
"""Thai, Lao, Burmese and Khmer: nori does not cut them, eojeol before each letter."""
LETTERS: Final = re.compile(f"[{_LETTERS}]+")
SPACELESS: Final = re.compile(f"{_IDEOGRAPHS.pattern[:-1]}{_LETTERS}]")
"""Scripts that set no spaces between words."""
_CUTS: Final = re.compile(r"[-/+&:·@#%,;|~()\s]+")
"""What the index cuts words at."""
_RUNS: Final = re.compile(
    f"(?P<pairs>{_IDEOGRAPHS.pattern}+)|(?P<letters>{LETTERS.pattern})|[^{SPACELESS.pattern[1:]}+"
)
"""A text's parts in scripts without spaces, and those between."""


_FEW: Final = 16
"""Alternatives of both sides together that are asked for in either order."""


class Ways(NamedTuple):
    """The alternatives of a part of a NEAR."""

    longer: int
    """Those longer than a word."""
    terms: int
    """What all of these look up."""
    words: int
    """Those of one word."""

    @property
    def all(self) -> int:
        """How many the engine holds against those of the other side."""
        return self.longer + bool(self.words)


def ways(part: Node) -> Ways:
    """How a part of a NEAR can be met, as the engine counts it."""
    match part:
        case Near():
            sides = [ways(operand) for operand in part.parts]
            together = math.prod(side.all for side in sides) * (1 + _meets_itself(part, sides))
            return Ways(together, sum((side.terms + side.words) * (together // side.all) for side in sides), 0)
        case Or():
            return _either(map(ways, part.parts))
        case Prefix() if not SPACELESS.search(part.text):
            return Ways(0, 0, 1)
        case Phrase() if HANGUL.search(part.text):
            return _either(map(_side_by_side, (part.text, part.text.replace(" ", ""))))
        case Word() | Phrase() | Prefix():
            return _side_by_side(part.text)
    raise TypeError(f"NEAR holds no {type(part).__name__}")


def meets_itself(near: Near) -> bool:
    """Whether a NEAR is asked in either order, since one word could be both sides: ``(a OR b) NEAR (b OR c)``.

    Not where the order counts already, nor of more than two parts or of long groups of phrases: both orders are twice
    what the engine holds.
    """
    return _meets_itself(near, [ways(part) for part in near.parts])


def _meets_itself(near: Near, sides: Sequence[Ways]) -> bool:
    if near.ordered or len(sides) > 2 or math.prod(side.all for side in sides) > _FEW:  # noqa: PLR2004 - a pair
        return False
    one, other = (list(leaves_of(part)) for part in near.parts)
    return any(_meets(term, another) or _meets(another, term) for term, another in itertools.product(one, other))


def _meets(leaf: Leaf, other: Leaf) -> bool:
    """Whether what is the second is the first, too."""
    if not (isinstance(leaf, Word | Phrase | Prefix) and isinstance(other, Word | Phrase | Prefix)):
        return False
    text, another = leaf.text.casefold(), other.text.casefold()
    return another.startswith(text) if isinstance(leaf, Prefix) else text == another


def _either(alternatives: Iterable[Ways]) -> Ways:
    longer, terms, words = map(sum, zip(*alternatives, strict=True))
    return Ways(longer, terms, words)


def clauses(near: Near) -> int:
    """How many look-ups the engine counts for a NEAR (``limits.ENGINE_CLAUSES``)."""
    title_only = all(isinstance(leaf, Word | Phrase | Prefix) and leaf.title for leaf in leaves_of(near))
    return (1 if title_only else 2) * (ways(near).terms + _found(near))


def _side_by_side(text: str) -> Ways:
    terms = sum(_terms(part) for part in _CUTS.split(text) if part)
    return Ways(1, terms, 0) if terms > 1 else Ways(0, 0, 1)


def _terms(text: str) -> int:
    return sum(map(_terms_of_run, _RUNS.finditer(text)))


def _terms_of_run(run: re.Match[str]) -> int:
    match run.lastgroup:
        case "pairs":
            return max(len(run[0]) - 1, 1)
        case "letters":
            return max(sum(map(str.isalpha, run[0])), 1)
        case _:
            return 1


def _found(part: Node) -> int:
    """What is looked up in a column for the terms to be found as words, too, where there is Hangul (``compile``)."""
    if isinstance(part, Near):
        return sum(map(_found, part.parts))
    leaves = list(leaves_of(part))
    texts = (leaf.text for leaf in leaves if isinstance(leaf, Word | Phrase))
    return sum(map(_found_by, leaves)) if any(map(HANGUL.search, texts)) else 0


def _found_by(leaf: Leaf) -> int:
    return 1 + 3 * len(leaf.text.split()) if isinstance(leaf, Phrase) else 2
