"""What a query costs the engine, reckoned before it is asked: each term by what its kind of look-up does."""

from __future__ import annotations

import math
from typing import Final

from socialindex.errors import InvalidQuery
from socialindex.query.expanding import clauses
from socialindex.query.limits import ENGINE_CLAUSES
from socialindex.query.nodes import And, Exact, Is, Leaf, Near, Node, Not, Or, Phrase, leaves_of

MAX_UNITS: Final = 1_500
"""The dearest query that is run: as much as 375 words near others, or 750 words in phrases. Longer lists of plain words
meet their limit (``limits.MAX_CLAUSES``) first."""

_IN_PHRASE: Final = 2
"""A word whose places are compared too."""
_NEAR: Final = 4
"""A word of a NEAR: its places are walked through, and it must be found as a word besides."""
_CLAUSES: Final = ENGINE_CLAUSES / MAX_UNITS
"""Of the engine in a unit, so that what it does not take is refused here. Only a NEAR of groups of phrases has more of
them than its words cost: each phrase of a group is held against each of the others."""
_BEGINNING: Final = 10
"""A value's beginning: all values that begin so are looked up. Beginnings of words are terms of the index."""


def units(node: Node) -> int:
    """The cost of a query in units of one word looked up."""
    match node:
        case And() | Or():
            return sum(map(units, node.parts))
        case Not():
            return units(node.part)
        case Near():
            return max(sum(_NEAR * _words(leaf) for leaf in leaves_of(node)), multiplied(node))
        case Phrase() | Exact():
            return _IN_PHRASE * _words(node)
        case Is():
            return _BEGINNING if node.prefix else 1
        case _:
            return 1


def multiplied(near: Near) -> int:
    """The cost of a NEAR by what its groups of phrases become."""
    return math.ceil(clauses(near) / _CLAUSES)


def check(node: Node) -> None:
    """Pass a query that the engine can be asked.

    Raises:
        InvalidQuery: it costs too much.
    """
    if (cost := units(node)) > MAX_UNITS:
        remedy = "Shorten the lists within NEAR and of phrases, or ask in parts."
        raise InvalidQuery(f"the query costs {cost} units, {MAX_UNITS} at most", remedy=remedy)


def _words(leaf: Leaf) -> int:
    return len(leaf.text.split()) if isinstance(leaf, Phrase | Exact) else 1
