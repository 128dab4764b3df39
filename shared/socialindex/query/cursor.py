"""A place among the lexemes of a query, and what can be told of the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex.errors import InvalidQuery
from socialindex.query import foreign
from socialindex.query.particles import PARTICLES
from socialindex.query.scanner import Lexeme, scan

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

OPERATORS: Final = ("AND", "OR", "NOT")


class Cursor:
    """Moves over the lexemes of one folded query; ``notes`` collects what its author should hear."""

    def __init__(self, text: str) -> None:
        self.notes: list[tuple[int, str]] = []
        self._lexemes = list(scan(text))
        self._at = 0

    @property
    def now(self) -> Lexeme:
        """The next lexeme; the last one is of kind ``end``."""
        return self._lexemes[self._at]

    def advance(self) -> Lexeme:
        """Step over the next lexeme and return it."""
        lexeme = self.now
        if lexeme.kind != "end":
            self._at += 1
        return lexeme

    def takes(self, operator: str) -> bool:
        """Step over ``AND``, ``OR`` or ``NOT`` if it is next."""
        found = self.now.kind == "chunk" and self.now.text == operator
        self._at += found
        return found

    def takes_minus(self) -> bool:
        """Step over a minus that excludes what follows it, if it is next."""
        found = self.now.kind == "minus"
        self._at += found
        return found

    def near(self) -> re.Match[str] | None:
        """The next lexeme as a NEAR; the word "near" in small letters is none."""
        if self.now.kind != "chunk":
            return None
        match = foreign.NEAR.fullmatch(self.now.text)
        return match if match and (match[2] or match[0].isupper()) else None

    def bare_number(self) -> str:
        """The digits that are next, alone or in parentheses; empty where something else is."""
        found = self._lexemes[self._at : self._at + 3]
        if found[0].kind == "open" and found[-1].kind == "close":
            del found[0]
        return found[0].text if found[0].kind == "chunk" and found[0].text.isdecimal() else ""

    def term_follows(self) -> bool:
        """Whether an atom can begin here, so that AND is meant."""
        if self.now.kind == "chunk":
            return self.now.text != "OR" and self.near() is None
        return self.now.kind not in ("end", "close")

    def on_operator(self) -> bool:
        """Whether the next lexeme is an operator in words."""
        return self.now.kind == "chunk" and (self.now.text in OPERATORS or self.near() is not None)

    def cut(self, length: int) -> None:
        """Drop the first ``length`` characters of the next lexeme, or step over it where nothing is left."""
        lexeme = self.now
        if length >= len(lexeme.text):
            self._at += 1
        else:
            self._lexemes[self._at] = Lexeme("chunk", lexeme.text[length:], lexeme.start + length, glued=True)

    def join_until(self, done: Callable[[str], bool]) -> str:
        """Step over chunks until they are ``done``, and return them with spaces between."""
        text = self.advance().text
        while not done(text) and self.now.kind == "chunk":
            text = f"{text} {self.advance().text}"
        return text

    def skip_behind(self) -> None:
        """Step over what may stick to a closing quotation mark or parenthesis: a weight, a Korean particle."""
        if self.now.kind == "weight":
            self.note(self.advance().start, "Weights (^n) are ignored: they do not change what is found.")
        elif self.now.kind == "chunk" and self.now.glued and PARTICLES.fullmatch(self.now.text.rstrip(".,!?…")):
            self.note(self.now.start, f"The particle {self.advance().text} behind the quotation is left out.")

    def note(self, place: int, message: str) -> None:
        """Tell the author something about the query."""
        self.notes.append((place, message))

    def expected_term(self, behind: str = "") -> InvalidQuery:
        """The error for a place where a term should be; ``behind`` names what it should follow."""
        lexeme = self.now
        expected = f"expected a term behind {behind}" if behind else "expected a term"
        if lexeme.kind == "end":
            return InvalidQuery(f"{expected}, found the end", position=lexeme.start, remedy="Complete the query.")
        found = {"close": ")", "minus": "-", "within": "~", "weight": "^"}.get(lexeme.kind, lexeme.text)
        remedy = f'To look for the word {found}, put it in quotation marks: "{found}".'
        if not self.on_operator():
            remedy = "Write a word, a phrase, a field or a group here."
        return InvalidQuery(f"{expected}, found {found}", position=lexeme.start, remedy=remedy)
