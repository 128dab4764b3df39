"""A folded query cut into lexemes. What a chunk means depends on where it stands, so that is left to the parser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, cast

import msgspec

from socialindex.errors import InvalidQuery

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["open", "close", "quoted", "braced", "minus", "within", "weight", "chunk", "end"]


class Lexeme(msgspec.Struct, frozen=True, gc=False):
    """A piece of a query.

    ``text`` is what the parser needs of it: a phrase without its quotes, a distance without its sign. ``start`` is a
    place in the folded text. ``glued`` says that nothing parts it from the piece before.
    """

    kind: Kind
    text: str
    start: int
    glued: bool = False


_ANYWHERE = r"""
      (?P<space>\s+)
    | <<<(?P<comment>.*?)>>>                            # Brandwatch's comments
    | (?P<open>\()
    | (?P<close>\))
    | "(?P<quoted>[^"]*)"
    | \{(?P<braced>[^{}()"]*)\}                         # Brandwatch's case-sensitive words
    | (?P<minus>-)(?=[^\s)])
    | (?P<chunk>(?:(?!<<<)[^\s()"])+)
"""
_BEHIND = r"""
      ~(?P<within>\d+)(?![^\s()"^])
    | \^(?P<weight>\d+(?:\.\d+)?)(?![^\s()"])
    |"""
_APART = re.compile(_ANYWHERE, re.VERBOSE | re.DOTALL)
_BEHIND_QUOTE_OR_GROUP = re.compile(_BEHIND + _ANYWHERE, re.VERBOSE | re.DOTALL)


def scan(text: str) -> Iterator[Lexeme]:
    """Cut a folded query into lexemes, the last of kind ``end``.

    Raises:
        InvalidQuery: a quotation mark or a comment that is not closed.
    """
    place, pattern = 0, _APART
    while place < len(text):
        match = pattern.match(text, place)
        if match is None:
            raise _unclosed(text, place)
        kind = cast("Kind | Literal['space', 'comment']", match.lastgroup)
        if kind == "space" or kind == "comment":  # noqa: PLR1714 - mypy narrows this form only
            pattern = _APART
        else:
            yield Lexeme(kind, match[kind], place, glued=pattern is not _APART)
            pattern = _APART if kind in ("open", "minus") else _BEHIND_QUOTE_OR_GROUP
        place = match.end()
    yield Lexeme("end", "", len(text))


def _unclosed(text: str, place: int) -> InvalidQuery:
    if text[place] == '"':
        remedy = 'Close the phrase with a second ".'
        return InvalidQuery("the quotation mark is not closed", position=place, remedy=remedy)
    return InvalidQuery("the comment <<< is not closed", position=place, remedy="Close it with >>>.")
