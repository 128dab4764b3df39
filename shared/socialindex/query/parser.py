r"""From text to tree.

The language, loosest binding first (``tests/unit/query/grammar.lark`` has it in full, and the tests hold this parser
against it)::

    query   = and (OR and)*
    and     = near ([AND] near)*
    near    = unary ((NEAR/n | NEAR/nf) unary)*
    unary   = (NOT | -)* atom
    atom    = word | prefix* | "phrase" | "phrase"~n | (query) | (query)~n | field:value | #tag | @name | {Exact}
    value   = word | "phrase" | (query of values)

Recursive descent without a generator: ``docs/decisions`` says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from socialindex.errors import InvalidQuery
from socialindex.query import addresses, atoms, foreign
from socialindex.query.cursor import Cursor
from socialindex.query.fields import Field
from socialindex.query.folding import fold
from socialindex.query.limits import MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH, MAX_PREFIXES
from socialindex.query.nodes import And, Exact, Is, Leaf, Node, Phrase, Prefix, all_of, any_of, leaves_of, none_of
from socialindex.query.proximity import near

if TYPE_CHECKING:
    from socialindex.query.atoms import Scope


class Note(msgspec.Struct, frozen=True):
    """Something about a query that its author may not have meant; ``position`` is a 0-based character offset."""

    position: int
    message: str


class Reading(msgspec.Struct, frozen=True):
    """A query as understood, and what to tell its author about it."""

    node: Node
    notes: tuple[Note, ...] = ()


def parse(text: str) -> Node:
    """Read a query.

    Raises:
        InvalidQuery: with the position, what was expected and what to write instead.
    """
    return read(text).node


def read(text: str) -> Reading:
    """Read a query and keep the notes for its author.

    Raises:
        InvalidQuery: as :func:`parse`.
    """
    if len(text) > MAX_LENGTH:
        remedy = f"Use at most {MAX_LENGTH} characters."
        raise InvalidQuery(f"the query has {len(text)} characters", position=MAX_LENGTH, remedy=remedy)
    folded = fold(text)
    try:
        parser = _Parser(Cursor(folded.text))
        node = parser.query()
    except InvalidQuery as error:
        error.position = folded.places[error.position]
        raise
    return Reading(node, tuple(Note(folded.places[place], message) for place, message in parser.cursor.notes))


class _Parser:
    """One descent through one query. Positions are those of the folded text."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self._depth = 0
        self._clauses = 0
        self._prefixes = 0

    def query(self) -> Node:
        if self.cursor.now.kind == "end":
            raise InvalidQuery("the query is empty", position=0, remedy="Write a word, a phrase or a field.")
        node = self._any("text")
        if self.cursor.now.kind == "close":
            remedy = "Take it out, or put a ( where the group begins."
            raise InvalidQuery("a ) without its (", position=self.cursor.now.start, remedy=remedy)
        return node

    def _any(self, scope: Scope) -> Node:
        parts = [self._all(scope)]
        while self.cursor.takes("OR"):
            parts.append(self._all(scope))
        return any_of(parts)

    def _all(self, scope: Scope) -> Node:
        parts = [self._near(scope)]
        while self.cursor.takes("AND") or self.cursor.term_follows():
            parts.append(self._near(scope))
        return all_of(parts)

    def _near(self, scope: Scope) -> Node:
        left = self._unary(scope)
        while match := self.cursor.near():
            place = self.cursor.advance().start
            if not match[2] and (number := self.cursor.bare_number()):
                raise _apart(match[0], number, place)
            right = self._unary(scope)
            distance = _distance(match[2]) if match[2] else foreign.DEFAULT_DISTANCE
            left = near((left, right), distance, ordered=bool(match[1] or match[3]), place=place)
        return left

    def _unary(self, scope: Scope) -> Node:
        negated = False
        while self.cursor.takes("NOT") or self.cursor.takes_minus():
            negated = not negated
        node = self._atom(scope)
        return none_of(node) if negated else node

    def _atom(self, scope: Scope) -> Node:
        kind = self.cursor.now.kind
        if kind == "open":
            return self._group(scope)
        if kind == "quoted":
            return self._quoted(scope)
        if kind == "chunk" and not self.cursor.on_operator():
            return self._chunk(scope)
        if kind == "braced":
            lexeme = self.cursor.advance()
            return self._counted(atoms.exact(lexeme.text, lexeme.start), lexeme.start)
        raise self.cursor.expected_term()

    def _group(self, scope: Scope) -> Node:
        opening = self.cursor.advance().start
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InvalidQuery(
                "too many parentheses within each other", position=opening, remedy=f"Nest at most {MAX_DEPTH}."
            )
        node = self._any(scope)
        if self.cursor.now.kind != "close":
            raise InvalidQuery("the ( is not closed", position=opening, remedy="Close the group with ).")
        self.cursor.advance()
        self._depth -= 1
        node = self._within_group(node)
        self.cursor.skip_behind()
        return node

    def _within_group(self, node: Node) -> Node:
        if self.cursor.now.kind != "within":
            return node
        lexeme = self.cursor.advance()
        if not isinstance(node, And):
            remedy = "Write (a AND b)~5, or a NEAR/5 b."
            raise InvalidQuery("~ behind a group without AND", position=lexeme.start, remedy=remedy)
        return near(node.parts, _distance(lexeme.text), ordered=False, place=lexeme.start)

    def _quoted(self, scope: Scope) -> Node:
        lexeme = self.cursor.advance()
        place = lexeme.start + 1
        if self.cursor.now.kind == "within":
            node = self._within_quotes(lexeme.text, place, scope)
        else:
            node = atoms.quoted(lexeme.text, place, scope)
        self.cursor.skip_behind()
        return self._counted(node, place)

    def _within_quotes(self, text: str, place: int, scope: Scope) -> Node:
        lexeme = self.cursor.advance()
        terms = atoms.words(text, place, title=scope == "title") if scope in ("text", "title") else []
        if len(terms) < 2:  # noqa: PLR2004 - a distance is between two
            remedy = 'Write two or more words of the text, such as "battery fire"~5.'
            raise InvalidQuery("~ behind a quotation without a distance to measure", position=place, remedy=remedy)
        return near(terms, _distance(lexeme.text), ordered=False, place=lexeme.start)

    def _chunk(self, scope: Scope) -> Node:
        chunk = self.cursor.now
        if named := atoms.field_of(chunk, scope):
            self.cursor.cut(len(named.written))
            self._remark(named.note, chunk.start)
            return self._value(named.scope, named.written)
        if isinstance(scope, Field):
            node = scope.node(self.cursor.join_until(scope.is_whole), chunk.start)
            if isinstance(node, Is) and node.field == "site":
                self._remark(addresses.remark_of_site(node.value), chunk.start)
            return self._counted(node, chunk.start)
        self.cursor.advance()
        self._remark(foreign.remark(chunk.text), chunk.start)
        return self._counted(atoms.unquoted(chunk.text, chunk.start, scope), chunk.start)

    def _value(self, scope: Scope, name: str) -> Node:
        kind = self.cursor.now.kind
        if kind == "open":
            return self._group(scope)
        if kind == "quoted":
            return self._quoted(scope)
        if kind == "chunk" and not self.cursor.on_operator():
            return self._chunk(scope)
        raise self.cursor.expected_term(behind=name)

    def _remark(self, remark: str, place: int) -> None:
        if remark:
            self.cursor.note(place, remark)

    def _counted(self, node: Node, place: int) -> Node:
        leaves = list(leaves_of(node))
        self._clauses += sum(map(_weight, leaves))
        self._prefixes += sum(isinstance(leaf, Prefix) or (isinstance(leaf, Is) and leaf.prefix) for leaf in leaves)
        if self._clauses > MAX_CLAUSES:
            remedy = f"Use at most {MAX_CLAUSES}, or split the query."
            raise InvalidQuery("too many terms and values", position=place, remedy=remedy)
        if self._prefixes > MAX_PREFIXES:
            remedy = f"Use at most {MAX_PREFIXES}; write the words out where they are few."
            raise InvalidQuery("too many terms with *", position=place, remedy=remedy)
        return node


def _apart(operator: str, number: str, place: int) -> InvalidQuery:
    remedy = (
        f'Write {operator}/{number} without a space. To look for the number, put it in quotation marks: "{number}".'
    )
    return InvalidQuery(f"{operator} is set apart from its distance", position=place, remedy=remedy)


def _weight(leaf: Leaf) -> int:
    return len(leaf.text.split()) if isinstance(leaf, Phrase | Exact) else 1


def _distance(digits: str) -> int:
    """The number, cut where it is far beyond the limit anyway: Python refuses to read digits without end."""
    return int(digits[:6])
